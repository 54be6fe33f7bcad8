"""Compares what two texts that should state the same do state: dates, constituencies, numbers.

Values are compared, not words, and as sets: a text may repeat a number for style. A number in words, or a small one,
that only one text has is style too (``one``, ``دو روزہ``); see ``entities.numbers.Number.firm``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

from ecp_ingest.entities.numbers import Number
from ecp_ingest.release.bilingual.stated_facts import Day, Facts

One = TypeVar("One")


def compare(left: Facts, right: Facts) -> tuple[Facts, Facts]:
    """What only ``left`` states, and what only ``right`` states."""
    dates = _unmatched(left.dates, right.dates, lambda a, b: a.value.may_be(b.value))
    seats = _unmatched(left.seats, right.seats, lambda a, b: a.value == b.value)
    numbers = [
        [*unmatched, *(one for one in more_often if one not in unmatched)]
        for unmatched, more_often in zip(
            _unmatched(left.numbers, right.numbers, lambda a, b: a.value == b.value),
            _more_often(left.numbers, right.numbers),
            strict=True,
        )
    ]
    # One text may write «17th to 20th March» where the other writes 17 مارچ سے 20 مارچ, or «NA-75 and 76».
    parts = [_parts(facts) for facts in (left, right)]
    unmatched_dates = [
        [
            one
            for one in side
            if one.value.is_specific and (others or one.value.is_whole or not _in_parts(one.value, parts[1 - i]))
        ]
        for i, (side, others) in enumerate(zip(dates, reversed(dates), strict=True))
    ]
    unmatched_seats = [
        [one for one in side if Fraction(one.value.rpartition("-")[2]) not in values(numbers[1 - i])]
        for i, side in enumerate(seats)
    ]
    inside = [_values_in(facts) for facts in (left, right)]
    numbers = [[one for one in side if one.value not in inside[1 - i]] for i, side in enumerate(numbers)]
    numbers = _without_style(numbers)
    unmatched = [
        Facts(tuple(d), tuple(s), tuple(n)) for d, s, n in zip(unmatched_dates, unmatched_seats, numbers, strict=True)
    ]
    return unmatched[0], unmatched[1]


def _unmatched(
    left: Sequence[One], right: Sequence[One], alike: Callable[[One, One], bool]
) -> tuple[list[One], list[One]]:
    """Those of each side that have no equal on the other."""
    return (
        [one for one in left if not any(alike(one, other) for other in right)],
        [one for one in right if not any(alike(other, one) for other in left)],
    )


def values(numbers: Iterable[Number]) -> set[Fraction]:
    return {number.value for number in numbers}


def _more_often(left: Sequence[Number], right: Sequence[Number]) -> list[list[Number]]:
    """Numbers that one text has more often and the other less, where both have as many in digits: one was misread."""
    digits = [[number for number in side if number.digits] for side in (left, right)]
    counts = [Counter(number.value for number in side) for side in (left, right)]
    found = [
        list({n.value: n for n in side if counts[i][n.value] > counts[1 - i][n.value]}.values())
        for i, side in enumerate(digits)
    ]
    return found if len(digits[0]) == len(digits[1]) and all(found) else [[], []]


def _values_in(facts: Facts) -> set[Fraction]:
    """The numbers inside dates and constituencies."""
    found = {Fraction(part) for date in facts.dates for part in (date.value.day, date.value.year) if part}
    return found | {Fraction(seat.value.rpartition("-")[2]) for seat in facts.seats}


def _parts(facts: Facts) -> set[Fraction]:
    return _values_in(facts) | values(facts.numbers)


def _in_parts(date: Day, parts: Collection[Fraction]) -> bool:
    return all(Fraction(part) in parts for part in (date.day, date.year) if part)


def _without_style(numbers: Sequence[Sequence[Number]]) -> list[list[Number]]:
    """Without numbers that a text may leave out for style; one in digits counts if the other text has one too."""
    return [
        [number for number in side if number.firm or (number.digits and any(n.digits for n in numbers[1 - i]))]
        for i, side in enumerate(numbers)
    ]
