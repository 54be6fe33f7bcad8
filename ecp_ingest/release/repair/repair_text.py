"""Paragraphs as recognised → as they should read, every change with its evidence, every change reversible.

A repair says what stood where and what stands there now. Applied in order to ``recognised`` they give the final text;
undone in reverse they give ``recognised`` back to the byte. Only what can't be meant is changed; what might be meant
is shown to a person as a ``ReviewReason``, with the change that could be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from ecp_ingest.document.text import Paragraph
from ecp_ingest.language.folding import fold
from ecp_ingest.language.similarity import differences
from ecp_ingest.release.collation.repeats import Repeat
from ecp_ingest.release.repair.changes import Alternative, Repair, Repaired, ReviewReason, Suggestion, apply
from ecp_ingest.release.repair.hyphens import line_end_hyphens, vocabulary_of
from ecp_ingest.release.repair.letterforms import respellings
from ecp_ingest.release.repair.misreadings import Misreading, misreadings
from ecp_ingest.release.repair.punctuation import mark_spacings
from ecp_ingest.release.repair.repeated_phrases import Twice, first_repeat, garbled_repeats, near_repeats
from ecp_ingest.release.repair.spacing import respacings
from ecp_ingest.settings import RepairSettings

SAME_PARAGRAPH = 0.95
RUNNING_TEXT = {"body", "caption", "other"}
"""Kinds in which a phrase twice running is an error; a letterhead may stand left and right of a seal."""


def repair_paragraphs(
    paragraphs: Sequence[Paragraph],
    *,
    settings: RepairSettings,
    repeats: Sequence[Repeat] = (),
    apart: Mapping[str, str] | None = None,
) -> Repaired:
    """Final texts, the repairs that lead to them, and what a person should look at.

    ``apart``: paragraph id → id of the repeat whose lines it holds (``Composition.apart``): it goes.
    """
    apart = apart or {}
    by_id = {repeat.id: repeat for repeat in repeats}
    known = vocabulary_of(paragraphs)
    texts: list[str] = []
    repairs: list[Repair] = []
    reasons: list[ReviewReason] = []
    suggestions: list[Suggestion] = []
    for paragraph in paragraphs:
        repeat = by_id.get(apart.get(paragraph.id, ""))
        if repeat is not None and repeat.certain and settings.duplicates:
            steps = [_removal(paragraph, repeat)]
            text = apply(paragraph.recognised, steps[0])
        else:
            text, steps, doubtful = _repaired(paragraph, settings=settings, known=known)
            suggestions += doubtful
            if settings.duplicates:
                reasons += _twice_in(paragraph, text)
        texts.append(text)
        repairs += steps
    if settings.duplicates:
        reasons += _printed_twice(paragraphs, texts)
        reasons += [_doubt(repeat, paragraphs) for repeat in repeats if not repeat.certain]
    return Repaired(tuple(texts), tuple(repairs), tuple(reasons), tuple(suggestions))


def _removal(paragraph: Paragraph, repeat: Repeat) -> Repair:
    evidence = {"score": repeat.score, **repeat.evidence}
    return Repair(repeat.kind, paragraph.id, 0, paragraph.recognised, "", evidence)


def _repaired(
    paragraph: Paragraph, *, settings: RepairSettings, known: set[str]
) -> tuple[str, list[Repair], list[Suggestion]]:
    text = paragraph.recognised
    confidences = _confidences(paragraph)
    repairs: list[Repair] = []

    def make(changes: Iterable[tuple[str, int, str, str, dict[str, Any]]]) -> None:
        """Changes in order, each ``start`` counted in the text as it was before the first of them."""
        nonlocal text
        shift = 0
        for kind, start, before, after, evidence in changes:
            repair = Repair(kind, paragraph.id, start + shift, before, after, evidence)
            text = apply(text, repair)
            end = repair.start + len(before)
            told = [c for c in confidences[repair.start : end] if c is not None]
            confidences[repair.start : end] = [min(told, default=None)] * len(after)
            shift += len(after) - len(before)
            repairs.append(repair)

    urdu = paragraph.language == "urd" and paragraph.script == "Arab"
    make(line_end_hyphens(paragraph, known))
    # Controls and presentation forms are no reading of the page: they go in every language, at any setting.
    language = paragraph.language if settings.letterforms else ""
    make(
        ("letterform", r.start, r.before, r.after, {"rules": list(r.rules)})
        for r in respellings(text, language=language)
    )
    if settings.spacing and urdu:
        make(("spacing", m.start, m.before, m.after, {"rule": m.rule}) for m in mark_spacings(text))
        make(
            ("spacing", r.start, r.before, r.after, {"rule": "word_counts", "words": r.words, "gain": r.gain})
            for r in respacings(text)
        )
    if settings.misreadings and urdu:
        make(
            ("misreading", m.start, m.before, m.alternatives[0][0], _evidence(m))
            for m in misreadings(text, confidences)
            if m.certain
        )
    if settings.duplicates and paragraph.kind in RUNNING_TEXT:
        while (change := _next_phrase(text)) is not None:
            make([change])
    doubtful = misreadings(text, confidences) if settings.misreadings and urdu else ()
    return text, repairs, [_suggestion(m, paragraph) for m in doubtful]


def _confidences(paragraph: Paragraph) -> list[float | None]:
    """One for each code point of what was recognised, spaces and what nothing measured None."""
    told: list[float | None] = []
    for placed in paragraph.lines:
        for word in placed.line.words:
            told += [None] * bool(told) + [word.confidence] * len(word.text)
    # A paragraph's text is its lines' text; should it ever be another, nothing is known of it.
    return told if len(told) == len(paragraph.recognised) else [None] * len(paragraph.recognised)


def _evidence(misreading: Misreading) -> dict[str, Any]:
    return {
        "rule": "no_word",
        "confidence": misreading.confidence,
        "seen": misreading.often,
        "gain": misreading.gain,
        "alternatives": [list(pair) for pair in misreading.alternatives],
    }


def _suggestion(misreading: Misreading, paragraph: Paragraph) -> Suggestion:
    alternatives = tuple(Alternative(text, share) for text, share in misreading.alternatives)
    evidence = {key: value for key, value in _evidence(misreading).items() if key != "alternatives"}
    return Suggestion("misreading", paragraph.id, misreading.start, misreading.before, alternatives, evidence)


def _next_phrase(text: str) -> tuple[str, int, str, str, dict[str, Any]] | None:
    """The next phrase that stands twice running by error: exact copies first, then misread ones."""
    after = 0
    while (twice := first_repeat(text, after=after)) is not None:
        if twice.certain:
            return _without(twice, text)
        after = twice.first + 1
    return next((_without(twice, text) for twice in near_repeats(text) if twice.certain), None)


def _without(twice: Twice, text: str) -> tuple[str, int, str, str, dict[str, Any]]:
    evidence = {"rule": twice.why, "words": twice.words, "score": twice.score, "first_copy": twice.first}
    return "duplicate_phrase", twice.start, text[twice.start : twice.end], "", evidence


# ── hyphens at line ends ──────────────────────────────────────────────────────────────────────────────────────────


# ── what a person should look at ──────────────────────────────────────────────────────────────────────────────────


def _twice_in(paragraph: Paragraph, text: str) -> Iterator[ReviewReason]:
    """Phrases that stand twice in the paragraph and may or may not be meant."""
    if paragraph.kind not in RUNNING_TEXT:
        return
    after = 0
    while (twice := first_repeat(text, after=after)) is not None:
        yield _ask("printed_duplicate", paragraph, twice, text, "stands twice running")
        after = max(twice.start, twice.first + 1)
    for twice in near_repeats(text):
        yield _ask("garbled_repeat", paragraph, twice, text, "stands twice running, suspected error")
    for twice in garbled_repeats(text):
        yield _ask("garbled_repeat", paragraph, twice, text, "stands twice in one sentence, suspected error")


def _ask(kind: str, paragraph: Paragraph, twice: Twice, text: str, what: str) -> ReviewReason:
    """``twice`` put to a person, with the repair that takes the second copy out."""
    _, start, before, after, evidence = _without(twice, text)
    change = Repair("duplicate_phrase", paragraph.id, start, before, after, evidence)
    return ReviewReason(kind, paragraph.id, f"{what} ({twice.why}): {before.strip()}", change)


def _printed_twice(paragraphs: Sequence[Paragraph], texts: Sequence[str]) -> Iterator[ReviewReason]:
    """Whole paragraphs printed twice: both stay, the second is shown with the repair that would take it out."""
    bodies = [
        (paragraph, text, fold(text))
        for paragraph, text in zip(paragraphs, texts, strict=True)
        if paragraph.kind in ("body", "other") and len(text.split()) >= 8
    ]
    flagged: set[str] = set()
    for (first, _, a), (second, text, b) in combinations(bodies, 2):
        if second.id in flagged or first.id in flagged or first.script != second.script:
            continue
        score = fuzz.ratio(a, b, score_cutoff=100 * SAME_PARAGRAPH) / 100
        # Two from one template say two things, however alike they are: another number, another town.
        if score and not differences(*([(word, 1.0) for word in folded.split()] for folded in (a, b))):
            flagged.add(second.id)
            evidence = {"rule": "printed_twice", "score": round(score, 4), "repeats": first.id}
            change = Repair("duplicate_paragraph", second.id, 0, text, "", evidence)
            yield ReviewReason("printed_duplicate", second.id, f"says again what {first.id} says", change)


def _doubt(repeat: Repeat, paragraphs: Sequence[Paragraph]) -> ReviewReason:
    page = repeat.lines[0][0]
    at = next((paragraph.id for paragraph in paragraphs if paragraph.page == page), None)
    pairs = ", ".join(f"{a!r} and {b!r}" for a, b in repeat.evidence.get("differences", [])[:3])
    detail = f"page {page} is much like page {repeat.of[0][0]} and was kept, for they differ: {pairs}"
    return ReviewReason("suspected_duplicate_page", at, detail)
