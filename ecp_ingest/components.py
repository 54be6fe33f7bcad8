"""Connected components of ink: the atoms that layout sorts into pictures, columns and lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import WORKING_DPI, Box, Pixels

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
    return ink_height(components, np.flatnonzero(letters), share=0.5) if letters.any() else 0.08 * WORKING_DPI


def ink_height(components: Components, members: Indices, *, share: float) -> float:
    """The height in pixels below which ``share`` of the ink's components lie, each weighed by its ink."""
    heights, areas = components.heights[members], components.areas[members]
    order = np.argsort(heights)
    total = np.cumsum(areas[order])
    return float(heights[order][np.searchsorted(total, share * total[-1])])


def ink_box(ink: npt.NDArray[np.bool_] | Pixels) -> Box | None:
    """The smallest box that holds everything that is set in the H×W ``ink``; None where nothing is."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
