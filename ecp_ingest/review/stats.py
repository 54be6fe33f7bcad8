"""Progress of the review, share of wrong words, and speed, computed from the records and their logs alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from ecp_ingest.edits.decisions import Edit, undone
from ecp_ingest.edits.editor import OpenRecord
from ecp_ingest.edits.reviewed import reviewed_record
from ecp_ingest.language.text_metrics import ErrorRate, character_error_rate

PAUSE = 120.0
"""Seconds: a longer time between two decisions is a pause, and doesn't count as work."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one record, or of several added up."""

    records: int = 0
    done: int = 0
    """Records marked done, or in which nothing was found to look at."""
    words_seen: int = 0
    """Accepted, corrected, or in a record that a person marked done."""
    words_corrected: int = 0
    characters: ErrorRate = field(default_factory=ErrorRate)
    """Of paragraphs in records that a person marked done: the text before the review against the text after it."""
    decisions: int = 0
    seconds: float = 0.0
    """Of work, without pauses."""

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.records + other.records,
            self.done + other.done,
            self.words_seen + other.words_seen,
            self.words_corrected + other.words_corrected,
            self.characters + other.characters,
            self.decisions + other.decisions,
            self.seconds + other.seconds,
        )

    @property
    def words_a_minute(self) -> float | None:
        """Words seen for each minute of work; None where no time was measured."""
        return 60 * self.words_seen / self.seconds if self.seconds else None

    @property
    def word_error_rate(self) -> float | None:
        return self.words_corrected / self.words_seen if self.words_seen else None


def progress(opened: OpenRecord) -> Progress:
    state = opened.state
    record = reviewed_record(state)
    by_person = state.done == "done"
    seen = corrected = 0
    rate = ErrorRate()
    before = {p.id: p.text for p in state.recognised.paragraphs}
    for one in state.paragraphs:
        spans = [(mark.start, mark.end) for mark in one.marks if mark.kind == "edited" and mark.start < mark.end]
        at = 0
        for word in one.text.split():
            start = one.text.index(word, at)
            at = start + len(word)
            is_new = any(start < end and begin < at for begin, end in spans)
            corrected += is_new
            seen += by_person or is_new or one.settled(start, at)
        if by_person and one.id in before:
            rate += character_error_rate(one.text, before[one.id])
    return Progress(
        records=1,
        done=int(record.review.state == "done"),
        words_seen=seen,
        words_corrected=corrected,
        characters=rate,
        decisions=len(standing(opened.log.edits)),
        seconds=working_seconds(opened.log.edits),
    )


def standing(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    gone = undone(edits)
    return tuple(edit for edit in edits if edit.decision.kind != "undo" and edit.number not in gone)


def working_seconds(edits: Sequence[Edit]) -> float:
    """Seconds from decision to decision, without pauses."""
    times = [datetime.fromisoformat(edit.time).timestamp() for edit in edits]
    return sum(gap for a, b in pairwise(times) if 0 <= (gap := b - a) <= PAUSE)
