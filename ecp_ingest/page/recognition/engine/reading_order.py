"""Characters from left to right → words in reading order, by the rules of Tesseract 5.3 (ccmain/resultiterator.cpp).

They aren't those of Unicode: the program that uses them puts their slips right (`word_order`), and so they must be the
same here as there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

LEFT_TO_RIGHT, RIGHT_TO_LEFT, NUMBER, NUMBER_SEPARATOR, NUMBER_TERMINATOR, ARABIC_NUMBER, COMMON_SEPARATOR = range(7)
OTHER_NEUTRAL, RIGHT_TO_LEFT_ARABIC = 10, 13
"""Classes of characters, in ICU's numbers."""


class Direction(Enum):
    LEFT = "from left to right"
    RIGHT = "from right to left"
    NEUTRAL = "neither"
    MIXED = "both"


def direction_of(classes: Sequence[int]) -> Direction:
    """Of a word with characters of these classes."""
    right = any(c in {RIGHT_TO_LEFT, RIGHT_TO_LEFT_ARABIC} for c in classes)
    left = any(c in {LEFT_TO_RIGHT, ARABIC_NUMBER} for c in classes)
    if right:
        return Direction.MIXED if left else Direction.RIGHT
    return Direction.LEFT if left else Direction.NEUTRAL


def runs_from_left(words: Sequence[Direction]) -> bool:
    """Whether the line does, by its words as they stand from left to right."""
    if not words:
        return True
    if words[0] is Direction.RIGHT:
        return False
    if words[-1] is Direction.LEFT:
        return True
    return words.count(Direction.LEFT) >= words.count(Direction.RIGHT)


def reading_order(words: Sequence[Direction]) -> list[tuple[int, bool]]:
    """Places of the words in the order in which they are read, and whether each is read from left to right."""
    from_left = runs_from_left(words)
    major, minor = (Direction.LEFT, Direction.RIGHT) if from_left else (Direction.RIGHT, Direction.LEFT)
    step = 1 if from_left else -1
    at, end = (0, len(words)) if from_left else (len(words) - 1, -1)
    order: list[tuple[int, bool]] = []
    if not from_left and words[at] is Direction.NEUTRAL and (begin := _latin_tail(words)) is not None:
        order += [(i, True) for i in range(begin, len(words))]
        at = begin - 1
    while at != end:
        if words[at] is not minor:
            order.append((at, from_left))
            at += step
            continue
        last = at  # of the words in the minor direction, neutral ones between them included
        for i in range(at, end, step):
            if words[i] is major:
                break
            if words[i] is minor:
                last = i
        order += [(i, not from_left) for i in range(last, at - step, -step)]
        at = last + step
    return order


def _latin_tail(words: Sequence[Direction]) -> int | None:
    """Where the run from left to right begins that neutral words at the right end of the line belong to."""
    last = len(words) - 1
    while last > 0 and words[last] is Direction.NEUTRAL:
        last -= 1
    if words[last] is not Direction.LEFT:
        return None
    begin = last
    for i in range(last, -1, -1):
        if words[i] is Direction.RIGHT:
            break
        begin = i if words[i] is Direction.LEFT else begin
    return begin


def turned(classes: Sequence[int]) -> list[int]:
    """Places of a word's characters in the order in which they are read from right to left; numbers and Latin letters
    keep their order."""
    runs = _left_runs(_with_whole_numbers(classes))
    order: list[int] = []
    at = len(runs) - 1
    while at >= 0:
        first = at
        while runs[at] and first > 0 and runs[first - 1]:
            first -= 1
        order += range(first, at + 1)
        at = first - 1
    return order


def _with_whole_numbers(classes: Sequence[int]) -> list[int]:
    """A separator between two digits, and terminators beside one, become part of the number."""
    types = list(classes)
    for i in range(len(types) - 2):
        if types[i] == types[i + 2] == NUMBER and types[i + 1] in {NUMBER_SEPARATOR, COMMON_SEPARATOR}:
            types[i + 1] = NUMBER
    for i in range(len(types)):
        if types[i] != NUMBER_TERMINATOR:
            continue
        after = i + 1
        while after < len(types) and types[after] == NUMBER_TERMINATOR:
            after += 1
        if after < len(types) and types[after] == NUMBER:
            types[i:after] = [NUMBER] * (after - i)
        before = i - 1
        while before >= 0 and types[before] == NUMBER_TERMINATOR:
            before -= 1
        if before >= 0 and types[before] == NUMBER:
            types[before : i + 1] = [NUMBER] * (i + 1 - before)
    return types


def _left_runs(types: Sequence[int]) -> list[bool]:
    """Which characters are read from left to right: letters and numbers, and what stands between two of them."""
    runs = [False] * len(types)
    at = 0
    while at < len(types):
        if types[at] not in {LEFT_TO_RIGHT, NUMBER}:
            at += 1
            continue
        last = at
        for i in range(at + 1, len(types)):
            if types[i] in {LEFT_TO_RIGHT, NUMBER}:
                last = i
            elif types[i] not in {COMMON_SEPARATOR, OTHER_NEUTRAL}:
                break
        runs[at : last + 1] = [True] * (last + 1 - at)
        at = last + 1
    return runs
