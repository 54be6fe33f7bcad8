"""``FlowLine``: a line in reading order with the usual measures of its column: edges, distances, heights.

All in the upright frame: the page with its rotation and skew taken out.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import LineRef, ReadLine
from ecp_ingest.entities.boilerplate import BULLET

LEAST_INDENT, MOST_INDENT = 0.8, 0.3
"""Of a first line: more than this many line heights, less than this many column widths."""
FULL_ROOM = 0.18
"""White after a line that reaches the edge of a ragged column, at most, in column widths."""
CENTRED_MARGIN, CENTRED_DIFFERENCE = 0.07, 0.08
"""Of a centred line, in column widths: margin on either side, at least, and difference of the margins, at most."""
AT_EDGE, ALMOST_AT_EDGE, LONG_ROOM = 0.02, 0.03, 0.35
"""White after a line, at most, in column widths: of a justified line, of a line that fills its column, of a line
that isn't a short last one."""
JUSTIFIED_SHARE, JUSTIFIED_LINES = 0.45, 5
"""Share of the long lines that must be at the edge, and how many there must be. Of ragged lines one in five is there by
chance."""
FULL_LINES = 3
"""Distances below full lines that are enough to take the usual distance from them."""
SMALL_PITCH = 0.35
"""Otherwise the usual distance is this quantile of all: half of the distances or more may be those between
paragraphs of two lines."""
MOST_PITCH = 2.6
"""Line heights; a longer distance is not usual."""
LINES_OUTSIDE = 10
"""One line of this many may reach beyond the column's edges: a stroke in the margin, a long word."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line in reading order.

    ``column``, ``pitch`` and ``height`` are those of its column, in upright pixels; None where the source has no boxes.
    """

    ref: LineRef
    line: ReadLine
    box: Box | None
    column: Box | None = None
    """Its left and right are the edges of most lines."""
    pitch: float | None = None
    """Usual distance from the middle of a line to the middle of the next."""
    height: float | None = None
    """Usual height of a line."""
    justified: bool = False
    """Most lines of the column reach both edges, so a line that doesn't is a last line."""
    wrapped_at: int | None = None
    """Length in characters of the longest line in the region."""
    in_table: bool = False
    """The line is in a cell of a table; its region is the row."""
    in_inset: bool = False
    """The line is in an inset and doesn't belong to the text around it."""

    @property
    def page(self) -> int:
        return self.ref[0]

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def rtl(self) -> bool:
        return self.line.choice.script == "Arab"

    @property
    def indent(self) -> float:
        """White before the line's first word, in line heights."""
        if self.box is None or self.column is None or not self.height:
            return 0.0
        white = self.column.right - self.box.right if self.rtl else self.box.left - self.column.left
        return white / self.height

    @property
    def room(self) -> float:
        """White after the line's last word, in upright pixels."""
        if self.box is None or self.column is None:
            return 0.0
        return self.box.left - self.column.left if self.rtl else self.column.right - self.box.right

    @property
    def is_indented(self) -> bool:
        return (
            self.column is not None
            and self.height is not None
            and LEAST_INDENT < self.indent < MOST_INDENT * (self.column.width / self.height)
        )

    @property
    def is_full(self) -> bool:
        """Whether the line reaches the far edge; true where no edges are known."""
        return self.column is None or self.room < FULL_ROOM * self.column.width

    @property
    def is_centred(self) -> bool:
        if self.box is None or self.column is None:
            return False
        left, right = self.box.left - self.column.left, self.column.right - self.box.right
        width = self.column.width
        return min(left, right) > CENTRED_MARGIN * width and abs(left - right) < CENTRED_DIFFERENCE * width

    @property
    def is_item(self) -> bool:
        return BULLET.match(self.text) is not None

    @property
    def hyphenated(self) -> bool:
        return re.search(r"[^\W\d_][-\u00ad\u2010]$", self.text) is not None


def column_lines(lines: Sequence[FlowLine]) -> list[FlowLine]:
    """The same lines, each with the usual measures of the column, which all of them are in."""
    longest: dict[tuple[int, int], int] = {}
    for line in lines:
        longest[line.ref[:2]] = max(longest.get(line.ref[:2], 0), len(line.text))
    lines = [replace(line, wrapped_at=longest[line.ref[:2]]) for line in lines]
    boxed = [line for line in lines if line.box is not None]
    if not boxed:
        return list(lines)
    boxes = [line.box for line in boxed if line.box is not None]
    lefts, rights = sorted(b.left for b in boxes), sorted(b.right for b in boxes)
    out = len(boxes) // LINES_OUTSIDE
    column = Box(lefts[out], min(b.top for b in boxes), rights[-1 - out], max(b.bottom for b in boxes))
    lines = [line if line.box is None else replace(line, column=column) for line in lines]
    boxed = [line for line in lines if line.box is not None]
    measures = {rtl: _measure([line for line in boxed if line.rtl == rtl]) for rtl in (False, True)}
    return [
        line
        if line.box is None
        else replace(
            line,
            pitch=measures[line.rtl].pitch,
            height=measures[line.rtl].height,
            justified=measures[line.rtl].justified,
        )
        for line in lines
    ]


class _Measures(NamedTuple):
    pitch: float | None
    height: float | None
    justified: bool


def _measure(lines: Sequence[FlowLine]) -> _Measures:
    """The usual measures of the lines of one script in a column."""
    boxes = [line.box for line in lines if line.box is not None]
    if not boxes:
        return _Measures(None, None, False)
    height = float(statistics.median(box.height for box in boxes))
    pairs = [(a, b) for a, b in pairwise(lines) if a.box and b.box and b.box.top > a.box.top]
    pitches = sorted(pitch_between(a.box, b.box) for a, b in pairs if a.box and b.box)
    if not pitches:
        return _Measures(None, height, False)
    # A paragraph usually continues after a full line, so the distance below one is the usual distance.
    inside = [
        pitch_between(a.box, b.box) for a, b in pairs if a.box and b.box and a.room < ALMOST_AT_EDGE * column_width(a)
    ]
    pitch = statistics.median(inside) if len(inside) >= FULL_LINES else pitches[int(SMALL_PITCH * (len(pitches) - 1))]
    long = [line for line in lines if line.room < LONG_ROOM * column_width(line)]
    at_edge = sum(line.room < AT_EDGE * column_width(line) for line in long)
    justified = len(long) >= JUSTIFIED_LINES and at_edge >= JUSTIFIED_SHARE * len(long)
    return _Measures(min(float(pitch), MOST_PITCH * height), height, justified)


def column_width(line: FlowLine) -> int:
    """Pixels; 0 where the source has no boxes."""
    return line.column.width if line.column is not None else 0


def pitch_between(upper: Box, lower: Box) -> float:
    """Pixels from the middle of ``upper`` to the middle of ``lower``."""
    return (lower.top + lower.bottom - upper.top - upper.bottom) / 2
