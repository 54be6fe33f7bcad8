"""Whether two pages show the same ink: two thumbnails are aligned by the words that both pages share, then compared.

Text proposes, ink decides. Words that were read alike on both pages give pairs of points; an affine map through them
(RANSAC, Fischler and Bolles 1981) corrects how the sheet lay the second time: rotation, skew, shift, resolution. Then
each word's picture is looked for where it should be on the other page, by normalised cross-correlation (Lewis 1995),
which light and contrast don't change. A word misread on one page looks the same on both; another word, or another
digit in a number, doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import Thumbnail

SEARCH_MARGIN = 3
"""Thumbnail pixels around the mapped position in which a word is looked for."""
MIN_WORD_PAIRS = 10
"""Fewer shared words don't make a reliable map."""
MIN_INLIERS = 0.5
"""Share of the word pairs that must agree with the map."""
MAP_TOLERANCE = 3.0
"""Thumbnail pixels by which a word may be off the map and still agree with it."""
SAME_INK = 0.6
"""Typical similarity from which two pages are one sheet; two scans of one sheet have 0.85 and more unless one scan is
very bad."""
MIN_MARGIN, MAX_MARGIN = 0.13, 0.18
"""A place whose similarity is this far below the typical one holds other ink: a changed digit lies 0.19 and more
below, a digit that was scanned twice 0.09 at most. The margin is twice the spread of the similarities within these
limits, so that the larger one holds where they vary widely."""
LOW_QUANTILE = 0.05
"""The spread is the distance from the typical similarity to this quantile."""
MOVED, MAX_MOVED_SHARE = 0.3, 0.05
"""Words whose similarity is this far below the typical one aren't where they should be; if more than this share of
them aren't, the page was printed anew."""
MIN_WORD_SIZE = 5
"""Thumbnail pixels: smaller words can't be compared."""
MIN_STRETCH = 8
"""Thumbnail pixels: least width of the stretches of a word that are compared."""
MIN_CONTRAST = 4
"""Standard deviation in grey levels: correlation of flatter stretches is noise."""


@dataclass(frozen=True, slots=True)
class InkSimilarity:
    """Similarities of word pictures, 0–1 each: of a word, its worst stretch counts, about as wide as it is high."""

    shared: tuple[float, ...]
    """Of words that were read alike on both pages."""
    disputed: tuple[float, ...]
    """Of places that were read differently, in the order in which they were given."""

    @property
    def typical(self) -> float:
        return float(np.median(self.shared)) if self.shared else 0.0

    @property
    def is_same_sheet(self) -> bool:
        """Whether both pages are scans of one sheet: the typical word agrees, and no disputed place is other ink."""
        if self.typical < SAME_INK or np.mean(np.array(self.shared) < self.typical - MOVED) > MAX_MOVED_SHARE:
            return False
        spread = self.typical - float(np.quantile(self.shared, LOW_QUANTILE))
        margin = min(max(2 * spread, MIN_MARGIN), MAX_MARGIN)
        return all(similarity >= self.typical - margin for similarity in self.disputed)


def compare(
    one: Thumbnail,
    other: Thumbnail,
    shared: Sequence[tuple[Box, Box]],
    disputed: Sequence[tuple[Box, Box]],
) -> InkSimilarity | None:
    """How similar the ink is in pairs of boxes (pixels of the scans); None where the pages can't be aligned."""
    if len(shared) < MIN_WORD_PAIRS:
        return None
    points = [
        np.array([[(b.left + b.right) / 2, (b.top + b.bottom) / 2] for b in side], dtype=np.float64) * picture.scale
        for side, picture in zip(zip(*shared, strict=True), (one, other), strict=True)
    ]
    to_one, inliers = cv2.estimateAffine2D(points[1], points[0], ransacReprojThreshold=MAP_TOLERANCE)
    if to_one is None or int(inliers.sum()) < max(MIN_WORD_PAIRS, MIN_INLIERS * len(shared)):
        return None
    below = _decoded(one)
    height, width = below.shape
    above = np.asarray(
        cv2.warpAffine(_decoded(other), to_one, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255.0,)),
        dtype=np.uint8,
    )
    found = [[_similarity(below, above, box, scale=one.scale) for box, _ in pairs] for pairs in (shared, disputed)]
    return InkSimilarity(*(tuple(x for x in side if x is not None) for side in found))


def _decoded(picture: Thumbnail) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _similarity(below: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8], box: Box, *, scale: float) -> float | None:
    """Similarity of the worst stretch of the word at ``box``; None where the word is too small to compare."""
    height, width = below.shape
    left, top = int(box.left * scale), int(box.top * scale)
    right, bottom = min(width, int(np.ceil(box.right * scale))), min(height, int(np.ceil(box.bottom * scale)))
    if right - left < MIN_WORD_SIZE or bottom - top < MIN_WORD_SIZE:
        return None
    stretch = max(MIN_STRETCH, bottom - top)
    worst = 1.0
    for step in range(left, max(left + 1, right - stretch // 2), max(1, stretch // 2)):
        end = min(right, step + stretch)
        start = max(left, end - stretch)
        template = below[top:bottom, start:end]
        field = above[max(0, top - SEARCH_MARGIN) : bottom + SEARCH_MARGIN]
        field = field[:, max(0, start - SEARCH_MARGIN) : end + SEARCH_MARGIN]
        if template.std() < MIN_CONTRAST or field.std() < MIN_CONTRAST:
            continue
        worst = min(worst, float(cv2.matchTemplate(field, template, cv2.TM_CCOEFF_NORMED).max()))
    return max(0.0, worst)
