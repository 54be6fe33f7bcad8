"""Which way is up, and how far from straight: from ink alone, without recognising anything."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import Pixels

Points = npt.NDArray[np.float32]

MAX_SKEW = 15.0
"""Degrees either way."""
_MANY = 60_000
"""Edge points that are enough to measure an angle by."""


def quarter_turns(ink: Pixels) -> int:
    """Degrees clockwise (0, 90, 180, 270) by which the page has to be turned to stand upright.

    Args:
        ink: H×W, 1 where ink is, about 150 dpi, without black borders.
    """
    text = text_ink(ink)
    if _line_energy(np.ascontiguousarray(np.rot90(text))) > 1.3 * _line_energy(text):
        return 90
    return 0


def skew_angle(ink: Pixels) -> float:
    """Degrees, counter-clockwise positive, by which lines of print rise to the right; 0 where nothing tells.

    Projection profiles (Postl 1986): the lower edges of the print are projected along every angle, and the profile
    with the steepest flanks wins. First coarsely, then in steps of 0.05°, then between these by a parabola.

    Args:
        ink: H×W, 1 where ink is, about 150 dpi, upright.
    """
    points = _lower_edges(text_ink(ink))
    if len(points) < 200:
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


def text_ink(ink: Pixels) -> Pixels:
    """The ink without what is no print: pictures, rules, frames and specks."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return ink
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    size = np.maximum(width, height)
    told = size[1:][area[1:] >= 6]
    if told.size == 0:
        return np.zeros_like(ink)
    usual = float(np.median(told))
    keep = (size <= max(8 * usual, 40)) & (area >= 4)
    keep[0] = False
    return np.asarray(keep.astype(np.uint8)[labels], dtype=np.uint8)


def _lower_edges(ink: Pixels) -> Points:
    """N×2 (x, y) from the centre: ink with paper under it, where baselines show best."""
    below = np.zeros_like(ink)
    below[:-1] = ink[1:]
    y, x = np.nonzero((ink == 1) & (below == 0))
    if len(x) > _MANY:
        chosen = np.linspace(0, len(x) - 1, _MANY).astype(np.intp)
        y, x = y[chosen], x[chosen]
    centred = np.stack([x - ink.shape[1] / 2, y - ink.shape[0] / 2], axis=1)
    return np.asarray(centred, dtype=np.float32)


def _sharpness(points: Points, degrees: float, *, bin_size: float) -> float:
    """Sum of squared steps of the profile along lines that rise by ``degrees``."""
    angle = np.deg2rad(degrees)
    across = points[:, 1] * np.float32(np.cos(angle)) + points[:, 0] * np.float32(np.sin(angle))
    bins = ((across - across.min()) / bin_size).astype(np.intp)
    profile = np.bincount(bins).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())


def _line_energy(ink: Pixels) -> float:
    """How strongly rows of print alternate with gaps, in strips, so that neither columns nor some skew hide it."""
    height, width = ink.shape
    strips = max(1, width // 150)
    energy = 0.0
    for strip in np.array_split(ink, strips, axis=1):
        profile = strip.sum(axis=1, dtype=np.float64)
        smooth = np.convolve(profile, np.ones(3) / 3, mode="same")
        total = smooth.sum()
        if total > 0:
            energy += float(np.square(np.diff(smooth)).sum()) / total
    return energy / strips
