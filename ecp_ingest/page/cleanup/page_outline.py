"""The sheet on the desk: where its four edges run in a photograph, and how the scan is led back to the flat sheet.

A sheet is found as what lies inside the strongest closed edge between the middle of the picture and its rim, by
watershed; each of its sides is then measured to a part of a pixel. Four straight sides make a homography, with the
sheet's true shape after Zhang and He, "Whiteboard scanning and image enhancement" (Digital Signal Processing 17,
2007). Where two opposite sides are curved, the sheet is a ruled surface between them, flattened from its boundary
as by Brown and Tsoi, "Geometric and shading correction for images of printed materials using boundary" (IEEE
Transactions on Image Processing 15, 2006). A sheet of which not all four sides are in the picture isn't judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Mesh, Pixels

Points = npt.NDArray[np.float64]
"""N×2, (x, y)."""

_SMALLEST = 200
"""Pixels of the shorter side, of which a sheet may be found."""
_COARSE = 480
"""Longer side of the picture on which the sheet is looked for: letters are gone there."""
_DESK = 0.78
"""Of the paper's brightness: most of the picture's rim is darker, or there is no desk to be seen."""
_STATIONS = 180
"""Places along a side at which it is measured."""
_REACH = 9
"""Pixels either way, on the reduced page."""
_STEP = 0.12
"""Of the paper's brightness: an edge is at least that steep."""
_STRAIGHT, _SMOOTH = 1.3, 1.6
"""Pixels on the reduced page, root mean square: how far the measured places are from a straight side, from a curve."""
_NODES = 41
_INSET = 0.004
"""Of the sheet, along each side: its rim, which is bent, torn and in shadow."""
_SHEETS = (2**0.5, 11 / 8.5, 14 / 8.5)
"""Heights over widths: A4, letter, legal."""


@dataclass(frozen=True, eq=False, slots=True)
class _Side:
    """From one corner to the next: a chord, and how far the side bows out of it."""

    start: Points
    end: Points
    bow: npt.NDArray[np.float64] | None
    """Coefficients of a polynomial in 0…1 along the chord: pixels to the chord's left-hand normal; None: straight."""

    def at(self, t: npt.NDArray[np.float64]) -> Points:
        along = self.end - self.start
        points = self.start + t[:, None] * along
        if self.bow is not None:
            points = points + np.polyval(self.bow, t)[:, None] * _normal(along)
        return np.asarray(points, dtype=np.float64)


def find_sheet(small: Pixels) -> Mesh | None:
    """The sheet in H×W grey of square pixels, about 150 dpi; None where no desk is seen around a whole sheet."""
    height, width = small.shape
    if min(height, width) < _SMALLEST:
        return None
    factor = min(1.0, _COARSE / max(height, width))
    size = (round(width * factor), round(height * factor))
    coarse = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    corners = _corners(coarse) if _has_desk(coarse) else None
    if corners is None:
        return None
    corners = (corners + 0.5) / factor
    sides = [_measured(small, corners[i], corners[(i + 1) % 4]) for i in range(4)]
    found = [side for side in sides if side is not None]
    curved = [side.bow is not None for side in found]
    if len(found) < 4 or (any(curved[0::2]) and any(curved[1::2])):
        return None
    return _bent(found) if any(curved) else _tilted(found, small.shape)


def _has_desk(coarse: Pixels) -> bool:
    rim = np.concatenate([coarse[:4].ravel(), coarse[-4:].ravel(), coarse[:, :4].ravel(), coarse[:, -4:].ravel()])
    return bool((rim < _DESK * np.percentile(coarse, 90)).mean() > 0.6)


def _corners(coarse: Pixels) -> Points | None:
    """4×2, clockwise from the top left: the quadrilateral around what is inside the strongest closed edge."""
    height, width = coarse.shape
    clear = cv2.medianBlur(np.asarray(cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((11, 11), np.uint8))), 5)
    markers = np.zeros(coarse.shape, np.int32)
    markers[:3], markers[-3:], markers[:, :3], markers[:, -3:] = 1, 1, 1, 1
    markers[height * 2 // 5 : height * 3 // 5, width * 2 // 5 : width * 3 // 5] = 2
    inside = (cv2.watershed(cv2.cvtColor(clear, cv2.COLOR_GRAY2BGR), markers) == 2).astype(np.uint8)
    inside = np.asarray(cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)), np.uint8)
    if not 0.25 < inside.mean() < 0.97:
        return None
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea)
    around = np.asarray(cv2.approxPolyN(outline, 4, ensure_convex=True), np.float64).reshape(-1, 2)
    if len(around) != 4 or cv2.contourArea(outline) < 0.85 * cv2.contourArea(around.astype(np.float32)):
        return None
    # The quadrilateral stands outside a curved outline: each corner goes to the outline's nearest point.
    points = outline.reshape(-1, 2).astype(np.float64)
    around = np.array([points[np.argmin(np.square(points - corner).sum(axis=1))] for corner in around])
    edge = max(2.0, 0.004 * max(height, width))
    if (around < edge).any() or (around > np.array([width, height]) - 1 - edge).any():
        return None  # the sheet reaches out of the picture
    turn = np.argsort(np.arctan2(*(around - around.mean(axis=0)).T[::-1]))
    around = around[turn]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)


