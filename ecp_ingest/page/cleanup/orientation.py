"""Which way is up, and how far from straight: from ink alone, without recognising anything."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.cleanup.skew import MANY_POINTS, Points, edge_points, evenly_thinned
from ecp_ingest.page.imaging.components import Indices

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
    lower, upper = (_concentration(edge_points(text, below=below), skew) for below in (True, False))
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
    points = evenly_thinned(ink, at_most=MANY_POINTS // 2)
    strips = _strips(points)
    angles = np.arange(-12.0, 12.1, 1.0)
    return max(float(np.square(_strip_profiles(points, strips, angle, bin_size=2.0)).sum()) for angle in angles)
