"""The resolution of a scan, estimated where the file does not state it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import WORKING_DPI, PicturePage

_SHEETS = ((8.27, 11.69), (8.5, 11.0), (8.5, 14.0))
"""A4, letter and legal, in inches."""


_STROKE = 0.0186
"""Inches; measured over pages in twelve faces of 9 to 16 points."""


_USUAL_DPI = (100, 150, 200, 240, 300, 400, 600)


def scan_resolution(
    page: PicturePage, text: Pixels, *, width: float, height: float
) -> tuple[float, Literal["file", "estimated", "setting"]]:
    """Of the scan, across: as told, else by the size of the sheet where that fits the print, else by the print.
    ``width`` and ``height`` are the sheet's, in square pixels of the scan."""
    if page.dpi is not None:
        return page.dpi, page.dpi_source
    reduction = max(text.shape) / max(height, width)
    by_print = print_size_dpi(text)
    by_print = by_print / reduction if by_print is not None else None
    for short, long in _SHEETS if _has_margins(text) else ():
        if abs(max(width, height) / min(width, height) - long / short) < 0.02:
            by_sheet = max(width, height) / long
            if by_print is None or 0.62 < by_sheet / by_print < 1.6:
                return _usual(by_sheet), "estimated"
    if by_print is None or 0.74 < by_print / WORKING_DPI < 1.35:
        # Print differs in size by that much, and resampling is no gain where it isn't needed.
        return float(WORKING_DPI), "estimated"
    return _usual(by_print), "estimated"


def _has_margins(text: Pixels) -> bool:
    """Paper on both sides of the print: a whole sheet, not a cutting that has a sheet's shape by chance."""
    columns = np.cumsum(text.sum(axis=0, dtype=np.int64))
    if columns[-1] == 0:
        return True
    left, right = np.searchsorted(columns, (0.002 * columns[-1], 0.998 * columns[-1]))
    return bool(left > 0.025 * text.shape[1] and right < 0.975 * text.shape[1])


def print_size_dpi(text: Pixels) -> float | None:
    """Pixels per inch of a page whose body text has the usual size; None where there is too little print.

    Judged by the mean breadth of strokes (twice the ink over its outline), which is 0.012–0.027 inch for body text
    in either script, where the height of components differs threefold between the two.

    Args:
        text: H×W, its ink, lines running across.
    """
    outline = int((text[:, 1:] != text[:, :-1]).sum()) + int((text[1:] != text[:-1]).sum())
    if outline < 1500:
        return None
    # Steps along pixel edges are 4/π longer than the outline that they follow.
    return float(2 * 4 / np.pi * np.count_nonzero(text) / outline) / _STROKE


def _usual(dpi: float) -> float:
    """The resolution that scanners have, where ``dpi`` is close to one."""
    nearest = min(_USUAL_DPI, key=lambda usual: abs(usual - dpi))
    return float(nearest) if abs(nearest / dpi - 1) < 0.06 else round(dpi, 1)
