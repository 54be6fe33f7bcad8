"""Repeats that may be meant: they stay, and a person is asked, with the repair that would take the second copy out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from ecp_ingest.document.text import Paragraph
from ecp_ingest.language.folding import fold
from ecp_ingest.language.similarity import differences
from ecp_ingest.record.entries import RepairEntry, ReviewReason
from ecp_ingest.release.collation.repeats import Repeat
from ecp_ingest.release.repair.exact_repeats import RepeatedPhrase, first_exact_repeat
from ecp_ingest.release.repair.inexact_repeats import interrupted_repeats, misread_repeats
from ecp_ingest.release.repair.repeated_phrases import RUNNING_TEXT, removal

SAME_PARAGRAPH = 0.95
"""Likeness from which two paragraphs are copies of each other."""
PARAGRAPH_WORDS = 8
"""Shorter paragraphs are often alike because they come from one template."""
SHOWN_DIFFERENCES = 3


def phrases(paragraph: Paragraph, text: str) -> Iterator[ReviewReason]:
    """Phrases that occur twice in the paragraph's final text and were left in it."""
    if paragraph.kind not in RUNNING_TEXT:
        return
    after = 0
    while (repeat := first_exact_repeat(text, after=after)) is not None:
        yield _phrase("printed_duplicate", paragraph, repeat, text, "stands twice running")
        after = max(repeat.start, repeat.first + 1)
    for repeat in misread_repeats(text):
        yield _phrase("garbled_repeat", paragraph, repeat, text, "stands twice running, suspected error")
    for repeat in interrupted_repeats(text):
        yield _phrase("garbled_repeat", paragraph, repeat, text, "stands twice in one sentence, suspected error")


def _phrase(kind: str, paragraph: Paragraph, repeat: RepeatedPhrase, text: str, what: str) -> ReviewReason:
    change = removal(repeat, text)
    suggestion = _suggestion(change.kind, paragraph, change.start, change.before, change.evidence)
    detail = f"{what} ({repeat.why}): {change.before.strip()}"
    return ReviewReason(kind=kind, paragraph=paragraph.id, detail=detail, suggestion=suggestion)


def paragraphs_printed_twice(paragraphs: Sequence[Paragraph], texts: Sequence[str]) -> Iterator[ReviewReason]:
    """Whole paragraphs of running text that are printed twice; ``texts`` are their final texts."""
    long = [
        (paragraph, text, fold(text))
        for paragraph, text in zip(paragraphs, texts, strict=True)
        if paragraph.kind in ("body", "other") and len(text.split()) >= PARAGRAPH_WORDS
    ]
    flagged: set[str] = set()
    for (first, _, folded_first), (second, text, folded) in combinations(long, 2):
        if second.id in flagged or first.id in flagged or first.script != second.script:
            continue
        score = fuzz.ratio(folded_first, folded, score_cutoff=100 * SAME_PARAGRAPH) / 100
        # Two paragraphs from one template differ in what matters, however alike they are: a number, a town.
        if score and not differences(*([(word, 1.0) for word in words.split()] for words in (folded_first, folded))):
            flagged.add(second.id)
            evidence = {"rule": "printed_twice", "score": round(score, 4), "repeats": first.id}
            yield ReviewReason(
                kind="printed_duplicate",
                paragraph=second.id,
                detail=f"says again what {first.id} says",
                suggestion=_suggestion("duplicate_paragraph", second, 0, text, evidence),
            )


def page_kept(repeat: Repeat, paragraphs: Sequence[Paragraph]) -> ReviewReason:
    """A page that is much like an earlier one but differs in what matters."""
    page = repeat.lines[0][0]
    first = next((paragraph.id for paragraph in paragraphs if paragraph.page == page), None)
    differing = repeat.evidence.get("differences", [])[:SHOWN_DIFFERENCES]
    pairs = ", ".join(f"{a!r} and {b!r}" for a, b in differing)
    detail = f"page {page} is much like page {repeat.of[0][0]} and was kept, for they differ: {pairs}"
    return ReviewReason(kind="suspected_duplicate_page", paragraph=first, detail=detail)


def _suggestion(kind: str, paragraph: Paragraph, start: int, before: str, evidence: dict[str, Any]) -> RepairEntry:
    return RepairEntry(kind=kind, paragraph=paragraph.id, start=start, before=before, after="", evidence=evidence)
