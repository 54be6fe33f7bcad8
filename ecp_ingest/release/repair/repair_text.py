"""Paragraphs as recognised → final texts. Every change has its evidence and can be undone.

The repairs of a paragraph, applied in order to ``recognised``, give its final text; undone in reverse order they give
``recognised`` back to the byte. Only what the author can't have meant is changed. What may be meant becomes a
``ReviewReason``, with the repair that a person could make.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ecp_ingest.document.text import Paragraph
from ecp_ingest.record.entries import ReviewReason
from ecp_ingest.release.collation.repeats import Repeat
from ecp_ingest.release.repair import misreadings, suspected_repeats
from ecp_ingest.release.repair.changes import Draft, Repair, Repaired, Suggestion, apply
from ecp_ingest.release.repair.hyphens import words_inside_lines
from ecp_ingest.release.repair.rules import RULES, Rule
from ecp_ingest.settings import RepairSettings


def repair_paragraphs(
    paragraphs: Sequence[Paragraph],
    *,
    settings: RepairSettings,
    repeats: Sequence[Repeat] = (),
    apart: Mapping[str, str] | None = None,
) -> Repaired:
    """Final texts, the repairs that lead to them, and what a person should look at.

    ``apart``: paragraph id → id of the repeat whose lines the paragraph holds (``Composition.apart``). Such a paragraph
    is taken out whole.
    """
    apart = apart or {}
    by_id = {repeat.id: repeat for repeat in repeats}
    vocabulary = words_inside_lines(paragraphs)
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
            text, steps, suggested = _repaired(paragraph, settings=settings, vocabulary=vocabulary)
            suggestions += suggested
            if settings.duplicates:
                reasons += suspected_repeats.phrases(paragraph, text)
        texts.append(text)
        repairs += steps
    if settings.duplicates:
        reasons += suspected_repeats.paragraphs_printed_twice(paragraphs, texts)
        reasons += [suspected_repeats.page_kept(repeat, paragraphs) for repeat in repeats if not repeat.certain]
    return Repaired(tuple(texts), tuple(repairs), tuple(reasons), tuple(suggestions))


def _removal(paragraph: Paragraph, repeat: Repeat) -> Repair:
    evidence = {"score": repeat.score, **repeat.evidence}
    return Repair(repeat.kind, paragraph.id, 0, paragraph.recognised, "", evidence)


def _repaired(
    paragraph: Paragraph, *, settings: RepairSettings, vocabulary: Collection[str]
) -> tuple[str, list[Repair], list[Suggestion]]:
    """The final text, the repairs in the order in which they were made, and suggestions for the final text."""
    text, confidences = paragraph.recognised, _confidences(paragraph)
    repairs: list[Repair] = []

    def draft() -> Draft:
        return Draft(paragraph, text, confidences, vocabulary, settings)

    def run(rule: Rule) -> bool:
        """Make the rule's changes; whether there were any."""
        nonlocal text
        shift, before = 0, len(repairs)
        for change in rule.changes(draft()):
            start = change.start + shift
            repair = Repair(change.kind, paragraph.id, start, change.before, change.after, change.evidence)
            text = apply(text, repair)
            end = start + len(change.before)
            measured = [c for c in confidences[start:end] if c is not None]
            confidences[start:end] = [min(measured, default=None)] * len(change.after)
            shift += len(change.after) - len(change.before)
            repairs.append(repair)
        return len(repairs) > before

    for rule in RULES:
        while run(rule) and rule.until_none:
            pass
    return text, repairs, list(misreadings.suggestions(draft()))


def _confidences(paragraph: Paragraph) -> list[float | None]:
    """One for each code point of ``recognised``: that of its word; None for spaces and where nothing was measured."""
    confidences: list[float | None] = []
    for placed in paragraph.lines:
        for word in placed.line.words:
            confidences += [None] * bool(confidences) + [word.confidence] * len(word.text)
    # ``recognised`` is the words joined by spaces. If it ever isn't, the offsets don't match: no confidence is known.
    return confidences if len(confidences) == len(paragraph.recognised) else [None] * len(paragraph.recognised)
