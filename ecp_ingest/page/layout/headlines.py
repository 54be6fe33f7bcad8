"""Headlines over columns: print that stands alone in the middle of the page, with wider text below it."""

from __future__ import annotations

import numpy as np

from ecp_ingest.page.imaging.components import BoxArray
from ecp_ingest.page.imaging.runs import Mask, Span, runs

MIN_SIDE_MARGIN, MAX_OFF_CENTRE = 0.15, 0.12
"""Page widths: the white that a centred row has at least on either side, and by how much the two may differ."""
# Lengths below are in letter heights.
MIN_HEIGHT = 0.8
"""Lower runs of centred rows are dots or the gap between two strokes."""
MAX_WORD_GAP = 2.5
"""A wider gap separates two headlines side by side, each over its own half of the page."""
LARGE_PRINT = 1.2
"""A headline higher than this is larger than the text. One of the text's own size is a headline only under another
one; else it is more likely the end of a column."""
MIN_LINE_HEIGHT, MAX_FIRST_LINE_HEIGHT = 0.5, 3.0
"""Height of a single line of print above a headline."""
MAX_FIRST_LINE_GAP = 1.1
"""Gap between words of that line; a wider one is a gutter."""
TAIL_REACH = 8.0
"""How far above its rows a column is looked for that they may belong to."""
TAIL_MARGIN = 0.8
"""Width left and right of the rows in which the white of the gutters beside that column is looked for."""
MAX_MARGIN_INK = 0.02
"""Share of these margins that may have ink."""
SAME_PRINT_SIZE = 1.3
"""The end of a column has letters at most this many times as high as the column above it."""


def find_headlines(grid: Mask, boxes: BoxArray, cell: int, letter_height: float) -> list[Span]:
    """Rows of ``grid`` that hold a headline over columns.

    A headline separates what is above it from what is below, though it may be no wider than the column under it.

    Args:
        grid: the page in cells of ``cell`` pixels.
        boxes: the print on it, pixels.
        letter_height: pixels.
    """
    found: list[Span] = []
    for rows in centred_rows(grid, letter_height / cell):
        large = rows.length * cell > LARGE_PRINT * letter_height
        if follows_headline(rows, grid, found, letter_height / cell) or (
            large and not continues_column(rows, grid, boxes, cell, letter_height)
        ):
            found.append(rows)
    return found


def centred_rows(grid: Mask, letter_height: float) -> list[Span]:
    """Rows with print in the middle only, above others where it is wide; ``letter_height`` in cells."""
    width = grid.shape[1]
    inked = grid.any(axis=1)
    before, after = grid.argmax(axis=1) / width, grid[:, ::-1].argmax(axis=1) / width
    centred = inked & (before > MIN_SIDE_MARGIN) & (after > MIN_SIDE_MARGIN)
    centred &= np.abs(before - after) < MAX_OFF_CENTRE
    wide = np.flatnonzero(inked & ~centred)
    last = int(wide[-1]) if len(wide) else 0
    found = [rows for rows in runs(centred) if rows.length > MIN_HEIGHT * letter_height and rows.end <= last]
    return [
        _with_strokes_aside(rows, grid)
        for rows in found
        if _has_no_gap(np.asarray(grid[rows.start : rows.end].any(axis=0)), MAX_WORD_GAP * letter_height)
    ]


def _with_strokes_aside(rows: Span, grid: Mask) -> Span:
    """The rows with those above and below that hold only strokes of the same letters, off the middle."""
    outside = ~np.asarray(grid[rows.start : rows.end].any(axis=0))
    edges = np.flatnonzero(~outside)
    outside[edges[0] : edges[-1]] = False
    own = np.asarray(grid.any(axis=1) & ~(grid & outside).any(axis=1))
    (whole,) = (span for span in runs(own) if span.start <= rows.start < span.end)
    return whole


def follows_headline(rows: Span, grid: Mask, found: list[Span], letter_height: float) -> bool:
    """Whether nothing is above the rows but headlines: those ``found``, or one line as wide as the page."""
    if not grid[found[-1].end if found else 0 : rows.start].any():
        return True
    above = runs(np.asarray(grid[: rows.start].any(axis=1)))
    lines = [line for line in above if line.length > MIN_LINE_HEIGHT * letter_height]
    if len(lines) != 1 or lines[0].length > MAX_FIRST_LINE_HEIGHT * letter_height:
        return False
    ink = np.asarray(grid[lines[0].start : lines[0].end].any(axis=0))
    return _has_no_gap(ink, MAX_FIRST_LINE_GAP * letter_height)


def _has_no_gap(ink: Mask, widest_gap: float) -> bool:
    """Whether all gaps between the columns of ``ink`` are narrower than ``widest_gap`` cells."""
    places = np.flatnonzero(ink)
    return bool(np.diff(places).max(initial=0) < widest_gap)


def continues_column(rows: Span, grid: Mask, boxes: BoxArray, cell: int, letter_height: float) -> bool:
    """Whether the rows continue the middle one of several columns: print of its size, between the same gutters."""
    ink = np.flatnonzero(grid[rows.start : rows.end].any(axis=0))
    reach = int(TAIL_REACH * letter_height / cell)
    above = grid[max(0, rows.start - reach) : rows.start]
    margin = int(TAIL_MARGIN * letter_height / cell)
    first, last = max(0, int(ink[0]) - margin), int(ink[-1]) + margin
    margins = np.concatenate((above[:, first : first + margin // 2], above[:, last - margin // 2 : last]), axis=1)
    if not above.any() or margins.mean() > MAX_MARGIN_INK:
        return False
    here = _print_height(boxes, rows.start * cell, rows.end * cell)
    before = _print_height(boxes, max(0, rows.start - reach) * cell, rows.start * cell)
    return here < SAME_PRINT_SIZE * before


def _print_height(boxes: BoxArray, top: int, bottom: int) -> float:
    """Median height, weighted by height, of the boxes that begin between two rows; pixels."""
    beginning = boxes[(boxes[:, 1] >= top) & (boxes[:, 1] < bottom)]
    heights = np.sort(beginning[:, 3] - beginning[:, 1])
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)]) if len(heights) else 0.0
