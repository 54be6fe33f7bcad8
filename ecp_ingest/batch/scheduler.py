"""Runs a batch through an executor: each source is opened, its pages are read, its records made and written.

The executor gets one page at a time, and a record is written as soon as its pages are read. If a source fails, its
record and its outcome say why, and the others go on.
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
from ecp_ingest.batch.locks import SourceLocks
from ecp_ingest.batch.pending import PendingSources
from ecp_ingest.batch.record_store import StoredRecords, store
from ecp_ingest.batch.steps import Steps
from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.errors import ClusterError, EcpIngestError, MissingDependencyError, OutputError, UnreadableSourceError
from ecp_ingest.files.digests import file_digest_or_unread
from ecp_ingest.files.locations import Place
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import Settings
from ecp_ingest.workers.executors import Timed

ATTEMPTS = 3
"""How often a source is read if it changes while it is being read."""


@dataclass(slots=True)
class _SourceState:
    """A source that is being converted."""

    source: Source
    began: float
    attempt: int = 1
    opened: float = 0.0
    scan: Scan | None = None
    numbers: tuple[int, ...] = ()
    pages: dict[int, ReadPage | FailedPage] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Tracebacks of faults in the program."""

    def note_fault(self, error: BaseException) -> None:
        if not isinstance(error, EcpIngestError):
            self.faults.append("".join(traceback.format_exception(error)))


