"""Paragraphs as recognised → as they should read, every change with its evidence, every change reversible.

A repair says what stood where and what stands there now. Applied in order to ``recognised`` they give the final text;
undone in reverse they give ``recognised`` back to the byte. Only what can't be meant is changed; what might be meant
is shown to a person as a ``ReviewReason``, with the change that could be made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from ecp_ingest.document import Paragraph
from ecp_ingest.duplicates import Repeat
from ecp_ingest.letterforms import fold, respellings
from ecp_ingest.phrases import first_repeat, garbled_repeats
from ecp_ingest.settings import RepairSettings
from ecp_ingest.spacing import respacings

SAME_PARAGRAPH = 0.95
RUNNING_TEXT = {"body", "caption", "other"}
"""Kinds in which a phrase twice running is an error; a letterhead may stand left and right of a seal."""


@dataclass(frozen=True, slots=True)
class Repair:
    """``before`` at ``start`` becomes ``after``. ``start`` counts code points in the text when the repair is made."""

    kind: str
    paragraph: str
    start: int
    before: str
    after: str
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only: rule, score, boxes in the scan frame."""


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person should look; ``suggestion`` is a repair that was not made."""

    kind: str
    paragraph: str | None
    detail: str
    suggestion: Repair | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """``texts`` has the final text of each paragraph, in their order."""

    texts: tuple[str, ...]
    repairs: tuple[Repair, ...]
    reasons: tuple[ReviewReason, ...]


def apply(text: str, repair: Repair) -> str:
    """``text`` with the repair made. Raises ValueError where ``before`` doesn't stand at ``start``."""
    return _exchange(text, repair.start, repair.before, repair.after)


def undo(text: str, repair: Repair) -> str:
    """``text`` as it was before the repair. Raises ValueError where ``after`` doesn't stand at ``start``."""
    return _exchange(text, repair.start, repair.after, repair.before)


def _exchange(text: str, start: int, old: str, new: str) -> str:
    end = start + len(old)
    if start < 0 or end > len(text) or text[start:end] != old:
        raise ValueError(f"{old!r} doesn't stand at {start} of {text[max(0, start - 10) : end + 10]!r}")
    return text[:start] + new + text[end:]


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
    known = _vocabulary(paragraphs)
    texts: list[str] = []
    repairs: list[Repair] = []
    reasons: list[ReviewReason] = []
    for paragraph in paragraphs:
        repeat = by_id.get(apart.get(paragraph.id, ""))
        if repeat is not None and repeat.certain and settings.duplicates:
            steps = [_removal(paragraph, repeat)]
            text = apply(paragraph.recognised, steps[0])
        else:
            text, steps = _repaired(paragraph, settings=settings, known=known)
            if settings.duplicates:
                reasons += _twice_in(paragraph, text)
        texts.append(text)
        repairs += steps
    if settings.duplicates:
        reasons += _printed_twice(paragraphs, texts)
        reasons += [_doubt(repeat, paragraphs) for repeat in repeats if not repeat.certain]
    return Repaired(tuple(texts), tuple(repairs), tuple(reasons))


def _removal(paragraph: Paragraph, repeat: Repeat) -> Repair:
    evidence = {"score": repeat.score, **repeat.evidence}
    return Repair(repeat.kind, paragraph.id, 0, paragraph.recognised, "", evidence)


