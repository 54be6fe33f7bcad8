"""Dates as these releases print them, in both languages, and datelines. Pure.

Offsets count in the text as given: the folding for the patterns keeps every character in its place.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from ecp_ingest.letterforms import fold, fold_in_place
from ecp_ingest.lexicon import place_named

MONTHS = {
    1: ("january", "jan", "جنوری"),
    2: ("february", "feb", "فروری"),
    3: ("march", "mar", "مارچ"),
    4: ("april", "apr", "اپریل"),
    5: ("may", "مئی", "مئ", "می", "مءی"),
    6: ("june", "jun", "جون"),
    7: ("july", "jul", "جولائی", "جولائ", "جولای", "جولاءی"),
    8: ("august", "aug", "اگست"),
    9: ("september", "sept", "sep", "ستمبر", "سپتمبر"),
    10: ("october", "oct", "اکتوبر"),
    11: ("november", "nov", "نومبر"),
    12: ("december", "dec", "دسمبر"),
}
HIJRI_MONTHS = (
    *("muharram", "safar", "rabi ul awwal", "rabi ul awal", "rabi us sani", "rabi ul sani", "jamadi ul awwal"),
    *("jamadi us sani", "jumada", "rajab", "shaban", "shaaban", "ramzan", "ramadan", "ramazan", "shawwal"),
    *("zilqad", "ziqad", "zul qadah", "zilhaj", "zil hajj", "zul hijjah", "dhul hijjah"),
    *("محرم", "محرم الحرام", "صفر", "صفر المظفر", "ربیع الاول", "ربیع الثانی", "جمادی الاول", "جمادی الثانی"),
    *("رجب", "رجب المرجب", "شعبان", "شعبان المعظم", "رمضان", "رمضان المبارک", "شوال", "شوال المکرم"),
    *("ذیقعدہ", "ذوالقعدہ", "ذی القعدہ", "ذوالحجہ", "ذوالحج", "ذی الحج", "ذی الحجہ"),
)
WEEKDAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("پیر", "سوموار", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ", "اتوار"),
)
MARKERS = (
    *("dated", "date", "the", "on", "of", "pakistan", "day", "dt", "press release", "for immediate release"),
    *("مورخہ", "مورخه", "بتاریخ", "تاریخ", "بروز", "ء", "پاکستان", "پریس ریلیز", "مؤرخہ"),
)
EARLIEST, LATEST = 1947, 2100


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date at ``text[start:end]``; ``value`` is None for the Islamic calendar, which no table converts surely."""

    value: datetime.date | None
    start: int
    end: int
    text: str
    calendar: Literal["gregorian", "islamic"]
    confidence: float


