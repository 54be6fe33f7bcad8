"""Connected components of ink: layout sorts them into pictures, columns and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.pages import WORKING_DPI

Indices = npt.NDArray[np.intp]
Labels = npt.NDArray[np.integer[Any]]
"""Of 16 or 32 bits."""
BoxArray = npt.NDArray[np.int32]
"""N×4: left, top, right, bottom (the latter two exclusive), pixels."""

MIN_LETTER_HEIGHT, MAX_LETTER_HEIGHT, MAX_LETTER_WIDTH = 0.02, 0.5, 2.5
"""Inches. Components outside these limits don't count for the letter height: dust, pictures and rules. A component may
be wide, for the words of Nastaliq are joined."""
DEFAULT_LETTER_HEIGHT = 0.08
"""Inches: about the x-height of 11-point print, for a page without any letter."""


@dataclass(frozen=True, eq=False, slots=True)
class Components:
    """8-connected components of a bilevel image."""

    labels: Labels
    """H×W: 0 is paper; component i of the arrays below has the label i + 1."""
    boxes: BoxArray
    areas: npt.NDArray[np.int32]
    """N: pixels of ink."""

    @property
    def widths(self) -> npt.NDArray[np.int32]:
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def heights(self) -> npt.NDArray[np.int32]:
        return self.boxes[:, 3] - self.boxes[:, 1]

    def box(self, index: int) -> Box:
        """The box of component ``index``."""
        return Box(*map(int, self.boxes[index]))

    def mask(self, index: int) -> Pixels:
        """1 where component ``index`` has ink, over its box."""
        left, top, right, bottom = self.boxes[index]
        return np.asarray(self.labels[top:bottom, left:right] == index + 1, np.uint8)


def find_components(ink: Pixels) -> Components:
    """The components of an H×W image in which ink is not 0."""
    labels, stats, _ = labelled(ink)
    boxes = stats[1:, :4].astype(np.int32)
    boxes[:, 2:] += boxes[:, :2]
    areas = stats[1:, cv2.CC_STAT_AREA].astype(np.int32)
    return Components(labels=labels, boxes=boxes, areas=areas)


def labelled(ink: Pixels) -> tuple[Labels, npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """H×W labels of the 8-connected components, 0 for paper; OpenCV's N×5 statistics and N×2 centres.

    Labels of sixteen bits take a third of the time. They are enough for nearly every page: a component begins with a
    pixel that has no ink to its left or above, and those pixels are quickly counted.
    """
    padded = cv2.copyMakeBorder(ink, 1, 0, 1, 0, cv2.BORDER_CONSTANT, value=0)
    before = cv2.bitwise_or(cv2.bitwise_or(padded[:-1, :-1], padded[:-1, 1:]), padded[1:, :-1])
    few = cv2.countNonZero(cv2.compare(ink, before, cv2.CMP_GT)) < 0xFFFF
    _, labels, stats, centres = cv2.connectedComponentsWithStatsWithAlgorithm(
        ink, 8, cv2.CV_16U if few else cv2.CV_32S, cv2.CCL_SPAGHETTI
    )
    return np.asarray(labels, labels.dtype), np.asarray(stats, np.int32), np.asarray(centres, np.float64)


def pixels_of(labels: Labels, stats: npt.NDArray[np.int32], chosen: Indices) -> tuple[Indices, Indices]:
    """Rows and columns of all pixels that have one of the labels ``chosen``.

    Only the boxes of these labels are searched, so the labels should be few and their components small.
    """
    left, top, wide, high = stats[chosen, :4].T.astype(np.intp)
    area = wide * high
    within = np.arange(area.sum()) - np.repeat(np.cumsum(area) - area, area)
    rows = np.repeat(top, area) + within // np.repeat(wide, area)
    columns = np.repeat(left, area) + within % np.repeat(wide, area)
    own = labels[rows, columns] == np.repeat(chosen, area)
    return rows[own], columns[own]


def measure_letter_height(components: Components) -> float:
    """The page's letter height in pixels: half of the print's ink lies in components that are lower.

    That is about the x-height to cap height of Latin, and about half the line pitch of Nastaliq. Components are
    weighted by their ink, so that dots and specks hardly count.
    """
    heights, widths = components.heights, components.widths
    letters = (heights >= MIN_LETTER_HEIGHT * WORKING_DPI) & (heights <= MAX_LETTER_HEIGHT * WORKING_DPI)
    letters &= widths <= MAX_LETTER_WIDTH * WORKING_DPI
    if not letters.any():
        return DEFAULT_LETTER_HEIGHT * WORKING_DPI
    return ink_height(components, np.flatnonzero(letters), share=0.5)


def ink_height(components: Components, members: Indices, *, share: float) -> float:
    """The height in pixels such that ``share`` of the ink of ``members`` lies in components no higher than it."""
    heights, areas = components.heights[members], components.areas[members]
    order = np.argsort(heights)
    total = np.cumsum(areas[order])
    return float(heights[order][np.searchsorted(total, share * total[-1])])


def ink_box(ink: npt.NDArray[np.bool_] | Pixels) -> Box | None:
    """The smallest box around everything that is not 0 in the H×W ``ink``; None where all is 0."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
