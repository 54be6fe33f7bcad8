"""Whether two pages are the same ink: thumbnails of two scans, laid over each other by the words that they share.

Text proposes, ink disposes. Words that were read alike on both pages give pairs of points; an affine map through them
(RANSAC, Fischler and Bolles 1981) takes up how the sheet lay the second time: turned, crooked, shifted, at another
resolution. Then every word's picture is looked for where it ought to be on the other page (normalised
cross-correlation, Lewis 1995), which light and contrast don't change. A word misread on one page looks the same on
both; another word, or another digit in a number, doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import Thumbnail

SLACK = 3
"""Thumbnail pixels that a word may lie beside where the map says."""
FEWEST_POINTS = 10
"""Words in common, to trust a map through them."""
SAME_INK = 0.6
"""Typical likeness from which two pages are one sheet; two scans of one have 0.85 and more unless one is very bad."""
OTHER_WORD = 0.13, 0.18
"""So far below the typical likeness a place says something else: a changed digit lies 0.19 and more below, a digit
that was scanned twice 0.09 at most. The second where likenesses are widely spread anyway."""
MOVED = 0.3, 0.05
"""Words so far below the typical likeness don't stand where they should; more than this share of them: printed anew."""


@dataclass(frozen=True, slots=True)
class Likenesses:
    """0–1 each; for a pair of boxes the worst stretch of it counts, about as wide as it is high."""

    shared: tuple[float, ...]
    """Of words that were read alike."""
    disputed: tuple[float, ...]
    """Of places that were read otherwise, in the order in which they were given."""

    @property
    def typical(self) -> float:
        return float(np.median(self.shared)) if self.shared else 0.0

    @property
    def one_sheet(self) -> bool:
        """Whether both pages are scans of one sheet, nothing in dispute being other ink."""
        if self.typical < SAME_INK or np.mean(np.array(self.shared) < self.typical - MOVED[0]) > MOVED[1]:
            return False
        spread = self.typical - float(np.quantile(self.shared, 0.05))
        margin = min(max(2 * spread, OTHER_WORD[0]), OTHER_WORD[1])
        return all(likeness >= self.typical - margin for likeness in self.disputed)


def compare(
    one: Thumbnail,
    other: Thumbnail,
    shared: Sequence[tuple[Box, Box]],
    disputed: Sequence[tuple[Box, Box]],
) -> Likenesses | None:
    """How alike the ink is in pairs of boxes (scan frame); None where the pages can't be laid over each other."""
    if len(shared) < FEWEST_POINTS:
        return None
    points = [
        np.array([[(b.left + b.right) / 2, (b.top + b.bottom) / 2] for b in side], dtype=np.float64) * picture.scale
        for side, picture in zip(zip(*shared, strict=True), (one, other), strict=True)
    ]
    to_one, inliers = cv2.estimateAffine2D(points[1], points[0], ransacReprojThreshold=3.0)
    if to_one is None or int(inliers.sum()) < max(FEWEST_POINTS, 0.5 * len(shared)):
        return None
    below = _decoded(one)
    height, width = below.shape
    above = np.asarray(
        cv2.warpAffine(_decoded(other), to_one, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255.0,)),
        dtype=np.uint8,
    )
    alike = [[_likeness(below, above, box, scale=one.scale) for box, _ in pairs] for pairs in (shared, disputed)]
    return Likenesses(*(tuple(x for x in side if x is not None) for side in alike))


def _decoded(picture: Thumbnail) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _likeness(below: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8], box: Box, *, scale: float) -> float | None:
    """Of the worst stretch of the word at ``box``; None where it is too small to tell."""
    height, width = below.shape
    left, top = int(box.left * scale), int(box.top * scale)
    right, bottom = min(width, int(np.ceil(box.right * scale))), min(height, int(np.ceil(box.bottom * scale)))
    if right - left < 5 or bottom - top < 5:
        return None
    stretch = max(8, bottom - top)
    worst = 1.0
    for step in range(left, max(left + 1, right - stretch // 2), max(1, stretch // 2)):
        end = min(right, step + stretch)
        start = max(left, end - stretch)
        template = below[top:bottom, start:end]
        field = above[max(0, top - SLACK) : bottom + SLACK, max(0, start - SLACK) : end + SLACK]
        if template.std() < 4 or field.std() < 4:
            continue
        worst = min(worst, float(cv2.matchTemplate(field, template, cv2.TM_CCOEFF_NORMED).max()))
    return max(0.0, worst)
