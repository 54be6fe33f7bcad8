"""How many pages per minute were read in the time in which there was work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecp_ingest.reporting.entries import FileEntry

PAUSE = timedelta(minutes=10)
"""A longer time without work separates two stretches: the day between two nights, an empty inbox."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which files were in work, without a pause longer than `PAUSE`."""

    began: datetime
    ended: datetime
    files: tuple[tuple[datetime, datetime, int], ...]
    """(began, ended, pages) of each file."""

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()

    @property
    def pages(self) -> int:
        return sum(pages for _, _, pages in self.files)


def stretches(files: Iterable[FileEntry]) -> tuple[Stretch, ...]:
    """In the order of time. Files without a known time of conversion are left out."""
    spans = sorted(
        (ended - timedelta(seconds=entry.took), ended, entry.pages)
        for entry in files
        if entry.finished is not None and entry.took is not None
        for ended in [datetime.fromisoformat(entry.finished)]
    )
    groups: list[list[tuple[datetime, datetime, int]]] = []
    last = None
    for span in spans:
        if last is None or span[0] - last > PAUSE:
            groups.append([])
            last = span[1]
        groups[-1].append(span)
        last = max(last, span[1])
    return tuple(Stretch(group[0][0], max(ended for _, ended, _ in group), tuple(group)) for group in groups)


def pages_a_minute(found: Sequence[Stretch]) -> float | None:
    """Over all stretches; None if they are shorter than a second."""
    seconds = sum(stretch.seconds for stretch in found)
    return 60 * sum(stretch.pages for stretch in found) / seconds if seconds >= 1 else None


def speeds(stretch: Stretch, bins: int) -> tuple[float, ...]:
    """Pages per minute in each of ``bins`` equal parts of the time. A file's pages are spread evenly over its time."""
    width = stretch.seconds / bins
    pages = [0.0] * bins
    for began, ended, count in stretch.files:
        first, last = (((at - stretch.began).total_seconds() / width) if width else 0.0 for at in (began, ended))
        length = max(last - first, 1e-9)
        for place in range(max(0, int(first)), min(bins - 1, int(last)) + 1):
            pages[place] += count * max(0.0, min(last, place + 1) - max(first, place)) / length
    return tuple(60 * share / width if width else 0.0 for share in pages)
