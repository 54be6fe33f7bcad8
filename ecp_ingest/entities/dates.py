"""Finds dates as these releases print them, in both languages, and datelines. Pure.

Offsets are in the unfolded text: the folding used for the patterns keeps every character in its place.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ecp_ingest.entities.boilerplate import place_named
from ecp_ingest.entities.gazetteer import Gazetteer, current, gazetteer
from ecp_ingest.language.folding import fold, fold_in_place

MONTHS = {number: entry.forms for number, entry in enumerate(gazetteer().of("month"), start=1)}
"""1–12 → its names in both languages."""
EARLIEST, LATEST = 1947, 2100


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date at ``text[start:end]``; ``value`` is None for the Islamic calendar, which no table converts safely."""

    value: datetime.date | None
    start: int
    end: int
    text: str
    calendar: Literal["gregorian", "islamic"]
    confidence: float
    islamic: str | None = None
    """Year, month and day of the Islamic calendar, if the year is printed: ``1443-10-27``."""


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Folded names of a gazetteer."""

    months: dict[str, int]
    islamic: dict[str, int]
    beside: frozenset[str]
    """Words that may be next to the date and the place in a dateline."""


@lru_cache(maxsize=8)
def _calendar(table: Gazetteer) -> _Calendar:
    return _Calendar(
        months={fold(form): number for number, forms in _months(table, "month") for form in forms},
        islamic={fold(form): number for number, forms in _months(table, "islamic_month") for form in forms},
        beside=frozenset(table.forms("weekday", "dateline")) - {""},
    )


def _months(table: Gazetteer, kind: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    return ((number, entry.forms) for number, entry in enumerate(table.of(kind), start=1))


_NAME = r"(?P<month>[^\W\d_]{2,12})"
_ISLAMIC_NAME = r"(?P<month>[^\W\d_]+(?:[-\s'’]{1,2}[^\W\d_]+){0,2})"
_DAY = r"(?P<day>(?<!\d)\d{1,2}|(?<!\w)یکم)(?!\d)"
_YEAR = r"(?<!\d)(?P<year>\d{4})(?!\d)(?:\s?[ءﺀ](?!\w))?"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|n[cd]|ih)\b)?"
_GAP = r"[\s,.،؍/\-–]{0,3}"
_ERA = r"(?:\s?(?:ہجری|ہ|A\.?\s?H\.?|Hijri)(?!\w))"
_WORDED = [
    (re.compile(rf"{_DAY}{_ORDINAL}{_GAP}(?:of\s+)?{_NAME}{_GAP}{_YEAR}", re.IGNORECASE), 1.0),
    (re.compile(rf"{_NAME}[\s.]{{0,2}}{_DAY}{_ORDINAL}{_GAP}{_YEAR}", re.IGNORECASE), 1.0),
    # Right-to-left text whose numbers were stored in visual order.
    (re.compile(rf"{_YEAR}\s?{_NAME}\s?{_DAY}", re.IGNORECASE), 0.8),
]
_SEPARATED = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/]|[.-]\d)")
_ISO = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/]|[.-]\d)")
_ISLAMIC = re.compile(
    rf"{_DAY}{_ORDINAL}{_GAP}{_ISLAMIC_NAME}(?:[\s,،]*(?P<year>1[34]\d\d)(?!\d))?{_ERA}?", re.IGNORECASE
)
_ISLAMIC_NUMERIC = re.compile(
    rf"(?<![\d/.-])(?P<day>\d{{1,2}})([-/.])(?P<month>\d{{1,2}})\2(?P<year>1[34]\d\d){_ERA}", re.IGNORECASE
)


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every full date (day, month, year) in ``text``, in order."""
    plain = fold_in_place(text)
    found: list[FoundDate] = []
    # The most reliable patterns first: the first pattern that matches a date reads it.
    for one in (*_worded(plain), *_islamic(plain), *_numeric(plain)):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return tuple(replace(f, text=text[f.start : f.end]) for f in sorted(found, key=lambda f: f.start))


