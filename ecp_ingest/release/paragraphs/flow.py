"""Lines as they are read one after the other, each with what is usual in its column: edges, distances, heights.

Measured in the upright frame, in heights of the column's own lines.
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


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line where it is read. ``column``, ``pitch`` and ``height`` are those of the column it stands in, upright
    pixels; all None where the source has no geometry."""

    ref: LineRef
    line: ReadLine
    box: Box | None
    column: Box | None = None
    """Between the edges that most lines keep to."""
    pitch: float | None = None
    """Usual distance from one line's middle to the next one's."""
    height: float | None = None
    """Usual height of a line."""
    justified: bool = False
    """Most lines of the column reach both edges: one that doesn't is a last line."""
    wrapped_at: int | None = None
    """Length in characters of the longest line in the region."""
    in_table: bool = False
    """The line stands in a cell; its region is the row."""
    set_in: bool = False
    """The line stands in an inset, and belongs to no text outside it."""

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
        """White before the line, in line heights."""
        if self.box is None or self.column is None or not self.height:
            return 0.0
        white = self.column.right - self.box.right if self.rtl else self.box.left - self.column.left
        return white / self.height

    @property
    def room(self) -> float:
        """White after the line, in upright pixels."""
        if self.box is None or self.column is None:
            return 0.0
        return self.box.left - self.column.left if self.rtl else self.column.right - self.box.right

    @property
    def is_indented(self) -> bool:
        return (
            self.column is not None
            and self.height is not None
            and 0.8 < self.indent < 0.3 * (self.column.width / self.height)
        )

    @property
    def is_full(self) -> bool:
        """Reaches the far edge, or nothing is known of edges."""
        return self.column is None or self.room < 0.18 * self.column.width

    @property
    def is_centred(self) -> bool:
        if self.box is None or self.column is None:
            return False
        left, right = self.box.left - self.column.left, self.column.right - self.box.right
        width = self.column.width
        return min(left, right) > 0.07 * width and abs(left - right) < 0.08 * width

    @property
    def is_item(self) -> bool:
        return BULLET.match(self.text) is not None

    @property
    def hyphenated(self) -> bool:
        return re.search(r"[^\W\d_][-\u00ad\u2010]$", self.text) is not None


def column_lines(lines: Sequence[FlowLine]) -> list[FlowLine]:
    """The same lines, with what is usual in their column."""
    longest: dict[tuple[int, int], int] = {}
    for line in lines:
        longest[line.ref[:2]] = max(longest.get(line.ref[:2], 0), len(line.text))
    lines = [replace(line, wrapped_at=longest[line.ref[:2]]) for line in lines]
    boxed = [line for line in lines if line.box is not None]
    if not boxed:
        return list(lines)
    boxes = [line.box for line in boxed if line.box is not None]
    lefts, rights = sorted(b.left for b in boxes), sorted(b.right for b in boxes)
    # One line in ten may stick out: a stroke in the margin, a long word.
    out = len(boxes) // 10
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
    """What is usual among the lines of one script in a column."""
    boxes = [line.box for line in lines if line.box is not None]
    if not boxes:
        return _Measures(None, None, False)
    height = float(statistics.median(box.height for box in boxes))
    pairs = [(a, b) for a, b in pairwise(lines) if a.box and b.box and b.box.top > a.box.top]
    pitches = sorted(pitch_between(a.box, b.box) for a, b in pairs if a.box and b.box)
    if not pitches:
        return _Measures(None, height, False)
    # After a full line a paragraph mostly goes on. Without such lines: half the distances or more may be those
    # between paragraphs of two lines, and the usual one is among the smaller.
    inside = [pitch_between(a.box, b.box) for a, b in pairs if a.box and b.box and a.room < 0.03 * column_width(a)]
    pitch = statistics.median(inside) if len(inside) >= 3 else pitches[int(0.35 * (len(pitches) - 1))]
    long = [line for line in lines if line.room < 0.35 * column_width(line)]
    # Of ragged lines one in five gets as near to the edge by chance.
    justified = len(long) >= 5 and sum(line.room < 0.02 * column_width(line) for line in long) >= 0.45 * len(long)
    return _Measures(min(float(pitch), 2.6 * height), height, justified)


def column_width(line: FlowLine) -> int:
    """Pixels; 0 without geometry."""
    return line.column.width if line.column is not None else 0


def pitch_between(upper: Box, lower: Box) -> float:
    """Pixels from middle to middle."""
    return (lower.top + lower.bottom - upper.top - upper.bottom) / 2
