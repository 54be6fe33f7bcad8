"""One warp from scan to page image: scale, quarter turns, the small angle, and the flattening of a sheet, at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from ecp_ingest.document.geometry import Matrix, Mesh, Pixels
from ecp_ingest.document.pages import WORKING_DPI
from ecp_ingest.page.cleanup.illumination import Light, relit

_SAME_SCALE = 0.02
_MAX_OUTPUT = 40e6
"""Pixels of a page image, against a wrongly estimated resolution."""
_SHRUNK, _ENLARGED = 0.8, 1.3
_COARSE = 4
"""Maps of light are carried to a page image smaller by this: they have no finer detail."""
_CELL = 16
"""Pixels of the page image between two places at which a sheet's mesh is asked."""
_STRIP = 8 * _CELL
"""Rows of the page image that are sampled at a time."""


@dataclass(frozen=True, eq=False, slots=True)
class Warp:
    """From the sheet (the scan, where none was flattened) to the page image."""

    to_page: Matrix
    """2×3, continuous coordinates (pixel i covers i to i + 1)."""
    width: int
    height: int
    scale: float
    sheet: Mesh | None
    left: int = 0
    top: int = 0
    """Of this part in the whole page image, pixels."""

    @property
    def to_sheet(self) -> Matrix:
        """2×3, the way back; read-only."""
        back = np.asarray(cv2.invertAffineTransform(self.to_page), dtype=np.float64)
        back.setflags(write=False)
        return back


def plan(
    width: float, height: float, *, dpi: float, aspect: float, rotation: int, skew: float, sheet: Mesh | None
) -> Warp:
    """Scale to working resolution and square pixels, quarter turns, then the small angle, in one matrix.

    Args:
        width: of the sheet, in its own pixels; so ``height``.
        aspect: height of a pixel over its width.
        rotation: degrees clockwise, a multiple of 90.
        skew: degrees that are taken out, counter-clockwise positive.
    """
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
    return Warp(to_page=matrix[:2], width=max(1, round(wide)), height=max(1, round(high)), scale=scale, sheet=sheet)


def windowed(warp: Warp, printed: tuple[float, float, float, float], *, around: int) -> Warp:
    """The same, of no more than what is printed and ``around`` pixels about it: margins, a third of most sheets, need
    no sampling and no thresholds.

    Args:
        printed: left, top, right, bottom, in pixels of the sheet.
    """
    corners = np.array([(x, y, 1.0) for x in printed[0::2] for y in printed[1::2]])
    x, y = (corners @ warp.to_page.T).T
    left, top = (max(0, int(np.floor(one.min())) - around) for one in (x, y))
    right, bottom = min(warp.width, int(np.ceil(x.max())) + around), min(warp.height, int(np.ceil(y.max())) + around)
    moved = warp.to_page.copy()
    moved[:, 2] -= (left, top)
    return replace(warp, to_page=moved, width=right - left, height=bottom - top, left=left, top=top)


def warped(grey: Pixels, warp: Warp, light: Light, *, rotation: int) -> Pixels:
    """The page image: inverted, warped, flattened, its black borders white."""
    if light.inverted:
        grey = 255 - grey
    paper = int(np.percentile(grey[::16, ::16], 90))
    pixels = _through_mesh(grey, warp, fill=paper) if warp.sheet else _turned(grey, warp, rotation=rotation, fill=paper)
    carried = light.background if light.background is None else _carried(light.background, grey.shape, warp)
    pixels = relit(pixels, light, carried)
    if light.border is not None:
        pixels[_carried(light.border, grey.shape, warp) > 127] = 255
    return pixels


