"""Operations on masks: H×W arrays of 0 and 1."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels

SOFT_EDGE = np.ones((3, 3), np.uint8)
"""Dilation kernel of one pixel. Ink has a grey rim of that width, which binarisation counts as paper; whatever is done
to ink must be done to its rim too."""


def opened(mask: Pixels, shape: tuple[int, int]) -> Pixels:
    """The morphological opening: those pixels of ``mask`` that a full box of ``shape`` (rows, columns) can cover.

    Outside the array all is 0; OpenCV alone takes it for 1.
    """
    high, wide = shape
    padded = cv2.copyMakeBorder(mask, high, high, wide, wide, cv2.BORDER_CONSTANT, value=0)
    found = cv2.morphologyEx(padded, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
    return np.asarray(found[high:-high, wide:-wide], np.uint8)


def parts_with(mask: Pixels, marked: Pixels) -> Pixels:
    """The connected parts of ``mask`` that hold at least one ``marked`` pixel."""
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    keep = np.zeros(int(labels.max()) + 1, np.uint8)
    keep[np.unique(labels[marked > 0])] = 1
    keep[0] = 0
    return np.asarray(keep[labels], np.uint8)
