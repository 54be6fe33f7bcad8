"""Dirt in a line's rows goes; what belongs to its words stays."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.layout.line_noise import without_line_noise
from ecp_ingest.page.layout.text_lines import Line

LETTER = 30.0


def line_with(*marks: tuple[int, int, int, int]) -> Line:
    """Two words from x = 300 to about 760, and black boxes: left, top, width, height."""
    ink = np.zeros((60, 1200), np.uint8)
    cv2.putText(ink, "by post.", (300, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 1, 4)
    for left, top, width, height in marks:
        ink[top : top + height, left : left + width] = 1
    return Line(bbox=Box(100, 200, 1300, 260), mask=ink.astype(bool))


def test_specks_far_from_the_words_go_and_the_box_is_tight() -> None:
    clean = without_line_noise(line_with((1100, 30, 9, 15), (20, 50, 4, 4)), LETTER)
    words = np.argwhere(line_with().mask)
    top, left = words.min(axis=0)
    bottom, right = words.max(axis=0) + 1
    assert clean.bbox == Box(100 + left, 200 + top, 100 + right, 200 + bottom)
    assert np.array_equal(clean.mask, line_with().mask[top:bottom, left:right])


def test_bullets_dashes_and_figures_stay() -> None:
    bullet, dash, figure = (220, 25, 12, 12), (900, 30, 30, 4), (1150, 10, 8, 32)
    line = line_with(bullet, dash, figure)
    assert without_line_noise(line, LETTER) is line


def test_a_line_of_nothing_but_small_marks_stays() -> None:
    dots = Line(bbox=Box(0, 0, 200, 10), mask=np.tile(np.repeat([True, False], 5), (10, 20)))
    assert without_line_noise(dots, LETTER) is dots
