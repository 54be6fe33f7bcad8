"""What two texts that should say the same state differently: dates, constituencies, numbers. Pure.

Values are compared, not words, and as sets: style may repeat a number. A number in words, or small, that only one text
has is style too (``one``, ``دو روزہ``); see ``numbers.Number.firm``.
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
    """What only ``left`` states, and what only ``right`` does."""
    dates = _unlike(left.dates, right.dates, lambda a, b: a.value.may_be(b.value))
    seats = _unlike(left.seats, right.seats, lambda a, b: a.value == b.value)
    numbers = [
        [*unlike, *(one for one in oftener if one not in unlike)]
        for unlike, oftener in zip(
            _unlike(left.numbers, right.numbers, lambda a, b: a.value == b.value),
            _oftener(left.numbers, right.numbers),
            strict=True,
        )
    ]
    # One text may say «17th to 20th March» where the other says 17 مارچ سے 20 مارچ, or «NA-75 and 76».
    parts = [_parts(facts) for facts in (left, right)]
    odd_dates = [
        [
            one
            for one in side
            if one.value.is_told and (others or one.value.is_whole or not _in_parts(one.value, parts[1 - i]))
        ]
        for i, (side, others) in enumerate(zip(dates, reversed(dates), strict=True))
    ]
    odd_seats = [
        [one for one in side if Fraction(one.value.rpartition("-")[2]) not in values(numbers[1 - i])]
        for i, side in enumerate(seats)
    ]
    spoken = [_values_in(facts) for facts in (left, right)]
    numbers = [[one for one in side if one.value not in spoken[1 - i]] for i, side in enumerate(numbers)]
    numbers = _telling(numbers)
    odd = [Facts(tuple(d), tuple(s), tuple(n)) for d, s, n in zip(odd_dates, odd_seats, numbers, strict=True)]
    return odd[0], odd[1]


def _unlike(
    left: Sequence[One], right: Sequence[One], alike: Callable[[One, One], bool]
) -> tuple[list[One], list[One]]:
    """Those of each side that have no like on the other."""
    return (
        [one for one in left if not any(alike(one, other) for other in right)],
        [one for one in right if not any(alike(other, one) for other in left)],
    )


def values(numbers: Iterable[Number]) -> set[Fraction]:
    return {number.value for number in numbers}


def _oftener(left: Sequence[Number], right: Sequence[Number]) -> list[list[Number]]:
    """Both texts have as many numbers in digits, but one value oftener here and another there: one was misread."""
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


def _telling(numbers: Sequence[Sequence[Number]]) -> list[list[Number]]:
    """Without what style may have left out; a number in digits counts where the other text has one too."""
    return [
        [number for number in side if number.firm or (number.digits and any(n.digits for n in numbers[1 - i]))]
        for i, side in enumerate(numbers)
    ]
