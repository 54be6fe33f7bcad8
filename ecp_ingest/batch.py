"""Many sources → many records: page by page through an executor, each record written as soon as its pages are in.

The output folder is the only state. A source whose records were made from the same bytes with the same settings, models
and versions is skipped, so a run that was stopped goes on where it was.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecp_ingest import assembly
from ecp_ingest.discover import Found, Source, discover
from ecp_ingest.document import FailedPage, ReadPage, Scan
from ecp_ingest.engine import Engine, find_engine
from ecp_ingest.errors import EcpIngestError, MissingDependencyError, OutputError
from ecp_ingest.executors import WorkerExecutor
from ecp_ingest.output import finished_before, prepare, store
from ecp_ingest.record import Record
from ecp_ingest.report import Finished, Listener, Opened, Outcome, PageDone, Report, Status
from ecp_ingest.settings import Settings
from ecp_ingest.work import THE_WORK, Work

PAGES_PER_WORKER = 2
"""In flight: one that is read, one that waits, so that no worker stands idle and memory stays bounded."""


def convert(
    inputs: Sequence[str | Path],
    *,
    output: Path,
    settings: Settings,
    workers: int,
    force: bool = False,
    tell: Listener = lambda event: None,
) -> Report:
    """Convert what ``inputs`` name into records below ``output``, in ``workers`` processes.

    ``tell`` hears, in this thread, what happens. ``force`` converts also what an earlier run has done in the same way.
    Raises NoInputError, MissingDependencyError or OutputError before any work; what goes wrong later is in the report.
    """
    found = discover(inputs, output=output)
    engine = find_engine(settings=settings.recognise)
    prepare(output)
    executor = WorkerExecutor(workers, preload=["ecp_ingest.pipeline", "ecp_ingest.assembly"])
    try:
        return run(
            found,
            output=output,
            settings=settings,
            engine=engine,
            executor=executor,
            in_flight=workers * PAGES_PER_WORKER,
            force=force,
            tell=tell,
        )
    finally:
        executor.stop()  # all is done, or nobody waits for it any more


def run(
    found: Found,
    *,
    output: Path,
    settings: Settings,
    engine: Engine,
    executor: Executor,
    in_flight: int,
    force: bool = False,
    tell: Listener = lambda event: None,
    work: Work = THE_WORK,
) -> Report:
    """The batch itself; never more than ``in_flight`` jobs are handed to ``executor`` at a time."""
    batch = _Batch(
        output=output,
        settings=settings,
        engine=engine,
        work=work,
        force=force,
        tell=tell,
        by_target={source.target: source for source in found.sources},
    )
    for refused in found.refused:
        batch.finish(Outcome(refused.path, "refused", problems=(str(refused.error),)))
    try:
        batch.run(found.sources, executor=executor, in_flight=in_flight)
    except KeyboardInterrupt:
        finished = sum(outcome.status != "refused" for outcome in batch.outcomes)
        return Report(tuple(batch.outcomes), unfinished=len(found.sources) - finished, interrupted=True)
    return Report(tuple(batch.outcomes))


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Progress:
    """A source on its way."""

    source: Source
    began: float
    scan: Scan | None = None
    numbers: tuple[int, ...] = ()
    pages: dict[int, ReadPage | FailedPage] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Tracebacks of what should not have happened."""

    def note_fault(self, error: BaseException) -> None:
        if not isinstance(error, EcpIngestError):
            self.faults.append("".join(traceback.format_exception(error)))


@dataclass(frozen=True, slots=True)
class _Job:
    """Something for the executor, and who takes what comes of it."""

    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    then: Callable[[Future[Any]], None]


