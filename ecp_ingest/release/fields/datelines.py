"""The fields of a release as values, and its own date and place: those of its datelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ecp_ingest.document.text import Paragraph, Said
from ecp_ingest.entities.dates import Dateline, FoundDate, find_dateline, find_dates
from ecp_ingest.release.fields.types import Field, sure


def own_datelines(said: Said) -> Iterator[tuple[Paragraph, str, Dateline]]:
    """The dateline of each half: a paragraph of its own, or the opening of the half's first body paragraph.

    Dates elsewhere in the body are dates of what the release tells of.
    """
    for language in dict.fromkeys(paragraph.language for paragraph, _ in said):
        half = [(paragraph, text) for paragraph, text in said if paragraph.language == language]
        bodies = 0
        for paragraph, text in half:
            bodies += paragraph.kind == "body"
            if bodies > 1 and paragraph.kind == "body":
                continue
            if paragraph.kind in ("caption", "footer"):
                continue
            found = find_dateline(text) or _dateline_inside(paragraph, text)
            if found is not None:
                yield paragraph, text, found
                break


_WORD = re.compile(r"(?<!\S)\S")


def _dateline_inside(paragraph: Paragraph, text: str) -> Dateline | None:
    """A date in a letterhead, beside a file number or at a signature: ``No. F.3(1)/2023-Elec  Dated 5th May, 2023``."""
    if paragraph.kind not in ("letterhead", "heading", "dateline", "signature", "other") or len(text.split()) > 20:
        return None
    dates = [date for date in find_dates(text) if date.value]
    if not dates:
        return None
    # From the word from which on it is a dateline; with a place if there is one.
    openings = [match.start() for match in _WORD.finditer(text) if 0 < match.start() < dates[0].start]
    found = [(start, dateline) for start in openings if (dateline := find_dateline(text[start:])) and dateline.date]
    found = [one for one in found if one[1].place] or found
    if found:
        start, dateline = found[0]
        return replace(dateline, date=_moved(dateline.date, start), end=dateline.end + start)
    return Dateline(dates[0], None, dates[0].end, False) if paragraph.kind == "dateline" and len(dates) == 1 else None


def _moved(date: FoundDate | None, by: int) -> FoundDate | None:
    return replace(date, start=date.start + by, end=date.end + by) if date else None


def islamic_dates(said: Said) -> list[Field]:
    """Dates of the Islamic calendar beside those of the datelines."""
    found = []
    for paragraph, text, _ in own_datelines(said):
        for date in find_dates(text[:_OPENING]):
            if date.islamic:
                found.append(Field(date.islamic, date.text, paragraph.id, sure(date.confidence, paragraph)))
                break
    return found


_OPENING = 160
"""Characters: a dateline in the first paragraph of the body ends before."""


def dates_and_places(said: Said) -> tuple[list[Field], list[Field]]:
    dates: list[Field] = []
    places: list[Field] = []
    for paragraph, _, found in own_datelines(said):
        if found.date is not None and found.date.value is not None:
            value = found.date.value.isoformat()
            dates.append(Field(value, found.date.text, paragraph.id, sure(found.date.confidence, paragraph)))
        if found.place is not None:
            name, printed, likeness = found.place
            places.append(Field(name, printed, paragraph.id, sure(likeness, paragraph)))
    return dates, places
