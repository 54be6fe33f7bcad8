"""Finds lines at the foot of one scan that come again at the head of the next: the sheet was longer than the glass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product

from ecp_ingest.document.pages import Thumbnail
from ecp_ingest.entities.boilerplate import is_issuer_line, kind_of_heading
from ecp_ingest.language.similarity import differences, likeness
from ecp_ingest.page.imaging.ink_comparison import SAME_INK
from ecp_ingest.release.collation.folded_lines import FoldedLine, folded_words
from ecp_ingest.release.collation.repeats import Repeat, plain_box
from ecp_ingest.release.collation.rescanned_sheets import ink_evidence, ink_likeness

SAME_LINE = 0.82
"""Likeness of text (1 − edit distance / length) from which two lines may be one."""
LONGEST_STRIP = 15
"""Lines that the two scans share, at most."""
CUT_LINES_ABOVE, CUT_LINES_BELOW = 1, 2
"""Lines at the cut edge of a scan that may be cut through and misread, at most."""
SIDEWAYS, SIDE_BY_SIDE = 0.5, 0.6
"""Share of the smaller width from which two spans are one column; share of the smaller height from which two lines are
side by side."""
PROOF_WORDS, PROOF_LETTERS, PROOF_LINES = 4, 16, 2
"""Of a line that proves an overlap, and how many such lines it takes."""
PAGE_NUMBER_LETTERS = 6
UNREADABLE = 0.5
"""Confidence below which a line may be the rest of one that was cut through."""
REMNANT_LETTERS, REMNANT_ALONE, REMNANT_LIKENESS = 6, 4, 0.3
"""Letters below which a line may be such a rest, with the whole line on the other scan and without it; and the likeness
to the whole line from which a longer one may be."""


Pictures = tuple[Thumbnail | None, Thumbnail | None]


def same_strips(upper: list[FoldedLine], lower: list[FoldedLine], pictures: Pictures) -> list[Repeat]:
    """For each column, the first lines of ``lower`` if they repeat the last lines of ``upper``."""
    repeats: list[Repeat] = []
    columns = _columns(lower)
    for feet in _columns(upper):
        heads = next((heads for heads in columns if _same_column(feet, heads)), None)
        if heads is not None and (repeat := _same_strip(feet, heads, pictures)) is not None:
            repeats.append(repeat)
            columns = [column for column in columns if column is not heads]
    return repeats


def _columns(lines: list[FoldedLine]) -> list[list[FoldedLine]]:
    """Lines by column, each from top to bottom: lines that overlap sideways. One column where there are no boxes."""
    columns: list[tuple[int, int, list[FoldedLine]]] = []
    for line in lines:
        box = line.line.bbox
        left, right = (0, 1) if box is None else (box.left, box.right)
        for i, (a, b, members) in enumerate(columns):
            if min(b, right) - max(a, left) > SIDEWAYS * min(b - a, right - left):
                columns[i] = (min(a, left), max(b, right), [*members, line])
                break
        else:
            columns.append((left, right, [line]))
    found = [members for _, _, members in columns]
    # A short line in the middle or at an edge isn't a column: columns have lines side by side.
    while pair := next(((a, b) for a, b in combinations(found, 2) if not _side_by_side(a, b)), None):
        found = [members for members in found if members not in pair] + [pair[0] + pair[1]]
    return [sorted(members, key=lambda m: (m.line.bbox.top if m.line.bbox else 0, m.ref)) for members in found]


def _side_by_side(a: list[FoldedLine], b: list[FoldedLine]) -> bool:
    """Whether a line of ``a`` shares most of its height with a line of ``b``."""
    boxes = [[m.line.bbox for m in side if m.line.bbox is not None] for side in (a, b)]
    return any(
        min(x.bottom, y.bottom) - max(x.top, y.top) > SIDE_BY_SIDE * min(x.height, y.height) for x, y in product(*boxes)
    )


def _same_column(a: list[FoldedLine], b: list[FoldedLine]) -> bool:
    """Whether the two columns are at the same place across their pages."""
    boxes = [[m.line.bbox for m in side if m.line.bbox is not None] for side in (a, b)]
    if not boxes[0] or not boxes[1]:
        return True
    spans = [(min(x.left for x in side), max(x.right for x in side)) for side in boxes]
    common = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return common > SIDEWAYS * min(spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])


def _same_strip(feet: list[FoldedLine], heads: list[FoldedLine], pictures: Pictures) -> Repeat | None:
    """The longest run of last lines of ``feet`` that are the first of ``heads``; None where there is none.

    Lines that the edge of a scan cuts through are misread; they are taken out too: the other scan has them whole.
    """
    best: tuple[float, list[tuple[FoldedLine, FoldedLine]], int, int] | None = None
    for end in range(len(feet), max(0, len(feet) - CUT_LINES_BELOW - 1), -1):
        for start in range(min(CUT_LINES_ABOVE + 1, len(heads))):
            for k in range(min(LONGEST_STRIP, end, len(heads) - start), 1, -1):
                pairs = list(zip(feet[end - k : end], heads[start : start + k], strict=True))
                scores = [_line_score(a, b) for a, b in pairs]
                if min(scores) < SAME_LINE or not _is_proof(pairs):
                    continue
                weight = sum(len(a.folded) for a, _ in pairs) * min(scores)
                if best is None or weight > best[0]:
                    best = (weight, pairs, end, start)
                break
    if best is None:
        return None
    # As for sheets: numbers or names that clearly differ mean other lines from one template.
    feet_alike, heads_alike = [foot for foot, _ in best[1]], [head for _, head in best[1]]
    above, below = pictures
    ink = None if above is None or below is None else ink_likeness(feet_alike, heads_alike, above, below)
    against = differences(folded_words(feet_alike), folded_words(heads_alike))
    if ink is None:
        return None if against else _strip_repeat(feet, heads, *best[1:])
    # The ink of lines that are cut through differs: where the text agrees, it is enough that most of the ink does.
    if not (ink.is_same_sheet or (ink.typical >= SAME_INK and not against)):
        return None
    repeat = _strip_repeat(feet, heads, *best[1:])
    return None if repeat is None else replace(repeat, evidence=repeat.evidence | ink_evidence(ink))


def _line_score(a: FoldedLine, b: FoldedLine) -> float:
    score = likeness(a.folded, b.folded)
    if score < SAME_LINE:
        return score
    # The lines of a list may differ only in their numbers.
    numbers = [[word for word in folded_words([line]) if word[0][0].isdigit()] for line in (a, b)]
    return 0.0 if differences(*numbers) else score


def _is_proof(pairs: Sequence[tuple[FoldedLine, FoldedLine]]) -> bool:
    """Whether enough lines differ from each other and aren't what every page has at its edges."""
    proofs = [
        a
        for a, _ in pairs
        if len(a.folded.split()) >= PROOF_WORDS
        and len(a.folded) >= PROOF_LETTERS
        and not is_issuer_line(a.line.text)
        and kind_of_heading(a.line.text) is None
    ]
    return len({line.folded for line in proofs}) >= PROOF_LINES


