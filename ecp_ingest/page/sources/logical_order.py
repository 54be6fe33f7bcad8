"""Brings the clusters of a line from visual order (left to right) to logical order.

This reverses rule L2 of the Unicode bidirectional algorithm (UAX #9): in a right-to-left line everything is reversed,
but runs of Latin letters and of digits keep their order. The page alone doesn't show which neutral characters belong to
such a run. Some producers mark right-to-left text (``/ReversedChars``), which decides. Else a separator inside a number
and a space inside English belong to the run.
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
_WORD_GAP = 0.25
"""Gap between words of a line without spaces, in font sizes: a common width of the space character."""
_WORD_GAP_BESIDE_SPACES = 1.3
"""The same in a line with spaces: only a gap that no kerning explains."""


def logical_words(visual: Sequence[Cluster], *, rtl: bool, marked: bool) -> tuple[tuple[Cluster, ...], ...]:
    """The words of one line, each a run of clusters, in logical order.

    Args:
        visual: the clusters from left to right.
        rtl: whether the base direction of the line is right to left.
        marked: whether the producer of the page marks right-to-left text.
    """
    visual = list(visual)
    levels = _levels(visual, rtl=rtl, marked=marked)
    order = _reversed_runs(levels)
    ordered = [visual[i] for i in order]
    if rtl:
        ordered = _mirrored(ordered)
    gaps = _gaps(visual, levels, order, base=1 if rtl else 0)
    return _words(ordered, gaps, spaced=any(c.text.isspace() for c in visual))


def _kind(text: str) -> str:
    """``R`` for right to left, ``L`` for left to right, ``N`` for a digit, ``-`` if all characters are neutral."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return "R"
        if direction == "L":
            return "L"
        if direction in ("EN", "AN"):
            return "N"
    return "-"


def _levels(visual: list[Cluster], *, rtl: bool, marked: bool) -> list[int]:
    """Embedding level of each cluster (UAX #9); even levels run left to right. The base is 1 in an Urdu line, else 0.

    ``lettered_runs`` below are the text objects that hold left-to-right letters or digits.
    """
    kinds = [_kind(c.text) for c in visual]
    base = 1 if rtl else 0
    levels = [{"R": 1, "L": base * 2, "N": base * 2, "-": base}[kind] for kind in kinds]
    lettered_runs = {c.run for c, kind in zip(visual, kinds, strict=True) if kind in "LN" and not c.flipped}
    strong = [i for i, kind in enumerate(kinds) if kind != "-"]
    for before, after in pairwise(strong):
        between = range(before + 1, after)
        pair = kinds[before] + kinds[after]
        if rtl and "R" not in pair:
            inside = _belongs([visual[i] for i in between], pair, lettered_runs=lettered_runs)
            for i in between:
                levels[i] = 2 if inside else 1
        elif not rtl and pair == "RR":
            for i in between:
                levels[i] = 1
        elif not rtl and "L" not in pair:
            # A number between Urdu words in an English line belongs to the Urdu run.
            for i in between:
                levels[i] = 1 if _number_within_urdu(kinds, before, after) else base
            if _number_within_urdu(kinds, before, after):
                for i in (before, after):
                    levels[i] = 2 if kinds[i] == "N" else 1
    if rtl:
        _extend_by_endings(visual, kinds, levels, lettered_runs=lettered_runs, marked=marked)
    return levels


def _belongs(between: list[Cluster], pair: str, *, lettered_runs: set[int]) -> bool:
    """Whether neutrals between two left-to-right clusters of a right-to-left line belong to their run.

    Neutrals in one text object with letters belong to the letters' run. Neutrals in an object of their own (browsers
    do so if a font lacks Latin) belong to it between Latin letters and between Latin and a number; between two numbers
    only a separator does. So ``28 ECP`` after an Urdu word, which is painted exactly like ``ECP 28``, is taken for
    ``ECP 28``, which is much more common.
    """
    if any(c.flipped for c in between):
        return False
    if between and all(c.run in lettered_runs for c in between):
        return True
    text = "".join(c.text for c in between)
    return "L" in pair or not text or (len(text) == 1 and text in _NUMBER_SEPARATORS)


