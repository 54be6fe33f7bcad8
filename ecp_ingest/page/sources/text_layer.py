"""Clusters of glyphs → lines in logical order → blocks.

A PDF paints; it need not say what is read first. Here lines are found by their baselines, not by their boxes (a
Nastaliq word climbs over a whole line's height, but its last letter and every space stand on the baseline), columns
by gaps, and blocks by pitch. `logical_order` then turns each line from the order in which it stands to the order in
which it is read.
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
from ecp_ingest.page.sources.logical_order import words_as_read
from ecp_ingest.page.sources.pdf_glyphs import Cluster

_CONTROLS = re.compile(f"[{BIDI_CONTROLS}\ufeff\u00ad]")


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line in logical order: runs of clusters between spaces are its words. Points."""

    words: tuple[tuple[Cluster, ...], ...]
    left: float
    right: float
    baseline: float
    size: float
    rtl: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """Clusters painted one after the other on one baseline, left to right as they stand."""

    clusters: tuple[Cluster, ...]
    baseline: float
    size: float
    order: int

    @property
    def left(self) -> float:
        return min(c.extent.left for c in self.clusters)

    @property
    def right(self) -> float:
        return max(c.extent.right for c in self.clusters)


def lay_out(clusters: Sequence[Cluster]) -> tuple[tuple[LaidLine, ...], ...]:
    """Blocks of lines, each block top to bottom; blocks by their tops, then from the left."""
    rows = _rows(_pieces(clusters))
    marked = any(c.flipped for c in clusters)
    columns = [part for row in rows for part in _split_at_gutters(row)]
    # Whether a line reads from the right is its own letters' matter, unless it mixes both scripts; then its
    # block's majority decides, and for that blocks are needed first.
    blocks = _blocks(columns)
    laid = []
    for block in blocks:
        majority = sum(leaning(c.text) for piece in block for part in piece for c in part.clusters) > 0
        laid.append(tuple(_logical_line(parts, majority_rtl=majority, marked=marked) for parts in block))
    return tuple(laid)


def to_text_lines(block: Sequence[LaidLine], *, scale: float) -> tuple[TextLine, ...]:
    """As the record wants them: NFC, no presentation forms, boxes in pixels (``scale`` pixels per point)."""
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
    """NFC; presentation forms folded to letters (and only these, NFKC would also undo superscripts); no bidi marks."""
    return unicodedata.normalize("NFC", _CONTROLS.sub("", without_presentation_forms(text)))


# ── lines as they stand ───────────────────────────────────────────────────────────────────────────────────────────


def _pieces(clusters: Sequence[Cluster]) -> list[_Piece]:
    """Cut what is painted in one go where the text object ends, or the pen jumps back, down, or over a gutter."""
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
    if cluster.run != last.run or abs(cluster.baseline - last.baseline) > 1.6 * size:
        return True
    if cluster.advance < 0.01 or last.advance < 0.01:
        return False
    ahead = cluster.extent.left - last.extent.right
    behind = last.extent.left - cluster.extent.right
    return max(ahead, behind) > 1.2 * size


def _piece(clusters: list[Cluster], *, order: int) -> _Piece:
    bodies = [c for c in clusters if c.advance > 0.01] or clusters
    steps = [b.extent.left - a.extent.left for a, b in pairwise(bodies)]
    arabic = any(is_right_to_left(ch) for c in clusters for ch in c.text)
    backwards = arabic and sum(step < 0 for step in steps) > sum(step > 0 for step in steps)
    # Nastaliq climbs from its last letter: the lowest is on the baseline. Latin stands on it throughout.
    return _Piece(
        clusters=tuple(reversed(clusters)) if backwards else tuple(clusters),
        baseline=max(c.baseline for c in bodies),
        size=max(c.size for c in bodies),
        order=order,
    )


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces on one baseline, over the whole page, from the top; in each row from the left."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.baseline):
        for row in reversed(rows[-4:]):
            size = min(row[0].size, piece.size)
            if abs(row[0].baseline - piece.baseline) <= 0.35 * size:
                row.append(piece)
                break
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: (p.left, p.right)) for row in rows]


def _split_at_gutters(row: list[_Piece]) -> list[list[_Piece]]:
    """Where a gap is wider than any justified space, or is wide and other lines were painted between its two sides."""
    orders = {piece.order for piece in row}
    parts: list[list[_Piece]] = [[row[0]]]
    reach = row[0].right
    for piece in row[1:]:
        gap, size = piece.left - reach, max(piece.size, parts[-1][-1].size)
        first, last = sorted((piece.order, parts[-1][-1].order))
        apart = any(order not in orders for order in range(first + 1, last))
        if gap > 2.2 * size or (gap > 0.9 * size and apart):
            parts.append([piece])
        else:
            parts[-1].append(piece)
        reach = max(reach, piece.right)
    return [part for part in parts if any(c.text.strip() for p in part for c in p.clusters)]


def _blocks(columns: list[list[_Piece]]) -> list[list[list[_Piece]]]:
    """Lines under each other, of one size and one pitch, with overlapping sides."""
    blocks: list[list[list[_Piece]]] = []
    pitches: list[float | None] = []
    for line in columns:
        left, right, baseline, size = _frame(line)
        chosen = None
        for index in range(len(blocks) - 1, -1, -1):
            over_left, over_right, over_baseline, over_size = _frame(blocks[index][-1])
            shared = min(right, over_right) - max(left, over_left)
            if shared < 0.3 * min(right - left, over_right - over_left):
                continue
            pitch, usual = baseline - over_baseline, pitches[index]
            shares = sorted((_arabic_share(line), _arabic_share(blocks[index][-1])))
            limit = 1.2 * usual if usual is not None else (2.6 if shares[1] > 0 else 1.7) * size
            same_kind = not (shares[0] == 0 and shares[1] > 0.5)
            if pitch <= limit and 0.8 < size / over_size < 1.25 and same_kind:
                chosen = index
                pitches[index] = pitch if usual is None else usual
            break  # the nearest above in this column has spoken
        if chosen is None:
            blocks.append([line])
            pitches.append(None)
        else:
            blocks[chosen].append(line)
    return blocks


def _frame(line: list[_Piece]) -> tuple[float, float, float, float]:
    written = [c.extent for p in line for c in p.clusters if c.text.strip()]
    main = max(line, key=lambda p: p.right - p.left)
    return min(e.left for e in written), max(e.right for e in written), main.baseline, main.size


def _arabic_share(line: list[_Piece]) -> float:
    letters = [ch for p in line for c in p.clusters for ch in c.text if ch.isalpha()]
    return sum(map(is_right_to_left, letters)) / len(letters) if letters else 0.0


def _logical_line(parts: list[_Piece], *, majority_rtl: bool, marked: bool) -> LaidLine:
    standing = [c for part in parts for c in part.clusters]
    letters = [ch for c in standing for ch in c.text if ch.isalpha()]
    arabic = sum(map(is_right_to_left, letters))
    rtl = arabic > 0 and (arabic == len(letters) or majority_rtl)
    left, right, baseline, size = _frame(parts)
    return LaidLine(
        words=words_as_read(standing, rtl=rtl, marked=marked),
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
