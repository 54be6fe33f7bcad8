"""Makes the reviewed record of a state: the record that other systems read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ecp_ingest.edits.decisions import FIELDS, LIST_FIELDS, Edit
from ecp_ingest.edits.recheck import ExtractedAgain, extract_again, standing
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.record.entries import (
    EditEntry,
    FieldEntry,
    ParagraphEntry,
    PersonEntry,
    ReleaseEntry,
    ReviewEntry,
    SuggestionEntry,
)
from ecp_ingest.record.schema import Record

_ALONE: dict[str, Any] = {"parallel": None, "parallel_all": (), "parallel_score": None}
_NOT_LISTED = {"accept", "settle", "undo"}
"""Decisions that change no word, field or order: they are in the log only."""


def reviewed_record(state: State) -> Record:
    """The record with every edit in it; ``recognised``, words and boxes stay as they were recognised."""
    if not state.outcomes:
        return state.recognised
    again = extract_again(state)
    release = again.release if again else state.recognised.release
    checked = again.checks if again else state.recognised.checks
    reasons = tuple(standing(state, checked))
    by_machine = "needed" if state.stale() else state.recognised.review.state
    done = state.done or ("needed" if reasons and by_machine == "done" and state.stale() else by_machine)
    return state.recognised.model_copy(
        update={
            "release": with_fields(release, state),
            "languages": tuple(dict.fromkeys(p.entry.language for p in state.paragraphs if p.text)),
            "paragraphs": tuple(_entry(one, again) for one in state.paragraphs),
            "suggestions": tuple(_suggestions(state)),
            "checks": checked,
            "review": ReviewEntry(
                state="needed" if state.stale() else done, reasons=reasons, edits=tuple(_edits(state))
            ),
        }
    )


def _entry(one: Reviewed, again: ExtractedAgain | None) -> ParagraphEntry:
    if again is None:
        return one.entry.model_copy(update={"text": one.text})
    found = again.parallels.get(one.id)
    parallel = (
        {"parallel": found.nearest, "parallel_all": found.all, "parallel_score": found.score} if found else _ALONE
    )
    return one.entry.model_copy(update={"text": one.text, **parallel})


def _suggestions(state: State) -> Iterator[SuggestionEntry]:
    """The suggestions whose word is still there, each with its offset now."""
    for one in state.paragraphs:
        for mark in one.marks:
            if mark.kind == "suggestion":
                told = state.recognised.suggestions[mark.key]
                if one.text[mark.start : mark.end] == told.before:
                    yield told.model_copy(update={"paragraph": one.id, "start": mark.start})


def _edits(state: State) -> list[EditEntry]:
    return [
        EditEntry(
            number=edit.number,
            kind=edit.decision.kind,
            reviewer=edit.reviewer,
            time=edit.time,
            paragraph=edit.decision.paragraph or None,
            before=_told(edit, edit.decision.before),
            after=_told(edit, edit.decision.after),
        )
        for edit, outcome in state.outcomes
        if outcome in ("applied", "carried") and edit.decision.kind not in _NOT_LISTED
    ]


def _told(edit: Edit, value: str) -> str:
    return f"{edit.decision.target}: {value}" if edit.decision.kind == "field" else value


# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────


def field_values(release: ReleaseEntry) -> dict[str, str]:
    """Field → its value as text; several values one a line; unknown is empty."""
    values: dict[str, str] = {}
    for name in FIELDS:
        found: Any = getattr(release, name)
        entries = found if name in LIST_FIELDS else [found] if found else []
        values[name] = "\n".join(entry.value for entry in entries)
    return values


def with_fields(release: ReleaseEntry, state: State) -> ReleaseEntry:
    """The release with the fields that a person set; a value that it had before keeps its paragraph and text."""
    first = state.paragraphs[0].id if state.paragraphs else ""
    update: dict[str, Any] = {}
    for name, value in state.fields.items():
        if name in LIST_FIELDS:
            make = PersonEntry if name == "people" else FieldEntry
            known = {entry.value: entry for entry in getattr(release, name)}
            wanted = dict.fromkeys(part.strip() for part in value.splitlines() if part.strip())
            update[name] = tuple(
                known.get(part) or make(value=part, text=part, paragraph=_naming(state, part, first), confidence=None)
                for part in wanted
            )
        elif not value.strip():
            update[name] = None
        else:
            old: FieldEntry | None = getattr(release, name)
            update[name] = (
                old.model_copy(update={"value": value, "confidence": None})
                if old
                else FieldEntry(value=value, text=value, paragraph=_naming(state, value, first), confidence=None)
            )
    return release.model_copy(update=update)


def _naming(state: State, value: str, first: str) -> str:
    """The paragraph that has this value in its text; the first where none has."""
    return next((one.id for one in state.paragraphs if value in one.text), first)
