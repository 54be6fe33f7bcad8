"""Clusters of glyphs → lines in logical order → blocks.

A PDF paints; it need not say what is read first. Here lines are found by their baselines, not by their boxes (a
Nastaliq word climbs over a whole line's height, but its last letter and every space stand on the baseline), columns
by gaps, and right-to-left lines are turned from the order in which they stand to the order in which they are read.

The turning is the reverse of the Unicode bidirectional algorithm's rule L2 (UAX #9): in a right-to-left line all is
reversed, but stretches of Latin and of digits keep their order. Which neutral characters belong to such a stretch
can't be seen from the page alone; producers that mark their right-to-left text (``/ReversedChars``) tell, and for
others a separator inside a number or a space inside English belongs to it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecp_ingest.document import Box, TextLine, Word, around
from ecp_ingest.glyphs import Cluster

_NUMBER_SEPARATORS = frozenset(",.:/٫٬")
_BRACKETS = str.maketrans("()[]{}«»‹›", ")(][}{»«›‹")
_OPENING, _CLOSING = "([{«‹", ")]}»›"


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
        majority = sum(_leaning(c.text) for piece in block for part in piece for c in part.clusters) > 0
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
    folded = "".join(unicodedata.normalize("NFKC", c) if _is_presentation_form(c) else c for c in text)
    kept = (c for c in folded if not ("\u200e" <= c <= "\u200f" or "\u202a" <= c <= "\u202e"
                                      or "\u2066" <= c <= "\u2069" or c in "\u061c\ufeff\u00ad"))
    return unicodedata.normalize("NFC", "".join(kept))


def is_arabic(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def _is_presentation_form(character: str) -> bool:
    if "\ufb50" <= character <= "\ufdff":
        return character not in "\ufd3e\ufd3f\ufdfa\ufdfb\ufdfc\ufdfd"  # signs of their own: ﷺ is written so
    return "\ufe70" <= character <= "\ufefc" or "\ufb00" <= character <= "\ufb06"


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
    return [p for p in pieces if any(c.text.strip() for c in p.clusters) or len(p.clusters) == 1]


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
    steps = [b.extent.left - a.extent.left for a, b in zip(bodies, bodies[1:], strict=False)]
    arabic = any(is_arabic(ch) for c in clusters for ch in c.text)
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
    """Where a gap is wider than any justified space, or is wide and what follows was painted much later."""
    parts: list[list[_Piece]] = [[row[0]]]
    reach = row[0].right
    for piece in row[1:]:
        gap, size = piece.left - reach, max(piece.size, parts[-1][-1].size)
        apart = abs(piece.order - parts[-1][-1].order) > len(row)
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
    return sum(map(is_arabic, letters)) / len(letters) if letters else 0.0


def _leaning(text: str) -> int:
    """Arabic letters less Latin ones."""
    return sum(1 if is_arabic(c) else -1 for c in text if c.isalpha())


# ── lines as they are read ────────────────────────────────────────────────────────────────────────────────────────


def _logical_line(parts: list[_Piece], *, majority_rtl: bool, marked: bool) -> LaidLine:
    standing = [c for part in parts for c in part.clusters]
    letters = [ch for c in standing for ch in c.text if ch.isalpha()]
    arabic = sum(map(is_arabic, letters))
    rtl = arabic > 0 and (arabic == len(letters) or majority_rtl)
    levels = _levels(standing, rtl=rtl, marked=marked)
    order = _reversed_runs(levels)
    ordered = [standing[i] for i in order]
    if rtl:
        ordered = _mirrored(ordered)
    gaps = _gaps(standing, levels, order, base=1 if rtl else 0)
    left, right, baseline, size = _frame(parts)
    return LaidLine(
        words=_words(ordered, gaps, spaced=any(c.text.isspace() for c in standing)),
        left=left,
        right=right,
        baseline=baseline,
        size=size,
        rtl=rtl,
    )


def _kind(text: str) -> str:
    """``R`` right to left, ``L`` left to right, ``N`` a digit, ``-`` neutral."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return "R"
        if direction == "L":
            return "L"
        if direction in ("EN", "AN"):
            return "N"
    return "-"


