"""The foot of one scan that stands again at the head of the next, as when a sheet is longer than the glass."""

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
from ecp_ingest.release.collation.rescanned_sheets import ink_evidence, likenesses

SAME_LINE = 0.82
LONGEST_STRIP = 15
"""Lines."""


Pictures = tuple[Thumbnail | None, Thumbnail | None]


def same_strips(upper: list[FoldedLine], lower: list[FoldedLine], pictures: Pictures) -> list[Repeat]:
    """Column by column: the last lines of ``upper`` that stand again as the first of ``lower``."""
    repeats: list[Repeat] = []
    columns = _columns(lower)
    for feet in _columns(upper):
        heads = next((heads for heads in columns if _beside(feet, heads)), None)
        if heads is not None and (repeat := _same_strip(feet, heads, pictures)) is not None:
            repeats.append(repeat)
            columns = [column for column in columns if column is not heads]
    return repeats


def _columns(lines: list[FoldedLine]) -> list[list[FoldedLine]]:
    """Lines by column, judged by what overlaps sideways; one column where there are no boxes."""
    columns: list[tuple[int, int, list[FoldedLine]]] = []
    for line in lines:
        box = line.line.bbox
        left, right = (0, 1) if box is None else (box.left, box.right)
        for i, (a, b, members) in enumerate(columns):
            if min(b, right) - max(a, left) > 0.5 * min(b - a, right - left):
                columns[i] = (min(a, left), max(b, right), [*members, line])
                break
        else:
            columns.append((left, right, [line]))
    found = [members for _, _, members in columns]
    # A short line in the middle is no column of its own, nor one at an edge: in columns, lines stand side by side.
    while pair := next(((a, b) for a, b in combinations(found, 2) if not _side_by_side(a, b)), None):
        found = [members for members in found if members not in pair] + [pair[0] + pair[1]]
    return [sorted(members, key=lambda m: (m.line.bbox.top if m.line.bbox else 0, m.ref)) for members in found]


def _side_by_side(a: list[FoldedLine], b: list[FoldedLine]) -> bool:
    """Whether a line of the one shares most of its height with a line of the other."""
    boxes = [[m.line.bbox for m in side if m.line.bbox is not None] for side in (a, b)]
    return any(min(x.bottom, y.bottom) - max(x.top, y.top) > 0.6 * min(x.height, y.height) for x, y in product(*boxes))


def _beside(a: list[FoldedLine], b: list[FoldedLine]) -> bool:
    """Whether the two columns stand in one place across their pages."""
    boxes = [[m.line.bbox for m in side if m.line.bbox is not None] for side in (a, b)]
    if not boxes[0] or not boxes[1]:
        return True
    spans = [(min(x.left for x in side), max(x.right for x in side)) for side in boxes]
    common = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return common > 0.5 * min(spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])


def _same_strip(feet: list[FoldedLine], heads: list[FoldedLine], pictures: Pictures) -> Repeat | None:
    """At the page's cut edges one line on each side may be garbled: it goes with its better copy as proof."""
    best: tuple[float, list[tuple[FoldedLine, FoldedLine]], int, int] | None = None
    for end in range(len(feet), max(0, len(feet) - 3), -1):
        for start in range(min(2, len(heads))):
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
    # What holds for sheets holds for strips: numbers or names that plainly differ are other lines from one template.
    feet_alike, heads_alike = [foot for foot, _ in best[1]], [head for _, head in best[1]]
    above, below = pictures
    seen = None if above is None or below is None else likenesses(feet_alike, heads_alike, above, below)
    against = differences(folded_words(feet_alike), folded_words(heads_alike))
    if seen is None:
        return None if against else _strip_repeat(feet, heads, *best[1:])
    # The cut goes through the outer lines, whose ink differs: where the text agrees, it is enough that most ink does.
    if not (seen.is_same_sheet or (seen.typical >= SAME_INK and not against)):
        return None
    repeat = _strip_repeat(feet, heads, *best[1:])
    return None if repeat is None else replace(repeat, evidence=repeat.evidence | ink_evidence(seen))


def _line_score(a: FoldedLine, b: FoldedLine) -> float:
    score = likeness(a.folded, b.folded)
    if score < SAME_LINE:
        return score
    # A line of a list is like the next one but for its numbers.
    numbers = [[word for word in folded_words([line]) if word[0][0].isdigit()] for line in (a, b)]
    return 0.0 if differences(*numbers) else score


def _is_proof(pairs: Sequence[tuple[FoldedLine, FoldedLine]]) -> bool:
    """Two lines at least that aren't what every page has at its edges."""
    telling = [
        a
        for a, _ in pairs
        if len(a.folded.split()) >= 4
        and len(a.folded) >= 16
        and not is_issuer_line(a.line.text)
        and kind_of_heading(a.line.text) is None
    ]
    return len(telling) >= 2 and len({line.folded for line in telling}) >= 2


def _strip_repeat(
    feet: list[FoldedLine], heads: list[FoldedLine], pairs: list[tuple[FoldedLine, FoldedLine]], end: int, start: int
) -> Repeat | None:
    goes = [(head, foot) for foot, head in pairs]
    first_foot = end - len(pairs) - 1
    # Above the match: what is left of lines that the scan's upper edge cut through, whole on the page before.
    for head in range(start - 1, -1, -1):
        foot = first_foot - (start - 1 - head)
        if not _is_remnant(heads[head], feet[foot] if foot >= 0 else None):
            return None
        goes.insert(0, (heads[head], feet[max(0, foot)]))
    # Below it: the same at the lower edge of the page before, whole on the next.
    for foot in range(end, len(feet)):
        head = start + len(pairs) + foot - end
        if _is_furniture(feet[foot]):
            continue
        if head >= len(heads) or not _is_remnant(feet[foot], heads[head]):
            return None
        goes.append((feet[foot], heads[head]))
    scores = [likeness(a.folded, b.folded) for a, b in pairs]
    return Repeat(
        id="",
        kind="duplicate_line",
        lines=tuple(one.ref for one, _ in goes),
        of=tuple(other.ref for _, other in goes),
        score=sum(scores) / len(scores),
        evidence={
            "rule": "same_strip",
            "page": heads[0].ref[0],
            "repeats_page": feet[0].ref[0],
            "scores": [round(likeness(a.folded, b.folded), 4) for a, b in goes],
            "boxes": [plain_box(a.line.bbox) for a, _ in goes],
            "repeats_boxes": [plain_box(b.line.bbox) for _, b in goes],
        },
    )


def _is_remnant(line: FoldedLine, whole: FoldedLine | None) -> bool:
    """Whether ``line`` can be half of ``whole``, cut through along its length."""
    if whole is None:
        return line.confidence < 0.5 or len(line.folded) < 4
    if line.confidence < 0.5 or len(line.folded) < 6:
        return True
    # Read with some certainty, it must at least say nothing else.
    return likeness(line.folded, whole.folded) >= 0.3 and not differences(folded_words([line]), folded_words([whole]))


def _is_furniture(line: FoldedLine) -> bool:
    return len(line.folded) <= 6 or re.fullmatch(r"(?:page|صفحہ)? ?\d+(?: ?(?:of|از)? ?\d+)?", line.folded) is not None
