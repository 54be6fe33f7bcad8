"""Arithmetic with boxes."""

from __future__ import annotations

import pytest

from ecp_ingest.document.geometry import Box, around_boxes, holds, turned

PAGE = Box(0, 0, 300, 200)


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [(0, (10, 20, 50, 30)), (1, (170, 10, 180, 50)), (2, (250, 170, 290, 180)), (3, (20, 250, 30, 290))],
)
def test_a_box_turns_with_its_page(quarters: int, expected: tuple[int, ...]) -> None:
    box = (10, 20, 50, 30)
    there = turned(box, quarters, width=300, height=200)
    assert there == expected
    width, height = (300, 200) if quarters % 2 == 0 else (200, 300)
    assert turned(there, -quarters, width=width, height=height) == box


def test_boxes_that_lie_apart_share_nothing() -> None:
    one, other = Box(0, 0, 10, 10), Box(14, 5, 20, 15)
    assert (one.shared_width(other), one.shared_height(other)) == (-4, 5)
    assert (one.overlap(other), one.intersection_over_union(other)) == (0, 0.0)


def test_intersection_over_union_of_a_half() -> None:
    assert Box(0, 0, 10, 10).intersection_over_union(Box(0, 0, 10, 5)) == 0.5


def test_unknown_boxes_are_left_out() -> None:
    assert around_boxes([None, (1, 2, 3, 4), None, (0, 3, 2, 9)]) == (0, 2, 3, 9)
    assert around_boxes([None]) is None


def test_a_box_grows_as_far_as_its_page_goes() -> None:
    grown = Box(2, 50, 299, 60).grown(5, width=300, height=200)
    assert grown == (0, 45, 300, 65)
    assert holds(PAGE, grown)
    assert not holds(PAGE, Box(2, 50, 301, 60))
