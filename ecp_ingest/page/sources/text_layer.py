"""Makes lines and blocks of text from the clusters of a PDF page.

A PDF need not paint text in the order in which it is read. Lines are found by their baselines, not by their boxes: a
Nastaliq word climbs over the whole height of a line, but its last letter and every space are on the baseline. Columns
are found by gaps, blocks by line pitch. `logical_order` then brings the words of each line from visual to logical
order.

The limits below are in font sizes, set by hand between what typesetting does within a line, column or block and what it
does between two. To check a change, run tests/page/sources, which reads pages that a browser printed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ecp_ingest.document.geometry import Box, around
from ecp_ingest.document.text import TextLine, Word
from ecp_ingest.language.folding import BIDI_CONTROLS, without_presentation_forms
from ecp_ingest.language.scripts import is_right_to_left, leaning
from ecp_ingest.page.sources.logical_order import logical_words
from ecp_ingest.page.sources.pdf_glyphs import NO_ADVANCE, Cluster

_CONTROLS = re.compile(f"[{BIDI_CONTROLS}\ufeff\u00ad]")

_NEW_LINE = 1.6
"""Change of the baseline that begins a new piece: no word of Nastaliq climbs so far."""
_JUMP = 1.2
"""Gap to the next glyph, forward or backward, that begins a new piece: wider than the space between two words."""
_SAME_BASELINE = 0.35
"""Difference between baselines of pieces in one row: superscripts and rounding."""
_ROWS_BACK = 4
"""Rows above that a piece may belong to. Pieces come sorted by baseline, so only small differences remain."""
_GUTTER = 2.2
"""Gap between columns: wider than any space of justified text."""
_GUTTER_PAINTED_APART = 0.9
"""Gap between columns if other lines were painted between its two sides."""
_SHARED_WIDTH = 0.3
"""Share of the narrower of two lines that must overlap for both to be in one block."""
_PITCH_GROWTH = 1.2
"""Line pitch within a block, in pitches of its first two lines."""
_FIRST_PITCH_LATIN, _FIRST_PITCH_ARABIC = 1.7, 2.6
"""Pitch of the first two lines of a block. Nastaliq is set with more space between lines."""
_SIZES = (0.8, 1.25)
"""Ratio of the font sizes of neighbouring lines in one block."""
_MOSTLY = 0.5
"""Share of Arabic letters above which a line is an Urdu line."""


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line whose words are runs of clusters in logical order. Lengths in points."""

    words: tuple[tuple[Cluster, ...], ...]
    left: float
    right: float
    baseline: float
    size: float
    rtl: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """Clusters painted one after the other on one baseline, from left to right."""

    clusters: tuple[Cluster, ...]
    baseline: float
    size: float
    order: int
    """Number in the order of painting."""

    @property
    def left(self) -> float:
        return min(c.extent.left for c in self.clusters)

    @property
    def right(self) -> float:
        return max(c.extent.right for c in self.clusters)


def lay_out(clusters: Sequence[Cluster]) -> tuple[tuple[LaidLine, ...], ...]:
    """Blocks of lines, both from top to bottom, then from left to right."""
    rows = _rows(_pieces(clusters))
    marked = any(c.flipped for c in clusters)
    columns = [part for row in rows for part in _split_at_gutters(row)]
    # The letters of a line decide its direction. If it mixes both scripts, the majority of its block decides, so the
    # blocks are found first.
    blocks = _blocks(columns)
    laid = []
    for block in blocks:
        majority = sum(leaning(c.text) for piece in block for part in piece for c in part.clusters) > 0
        laid.append(tuple(_logical_line(parts, majority_rtl=majority, marked=marked) for parts in block))
    return tuple(laid)


def to_text_lines(block: Sequence[LaidLine], *, scale: float) -> tuple[TextLine, ...]:
    """The lines with boxes in pixels (``scale`` pixels per point) and `normalised` text, as a record holds them."""
    lines = []
    for line in block:
        words = tuple(
            Word(text=text, bbox=_pixel_box(word, scale=scale), confidence=None)
            for word in line.words
            if (text := normalised("".join(c.text for c in word)))
        )
        if words:
            lines.append(TextLine(words=words, bbox=around([w.bbox for w in words if w.bbox is not None])))
    return tuple(lines)


def normalised(text: str) -> str:
    """NFC without bidi controls; presentation forms become letters. (NFKC would also change superscripts.)"""
    return unicodedata.normalize("NFC", _CONTROLS.sub("", without_presentation_forms(text)))


# ── visual lines ──────────────────────────────────────────────────────────────────────────────────────────────────


def _pieces(clusters: Sequence[Cluster]) -> list[_Piece]:
    """Split the clusters, in painting order, where a text object ends or the position jumps back, down or ahead."""
    pieces: list[_Piece] = []
    current: list[Cluster] = []
    for cluster in clusters:
        if current and _jumps(current, cluster):
            pieces.append(_piece(current, order=len(pieces)))
            current = []
        current.append(cluster)
    if current:
        pieces.append(_piece(current, order=len(pieces)))
    return pieces