_MONTH_BY_FORM = {fold(form): number for number, forms in MONTHS.items() for form in forms}
_HIJRI = {fold(form) for form in HIJRI_MONTHS}
_NAME = r"(?P<month>[^\W\d_]{2,12})"
_HIJRI_NAME = r"(?P<month>(?:[^\W\d_]+[-\s'’]{0,2}){1,3})"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?!\d)"
_YEAR = r"(?<!\d)(?P<year>\d{4})(?!\d)(?:\s?[ءﺀ](?!\w))?"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|n[cd]|ih)\b)?"
_GAP = r"[\s,.،/\-–]{0,3}"
_WORDED = [
    (re.compile(rf"{_DAY}{_ORDINAL}{_GAP}(?:of\s+)?{_NAME}{_GAP}{_YEAR}", re.IGNORECASE), 1.0),
    (re.compile(rf"{_NAME}[\s.]{{0,2}}{_DAY}{_ORDINAL}{_GAP}{_YEAR}", re.IGNORECASE), 1.0),
    # Right-to-left text whose numbers were put in the order in which they are seen.
    (re.compile(rf"{_YEAR}\s?{_NAME}\s?{_DAY}", re.IGNORECASE), 0.8),
]
_SEPARATED = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/]|[.-]\d)")
_ISO = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/]|[.-]\d)")
_ISLAMIC = re.compile(rf"{_DAY}{_ORDINAL}\s?{_HIJRI_NAME}[\s,،]*(?P<year>1[34]\d\d)?(?:\s?(?:ھ|ہ|ه|A\.?H\.?)(?!\w))?")


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every full date (day, month, year) in ``text``, in order."""
    plain = fold_in_place(text)
    found: list[FoundDate] = []
    # Better patterns first: a date is read once, by the first pattern that knows it.
    for one in (*_worded(plain), *_islamic(plain), *_numeric(plain)):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return tuple(
        FoundDate(f.value, f.start, f.end, text[f.start : f.end], f.calendar, f.confidence)
        for f in sorted(found, key=lambda f: f.start)
    )


def _worded(plain: str) -> Iterator[FoundDate]:
    for pattern, certainty in _WORDED:
        position = 0
        while match := pattern.search(plain, position):
            position = match.start() + 1
            month = _month(match["month"])
            value = _date(int(match["year"]), month[0], int(match["day"])) if month else None
            if value and month:
                yield FoundDate(value, match.start(), match.end(), "", "gregorian", certainty * month[1])
                position = match.end()


def _islamic(plain: str) -> Iterator[FoundDate]:
    for match in _ISLAMIC.finditer(plain):
        if fold(match["month"]) in _HIJRI:
            end = match.end() - len(match.group()) + len(match.group().rstrip())
            yield FoundDate(None, match.start(), end, "", "islamic", 0.9)


def _numeric(plain: str) -> Iterator[FoundDate]:
    for match in _ISO.finditer(plain):
        if value := _date(int(match[1]), int(match[3]), int(match[4])):
            yield FoundDate(value, match.start(), match.end(), "", "gregorian", 0.95)
    for match in _SEPARATED.finditer(plain):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        certainty = 0.95 if len(match[4]) == 4 else 0.75
        year += 2000 if len(match[4]) == 2 and year <= 50 else 0
        # Day first, as Pakistan writes. Month first only where nothing else can be meant.
        value = _date(year, second, first)
        if value is None and (value := _date(year, first, second)):
            certainty *= 0.7
        if value:
            yield FoundDate(value, match.start(), match.end(), "", "gregorian", certainty)


def _month(name: str) -> tuple[int, float] | None:
    folded = fold(name)
    if folded in _MONTH_BY_FORM:
        return _MONTH_BY_FORM[folded], 1.0
    if re.fullmatch("م[^\\W\\d]ی", folded):
        return 5, 0.85  # no other month has this shape: the small letter in the middle was misread
    if len(folded) < 4 or folded in _HIJRI:
        return None
    found = process.extract(folded, list(_MONTH_BY_FORM), scorer=fuzz.ratio, score_cutoff=78, limit=3)
    months = {_MONTH_BY_FORM[form] for form, *_ in found}
    return (months.pop(), found[0][1] / 100) if len(months) == 1 else None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


# ── datelines ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Dateline:
    """The opening ``text[:end]`` that says when and where: ``Islamabad, 5th May, 2023:``."""

    date: FoundDate | None
    place: tuple[str, str, float] | None
    """Name in English, text as printed, likeness 0–1."""
    end: int
    whole: bool
    """Nothing but the dateline stands in the text."""


_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_LONGEST = 90
"""Characters before the date in a dateline."""
_LOOSE = " :۔.,،-–—()ء"


def find_dateline(text: str) -> Dateline | None:
    """The dateline that ``text`` opens with, or None. Without a date only a place with a colon or dash counts."""
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
    """``dates`` are the spans of all dates near the start: the same day in the Islamic calendar may stand beside."""
    before, strangers = _places(_without(text[: date.start], dates, 0))
    if strangers:
        return None
    # What follows the date up to a colon may still belong to it: the place, the weekday.
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
    """``text``, which stands at ``offset``, with what lies in ``spans`` blanked."""
    letters = list(text)
    for start, end in spans:
        for i in range(max(0, start - offset), min(len(letters), end - offset)):
            letters[i] = " "
    return "".join(letters)


def _is_marked(text: str) -> bool:
    return any(fold(word) in _MARKERS_FOLDED for word in text.split())


_MARKERS_FOLDED = {fold(word) for word in (*MARKERS, *WEEKDAYS)} - {""}


def _places(text: str) -> tuple[tuple[str, str, float] | None, list[str]]:
    """The place named in ``text``, and the words that are neither it nor usual in a dateline."""
    words = list(_WORD.finditer(text))
    place: tuple[str, str, float] | None = None
    rest: list[str] = []
    i = 0
    while i < len(words):
        for n in (3, 2, 1):
            run = words[i : i + n]
            printed = text[run[0].start() : run[-1].end()]
            folded = fold(printed)
            if len(run) == n and (folded in _MARKERS_FOLDED or (n == 1 and folded in _ORDINALS)):
                break
            if len(run) == n and place is None and (named := place_named(printed)):
                place = (named[0], printed, named[1])
                break
        else:
            # One letter alone is a speck or a stroke more often than a word.
            if len(words[i].group()) > 1:
                rest.append(words[i].group())
            n = 1
        i += n
    return place, rest


_ORDINALS = {"st", "nd", "rd", "th", "ء"}
