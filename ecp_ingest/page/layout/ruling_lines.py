"""Printed rules: the long thin strokes that part columns, and one piece of a page from the next."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import Box, Pixels
from ecp_ingest.page.imaging.components import find_components

Boxes = npt.NDArray[np.int32]

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
