"""A line as it stands → a line as it is read.

This is the reverse of the Unicode bidirectional algorithm's rule L2 (UAX #9): in a right-to-left line all is reversed,
but stretches of Latin and of digits keep their order. Which neutral characters belong to such a stretch can't be seen
from the page alone; producers that mark their right-to-left text (``/ReversedChars``) tell, and for others a separator
inside a number or a space inside English belongs to it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ecp_ingest.language.scripts import BRACKETS, GUILLEMETS, leaning
from ecp_ingest.page.sources.pdf_glyphs import Cluster, Extent

_NUMBER_SEPARATORS = frozenset(",.:/٫٬")
_BRACKETS = str.maketrans(BRACKETS | GUILLEMETS)
_OPENING, _CLOSING = "([{«‹", ")]}»›"


def words_as_read(standing: Sequence[Cluster], *, rtl: bool, marked: bool) -> tuple[tuple[Cluster, ...], ...]:
    """The words of one line, each a run of clusters in logical order.

    Args:
        standing: from left to right as they stand.
        rtl: the line's base direction.
        marked: the page's producer marks what runs right to left.
    """
    standing = list(standing)
    levels = _levels(standing, rtl=rtl, marked=marked)
    order = _reversed_runs(levels)
    ordered = [standing[i] for i in order]
    if rtl:
        ordered = _mirrored(ordered)
    gaps = _gaps(standing, levels, order, base=1 if rtl else 0)
    return _words(ordered, gaps, spaced=any(c.text.isspace() for c in standing))


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
    """Embedding level of each cluster (UAX #9), even for left to right; the base is 1 in an Urdu line, else 0."""
    kinds = [_kind(c.text) for c in standing]
    base = 1 if rtl else 0
    levels = [{"R": 1, "L": base * 2, "N": base * 2, "-": base}[kind] for kind in kinds]
    lettered_runs = {c.run for c, kind in zip(standing, kinds, strict=True) if kind in "LN" and not c.flipped}
    strong = [i for i, kind in enumerate(kinds) if kind != "-"]
    for before, after in pairwise(strong):
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
    for before, after in pairwise(order):
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
        parts = _shared_out(cluster) if cluster.text.strip() else []
        if current and (not parts or cluster.text[0].isspace()):
            words.append(tuple(current))
            current = []
        for number, part in enumerate(parts):
            if number:
                words.append(tuple(current))
                current = []
            current.append(part)
        if parts and cluster.text[-1].isspace():
            words.append(tuple(current))
            current = []
    if current:
        words.append(tuple(current))
    return tuple(words)


def _shared_out(cluster: Cluster) -> list[Cluster]:
    """One cluster for each word of an ``/ActualText``, the place divided by the number of letters."""
    pieces = cluster.text.split()
    if len(pieces) == 1:
        return [replace(cluster, text=pieces[0])]
    total = sum(map(len, pieces))
    left, top, right, bottom = cluster.extent
    width = right - left
    rtl = leaning(cluster.text) > 0
    parts, done = [], 0
    for piece in pieces:
        near, far = done / total * width, (done + len(piece)) / total * width
        done += len(piece)
        x0, x1 = (right - far, right - near) if rtl else (left + near, left + far)
        parts.append(replace(cluster, text=piece, extent=Extent(x0, top, x1, bottom)))
    return parts
