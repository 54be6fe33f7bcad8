"""What was scanned or recognised twice, found before paragraphs are composed.

Three cases: the same sheet twice, the foot of one scan again at the head of the next, the same ink twice on one page.
Recognition errs differently each time, so likeness is judged by edit distance over folded text (Levenshtein, as
rapidfuzz computes it); numbers and words that plainly differ weigh against it, for two releases written from one
template are as alike as two scans of one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any, Literal

from rapidfuzz import fuzz

from ecp_ingest.document import Box, ReadPage
from ecp_ingest.lexicon import is_issuer_line, kind_of_heading
from ecp_ingest.likeness import (
    CERTAIN_WORD,
    FoldedLine,
    LineRef,
    differences,
    folded_lines,
    folded_words,
    likeness,
)
from ecp_ingest.settings import RepairSettings

SAME_PAGE = 0.86
SAME_LINE = 0.82
ENOUGH_LETTERS = 180
"""A page with less (a letterhead, a cover) proves nothing by being alike."""
LONGEST_STRIP = 15
"""Lines."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """``lines`` repeat ``of``, pair by pair in the case of strips and ink. Where it isn't ``certain``, nothing goes:
    a person is asked."""

    id: str
    kind: Literal["duplicate_page", "duplicate_line"]
    lines: tuple[LineRef, ...]
    of: tuple[LineRef, ...]
    score: float
    """Likeness, 0–1."""
    certain: bool = True
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only; boxes in the scan frame."""


def repeated_lines(pages: Sequence[ReadPage], *, settings: RepairSettings) -> tuple[Repeat, ...]:
    """Every repeat in ``pages`` (all pages of one source, in order); no line goes twice."""
    if not settings.duplicates:
        return ()
    texts = {page.facts.number: folded_lines(page) for page in pages}
    found = _same_ink(texts)
    gone = {ref for repeat in found for ref in repeat.lines}
    texts = {number: [line for line in lines if line.ref not in gone] for number, lines in texts.items()}
    sheets = _same_sheets(texts)
    whole = {repeat.lines[0][0] for repeat in sheets if repeat.certain}
    left = [(number, lines) for number, lines in texts.items() if number not in whole]
    # Pages that are alike all over and still differ come from one template: their ends are alike too.
    template = {(repeat.of[0][0], repeat.lines[0][0]) for repeat in sheets if not repeat.certain}
    strips = [r for a, b in pairwise(left) if (a[0], b[0]) not in template for r in _same_strips(a[1], b[1])]
    repeats = [*sheets, *strips, *found]
    return tuple(
        Repeat(f"r{n}", r.kind, r.lines, r.of, round(r.score, 4), r.certain, r.evidence)
        for n, r in enumerate(repeats, start=1)
    )


# ── the same sheet ────────────────────────────────────────────────────────────────────────────────────────────────


def _same_sheets(texts: dict[int, list[FoldedLine]]) -> list[Repeat]:
    bodies = {number: "".join(line.folded for line in lines).replace(" ", "") for number, lines in texts.items()}
    letters = {number: len(body) for number, body in bodies.items()}
    repeats: list[Repeat] = []
    gone: set[int] = set()
    for first, second in combinations(sorted(texts), 2):
        if first in gone or second in gone or min(letters[first], letters[second]) < ENOUGH_LETTERS:
            continue
        if min(letters[first], letters[second]) < 0.7 * max(letters[first], letters[second]):
            continue
        score = fuzz.ratio(bodies[first], bodies[second], score_cutoff=100 * SAME_PAGE) / 100
        if score < SAME_PAGE:
            continue
        against = differences(folded_words(texts[first]), folded_words(texts[second]))
        if not against:
            gone.add(second)
        elif any(repeat.lines[0][0] == second for repeat in repeats):
            continue
        evidence = {"rule": "same_sheet", "page": second, "repeats_page": first, "score": round(score, 4)}
        repeats.append(
            Repeat(
                id="",
                kind="duplicate_page",
                lines=tuple(line.ref for line in texts[second]),
                of=tuple(line.ref for line in texts[first]),
                score=score,
                certain=not against,
                evidence=evidence | ({"differences": [list(pair) for pair in against[:10]]} if against else {}),
            )
        )
    # A page that surely repeats one page needs no question about another.
    return [r for r in repeats if r.certain or r.lines[0][0] not in gone]


