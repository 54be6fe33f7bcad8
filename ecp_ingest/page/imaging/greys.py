"""Grey levels of an image."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels

PAPER = 255
"""The grey of paper in a page image and in a line image."""


def grey_at(greys: Pixels, share: float, *, where: Pixels | None = None) -> float:
    """The grey level that ``share`` of the pixels don't exceed.

    Pixels are counted in a histogram: sorting them, as `numpy.percentile` does, takes ten times as long.

    Args:
        greys: H×W.
        share: 0–1.
        where: H×W; pixels that are 0 here don't count.
    """
    total = np.cumsum(cv2.calcHist([greys], [0], where, [256], [0, 256]))
    return float(np.searchsorted(total, share * total[-1]))
