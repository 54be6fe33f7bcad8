"""Frames of dashes or dots: rows and columns of equal strokes, which would be taken for lines of letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecp_ingest.page.imaging.components import Components, Indices

MIN_DASHES, MIN_DOTS = 6, 12
"""In one row; letters and their dots don't follow each other evenly so often."""
MIN_FILL = 0.6
"""Share of its box that a dash fills."""
MAX_DASH_LENGTH, MAX_DASH_THICKNESS, MIN_DASH_PIXELS = 3.0, 0.6, 3
"""Letter heights; the third in pixels: a shorter one is a speck."""
DASH_SHAPE, DOT_SHAPE = 1.2, 0.7
"""Length over thickness: above the first is a dash, from the second to the first a dot."""
MAX_GAP = 1.3
"""Dash lengths of paper between two dashes. Equal letters below each other are further apart."""
MIN_ROW_SPAN = 0.5
"""Share of the width of the page's ink: a shorter row may be a blank to fill in, which belongs to the text."""
MIN_COLUMN_SPAN = 4.0
"""Letter heights: the least height of a column of dashes."""
LENGTH_TOLERANCE, THICKNESS_TOLERANCE, MIN_THICKNESS_TOLERANCE = 0.35, 0.4, 2
"""By how much two dashes of one row may differ, in shares of their size; the third in pixels."""
AXIS_TOLERANCE = 0.5
"""Dash thicknesses by which two neighbours may be off one axis."""


def frame_dashes(components: Components, letter_height: float) -> Indices:
    """Which components are dashes or dots of a frame. ``letter_height`` in pixels."""
    width, height = components.widths, components.heights
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    solid = components.areas > MIN_FILL * width * height
    solid &= (longer < MAX_DASH_LENGTH * letter_height) & (shorter < MAX_DASH_THICKNESS * letter_height)
    solid &= longer > MIN_DASH_PIXELS
    found: list[Indices] = []
    for axis in (0, 1):
        length, thickness = (width, height) if axis == 0 else (height, width)
        span = MIN_ROW_SPAN * _ink_width(components) if axis == 0 else MIN_COLUMN_SPAN * letter_height
        dashes = solid & (length > DASH_SHAPE * thickness)
        dots = solid & (length > DOT_SHAPE * thickness) & (length <= DASH_SHAPE * thickness)
        for candidates, least in ((dashes, MIN_DASHES), (dots, MIN_DOTS)):
            rows = _rows(components, np.flatnonzero(candidates), axis, least)
            found += [row for row in rows if _length(components, row, axis) > span]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.intp)


def _ink_width(components: Components) -> int:
    return int(components.boxes[:, 2].max() - components.boxes[:, 0].min()) if len(components.boxes) else 0


def _length(components: Components, row: Indices, axis: int) -> int:
    return int(components.boxes[row[-1], axis + 2] - components.boxes[row[0], axis])


def _rows(components: Components, candidates: Indices, axis: int, least: int) -> list[Indices]:
    """Rows (``axis`` 0) or columns (1) of at least ``least`` equal strokes with equal gaps, first to last."""
    boxes = components.boxes[candidates]
    strokes = _Strokes(
        start=boxes[:, axis],
        end=boxes[:, axis + 2],
        axis=(boxes[:, 1 - axis] + boxes[:, 3 - axis]) / 2,
        thickness=boxes[:, 3 - axis] - boxes[:, 1 - axis],
    )
    free = np.ones(len(candidates), bool)
    rows = []
    for first in np.argsort(strokes.start):
        row = [int(first)] if free[first] else []
        while row and (following := strokes.following(row[-1], free)) is not None:
            row.append(following)
        if len(row) >= least:
            free[row] = False
            rows.append(candidates[row])
    return rows


@dataclass(frozen=True, eq=False, slots=True)
class _Strokes:
    """Pixels: where strokes begin and end along their direction, the row or column of their middle, how thick they
    are."""

    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    axis: npt.NDArray[np.float64]
    thickness: npt.NDArray[np.int32]

    def following(self, at: int, free: npt.NDArray[np.bool_]) -> int | None:
        """The free stroke after the one at ``at``: of its length and thickness, on its axis, a small gap away."""
        lengths, gaps = self.end - self.start, self.start - self.end[at]
        length, thickness = lengths[at], self.thickness[at]
        alike = np.abs(lengths - length) <= LENGTH_TOLERANCE * length
        alike &= np.abs(self.thickness - thickness) <= max(MIN_THICKNESS_TOLERANCE, THICKNESS_TOLERANCE * thickness)
        near = (gaps > 0) & (gaps <= MAX_GAP * length)
        near &= np.abs(self.axis - self.axis[at]) <= AXIS_TOLERANCE * thickness
        chosen = np.flatnonzero(alike & near & free)
        return int(chosen[np.argmin(gaps[chosen])]) if len(chosen) else None
