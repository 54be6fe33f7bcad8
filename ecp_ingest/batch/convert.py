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

from ecp_ingest.batch.discover import Discovered, Refused, Source, discover
from ecp_ingest.batch.events import Listener, Outcome, Queued, Report, Waiting
from ecp_ingest.batch.locks import SourceLocks
from ecp_ingest.batch.pending import CHECKING_THREADS, PendingSources, decisions_on
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.batch.resume import Decision, ResumeCheck
from ecp_ingest.batch.scheduler import Scheduler
from ecp_ingest.batch.steps import STEPS, Steps
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

    def resume_check(self, engine: Engine) -> ResumeCheck:
        """Finds out what an earlier run has left of each source."""
        made_with = assembly.made_with(settings=self.settings, engine=engine)
        return ResumeCheck(self.output, made_with, force=self.force, overwrite=self.overwrite)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    sources: tuple[tuple[Source, Decision], ...]
    refused: tuple[Refused, ...]


def convert(inputs: Sequence[str | Place], batch: BatchOptions, *, notify: Listener = lambda event: None) -> Report:
    """Convert what ``inputs`` name into records. ``notify`` receives each event, in this thread.

    What goes wrong with a source later is in the report.

    Raises:
        NoInputError, MissingDependencyError, OutputError: before any work.
        ClusterError: before any work, and when the cluster is lost.
    """
    found = discover(inputs, output=batch.output)
    with conversion(batch, notify=notify) as convert_sources:
        return convert_sources(found)


def plan(inputs: Sequence[str | Place], batch: BatchOptions) -> Plan:
    """What `convert` would do, and why; nothing is written. Raises what `convert` raises before any work."""
    found = discover(inputs, output=batch.output)
    resume_check = batch.resume_check(find_engine(settings=batch.settings.recognise))
    with ThreadPoolExecutor(CHECKING_THREADS) as threads:
        return Plan(tuple(decisions_on(found.sources, decide=resume_check, threads=threads)), found.refused)


@contextmanager
def conversion(batch: BatchOptions, *, notify: Listener) -> Iterator[Callable[[Discovered], Report]]:
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

    def convert_sources(found: Discovered) -> Report:
        notify(Queued(len(found.sources)))
        if isinstance(executor, DaskExecutor):
            found = _with_absolute_paths(found)
            executor.check_sees([source.path for source in found.sources if isinstance(source.path, Path)])
        return run(
            found,
            batch,
            engine=engine,
            executor=executor,
            in_flight=executor.capacity if isinstance(executor, DaskExecutor) else batch.workers * PAGES_PER_WORKER,
            notify=notify,
        )

    try:
        yield convert_sources
    finally:
        executor.stop()  # all is done, or nobody waits for the rest


def _with_absolute_paths(found: Discovered) -> Discovered:
    """The workers of a cluster may run in another folder."""
    sources = tuple(
        replace(source, path=source.path.absolute()) if isinstance(source.path, Path) else source
        for source in found.sources
    )
    return replace(found, sources=sources)


def run(
    found: Discovered,
    batch: BatchOptions,
    *,
    engine: Engine,
    executor: Executor,
    in_flight: int | Callable[[], int],
    notify: Listener = lambda event: None,
    steps: Steps = STEPS,
) -> Report:
    """The batch itself; never more than ``in_flight`` jobs are handed to ``executor`` at a time."""
    locks = SourceLocks(batch.output if isinstance(batch.output, Path) else None)
    scheduler = Scheduler(
        output=batch.output,
        settings=batch.settings,
        engine=engine,
        steps=steps,
        overwrite=batch.overwrite,
        notify=notify,
        by_target={source.target: source for source in found.sources},
        locks=locks,
    )
    for refused in found.refused:
        scheduler.finish(Outcome(refused.path, "refused", problems=(str(refused.error),)))
    pending = PendingSources(
        found.sources,
        decide=batch.resume_check(engine).with_edits,
        locks=locks,
        on_wait=lambda sources: notify(Waiting(sources)),
    )
    try:
        scheduler.run(pending, executor=executor, in_flight=in_flight if callable(in_flight) else lambda: in_flight)
    except KeyboardInterrupt:
        finished = sum(outcome.status != "refused" for outcome in scheduler.outcomes)
        return Report(tuple(scheduler.outcomes), unfinished=len(found.sources) - finished, interrupted=True)
    finally:
        pending.close()
        locks.close()
    return Report(tuple(scheduler.outcomes))
