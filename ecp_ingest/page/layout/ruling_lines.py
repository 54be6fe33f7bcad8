"""Ruling lines: printed straight strokes that separate columns, and one part of a page from the next."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.page.imaging.components import BoxArray, Components, find_components
from ecp_ingest.page.imaging.masks import SOFT_EDGE, opened, parts_with
from ecp_ingest.page.layout.pictures import dark_photo_parts

MIN_LENGTH, MAX_THICKNESS = 6.0, 0.5
"""Letter heights: the least length of a rule and its greatest thickness."""
MIN_STROKE_LENGTH = 8.0
"""Letter heights: no letter has a straight stroke of that length."""
MAX_STROKE_THICKNESS, MIN_STROKE_PIXELS = 0.4, 3
"""Letter heights, but not less than the second, in pixels: a thicker stroke is no rule."""
MAX_LETTERS_BELOW = 0.3
"""Share of a horizontal rule's length. Letters hang from more of it only where the rule strikes through a line of text,
as the streak of a dirty scanner does. Under an underline there are only the ends of a few descenders."""
LETTER_GAP = 2
"""Pixels between a rule and the letters that hang from it."""


def find_rules(ink: Pixels, unruled: Pixels, pictures: Sequence[Box], letter_height: float) -> BoxArray:
    """The boxes of the rules: what ``ink`` has and ``unruled`` has not (both H×W), outside the ``pictures``."""
    removed = ink & (1 - unruled)
    left, top, wide, high = cv2.boundingRect(removed)  # seldom more than the letterhead
    boxes = find_components(np.ascontiguousarray(removed[top : top + high, left : left + wide])).boxes
    boxes += np.array([left, top, left, top], np.int32)
    sides = np.sort(boxes[:, 2:] - boxes[:, :2], axis=1)
    rules = (sides[:, 1] > MIN_LENGTH * letter_height) & (sides[:, 0] < MAX_THICKNESS * letter_height)
    for left, top, right, bottom in pictures:
        rules &= (boxes[:, 0] > right) | (boxes[:, 1] > bottom) | (boxes[:, 2] < left) | (boxes[:, 3] < top)
    return boxes[rules]


def vertical_rules(rules: BoxArray) -> BoxArray:
    return rules[rules[:, 3] - rules[:, 1] > rules[:, 2] - rules[:, 0]]


def separating_rules(rules: BoxArray, print_boxes: BoxArray) -> BoxArray:
    """The horizontal rules that separate what is above from what is below, underlines included."""
    horizontal = rules[rules[:, 3] - rules[:, 1] <= rules[:, 2] - rules[:, 0]]
    separates = [_letters_below(rule, print_boxes) < MAX_LETTERS_BELOW for rule in horizontal]
    return horizontal[separates] if separates else horizontal


def _letters_below(rule: npt.NDArray[np.int32], boxes: BoxArray) -> float:
    """Share of a horizontal rule's length that has letters (or what it cut off from them) right below it."""
    left, top, right, bottom = rule
    touching = (boxes[:, 1] >= top) & (boxes[:, 1] <= bottom + LETTER_GAP)
    below = boxes[touching & (boxes[:, 2] > left) & (boxes[:, 0] < right)]
    return float((np.minimum(below[:, 2], right) - np.maximum(below[:, 0], left)).sum() / (right - left))


def without_rules(ink: Pixels, components: Components, letter_height: float) -> Pixels | None:
    """The ink without rules, underlines that touch their words and table rules included; None where there are none.

    Letters that cross a rule lose only the pixels on it. Ink that stays close to the rule over its whole length is
    part of it: the dashes of an ornamented rule, the roughness of a thick one.
    """
    length = int(MIN_STROKE_LENGTH * letter_height)
    thickness = max(MIN_STROKE_PIXELS, int(MAX_STROKE_THICKNESS * letter_height))
    close = np.ones((2 * thickness + 1, 2 * thickness + 1), np.uint8)
    rest = ink.copy()
    large = (components.widths >= length) | (components.heights >= length)
    for index in np.flatnonzero(large & ~dark_photo_parts(components, letter_height)).tolist():
        left, top, right, bottom = components.boxes[index]
        inside = np.s_[top:bottom, left:right]
        own = components.mask(index)
        for along, across in (((1, length), (thickness, 1)), ((length, 1), (1, thickness))):
            long = opened(own, along)
            if long.any():
                stroke = np.asarray(cv2.dilate(long & (1 - opened(long, across)), SOFT_EDGE), np.uint8)
                rest[inside][stroke > 0] = 0
                far = own & (1 - np.asarray(cv2.dilate(stroke, close), np.uint8))
                left_over = own & rest[inside]
                rest[inside][left_over > parts_with(left_over, far)] = 0
    return None if np.array_equal(rest, ink) else rest