def _worded(plain: str) -> Iterator[FoundDate]:
    for pattern, certainty in _WORDED:
        position = 0
        while match := pattern.search(plain, position):
            position = match.start() + 1
            month = _month(match["month"])
            value = _date(int(match["year"]), month[0], _day(match["day"])) if month else None
            if value and month:
                yield FoundDate(value, match.start(), match.end(), "", "gregorian", certainty * month[1])
                position = match.end()


def _day(printed: str) -> int:
    return int(printed) if printed.isdecimal() else 1  # یکم, the first


def _islamic(plain: str) -> Iterator[FoundDate]:
    for match in _ISLAMIC.finditer(plain):
        found = _islamic_month(match["month"])
        if found is None:
            continue
        month, words, likeness = found
        whole = words == len(match["month"].split())
        end = match.end() if whole else match.start("month") + len(" ".join(match["month"].split()[:words]))
        value = _islamic_date(match["year"], month, _day(match["day"])) if whole else None
        end -= len(plain[:end]) - len(plain[:end].rstrip())
        yield FoundDate(None, match.start(), end, "", "islamic", 0.9 * likeness, value)
    for match in _ISLAMIC_NUMERIC.finditer(plain):
        value = _islamic_date(match["year"], int(match["month"]), int(match["day"]))
        if value:
            yield FoundDate(None, match.start(), match.end(), "", "islamic", 0.9, value)


def _islamic_month(text: str) -> tuple[int, int, float] | None:
    """The month at the start of ``text``, the number of words in its name, and the likeness 0–1; or None."""
    words = text.split()
    months = _calendar(current()).islamic
    for count in range(len(words), 0, -1):
        named = current().named(" ".join(words[:count]), "islamic_month")
        if named:
            return months[fold(named[0].name)], count, named[1]
    return None


def _islamic_date(year: str | None, month: int, day: int) -> str | None:
    return f"{year}-{month:02}-{day:02}" if year and 1 <= month <= 12 and 1 <= day <= 30 else None


def _numeric(plain: str) -> Iterator[FoundDate]:
    for match in _ISO.finditer(plain):
        if value := _date(int(match[1]), int(match[3]), int(match[4])):
            yield FoundDate(value, match.start(), match.end(), "", "gregorian", 0.95)
    for match in _SEPARATED.finditer(plain):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        certainty = 0.95 if len(match[4]) == 4 else 0.75
        year += 2000 if len(match[4]) == 2 and year <= 50 else 0
        # Day first, as in Pakistan. Month first only if day first gives no date.
        value = _date(year, second, first)
        if value is None and (value := _date(year, first, second)):
            certainty *= 0.7
        if value:
            yield FoundDate(value, match.start(), match.end(), "", "gregorian", certainty)


def _month(name: str) -> tuple[int, float] | None:
    folded, calendar = fold(name), _calendar(current())
    if folded in calendar.months:
        return calendar.months[folded], 1.0
    if re.fullmatch("م[^\\W\\d]ی", folded):
        return 5, 0.85  # only May (مئی) has this shape: the small letter in the middle was misread
    if len(folded) < 3 or folded in calendar.islamic:
        return None
    found = process.extract(folded, list(calendar.months), scorer=fuzz.ratio, score_cutoff=78, limit=3)
    months = {calendar.months[form] for form, *_ in found if len(folded) > 3}
    if len(months) == 1:
        return months.pop(), found[0][1] / 100
    # Between a day and a year, one letter may be wrong even in a short name.
    near = {number for form, number in calendar.months.items() if Levenshtein.distance(folded, form) == 1}
    return (near.pop(), 0.7) if len(near) == 1 else None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


# ── datelines ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Dateline:
    """The start ``text[:end]`` of a text, with date and place: ``Islamabad, 5th May, 2023:``."""

    date: FoundDate | None
    place: tuple[str, str, float] | None
    """Name in English, text as printed, likeness 0–1."""
    end: int
    whole: bool
    """The text holds only the dateline."""


