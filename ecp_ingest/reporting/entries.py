"""The report's entry for one file, computed from its outcome and its records. The records are not kept."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ecp_ingest.batch.events import Outcome, Status
from ecp_ingest.files.locations import Place, Url
from ecp_ingest.files.names import in_unicode
from ecp_ingest.record.schema import Record

MOST_PROBLEMS = 20
"""Problems listed for one file: a source with thousands of pages may fail on each of them."""
DONE_BEFORE = frozenset({"skipped", "kept"})


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file, as the report holds it."""

    source: str
    """Path relative to the output folder, with forward slashes."""
    status: Status
    """Never ``skipped`` or ``kept``: a file that was converted before keeps that status."""
    records: tuple[str, ...] = ()
    """Relative to the output folder, with forward slashes."""
    pages: int = 0
    failed_pages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """For each stage, over all pages."""
    took: float | None = None
    """Seconds (wall clock) from opening to writing; None if an earlier run left no report."""
    finished: str | None = None
    """ISO 8601 with its offset; None if an earlier run left no report."""
    words: int = 0
    """Words with a confidence."""
    confidence: float | None = None
    """Mean over those words; None if there are none."""
    review: dict[str, int] = field(default_factory=dict)
    """How often each reason for a review was found."""
    to_review: int = 0
    """Releases that a person should look at."""
    failures: dict[str, int] = field(default_factory=dict)
    """How often each kind of failure occurred."""
    problems: tuple[str, ...] = ()


def file_entry(outcome: Outcome, records: Sequence[Record], *, output: Place, now: datetime) -> FileEntry:
    """The entry of a file that was just converted, or that an earlier run has converted (``skipped``)."""
    done_before = outcome.status in DONE_BEFORE
    confidences = [
        word.confidence
        for record in records
        for paragraph in record.paragraphs
        for line in paragraph.lines
        for word in line.words
        if word.confidence is not None
    ]
    seconds: Counter[str] = Counter()
    for record in records:
        for page in record.provenance.pages:
            seconds.update(page.seconds)
    lost = {error.page for record in records for error in record.errors if error.page is not None}
    return FileEntry(
        source=relative_path(outcome.source, output),
        status=_status(records) if done_before else outcome.status,
        records=tuple(relative_path(path, output) for path in outcome.written),
        pages=sum(len(record.source.pages) for record in records) if done_before else outcome.pages,
        failed_pages=len(lost) if done_before else outcome.failed_pages,
        seconds={stage: round(took, 3) for stage, took in seconds.items()},
        took=None if done_before else round(outcome.seconds, 2),
        finished=None if done_before else now.isoformat(timespec="milliseconds"),
        words=len(confidences),
        confidence=round(sum(confidences) / len(confidences), 4) if confidences else None,
        review=dict(Counter(reason.kind for record in records for reason in record.review.reasons)),
        to_review=sum(record.review.state == "needed" for record in records),
        failures=dict(Counter(_failures(outcome, records))),
        problems=tuple(_problems(outcome)),
    )


def relative_path(path: Place, output: Place) -> str:
    """``path`` relative to the output folder, so that both can be moved together; a URL if only one of them is one."""
    if isinstance(path, Url) or isinstance(output, Url):
        return path.relative_to(output).as_posix() if path.is_relative_to(output) else str(path)
    try:
        return in_unicode(Path(os.path.relpath(path, output)).as_posix())
    except ValueError:  # on another drive
        return in_unicode(path.as_posix())


def _problems(outcome: Outcome) -> Iterator[str]:
    """The problems without the file's name, which the entry has already."""
    for problem in outcome.problems[:MOST_PROBLEMS]:
        yield problem.removeprefix(str(outcome.source)).lstrip(":, ")
    if (more := len(outcome.problems) - MOST_PROBLEMS) > 0:
        yield f"and {more:,} more: the record has them all"


def _status(records: Iterable[Record]) -> Status:
    statuses = {record.status for record in records}
    return statuses.pop() if len(statuses) == 1 else "partial"


def _failures(outcome: Outcome, records: Iterable[Record]) -> Iterator[str]:
    if outcome.status == "refused":
        yield "refused: would have cost another record, or isn't there"
    elif outcome.status == "unwritten":
        yield "the record couldn't be written"
    for record in records:
        for error in record.errors:
            yield f"{error.stage}: {kind_of(error.message)}"


def kind_of(message: str) -> str:
    """The kind of failure: the message without numbers, names in quotes, details and remedy.

    ``recognition took longer than 180 s: allow more …`` → ``recognition took longer than N s``.
    """
    happened = re.split(r"\s*[:;(]", message, maxsplit=1)[0]
    return re.sub(r"\d[\d,]*(\.\d+)?", "N", re.sub(r"'[^']+'|\"[^\"]+\"", "…", happened)).strip()