def _levels(standing: list[Cluster], *, rtl: bool, marked: bool) -> list[int]:
    """Embedding level of each cluster (UAX #9): even is left to right; the base is 1 in a right-to-left line, else 0."""
    kinds = [_kind(c.text) for c in standing]
    base = 1 if rtl else 0
    levels = [{"R": 1, "L": base * 2, "N": base * 2, "-": base}[kind] for kind in kinds]
    lettered_runs = {c.run for c, kind in zip(standing, kinds, strict=True) if kind in "LN" and not c.flipped}
    strong = [i for i, kind in enumerate(kinds) if kind != "-"]
    for before, after in zip(strong, strong[1:], strict=False):
        between = range(before + 1, after)
        pair = kinds[before] + kinds[after]
        if rtl and "R" not in pair:
            inside = _belongs([standing[i] for i in between], pair, lettered_runs=lettered_runs)
            for i in between:
                levels[i] = 2 if inside else 1
        elif not rtl and pair == "RR":
            for i in between:
                levels[i] = 1
        elif not rtl and "L" not in pair:
            # A number between Urdu words in an English line stands within the Urdu stretch.
            for i in between:
                levels[i] = 1 if _number_within_urdu(kinds, before, after) else base
            if _number_within_urdu(kinds, before, after):
                for i in (before, after):
                    levels[i] = 2 if kinds[i] == "N" else 1
    if rtl:
        _take_in_endings(standing, kinds, levels, lettered_runs=lettered_runs, marked=marked)
    return levels


def _belongs(between: list[Cluster], pair: str, *, lettered_runs: set[int]) -> bool:
    """Whether neutrals between two left-to-right clusters, in a right-to-left line, are of their stretch.

    Painted in one text object with letters: as that object goes. Painted apart (browsers do so where a font lacks
    Latin): between Latin letters, or Latin and a number, yes; between numbers only a separator is. So ``28 ECP`` after
    an Urdu word, which is painted exactly like ``ECP 28``, is taken for the latter: the commoner by far.
    """
    if any(c.flipped for c in between):
        return False
    if between and all(c.run in lettered_runs for c in between):
        return True
    text = "".join(c.text for c in between)
    return "L" in pair or not text or (len(text) == 1 and text in _NUMBER_SEPARATORS)


def _number_within_urdu(kinds: list[str], before: int, after: int) -> bool:
    """Urdu letters on both sides before any Latin."""
    left = next((k for k in reversed(kinds[: before + 1]) if k in "LR"), "L")
    right = next((k for k in kinds[after:] if k in "LR"), "L")
    return left == right == "R"


def _take_in_endings(
    standing: list[Cluster], kinds: list[str], levels: list[int], *, lettered_runs: set[int], marked: bool
) -> None:
    """What ends a left-to-right stretch although it is neutral, in a right-to-left line.

    ``25%`` painted in this order is one stretch (``%25`` is not), and so is a bracket whose partner lies inside
    (rule N0).
    """
    open_brackets = 0
    for i in range(len(standing)):
        text = standing[i].text
        if levels[i] == 2:
            open_brackets += (text in _OPENING) - (text in _CLOSING)
        elif i and levels[i - 1] == 2 and not standing[i].flipped:
            own = not marked or standing[i].run in lettered_runs
            if (kinds[i - 1] == "N" and text in ("%", "٪", "°") and own) or (open_brackets > 0 and text in _CLOSING):
                levels[i] = 2
                open_brackets -= text in _CLOSING
            else:
                open_brackets = 0
        else:
            open_brackets = 0


