"""Insets: print that is set into a gutter, so that the text of the columns flows round it, such as a photograph's
caption.

A gutter ends at print that runs across it: a headline, or lines as wide as both columns. An inset doesn't end it. It
has white on all sides and lines of the columns to its left and right, and the gutter continues behind it: above and
below, the columns come closer to each other than the inset is wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import BoxArray, Indices
from ecp_ingest.page.imaging.runs import Mask, Span, cell_size, group_boxes, occupancy_grid, spread_down_and_up

MAX_LINE_GAP = 1.6
"""Letter heights of white between two lines of one inset."""
MIN_FLANKED_ROWS = 0.8
"""Share of an inset's rows that have print on both sides."""
LINE_REACH = 0.8
"""Letter heights: a white row this near to a row with print belongs to a line of text."""
MIN_FACING_OUTSIDE = 2.0
"""Inset heights over which the columns must face each other above and below the inset, in sum."""
MIN_FACING, MIN_HOLE = 3.0, 4.0
"""Letter heights. Over the first the columns must face each other both above and below an inset; on one side only is
enough where white of the second height, such as a removed photograph leaves, adjoins the inset."""


@dataclass(frozen=True, eq=False, slots=True)
class InsetCandidate:
    box: Box
    """Around it, pixels."""
    members: Indices
    """Its places among the boxes of print in which it was found."""


def find_inset_candidates(boxes: BoxArray, min_gutter_width: int, letter_height: float) -> list[InsetCandidate]:
    """Small groups among the boxes of print, with white all round and print on both sides. Lengths in pixels."""
    cell = cell_size(letter_height)
    grid = occupancy_grid(boxes, cell)
    height = int(grid.any(axis=1).sum()) * cell
    found = []
    for members in group_boxes(boxes, min_gutter_width, int(MAX_LINE_GAP * letter_height), cell):
        left, top, right, bottom = map(int, (*boxes[members, :2].min(axis=0), *boxes[members, 2:].max(axis=0)))
        if (bottom - top) * (1 + MIN_FACING_OUTSIDE) > height:
            continue
        rows = grid[top // cell : -(-bottom // cell)]
        sides = np.stack([rows[:, : left // cell].any(axis=1), rows[:, -(-right // cell) :].any(axis=1)], axis=1)
        flanked = spread_down_and_up(sides, int(LINE_REACH * letter_height / cell)).all(axis=1)
        if flanked.mean() > MIN_FLANKED_ROWS:
            found.append(InsetCandidate(Box(left, top, right, bottom), members))
    return found


def confirmed_insets(
    white: Span, rows: Span, candidates: Sequence[InsetCandidate], boxes: BoxArray, letter_height: float
) -> list[InsetCandidate]:
    """Those ``candidates`` that are insets of the gutter with the columns ``white`` and the ``rows``.

    ``boxes`` are the print without the candidates, in which that gutter was found.
    """
    middle = (white.start + white.end) // 2
    across = [
        candidate
        for candidate in candidates
        if candidate.box.left <= middle < candidate.box.right
        and candidate.box.top >= rows.start
        and candidate.box.bottom <= rows.end
    ]
    if not across:
        return []
    cell = cell_size(letter_height)
    reach = int(LINE_REACH * letter_height / cell)
    grid = occupancy_grid(boxes, cell)
    before, after = grid[:, : middle // cell][:, ::-1], grid[:, middle // cell :]
    both = before.any(axis=1) & after.any(axis=1)
    distance = np.where(both, before.argmax(axis=1) + after.argmax(axis=1), grid.shape[1]) * cell
    outside = np.zeros(len(grid), np.bool_)
    outside[rows.start // cell : rows.end // cell] = True
    for candidate in across:
        outside[candidate.box.top // cell : -(-candidate.box.bottom // cell)] = False
    found = []
    for candidate in across:
        box = candidate.box
        facing = _spread(np.asarray(distance < box.width, np.bool_), reach) & outside
        is_white = ~grid[:, box.left // cell : -(-box.right // cell)].any(axis=1)
        hole = _spread(np.asarray(both, np.bool_), reach) & is_white
        if _gutter_continues(box, facing, hole, cell, letter_height):
            found.append(candidate)
    return found


def _gutter_continues(box: Box, facing: Mask, hole: Mask, cell: int, letter_height: float) -> bool:
    """Whether the columns face each other above and below the box.

    Args:
        facing: rows of cells in which the columns are closer than the box is wide.
        hole: rows in which there is white between the columns over the whole width of the box.
    """
    top, bottom = box.top // cell, -(-box.bottom // cell)
    faced = [int(rows.sum()) * cell for rows in (facing[:top], facing[bottom:])]
    adjoining_white = [int(np.append(rows, False).argmin()) * cell for rows in (hole[:top][::-1], hole[bottom:])]
    if sum(faced) < MIN_FACING_OUTSIDE * box.height:
        return False
    if max(adjoining_white) >= MIN_HOLE * letter_height:
        return max(faced) >= MIN_FACING * letter_height
    return min(*faced, box.height) >= MIN_FACING * letter_height


def _spread(rows: Mask, reach: int) -> Mask:
    return spread_down_and_up(rows[:, None], reach)[:, 0]
