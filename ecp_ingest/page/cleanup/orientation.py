"""Which way is up: from ink alone, without recognising anything.

Whether lines run across or down the page is judged by their profiles; whether the page is upside down by two signs that
both scripts share: lower edges of letters keep to a baseline, and small patterns of ink differ from their half turns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.data import read_data
from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.cleanup.skew import MANY_POINTS, Points, edge_points, evenly_thinned
from ecp_ingest.page.imaging.components import Indices

Weights = Mapping[int, float]
"""Code of a 3×3 pattern (bit 3·row + column is set where ink is, top left first) → weight of its count less that of its
half turn."""

WEIGHTS = "orientation.json"
"""Reduction of the page → pattern, written as nine binary digits from the bottom right to the top left → weight."""
LEAST_INK = 800
"""Pixels of ink, about two words: less ink gives no evidence."""
STRIP_WIDTH = 250
"""Pixels of a vertical strip, 1.7 inches at 150 dpi: narrow enough that skew and columns don't blur its profile."""
ON_ITS_SIDE = 1.13
"""Ratio of the line energies down and across the page. Pages on their side have 1.3 and more, upright pages at most
0.75."""
STEEPEST, ANGLE_STEP = 12.0, 1.0
"""Degrees: the angles along which lines are looked for."""
EDGE_WEIGHT = 8.0
"""Weight of the edges' evidence (the natural logarithm of how much more lower edges keep to rows than upper edges do)
beside that of the patterns. ``training.orientation_weights`` prints the value that fits its pages best."""
UPSIDE_DOWN_BELOW = -0.15
"""Evidence: a page is turned only below this. Upright pages have a median of 4 to 5, and none had less than 0.3."""
INK_LEVEL = 100
"""Of 255: a pixel of the reduced page is ink above this share of ink."""
PATTERNS = 512
HALF_TURN = np.array([int(f"{code:09b}"[::-1], 2) for code in range(PATTERNS)])
"""Code of a pattern → code of its half turn."""
PATTERN_SCALE = 10.0
"""Brings the differences to a size that suits weights of about 1."""
EMPTY_PAGE_COUNT, EMPTY_PATTERN_COUNT = 100, 20
"""Added to the counts of the page and of a pattern, so that few patterns give little evidence."""


@lru_cache(maxsize=1)
def pattern_weights() -> dict[int, Weights]:
    """Reduction of the page → weights of patterns. ``training.orientation_weights`` fits them."""
    stored = json.loads(read_data(WEIGHTS))
    return {int(factor): {int(code, 2): weight for code, weight in of.items()} for factor, of in stored.items()}


def lies_on_its_side(text: Pixels) -> bool:
    """Whether lines run from top to bottom: their profile then has higher peaks than one across the page.

    Profiles are taken in narrow strips, since columns and skew would blur them. False if the difference is small.

    Args:
        text: H×W, 1 where there is ink of print (`text_ink`), about 150 dpi.
    """
    if np.count_nonzero(text) < LEAST_INK:
        return False
    return _line_energy(np.ascontiguousarray(np.rot90(text))) > ON_ITS_SIDE * _line_energy(text)


def stands_on_its_head(text: Pixels, *, skew: float) -> bool:
    """Whether a page whose lines run across is upside down; False if the evidence is weak.

    Two signs change with half a turn in both scripts. Most letters end on a baseline below but not at one height above,
    so lower edges lie in fewer rows than upper edges. And some 3×3 patterns of the reduced ink are more frequent than
    their half turns. Their weights are a logistic regression, fitted on pages in twelve typefaces (Latin, Naskh,
    Nastaliq), turned, aged and scaled, and tested on typefaces that were left out.

    Args:
        text: H×W, as in `lies_on_its_side`.
        skew: angle of the lines, in degrees.
    """
    if np.count_nonzero(text) < LEAST_INK:
        return False
    evidence = EDGE_WEIGHT * edge_difference(text, skew=skew)
    for factor, weights in pattern_weights().items():
        differences = pattern_differences(text, factor=factor)
        pattern_evidence = 0.0
        for pattern, weight in weights.items():
            pattern_evidence += weight * differences[pattern]
        evidence += float(pattern_evidence)
    return evidence < UPSIDE_DOWN_BELOW


def edge_difference(text: Pixels, *, skew: float) -> float:
    """Natural logarithm of how much more the lower edges of the print keep to rows than the upper edges do.

    Args:
        text: H×W, as in `lies_on_its_side`.
        skew: angle of the lines, in degrees.
    """
    lower, upper = (_concentration(edge_points(text, below=below), skew) for below in (True, False))
    return float(np.log(lower / upper))


def pattern_differences(text: Pixels, *, factor: int) -> npt.NDArray[np.float64]:
    """For each of the 512 patterns: its count less that of its half turn, scaled by the standard deviation of chance.

    Args:
        text: H×W, as in `lies_on_its_side`.
        factor: the page is reduced by it.
    """
    size = (max(3, round(text.shape[1] / factor)), max(3, round(text.shape[0] / factor)))
    small = cv2.resize(text * np.uint8(255), size, interpolation=cv2.INTER_AREA) > INK_LEVEL
    height, width = small.shape
    codes = np.zeros((height - 2, width - 2), dtype=np.uint16)
    for bit in range(9):
        row, column = divmod(bit, 3)
        codes |= small[row : height - 2 + row, column : width - 2 + column].astype(np.uint16) << bit
    counts = np.bincount(codes.ravel(), minlength=PATTERNS).astype(np.float64)
    turned = counts[HALF_TURN]
    total = counts[1:-1].sum() + EMPTY_PAGE_COUNT  # all white and all black say nothing
    scale = np.sqrt((counts + turned + EMPTY_PATTERN_COUNT) * total)
    return np.asarray(PATTERN_SCALE * (counts - turned) / scale, dtype=np.float64)


def _strips(points: Points) -> Indices:
    """N: the vertical strip of each point, from 0."""
    return np.asarray((points[:, 0] - points[:, 0].min()) / STRIP_WIDTH, dtype=np.intp)


def _strip_profiles(points: Points, strips: Indices, degrees: float, *, bin_size: float) -> npt.NDArray[np.float64]:
    """S×B: number of points in each row along ``degrees``, for each vertical strip, summed over three rows."""
    angle = np.deg2rad(degrees)
    across = points[:, 1] * np.float32(np.cos(angle)) + points[:, 0] * np.float32(np.sin(angle))
    rows = ((across - across.min()) / bin_size).astype(np.intp)
    count, height = int(strips.max()) + 1, int(rows.max()) + 1
    counts = np.bincount(strips * height + rows, minlength=count * height).reshape(count, height).astype(np.float64)
    padded = np.pad(counts, ((0, 0), (1, 1)))
    return padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]


def _concentration(points: Points, degrees: float) -> float:
    """How few rows the points lie in, independent of their number; higher is fewer."""
    profiles = _strip_profiles(points, _strips(points), degrees, bin_size=1.0)
    return float(np.square(profiles).sum() / max(1, len(points)) ** 2)


def _line_energy(ink: Pixels) -> float:
    """How strongly rows of print alternate with white rows, along the best angle."""
    points = evenly_thinned(ink, at_most=MANY_POINTS // 2)
    strips = _strips(points)
    angles = np.arange(-STEEPEST, STEEPEST + 0.1, ANGLE_STEP)
    return max(float(np.square(_strip_profiles(points, strips, angle, bin_size=2.0)).sum()) for angle in angles)
