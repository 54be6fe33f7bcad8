"""What a person asks for in the browser or the terminal → the decision for it. Nothing here changes a record."""

from __future__ import annotations

from ecp_ingest.edits.decisions import Decision
from ecp_ingest.edits.marks import changes
from ecp_ingest.edits.recheck import reason_key
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.edits.typed_text import typed
from ecp_ingest.errors import ConflictError, ReviewError


def reworded(one: Reviewed, text: str) -> Decision | None:
    """The decision that makes ``one`` read ``text``, from the first to the last changed word; None for no change."""
    return rewording(one, one.text, typed(text))


def word_replaced(one: Reviewed, start: int, before: str, after: str) -> Decision | None:
    """The decision that makes ``before`` at ``start`` read ``after``; a word that is deleted takes one space along."""
    if one.text[start : start + len(before)] != before:
        raise ConflictError("somebody else has changed this since you saw it; your edit was not taken")
    new = one.text[:start] + typed(after) + one.text[start + len(before) :]
    return rewording(one, one.text, " ".join(new.split()))


def rewording(one: Reviewed, before: str, after: str) -> Decision | None:
    stretches = list(changes(before, after))
    if not stretches:
        return None
    start = stretches[0][0]
    end = stretches[-1][0] + len(stretches[-1][1])
    tail = len(before) - end
    return Decision(
        kind="text",
        paragraph=one.id,
        start=start,
        before=before[start:end],
        after=after[start : len(after) - tail],
        seen=one.seen,
    )


def restoring(state: State, number: int) -> Decision:
    """The decision that takes back repair ``number`` (from 0, as in the record).

    Raises:
        ReviewError: there is no such repair, or its text has changed since.
    """
    for one in state.paragraphs:
        for mark in one.marks:
            if mark.kind == "repair" and mark.key == number:
                repair = state.recognised.repairs[number]
                stands = one.text[mark.start : mark.end]
                if stands != repair.after:
                    raise ReviewError("what this repair made has been changed since: undo that first, or edit the text")
                return Decision(
                    kind="text",
                    paragraph=one.id,
                    start=mark.start,
                    before=stands,
                    after=repair.before,
                    target=f"repair:{number}",
                    seen=one.seen,
                )
    raise ReviewError(f"there is no repair {number} in this record's text")


def applying(state: State, key: str) -> Decision:
    """The decision that applies the suggestion of the reason ``key``.

    Raises:
        ReviewError: the text that it would change is gone.
    """
    for reason in state.recognised.review.reasons:
        suggested = reason.suggestion
        if reason_key(reason) != key or suggested is None or suggested.paragraph is None:
            continue
        at = state.place(suggested.paragraph)
        if at is None:
            break
        one = state.paragraphs[at]
        start = _nearest(one.text, suggested.before, suggested.start or 0)
        if start is None:
            break
        return Decision(
            kind="text",
            paragraph=one.id,
            start=start,
            before=suggested.before,
            after=suggested.after,
            target=key,
            seen=one.seen,
        )
    raise ReviewError("what this suggestion would change isn't there any more")


def _nearest(text: str, stretch: str, start: int) -> int | None:
    found = [i for i in range(len(text) - len(stretch) + 1) if text.startswith(stretch, i)] if stretch else [start]
    return min(found, key=lambda place: abs(place - start)) if found else None


def accepting(one: Reviewed, start: int = 0, end: int | None = None) -> Decision:
    """The decision that the text at ``[start, end)`` of the paragraph is right."""
    return Decision(
        kind="accept",
        paragraph=one.id,
        start=start,
        before=one.text[start:end],
        after=one.text[start:end],
        seen=one.seen,
    )


def marking(state: State, value: str) -> Decision:
    """The decision that the record is ``done``, or ``needed`` again."""
    return Decision(kind="state", before=state.done or state.recognised.review.state, after=value, seen=state.seen)