@dataclass(slots=True)
class _Batch:
    output: Path
    settings: Settings
    engine: Engine
    work: Work
    force: bool
    tell: Listener
    by_target: dict[str, Source]
    outcomes: list[Outcome] = field(default_factory=list)
    ready: deque[_Job] = field(default_factory=deque)

    def run(self, sources: Sequence[Source], *, executor: Executor, in_flight: int) -> None:
        """A source is opened only when no page of an earlier one waits: few are open at a time, and few are lost."""
        waiting = deque(sources)
        pending: dict[Future[Any], _Job] = {}
        while True:
            while len(pending) < in_flight and (self.ready or waiting):
                job = self.ready.popleft() if self.ready else self._opening(waiting.popleft())
                pending[executor.submit(job.call, *job.args, **job.kwargs)] = job
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in [future for future in pending if future in done]:  # in the order of submission
                job = pending.pop(future)
                if isinstance(future.exception(), MissingDependencyError):
                    future.result()  # no other source would fare better
                job.then(future)

    # A source's way: opening → reading its pages → assembling → writing.

    def _opening(self, source: Source) -> _Job:
        progress = _Progress(source, time.monotonic())
        return _Job(
            self.work.open_scan,
            (source.path,),
            {"settings": self.settings.scan},
            lambda future: self._opened(progress, future),
        )

    def _opened(self, progress: _Progress, future: Future[Scan]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(progress, "scan", error)
            return
        opened = progress.scan = future.result()
        if not self.force and self._skip(progress):
            return
        progress.numbers = selected_pages(self.settings.scan.pages, opened.page_count)
        self.tell(Opened(progress.source.path, len(progress.numbers)))
        if not progress.numbers:
            error = EcpIngestError(
                f"has {opened.page_count} pages, none of them in --pages: choose others", str(progress.source.path)
            )
            self._fail(progress, "scan", error)
            return
        self.ready.extend(self._reading(progress, number) for number in progress.numbers)

    def _reading(self, progress: _Progress, number: int) -> _Job:
        return _Job(
            self.work.ingest_page,
            (progress.scan, number),
            {"settings": self.settings, "engine": self.engine},
            lambda future: self._read(progress, number, future),
        )

    def _read(self, progress: _Progress, number: int, future: Future[ReadPage | FailedPage]) -> None:
        error = future.exception()
        if error is None:
            page = future.result()
        else:
            page = FailedPage(number, "page", _message(error))
            progress.note_fault(error)
        progress.pages[number] = page
        self.tell(PageDone(progress.source.path, number, page if isinstance(page, FailedPage) else None))
        if len(progress.pages) == len(progress.numbers):
            job = _Job(
                self.work.assemble,
                (progress.scan, tuple(progress.pages[number] for number in progress.numbers)),
                {"settings": self.settings, "engine": self.engine},
                lambda future: self._assembled(progress, future),
            )
            self.ready.appendleft(job)  # a record on the disk is worth more than a page begun

    def _assembled(self, progress: _Progress, future: Future[tuple[Record, ...]]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(progress, "assemble", error)
            return
        records = future.result()
        if records:
            self._write(progress, records)
        else:  # nothing may vanish without a word
            self._fail(progress, "assemble", EcpIngestError("holds no release"))

    def _fail(self, progress: _Progress, stage: str, error: BaseException) -> None:
        """The source gives no text; the record says why."""
        record = self.work.failed_record(
            progress.source.path, stage=stage, message=_message(error), settings=self.settings, engine=self.engine
        )
        progress.note_fault(error)
        self._write(progress, (record,))

    def _skip(self, progress: _Progress) -> bool:
        before = finished_before(self.output, progress.source, made_alike=lambda record: self._alike(progress, record))
        if not before:
            return False
        paths, records = zip(*before, strict=True)
        self.finish(Outcome(progress.source.path, "skipped", paths), records)
        return True

    def _alike(self, progress: _Progress, record: Record) -> bool:
        """Whether a new run would give this record again."""
        assert progress.scan is not None
        made_from = (record.source.sha256, record.source.file_name)
        return made_from == (progress.scan.sha256, progress.scan.file_name) and assembly.made_alike(
            record.provenance, settings=self.settings, engine=self.engine
        )

    def _write(self, progress: _Progress, records: tuple[Record, ...]) -> None:
        failed_pages = sum(isinstance(page, FailedPage) for page in progress.pages.values())
        problems = tuple(
            f"{progress.source.path}{f', page {error.page}' if error.page else ''}: {error.message}"
            for record in records
            for error in record.errors
        )
        status = _worst(records)
        written: tuple[Path, ...] = ()
        try:
            stored = store(records, folder=self.output, source=progress.source, others=self.by_target.get)
        except EcpIngestError as error:
            status = "unwritten" if isinstance(error, OutputError) else "refused"
            problems += (str(error),)
        else:
            written = stored.paths
            problems += stored.notes
        outcome = Outcome(
            progress.source.path,
            status,
            written,
            problems,
            detail="\n".join(progress.faults),
            pages=len(progress.pages),
            failed_pages=failed_pages,
            to_review=sum(record.review.state == "needed" for record in records),
            seconds=time.monotonic() - progress.began,
        )
        self.finish(outcome, records)

    def finish(self, outcome: Outcome, records: tuple[Record, ...] = ()) -> None:
        self.outcomes.append(outcome)
        self.tell(Finished(outcome, records))


def selected_pages(ranges: Sequence[tuple[int, int | None]], page_count: int) -> tuple[int, ...]:
    """The 1-based pages that ``ranges`` name, all where there are none; in order, each once."""
    if not ranges:
        return tuple(range(1, page_count + 1))
    wanted = {n for first, last in ranges for n in range(first, min(last or page_count, page_count) + 1)}
    return tuple(sorted(wanted))


def _worst(records: Sequence[Record]) -> Status:
    """``partial`` where some of it could be read and some couldn't."""
    statuses = {record.status for record in records}
    return statuses.pop() if len(statuses) == 1 else "partial"


def _message(error: BaseException) -> str:
    if isinstance(error, EcpIngestError):
        return error.message
    return f"a fault in ecp-ingest, please report it: {type(error).__name__}: {error}"
