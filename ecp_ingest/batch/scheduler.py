"""The course of a batch: each source is opened, its pages read, its records made and written.

Page by page through an executor, and each record is written as soon as its pages are in. What goes wrong with a source
is told in its record and its outcome; the others go on.
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

from ecp_ingest.batch.discover import Source
from ecp_ingest.batch.events import Finished, Listener, Opened, Outcome, PageDone, Status
from ecp_ingest.batch.locks import Claims
from ecp_ingest.batch.pending import ToDo
from ecp_ingest.batch.record_store import StoredRecords, store
from ecp_ingest.batch.steps import Work
from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.errors import ClusterError, EcpIngestError, MissingDependencyError, OutputError, UnreadableSourceError
from ecp_ingest.files.digests import file_digest_or_unread
from ecp_ingest.files.locations import Place
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import Settings
from ecp_ingest.workers.executors import Timed

ATTEMPTS = 3
"""A source that was changed while it was being read is read again, so often in all."""


@dataclass(slots=True)
class _Progress:
    """A source on its way."""

    source: Source
    began: float
    attempt: int = 1
    opened: float = 0.0
    scan: Scan | None = None
    numbers: tuple[int, ...] = ()
    pages: dict[int, ReadPage | FailedPage] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Tracebacks of what should not have happened."""

    def note_fault(self, error: BaseException) -> None:
        if not isinstance(error, EcpIngestError):
            self.faults.append("".join(traceback.format_exception(error)))


@dataclass(frozen=True, eq=False, slots=True)
class _Job:
    """Something for the executor, and who takes what comes of it."""

    progress: _Progress
    call: Timed[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    then: Callable[[Future[Any]], None]


@dataclass(slots=True)
class Course:
    """All sources of a batch; ``run`` once. What became of them, so far, is in ``outcomes``."""

    output: Place
    settings: Settings
    engine: Engine
    work: Work
    overwrite: bool
    tell: Listener
    by_target: dict[str, Source]
    claims: Claims
    outcomes: list[Outcome] = field(default_factory=list)
    ready: deque[_Job] = field(default_factory=deque)

    def run(self, todo: ToDo, *, executor: Executor, in_flight: Callable[[], int]) -> None:
        """A source is opened only when no page of an earlier one waits: few are open at a time, and few are lost."""
        pending: dict[Future[Any], _Job] = {}
        while True:
            while len(pending) < in_flight() and (job := self._next(todo, wait=not pending)) is not None:
                pending[executor.submit(job.call, *job.args, **job.kwargs)] = job
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in [future for future in pending if future in done]:  # in the order of submission
                job = pending.pop(future)
                if isinstance(future.exception(), MissingDependencyError | ClusterError):
                    future.result()  # no other source would fare better
                job.then(future)

    def _next(self, todo: ToDo, *, wait: bool) -> _Job | None:
        while not self.ready and (found := todo.next(wait=wait)) is not None:
            source, standing = found
            if standing.action == "convert":
                return self._opening(source)
            status: Status = "skipped" if standing.action == "done" else "kept"
            there = StoredRecords(standing.records) if status == "skipped" else ()  # what is kept may be anything
            self.finish(Outcome(source.path, status, standing.records), there)
            self.claims.free(source.target)
        return self.ready.popleft() if self.ready else None

    # A source's way: opening → reading its pages → assembling → writing.

    def _opening(self, source: Source, attempt: int = 1) -> _Job:
        progress = _Progress(source, time.monotonic(), attempt=attempt)
        return _Job(
            progress,
            self._for_pages(self.work.open_scan, 1),
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
        progress.opened = time.monotonic()
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
            progress,
            self._for_pages(self.work.ingest_page, 1),
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
        self._note_page(progress, number, page)
        if time.monotonic() - progress.opened > self.settings.limits.file_seconds:
            self._refuse_waiting_pages(progress)
        if len(progress.pages) == len(progress.numbers):
            job = _Job(
                progress,
                self._for_pages(self.work.assemble, len(progress.pages)),
                (progress.scan, tuple(progress.pages[number] for number in progress.numbers)),
                {"settings": self.settings, "engine": self.engine},
                lambda future: self._assembled(progress, future),
            )
            self.ready.appendleft(job)  # a record on the disk is worth more than a page begun

    def _note_page(self, progress: _Progress, number: int, page: ReadPage | FailedPage) -> None:
        progress.pages[number] = page
        failure, seconds = (page, 0.0) if isinstance(page, FailedPage) else (None, sum(page.facts.seconds.values()))
        self.tell(PageDone(progress.source.path, number, failure, seconds))

    def _refuse_waiting_pages(self, progress: _Progress) -> None:
        """The time for the source is over."""
        why = (
            f"not tried: the source took longer than {self.settings.limits.file_seconds:g} s before it was this page's "
            "turn; allow more with --file-timeout, or convert its --pages in parts"
        )
        for job in [job for job in self.ready if job.progress is progress]:
            self.ready.remove(job)
            self._note_page(progress, job.args[1], FailedPage(job.args[1], "page", why))

    def _for_pages(self, call: Callable[..., Any], count: int) -> Timed[..., Any]:
        return Timed(call, self.settings.limits.page_seconds * count, "--page-timeout")

    def _assembled(self, progress: _Progress, future: Future[tuple[Record, ...]]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(progress, "assemble", error)
            return
        records = future.result()
        if self._changed(progress):
            if progress.attempt < ATTEMPTS:
                self.ready.append(self._opening(progress.source, progress.attempt + 1))
            else:
                why = "changes again and again while it is read: convert it when it is whole"
                self._fail(progress, "scan", UnreadableSourceError(why))
        elif records:
            self._write(progress, records)
        else:  # nothing may vanish without a word
            self._fail(progress, "assemble", EcpIngestError("holds no release"))

    def _changed(self, progress: _Progress) -> bool:
        """Whether its pages may come from other bytes than its digest; what is fetched is compared when it is."""
        path, scan = progress.source.path, progress.scan
        return isinstance(path, Path) and scan is not None and file_digest_or_unread(path).sha256 != scan.sha256

    def _fail(self, progress: _Progress, stage: str, error: BaseException) -> None:
        """The source gives no text; the record says why."""
        record = self.work.failed_record(
            progress.source.path, stage=stage, message=_message(error), settings=self.settings, engine=self.engine
        )
        progress.note_fault(error)
        self._write(progress, (record,))

    def _write(self, progress: _Progress, records: tuple[Record, ...]) -> None:
        failed_pages = sum(isinstance(page, FailedPage) for page in progress.pages.values())
        problems = tuple(
            f"{progress.source.path}{f', page {error.page}' if error.page else ''}: {error.message}"
            for record in records
            for error in record.errors
        )
        status = _worst(records)
        written: tuple[Place, ...] = ()
        try:
            stored = store(
                records,
                folder=self.output,
                source=progress.source,
                others=self.by_target.get,
                overwrite=self.overwrite,
            )
        except EcpIngestError as error:
            status = "unwritten" if isinstance(error, OutputError) else "refused"
            problems += (str(error),)
        else:
            written, records = stored.paths, stored.records
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
        self.claims.free(progress.source.target)
        self.finish(outcome, records)

    def finish(self, outcome: Outcome, records: Sequence[Record] = ()) -> None:
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
