"""Many sources → many records: find the sources, start the workers, run the scheduler.

The output folder is the only state (see ``resume``): a source whose records would come out the same is skipped, so a
run that was stopped continues where it was. Two runs into one folder share the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ecp_ingest.batch.discover import Found, Refused, Source, discover
from ecp_ingest.batch.events import Listener, Outcome, Queued, Report, Waiting
from ecp_ingest.batch.locks import Claims
from ecp_ingest.batch.pending import LOOKERS, ToDo, looked_at
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.batch.resume import Looks, Standing
from ecp_ingest.batch.scheduler import Course
from ecp_ingest.batch.steps import THE_WORK, Work
from ecp_ingest.files.locations import Place
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.release import assembly
from ecp_ingest.settings import Settings
from ecp_ingest.workers.dask_executor import DaskExecutor
from ecp_ingest.workers.executors import WorkerExecutor

PAGES_PER_WORKER = 2
"""Jobs in flight for each worker: one runs, one waits, so that no worker is idle and memory stays bounded."""

PRELOADED = ["ecp_ingest.page.pipeline", "ecp_ingest.release.assembly"]
"""Modules that a worker imports before its first job: import time then does not count as a page's time."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """Where the records of a batch go, how they are made, and by which processes."""

    output: Place
    settings: Settings
    workers: int = 1
    """Processes."""
    dask: str | None = None
    """Address of a Dask cluster that does the work instead."""
    force: bool = False
    """Convert again what an earlier run converted in the same way."""
    overwrite: bool = True
    """Whether a record may replace an existing file."""

    def looks(self, engine: Engine) -> Looks:
        """How to find out what an earlier run has done."""
        made_with = assembly.made_with(settings=self.settings, engine=engine)
        return Looks(self.output, made_with, force=self.force, overwrite=self.overwrite)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    sources: tuple[tuple[Source, Standing], ...]
    refused: tuple[Refused, ...]


def convert(inputs: Sequence[str | Place], batch: BatchOptions, *, tell: Listener = lambda event: None) -> Report:
    """Convert what ``inputs`` name into records. ``tell`` receives each event, in this thread.

    What goes wrong with a source later is in the report.

    Raises:
        NoInputError, MissingDependencyError, OutputError: before any work.
        ClusterError: before any work, and when the cluster is lost.
    """
    found = discover(inputs, output=batch.output)
    with conversion(batch, tell=tell) as convert_found:
        return convert_found(found)


def plan(inputs: Sequence[str | Place], batch: BatchOptions) -> Plan:
    """What `convert` would do, and why; nothing is written. Raises what `convert` raises before any work."""
    found = discover(inputs, output=batch.output)
    looks = batch.looks(find_engine(settings=batch.settings.recognise))
    with ThreadPoolExecutor(LOOKERS) as threads:
        return Plan(tuple(looked_at(found.sources, look=looks, threads=threads)), found.refused)


@contextmanager
def conversion(batch: BatchOptions, *, tell: Listener) -> Iterator[Callable[[Found], Report]]:
    """A function that converts one set of sources after the other, in the same processes or on the same cluster.

    Raises:
        MissingDependencyError, OutputError, ClusterError: before any work.
    """
    engine = find_engine(settings=batch.settings.recognise)
    prepare(batch.output)
    memory_mib = batch.settings.limits.memory_mib
    executor = (
        DaskExecutor(
            batch.dask, settings=batch.settings.recognise, engine=engine, preload=PRELOADED, memory_mib=memory_mib
        )
        if batch.dask
        else WorkerExecutor(batch.workers, preload=PRELOADED, memory_mib=memory_mib)
    )

    def convert_found(found: Found) -> Report:
        tell(Queued(len(found.sources)))
        if isinstance(executor, DaskExecutor):
            found = _with_absolute_paths(found)
            executor.check_sees([source.path for source in found.sources if isinstance(source.path, Path)])
        return run(
            found,
            batch,
            engine=engine,
            executor=executor,
            in_flight=executor.capacity if isinstance(executor, DaskExecutor) else batch.workers * PAGES_PER_WORKER,
            tell=tell,
        )

    try:
        yield convert_found
    finally:
        executor.stop()  # all is done, or nobody waits for the rest


def _with_absolute_paths(found: Found) -> Found:
    """The workers of a cluster may run in another folder."""
    sources = tuple(
        replace(source, path=source.path.absolute()) if isinstance(source.path, Path) else source
        for source in found.sources
    )
    return replace(found, sources=sources)


def run(
    found: Found,
    batch: BatchOptions,
    *,
    engine: Engine,
    executor: Executor,
    in_flight: int | Callable[[], int],
    tell: Listener = lambda event: None,
    work: Work = THE_WORK,
) -> Report:
    """The batch itself; never more than ``in_flight`` jobs are handed to ``executor`` at a time."""
    claims = Claims(batch.output if isinstance(batch.output, Path) else None)
    course = Course(
        output=batch.output,
        settings=batch.settings,
        engine=engine,
        work=work,
        overwrite=batch.overwrite,
        tell=tell,
        by_target={source.target: source for source in found.sources},
        claims=claims,
    )
    for refused in found.refused:
        course.finish(Outcome(refused.path, "refused", problems=(str(refused.error),)))
    todo = ToDo(
        found.sources,
        look=batch.looks(engine).with_edits,
        claims=claims,
        waiting=lambda sources: tell(Waiting(sources)),
    )
    try:
        course.run(todo, executor=executor, in_flight=in_flight if callable(in_flight) else lambda: in_flight)
    except KeyboardInterrupt:
        finished = sum(outcome.status != "refused" for outcome in course.outcomes)
        return Report(tuple(course.outcomes), unfinished=len(found.sources) - finished, interrupted=True)
    finally:
        todo.close()
        claims.close()
    return Report(tuple(course.outcomes))
