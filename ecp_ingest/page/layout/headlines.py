"""Headlines over columns: what stands in the middle alone, with wider text below."""

from __future__ import annotations

import numpy as np

from ecp_ingest.page.imaging.components import Boxes
from ecp_ingest.page.imaging.runs import Mask, Span, runs


def headlines(grid: Mask, boxes: Boxes, cell: int, letter: float) -> list[Span]:
    """Rows (of ``grid``, ``cell`` pixels each) in which something stands in the middle alone, and below which the text
    is wide again: a headline over columns. It parts what is above from what is below, though it may be no wider than
    the column under it."""
    found: list[Span] = []
    for rows in in_the_middle(grid, letter / cell):
        # A line of the text's own size is a headline under another one, else more likely the end of a column.
        large = rows.length * cell > 1.2 * letter
        if follows(rows, grid, found, letter / cell) or (large and not is_tail(rows, grid, boxes, cell, letter)):
            found.append(rows)
    return found


def in_the_middle(grid: Mask, letter: float) -> list[Span]:
    """Rows with print in the middle alone, above others where it is wide; ``letter`` in cells."""
    width = grid.shape[1]
    inked = grid.any(axis=1)
    before, after = grid.argmax(axis=1) / width, grid[:, ::-1].argmax(axis=1) / width
    alone = inked & (before > 0.15) & (after > 0.15) & (np.abs(before - after) < 0.12)
    wide = np.flatnonzero(inked & ~alone)
    last = int(wide[-1]) if len(wide) else 0
    found = [rows for rows in runs(alone) if rows.length > 0.8 * letter and rows.end <= last]
    return [
        _grown(rows, grid)
        for rows in found
        if _is_one_piece(np.asarray(grid[rows.start : rows.end].any(axis=0)), 2.5 * letter)
    ]


def _grown(rows: Span, grid: Mask) -> Span:
    """With the rows above and below in which only a stroke of the same letters stands, to one side of the middle."""
    outside = ~np.asarray(grid[rows.start : rows.end].any(axis=0))
    edges = np.flatnonzero(~outside)
    outside[edges[0] : edges[-1]] = False
    own = np.asarray(grid.any(axis=1) & ~(grid & outside).any(axis=1))
    (whole,) = (span for span in runs(own) if span.start <= rows.start < span.end)
    return whole


def follows(rows: Span, grid: Mask, found: list[Span], letter: float) -> bool:
    """Whether nothing but a headline stands above the rows: one of those ``found``, or one as wide as the page."""
    if not grid[found[-1].end if found else 0 : rows.start].any():
        return True
    above = [line for line in runs(np.asarray(grid[: rows.start].any(axis=1))) if line.length > 0.5 * letter]
    if len(above) != 1 or above[0].length > 3 * letter:
        return False
    return _is_one_piece(np.asarray(grid[above[0].start : above[0].end].any(axis=0)), 1.1 * letter)


def _is_one_piece(ink: Mask, widest_gap: float) -> bool:
    """Two headlines side by side, each over its own half, leave a gap between them that words don't."""
    places = np.flatnonzero(ink)
    return bool(np.diff(places).max(initial=0) < widest_gap)


def is_tail(rows: Span, grid: Mask, boxes: Boxes, cell: int, letter: float) -> bool:
    """Whether the rows go on with the middle one of the columns above them: as large, and between the same gutters."""
    ink = np.flatnonzero(grid[rows.start : rows.end].any(axis=0))
    reach = int(8 * letter / cell)
    above = grid[max(0, rows.start - reach) : rows.start]
    aside = int(0.8 * letter / cell)
    first, last = max(0, int(ink[0]) - aside), int(ink[-1]) + aside
    edges = np.concatenate((above[:, first : first + aside // 2], above[:, last - aside // 2 : last]), axis=1)
    if not above.any() or edges.mean() > 0.02:
        return False
    here = _height(boxes, rows.start * cell, rows.end * cell)
    before = _height(boxes, max(0, rows.start - reach) * cell, rows.start * cell)
    return here < 1.3 * before


def _height(boxes: Boxes, top: int, bottom: int) -> float:
    """Usual height of the boxes that begin between two rows, the larger ones counting more."""
    beginning = boxes[(boxes[:, 1] >= top) & (boxes[:, 1] < bottom)]
    heights = np.sort(beginning[:, 3] - beginning[:, 1])
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)]) if len(heights) else 0.0
