"""Binarisation: which pixels are ink."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels

SAUVOLA_K, DEVIATION_RANGE = 0.25, 110
"""Sauvola's k and R: how far the threshold falls below the mean on even ground, and the standard deviation in grey
levels at which it equals the mean."""
ALWAYS_INK, NEVER_INK = 90, 215
"""Grey levels. Darker is ink even within a broad stroke, where the local mean is dark itself; lighter never is."""
PRINT_REACH = 15
"""Pixels of the half-size page: the darkest grey within that square is that of the print nearby."""
ABOVE_MIDDLE = 12
"""Grey levels by which the threshold may lie above the middle between print and paper. A higher one thickens every
stroke."""


def find_ink(grey: Pixels, *, window: int) -> Pixels:
    """1 where there is ink, else 0, by a local threshold on a page with white paper.

    The threshold is Sauvola's (Sauvola & Pietikäinen 2000, Pattern Recognition 33:225). Means and deviations come from
    the page at half size, where they differ little and cost a quarter.

    Args:
        grey: H×W.
        window: pixels, wider than the broadest stroke, about a third of an inch.
    """
    height, width = grey.shape
    even = grey[: max(1, height & ~1), : max(1, width & ~1)]  # even sides are halved much faster
    half = cv2.resize(even, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    size = (max(3, window // 2) | 1, max(3, window // 2) | 1)
    values = half.astype(np.float32)
    mean = cv2.boxFilter(values, cv2.CV_32F, size)
    square = cv2.sqrBoxFilter(values, cv2.CV_32F, size)
    deviation = cv2.sqrt(np.maximum(cv2.subtract(square, cv2.multiply(mean, mean)), 0))
    factor = cv2.addWeighted(deviation, SAUVOLA_K / DEVIATION_RANGE, deviation, 0.0, 1 - SAUVOLA_K)
    threshold = cv2.multiply(mean, factor)
    # Beside dark print the edge of a stroke is where grey is half-way between it and the paper.
    darkest = cv2.erode(half, np.ones((PRINT_REACH, PRINT_REACH), np.uint8))
    darkest = cv2.blur(darkest, (PRINT_REACH, PRINT_REACH)).astype(np.float32)
    threshold = cv2.min(threshold, cv2.addWeighted(darkest, 0.5, darkest, 0.0, 255 / 2 + ABOVE_MIDDLE))
    threshold = np.clip(threshold, ALWAYS_INK, NEVER_INK).astype(np.uint8)
    full = cv2.resize(threshold, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grey < full, dtype=np.uint8)
