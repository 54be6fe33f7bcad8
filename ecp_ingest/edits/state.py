"""A record while it is reviewed: its paragraphs as they read now, with the place of each word and repair."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from ecp_ingest.edits.decisions import Edit, digest
from ecp_ingest.edits.marks import Mark, Marks, exchange
from ecp_ingest.record.entries import LineEntry, ParagraphEntry, RepairEntry, WordEntry
from ecp_ingest.record.schema import Record

Outcome = Literal["applied", "carried", "already", "stale", "undone"]
"""``carried``: the place was found again after the text around it had changed. ``already``: the text reads so without
the edit. ``stale``: its place is gone; a person has to decide."""


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
        """Digest of the text: a decision about this paragraph has to name it."""
        return digest(self.text)

    def words(self) -> list[tuple[Mark, WordEntry, LineEntry]]:
        """(mark, word, line) of every recognised word, in order; the mark of a word that is gone is empty."""
        entries = [(word, line) for line in self.entry.lines for word in line.words]
        return [(mark, *entries[mark.key]) for mark in self.marks if mark.kind == "word"]

    def settled(self, start: int, end: int) -> bool:
        """Whether a person has accepted or written the text at ``[start, end)``."""
        return any(
            mark.kind in ("accepted", "edited") and mark.start <= start and end <= mark.end and start < mark.end
            for mark in self.marks
        )

    def marked(self, kind: str, start: int, end: int) -> int | None:
        """Key of the first mark of this kind that overlaps ``[start, end)``; None where there is none."""
        return next((m.key for m in self.marks if m.kind == kind and m.start < end and m.end > start), None)

    @property
    def all_accepted(self) -> bool:
        return any(mark.kind == "accepted" and mark.start == 0 and mark.end == len(self.text) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class State:
    recognised: Record
    base: str
    """``digest`` of the recognised text: the same for two conversions with the same text."""
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
        """Digest of the whole record: a decision about the record has to name it."""
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
    """The paragraph with marks: those of words in the recognised text follow the repairs; each repair adds one."""
    text, marks = entry.recognised, word_marks(entry)
    for number, repair in repairs:
        start = repair.start or 0
        if text[start : start + len(repair.before)] != repair.before:
            break  # not a record of this tool: the texts are still right, only the marks after this repair are not
        text, marks = exchange(text, marks, start, repair.before, repair.after)
        marks = (*marks, Mark("repair", number, start, start + len(repair.after)))
    if text != entry.text:
        text, marks = exchange(text, marks, 0, text, entry.text)
    return Reviewed(entry, text, marks)


def _with_suggestions(one: Reviewed, record: Record) -> Reviewed:
    """The paragraph with marks on the words for which the record suggests another reading."""
    marks = tuple(
        Mark("suggestion", number, suggestion.start, suggestion.start + len(suggestion.before))
        for number, suggestion in enumerate(record.suggestions)
        if suggestion.paragraph == one.id and one.text[suggestion.start :].startswith(suggestion.before)
    )
    return replace(one, marks=(*one.marks, *marks))


def word_marks(entry: ParagraphEntry) -> Marks:
    """Marks on the words of the paragraph's lines in the recognised text."""
    marks: list[Mark] = []
    at = 0
    for key, word in enumerate(word for line in entry.lines for word in line.words):
        found = entry.recognised.find(word.text, at)
        start = at if found < 0 else found
        at = start if found < 0 else start + len(word.text)
        marks.append(Mark("word", key, start, at))
    return tuple(marks)
