"""A record while it is reviewed: its paragraphs as they read now, and where each word and repair came to stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from ecp_ingest.edits.decisions import Edit, digest
from ecp_ingest.edits.marks import Mark, Marks, exchange
from ecp_ingest.record.entries import LineEntry, ParagraphEntry, RepairEntry, WordEntry
from ecp_ingest.record.schema import Record

Outcome = Literal["applied", "carried", "already", "stale", "undone"]
"""``carried``: found again where the text around it had changed. ``already``: the new text says it by itself.
``stale``: what it was about isn't there any more; a person has to decide."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A paragraph. ``entry.text`` is as recognised and repaired; ``text`` is as it reads now."""

    entry: ParagraphEntry
    text: str
    marks: Marks

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def seen(self) -> str:
        """What a decision about this paragraph has to have seen."""
        return digest(self.text)

    def words(self) -> list[tuple[Mark, WordEntry, LineEntry]]:
        """Every recognised word, in order, where it stands now, and its line; those that are gone have empty marks."""
        entries = [(word, line) for line in self.entry.lines for word in line.words]
        return [(mark, *entries[mark.key]) for mark in self.marks if mark.kind == "word"]

    def settled(self, start: int, end: int) -> bool:
        """Whether a person has seen or written what stands there."""
        return any(
            mark.kind in ("accepted", "edited") and mark.start <= start and end <= mark.end and start < mark.end
            for mark in self.marks
        )

    def marked(self, kind: str, start: int, end: int) -> int | None:
        """Key of a mark of this kind over ``[start, end)``."""
        return next((m.key for m in self.marks if m.kind == kind and m.start < end and m.end > start), None)

    @property
    def all_accepted(self) -> bool:
        return any(mark.kind == "accepted" and mark.start == 0 and mark.end == len(self.text) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class State:
    recognised: Record
    base: str
    """``digest`` of what was recognised: the same in two conversions that gave the same text."""
    paragraphs: tuple[Reviewed, ...]
    fields: dict[str, str] = field(default_factory=dict)
    """Set by hand: name → value."""
    settled: frozenset[str] = frozenset()
    """Keys of reasons."""
    done: Literal["needed", "done", ""] = ""
    """As a person set it; empty: nobody did."""
    outcomes: tuple[tuple[Edit, Outcome], ...] = ()

    @property
    def seen(self) -> str:
        """What a decision about the whole record has to have seen."""
        return digest(*(f"{p.id} {p.entry.kind} {p.entry.language} {p.text}" for p in self.paragraphs))

    def place(self, paragraph: str) -> int | None:
        return next((i for i, one in enumerate(self.paragraphs) if one.id == paragraph), None)

    def with_paragraph(self, at: int, new: Reviewed) -> State:
        return replace(self, paragraphs=(*self.paragraphs[:at], new, *self.paragraphs[at + 1 :]))

    def stale(self) -> tuple[Edit, ...]:
        return tuple(edit for edit, outcome in self.outcomes if outcome == "stale")


def base_of(record: Record) -> str:
    return digest(*(f"{p.id} {p.text}" for p in record.paragraphs))


def begin(record: Record) -> State:
    """The state before any decision."""
    by_paragraph: dict[str, list[tuple[int, RepairEntry]]] = {}
    for number, repair in enumerate(record.repairs):
        if repair.paragraph is not None:
            by_paragraph.setdefault(repair.paragraph, []).append((number, repair))
    paragraphs = tuple(
        _with_suggestions(_with_marks(entry, by_paragraph.get(entry.id, [])), record) for entry in record.paragraphs
    )
    return State(recognised=record, base=base_of(record), paragraphs=paragraphs)


def _with_marks(entry: ParagraphEntry, repairs: list[tuple[int, RepairEntry]]) -> Reviewed:
    """Words are marked in what was recognised and carried through the repairs, each of which leaves its own mark."""
    text, marks = entry.recognised, word_marks(entry)
    for number, repair in repairs:
        start = repair.start or 0
        if text[start : start + len(repair.before)] != repair.before:
            break  # no record of ours: the texts are still good, only the marks behind this one are not
        text, marks = exchange(text, marks, start, repair.before, repair.after)
        marks = (*marks, Mark("repair", number, start, start + len(repair.after)))
    if text != entry.text:
        text, marks = exchange(text, marks, 0, text, entry.text)
    return Reviewed(entry, text, marks)


def _with_suggestions(one: Reviewed, record: Record) -> Reviewed:
    """Words that the machine thinks misread, and would read otherwise."""
    marks = tuple(
        Mark("suggestion", number, suggestion.start, suggestion.start + len(suggestion.before))
        for number, suggestion in enumerate(record.suggestions)
        if suggestion.paragraph == one.id and one.text[suggestion.start :].startswith(suggestion.before)
    )
    return replace(one, marks=(*one.marks, *marks))


def word_marks(entry: ParagraphEntry) -> Marks:
    """Where the words of the paragraph's lines stand in what was recognised."""
    marks: list[Mark] = []
    at = 0
    for key, word in enumerate(word for line in entry.lines for word in line.words):
        found = entry.recognised.find(word.text, at)
        start = at if found < 0 else found
        at = start if found < 0 else start + len(word.text)
        marks.append(Mark("word", key, start, at))
    return tuple(marks)
