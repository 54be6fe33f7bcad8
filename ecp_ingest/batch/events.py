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
    """So many sources more wait to be converted."""

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

    ``skipped``: done before, in the same way. ``refused``: not tried, or its record could have cost another.
    ``unwritten``: read, but a record couldn't be written. ``kept``: something stands there, and nothing was
    to be written over.
    """

    source: Place
    status: Status
    written: tuple[Place, ...] = ()
    """Records, also those that an earlier run wrote and this one left as they are."""
    problems: tuple[str, ...] = ()
    """What a person should know, each a full sentence with its place."""
    detail: str = ""
    """A traceback, where the fault is ours."""
    pages: int = 0
    failed_pages: int = 0
    to_review: int = 0
    """Releases that a person should look at."""
    seconds: float = 0.0
    """Wall clock from opening to writing; pages of several sources are read side by side."""


@dataclass(frozen=True, slots=True)
class Finished:
    """``records`` are those that stand at ``outcome.written``; where none could be written, what was made."""

    outcome: Outcome
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Waiting:
    """All is done but so many sources that another run into the same folder is working on."""

    sources: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more comes."""

    exit_code: int


Event = Queued | Opened | PageDone | Finished | Waiting | Ended
Listener = Callable[[Event], None]


def to_all(*listeners: Listener) -> Listener:
    """One that tells each of ``listeners``, in this order."""

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell


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
        """0 all is well, 1 some source failed wholly or in part, 4 a record couldn't be written, 130 interrupted."""
        if self.interrupted:
            return INTERRUPTED
        if self.count("unwritten"):
            return OutputError.exit_code
        return 1 if self.count("partial", "failed", "refused") else 0
