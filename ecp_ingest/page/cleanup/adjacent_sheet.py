"""The edge of another sheet at the side of a scan: a strip of it that lay on the glass too, its lines cut through."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.runs import Mask, runs

REACH = 0.15
"""Of the width: no strip is broader."""
SHADE = 0.82
"""Of the paper's brightness: the seam between two sheets is darker."""
WHOLE = 0.85
"""Of the height: how much of the seam must be seen."""
SHEET = 900
"""Pixels of the reduced page, about six inches: on less than a sheet (a cutting) a line down the side is a rule, and
the columns are found by it."""
CUT = 6
"""Lines that the picture's edge cuts through; the text of the page itself ends before it."""


def strip_beside(small: Pixels) -> Pixels | None:
    """255 where another sheet lies beside the page (H×W, of the reduced page, dark on light), else 0; None: nowhere."""
    height, width = small.shape
    reach = int(REACH * width)
    if min(height, width) < SHEET:
        return None
    paper = float(np.percentile(small[::4, ::4], 80))
    strips = np.zeros_like(small)
    for seen, told in ((small, strips), (small[:, ::-1], strips[:, ::-1])):
        strip = _strip((seen[:, :reach] < SHADE * paper).astype(np.uint8))
        if strip is not None:
            told[:, :reach] = strip
    return strips if strips.any() else None


def _strip(dark: Pixels) -> Pixels | None:
    """Of the outer part of a page, its first column the picture's edge: 255 from there to the seam."""
    height, width = dark.shape
    if _lines_cut((dark[:, 0] | dark[:, 1]) > 0) < CUT:
        return None
    # A seam leans: a little broader, it still holds an upright stroke.
    broad = cv2.dilate(dark, np.ones((1, 5), np.uint8))
    stroke = cv2.morphologyEx(broad, cv2.MORPH_OPEN, np.ones((height // 12, 1), np.uint8))
    near = cv2.dilate(stroke.max(axis=0)[None], np.ones((1, 3), np.uint8)).reshape(-1) > 0
    for seam in runs(near):
        if seam.start < 4 or seam.length > width // 2:
            continue
        part = stroke[:, seam.start : seam.end]
        rows = np.flatnonzero(part.any(axis=1))
        if len(rows) < WHOLE * height:
            continue
        at = np.interp(np.arange(height), rows, seam.end - part[rows, ::-1].argmax(axis=1))
        return np.where(np.arange(width) <= at[:, None], 255, 0).astype(np.uint8)
    return None


def _lines_cut(edge: Mask) -> int:
    return sum(run.length > 1 for run in runs(edge))
