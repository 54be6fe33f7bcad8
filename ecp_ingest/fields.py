"""The fields of a release as values, and its own date and place: those of its datelines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ecp_ingest.dates import Dateline, find_dateline, find_dates
from ecp_ingest.document import Paragraph
from ecp_ingest.letterforms import fold_in_place

Said = Sequence[tuple[Paragraph, str]]
"""Paragraphs with their final text, in reading order; those that were taken out have none."""


@dataclass(frozen=True, slots=True)
class Field:
    """``value`` is normalised (dates: ISO 8601), ``text`` as printed, ``paragraph`` where it stands."""

    value: str
    text: str
    paragraph: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Person(Field):
    honorific: str | None = None
    role: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    issuer: Field | None = None
    wing: Field | None = None
    kind: Field | None = None
    place: Field | None = None
    date: Field | None = None
    title: Field | None = None
    people: tuple[Person, ...] = ()
    references: tuple[Field, ...] = ()


def sure(score: float, paragraph: Paragraph) -> float:
    """How well the words fit, times how well they were read."""
    read = paragraph.confidence
    return round(min(1.0, max(0.0, score * (read if read is not None else 0.95))), 4)


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


_DATELINE_INSIDE = re.compile(r"\b(?i:dated?|مورخہ|بتاریخ)\b|(?<=\s)(?=[A-Z][a-z]+,)")


def _dateline_inside(paragraph: Paragraph, text: str) -> Dateline | None:
    """A date in a letterhead, beside a file number or at a signature: ``No. F.3(1)/2023-Elec  Dated 5th May, 2023``."""
    if paragraph.kind not in ("letterhead", "heading", "dateline", "signature", "other") or len(text.split()) > 20:
        return None
    for match in _DATELINE_INSIDE.finditer(fold_in_place(text)):
        found = find_dateline(text[match.start() :])
        if found is not None and found.date is not None:
            date = replace(found.date, start=found.date.start + match.start(), end=found.date.end + match.start())
            return replace(found, date=date, end=found.end + match.start())
    dates = [date for date in find_dates(text) if date.value]
    if paragraph.kind == "dateline" and len(dates) == 1:
        return Dateline(dates[0], None, dates[0].end, False)
    return None


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
