"""Skew: the angle of text lines to the horizontal."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.components import labelled

Points = npt.NDArray[np.float32]
"""N×2, (x, y)."""

MAX_SKEW = 15.0
"""Degrees either way."""
MANY_POINTS = 60_000
"""Edge points that are enough to measure an angle."""
_MIN_POINTS = 600
"""Edge points, those of one line of print: the slope of a signature is no skew."""
_COARSE_STEP, _FINE_REACH, _FINE_STEP = 0.5, 0.6, 0.05
"""Degrees: steps of the first search, and reach and steps of the second around its best angle."""
_MIN_PEAK = 1.15
"""Sharpness at the best angle, in medians of the fine search; a lower one is no clear maximum."""
_MIN_UNCLEAR_SKEW = 0.3
"""Degrees: a smaller skew without a clear maximum is taken for 0."""
_MIN_MARK_AREA, _MIN_SIZED_AREA = 4, 6
"""Pixels of ink: smaller components are specks; smaller ones don't count for the usual size."""
_MAX_PRINT_SIZE, _MIN_MAX_PIXELS = 8.0, 40
"""Usual component sizes, but not less than the second, in pixels: larger components are no print."""


def skew_angle(text: Pixels) -> float:
    """Degrees, counter-clockwise positive, by which lines of print rise to the right; 0 without clear evidence.

    Projection profiles (Postl 1986): the lower edges of the print are projected along each angle, and the profile with
    the steepest flanks wins. The search is coarse first, then in steps of 0.05°, then between these by a parabola.

    Args:
        text: H×W, 1 where there is ink of print, lines running across.
    """
    points = edge_points(text, below=True)
    if len(points) < _MIN_POINTS:
        return 0.0
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 0.01, _COARSE_STEP)
    best = float(coarse[int(np.argmax([_sharpness(points, angle, bin_size=2.0) for angle in coarse]))])
    fine = best + np.arange(-_FINE_REACH, _FINE_REACH + 0.01, _FINE_STEP)
    scores = np.array([_sharpness(points, angle, bin_size=1.0) for angle in fine])
    peak = int(np.argmax(scores))
    if abs(fine[peak]) > MAX_SKEW:
        return 0.0
    if scores[peak] < _MIN_PEAK * float(np.median(scores)) + 1e-9:
        return 0.0 if abs(fine[peak]) < _MIN_UNCLEAR_SKEW else float(fine[peak])
    if 0 < peak < len(fine) - 1:
        left, here, right = scores[peak - 1 : peak + 2]
        bend = left - 2 * here + right
        shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
        return float(fine[peak] + _FINE_STEP * np.clip(shift, -1, 1))
    return float(fine[peak])


def straightness(text: Pixels, *, skew: float) -> float:
    """How much the lower edges of the print gather in few rows along ``skew`` degrees, from side to side of the page.

    Higher is straighter; it can be compared between pages of one scale and one text.
    """
    points = edge_points(text, below=True)
    return _sharpness(points, skew, bin_size=1.0) / max(1, len(points)) ** 2


def text_ink(ink: Pixels) -> Pixels:
    """The ink of print, without pictures, ruling lines, frames and specks."""
    labels, stats, _ = labelled(ink)
    if len(stats) < 2:
        return ink
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    size = np.maximum(width, height)
    sized = size[1:][area[1:] >= _MIN_SIZED_AREA]
    if sized.size == 0:
        return np.zeros_like(ink)
    usual = float(np.median(sized))
    keep = (size <= max(_MAX_PRINT_SIZE * usual, _MIN_MAX_PIXELS)) & (area >= _MIN_MARK_AREA)
    keep[0] = False
    return np.asarray(np.take(keep.astype(np.uint8), labels), dtype=np.uint8)


def edge_points(ink: Pixels, *, below: bool) -> Points:
    """Ink pixels with paper right below them (or right above them), as (x, y) from the centre of the page.

    Baselines show best with ``below``.
    """
    beyond = np.zeros_like(ink)
    if below:
        beyond[:-1] = ink[1:]
    else:
        beyond[1:] = ink[:-1]
    points = evenly_thinned(np.asarray(ink > beyond, np.uint8), at_most=MANY_POINTS)
    return points - np.array([ink.shape[1] / 2, ink.shape[0] / 2], np.float32)


def evenly_thinned(mask: Pixels, *, at_most: int) -> Points:
    """The pixels that are set, as (x, y), evenly thinned to ``at_most`` points."""
    found = cv2.findNonZero(mask)
    if found is None:
        return np.zeros((0, 2), np.float32)
    points = found.reshape(-1, 2)
    if len(points) > at_most:
        points = points[np.linspace(0, len(points) - 1, at_most).astype(np.intp)]
    return points.astype(np.float32)


def _sharpness(points: Points, degrees: float, *, bin_size: float) -> float:
    """Sum of squared steps of the profile along lines that rise by ``degrees``."""
    angle = np.deg2rad(degrees)
    across = points[:, 1] * np.float32(np.cos(angle)) + points[:, 0] * np.float32(np.sin(angle))
    bins = ((across - across.min()) / bin_size).astype(np.intp)
    profile = np.bincount(bins).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())
