"""Which pixels are ink."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels


def find_ink(grey: Pixels, *, window: int) -> Pixels:
    """1 where there is ink, else 0, by a local threshold on a page with white paper.

    Sauvola's threshold (Sauvola & Pietikäinen 2000, Pattern Recognition 33:225) from means and deviations on a page
    of half the size, which differ little and cost a quarter. Levels bound it: what is darker than 90 is ink even
    within a broad stroke, where the local mean is dark itself; what is lighter than 215 never is.

    Args:
        grey: H×W.
        window: pixels, wider than the broadest stroke, about a third of an inch.
    """
    height, width = grey.shape
    even = grey[: max(1, height & ~1), : max(1, width & ~1)]  # halving is quick where it comes out even
    half = cv2.resize(even, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)
    size = (max(3, window // 2) | 1, max(3, window // 2) | 1)
    values = half.astype(np.float32)
    mean = cv2.boxFilter(values, cv2.CV_32F, size)
    square = cv2.sqrBoxFilter(values, cv2.CV_32F, size)
    deviation = cv2.sqrt(np.maximum(cv2.subtract(square, cv2.multiply(mean, mean)), 0))
    threshold = cv2.multiply(mean, cv2.addWeighted(deviation, 0.25 / 110, deviation, 0.0, 0.75))
    # Beside dark print the edge is where grey is half-way between it and the paper; higher thickens every stroke.
    darkest = cv2.blur(cv2.erode(half, np.ones((15, 15), np.uint8)), (15, 15)).astype(np.float32)
    threshold = cv2.min(threshold, cv2.addWeighted(darkest, 0.5, darkest, 0.0, 255 / 2 + 12))
    threshold = np.clip(threshold, 90, 215).astype(np.uint8)
    full = cv2.resize(threshold, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grey < full, dtype=np.uint8)
