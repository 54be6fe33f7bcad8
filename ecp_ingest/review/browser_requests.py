"""What the browser asks for, as decisions, and what it gets as answers; nothing here knows of HTTP."""

from __future__ import annotations

from typing import Any

from ecp_ingest.edits.decisions import Decision, decision_from, last_active
from ecp_ingest.edits.editor import OpenRecord
from ecp_ingest.edits.marks import changes
from ecp_ingest.edits.state import State
from ecp_ingest.errors import ConflictError
from ecp_ingest.review import requests
from ecp_ingest.review.words import alternatives


def decision_asked_for(opened: OpenRecord, given: dict[str, Any]) -> Decision | None:
    """The decision that the browser asks for; None where it would change nothing.

    Raises:
        ValueError: ``given`` is no decision.
        ReviewError: it can't be made.
        ConflictError: the paragraph has changed since the person saw it.
    """
    decision = decision_from(given)
    state = opened.state
    if decision.kind == "undo":
        target = decision.target or str(last_active(opened.log.edits).number)
        return Decision("undo", target=target)
    if decision.kind != "text":
        return decision
    if decision.target.startswith("repair:") and decision.target[7:].isdecimal():
        return requests.restoring(state, int(decision.target[7:]))
    if decision.target:
        return requests.applying(state, decision.target)
    at = state.place(decision.paragraph)
    if at is None or state.paragraphs[at].seen != decision.seen:
        raise ConflictError("somebody else has changed this since you saw it; your edit was not taken")
    return requests.word_replaced(state.paragraphs[at], decision.start, decision.before, decision.after)


def marked(mine: str, theirs: str) -> list[tuple[str, bool]]:
    """``theirs`` cut into (text, whether it differs from ``mine``)."""
    stretches: list[tuple[str, bool]] = []
    at = 0
    for start, old, _ in changes(theirs, mine):
        stretches += [(theirs[at:start], False), (theirs[start : start + len(old)], True)]
        at = start + len(old)
    return [*stretches, (theirs[at:], False)]


def readings(state: State, at: int, start: int) -> list[str]:
    """Other readings of the word at ``start`` of paragraph ``at``: the record's suggestions, then from word lists."""
    one = state.paragraphs[at]
    before, word, after = _around(one.text, start)
    number = one.marked("suggestion", start, start + len(word))
    suggestion = state.recognised.suggestions[number] if number is not None else None
    suggested = [word.replace(suggestion.before, a.text, 1) for a in suggestion.alternatives] if suggestion else []
    others = {other for p in state.paragraphs for other in p.text.split() if other != word}
    found = dict.fromkeys((*suggested, *alternatives(word, before=before, after=after, nearby=others)))
    return [reading for reading in found if reading != word][:9]


def _around(text: str, start: int) -> tuple[str, str, str]:
    """The word that begins at ``start``, and its neighbours."""
    before, rest = text[:start].split(), text[start:].split()
    return (before or [""])[-1], (rest or [""])[0], rest[1] if len(rest) > 1 else ""
