"""A page as scanned → a page as the engine should see it: upright, straight, evenly lit, at ``WORKING_DPI``.

What the page needs is measured on a reduced copy (about 150 dpi); the full page is then touched once, by a single
affine warp, or not at all where it stands straight at the right resolution already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from ecp_ingest.components import ink_box
from ecp_ingest.document import WORKING_DPI, Matrix, PageImage, PicturePage, Pixels, frozen
from ecp_ingest.light import Light, dark_ink_grey, divided, find_ink, measure_light
from ecp_ingest.orientation import lies_on_its_side, skew_angle, stands_on_its_head, text_ink
from ecp_ingest.settings import CleanupSettings

_REDUCED_SIDE = 1754
"""Longer side of the reduced page: A4 at 150 dpi."""
_STRAIGHT = 0.1
"""Degrees of skew that are left alone: one pixel over two inches of line."""
_SAME_SCALE = 0.02
_MAX_OUTPUT = 40e6
"""Pixels of a page image, against a wrongly estimated resolution."""
_SHEETS = ((8.27, 11.69), (8.5, 11.0), (8.5, 14.0))
"""A4, letter and legal, in inches."""
_STROKE = 0.0186
"""Inches; measured over pages in twelve faces of 9 to 16 points."""
_USUAL_DPI = (100, 150, 200, 240, 300, 400, 600)


@dataclass(frozen=True, eq=False, slots=True)
class _Warp:
    """From scan to page image."""

    to_page: Matrix
    """2×3, continuous coordinates (pixel i covers i to i + 1)."""
    width: int
    height: int
    scale: float


def clean(page: PicturePage, *, settings: CleanupSettings) -> PageImage:
    """Turn, straighten, light, scale and binarise one page."""
    scan_height, scan_width = page.pixels.shape[:2]
    grey = dark_ink_grey(page.pixels)
    small = _reduced(grey, aspect=page.pixel_aspect)
    light = measure_light(small, flatten=settings.flatten)
    text = text_ink(_reduced_ink(small, light))
    rotation = 90 if settings.rotate and lies_on_its_side(text) else 0
    text = np.ascontiguousarray(np.rot90(text, -rotation // 90))
    angle = skew_angle(text)
    if settings.rotate and stands_on_its_head(text, skew=angle):
        rotation += 180  # which leaves the lines' angle as it is
    skew = angle if settings.deskew and abs(angle) >= _STRAIGHT else 0.0
    dpi, source = _resolution(page, text)
    warp = _plan(scan_width, scan_height, dpi=dpi, aspect=page.pixel_aspect, rotation=rotation, skew=skew)
    pixels = _warped(grey, warp, light, rotation=rotation)
    ink = find_ink(pixels, window=WORKING_DPI // 3)
    if settings.despeckle:
        pixels, ink = _without_specks(pixels, ink)
    return PageImage(
        pixels=frozen(pixels),
        ink=frozen(ink),
        to_scan=_inverse(warp.to_page),
        rotation=rotation,
        skew=skew,
        dpi=dpi,
        dpi_source=source,
        scan_width=scan_width,
        scan_height=scan_height,
        is_blank=_is_blank(ink),
    )


# ── measuring, on the reduced page ────────────────────────────────────────────────────────────────────────────────


def _reduced(grey: Pixels, *, aspect: float) -> Pixels:
    """With square pixels, and no side longer than `_REDUCED_SIDE`."""
    height, width = grey.shape
    factor = min(1.0, _REDUCED_SIDE / max(width, height * aspect))
    size = (max(1, round(width * factor)), max(1, round(height * aspect * factor)))
    return grey if size == (width, height) else _resized(grey, size, cv2.INTER_AREA)


def _resized(image: Pixels, size: tuple[int, ...], method: int) -> Pixels:
    """To ``size`` as width, height."""
    return np.asarray(cv2.resize(image, size, interpolation=method), dtype=np.uint8)


def _reduced_ink(small: Pixels, light: Light) -> Pixels:
    if light.inverted:
        small = 255 - small
    if light.background is not None:
        small = divided(small, _resized(light.background, small.shape[::-1], cv2.INTER_LINEAR))
    ink = find_ink(small, window=51)
    if light.border is not None:
        ink = np.where(light.border > 0, np.uint8(0), ink)
    return ink


def _resolution(page: PicturePage, text: Pixels) -> tuple[float, Literal["file", "estimated", "setting"]]:
    """Of the scan, across: as told, else by the size of the sheet where that fits the print, else by the print."""
    if page.dpi is not None:
        return page.dpi, page.dpi_source
    height, width = page.pixels.shape[0] * page.pixel_aspect, page.pixels.shape[1]
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


def _is_blank(ink: Pixels) -> bool:
    """Less ink than one short word has."""
    return int(np.count_nonzero(ink)) < 150


# ── one warp ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _plan(width: int, height: int, *, dpi: float, aspect: float, rotation: int, skew: float) -> _Warp:
    """Scale to working resolution and square pixels, quarter turns, then the small angle, in one matrix."""
    scale = WORKING_DPI / dpi
    if abs(scale - 1) < _SAME_SCALE:
        scale = 1.0
    scale = min(scale, float(np.sqrt(_MAX_OUTPUT / (width * height * aspect))))
    wide, high = width * scale, height * scale * aspect
    matrix = np.diag([scale, scale * aspect, 1.0])
    turn = {
        0: np.eye(3),
        90: np.array([[0, -1, high], [1, 0, 0], [0, 0, 1.0]]),
        180: np.array([[-1, 0, wide], [0, -1, high], [0, 0, 1.0]]),
        270: np.array([[0, 1, 0], [-1, 0, wide], [0, 0, 1.0]]),
    }[rotation]
    matrix = turn @ matrix
    if rotation in (90, 270):
        wide, high = high, wide
    if skew:
        cos, sin = np.cos(np.deg2rad(skew)), np.sin(np.deg2rad(skew))
        new_wide, new_high = wide * cos + high * abs(sin), wide * abs(sin) + high * cos
        middle = np.array([[1, 0, -wide / 2], [0, 1, -high / 2], [0, 0, 1.0]])
        back = np.array([[1, 0, new_wide / 2], [0, 1, new_high / 2], [0, 0, 1.0]])
        matrix = back @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]]) @ middle @ matrix
        wide, high = new_wide, new_high
    return _Warp(to_page=matrix[:2], width=max(1, round(wide)), height=max(1, round(high)), scale=scale)


def _inverse(matrix: Matrix) -> Matrix:
    back = cv2.invertAffineTransform(matrix)
    back.setflags(write=False)
    return np.asarray(back, dtype=np.float64)


def _apply(
    image: Pixels,
    matrix: Matrix,
    size: tuple[int, int],
    *,
    flags: int,
    border: int = cv2.BORDER_CONSTANT,
    fill: int = 0,
) -> Pixels:
    """`cv2.warpAffine` for a matrix in continuous coordinates: OpenCV's own have pixel centres at whole numbers."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, 0] * 0.5 + matrix[:, 1] * 0.5 - 0.5
    out = cv2.warpAffine(image, shifted, size, flags=flags, borderMode=border, borderValue=fill)
    return np.asarray(out, dtype=np.uint8)


