"""Which components are print: not part of a picture, not a rule or a frame, not the page's black edge, no dirt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.components import Components, Indices
from ecp_ingest.page.layout.dashed_frames import frame_dashes
from ecp_ingest.page.layout.pictures import REDUCTION, photo_fragments

# Lengths are in letter heights.
MAX_RULE_THICKNESS, MIN_RULE_WIDTH, MIN_RULE_HEIGHT = 0.8, 8.0, 6.0
"""A thin component this wide (or this high) is a ruling line."""
MIN_FRAME_WIDTH, MIN_FRAME_HEIGHT, MAX_FRAME_FILL = 8.0, 3.0, 0.12
"""A component this wide and high that fills no more than the third, as a share of its box, is a frame."""
MAX_PRINT_SIZE = 8.0
"""A component both higher and wider is no print."""
MIN_EDGE_HEIGHT, MIN_EDGE_WIDTH, MIN_EDGE_FILL, MAX_SLIVER = 2.5, 6.0, 0.8, 0.4
"""A component at the page's edge is dirt if it is higher or wider than the first two, fills more than the third as a
share of its box, or is thinner than the fourth, as the remains of a black border are."""
MIN_HOLE_SIZE, MAX_HOLE_OVAL = 1.5, 0.25
"""Least size of a punched hole, and by how much its width may differ from its height, in shares of the height."""
MIN_HOLE_FILL, MAX_HOLE_FILL = 0.68, 0.92
"""Share of its box that a punched hole fills: a disc fills 0.79. No letter is a disc."""
DIRT = ((0.5, 3.0), (0.3, 1.2))
"""A component smaller than the first is dirt if no letter is within the second to its left or right. A dot is above its
letter or right beside it, a full stop right behind one; larger marks may be further away."""
LETTER_DISTANCE = 1.0
"""How far a dot may be above or below its letter."""


def find_print(components: Components, covered: Pixels, letter_height: float) -> Indices:
    """Which components are print.

    Args:
        covered: mask of the pictures, reduced by ``REDUCTION``.
        letter_height: of the page, pixels.
    """
    b, width, height = components.boxes, components.widths, components.heights
    fill = components.areas / np.maximum(1, width * height)
    thickness = MAX_RULE_THICKNESS * letter_height
    rule = (width > MIN_RULE_WIDTH * letter_height) & (height < thickness)
    rule |= (height > MIN_RULE_HEIGHT * letter_height) & (width < thickness)
    frame = (width > MIN_FRAME_WIDTH * letter_height) & (height > MIN_FRAME_HEIGHT * letter_height)
    frame &= fill < MAX_FRAME_FILL
    oversized = (height > MAX_PRINT_SIZE * letter_height) & (width > MAX_PRINT_SIZE * letter_height)
    round_ = (width > MIN_HOLE_SIZE * letter_height) & (height > MIN_HOLE_SIZE * letter_height)
    round_ &= np.abs(width - height) < MAX_HOLE_OVAL * height
    hole = round_ & (fill > MIN_HOLE_FILL) & (fill < MAX_HOLE_FILL)
    is_print = ~(rule | frame | oversized | edge_dirt(components, fill, letter_height) | hole)
    is_print[frame_dashes(components, letter_height)] = False
    x, y = (b[:, 0] + b[:, 2]) // 2, (b[:, 1] + b[:, 3]) // 2
    rows, columns = covered.shape
    is_print &= covered[np.minimum(y // REDUCTION, rows - 1), np.minimum(x // REDUCTION, columns - 1)] == 0
    is_print[photo_fragments(components, np.flatnonzero(is_print), letter_height)] = False
    for size, distance in DIRT:
        small = (width < size * letter_height) & (height < size * letter_height)
        letters = is_print & ~small
        is_print &= ~(small & far_from_letters(components, letters, x, y, letter_height, distance=distance))
    return np.flatnonzero(is_print)


def edge_dirt(components: Components, fill: npt.NDArray[np.float64], letter_height: float) -> npt.NDArray[np.bool_]:
    """Which components are remains of a black border or shadow at the page's edge."""
    b, width, height = components.boxes, components.widths, components.heights
    page_height, page_width = components.labels.shape
    at_edge = (b[:, 0] <= 1) | (b[:, 1] <= 1) | (b[:, 2] >= page_width - 1) | (b[:, 3] >= page_height - 1)
    large = (height > MIN_EDGE_HEIGHT * letter_height) | (width > MIN_EDGE_WIDTH * letter_height)
    sliver = np.minimum(width, height) < MAX_SLIVER * letter_height
    return np.asarray(at_edge & (large | (fill > MIN_EDGE_FILL) | sliver))


def far_from_letters(
    components: Components,
    letters: npt.NDArray[np.bool_],
    x: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
    letter_height: float,
    *,
    distance: float,
) -> npt.NDArray[np.bool_]:
    """Which of the points (x, y) have no letter within ``distance`` letter heights along the line, one across it."""
    height, width = components.labels.shape
    near = np.zeros((height // REDUCTION + 1, width // REDUCTION + 1), np.uint8)
    along, across = int(distance * letter_height / REDUCTION), int(LETTER_DISTANCE * letter_height / REDUCTION)
    for left, top, right, bottom in components.boxes[letters] // REDUCTION:
        near[max(0, top - across) : bottom + across + 1, max(0, left - along) : right + along + 1] = 1
    return np.asarray(near[y // REDUCTION, x // REDUCTION] == 0)