def _jumps(current: list[Cluster], cluster: Cluster) -> bool:
    last = current[-1]
    size = max(last.size, cluster.size)
    if cluster.run != last.run or abs(cluster.baseline - last.baseline) > _NEW_LINE * size:
        return True
    if cluster.advance < NO_ADVANCE or last.advance < NO_ADVANCE:
        return False
    ahead = cluster.extent.left - last.extent.right
    behind = last.extent.left - cluster.extent.right
    return max(ahead, behind) > _JUMP * size


def _piece(clusters: list[Cluster], *, order: int) -> _Piece:
    bodies = [c for c in clusters if c.advance > NO_ADVANCE] or clusters
    steps = [b.extent.left - a.extent.left for a, b in pairwise(bodies)]
    arabic = any(is_right_to_left(ch) for c in clusters for ch in c.text)
    backwards = arabic and sum(step < 0 for step in steps) > sum(step > 0 for step in steps)
    # A Nastaliq word climbs from its last letter, so its lowest glyph is on the baseline. All Latin letters are on it.
    return _Piece(
        clusters=tuple(reversed(clusters)) if backwards else tuple(clusters),
        baseline=max(c.baseline for c in bodies),
        size=max(c.size for c in bodies),
        order=order,
    )


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces on one baseline, across the whole page; rows from the top, the pieces of each from the left."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.baseline):
        for row in reversed(rows[-_ROWS_BACK:]):
            size = min(row[0].size, piece.size)
            if abs(row[0].baseline - piece.baseline) <= _SAME_BASELINE * size:
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: (p.left, p.right)) for row in rows]


def _split_at_gutters(row: list[_Piece]) -> list[list[_Piece]]:
    """Split a row into the lines of its columns."""
    orders = {piece.order for piece in row}
    parts: list[list[_Piece]] = [[row[0]]]
    right = row[0].right
    for piece in row[1:]:
        gap, size = piece.left - right, max(piece.size, parts[-1][-1].size)
        first, last = sorted((piece.order, parts[-1][-1].order))
        painted_apart = any(order not in orders for order in range(first + 1, last))
        if gap > _GUTTER * size or (gap > _GUTTER_PAINTED_APART * size and painted_apart):
            parts.append([piece])
        else:
            parts[-1].append(piece)
        right = max(right, piece.right)
    return [part for part in parts if any(c.text.strip() for p in part for c in p.clusters)]


def _blocks(columns: list[list[_Piece]]) -> list[list[list[_Piece]]]:
    """Groups of lines below each other that overlap horizontally and share font size, pitch and script."""
    blocks: list[list[list[_Piece]]] = []
    pitches: list[float | None] = []
    for line in columns:
        left, right, baseline, size = _frame(line)
        chosen = None
        for index in range(len(blocks) - 1, -1, -1):
            upper_left, upper_right, upper_baseline, upper_size = _frame(blocks[index][-1])
            shared = min(right, upper_right) - max(left, upper_left)
            if shared < _SHARED_WIDTH * min(right - left, upper_right - upper_left):
                continue
            pitch, usual = baseline - upper_baseline, pitches[index]
            fewer, more = sorted((_arabic_share(line), _arabic_share(blocks[index][-1])))
            first_pitch = _FIRST_PITCH_ARABIC if more > 0 else _FIRST_PITCH_LATIN
            limit = _PITCH_GROWTH * usual if usual is not None else first_pitch * size
            same_script = not (fewer == 0 and more > _MOSTLY)
            if pitch <= limit and _SIZES[0] < size / upper_size < _SIZES[1] and same_script:
                chosen = index
                pitches[index] = pitch if usual is None else usual
            break  # only the nearest line above in this column counts
        if chosen is None:
            blocks.append([line])
            pitches.append(None)
        else:
            blocks[chosen].append(line)
    return blocks


def _frame(line: list[_Piece]) -> tuple[float, float, float, float]:
    """Left, right, baseline and font size in points; the last two of its widest piece."""
    written = [c.extent for p in line for c in p.clusters if c.text.strip()]
    main = max(line, key=lambda p: p.right - p.left)
    return min(e.left for e in written), max(e.right for e in written), main.baseline, main.size


def _arabic_share(line: list[_Piece]) -> float:
    letters = [ch for p in line for c in p.clusters for ch in c.text if ch.isalpha()]
    return sum(map(is_right_to_left, letters)) / len(letters) if letters else 0.0


def _logical_line(parts: list[_Piece], *, majority_rtl: bool, marked: bool) -> LaidLine:
    visual = [c for part in parts for c in part.clusters]
    letters = [ch for c in visual for ch in c.text if ch.isalpha()]
    arabic = sum(map(is_right_to_left, letters))
    rtl = arabic > 0 and (arabic == len(letters) or majority_rtl)
    left, right, baseline, size = _frame(parts)
    return LaidLine(
        words=logical_words(visual, rtl=rtl, marked=marked),
        left=left,
        right=right,
        baseline=baseline,
        size=size,
        rtl=rtl,
    )


def _pixel_box(word: Sequence[Cluster], *, scale: float) -> Box:
    left, top = min(c.extent.left for c in word), min(c.extent.top for c in word)
    right, bottom = max(c.extent.right for c in word), max(c.extent.bottom for c in word)
    return Box(
        round(left * scale),
        round(top * scale),
        max(round(right * scale), round(left * scale) + 1),
        max(round(bottom * scale), round(top * scale) + 1),
    )
