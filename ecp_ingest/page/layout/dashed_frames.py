"""Frames of dashes or dots: rows and uprights of equal strokes, which line finding would take for lines of letters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecp_ingest.page.imaging.components import Components, Indices

FEWEST, FEWEST_DOTS = 6, 12
"""Dashes in a row, and dots; letters and their dots don't stand in step that often."""
GAP = 1.3
"""Of a dash's length: the paper between two is no wider. Equal letters one under the other are further apart."""
ACROSS = 0.5
"""Of the page's ink: a row of dashes shorter than that may be a blank to fill in, which belongs to the text."""


def dashes(components: Components, letter: float) -> Indices:
    """Which components are dashes or dots of a frame. ``letter`` is the letter height in pixels."""
    width, height = components.widths, components.heights
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    solid = (components.areas > 0.6 * width * height) & (longer < 3 * letter) & (shorter < 0.6 * letter) & (longer > 3)
    found: list[Indices] = []
    for along in (0, 1):
        size, thick = (width, height) if along == 0 else (height, width)
        span = ACROSS * _extent(components, along) if along == 0 else 4 * letter
        for candidates, fewest in (
            (np.flatnonzero(solid & (size > 1.2 * thick)), FEWEST),
            (np.flatnonzero(solid & (size > 0.7 * thick) & (size <= 1.2 * thick)), FEWEST_DOTS),
        ):
            rows = _rows(components, candidates, along, fewest)
            found += [row for row in rows if _length(components, row, along) > span]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.intp)


def _extent(components: Components, along: int) -> int:
    return int(components.boxes[:, along + 2].max() - components.boxes[:, along].min()) if len(components.boxes) else 0


def _length(components: Components, row: Indices, along: int) -> int:
    return int(components.boxes[row[-1], along + 2] - components.boxes[row[0], along])


def _rows(components: Components, candidates: Indices, along: int, fewest: int) -> list[Indices]:
    """Runs of at least ``fewest`` equal strokes in step, each from its first to its last."""
    boxes = components.boxes[candidates]
    strokes = _Strokes(
        start=boxes[:, along],
        end=boxes[:, along + 2],
        axis=(boxes[:, 1 - along] + boxes[:, 3 - along]) / 2,
        thick=boxes[:, 3 - along] - boxes[:, 1 - along],
    )
    free = np.ones(len(candidates), bool)
    rows = []
    for first in np.argsort(strokes.start):
        row = [int(first)] if free[first] else []
        while row and (following := strokes.after(row[-1], free)) is not None:
            row.append(following)
        if len(row) >= fewest:
            free[row] = False
            rows.append(candidates[row])
    return rows


@dataclass(frozen=True, eq=False, slots=True)
class _Strokes:
    """Where they begin and end along their direction, the row or column of their middle, and how thick they are."""

    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    axis: npt.NDArray[np.float64]
    thick: npt.NDArray[np.int32]

    def after(self, at: int, free: npt.NDArray[np.bool_]) -> int | None:
        """The free stroke that follows the one at ``at``: as long and as thick, on the same axis, a small gap away."""
        lengths, gaps = self.end - self.start, self.start - self.end[at]
        length, thick = lengths[at], self.thick[at]
        alike = (np.abs(lengths - length) <= 0.35 * length) & (np.abs(self.thick - thick) <= max(2, 0.4 * thick))
        near = (gaps > 0) & (gaps <= GAP * length) & (np.abs(self.axis - self.axis[at]) <= 0.5 * thick)
        chosen = np.flatnonzero(alike & near & free)
        return int(chosen[np.argmin(gaps[chosen])]) if len(chosen) else None