def _normal(along: Points) -> Points:
    """Of length 1, to the right of ``along`` as seen on the page: inward, for sides that run clockwise."""
    return np.asarray(np.array([-along[1], along[0]]) / np.hypot(*along), dtype=np.float64)


def _measured(small: Pixels, start: Points, end: Points) -> _Side | None:
    """The side near the chord from ``start`` to ``end``: where the picture brightens most steeply inwards."""
    along = end - start
    if np.hypot(*along) < 100:
        return None
    bow = np.zeros(1)
    for reach in (4 * _REACH, _REACH):
        t, offset = _steps(small, _Side(start, end, bow), reach)
        if len(t) < 0.5 * _STATIONS:
            return None
        offset = offset + np.polyval(bow, t)
        bow, error = _fitted(t, offset, degree=1)
        straight = error < _STRAIGHT
        if not straight:
            bow, error = _fitted(t, offset, degree=5)
    if straight:
        ends = np.array([start, end]) + np.polyval(bow, [0.0, 1.0])[:, None] * _normal(along)
        return _Side(ends[0], ends[1], None)
    return _Side(start, end, bow) if error < _SMOOTH else None


def _steps(small: Pixels, side: _Side, reach: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where along the side (0…1), and how far inwards of it, the steepest step up lies; flat places are left out."""
    t = np.linspace(0.03, 0.97, _STATIONS)
    offsets = np.arange(-reach, reach + 1, dtype=np.float64)
    inward = _normal(side.end - side.start)
    places = side.at(t)[:, None] + offsets[None, :, None] * inward - 0.5
    x, y = (np.ascontiguousarray(places[..., i], dtype=np.float32) for i in (0, 1))
    sampled = cv2.remap(cv2.blur(small, (3, 3)), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # Neighbouring places together, for grain, and a step seen over three pixels.
    profile = np.asarray(cv2.blur(sampled.astype(np.float32), (1, 5)), np.float64)
    rise = profile[:, 3:] - profile[:, :-3]
    best = rise.argmax(axis=1)
    rows = np.arange(len(t))
    bright = np.maximum(profile.max(axis=1), 1.0)
    sure = rise[rows, best] > _STEP * bright
    left, here, right = (rise[rows, np.clip(best + d, 0, rise.shape[1] - 1)] for d in (-1, 0, 1))
    bend = left - 2 * here + right
    finer = np.where(bend < 0, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0.0)
    found = offsets[best] + 1.5 + np.clip(finer, -1, 1)
    return t[sure], found[sure]


def _fitted(
    t: npt.NDArray[np.float64], offset: npt.NDArray[np.float64], *, degree: int
) -> tuple[npt.NDArray[np.float64], float]:
    """Polynomial and root mean square error of the four fifths that fit best, after three rounds of leaving out."""
    kept = np.ones(len(t), bool)
    for _ in range(3):
        fit = np.polyfit(t[kept], offset[kept], degree)
        error = np.abs(np.polyval(fit, t) - offset)
        kept = error <= max(np.quantile(error, 0.8), 0.75)
    return fit, float(np.sqrt(np.square(error[kept]).mean()))


def _crossing(one: _Side, other: _Side) -> tuple[float, float]:
    """Where along each of two sides they cross, near the end of the first and the start of the second; 0…1 each."""
    a, b = 1.0, 0.0
    for _ in range(8):
        near = np.array([a, a + 1e-4, b, b + 1e-4])
        p, q = one.at(near[:2]), other.at(near[2:])
        jacobian = np.column_stack([(p[1] - p[0]) / 1e-4, -(q[1] - q[0]) / 1e-4])
        a, b = np.array([a, b]) - np.linalg.solve(jacobian, p[0] - q[0])
    return float(a), float(b)


def _tilted(sides: list[_Side], shape: tuple[int, ...]) -> Mesh:
    corners = np.array([sides[i - 1].at(np.array([_crossing(sides[i - 1], sides[i])[0]]))[0] for i in range(4)])
    across, down = (_mean_length(corners, i) for i in (0, 1))
    ratio = _true_ratio(corners, shape)
    width, height = np.sqrt(across * down / ratio), np.sqrt(across * down * ratio)
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    view = cv2.getPerspectiveTransform(flat, corners.astype(np.float32)).astype(np.float64)
    even = np.linspace(_INSET, 1 - _INSET, _NODES)
    grid = np.stack(np.meshgrid(even, even), axis=-1).reshape(1, -1, 2)
    nodes = cv2.perspectiveTransform(grid, view).reshape(_NODES, _NODES, 2)
    return Mesh(np.asarray(nodes, np.float64), float(width * (1 - 2 * _INSET)), float(height * (1 - 2 * _INSET)))


def _mean_length(corners: Points, first: int) -> float:
    sides = np.roll(corners, -1, axis=0) - corners
    return float(np.hypot(*sides[first::2].T).mean())


def _true_ratio(corners: Points, shape: tuple[int, ...]) -> float:
    """Height over width of the rectangle seen as ``corners`` by a camera that looks at the picture's middle (Zhang and
    He, section 3), or of the corners as they are, where the view is too straight to tell; a usual sheet's where it is
    close to one."""
    middle = np.array([shape[1] / 2, shape[0] / 2])
    m1, m2, m4, m3 = (np.append(corner - middle, 1.0) for corner in corners)
    k2 = np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3)
    k3 = np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    across, down = _mean_length(corners, 0), _mean_length(corners, 1)
    ratio = down / across
    if abs(n2[2] * n3[2]) > 1e-4:
        focal_square = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
        if 0.3 < np.sqrt(max(focal_square, 0.0)) / max(shape) < 5:
            lengths = [(n[0] ** 2 + n[1] ** 2) / focal_square + n[2] ** 2 for n in (n2, n3)]
            found = float(np.sqrt(lengths[1] / lengths[0]))
            ratio = found if 0.75 < found / ratio < 1.33 else ratio
    usual = min((r for known in _SHEETS for r in (known, 1 / known)), key=lambda r: abs(np.log(r / ratio)))
    return usual if abs(np.log(usual / ratio)) < 0.05 else ratio


def _bent(sides: list[_Side]) -> Mesh:
    """Two opposite sides curved: rulings join the places that are equally far along them."""
    crossings = [_crossing(sides[i - 1], sides[i]) for i in range(4)]
    spans = [(crossings[i][1], crossings[(i + 1) % 4][0]) for i in range(4)]
    first = 0 if sides[0].bow is not None or sides[2].bow is not None else 1
    even = np.linspace(0, 1, 400)
    lead, back = (sides[i].at(spans[i][0] + even * (spans[i][1] - spans[i][0])) for i in (first, first + 2))
    lead, back = _equally_far(lead, back[::-1])
    nodes_at = np.linspace(_INSET, 1 - _INSET, _NODES)
    lead, back = _at(lead, nodes_at), _at(back, nodes_at)
    down = nodes_at[:, None, None]
    nodes = lead * (1 - down) + back * down
    ruling = float(np.hypot(*(back - lead).T).mean())
    length = float(np.mean([np.hypot(*np.diff(one, axis=0).T).sum() for one in (lead, back)]))
    if first == 0:
        return Mesh(nodes, length, ruling * (1 - 2 * _INSET))
    # Right and left are curved: rows and columns change places, the right side becomes the last column.
    return Mesh(np.ascontiguousarray(nodes[::-1].transpose(1, 0, 2)), ruling * (1 - 2 * _INSET), length)


def _at(points: Points, places: npt.NDArray[np.float64]) -> Points:
    """Between evenly spaced ``points``, at ``places`` from 0 to 1."""
    index = np.arange(len(points))
    return np.column_stack([np.interp(places * index[-1], index, points[:, i]) for i in (0, 1)])


def _equally_far(lead: Points, back: Points) -> tuple[Points, Points]:
    """Both sampled evenly on the paper: where rulings are long the paper is near, and a pixel is less of it."""
    ruling = np.hypot(*(back - lead).T)
    paper = np.hypot(*np.diff((lead + back) / 2, axis=0).T) / ((ruling[1:] + ruling[:-1]) / 2)
    far = np.concatenate([[0.0], np.cumsum(paper)])
    even = np.linspace(0, far[-1], len(far))
    one, other = (np.column_stack([np.interp(even, far, side[:, i]) for i in (0, 1)]) for side in (lead, back))
    return one, other
