"""Columns: where white runs down the page between text on both sides.

White rectangles as separators follow Breuel, "Two geometric algorithms for layout analysis" (2002), in the simple
form that upright pages allow. The page is sliced into bands by rows without ink. A gutter is a white interval that
goes unbroken through a run of bands and has text on both sides for several lines, so a gap between two words never
is one. The best gutter splits the page into what is above, left, right and below; each part is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ecp_ingest.components import Indices

Boxes = npt.NDArray[np.int32]


class Span(NamedTuple):
    """A run of pixel rows or columns; ``end`` is exclusive."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def common(self, other: Span) -> Span:
        return Span(max(self.start, other.start), min(self.end, other.end))


class Band(NamedTuple):
    rows: Span
    whites: tuple[Span, ...]
    """White intervals at least as wide as a gutter, the two at the edges included."""
    ink: Span
    """From the leftmost to the rightmost ink."""


class Gutter(NamedTuple):
    white: Span
    first: int
    last: int
    """Bands ``first`` to ``last``, inclusive."""
    score: float


def find_columns(boxes: Boxes, letter: float) -> list[Indices]:
    """Which of the N×4 ``boxes`` (print only) belong to which column; upper left ones first.

    ``letter`` is the page's letter height in pixels.
    """
    return [part for part in split(boxes, np.arange(len(boxes)), letter) if len(part)]


def split(boxes: Boxes, members: Indices, letter: float) -> list[Indices]:
    if len(members) < 8:
        return [members]
    bands = find_bands(boxes[members], gutter_width=min_gutter(letter))
    gutter = best_gutter(bands, letter)
    if gutter is None:
        return [members]
    top, bottom = bands[gutter.first].rows.start, bands[gutter.last].rows.end
    middle = (gutter.white.start + gutter.white.end) / 2
    own = boxes[members]
    centre_x, centre_y = (own[:, 0] + own[:, 2]) / 2, (own[:, 1] + own[:, 3]) / 2
    above, below = centre_y < top, centre_y >= bottom
    between = ~above & ~below
    left, right = between & (centre_x < middle), between & (centre_x >= middle)
    return [piece for part in (above, left, right, below) for piece in split(boxes, members[part], letter)]


def min_gutter(letter: float) -> int:
    """Pixels. Wider than a justified line's gaps between words, narrower than any printed gutter."""
    return int(max(1.1 * letter, 30))


def runs(covered: npt.NDArray[np.bool_]) -> list[Span]:
    """The runs of True in a one-dimensional array."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], covered.view(np.int8), [0]))))
    return [Span(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def cover(spans: npt.NDArray[np.int32], length: int) -> npt.NDArray[np.bool_]:
    """Which of ``length`` positions the N×2 spans cover."""
    steps = np.zeros(length + 1, np.int32)
    np.add.at(steps, spans[:, 0], 1)
    np.add.at(steps, spans[:, 1], -1)
    return np.cumsum(steps[:-1]) > 0


def find_bands(boxes: Boxes, *, gutter_width: int) -> list[Band]:
    right, bottom = int(boxes[:, 2].max()), int(boxes[:, 3].max())
    bands = []
    for rows in runs(cover(boxes[:, [1, 3]], bottom)):
        inside = boxes[(boxes[:, 1] >= rows.start) & (boxes[:, 3] <= rows.end)]
        whites = runs(~cover(inside[:, [0, 2]], right + gutter_width))
        bands.append(
            Band(
                rows=rows,
                whites=tuple(w for w in whites if w.length >= gutter_width),
                ink=Span(int(inside[:, 0].min()), int(inside[:, 2].max())),
            )
        )
    return bands


def best_gutter(bands: Sequence[Band], letter: float) -> Gutter | None:
    """The white interval with the tallest text on both sides, or None where there is none worth the name."""
    found = [
        gutter
        for start, band in enumerate(bands)
        for white in band.whites
        if is_inside(white, band.ink) and (gutter := grow(bands, start, white, letter)) is not None
    ]
    return max(found, key=lambda g: g.score, default=None)


def is_inside(white: Span, ink: Span) -> bool:
    return white.start > ink.start and white.end < ink.end


def grow(bands: Sequence[Band], start: int, white: Span, letter: float) -> Gutter | None:
    """The gutter through band ``start``, as far up and down as at least the least width stays white."""
    least = min_gutter(letter)
    first = last = start
    both_sides = bands[start].rows.length
    for step in (-1, 1):
        at = start + step
        while 0 <= at < len(bands):
            shared = max((white.common(w) for w in bands[at].whites), key=lambda s: s.length, default=Span(0, 0))
            if shared.length < least:
                break
            white = shared
            if is_inside(white, bands[at].ink):
                both_sides += bands[at].rows.length
            if step < 0:
                first = at
            else:
                last = at
            at += step
    first, last = trimmed(bands, first, last, white)
    # A wide gutter needs less proof: two lines of "Name      Date" are no columns, four lines of anything are.
    needed = 9.0 * letter if white.length < 2.5 * least else 6.0 * letter
    return Gutter(white, first, last, both_sides * min(white.length, 3 * least)) if both_sides >= needed else None


def trimmed(bands: Sequence[Band], first: int, last: int, white: Span) -> tuple[int, int]:
    """Without the bands at the top that have text on one side only: a heading or a letterhead set to the left belongs
    to what is above. At the foot such bands stay: there one column is simply longer."""
    while first < last and not is_inside(white, bands[first].ink):
        first += 1
    return first, last
