"""The angle by which text lines are off the horizontal."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.components import labelled

Points = npt.NDArray[np.float32]


MAX_SKEW = 15.0
"""Degrees either way."""


MANY_POINTS = 60_000
"""Edge points that are enough to measure an angle by."""


_FEW = 600
"""Edge points, those of a line of print: a signature's own slope is no skew."""


def skew_angle(text: Pixels) -> float:
    """Degrees, counter-clockwise positive, by which lines of print rise to the right; 0 where nothing tells.

    Projection profiles (Postl 1986): the lower edges of the print are projected along every angle, and the profile
    with the steepest flanks wins. First coarsely, then in steps of 0.05°, then between these by a parabola.

    Args:
        text: H×W, as above, its lines running across.
    """
    points = edge_points(text, below=True)
    if len(points) < _FEW:
        return 0.0
    coarse = np.arange(-MAX_SKEW, MAX_SKEW + 0.01, 0.5)
    best = float(coarse[int(np.argmax([_sharpness(points, angle, bin_size=2.0) for angle in coarse]))])
    fine = best + np.arange(-0.6, 0.61, 0.05)
    scores = np.array([_sharpness(points, angle, bin_size=1.0) for angle in fine])
    peak = int(np.argmax(scores))
    if abs(fine[peak]) > MAX_SKEW or scores[peak] < 1.15 * float(np.median(scores)) + 1e-9:
        return 0.0 if abs(fine[peak]) > MAX_SKEW or abs(fine[peak]) < 0.3 else float(fine[peak])
    if 0 < peak < len(fine) - 1:
        left, here, right = scores[peak - 1 : peak + 2]
        bend = left - 2 * here + right
        shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
        return float(fine[peak] + 0.05 * np.clip(shift, -1, 1))
    return float(fine[peak])


def straightness(text: Pixels, *, skew: float) -> float:
    """How much the lower edges of the print gather in few rows along ``skew`` (degrees), from side to side of the
    page: pages of one scale and one text compare, and higher is straighter."""
    points = edge_points(text, below=True)
    return _sharpness(points, skew, bin_size=1.0) / max(1, len(points)) ** 2


def text_ink(ink: Pixels) -> Pixels:
    """The ink without what is no print: pictures, rules, frames and specks."""
    labels, stats, _ = labelled(ink)
    if len(stats) < 2:
        return ink
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    size = np.maximum(width, height)
    told = size[1:][area[1:] >= 6]
    if told.size == 0:
        return np.zeros_like(ink)
    usual = float(np.median(told))
    keep = (size <= max(8 * usual, 40)) & (area >= 4)
    keep[0] = False
    return np.asarray(np.take(keep.astype(np.uint8), labels), dtype=np.uint8)


def edge_points(ink: Pixels, *, below: bool) -> Points:
    """N×2 (x, y) from the centre: ink with paper under it (or over it). Baselines show best in the former."""
    beyond = np.zeros_like(ink)
    if below:
        beyond[:-1] = ink[1:]
    else:
        beyond[1:] = ink[:-1]
    points = evenly_thinned(np.asarray(ink > beyond, np.uint8), at_most=MANY_POINTS)
    return points - np.array([ink.shape[1] / 2, ink.shape[0] / 2], np.float32)


def evenly_thinned(mask: Pixels, *, at_most: int) -> Points:
    """N×2 (x, y) of what is set, evenly thinned out."""
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
