"""Insets: what is set into a gutter and has the text of the columns flow round it, as a photograph's caption has.

A gutter ends at what stands across it: a headline, or lines as wide as both columns. An inset doesn't end it. It is an
island of print, white all round, with lines of the columns on both sides, and the gutter goes on behind it: above and
below, the columns come nearer to each other than the inset is wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import Boxes, Indices
from ecp_ingest.page.imaging.runs import Mask, Span, islands, occupied, spread, square

LINES_APART = 1.6
"""Letter heights of white between two lines of one island, at most."""
FLANKED = 0.8
"""Of an island's rows: so many have print on both sides."""
NEAR = 0.8
"""Letter heights: a row of white that is no further from one with print belongs to a line of text."""
OUTSIDE = 2.0
"""Heights of an inset: so far at least the columns face each other where it isn't between them."""
FACING, HOLE = 3.0, 4.0
"""Letter heights: the columns face each other so far both above and below an inset; or only on one of its sides, if so
much white as a photograph leaves adjoins it."""


@dataclass(frozen=True, eq=False, slots=True)
class Island:
    """``members`` are places among the boxes of print that it was found in; ``box`` is around them, in pixels."""

    box: Box
    members: Indices


def find_islands(boxes: Boxes, least: int, letter: float) -> list[Island]:
    """Small islands among the N×4 ``boxes`` of print, with print on both sides.

    ``least`` is the least width of a gutter, ``letter`` the letter height; pixels.
    """
    cell = square(letter)
    grid = occupied(boxes, cell)
    height = int(grid.any(axis=1).sum()) * cell
    found = []
    for members in islands(boxes, least, int(LINES_APART * letter), cell):
        left, top, right, bottom = map(int, (*boxes[members, :2].min(axis=0), *boxes[members, 2:].max(axis=0)))
        if (bottom - top) * (1 + OUTSIDE) > height:
            continue
        rows = grid[top // cell : -(-bottom // cell)]
        sides = np.stack([rows[:, : left // cell].any(axis=1), rows[:, -(-right // cell) :].any(axis=1)], axis=1)
        if spread(sides, int(NEAR * letter / cell)).all(axis=1).mean() > FLANKED:
            found.append(Island(Box(left, top, right, bottom), members))
    return found


def insets_of(white: Span, rows: Span, candidates: Sequence[Island], boxes: Boxes, letter: float) -> list[Island]:
    """Those of the ``candidates`` that are insets of the gutter that was found in ``boxes``, the print without them."""
    middle = (white.start + white.end) // 2
    across = [
        island
        for island in candidates
        if island.box.left <= middle < island.box.right
        and island.box.top >= rows.start
        and island.box.bottom <= rows.end
    ]
    if not across:
        return []
    cell = square(letter)
    near = int(NEAR * letter / cell)
    grid = occupied(boxes, cell)
    before, after = grid[:, : middle // cell][:, ::-1], grid[:, middle // cell :]
    both = before.any(axis=1) & after.any(axis=1)
    between = np.where(both, before.argmax(axis=1) + after.argmax(axis=1), grid.shape[1]) * cell
    outside = np.zeros(len(grid), np.bool_)
    outside[rows.start // cell : rows.end // cell] = True
    for island in across:
        outside[island.box.top // cell : -(-island.box.bottom // cell)] = False
    found = []
    for island in across:
        facing = _spread(np.asarray(between < island.box.width, np.bool_), near) & outside
        hole = _spread(np.asarray(both, np.bool_), near) & ~grid[
            :, island.box.left // cell : -(-island.box.right // cell)
        ].any(axis=1)
        if _goes_on_behind(island.box, facing, hole, cell, letter):
            found.append(island)
    return found


def _goes_on_behind(box: Box, facing: Mask, hole: Mask, cell: int, letter: float) -> bool:
    """Whether the columns face each other, and with white between them, above and below the box."""
    top, bottom = box.top // cell, -(-box.bottom // cell)
    faced = [int(rows.sum()) * cell for rows in (facing[:top], facing[bottom:])]
    white = [int(np.append(rows, False).argmin()) * cell for rows in (hole[:top][::-1], hole[bottom:])]
    if sum(faced) < OUTSIDE * box.height:
        return False
    if max(white) >= HOLE * letter:
        return max(faced) >= FACING * letter
    return min(*faced, box.height) >= FACING * letter


def _spread(rows: Mask, reach: int) -> Mask:
    return spread(rows[:, None], reach)[:, 0]
