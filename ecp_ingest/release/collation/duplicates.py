"""Finds lines that were scanned or recognised twice, before paragraphs are composed.

Three cases: the same sheet twice (``rescanned_sheets``), the foot of one scan again at the head of the next
(``overlapping_scans``), the same ink twice on one page. Recognition makes other errors each time, so likeness is the
edit distance of folded text (Levenshtein, as rapidfuzz computes it). Numbers and words that clearly differ count
against it: two releases written from one template are as alike as two scans of one sheet. Where there are pictures of
both pages, the pictures decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from rapidfuzz import fuzz

from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import LineRef
from ecp_ingest.language.similarity import likeness
from ecp_ingest.release.collation.folded_lines import FoldedLine, folded_lines
from ecp_ingest.release.collation.overlapping_scans import same_strips
from ecp_ingest.release.collation.repeats import Repeat, plain_box
from ecp_ingest.release.collation.rescanned_sheets import same_sheets
from ecp_ingest.settings import RepairSettings

SHARED_AREA, SAME_LINE = 0.6, 0.75
"""From these, two lines have the same ink: share of the smaller box that both cover, likeness of their texts."""
PART_AREA, SAME_PART = 0.85, 0.88
"""The same where one text is a part of the other: share of the box, likeness of the shorter text to that part."""
SHORTEST_PART = 6
"""Letters; a shorter text is part of many."""


def repeated_lines(pages: Sequence[ReadPage], *, settings: RepairSettings) -> tuple[Repeat, ...]:
    """Every repeat in ``pages`` (all pages of one source, in order); no line is taken out by two of them."""
    if not settings.duplicates:
        return ()
    texts = {page.facts.number: folded_lines(page) for page in pages}
    found = _same_ink(texts)
    gone = {ref for repeat in found for ref in repeat.lines}
    texts = {number: [line for line in lines if line.ref not in gone] for number, lines in texts.items()}
    pictures = {page.facts.number: page.thumbnail for page in pages}
    sheets = same_sheets(texts, pictures)
    whole = {repeat.lines[0][0] for repeat in sheets if repeat.certain}
    left = [(number, lines) for number, lines in texts.items() if number not in whole]
    # Whole pages that are alike and still differ come from one template: so are the lines at their edges.
    template = {(repeat.of[0][0], repeat.lines[0][0]) for repeat in sheets if not repeat.certain}
    strips = [
        r
        for a, b in pairwise(left)
        if (a[0], b[0]) not in template
        for r in same_strips(a[1], b[1], (pictures[a[0]], pictures[b[0]]))
    ]
    repeats = [*sheets, *strips, *found]
    return tuple(
        Repeat(f"r{n}", r.kind, r.lines, r.of, round(r.score, 4), r.certain, r.evidence)
        for n, r in enumerate(repeats, start=1)
    )


def _same_ink(texts: dict[int, list[FoldedLine]]) -> list[Repeat]:
    """Lines of one page whose boxes overlap and whose texts are alike: the layout cut the same ink out twice."""
    repeats: list[Repeat] = []
    for lines in texts.values():
        gone: set[LineRef] = set()
        for a, b in combinations([line for line in lines if line.line.bbox is not None], 2):
            if a.ref in gone or b.ref in gone or a.line.bbox is None or b.line.bbox is None:
                continue
            shared = a.line.bbox.overlap(b.line.bbox) / max(1, min(a.line.bbox.area, b.line.bbox.area))
            if shared <= SHARED_AREA:
                continue
            score = likeness(a.folded, b.folded)
            part = _likeness_of_part(a.folded, b.folded)
            if score < SAME_LINE and not (shared > PART_AREA and part >= SAME_PART):
                continue
            # The line with more text stays; of equals, the one read with more confidence; then the first.
            keep, go = sorted((a, b), key=lambda x: (-len(x.folded) if score < SAME_LINE else 0, -x.confidence, x.ref))
            gone.add(go.ref)
            evidence = {
                "rule": "same_ink",
                "score": round(score, 4),
                "overlap": round(shared, 4),
                "boxes": [plain_box(go.line.bbox)],
                "repeats_boxes": [plain_box(keep.line.bbox)],
            }
            repeats.append(Repeat("", "duplicate_line", (go.ref,), (keep.ref,), score, True, evidence))
    return repeats


def _likeness_of_part(a: str, b: str) -> float:
    return fuzz.partial_ratio(a, b) / 100 if min(len(a), len(b)) >= SHORTEST_PART else 0.0