_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_LONGEST = 90
"""Maximum number of characters before the date in a dateline."""
_LOOSE = " :۔.,،-–—()ء"


_NUMBERED = re.compile(r"^\W*(?:no\b|نمبر)[\s.:]*\S*\d\S*[/()]\S*(?<![:؛;])\s+", re.IGNORECASE)
"""The file number before a dateline on the same line; a number with a colon begins a paragraph of text instead."""


def find_dateline(text: str) -> Dateline | None:
    """The dateline at the start of ``text``, or None.

    Without a date, a place counts only if a colon or dash follows. The file number may come before the dateline.
    """
    text = _NUMBERED.sub(lambda number: " " * len(number[0]), text)
    dates = [date for date in find_dates(text[: 2 * _LONGEST]) if date.start < _LONGEST]
    date = next((date for date in dates if date.value), None)
    return _place_alone(text) if date is None else _dated(text, date, [(d.start, d.end) for d in dates])


def _place_alone(text: str) -> Dateline | None:
    stop = re.search(r":-?|\s[-–—]\s|[–—]", text[:40])
    if stop is None:
        return None
    place, rest = _places(text[: stop.end()])
    return Dateline(None, place, stop.end(), not text[stop.end() :].strip(_LOOSE)) if place and not rest else None


def _dated(text: str, date: FoundDate, dates: list[tuple[int, int]]) -> Dateline | None:
    """``dates``: spans of all dates near the start; the same day in the Islamic calendar may be next to ``date``."""
    before, strangers = _places(_without(text[: date.start], dates, 0))
    if strangers:
        return None
    # The text from the date to a colon may belong to the dateline too: the place, the weekday.
    limit = min(len(text), date.end + 40)
    stop = next((i for i in range(date.end, limit) if text[i] in ":۔\n—"), limit)
    after, strangers = _places(_without(text[date.end : stop], dates, date.end))
    if strangers:
        return Dateline(date, before, date.end, False) if before or _is_marked(text[: date.start]) else None
    close = min(len(text), stop + 1)
    whole = not text[close:].strip(_LOOSE)
    marked = stop < limit or before or after or _WORD.search(text[: date.start])
    return Dateline(date, before or after, close, whole) if whole or marked else None


def _without(text: str, spans: list[tuple[int, int]], offset: int) -> str:
    """``text``, which begins at ``offset``, with the characters in ``spans`` replaced by spaces."""
    letters = list(text)
    for start, end in spans:
        for i in range(max(0, start - offset), min(len(letters), end - offset)):
            letters[i] = " "
    return "".join(letters)


def _is_marked(text: str) -> bool:
    return any(fold(word) in _calendar(current()).beside for word in text.split())


def _places(text: str) -> tuple[tuple[str, str, float] | None, list[str]]:
    """The place named in ``text``, and the words that are neither the place nor usual in a dateline."""
    words = list(_WORD.finditer(text))
    beside = _calendar(current()).beside
    place: tuple[str, str, float] | None = None
    rest: list[str] = []
    i = 0
    while i < len(words):
        for n in (3, 2, 1):
            run = words[i : i + n]
            printed = text[run[0].start() : run[-1].end()]
            folded = fold(printed)
            if len(run) == n and (folded in beside or (n == 1 and (folded in _ORDINALS or _is_beside(folded, beside)))):
                break
            if len(run) == n and place is None and (named := place_named(printed)):
                place = (named[0], printed, named[1])
                break
        else:
            # A single letter is more often a speck or a stroke than a word.
            if len(words[i].group()) > 1:
                rest.append(words[i].group())
            n = 1
        i += n
    return place, rest


def _is_beside(word: str, beside: frozenset[str]) -> bool:
    """Whether ``word`` is a usual word of datelines with a misread letter, or two such words without a space."""
    if current().named(word, "weekday", "dateline"):
        return True
    return any(word[:cut] in beside and word[cut:] in beside for cut in range(3, len(word) - 1))


_ORDINALS = {"st", "nd", "rd", "th", "ء"}