def _strip_repeat(
    feet: list[FoldedLine], heads: list[FoldedLine], pairs: list[tuple[FoldedLine, FoldedLine]], end: int, start: int
) -> Repeat | None:
    copies = [(head, foot) for foot, head in pairs]
    first_foot = end - len(pairs) - 1
    # Above the match: lines that the upper edge of this scan cuts through, whole on the page before.
    for head in range(start - 1, -1, -1):
        foot = first_foot - (start - 1 - head)
        if not _is_remnant(heads[head], feet[foot] if foot >= 0 else None):
            return None
        copies.insert(0, (heads[head], feet[max(0, foot)]))
    # Below it: lines that the lower edge of the page before cuts through, whole on this one.
    for foot in range(end, len(feet)):
        head = start + len(pairs) + foot - end
        if _is_page_number(feet[foot]):
            continue
        if head >= len(heads) or not _is_remnant(feet[foot], heads[head]):
            return None
        copies.append((feet[foot], heads[head]))
    scores = [likeness(a.folded, b.folded) for a, b in pairs]
    return Repeat(
        id="",
        kind="duplicate_line",
        lines=tuple(one.ref for one, _ in copies),
        of=tuple(other.ref for _, other in copies),
        score=sum(scores) / len(scores),
        evidence={
            "rule": "same_strip",
            "page": heads[0].ref[0],
            "repeats_page": feet[0].ref[0],
            "scores": [round(likeness(a.folded, b.folded), 4) for a, b in copies],
            "boxes": [plain_box(a.line.bbox) for a, _ in copies],
            "repeats_boxes": [plain_box(b.line.bbox) for _, b in copies],
        },
    )


def _is_remnant(line: FoldedLine, whole: FoldedLine | None) -> bool:
    """Whether ``line`` can be the upper or lower half of ``whole``."""
    if whole is None:
        return line.confidence < UNREADABLE or len(line.folded) < REMNANT_ALONE
    if line.confidence < UNREADABLE or len(line.folded) < REMNANT_LETTERS:
        return True
    # Read with some confidence, it must not contradict the whole line.
    against = differences(folded_words([line]), folded_words([whole]))
    return likeness(line.folded, whole.folded) >= REMNANT_LIKENESS and not against


def _is_page_number(line: FoldedLine) -> bool:
    """Whether the line is a page number, or as short as one."""
    return (
        len(line.folded) <= PAGE_NUMBER_LETTERS
        or re.fullmatch(r"(?:page|صفحہ)? ?\d+(?: ?(?:of|از)? ?\d+)?", line.folded) is not None
    )
