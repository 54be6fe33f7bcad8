"""What moves things on a page: crooked, turned, rescaled, photographed, curled. Boxes go where their ink goes.

Every function: marked page in, new marked page out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker.bench.located import MarkedPage

Points = npt.NDArray[np.float64]
"""N×2, (x, y)."""


def moved(page: MarkedPage, pixels: Pixels, where: Callable[[Points], Points]) -> MarkedPage:
    """The page with new ``pixels``; ``where`` tells of points on the old page where they lie on the new one."""
    return replace(
        page,
        pixels=pixels,
        words={number: where(corners) for number, corners in page.words.items()},
        figures=tuple(where(corners) for corners in page.figures),
    )


def rescaled(page: MarkedPage, across: float, down: float) -> MarkedPage:
    """By one factor across and another down: the pixels of a fax aren't square."""
    height, width = page.pixels.shape[:2]
    size = (round(width * across), round(height * down))
    factor = np.array([size[0] / width, size[1] / height])
    pixels = np.asarray(cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return moved(page, pixels, lambda points: points * factor)


def padded(page: MarkedPage, width: int, *, level: int = 255) -> MarkedPage:
    """In the middle of a page ``width`` pixels wide, or as it is where it is wider already."""
    spare = max(0, width - page.pixels.shape[1])
    sides = [(0, 0), (spare // 2, spare - spare // 2), (0, 0)][: page.pixels.ndim]
    pixels = np.pad(page.pixels, sides, constant_values=level)
    return moved(page, pixels, lambda points: points + np.array([spare // 2, 0]))


def turned(page: MarkedPage, rotation: int) -> MarkedPage:
    """Put on the glass so that ``rotation`` degrees clockwise (a multiple of 90) bring it upright again."""
    height, width = page.pixels.shape[:2]
    pixels = np.ascontiguousarray(np.rot90(page.pixels, rotation // 90))

    def where(points: Points) -> Points:
        x, y = points.T
        ways = {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}
        return np.column_stack(ways[rotation % 360])

    return replace(moved(page, pixels, where), rotation=(page.rotation + rotation) % 360)


def skewed(page: MarkedPage, degrees: float, *, level: int = 255) -> MarkedPage:
    """Turned about its middle, counter-clockwise positive, on a picture that grows so that no corner is lost; what
    comes free is ``level``."""
    height, width = page.pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    grown = np.ceil(np.abs(turn[:, :2]) @ [width, height]).astype(int)
    turn[:, 2] += (grown - [width, height]) / 2
    pixels = cv2.warpAffine(
        page.pixels, turn, tuple(map(int, grown)), flags=cv2.INTER_CUBIC, borderValue=(level, level, level)
    )
    return moved(page, np.asarray(pixels, dtype=np.uint8), lambda points: points @ turn[:, :2].T + turn[:, 2])


def photographed(
    page: MarkedPage, desk: Pixels, *, tilt: tuple[float, float], spin: float, distance: float, fill: float
) -> MarkedPage:
    """Lying on ``desk``, as a pinhole camera sees it: the page tilted by ``tilt`` degrees away from the camera (about
    its horizontal and its vertical axis), turned by ``spin`` degrees, ``distance`` of its own heights away, filling
    the part ``fill`` of the picture, which is as large as the desk's. A soft shadow lies beside it."""
    height, width = page.pixels.shape[:2]
    frame = np.array(desk.shape[1::-1])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)
    in_space = np.column_stack([(corners - [width / 2, height / 2]) / height, np.zeros(4)]) @ _pose(tilt, spin).T
    seen = in_space[:, :2] / (distance + in_space[:, 2:])
    extent = seen.max(axis=0) - seen.min(axis=0)
    seen = (seen - seen.min(axis=0) - extent / 2) * (frame * fill / extent).min() + frame / 2
    view = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    size = tuple(map(int, frame))
    flat = cv2.warpPerspective(page.pixels, view, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.full((height, width), 255, dtype=np.uint8), view, size)
    shadow = cv2.GaussianBlur(np.roll(cover, (18, 14), axis=(0, 1)), (0, 0), 16)[..., None] / 255
    part = cover[..., None].astype(np.float32) / 255
    pixels = flat * part + desk * (1 - 0.55 * shadow.astype(np.float32)) * (1 - part)
    return moved(page, pixels.astype(np.uint8), lambda points: _through(np.asarray(view, dtype=np.float64), points))


def _pose(tilt: tuple[float, float], spin: float) -> npt.NDArray[np.float64]:
    """Rotation matrix: spin, then tilt about x, then about y; degrees."""
    (a, b), c = np.radians(tilt), np.radians(spin)
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def _through(view: npt.NDArray[np.float64], points: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points[None], view)[0])


def curled(page: MarkedPage, *, rise: float, fall: float, distance: float = 1.6, level: int = 45) -> MarkedPage:
    """A page of an open book seen from above: a general cylinder whose rulings run down the page, under a pinhole
    camera, as in Cao, Ding and Liu, "Rectifying the bound document image based on the camera captured with cylinder
    model" (ICDAR 2003); the profile is the cubic of Zucker's page_dewarp (2016), height zero at both edges.

    ``rise``: slope at the left edge, where it is bound; ``fall``: at the right. ``distance`` of the camera from the
    flat page in page widths. Where the paper turns away from the light above, it is darker. Around it: ``level``.
    """
    height, width = page.pixels.shape[:2]
    x = np.linspace(0, 1, 2000)
    z = (rise + fall) * x**3 - (2 * rise + fall) * x**2 + rise * x
    slope = np.gradient(z, x)
    along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])  # arc length: the paper doesn't stretch
    scale = width / along[-1]  # pixels to one width of the curled page
    nearer = distance / (distance - z)
    seen = (x - 0.5) * nearer
    left, right = seen[0] * scale, seen[-1] * scale
    margin = round(width * 0.03)
    size = (int(right - left) + 2 * margin, int(height * nearer.max()) + 2 * margin)

    columns = (np.arange(size[0]) - margin + left) / scale
    flat_x = np.interp(columns, seen, along * scale, left=-9, right=width + 9)
    grow = np.interp(columns, seen, nearer)
    flat_y = (np.arange(size[1])[:, None] - size[1] / 2) / grow + height / 2
    pixels = cv2.remap(
        page.pixels,
        np.broadcast_to(flat_x, size[::-1]).astype(np.float32),
        flat_y.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(level, level, level),
    )
    light = np.interp(columns, seen, 1 / np.hypot(1, slope)) ** 2.5
    lit = pixels * (light if pixels.ndim == 2 else light[:, None]).astype(np.float32)

    def where(points: Points) -> Points:
        at = np.interp(points[:, 0], along * scale, x)
        closer = np.interp(at, x, nearer)
        across = np.interp(at, x, seen) * scale - left + margin
        return np.column_stack([across, (points[:, 1] - height / 2) * closer + size[1] / 2])

    return moved(page, lit.astype(np.uint8), where)
