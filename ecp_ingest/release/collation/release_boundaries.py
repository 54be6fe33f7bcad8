"""Finds the first page of each release in a stack of sheets that was put through a feeder.

A release begins where a half opens in a language that the release before already has: a heading that names the kind of
paper (``Press Release``, ``پریس ریلیز``) with a dateline below it. So a letterhead on every sheet, a heading on a
second sheet, and the same sheet scanned twice begin no release. Where the half in the other language has another date
and shares hardly any numbers with the first, the halves are two releases of one language each.
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
"""Lines below a heading in which a line with a year counts as a dateline, though its date couldn't be read."""
DATELINE_WORDS = 6
"""Words of such a line, at most."""
SHARED_NUMBERS = 0.34
"""Two halves of one release share at least this part of the numbers of the half that has fewer."""
FEWEST_NUMBERS = 4
"""Fewer numbers than this are no evidence."""
QUOTED = 80
"""Characters of a dateline that the evidence quotes."""
_REFERENCE = re.compile(r"^\W*(?:ref\.?|no\.?|نمبر)\s*:?\s*[\w./()-]+[،,]?\s+(?=\D)", re.IGNORECASE)
"""Notices may have their number before place and date, on the same line."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a half: heading and dateline as read, and the letterhead above them, if any."""

    page: int
    language: str
    letterhead: str | None
    heading: str
    dateline: str
    date: str | None
    """ISO 8601; None where the date of the dateline couldn't be read."""


@dataclass(frozen=True, slots=True)
class ReleasePages:
    """The pages of one release, and why it begins there."""

    pages: tuple[ReadPage, ...]
    evidence: dict[str, Any]
    """``rule`` and, where a half begins on the first page, ``openings`` with what was read; JSON values only."""


NO_PAGES = ReleasePages((), {"rule": "no_pages", "openings": []})
"""For a source in which no page could be read."""


def split_into_releases(
    pages: Sequence[ReadPage], *, repeated: Collection[int] = (), split: bool = True
) -> tuple[ReleasePages, ...]:
    """The pages of each release, in order; at least one release where there are pages.

    ``repeated``: numbers of pages that repeat another; no release begins on them. Without ``split`` all pages are one
    release.
    """
    groups: list[tuple[list[ReadPage], str, list[Opening]]] = []
    opened: dict[str, Opening] = {}
    for page in pages:
        openings = [] if page.facts.number in repeated else openings_on(page)
        rule = "first_page" if not groups else _begins(openings, opened, groups[-1][0], page) if split else None
        if rule:
            groups.append(([], rule, openings))
            opened = {}
        groups[-1][0].append(page)
        opened |= {opening.language: opening for opening in openings}
    return tuple(ReleasePages(tuple(own), _evidence(rule, openings)) for own, rule, openings in groups)


def _begins(
    openings: Sequence[Opening], opened: dict[str, Opening], before: Sequence[ReadPage], page: ReadPage
) -> str | None:
    """The rule by which a release begins on ``page``; None where none does. ``opened``: by language."""
    if any(opening.language in opened for opening in openings):
        return "half_begins_again"
    days = {opening.date for opening in opened.values()} - {None}
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
                    page.facts.number, language, letterheads.get(language), heading, text[:QUOTED], iso
                )
    return list(found.values())


def _may_be_dateline(text: str) -> bool:
    """A few words and a year without a date that can be read; in a sentence the date could be read."""
    return len(text.split()) <= DATELINE_WORDS and _YEAR.search(fold(text)) is not None and not find_dates(text)


def _numbers(pages: Sequence[ReadPage]) -> set[str]:
    """Numbers of two digits or more, without years, which many releases share."""
    text = fold(" ".join(line.text for page in pages for region in page.regions for line in region.lines))
    return {number for number in re.findall(r"\b\d{2,}\b", text) if not _YEAR.fullmatch(number)}


def _evidence(rule: str, openings: Sequence[Opening]) -> dict[str, Any]:
    quoted = [
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
    return {"rule": rule, "openings": quoted}
