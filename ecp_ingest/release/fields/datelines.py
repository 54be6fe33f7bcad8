"""The date and place of the release itself: those of its datelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ecp_ingest.document.text import FinalParagraphs, Paragraph
from ecp_ingest.entities.dates import Dateline, FoundDate, find_dateline, find_dates
from ecp_ingest.release.fields.types import Field, field_confidence


def release_datelines(paragraphs: FinalParagraphs) -> Iterator[tuple[Paragraph, str, Dateline]]:
    """The dateline of each half: a paragraph of its own, or the opening of the half's first body paragraph.

    Dates elsewhere in the body are dates of the events that the release reports.
    """
    for language in dict.fromkeys(paragraph.language for paragraph, _ in paragraphs):
        half = [(paragraph, text) for paragraph, text in paragraphs if paragraph.language == language]
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
LONGEST = 20
"""Words of a paragraph whose date counts although it doesn't begin with a dateline."""


def _dateline_inside(paragraph: Paragraph, text: str) -> Dateline | None:
    """A date in a letterhead, beside a file number or at a signature: ``No. F.3(1)/2023-Elec  Dated 5th May, 2023``."""
    if paragraph.kind not in ("letterhead", "heading", "dateline", "signature", "other") or len(text.split()) > LONGEST:
        return None
    dates = [date for date in find_dates(text) if date.value]
    if not dates:
        return None
    # The first word from which the rest is a dateline, preferably one with a place.
    starts = [match.start() for match in _WORD.finditer(text) if 0 < match.start() < dates[0].start]
    found = [(start, dateline) for start in starts if (dateline := find_dateline(text[start:])) and dateline.date]
    found = [one for one in found if one[1].place] or found
    if found:
        start, dateline = found[0]
        return replace(dateline, date=_moved(dateline.date, start), end=dateline.end + start)
    return Dateline(dates[0], None, dates[0].end, False) if paragraph.kind == "dateline" and len(dates) == 1 else None


def _moved(date: FoundDate | None, by: int) -> FoundDate | None:
    return replace(date, start=date.start + by, end=date.end + by) if date else None


def islamic_dates_beside(paragraphs: FinalParagraphs) -> list[Field]:
    """The dates of the Islamic calendar in the paragraphs of the datelines, at most one for each."""
    found = []
    for paragraph, text, _ in release_datelines(paragraphs):
        for date in find_dates(text[:_OPENING]):
            if date.islamic:
                found.append(Field(date.islamic, date.text, paragraph.id, field_confidence(date.confidence, paragraph)))
                break
    return found


_OPENING = 160
"""Characters; a dateline that opens the body ends before."""


def dates_and_places(paragraphs: FinalParagraphs) -> tuple[list[Field], list[Field]]:
    """The dates and the places of the datelines, at most one of each for each half."""
    dates: list[Field] = []
    places: list[Field] = []
    for paragraph, _, found in release_datelines(paragraphs):
        if found.date is not None and found.date.value is not None:
            value = found.date.value.isoformat()
            dates.append(
                Field(value, found.date.text, paragraph.id, field_confidence(found.date.confidence, paragraph))
            )
        if found.place is not None:
            name, printed, score = found.place
            places.append(Field(name, printed, paragraph.id, field_confidence(score, paragraph)))
    return dates, places
