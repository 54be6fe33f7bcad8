"""Which way is up, and how far from straight: from ink alone, without recognising anything."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import Pixels
from ecp_ingest.page.imaging.components import Indices, labelled

Points = npt.NDArray[np.float32]

MAX_SKEW = 15.0
"""Degrees either way."""
_MANY = 60_000
"""Edge points that are enough to measure an angle by."""
_FEW = 600
"""Edge points, those of a line of print: a signature's own slope is no skew."""
_LITTLE = 800
"""Pixels of ink, about two words: less tells nothing."""
_STRIP = 250
_ON_SIDE = 1.13
"""Pages that lie on their side have reached 1.3 and more, upright ones at most 0.75."""
_EDGE_WEIGHT = 8.0
_SURE = 0.15
"""Evidence of upright pages has a median of 4 to 5 and was never below 0.3."""

# Bit 3·row + column of a pattern is set where ink is, top left first; weight of the pattern less its half turn.
_PATTERNS_OF_HALVES: dict[int, float] = {
    3: 0.77,
    5: 1.24,
    7: 0.64,
    11: -0.66,
    22: -0.83,
    24: 0.97,
    25: 0.76,
    26: -0.66,
    27: 0.35,
    30: -0.68,
    31: 0.57,
    36: -0.36,
    45: 1.13,
    63: 0.63,
    77: -1.14,
    79: 1.01,
    91: -0.5,
    127: 0.72,
    219: -0.75,
    247: -0.87,
    255: 0.33,
    295: -0.66,
    319: -1.05,
    367: 0.73,
    439: -0.38,
    447: -0.76,
}
_PATTERNS_OF_THIRDS: dict[int, float] = {
    2: -0.62,
    3: 1.08,
    4: -0.71,
    5: 1.45,
    6: 0.43,
    7: 1.15,
    9: -0.39,
    19: -0.42,
    22: -0.86,
    23: -0.55,
    24: 1,
    25: 0.61,
    26: -0.44,
    31: 0.37,
    36: -0.38,
    39: -1.04,
    44: 0.8,
    45: 1.27,
    55: 0.22,
    57: 0.45,
    61: -0.36,
    63: 0.58,
    73: -0.85,
    77: -1.08,
    79: 0.5,
    90: 0.45,
    109: -0.75,
    126: -0.39,
    147: -0.54,
    150: 0.82,
    155: -0.71,
    201: 0.63,
    219: -0.67,
    247: -0.55,
    295: -0.64,
    311: -0.43,
    319: -0.99,
    367: 0.54,
}


def lies_on_its_side(text: Pixels) -> bool:
    """Whether lines run from top to bottom: profiles along them have higher peaks than across them.

    Strips an inch and a half wide keep columns and some skew from hiding it. Where both ways look alike, no.

    Args:
        text: H×W, 1 where ink of print is (`text_ink`), about 150 dpi.
    """
    if np.count_nonzero(text) < _LITTLE:
        return False
    return _line_energy(np.ascontiguousarray(np.rot90(text))) > _ON_SIDE * _line_energy(text)


def stands_on_its_head(text: Pixels, *, skew: float) -> bool:
    """Whether a page whose lines run across is upside down; where evidence is weak, no.

    Two things differ by half a turn in both scripts. Most letters end on the baseline below, but not at one height
    above, so lower edges gather in fewer rows than upper ones. And the shapes themselves: of all 3×3 patterns of
    reduced ink, each is counted against itself upside down; logistic regression weighs the differences, fitted on
    pages in twelve faces (Latin, Naskh, Nastaliq), turned, aged and scaled, and tried on faces left out.

    Args:
        text: H×W, as above.
        skew: degrees, of its lines.
    """
    if np.count_nonzero(text) < _LITTLE:
        return False
    lower, upper = (_concentration(_edges(text, below=below), skew) for below in (True, False))
    evidence = _EDGE_WEIGHT * float(np.log(lower / upper))
    for factor, weights in ((2, _PATTERNS_OF_HALVES), (3, _PATTERNS_OF_THIRDS)):
        evidence += _pattern_evidence(text, factor=factor, weights=weights)
    return evidence < -_SURE


