"""What was scanned or recognised twice, found before paragraphs are composed.

Three cases: the same sheet twice (``same_sheet``), the foot of one scan again at the head of the next
(``same_strip``), the same ink twice on one page. Recognition errs differently each time, so likeness is judged by edit
distance over folded text (Levenshtein, as rapidfuzz computes it); numbers and words that plainly differ weigh against
it, for two releases written from one template are as alike as two scans of one sheet. Where there are pictures of both
pages, they decide.
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


def repeated_lines(pages: Sequence[ReadPage], *, settings: RepairSettings) -> tuple[Repeat, ...]:
    """Every repeat in ``pages`` (all pages of one source, in order); no line goes twice."""
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
    # Pages that are alike all over and still differ come from one template: their ends are alike too.
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
                "boxes": [plain_box(go.line.bbox)],
                "repeats_boxes": [plain_box(keep.line.bbox)],
            }
            repeats.append(Repeat("", "duplicate_line", (go.ref,), (keep.ref,), score, True, evidence))
    return repeats