def _reversed_runs(levels: list[int]) -> list[int]:
    """Rule L2: from the highest level down to 1, every stretch at that level or above is reversed."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return order


def _gaps(standing: list[Cluster], levels: list[int], order: list[int], *, base: int) -> list[float]:
    """Points of paper between each cluster and the one read before it (the first: 0).

    What is read one after the other across the edge of an embedded stretch stands at opposite ends of it: there the
    stretch as a whole has the neighbours.
    """
    ends: list[tuple[float, float]] = []
    stretch: list[int] = []
    start = 0
    while start < len(standing):
        end = start + 1
        while levels[start] > base and end < len(standing) and levels[end] > base:
            end += 1
        edge = (min(c.extent.left for c in standing[start:end]), max(c.extent.right for c in standing[start:end]))
        ends += [edge] * (end - start)
        stretch += [start] * (end - start)
        start = end
    gaps = [0.0]
    for before, after in zip(order, order[1:], strict=False):
        if stretch[before] == stretch[after]:
            (l0, _, r0, _), (l1, _, r1, _) = standing[before].extent, standing[after].extent
        else:
            (l0, r0), (l1, r1) = ends[before], ends[after]
        gaps.append(max(l1 - r0, l0 - r1))
    return gaps


def _mirrored(line: list[Cluster]) -> list[Cluster]:
    """With brackets turned round where the producer gave the painted shape instead of the character."""
    text = "".join(c.text for c in line)
    turned = text.translate(_BRACKETS)
    if text == turned or _misplaced(text) <= _misplaced(turned):
        return line
    return [replace(c, text=c.text.translate(_BRACKETS)) for c in line]


def _misplaced(text: str) -> int:
    """Brackets without a partner."""
    depth, wrong = 0, 0
    for character in text:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            wrong, depth = (wrong + 1, depth) if depth == 0 else (wrong, depth - 1)
    return wrong + depth


def _words(line: list[Cluster], gaps: list[float], *, spaced: bool) -> tuple[tuple[Cluster, ...], ...]:
    """Cut at spaces; where the line has none, or far apart, at gaps."""
    words: list[tuple[Cluster, ...]] = []
    current: list[Cluster] = []
    for cluster, gap in zip(line, gaps, strict=True):
        if current and gap > (1.3 if spaced else 0.25) * cluster.size:
            words.append(tuple(current))
            current = []
        pieces = cluster.text.split()
        if not cluster.text.strip():
            if current:
                words.append(tuple(current))
            current = []
        elif len(pieces) == 1 and pieces[0] == cluster.text:
            current.append(cluster)
        else:  # an /ActualText of several words
            for part in _shared_out(cluster, pieces):
                if current and part is not pieces[0]:
                    words.append(tuple(current))
                current = [part]
    if current:
        words.append(tuple(current))
    return tuple(words)


def _shared_out(cluster: Cluster, pieces: list[str]) -> list[Cluster]:
    """One cluster per word, the place divided by the number of letters."""
    total = sum(map(len, pieces)) or 1
    rtl = _leaning(cluster.text) > 0
    left, right = cluster.extent.left, cluster.extent.right
    parts, done = [], 0
    for piece in pieces:
        near, far = done / total, (done + len(piece)) / total
        done += len(piece)
        x0, x1 = (right - far * (right - left), right - near * (right - left)) if rtl else (
            left + near * (right - left), left + far * (right - left)
        )
        parts.append(replace(cluster, text=piece, extent=cluster.extent._replace(left=x0, right=x1)))
    return parts


def _pixel_box(word: Sequence[Cluster], *, scale: float) -> Box:
    left, top = min(c.extent.left for c in word), min(c.extent.top for c in word)
    right, bottom = max(c.extent.right for c in word), max(c.extent.bottom for c in word)
    return Box(round(left * scale), round(top * scale), max(round(right * scale), round(left * scale) + 1),
               max(round(bottom * scale), round(top * scale) + 1))
