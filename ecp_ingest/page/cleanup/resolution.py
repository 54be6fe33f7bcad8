"""The resolution of a scan, estimated where the file does not state it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import WORKING_DPI, PicturePage

SHEETS = ((8.27, 11.69), (8.5, 11.0), (8.5, 14.0))
"""A4, letter and legal, in inches."""
SHEET_TOLERANCE = 0.02
"""By how much the picture's long side over its short side may differ from a sheet's."""
SHEET_DPI_LIMITS = (0.62, 1.6)
"""Resolution by the sheet over resolution by the print: outside, the picture is no whole sheet."""
PRINT_DPI_LIMITS = (0.74, 1.35)
"""Resolution by the print over the working resolution: inside, print of another size explains the difference, and the
page needs no resampling."""
MARGIN_WIDTH, MARGIN_INK = 0.025, 0.002
"""Share of the page's width that a margin has at least, and share of its ink that may lie in one."""
STROKE_WIDTH = 0.0186
"""Inches: mean stroke width of body text, measured over pages in twelve faces of 9 to 16 points."""
MIN_OUTLINE = 1500
"""Pixel edges: a shorter outline of the ink is too little print to measure."""
STAIRCASE = 4 / np.pi
"""Length of the steps along pixel edges, in lengths of the outline that they follow."""
USUAL_DPI = (100, 150, 200, 240, 300, 400, 600)
"""Of scanners."""
USUAL_DPI_TOLERANCE = 0.06


def scan_resolution(
    page: PicturePage, text: Pixels, *, width: float, height: float
) -> tuple[float, Literal["file", "estimated", "setting"]]:
    """Horizontal resolution of the scan in dpi, and where it comes from.

    The first of these that is known: the file or the setting; the size of a standard sheet, where it fits the print;
    the print.

    Args:
        text: H×W, 1 where there is ink of print, of the reduced page.
        width, height: of the sheet, in square pixels of the scan.
    """
    if page.dpi is not None:
        return page.dpi, page.dpi_source
    reduction = max(text.shape) / max(height, width)
    by_print = print_size_dpi(text)
    by_print = by_print / reduction if by_print is not None else None
    for short, long in SHEETS if _has_margins(text) else ():
        if abs(max(width, height) / min(width, height) - long / short) < SHEET_TOLERANCE:
            by_sheet = max(width, height) / long
            if by_print is None or SHEET_DPI_LIMITS[0] < by_sheet / by_print < SHEET_DPI_LIMITS[1]:
                return _rounded_to_usual(by_sheet), "estimated"
    if by_print is None or PRINT_DPI_LIMITS[0] < by_print / WORKING_DPI < PRINT_DPI_LIMITS[1]:
        return float(WORKING_DPI), "estimated"
    return _rounded_to_usual(by_print), "estimated"


def _has_margins(text: Pixels) -> bool:
    """Whether there is paper on both sides of the print: a whole sheet, not a cutting of the same shape by chance."""
    columns = np.cumsum(text.sum(axis=0, dtype=np.int64))
    if columns[-1] == 0:
        return True
    left, right = np.searchsorted(columns, (MARGIN_INK * columns[-1], (1 - MARGIN_INK) * columns[-1]))
    return bool(left > MARGIN_WIDTH * text.shape[1] and right < (1 - MARGIN_WIDTH) * text.shape[1])


def print_size_dpi(text: Pixels) -> float | None:
    """Pixels per inch of a page whose body text has the usual size; None where there is too little print.

    It is measured by the mean stroke width (twice the ink over its outline), which is 0.012–0.027 inch for body text
    in either script; the heights of components differ threefold between the scripts.

    Args:
        text: H×W, 1 where there is ink of print, lines running across.
    """
    outline = int((text[:, 1:] != text[:, :-1]).sum()) + int((text[1:] != text[:-1]).sum())
    if outline < MIN_OUTLINE:
        return None
    return float(2 * STAIRCASE * np.count_nonzero(text) / outline) / STROKE_WIDTH


def _rounded_to_usual(dpi: float) -> float:
    """The usual resolution next to ``dpi``, or ``dpi`` where none is close."""
    nearest = min(USUAL_DPI, key=lambda usual: abs(usual - dpi))
    return float(nearest) if abs(nearest / dpi - 1) < USUAL_DPI_TOLERANCE else round(dpi, 1)
