"""A page as scanned → a page as the engine should see it: upright, straight, evenly lit, at ``WORKING_DPI``.

What the page needs is measured on a reduced copy (about 150 dpi); the full page is then touched once, by a single
warp, or not at all where it stands straight at the right resolution already.
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
"""Longer side of the reduced page: A4 at 150 dpi."""
_AROUND = WORKING_DPI // 4
"""Pixels of paper that are kept around what is printed, for what the reduced page is too coarse to show."""
_STRAIGHT = 0.1
"""Degrees of skew that are left alone: one pixel over two inches of line."""
_GAIN = 0.9
"""A sheet is flattened where its lines come out at least that straight: lines that were straight may stay so."""


@dataclass(frozen=True, eq=False, slots=True)
class _Survey:
    """What the reduced page tells."""

    light: Light
    text: Pixels
    """H×W, 1 where there is print, its lines running across."""
    on_side: bool
    angle: float
    """Degrees that the lines rise, to the left or right way up."""
    printed: tuple[float, float, float, float] | None
    """Left, top, right and bottom of all ink, in parts of the page as it lies; None where there is none."""


def clean(page: PicturePage, *, settings: CleanupSettings) -> PageImage:
    """Flatten, turn, straighten, light, scale and binarise one page."""
    scan_height, scan_width = page.pixels.shape[:2]
    grey = dark_ink_grey(page.pixels)
    if settings.stamps:
        grey = without_stamps(page.pixels, grey)
    small = _reduced(grey, aspect=page.pixel_aspect)
    survey = _survey(small, settings)
    width, height, aspect = float(scan_width), float(scan_height), page.pixel_aspect
    sheet = find_sheet(small) if settings.rectify else None
    flat = None if sheet is None else _survey(flattened(small, sheet), settings)
    if sheet is not None and flat is not None and _gain(survey, flat) < _GAIN:
        sheet = None
    if sheet is not None and flat is not None:
        survey = flat
        sheet = sheet.scaled(scan_width / small.shape[1], scan_height / small.shape[0])
        width, height, aspect = sheet.width, sheet.height, 1.0
    angle, rotation = survey.angle, 90 if survey.on_side else 0
    if settings.rotate and stands_on_its_head(survey.text, skew=angle):
        rotation += 180  # which leaves the lines' angle as it is
    skew = angle if settings.deskew and abs(angle) >= _STRAIGHT else 0.0
    dpi, source = scan_resolution(page, survey.text, width=width, height=height * aspect)
    warp = plan(width, height, dpi=dpi, aspect=aspect, rotation=rotation, skew=skew, sheet=sheet)
    if survey.printed is not None:
        left, top, right, bottom = survey.printed
        warp = windowed(warp, (left * width, top * height, right * width, bottom * height), around=_AROUND)
    pixels = warped(grey, warp, survey.light, rotation=rotation)
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
    """With square pixels, and no side longer than `_REDUCED_SIDE`."""
    height, width = grey.shape
    factor = min(1.0, _REDUCED_SIDE / max(width, height * aspect))
    times = round(1 / factor)
    if aspect == 1.0 and abs(times * factor - 1) < 0.03:  # by a whole number it takes a tenth of the time
        grey = grey[: height // times * times, : width // times * times]
        factor, (height, width) = 1 / times, grey.shape
    size = (max(1, round(width * factor)), max(1, round(height * aspect * factor)))
    return grey if size == (width, height) else _resized(grey, size, cv2.INTER_AREA)


def _survey(small: Pixels, settings: CleanupSettings) -> _Survey:
    light, lit = measure_light(small, flatten=settings.flatten)
    ink = find_ink(lit, window=51)
    if light.border is not None:
        ink = np.where(light.border > 0, np.uint8(0), ink)
    text = text_ink(ink)
    on_side = settings.rotate and lies_on_its_side(text)
    text = np.ascontiguousarray(np.rot90(text, -1)) if on_side else text
    return _Survey(light=light, text=text, on_side=on_side, angle=skew_angle(text), printed=_printed(ink))


def _printed(ink: Pixels) -> tuple[float, float, float, float] | None:
    height, width = ink.shape
    box = ink_box(ink)
    return None if box is None else (box.left / width, box.top / height, box.right / width, box.bottom / height)


def _gain(survey: _Survey, flat: _Survey) -> float:
    """How much straighter the lines of print are on the flattened sheet."""
    before, after = (straightness(one.text, skew=one.angle) for one in (survey, flat))
    return after / before if before > 0 else 0.0


def _resized(image: Pixels, size: tuple[int, ...], method: int) -> Pixels:
    """To ``size`` as width, height."""
    return np.asarray(cv2.resize(image, size, interpolation=method), dtype=np.uint8)


def _is_blank(ink: Pixels) -> bool:
    """Less ink than one short word has."""
    return int(np.count_nonzero(ink)) < 150