def _number_within_urdu(kinds: list[str], before: int, after: int) -> bool:
    """Whether the nearest letters on both sides are Urdu."""
    left = next((k for k in reversed(kinds[: before + 1]) if k in "LR"), "L")
    right = next((k for k in kinds[after:] if k in "LR"), "L")
    return left == right == "R"


def _extend_by_endings(
    visual: list[Cluster], kinds: list[str], levels: list[int], *, lettered_runs: set[int], marked: bool
) -> None:
    """Add to each left-to-right run of a right-to-left line the neutral that ends it; changes ``levels``.

    That is a per cent or degree sign after a number (``25%`` painted in this order; not ``%25``), and a closing bracket
    whose opening bracket is in the run (rule N0).
    """
    open_brackets = 0
    for i in range(len(visual)):
        text = visual[i].text
        if levels[i] == 2:
            open_brackets += (text in _OPENING) - (text in _CLOSING)
        elif i and levels[i - 1] == 2 and not visual[i].flipped:
            own = not marked or visual[i].run in lettered_runs
            if (kinds[i - 1] == "N" and text in ("%", "٪", "°") and own) or (open_brackets > 0 and text in _CLOSING):
                levels[i] = 2
                open_brackets -= text in _CLOSING
            else:
                open_brackets = 0
        else:
            open_brackets = 0


def _reversed_runs(levels: list[int]) -> list[int]:
    """Rule L2: from the highest level down to 1, every run at that level or above is reversed."""
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


def _gaps(visual: list[Cluster], levels: list[int], order: list[int], *, base: int) -> list[float]:
    """White space in points between each cluster and the one before it in logical order; 0 for the first.

    Two clusters that follow each other across the edge of an embedded run may lie at its opposite ends. There the gap
    is measured to the run as a whole.
    """
    ends: list[tuple[float, float]] = []
    run_of: list[int] = []
    start = 0
    while start < len(visual):
        end = start + 1
        while levels[start] > base and end < len(visual) and levels[end] > base:
            end += 1
        edge = (min(c.extent.left for c in visual[start:end]), max(c.extent.right for c in visual[start:end]))
        ends += [edge] * (end - start)
        run_of += [start] * (end - start)
        start = end
    gaps = [0.0]
    for before, after in pairwise(order):
        if run_of[before] == run_of[after]:
            (l0, _, r0, _), (l1, _, r1, _) = visual[before].extent, visual[after].extent
        else:
            (l0, r0), (l1, r1) = ends[before], ends[after]
        gaps.append(max(l1 - r0, l0 - r1))
    return gaps


def _mirrored(line: list[Cluster]) -> list[Cluster]:
    """The line with its brackets mirrored, if more of them pair up then: some producers give the painted shape."""
    text = "".join(c.text for c in line)
    mirrored = text.translate(_BRACKETS)
    if text == mirrored or _unpaired(text) <= _unpaired(mirrored):
        return line
    return [replace(c, text=c.text.translate(_BRACKETS)) for c in line]


def _unpaired(text: str) -> int:
    """Number of brackets without a partner."""
    depth, unopened = 0, 0
    for character in text:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            unopened, depth = (unopened + 1, depth) if depth == 0 else (unopened, depth - 1)
    return unopened + depth


def _words(line: list[Cluster], gaps: list[float], *, spaced: bool) -> tuple[tuple[Cluster, ...], ...]:
    """Split a line at spaces and at wide gaps. ``spaced``: the line has space characters."""
    words: list[tuple[Cluster, ...]] = []
    current: list[Cluster] = []
    for cluster, gap in zip(line, gaps, strict=True):
        if current and gap > (_WORD_GAP_BESIDE_SPACES if spaced else _WORD_GAP) * cluster.size:
            words.append(tuple(current))
            current = []
        parts = _split_at_spaces(cluster) if cluster.text.strip() else []
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


def _split_at_spaces(cluster: Cluster) -> list[Cluster]:
    """One cluster for each word of an ``/ActualText``; each gets width in proportion to its letters."""
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
