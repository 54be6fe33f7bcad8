"""The edge of another sheet at the side of a scan: a strip of it that was scanned too, its lines cut through."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.runs import Mask, runs

MAX_STRIP_WIDTH = 0.15
"""Share of the picture's width."""
MAX_SEAM_BRIGHTNESS = 0.82
"""Share of the paper's brightness: the seam between two sheets is darker."""
PAPER_PERCENTILE = 80
"""Of the grey levels of the picture: the paper's brightness."""
MIN_SEAM_HEIGHT = 0.85
"""Share of the picture's height over which the seam must be visible."""
MIN_STROKE_SHARE = 12
"""A piece of the seam is at least the picture's height divided by this."""
MIN_SHEET_SIZE = 900
"""Pixels of the reduced page, about six inches. On less than a sheet (a cutting) a line down the side is a ruling line,
by which columns are found."""
MIN_CUT_LINES = 6
"""Lines that the picture's edge cuts through; the text of the page itself ends before the edge."""
MIN_SEAM_DISTANCE = 4
"""Pixels of the reduced page between the picture's edge and the seam; nearer it is the edge of the page itself."""


def strip_beside(small: Pixels) -> Pixels | None:
    """255 where another sheet lies beside the page, else 0; None where there is none.

    Args:
        small: H×W, the reduced page, dark ink on light paper.
    """
    height, width = small.shape
    reach = int(MAX_STRIP_WIDTH * width)
    if min(height, width) < MIN_SHEET_SIZE:
        return None
    paper = float(np.percentile(small[::4, ::4], PAPER_PERCENTILE))
    strips = np.zeros_like(small)
    for picture, result in ((small, strips), (small[:, ::-1], strips[:, ::-1])):
        strip = _strip((picture[:, :reach] < MAX_SEAM_BRIGHTNESS * paper).astype(np.uint8))
        if strip is not None:
            result[:, :reach] = strip
    return strips if strips.any() else None


def _strip(dark: Pixels) -> Pixels | None:
    """255 from the picture's edge to the seam; ``dark`` is the outer part of the picture, its edge at column 0."""
    height, width = dark.shape
    if _count_cut_lines((dark[:, 0] | dark[:, 1]) > 0) < MIN_CUT_LINES:
        return None
    # A seam slants: thickened, it still holds a vertical stroke.
    thick = cv2.dilate(dark, np.ones((1, 5), np.uint8))
    stroke = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((height // MIN_STROKE_SHARE, 1), np.uint8))
    near = cv2.dilate(stroke.max(axis=0)[None], np.ones((1, 3), np.uint8)).reshape(-1) > 0
    for seam in runs(near):
        if seam.start < MIN_SEAM_DISTANCE or seam.length > width // 2:
            continue
        part = stroke[:, seam.start : seam.end]
        rows = np.flatnonzero(part.any(axis=1))
        if len(rows) < MIN_SEAM_HEIGHT * height:
            continue
        at = np.interp(np.arange(height), rows, seam.end - part[rows, ::-1].argmax(axis=1))
        return np.where(np.arange(width) <= at[:, None], 255, 0).astype(np.uint8)
    return None


def _count_cut_lines(edge: Mask) -> int:
    """Runs of more than one dark pixel along the picture's edge."""
    return sum(run.length > 1 for run in runs(edge))