# ── the foot of one scan at the head of the next ──────────────────────────────────────────────────────────────────


def _same_strips(upper: list[FoldedLine], lower: list[FoldedLine]) -> list[Repeat]:
    """Column by column: the last lines of ``upper`` that stand again as the first of ``lower``."""
    repeats: list[Repeat] = []
    columns = _columns(lower)
    for feet in _columns(upper):
        heads = next((heads for heads in columns if _beside(feet, heads)), None)
        if heads is not None and (repeat := _same_strip(feet, heads)) is not None:
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
    return [sorted(members, key=lambda m: (m.line.bbox.top if m.line.bbox else 0, m.ref)) for _, _, members in columns]


def _beside(a: list[FoldedLine], b: list[FoldedLine]) -> bool:
    """Whether the two columns stand in one place across their pages."""
    boxes = [[m.line.bbox for m in side if m.line.bbox is not None] for side in (a, b)]
    if not boxes[0] or not boxes[1]:
        return True
    spans = [(min(x.left for x in side), max(x.right for x in side)) for side in boxes]
    common = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    return common > 0.5 * min(spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])


def _same_strip(feet: list[FoldedLine], heads: list[FoldedLine]) -> Repeat | None:
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
    foot_words, head_words = (folded_words([pair[side] for pair in best[1]]) for side in (0, 1))
    return None if differences(foot_words, head_words) else _strip_repeat(feet, heads, *best[1:])


def _line_score(a: FoldedLine, b: FoldedLine) -> float:
    if re.findall(r"\d+", a.folded) != re.findall(r"\d+", b.folded) and min(a.confidence, b.confidence) >= CERTAIN_WORD:
        return 0.0
    return likeness(a.folded, b.folded)


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
            "boxes": [_box(a.line.bbox) for a, _ in goes],
            "repeats_boxes": [_box(b.line.bbox) for _, b in goes],
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


def _box(box: Box | None) -> list[int] | None:
    return None if box is None else list(box)


# ── the same ink ──────────────────────────────────────────────────────────────────────────────────────────────────


def _same_ink(texts: dict[int, list[FoldedLine]]) -> list[Repeat]:
    repeats: list[Repeat] = []
    for lines in texts.values():
        gone: set[LineRef] = set()
        for a, b in combinations([line for line in lines if line.line.bbox is not None], 2):
            if a.ref in gone or b.ref in gone or a.line.bbox is None or b.line.bbox is None:
                continue
            shared = a.line.bbox.overlap(b.line.bbox) / max(1, min(a.line.bbox.area, b.line.bbox.area))
            if shared <= 0.6:
                continue
            score = likeness(a.folded, b.folded)
            part = fuzz.partial_ratio(a.folded, b.folded) / 100 if min(len(a.folded), len(b.folded)) >= 6 else 0.0
            if score < 0.75 and not (shared > 0.85 and part >= 0.88):
                continue
            # What says more stays; between equals, what was read more surely; then the first.
            keep, go = sorted((a, b), key=lambda x: (-len(x.folded) if score < 0.75 else 0, -x.confidence, x.ref))
            gone.add(go.ref)
            evidence = {
                "rule": "same_ink",
                "score": round(score, 4),
                "overlap": round(shared, 4),
                "boxes": [_box(go.line.bbox)],
                "repeats_boxes": [_box(keep.line.bbox)],
            }
            repeats.append(Repeat("", "duplicate_line", (go.ref,), (keep.ref,), score, True, evidence))
    return repeats
