"""Wide white gaps in the picture of a line, closed to a space before the engine sees them.

In narrow columns justified lines have gaps between words as wide as a word. The engine, which has hardly met such
lines, reads dashes and other signs into the white; closed to what a space is wide, it reads nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels

WIDE, CLOSED = 0.7, 0.45
"""In heights of the line's ink: a gap wider than the one becomes as wide as the other."""
LETTERS = 2.5
"""Times the usual gap between letters: no gap becomes narrower, or the words of spaced capitals would run together."""


@dataclass(frozen=True, eq=False, slots=True)
class ClosedLine:
    """``pixels`` without the columns that were left out of the gaps, and where the others stood (one for each)."""

    pixels: Pixels
    columns: npt.NDArray[np.intp]

    def in_line(self, box: Box) -> Box:
        """A box of ``pixels`` in the line as it was."""
        last = len(self.columns) - 1
        left, right = (int(self.columns[min(max(x, 0), last)]) for x in (box.left, box.right - 1))
        return Box(left, box.top, right + 1, box.bottom)


def whole(pixels: Pixels) -> ClosedLine:
    """With its gaps as they are."""
    return ClosedLine(pixels, np.arange(pixels.shape[1]))


def closed(pixels: Pixels) -> ClosedLine:
    """Of an H×W grey image of one line, black on white. The middle of each wide gap is taken out."""
    ink = pixels < (int(pixels.min()) + int(pixels.max())) / 2
    keep = np.ones(pixels.shape[1], np.bool_)
    height = int(ink.any(axis=1).sum())
    inked = np.flatnonzero(ink.any(axis=0))
    gaps = np.diff(inked) - 1
    usual = float(np.median(gaps[gaps > 0])) if gaps.any() else 0.0
    aside = int(max(CLOSED * height, LETTERS * usual) / 2)
    for gap in np.flatnonzero((gaps > WIDE * height) & (gaps > 2 * aside)):
        keep[inked[gap] + 1 + aside : inked[gap + 1] - aside] = False
    return ClosedLine(np.ascontiguousarray(pixels[:, keep]), np.flatnonzero(keep))
