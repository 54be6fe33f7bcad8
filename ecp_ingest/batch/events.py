"""What became of a batch: events while it runs, and a report that counts and owns the exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ecp_ingest.document.pages import FailedPage
from ecp_ingest.errors import OutputError
from ecp_ingest.files.locations import Place
from ecp_ingest.record.schema import Record

Status = Literal["ok", "partial", "failed", "skipped", "refused", "unwritten", "kept"]
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Queued:
    """``sources`` more sources wait to be converted."""

    sources: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A source was opened; ``pages`` of it will be read."""

    source: Place
    pages: int


@dataclass(frozen=True, slots=True)
class PageDone:
    source: Place
    number: int
    """1-based."""
    failure: FailedPage | None
    seconds: float = 0.0
    """Over all stages; 0 where the page failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source.

    ``skipped``: an earlier run converted it in the same way. ``refused``: not tried, or its record could have replaced
    that of another source. ``unwritten``: read, but a record couldn't be written. ``kept``: there is a file in the
    record's place, and the user asked to replace nothing.
    """

    source: Place
    status: Status
    written: tuple[Place, ...] = ()
    """Records, including those of an earlier run that this one left as they are."""
    problems: tuple[str, ...] = ()
    """What a person should know, each a full sentence that names its file and page."""
    detail: str = ""
    """A traceback, if the program has a fault."""
    pages: int = 0
    failed_pages: int = 0
    to_review: int = 0
    """Releases that a person should look at."""
    seconds: float = 0.0
    """Wall clock from opening to writing. Pages of other sources may be read in the same time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A source is done. ``records`` are those at ``outcome.written``; if none could be written, those made."""

    outcome: Outcome
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Waiting:
    """All is done except ``sources`` sources, on which another run into the same folder is working."""

    sources: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event."""

    exit_code: int


Event = Queued | Opened | PageDone | Finished | Waiting | Ended
Listener = Callable[[Event], None]


def to_all(*listeners: Listener) -> Listener:
    """A listener that passes each event to ``listeners``, in this order."""

    def notify(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return notify


@dataclass(frozen=True, slots=True)
class Report:
    outcomes: tuple[Outcome, ...]
    """In the order in which they finished."""
    unfinished: int = 0
    """Sources that were not done when the run was interrupted."""
    interrupted: bool = False

    def count(self, *statuses: Status) -> int:
        return sum(outcome.status in statuses for outcome in self.outcomes)

    @property
    def pages(self) -> int:
        return sum(outcome.pages for outcome in self.outcomes)

    @property
    def failed_pages(self) -> int:
        return sum(outcome.failed_pages for outcome in self.outcomes)

    @property
    def to_review(self) -> int:
        return sum(outcome.to_review for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0: no failure; 1: a source failed, wholly or in part; 4: a record couldn't be written; 130: interrupted."""
        if self.interrupted:
            return INTERRUPTED
        if self.count("unwritten"):
            return OutputError.exit_code
        return 1 if self.count("partial", "failed", "refused") else 0
