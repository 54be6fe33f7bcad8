"""The totals of a report, counted from its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecp_ingest.reporting.entries import FileEntry


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something was found, and in how many files."""

    files: int
    times: int


def totals(files: Sequence[FileEntry]) -> dict[str, object]:
    """The totals that ``report.json`` holds."""
    return {
        "files": len(files),
        "status": dict(Counter(entry.status for entry in files)),
        "records": sum(len(entry.records) for entry in files),
        "pages": sum(entry.pages for entry in files),
        "failed_pages": sum(entry.failed_pages for entry in files),
        "words": sum(entry.words for entry in files),
        "confidence": mean_confidence(files),
        "to_review": sum(entry.to_review for entry in files),
        "seconds": {stage: round(took, 1) for stage, took in stage_seconds(files).items()},
        "failures": {kind: {"files": t.files, "times": t.times} for kind, t in failures(files).items()},
        "review": {kind: {"files": t.files, "times": t.times} for kind, t in reasons(files).items()},
    }


def mean_confidence(files: Iterable[FileEntry]) -> float | None:
    """Over the words of all files; None if no word has a confidence."""
    measured = [(entry.words, entry.confidence) for entry in files if entry.confidence is not None]
    words = sum(count for count, _ in measured)
    return round(sum(count * confidence for count, confidence in measured) / words, 4) if words else None


def stage_seconds(files: Iterable[FileEntry]) -> dict[str, float]:
    """Stage → seconds over all pages, the longest first."""
    seconds: Counter[str] = Counter()
    for entry in files:
        seconds.update(entry.seconds)
    return dict(seconds.most_common())


def failures(files: Iterable[FileEntry]) -> dict[str, Tally]:
    """Kind of failure → tally, the most frequent first."""
    return _tallied(entry.failures for entry in files)


def reasons(files: Iterable[FileEntry]) -> dict[str, Tally]:
    """Reason for a review → tally, the most frequent first."""
    return _tallied(entry.review for entry in files)


def _tallied(counts: Iterable[dict[str, int]]) -> dict[str, Tally]:
    files: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for count in counts:
        files.update(count.keys())
        times.update(count)
    return {kind: Tally(files[kind], times[kind]) for kind in sorted(files, key=lambda kind: (-files[kind], kind))}