def _warped(grey: Pixels, warp: _Warp, light: Light, *, rotation: int) -> Pixels:
    """The page image: inverted, warped, flattened, its black borders white."""
    if light.inverted:
        grey = 255 - grey
    paper = int(np.percentile(grey[::16, ::16], 90))
    size = (warp.width, warp.height)
    linear = warp.to_page[:, :2]
    if np.allclose(np.abs(linear), np.abs(np.rint(linear))) and np.allclose(np.abs(linear).sum(axis=0), 1):
        pixels = np.rot90(grey, -rotation // 90).copy()
    elif warp.scale < 0.8:
        # Cubic sampling skips pixels when it shrinks; area averaging doesn't, but can't turn.
        height, width = grey.shape
        vertical = float(np.hypot(*warp.to_page[:, 1]))
        shrunk = _resized(grey, (max(1, round(width * warp.scale)), max(1, round(height * vertical))), cv2.INTER_AREA)
        rest = warp.to_page @ np.diag([width / shrunk.shape[1], height / shrunk.shape[0], 1.0])
        pixels = _apply(shrunk, rest, size, flags=cv2.INTER_CUBIC, fill=paper)
    else:
        pixels = _apply(grey, warp.to_page, size, flags=cv2.INTER_CUBIC, fill=paper)
    if light.background is not None:
        pixels = divided(pixels, _carried(light.background, grey.shape, warp, edge="nearest"))
    if light.border is not None:
        pixels[_carried(light.border, grey.shape, warp, edge="empty") > 127] = 255
    return pixels


def _carried(grid: Pixels, shape: tuple[int, ...], warp: _Warp, *, edge: Literal["nearest", "empty"]) -> Pixels:
    """A map over the reduced page, carried to the page image."""
    matrix = warp.to_page @ np.diag([shape[1] / grid.shape[1], shape[0] / grid.shape[0], 1.0])
    border = cv2.BORDER_REPLICATE if edge == "nearest" else cv2.BORDER_CONSTANT
    return _apply(grid, matrix, (warp.width, warp.height), flags=cv2.INTER_LINEAR, border=border)


# ── specks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_specks(pixels: Pixels, ink: Pixels) -> tuple[Pixels, Pixels]:
    """Both without dirt."""
    box = ink_box(ink)
    if box is None:
        return pixels, ink
    inked = np.s_[box.top : box.bottom, box.left : box.right]  # the margins hold no specks either
    specks = _specks(np.ascontiguousarray(ink[inked]))
    if specks is None:
        return pixels, ink
    cleaned, rest = pixels.copy(), ink.copy()
    # With the grey rim around them, which the threshold left out.
    cleaned[inked][cv2.dilate(specks, np.ones((3, 3), np.uint8)) > 0] = 255
    rest[inked] &= 1 - specks
    return cleaned, rest


def _specks(ink: Pixels) -> Pixels | None:
    """1 where there is dirt: what is too small for a letter and too far from any to be its dot or its full stop.

    A dot stands within a letter's height of its letter, a full stop nearer still. So of components smaller than
    half the usual height those go that have nothing larger within one and a half heights; nearer to print only
    those go that are far smaller than a dot (a Nastaliq dot is a quarter of that height across, a full stop a sixth).
    None where there is none.
    """
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return None
    centres = np.nan_to_num(centres)  # a page without any paper has no centre of it
    sizes, areas = np.maximum(stats[:, 2], stats[:, 3]), stats[:, 4]
    told = stats[1:, 3][stats[1:, 3] >= 8]
    usual = float(np.clip(np.median(told), 12, 48)) if told.size >= 10 else 24.0
    small = sizes < 0.45 * usual
    dust = areas <= max(2.0, (0.1 * usual) ** 2)
    small[0] = dust[0] = False
    if not small.any():
        return None
    # Distances to four pixels' precision, on a map of a sixteenth of the size.
    x, y = (np.clip(centres[:, i] / 4, 0, max(1, ink.shape[1 - i] // 4) - 1).astype(np.intp) for i in (0, 1))
    shown = np.where(small, np.uint8(0), np.uint8(255))
    shown[0] = 0  # paper
    larger = _quartered(np.take(shown, np.asarray(labels)))
    alone = small & (_grown(larger, usual * 1.5)[y, x] == 0)
    larger[y[small & ~dust], x[small & ~dust]] = 1
    alone |= small & dust & (_grown(larger, usual * 0.5)[y, x] == 0)
    if not alone.any():
        return None
    return np.asarray(np.take(alone.astype(np.uint8), np.asarray(labels)), np.uint8)


def _quartered(mask: Pixels) -> Pixels:
    """1 for each square of four by four pixels in which anything is set."""
    size = (max(1, mask.shape[1] // 4), max(1, mask.shape[0] // 4))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0, dtype=np.uint8)


def _grown(quarters: Pixels, reach: float) -> Pixels:
    """Set within ``reach`` full pixels of anything set."""
    side = 2 * max(1, round(reach / 4)) + 1
    return np.asarray(cv2.dilate(quarters, np.ones((side, side), np.uint8)), dtype=np.uint8)
