"""A stack of sheets put through a feeder holds several releases: which pages belong to which.

A release begins where a half begins again that the release before has already: the heading that names the kind of
paper (``Press Release``, ``پریس ریلیز``), and under it a dateline, in a language in which both were seen before. So a
letterhead on every sheet, or a heading repeated on a second one, parts nothing; nor does the same sheet scanned twice.
Where the other half seems to follow, but is of another day and shares hardly a number with the first, the halves
belong to two releases of one language each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ecp_ingest.document.pages import ReadPage
from ecp_ingest.entities.boilerplate import is_issuer_line, kind_of_heading
from ecp_ingest.entities.dates import find_dateline, find_dates
from ecp_ingest.language.folding import fold

NEAR = 2
"""Lines below a heading in which a dateline that couldn't be read still shows by its year."""
SHARED_NUMBERS = 0.34
"""Of the numbers of the half that has fewer, so many at least stand in the other half too, if they are one release."""
FEWEST_NUMBERS = 4
_REFERENCE = re.compile(r"^\W*(?:ref\.?|no\.?|نمبر)\s*:?\s*[\w./()-]+[،,]?\s+(?=\D)", re.IGNORECASE)
"""Notices have their number before place and date, on one line."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a half begins: its heading and its dateline, as read, and the letterhead above them, if there is one."""

    page: int
    language: str
    letterhead: str | None
    heading: str
    dateline: str
    date: str | None
    """ISO 8601; None where a dateline is there and its date couldn't be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """The pages of one release, and how one knows that it begins there."""

    pages: tuple[ReadPage, ...]
    evidence: dict[str, Any]
    """``rule`` and, where a half begins on the first page, ``openings`` with what was read; JSON values only."""


NOTHING = Part((), {"rule": "no_pages", "openings": []})
"""Of a source in which no page could be read."""


def part_releases(pages: Sequence[ReadPage], *, repeated: Collection[int] = (), split: bool = True) -> tuple[Part, ...]:
    """``pages`` in parts, one per release, in order; at least one part where there are pages.

    ``repeated`` are the numbers of pages that repeat another: they begin nothing. Without ``split`` all is one.
    """
    groups: list[tuple[list[ReadPage], str, list[Opening]]] = []
    begun: dict[str, Opening] = {}
    for page in pages:
        openings = [] if page.facts.number in repeated else openings_on(page)
        rule = "first_page" if not groups else _begins(openings, begun, groups[-1][0], page) if split else None
        if rule:
            groups.append(([], rule, openings))
            begun = {}
        groups[-1][0].append(page)
        begun |= {opening.language: opening for opening in openings}
    return tuple(Part(tuple(own), _evidence(rule, openings)) for own, rule, openings in groups)


def _begins(
    openings: Sequence[Opening], begun: dict[str, Opening], before: Sequence[ReadPage], page: ReadPage
) -> str | None:
    """Why a release begins on ``page``; None where it doesn't."""
    if any(opening.language in begun for opening in openings):
        return "half_begins_again"
    days = {opening.date for opening in begun.values()} - {None}
    others = {opening.date for opening in openings} - {None}
    if days and others and not days & others:
        a, b = _numbers(before), _numbers([page])
        fewer = min(len(a), len(b))
        if fewer >= FEWEST_NUMBERS and len(a & b) < SHARED_NUMBERS * fewer:
            return "other_day_and_numbers"
    return None


def openings_on(page: ReadPage) -> list[Opening]:
    """The halves that begin on this page, the first opening in each language."""
    letterheads: dict[str, str] = {}
    headings: dict[str, tuple[str, int]] = {}
    found: dict[str, Opening] = {}
    lines = [line for region in page.regions for line in region.lines]
    for place, line in enumerate(lines):
        language, text = line.choice.language, line.text
        if is_issuer_line(text):
            letterheads.setdefault(language, text)
        if kind_of_heading(text):
            headings[language] = text, place
        elif language in headings and language not in found:
            heading, at = headings[language]
            dateline = find_dateline(_REFERENCE.sub("", text))
            date = dateline.date.value if dateline and dateline.date else None
            near = language in letterheads and place - at <= NEAR
            if date or (near and _may_be_dateline(text)):
                iso = date.isoformat() if date else None
                found[language] = Opening(
                    page.facts.number, language, letterheads.get(language), heading, text[:80], iso
                )
    return list(found.values())


def _may_be_dateline(text: str) -> bool:
    """A few words and a year, in which no date could be made out: were it part of a sentence, one could."""
    return len(text.split()) <= 6 and _YEAR.search(fold(text)) is not None and not find_dates(text)


def _numbers(pages: Sequence[ReadPage]) -> set[str]:
    """Numbers of two digits and more, but for years, which many releases share."""
    text = fold(" ".join(line.text for page in pages for region in page.regions for line in region.lines))
    return {number for number in re.findall(r"\b\d{2,}\b", text) if not _YEAR.fullmatch(number)}


def _evidence(rule: str, openings: Sequence[Opening]) -> dict[str, Any]:
    told = [
        {
            "page": opening.page,
            "language": opening.language,
            "letterhead": opening.letterhead,
            "heading": opening.heading,
            "dateline": opening.dateline,
            "date": opening.date,
        }
        for opening in openings
    ]
    return {"rule": rule, "openings": told}
