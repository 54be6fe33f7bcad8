"""Finds the facts that both halves must state: dates, constituencies, numbers.

A number inside a date or a constituency's code is part of it and doesn't count by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from ecp_ingest.entities.dates import MONTHS, find_dates
from ecp_ingest.entities.numbers import Number, find_numbers
from ecp_ingest.entities.references import find_constituencies
from ecp_ingest.language.folding import fold, fold_in_place

Value = TypeVar("Value")


class Day(NamedTuple):
    """A date, possibly partial: ``5th October`` has no year, ``June, 2023`` no day."""

    year: int | None
    month: int
    day: int | None

    def may_be(self, other: Day) -> bool:
        """Whether both can be the same date. A month's name alone is not the same as one of its days."""
        if (self.day and not other.is_specific) or (other.day and not self.is_specific):
            return False
        return all(a is None or b is None or a == b for a, b in zip(self, other, strict=True))

    @property
    def is_specific(self) -> bool:
        """More than a month's name, which the other half may write with a day or year, or leave out."""
        return bool(self.year or self.day)

    @property
    def is_whole(self) -> bool:
        return bool(self.year and self.day)

    def __str__(self) -> str:
        day = f"-{self.day:02}" if self.day else ""
        return f"{self.year or '····'}-{self.month:02}{day}"


@dataclass(frozen=True, slots=True)
class Stated(Generic[Value]):
    """``text``, from ``start`` to ``end`` of its paragraph, states ``value``."""

    value: Value
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    dates: tuple[Stated[Day], ...] = ()
    seats: tuple[Stated[str], ...] = ()
    """Constituencies: ``NA-75``."""
    numbers: tuple[Number, ...] = field(default=())


def find_facts(text: str) -> Facts:
    """What ``text`` (one paragraph, either language, may mix both) states, in order."""
    taken: list[tuple[int, int]] = []
    dates = list(_dates(text, taken))
    rest = _without(text, taken)
    seats = [
        Stated(seat.value, seat.start, seat.start + len(seat.text), seat.text) for seat in find_constituencies(rest)
    ]
    rest = _without(rest, [(seat.start, seat.end) for seat in seats])
    return Facts(tuple(dates), tuple(seats), find_numbers(rest))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with ``spans`` replaced by a character that joins nothing, so the text on both sides stays apart."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\0" * (end - start)
    return "".join(letters)


_MONTH = {fold(form): number for number, forms in MONTHS.items() for form in forms}
_NAMED = "|".join(sorted((re.escape(form) for form in _MONTH), key=len, reverse=True))
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|n[cd]|ih)\b)?"
_PARTIAL = re.compile(
    rf"(?<![\d.,/(-])(?P<day>\d{{1,2}}){_ORDINAL}\s?(?:of\s)?(?P<month>{_NAMED})(?!\w)(?![\s,.،]{{0,3}}\d{{4}})"
    rf"|(?<!\w)(?P<month2>{_NAMED})[\s,.،]{{1,3}}(?P<year>\d{{4}})(?!\d)(?:\s?ء)?"
    rf"|(?<!\w)(?P<month3>{_NAMED})\s(?P<day3>\d{{1,2}}){_ORDINAL}(?![\d.,%])",
    re.IGNORECASE,
)


_ALSO_OTHER_WORDS = {"may", "march", "mar", "sep", "dec", fold("مارچ"), fold("می")}
_MONTH_ALONE = re.compile(
    rf"(?<!\w)(?:{'|'.join(form for form in _MONTH if form not in _ALSO_OTHER_WORDS)})(?!\w)", re.IGNORECASE
)
_NUMBER_BEFORE = re.compile(rf"\d{_ORDINAL}[\s,]{{0,2}}$", re.IGNORECASE)


def _dates(text: str, taken: list[tuple[int, int]]) -> Iterator[Stated[Day]]:
    for found in find_dates(text):
        if found.value is not None:
            taken.append((found.start, found.end))
            day = Day(found.value.year, found.value.month, found.value.day)
            yield Stated(day, found.start, found.end, found.text)
    plain = fold_in_place(_without(text, taken))
    for match in _PARTIAL.finditer(plain):
        month = _MONTH[fold(match["month"] or match["month2"] or match["month3"])]
        day_printed = match["day"] or match["day3"]
        day = Day(int(match["year"]) if match["year"] else None, month, int(day_printed) if day_printed else None)
        # «45 August 2022» isn't a date, and doesn't state August 2022 either.
        is_misread = day.day is None and _NUMBER_BEFORE.search(text[: match.start()])
        if not is_misread and (day.day is None or 1 <= day.day <= 31):
            taken.append(match.span())
            yield Stated(day, match.start(), match.end(), text[match.start() : match.end()])
    for match in _MONTH_ALONE.finditer(fold_in_place(_without(text, taken))):
        yield Stated(Day(None, _MONTH[fold(match.group())], None), match.start(), match.end(), match.group())
