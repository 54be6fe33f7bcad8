"""Many sources → many records: what is to be done, where, and by whom; ``course`` does it.

The output folder is the only state (see ``resume``): a source whose records would come out the same is skipped, so a
run that was stopped goes on where it was. Two runs into one folder share the work.
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
"""In flight: one that is read, one that waits, so that no worker stands idle and memory stays bounded."""


def convert(
    inputs: Sequence[str | Place],
    *,
    output: Place,
    settings: Settings,
    workers: int,
    dask: str | None = None,
    force: bool = False,
    overwrite: bool = True,
    tell: Listener = lambda event: None,
) -> Report:
    """Convert what ``inputs`` name into records below ``output``, in ``workers`` processes or on the cluster ``dask``.

    ``tell`` hears, in this thread, what happens. ``force`` converts also what an earlier run has done in the same way;
    without ``overwrite`` whatever stands where a record belongs stays. Raises NoInputError, MissingDependencyError,
    OutputError or ClusterError before any work, and ClusterError when the cluster is lost; what else goes wrong later
    is in the report.
    """
    found = discover(inputs, output=output)
    with conversion(
        output=output, settings=settings, workers=workers, dask=dask, force=force, overwrite=overwrite, tell=tell
    ) as convert_found:
        return convert_found(found)


def plan(
    inputs: Sequence[str | Place], *, output: Place, settings: Settings, force: bool = False, overwrite: bool = True
) -> Plan:
    """What `convert` would do, and why; nothing is written. Raises as `convert` does before any work."""
    found = discover(inputs, output=output)
    engine = find_engine(settings=settings.recognise)
    looks = Looks(output, assembly.made_with(settings=settings, engine=engine), force=force, overwrite=overwrite)
    with ThreadPoolExecutor(LOOKERS) as threads:
        return Plan(tuple(looked_at(found.sources, look=looks, threads=threads)), found.refused)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do."""

    sources: tuple[tuple[Source, Standing], ...]
    refused: tuple[Refused, ...]


@contextmanager
def conversion(
    *,
    output: Place,
    settings: Settings,
    workers: int,
    dask: str | None = None,
    force: bool = False,
    overwrite: bool = True,
    tell: Listener,
) -> Iterator[Callable[[Found], Report]]:
    """What converts one batch after the other, in the same ``workers`` processes or on the same cluster.

    Raises MissingDependencyError, OutputError or ClusterError before any work.
    """
    engine = find_engine(settings=settings.recognise)
    prepare(output)
    preload = ["ecp_ingest.page.pipeline", "ecp_ingest.release.assembly"]
    executor = (
        DaskExecutor(
            dask,
            settings=settings.recognise,
            engine=engine,
            preload=preload,
            memory_mib=settings.limits.memory_mib,
        )
        if dask
        else WorkerExecutor(workers, preload=preload, memory_mib=settings.limits.memory_mib)
    )

    def convert_found(found: Found) -> Report:
        tell(Queued(len(found.sources)))
        if isinstance(executor, DaskExecutor):
            found = _as_others_see_it(found)
            executor.check_sees([source.path for source in found.sources if isinstance(source.path, Path)])
        return run(
            found,
            output=output,
            settings=settings,
            engine=engine,
            executor=executor,
            in_flight=executor.capacity if isinstance(executor, DaskExecutor) else workers * PAGES_PER_WORKER,
            force=force,
            overwrite=overwrite,
            tell=tell,
        )

    try:
        yield convert_found
    finally:
        executor.stop()  # all is done, or nobody waits for it any more


def _as_others_see_it(found: Found) -> Found:
    """With paths that don't depend on where this process stands."""
    sources = tuple(
        replace(source, path=source.path.absolute()) if isinstance(source.path, Path) else source
        for source in found.sources
    )
    return replace(found, sources=sources)


def run(
    found: Found,
    *,
    output: Place,
    settings: Settings,
    engine: Engine,
    executor: Executor,
    in_flight: int | Callable[[], int],
    force: bool = False,
    overwrite: bool = True,
    tell: Listener = lambda event: None,
    work: Work = THE_WORK,
) -> Report:
    """The batch itself; never more than ``in_flight`` jobs are handed to ``executor`` at a time."""
    claims = Claims(output if isinstance(output, Path) else None)
    course = Course(
        output=output,
        settings=settings,
        engine=engine,
        work=work,
        overwrite=overwrite,
        tell=tell,
        by_target={source.target: source for source in found.sources},
        claims=claims,
    )
    for refused in found.refused:
        course.finish(Outcome(refused.path, "refused", problems=(str(refused.error),)))
    looks = Looks(output, assembly.made_with(settings=settings, engine=engine), force=force, overwrite=overwrite)
    todo = ToDo(found.sources, look=looks.with_edits, claims=claims, waiting=lambda sources: tell(Waiting(sources)))
    try:
        course.run(todo, executor=executor, in_flight=in_flight if callable(in_flight) else lambda: in_flight)
    except KeyboardInterrupt:
        finished = sum(outcome.status != "refused" for outcome in course.outcomes)
        return Report(tuple(course.outcomes), unfinished=len(found.sources) - finished, interrupted=True)
    finally:
        todo.close()
        claims.close()
    return Report(tuple(course.outcomes))
