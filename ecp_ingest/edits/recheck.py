"""The reasons why a person should look at a record: those of the machine, without the settled ones, and new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import Paragraph, PlacedLine, ReadLine, ScriptChoice, Word
from ecp_ingest.edits.decisions import digest
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.record.entries import CheckEntry, ReleaseEntry, ReviewReason, failed_checks
from ecp_ingest.record.reason_kinds import SETTLED_BY_READING
from ecp_ingest.release.bilingual.agreement import checks
from ecp_ingest.release.bilingual.alignment import Parallel, align, parallels
from ecp_ingest.release.fields.extract import extract


def reason_key(reason: ReviewReason) -> str:
    """A key of the reason that doesn't depend on the order of reasons, nor on the conversion."""
    return f"reason:{digest(reason.kind, reason.paragraph or '', reason.detail)}"


def is_changed(state: State) -> bool:
    """Whether texts, kinds, languages or the order of paragraphs differ from the record as recognised."""
    before = [(p.id, p.text, p.kind, p.language) for p in state.recognised.paragraphs]
    return before != [(p.id, p.text, p.entry.kind, p.entry.language) for p in state.paragraphs]


def current_paragraphs(state: State) -> tuple[tuple[Paragraph, str], ...]:
    """The paragraphs in the form that the stages of a release take, each with its text as it reads now."""
    return tuple((_paragraph(one), one.text) for one in state.paragraphs)


def _paragraph(one: Reviewed) -> Paragraph:
    choice = ScriptChoice(one.entry.script, one.entry.language, 1.0, "record")
    lines = tuple(
        PlacedLine(
            line.page,
            ReadLine(
                tuple(Word(w.text, Box(*w.bbox) if w.bbox else None, w.confidence) for w in line.words),
                Box(*line.bbox) if line.bbox else None,
                choice,
            ),
        )
        for line in one.entry.lines
    )
    return Paragraph(
        id=one.id,
        kind=one.entry.kind,
        language=one.entry.language,
        script=one.entry.script,
        lines=lines or (PlacedLine(one.entry.page, ReadLine((), None, choice)),),
        recognised=one.entry.recognised,
    )


@dataclass(frozen=True, slots=True)
class ExtractedAgain:
    release: ReleaseEntry
    checks: tuple[CheckEntry, ...]
    parallels: Mapping[str, Parallel]
    """By the paragraph's id."""


def extract_again(state: State) -> ExtractedAgain | None:
    """Fields, checks and parallels of the text as it reads now; None where nothing was changed.

    So a corrected date becomes the release's date, and the parallel of a paragraph that was merged into another becomes
    the parallel of that one.
    """
    return _read_again(current_paragraphs(state)) if is_changed(state) else None


@lru_cache(maxsize=32)
def _read_again(said: tuple[tuple[Paragraph, str], ...]) -> ExtractedAgain:
    """Cached: it takes longer than all the rest of a decision, and most decisions change no word."""
    beads = align(said)
    checked = tuple(CheckEntry.model_validate(check) for check in checks(said, beads))
    return ExtractedAgain(ReleaseEntry.model_validate(extract(said)), checked, parallels(beads))


def standing(state: State, checked: tuple[CheckEntry, ...]) -> Iterator[ReviewReason]:
    """The reasons that nobody has settled yet."""
    for edit in state.stale():
        decision = edit.decision
        what = f"{decision.before!r} → {decision.after!r}" if decision.kind == "text" else decision.kind
        yield ReviewReason(
            kind="stale_edit",
            paragraph=decision.paragraph if state.place(decision.paragraph) is not None else None,
            detail=f"edit {edit.number} by {edit.reviewer} doesn't fit the text any more: {what}",
        )
    touched = is_changed(state)
    for reason in _by_machine(state, checked, touched=touched):
        key = reason_key(reason)
        at = state.place(reason.paragraph) if reason.paragraph else None
        if key in state.settled or (reason.paragraph and at is None):
            continue
        if at is not None and reason.kind in SETTLED_BY_READING and state.paragraphs[at].all_accepted:
            continue
        yield reason


def _by_machine(state: State, checked: tuple[CheckEntry, ...], *, touched: bool) -> Iterator[ReviewReason]:
    if touched:
        yield from failed_checks(checked)
    for reason in state.recognised.review.reasons:
        if not (touched and reason.kind == "failed_check"):
            yield reason
