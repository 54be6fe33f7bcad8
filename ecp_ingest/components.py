"""Connected components of ink: the atoms that layout sorts into pictures, columns and lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import WORKING_DPI, Pixels

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Components:
    """8-connected components of a bilevel image."""

    labels: npt.NDArray[np.int32]
    """H×W: 0 is paper; component i of the arrays below has the label i + 1."""
    boxes: npt.NDArray[np.int32]
    """N×4: left, top, right, bottom (the latter two exclusive), pixels."""
    areas: npt.NDArray[np.int32]
    """N: pixels of ink."""

    @property
    def widths(self) -> npt.NDArray[np.int32]:
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> npt.NDArray[np.int32]:
        return self.boxes[:, 3] - self.boxes[:, 1]


def find_components(ink: Pixels) -> Components:
    """Of an H×W image in which ink is not 0."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    boxes = stats[1:, :4].astype(np.int32)
    boxes[:, 2:] += boxes[:, :2]
    areas = stats[1:, cv2.CC_STAT_AREA].astype(np.int32)
    return Components(labels=np.asarray(labels, np.int32), boxes=boxes, areas=areas)


def letter_height(components: Components) -> float:
    """Height in pixels at which half of the print's ink lies in lower components: about an x-height to a cap height
    of Latin, about half a line's pitch of Nastaliq. Weighed by ink, so dots and specks hardly count."""
    heights, widths = components.heights, components.widths
    letters = (heights >= 0.02 * WORKING_DPI) & (heights <= 0.5 * WORKING_DPI) & (widths <= 2.5 * WORKING_DPI)
    if not letters.any():
        return 0.08 * WORKING_DPI
    heights, areas = heights[letters], components.areas[letters]
    order = np.argsort(heights)
    total = np.cumsum(areas[order])
    return float(heights[order][np.searchsorted(total, total[-1] / 2)])