def _repaired(paragraph: Paragraph, *, settings: RepairSettings, known: set[str]) -> tuple[str, list[Repair]]:
    text = paragraph.recognised
    repairs: list[Repair] = []

    def make(changes: Iterable[tuple[str, int, str, str, dict[str, Any]]]) -> None:
        """Changes in order, each ``start`` counted in the text as it was before the first of them."""
        nonlocal text
        shift = 0
        for kind, start, before, after, evidence in changes:
            repair = Repair(kind, paragraph.id, start + shift, before, after, evidence)
            text = apply(text, repair)
            shift += len(after) - len(before)
            repairs.append(repair)

    make(_hyphens(paragraph, known))
    # Controls and presentation forms are no reading of the page: they go in every language, at any setting.
    language = paragraph.language if settings.letterforms else ""
    make(
        ("letterform", r.start, r.before, r.after, {"rules": list(r.rules)})
        for r in respellings(text, language=language)
    )
    if settings.spacing and paragraph.language == "urd" and paragraph.script == "Arab":
        make(
            ("spacing", r.start, r.before, r.after, {"rule": "word_counts", "words": r.words, "gain": r.gain})
            for r in respacings(text)
        )
    if settings.duplicates and paragraph.kind in RUNNING_TEXT:
        while (change := _next_phrase(text)) is not None:
            make([change])
    return text, repairs


def _next_phrase(text: str) -> tuple[str, int, str, str, dict[str, Any]] | None:
    after = 0
    while (twice := first_repeat(text, after=after)) is not None:
        if twice.certain:
            before = text[twice.start : twice.end]
            evidence = {"rule": twice.why, "words": twice.words, "score": 1.0, "first_copy": twice.first}
            return "duplicate_phrase", twice.start, before, "", evidence
        after = twice.first + 1
    return None


# ── hyphens at line ends ──────────────────────────────────────────────────────────────────────────────────────────

_KEEPS_HYPHEN = {"by", "non", "self", "vice", "ex", "so", "well", "anti", "semi", "quasi", "cross", "half", "all", "co"}
"""First parts of English compounds that are usually written with a hyphen: ``by-election``."""


def _vocabulary(paragraphs: Sequence[Paragraph]) -> set[str]:
    """Lower-case words, compounds whole, that stand inside lines: how this release writes them."""
    words: set[str] = set()
    for paragraph in paragraphs:
        for placed in paragraph.lines:
            words.update(re.findall(r"[a-z]+(?:-[a-z]+)*", placed.line.text.lower()))
    return words


def _hyphens(paragraph: Paragraph, known: set[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
    """English words parted at line ends, joined; the hyphen stays where it belongs to the word."""
    if paragraph.script != "Latn":
        return
    offset = 0
    for placed in paragraph.lines[:-1]:
        offset += len(placed.line.text)
        before = re.search(r"([A-Za-z]+)([-\u00ad\u2010])$", paragraph.recognised[:offset])
        after = re.match(r" ([a-z]+)", paragraph.recognised[offset:])
        if before and after:
            parts = before[1], after[1]
            joined, compound = "".join(parts).lower(), "-".join(parts).lower()
            stays = compound in known or (parts[0].lower() in _KEEPS_HYPHEN and joined not in known)
            if before[2] == "-" and stays:
                yield "hyphenation", offset, " ", "", {"rule": "compound", "word": compound}
            elif len(joined) >= 4:
                yield "hyphenation", offset - 1, before[2] + " ", "", {"rule": "line_end", "word": joined}
        offset += 1


# ── what a person should look at ──────────────────────────────────────────────────────────────────────────────────


def _twice_in(paragraph: Paragraph, text: str) -> Iterator[ReviewReason]:
    """Phrases that stand twice in the paragraph and may or may not be meant."""
    if paragraph.kind not in RUNNING_TEXT:
        return
    after = 0
    while (twice := first_repeat(text, after=after)) is not None:
        change = Repair(
            "duplicate_phrase", paragraph.id, twice.start, text[twice.start : twice.end], "", {"rule": twice.why}
        )
        yield ReviewReason("printed_duplicate", paragraph.id, f"stands twice running: {twice.why}", change)
        after = max(twice.start, twice.first + 1)
    for twice in garbled_repeats(text):
        phrase = text[twice.start : twice.end]
        yield ReviewReason("garbled_repeat", paragraph.id, f"stands twice in one sentence, suspected error: {phrase}")


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
        if score and re.findall(r"\d+", a) == re.findall(r"\d+", b):
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
