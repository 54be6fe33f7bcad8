"""Printed rules: the long thin strokes that part columns, and one piece of a page from the next."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.page.imaging.components import Boxes, Components, find_components
from ecp_ingest.page.layout.pictures import SOFT_EDGE, dark_parts

LENGTH, BREADTH = 6.0, 0.5
"""In letter heights: the least length of a rule and its greatest breadth."""
STRUCK = 0.3
"""Of a level rule's length: so much of it has letters hanging from it only where it strikes a line of text through,
such as the streak that a scanner draws. Under an underline stand no more than the ends of a few descenders."""


def find_rules(ink: Pixels, unruled: Pixels, pictures: Sequence[Box], letter: float) -> Boxes:
    """N×4 boxes of the rules: what of ``ink`` is missing in ``unruled`` (both H×W) and isn't part of a picture.
    ``letter`` is the letter height in pixels."""
    gone = ink & (1 - unruled)
    left, top, wide, high = cv2.boundingRect(gone)  # seldom more than the letterhead
    boxes = find_components(np.ascontiguousarray(gone[top : top + high, left : left + wide])).boxes
    boxes += np.array([left, top, left, top], np.int32)
    sides = np.sort(boxes[:, 2:] - boxes[:, :2], axis=1)
    drawn = (sides[:, 1] > LENGTH * letter) & (sides[:, 0] < BREADTH * letter)
    for left, top, right, bottom in pictures:
        drawn &= (boxes[:, 0] > right) | (boxes[:, 1] > bottom) | (boxes[:, 2] < left) | (boxes[:, 3] < top)
    return boxes[drawn]


def upright(rules: Boxes) -> Boxes:
    return rules[rules[:, 3] - rules[:, 1] > rules[:, 2] - rules[:, 0]]


def level(rules: Boxes, print_boxes: Boxes) -> Boxes:
    """The level ones that part what is above from what is below, underlines too: no letters begin at their foot."""
    across = rules[rules[:, 3] - rules[:, 1] <= rules[:, 2] - rules[:, 0]]
    return across[[_hung_with(rule, print_boxes) < STRUCK for rule in across]] if len(across) else across


def _hung_with(rule: npt.NDArray[np.int32], boxes: Boxes) -> float:
    """How much of a level rule's length has letters (or what it cut off them) right under it."""
    left, top, right, bottom = rule
    under = boxes[(boxes[:, 1] >= top) & (boxes[:, 1] <= bottom + 2) & (boxes[:, 2] > left) & (boxes[:, 0] < right)]
    return float((np.minimum(under[:, 2], right) - np.maximum(under[:, 0], left)).sum() / (right - left))


def without_rules(ink: Pixels, components: Components, letter: float) -> Pixels | None:
    """The ink without long thin strokes along or down the page: underlines that touch their words, table rules.

    No letter has a straight stroke of eight letter heights; what crosses a rule loses the pixels on it, no more. What
    stays close to the stroke all along is part of the rule: the dashes of an ornamented one, the roughness of a broad
    one. None where the page has no such stroke.
    """
    length, thickness = int(8 * letter), max(3, int(0.4 * letter))
    beside = np.ones((2 * thickness + 1, 2 * thickness + 1), np.uint8)
    rest = ink.copy()
    large = (components.widths >= length) | (components.heights >= length)
    for index in np.flatnonzero(large & ~dark_parts(components, letter)):
        left, top, right, bottom = components.boxes[index]
        inside = np.s_[top:bottom, left:right]
        own = (components.labels[inside] == index + 1).astype(np.uint8)
        for along, across in (((1, length), (thickness, 1)), ((length, 1), (1, thickness))):
            long = opened(own, along)
            if long.any():
                stroke = np.asarray(cv2.dilate(long & (1 - opened(long, across)), SOFT_EDGE), np.uint8)
                rest[inside][stroke > 0] = 0
                far = own & (1 - np.asarray(cv2.dilate(stroke, beside), np.uint8))
                rest[inside][(own & rest[inside]) > reaching(own & rest[inside], far)] = 0
    return None if np.array_equal(rest, ink) else rest


def reaching(ink: Pixels, marked: Pixels) -> Pixels:
    """Those connected parts of ``ink`` that hold a ``marked`` pixel (H×W of 0 and 1, as all here)."""
    _, labels = cv2.connectedComponents(ink, connectivity=8)
    keep = np.zeros(int(labels.max()) + 1, np.uint8)
    keep[np.unique(labels[marked > 0])] = 1
    keep[0] = 0
    return np.asarray(keep[labels], np.uint8)


def opened(ink: Pixels, shape: tuple[int, int]) -> Pixels:
    """What of ``ink`` a box of ``shape`` (rows, columns) fits into; OpenCV alone would take what is beyond for ink."""
    high, wide = shape
    padded = cv2.copyMakeBorder(ink, high, high, wide, wide, cv2.BORDER_CONSTANT, value=0)
    found = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
    return np.asarray(found[high:-high, wide:-wide], np.uint8)
