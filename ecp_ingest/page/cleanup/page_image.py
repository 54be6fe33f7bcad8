"""A page as scanned becomes a page image as the engine needs it: upright, straight, evenly lit, at ``WORKING_DPI``.

What the page needs is measured on a reduced copy (about 150 dpi). The full page is then resampled once, by a single
warp, or not at all if it is straight and has the right resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels, frozen
from ecp_ingest.document.pages import WORKING_DPI, PageImage, PicturePage
from ecp_ingest.page.cleanup.binarise import find_ink
from ecp_ingest.page.cleanup.despeckle import without_specks
from ecp_ingest.page.cleanup.illumination import Light, dark_ink_grey, measure_light
from ecp_ingest.page.cleanup.orientation import lies_on_its_side, stands_on_its_head
from ecp_ingest.page.cleanup.page_outline import find_sheet
from ecp_ingest.page.cleanup.resolution import scan_resolution
from ecp_ingest.page.cleanup.skew import skew_angle, straightness, text_ink
from ecp_ingest.page.cleanup.stamps import without_stamps
from ecp_ingest.page.cleanup.warp import flattened, plan, warped, windowed
from ecp_ingest.page.imaging.components import ink_box
from ecp_ingest.settings import CleanupSettings

_REDUCED_SIDE = 1754
"""Pixels, the longer side of the reduced page: A4 at 150 dpi."""
_WHOLE_FACTOR_TOLERANCE = 0.03
"""By how much a reduction may differ from a whole number and be replaced by it: that takes a tenth of the time."""
_REDUCED_WINDOW = 51
"""Pixels, a third of an inch of the reduced page: the window of binarisation there."""
_INK_MARGIN = WORKING_DPI // 4
"""Pixels of paper that are kept around the print, for what the reduced page is too coarse to show."""
_MIN_SKEW = 0.1
"""Degrees: a smaller skew is left as it is; it is one pixel over two inches of line."""
_MIN_GAIN = 0.9
"""Straightness of the lines on the flattened sheet over that on the scan: below this the sheet is not flattened. It is
less than 1 so that lines that were straight may stay so."""
_MIN_INK = 150
"""Pixels: one short word has more ink."""


@dataclass(frozen=True, eq=False, slots=True)
class _Measurements:
    """Of the reduced page."""

    light: Light
    text: Pixels
    """H×W, 1 where there is ink of print, lines running across."""
    on_side: bool
    angle: float
    """Degrees by which the lines rise to the right, turned upright or upside down."""
    printed: tuple[float, float, float, float] | None
    """Left, top, right and bottom of all ink, in shares of the page as scanned; None where there is no ink."""


def clean(page: PicturePage, *, settings: CleanupSettings) -> PageImage:
    """The page image of one page: flattened, turned, deskewed, evenly lit, scaled and binarised."""
    scan_height, scan_width = page.pixels.shape[:2]
    grey = dark_ink_grey(page.pixels)
    if settings.stamps:
        grey = without_stamps(page.pixels, grey)
    small = _reduced(grey, aspect=page.pixel_aspect)
    measured = _measure(small, settings)
    width, height, aspect = float(scan_width), float(scan_height), page.pixel_aspect
    sheet = find_sheet(small) if settings.rectify else None
    flat = None if sheet is None else _measure(flattened(small, sheet), settings)
    if sheet is not None and flat is not None and _gain(measured, flat) < _MIN_GAIN:
        sheet = None
    if sheet is not None and flat is not None:
        measured = flat
        sheet = sheet.scaled(scan_width / small.shape[1], scan_height / small.shape[0])
        width, height, aspect = sheet.width, sheet.height, 1.0
    angle, rotation = measured.angle, 90 if measured.on_side else 0
    if settings.rotate and stands_on_its_head(measured.text, skew=angle):
        rotation += 180  # the angle of the lines stays the same
    skew = angle if settings.deskew and abs(angle) >= _MIN_SKEW else 0.0
    dpi, source = scan_resolution(page, measured.text, width=width, height=height * aspect)
    warp = plan(width, height, dpi=dpi, aspect=aspect, rotation=rotation, skew=skew, sheet=sheet)
    if measured.printed is not None:
        left, top, right, bottom = measured.printed
        warp = windowed(warp, (left * width, top * height, right * width, bottom * height), around=_INK_MARGIN)
    pixels = warped(grey, warp, measured.light, rotation=rotation)
    ink = find_ink(pixels, window=WORKING_DPI // 3)
    if settings.despeckle:
        pixels, ink = without_specks(pixels, ink)
    return PageImage(
        pixels=frozen(pixels),
        ink=frozen(ink),
        to_scan=warp.to_sheet,
        rotation=rotation,
        skew=skew,
        dpi=dpi,
        dpi_source=source,
        scan_width=scan_width,
        scan_height=scan_height,
        is_blank=_is_blank(ink),
        sheet=sheet,
    )


# ── measuring, on the reduced page ────────────────────────────────────────────────────────────────────────────────


def _reduced(grey: Pixels, *, aspect: float) -> Pixels:
    """The page with square pixels, and no side longer than ``_REDUCED_SIDE``."""
    height, width = grey.shape
    factor = min(1.0, _REDUCED_SIDE / max(width, height * aspect))
    times = round(1 / factor)
    if aspect == 1.0 and abs(times * factor - 1) < _WHOLE_FACTOR_TOLERANCE:
        grey = grey[: height // times * times, : width // times * times]
        factor, (height, width) = 1 / times, grey.shape
    size = (max(1, round(width * factor)), max(1, round(height * aspect * factor)))
    return grey if size == (width, height) else _resized(grey, size, cv2.INTER_AREA)


def _measure(small: Pixels, settings: CleanupSettings) -> _Measurements:
    light, lit = measure_light(small, flatten=settings.flatten)
    ink = find_ink(lit, window=_REDUCED_WINDOW)
    if light.border is not None:
        ink = np.where(light.border > 0, np.uint8(0), ink)
    text = text_ink(ink)
    on_side = settings.rotate and lies_on_its_side(text)
    text = np.ascontiguousarray(np.rot90(text, -1)) if on_side else text
    return _Measurements(light=light, text=text, on_side=on_side, angle=skew_angle(text), printed=_printed(ink))


def _printed(ink: Pixels) -> tuple[float, float, float, float] | None:
    height, width = ink.shape
    box = ink_box(ink)
    return None if box is None else (box.left / width, box.top / height, box.right / width, box.bottom / height)


def _gain(scanned: _Measurements, flat: _Measurements) -> float:
    """Straightness of the lines on the flattened sheet over that on the scan."""
    before, after = (straightness(one.text, skew=one.angle) for one in (scanned, flat))
    return after / before if before > 0 else 0.0


def _resized(image: Pixels, size: tuple[int, ...], method: int) -> Pixels:
    """``image`` at ``size``: width, height."""
    return np.asarray(cv2.resize(image, size, interpolation=method), dtype=np.uint8)


def _is_blank(ink: Pixels) -> bool:
    return int(np.count_nonzero(ink)) < _MIN_INK