def _turned(grey: Pixels, warp: Warp, *, rotation: int, fill: int) -> Pixels:
    """Scaled, turned by quarters and straightened, each only where there is something to do."""
    high, wide = grey.shape
    new_wide, new_high = _scaled_size(grey, warp)
    rest = warp.to_page @ np.diag([wide / new_wide, high / new_high, 1.0])
    straight = np.allclose(rest[:, :2], np.rint(rest[:, :2]), atol=1e-3)
    size = (warp.width, warp.height)
    if not straight and _SHRUNK <= warp.scale <= _ENLARGED:
        return _apply(grey, warp.to_page, size, flags=cv2.INTER_CUBIC, fill=fill)
    # Area averaging is for shrinking. A page made larger is sampled again by the simpler method: half the time in all.
    scaled = _scaled(grey, warp, cv2.INTER_AREA if warp.scale < _SHRUNK else cv2.INTER_CUBIC)
    if straight:
        inside = np.s_[warp.top : warp.top + warp.height, warp.left : warp.left + warp.width]
        return np.rot90(scaled, -rotation // 90)[inside].copy()
    return _apply(scaled, rest, size, flags=cv2.INTER_LINEAR if warp.scale > _ENLARGED else cv2.INTER_CUBIC, fill=fill)


def _carried(grid: Pixels, shape: tuple[int, ...], warp: Warp) -> Pixels:
    """A map over the reduced page, carried to the page image; beyond the page it goes on as at its edge, or a seam of
    the black border would stay there. ``shape``: of the scan."""
    height, width = shape if warp.sheet is None else (warp.sheet.height, warp.sheet.width)
    size = max(1, warp.width // _COARSE), max(1, warp.height // _COARSE)
    coarser = np.array([[size[0] / warp.width], [size[1] / warp.height]])
    matrix = coarser * warp.to_page @ np.diag([width / grid.shape[1], height / grid.shape[0], 1.0])
    coarse = _apply(grid, matrix, size, flags=cv2.INTER_LINEAR, border=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(coarse, (warp.width, warp.height), interpolation=cv2.INTER_LINEAR), np.uint8)


def flattened(small: Pixels, sheet: Mesh) -> Pixels:
    """The sheet alone, one pixel for one of ``small``, from which it was measured."""
    size = (max(1, round(sheet.width)), max(1, round(sheet.height)))
    as_it_is = Warp(to_page=np.eye(3)[:2], width=size[0], height=size[1], scale=1.0, sheet=sheet)
    return _through_mesh(small, as_it_is, fill=255)


def _scaled(grey: Pixels, warp: Warp, method: int) -> Pixels:
    """At the page image's scale, not turned yet: cubic sampling skips pixels when it shrinks, area averaging doesn't,
    but can't turn."""
    size = _scaled_size(grey, warp)
    if size == grey.shape[::-1]:
        return grey
    return np.asarray(cv2.resize(grey, size, interpolation=method), dtype=np.uint8)


def _scaled_size(grey: Pixels, warp: Warp) -> tuple[int, int]:
    """Width and height."""
    height, width = grey.shape
    vertical = float(np.hypot(*warp.to_page[:, 1])) if warp.sheet is None else warp.scale
    return max(1, round(width * warp.scale)), max(1, round(height * vertical))


def _through_mesh(grey: Pixels, warp: Warp, *, fill: int) -> Pixels:
    """Sampled where the mesh says, which is asked once for each `_CELL` pixels and spanned between."""
    assert warp.sheet is not None
    source = _scaled(grey, warp, cv2.INTER_AREA) if warp.scale < _SHRUNK else grey
    shrink = np.array([source.shape[1] / grey.shape[1], source.shape[0] / grey.shape[0]])
    columns, rows = warp.width // _CELL + 3, warp.height // _CELL + 3
    # Places in the middle of cells of which the first lies outside, so that resizing spans the whole page image.
    x, y = (np.arange(count) * _CELL - _CELL / 2 for count in (columns, rows))
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    on_sheet = places @ warp.to_sheet[:, :2].T + warp.to_sheet[:, 2]
    on_scan = (warp.sheet.in_scan(on_sheet) * shrink - 0.5).reshape(rows, columns, 2).astype(np.float32)
    out = np.empty((warp.height, warp.width), np.uint8)
    for top in range(0, warp.height, _STRIP):  # spanned all at once, the places fill more memory than a core has near
        high = min(_STRIP, warp.height - top)
        nodes = on_scan[top // _CELL : (top + high - 1) // _CELL + 3]
        spanned = cv2.resize(nodes, (columns * _CELL, len(nodes) * _CELL), interpolation=cv2.INTER_LINEAR)
        inside = spanned[_CELL : _CELL + high, _CELL : _CELL + warp.width]
        cv2.remap(source, inside, None, cv2.INTER_CUBIC, out[top : top + high], cv2.BORDER_CONSTANT, fill)  # type: ignore[call-overload]
    return out


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