@dataclass(frozen=True, eq=False, slots=True)
class _Job:
    """A call for the executor, and the function that takes its result."""

    state: _SourceState
    call: Timed[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    then: Callable[[Future[Any]], None]


@dataclass(slots=True)
class Scheduler:
    """Converts all sources of one batch. ``run`` is called once; ``outcomes`` grows meanwhile."""

    output: Place
    settings: Settings
    engine: Engine
    steps: Steps
    overwrite: bool
    notify: Listener
    by_target: dict[str, Source]
    locks: SourceLocks
    outcomes: list[Outcome] = field(default_factory=list)
    ready: deque[_Job] = field(default_factory=deque)

    def run(self, pending: PendingSources, *, executor: Executor, in_flight: Callable[[], int]) -> None:
        """Convert ``pending``.

        A source is opened only when no page of an earlier one waits: few are open at a time, and an interrupt loses
        little.
        """
        running: dict[Future[Any], _Job] = {}
        while True:
            while len(running) < in_flight() and (job := self._next(pending, wait=not running)) is not None:
                running[executor.submit(job.call, *job.args, **job.kwargs)] = job
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in [future for future in running if future in done]:  # in the order of submission
                job = running.pop(future)
                if isinstance(future.exception(), MissingDependencyError | ClusterError):
                    future.result()  # every other source would fail too
                job.then(future)

    def _next(self, pending: PendingSources, *, wait: bool) -> _Job | None:
        while not self.ready and (found := pending.next(wait=wait)) is not None:
            source, decision = found
            if decision.action == "convert":
                return self._opening(source)
            status: Status = "skipped" if decision.action == "done" else "kept"
            there = StoredRecords(decision.records) if status == "skipped" else ()  # a kept file may be anything
            self.finish(Outcome(source.path, status, decision.records), there)
            self.locks.free(source.target)
        return self.ready.popleft() if self.ready else None

    # The steps for one source: open → read its pages → assemble → write.

    def _opening(self, source: Source, attempt: int = 1) -> _Job:
        state = _SourceState(source, time.monotonic(), attempt=attempt)
        return _Job(
            state,
            self._for_pages(self.steps.open_scan, 1),
            (source.path,),
            {"settings": self.settings.scan},
            lambda future: self._opened(state, future),
        )

    def _opened(self, state: _SourceState, future: Future[Scan]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(state, "scan", error)
            return
        opened = state.scan = future.result()
        state.opened = time.monotonic()
        state.numbers = selected_pages(self.settings.scan.pages, opened.page_count)
        self.notify(Opened(state.source.path, len(state.numbers)))
        if not state.numbers:
            error = EcpIngestError(
                f"has {opened.page_count} pages, none of them in --pages: choose others", str(state.source.path)
            )
            self._fail(state, "scan", error)
            return
        self.ready.extend(self._reading(state, number) for number in state.numbers)

    def _reading(self, state: _SourceState, number: int) -> _Job:
        return _Job(
            state,
            self._for_pages(self.steps.ingest_page, 1),
            (state.scan, number),
            {"settings": self.settings, "engine": self.engine},
            lambda future: self._read(state, number, future),
        )

    def _read(self, state: _SourceState, number: int, future: Future[ReadPage | FailedPage]) -> None:
        error = future.exception()
        if error is None:
            page = future.result()
        else:
            page = FailedPage(number, "page", _message(error))
            state.note_fault(error)
        self._note_page(state, number, page)
        if time.monotonic() - state.opened > self.settings.limits.file_seconds:
            self._refuse_waiting_pages(state)
        if len(state.pages) == len(state.numbers):
            job = _Job(
                state,
                self._for_pages(self.steps.assemble, len(state.pages)),
                (state.scan, tuple(state.pages[number] for number in state.numbers)),
                {"settings": self.settings, "engine": self.engine},
                lambda future: self._assembled(state, future),
            )
            self.ready.appendleft(job)  # finish a record before the next page is begun

    def _note_page(self, state: _SourceState, number: int, page: ReadPage | FailedPage) -> None:
        state.pages[number] = page
        failure, seconds = (page, 0.0) if isinstance(page, FailedPage) else (None, sum(page.facts.seconds.values()))
        self.notify(PageDone(state.source.path, number, failure, seconds))

    def _refuse_waiting_pages(self, state: _SourceState) -> None:
        """Refuse the pages that were not begun when the source's time was over."""
        why = (
            f"not tried: the source took longer than {self.settings.limits.file_seconds:g} s before it was this page's "
            "turn; allow more with --file-timeout, or convert its --pages in parts"
        )
        for job in [job for job in self.ready if job.state is state]:
            self.ready.remove(job)
            self._note_page(state, job.args[1], FailedPage(job.args[1], "page", why))

    def _for_pages(self, call: Callable[..., Any], count: int) -> Timed[..., Any]:
        return Timed(call, self.settings.limits.page_seconds * count, "--page-timeout")

    def _assembled(self, state: _SourceState, future: Future[tuple[Record, ...]]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(state, "assemble", error)
            return
        records = future.result()
        if self._changed(state):
            if state.attempt < ATTEMPTS:
                self.ready.append(self._opening(state.source, state.attempt + 1))
            else:
                why = "changes again and again while it is read: convert it when it is whole"
                self._fail(state, "scan", UnreadableSourceError(why))
        elif records:
            self._write(state, records)
        else:  # no source may disappear without a message
            self._fail(state, "assemble", EcpIngestError("holds no release"))

    def _changed(self, state: _SourceState) -> bool:
        """Whether the source was changed after it was opened. A copy of a URL is compared when it is fetched."""
        path, scan = state.source.path, state.scan
        return isinstance(path, Path) and scan is not None and file_digest_or_unread(path).sha256 != scan.sha256

    def _fail(self, state: _SourceState, stage: str, error: BaseException) -> None:
        """Write a record without text that says why the source failed."""
        record = self.steps.failed_record(
            state.source.path, stage=stage, message=_message(error), settings=self.settings, engine=self.engine
        )
        state.note_fault(error)
        self._write(state, (record,))

    def _write(self, state: _SourceState, records: tuple[Record, ...]) -> None:
        failed_pages = sum(isinstance(page, FailedPage) for page in state.pages.values())
        problems = tuple(
            f"{state.source.path}{f', page {error.page}' if error.page else ''}: {error.message}"
            for record in records
            for error in record.errors
        )
        status = _worst(records)
        written: tuple[Place, ...] = ()
        try:
            stored = store(
                records,
                folder=self.output,
                source=state.source,
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
            state.source.path,
            status,
            written,
            problems,
            detail="\n".join(state.faults),
            pages=len(state.pages),
            failed_pages=failed_pages,
            to_review=sum(record.review.state == "needed" for record in records),
            seconds=time.monotonic() - state.began,
        )
        self.locks.free(state.source.target)
        self.finish(outcome, records)

    def finish(self, outcome: Outcome, records: Sequence[Record] = ()) -> None:
        self.outcomes.append(outcome)
        self.notify(Finished(outcome, records))


def selected_pages(ranges: Sequence[tuple[int, int | None]], page_count: int) -> tuple[int, ...]:
    """The 1-based pages in ``ranges``, sorted, each once; all pages if ``ranges`` is empty."""
    if not ranges:
        return tuple(range(1, page_count + 1))
    wanted = {n for first, last in ranges for n in range(first, min(last or page_count, page_count) + 1)}
    return tuple(sorted(wanted))


def _worst(records: Sequence[Record]) -> Status:
    """``partial`` if one record could be read and another couldn't."""
    statuses = {record.status for record in records}
    return statuses.pop() if len(statuses) == 1 else "partial"


def _message(error: BaseException) -> str:
    if isinstance(error, EcpIngestError):
        return error.message
    return f"a fault in ecp-ingest, please report it: {type(error).__name__}: {error}"
