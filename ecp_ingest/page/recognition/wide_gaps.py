"""Narrows wide gaps in the image of a line to the width of a space before the engine reads it.

Justified lines in narrow columns have gaps as wide as a word. The engine was trained on few such lines and reads dashes
and other signs in the gaps. In a gap of the width of a space it reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels

WIDE, NARROWED = 0.7, 0.45
"""Width of a gap, in heights of the line's ink, from which it is narrowed, and the width that remains."""
LETTER_GAPS = 2.5
"""Width that remains at least, in median gaps of the line: else words of spaced capitals would run together."""


@dataclass(frozen=True, eq=False, slots=True)
class ClosedLine:
    """A line image without some columns of its gaps."""

    pixels: Pixels
    """H×W uint8 grey."""
    columns: npt.NDArray[np.intp]
    """W: the column of the original line for each column of ``pixels``."""

    def in_line(self, box: Box) -> Box:
        """A box in ``pixels`` → in the original line."""
        last = len(self.columns) - 1
        left, right = (int(self.columns[min(max(x, 0), last)]) for x in (box.left, box.right - 1))
        return Box(left, box.top, right + 1, box.bottom)


def whole(pixels: Pixels) -> ClosedLine:
    """The line (H×W uint8 grey) with all columns."""
    return ClosedLine(pixels, np.arange(pixels.shape[1]))


def closed(pixels: Pixels) -> ClosedLine:
    """The line (H×W uint8 grey, dark ink) without the middle of each wide gap."""
    ink = pixels < (int(pixels.min()) + int(pixels.max())) / 2
    keep = np.ones(pixels.shape[1], np.bool_)
    height = int(ink.any(axis=1).sum())
    inked = np.flatnonzero(ink.any(axis=0))
    gaps = np.diff(inked) - 1
    median = float(np.median(gaps[gaps > 0])) if gaps.any() else 0.0
    half = int(max(NARROWED * height, LETTER_GAPS * median) / 2)
    for gap in np.flatnonzero((gaps > WIDE * height) & (gaps > 2 * half)):
        keep[inked[gap] + 1 + half : inked[gap + 1] - half] = False
    return ClosedLine(np.ascontiguousarray(pixels[:, keep]), np.flatnonzero(keep))