def _pattern_evidence(text: Pixels, *, factor: int, weights: dict[int, float]) -> float:
    """Positive for upright ink."""
    size = (max(3, round(text.shape[1] / factor)), max(3, round(text.shape[0] / factor)))
    small = cv2.resize(text * np.uint8(255), size, interpolation=cv2.INTER_AREA) > 100
    height, width = small.shape
    codes = np.zeros((height - 2, width - 2), dtype=np.uint16)
    for bit in range(9):
        row, column = divmod(bit, 3)
        codes |= small[row : height - 2 + row, column : width - 2 + column].astype(np.uint16) << bit
    counts = np.bincount(codes.ravel(), minlength=512).astype(np.float64)
    total = counts[1:511].sum() + 100
    evidence = 0.0
    for pattern, weight in weights.items():
        here, turned = counts[pattern], counts[int(f"{pattern:09b}"[::-1], 2)]
        evidence += weight * 10 * (here - turned) / np.sqrt((here + turned + 20) * total)
    return float(evidence)


def skew_angle(text: Pixels) -> float:
    """Degrees, counter-clockwise positive, by which lines of print rise to the right; 0 where nothing tells.

    Projection profiles (Postl 1986): the lower edges of the print are projected along every angle, and the profile
    with the steepest flanks wins. First coarsely, then in steps of 0.05°, then between these by a parabola.

    Args:
        text: H×W, as above, its lines running across.
    """
    points = _edges(text, below=True)
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
    points = _edges(text, below=True)
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


def _edges(ink: Pixels, *, below: bool) -> Points:
    """N×2 (x, y) from the centre: ink with paper under it (or over it). Baselines show best in the former."""
    beyond = np.zeros_like(ink)
    if below:
        beyond[:-1] = ink[1:]
    else:
        beyond[1:] = ink[:-1]
    points = _places(np.asarray(ink > beyond, np.uint8), at_most=_MANY)
    return points - np.array([ink.shape[1] / 2, ink.shape[0] / 2], np.float32)


def _places(mask: Pixels, *, at_most: int) -> Points:
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


def _strips(points: Points) -> Indices:
    """In which vertical strip each point lies."""
    return np.asarray((points[:, 0] - points[:, 0].min()) / _STRIP, dtype=np.intp)


def _strip_profiles(points: Points, strips: Indices, degrees: float, *, bin_size: float) -> npt.NDArray[np.float64]:
    """S×B: how many points lie in each row along ``degrees``, in each vertical strip, smoothed over three rows."""
    angle = np.deg2rad(degrees)
    across = points[:, 1] * np.float32(np.cos(angle)) + points[:, 0] * np.float32(np.sin(angle))
    rows = ((across - across.min()) / bin_size).astype(np.intp)
    count, height = int(strips.max()) + 1, int(rows.max()) + 1
    counts = np.bincount(strips * height + rows, minlength=count * height).reshape(count, height).astype(np.float64)
    padded = np.pad(counts, ((0, 0), (1, 1)))
    return padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]


def _concentration(points: Points, degrees: float) -> float:
    """How much the points gather in few rows, whatever their number."""
    profiles = _strip_profiles(points, _strips(points), degrees, bin_size=1.0)
    return float(np.square(profiles).sum() / max(1, len(points)) ** 2)


def _line_energy(ink: Pixels) -> float:
    """How strongly rows of print alternate with gaps, along the best of the angles that skew may have."""
    points = _places(ink, at_most=_MANY // 2)
    strips = _strips(points)
    angles = np.arange(-12.0, 12.1, 1.0)
    return max(float(np.square(_strip_profiles(points, strips, angle, bin_size=2.0)).sum()) for angle in angles)
