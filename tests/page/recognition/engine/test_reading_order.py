"""Words and letters as Tesseract orders them. The cases are what Tesseract 5.3 does, slips included."""

from __future__ import annotations

import pytest

from ecp_ingest.page.recognition.engine.reading_order import (
    ARABIC_NUMBER,
    COMMON_SEPARATOR,
    LEFT_TO_RIGHT,
    NUMBER,
    NUMBER_TERMINATOR,
    OTHER_NEUTRAL,
    RIGHT_TO_LEFT_ARABIC,
    Direction,
    direction_of,
    reading_order,
    turned,
)

DIRECTIONS = {"l": Direction.LEFT, "r": Direction.RIGHT, "n": Direction.NEUTRAL, "m": Direction.MIXED}
CLASSES = {
    "a": LEFT_TO_RIGHT,
    "ا": RIGHT_TO_LEFT_ARABIC,
    "1": NUMBER,
    "۱": ARABIC_NUMBER,
    ":": COMMON_SEPARATOR,
    "(": OTHER_NEUTRAL,
    "%": NUMBER_TERMINATOR,
}


@pytest.mark.parametrize(
    ("standing", "read"),
    [
        ("", ""),
        ("lll", "0+ 1+ 2+"),
        ("rrr", "2- 1- 0-"),
        ("rnr", "2- 1- 0-"),
        ("nnn", "0+ 1+ 2+"),
        ("rllr", "3- 1+ 2+ 0-"),
        ("lrrl", "0+ 2- 1- 3+"),
        ("lrnrl", "0+ 3- 2- 1- 4+"),
        ("rln", "1+ 2+ 0-"),
        ("rnln", "2+ 3+ 1- 0-"),
        ("rlnln", "1+ 2+ 3+ 4+ 0-"),
        ("lr", "0+ 1-"),
        ("nrr", "2- 1- 0-"),
        ("rm", "1- 0-"),
    ],
)
def test_order_of_words(standing: str, read: str) -> None:
    order = reading_order([DIRECTIONS[c] for c in standing])
    assert " ".join(f"{place}{'+' if left else '-'}" for place, left in order) == read


@pytest.mark.parametrize(
    ("standing", "read"),
    [
        ("ااا", "210"),
        ("11", "01"),
        (":11", "120"),
        ("1:1", "012"),
        ("1%", "01"),
        ("%ا", "10"),
        ("1(1", "012"),
        ("(1ا", "210"),
        ("aا", "10"),
        ("۱۱", "10"),
    ],
)
def test_order_of_letters_in_a_word_from_right_to_left(standing: str, read: str) -> None:
    assert "".join(map(str, turned([CLASSES[c] for c in standing]))) == read


def test_direction_of_a_word() -> None:
    assert direction_of([]) is Direction.NEUTRAL
    assert direction_of([NUMBER, COMMON_SEPARATOR]) is Direction.NEUTRAL
    assert direction_of([ARABIC_NUMBER]) is Direction.LEFT
    assert direction_of([RIGHT_TO_LEFT_ARABIC, NUMBER]) is Direction.RIGHT
    assert direction_of([RIGHT_TO_LEFT_ARABIC, LEFT_TO_RIGHT]) is Direction.MIXED
