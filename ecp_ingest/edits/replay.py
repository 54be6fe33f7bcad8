"""Replays the log of edits on the record as recognised. Pure: no clock, no disk, the same result every time.

A decision is applied where the text is as the person saw it. Where the text has changed since (an earlier edit was
undone, the source was converted again) its place is found by the text around it; if that is gone too, it is ``stale``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

from ecp_ingest.edits.decisions import FIELDS, Edit, digest, undone
from ecp_ingest.edits.marks import Mark, exchange, find_again
from ecp_ingest.edits.moves import merged, moved, parted
from ecp_ingest.edits.state import Outcome, Reviewed, State, begin
from ecp_ingest.language.languages import ENGLISH, READ
from ecp_ingest.record.schema import Record

Step = tuple[State, Outcome]


def replay(record: Record, edits: Sequence[Edit]) -> State:
    """The state after all ``edits``, as if those that were undone had never been made."""
    gone = undone(edits)
    return reduce(lambda state, edit: step(state, edit, gone=edit.number in gone), edits, begin(record))


def step(state: State, edit: Edit, *, gone: bool = False) -> State:
    """The state after one more edit; not for an undo, which changes what came before (see ``replay``)."""
    after, outcome = _gone(state) if gone else _HANDLERS[edit.decision.kind](state, edit)
    return replace(after, outcomes=(*after.outcomes, (edit, outcome)))


def _gone(state: State) -> Step:
    return state, "undone"


def _same_base(state: State, edit: Edit) -> bool:
    return edit.base == state.base


def _found(state: State, edit: Edit) -> int | None:
    """Index of the paragraph that the edit is about. Ids are valid only within one conversion."""
    if _same_base(state, edit):
        return state.place(edit.decision.paragraph)
    alike = [i for i, one in enumerate(state.paragraphs) if one.seen == edit.decision.seen]
    named = state.place(edit.decision.paragraph)
    return named if named in alike else alike[0] if len(alike) == 1 else None


# ── the text of a paragraph ───────────────────────────────────────────────────────────────────────────────────────


def _place_in_text(state: State, edit: Edit, stretch: str) -> tuple[int, int, bool] | None:
    """(index of the paragraph, offset, whether that is where the person saw it); None where ``stretch`` isn't there."""
    decision = edit.decision
    at = _found(state, edit)
    if at is not None and state.paragraphs[at].seen == decision.seen:
        exact = state.paragraphs[at].text[decision.start :].startswith(stretch)
        return (at, decision.start, True) if exact else None
    same = _same_base(state, edit)
    candidates = [at] if same and at is not None else [] if same else range(len(state.paragraphs))
    found = [
        (i, start, False)
        for i in candidates
        if (
            start := find_again(
                state.paragraphs[i].text, decision.start, stretch, edit.left, edit.right, unique=not same
            )
        )
        is not None
    ]
    return found[0] if len(found) == 1 else None


def _text(state: State, edit: Edit) -> Step:
    decision = edit.decision
    found = _place_in_text(state, edit, decision.before)
    if found is None:
        # A better model may have read what a person had to correct before.
        return state, "already" if _place_in_text(state, edit, decision.after) else "stale"
    at, start, exact = found
    one = state.paragraphs[at]
    text, marks = exchange(one.text, one.marks, start, decision.before, decision.after)
    marks = (*marks, Mark("edited", edit.number, start, start + len(decision.after)))
    settled = state.settled | ({decision.target} if decision.target else set())
    state = replace(state.with_paragraph(at, replace(one, text=text, marks=marks)), settled=settled)
    return state, "applied" if exact else "carried"


def _accept(state: State, edit: Edit) -> Step:
    found = _place_in_text(state, edit, edit.decision.before)
    if found is None:
        return state, "stale"
    at, start, exact = found
    one = state.paragraphs[at]
    mark = Mark("accepted", edit.number, start, start + len(edit.decision.before))
    return state.with_paragraph(at, replace(one, marks=(*one.marks, mark))), "applied" if exact else "carried"


# ── a paragraph as a whole ────────────────────────────────────────────────────────────────────────────────────────


def _kind(state: State, edit: Edit) -> Step:
    return _set(state, edit, "kind", {"kind": edit.decision.after})


def _language(state: State, edit: Edit) -> Step:
    code = edit.decision.after
    language = READ.get(code, ENGLISH)
    new = {"language": code, "script": language.script, "direction": language.direction}
    return _set(state, edit, "language", new)


def _set(state: State, edit: Edit, key: str, new: dict[str, str]) -> Step:
    at = _found(state, edit)
    if at is None:
        return state, "stale"
    one = state.paragraphs[at]
    if getattr(one.entry, key) == edit.decision.after:
        return state, "already"
    if getattr(one.entry, key) != edit.decision.before:
        return state, "stale"
    return state.with_paragraph(at, replace(one, entry=one.entry.model_copy(update=new))), "applied"


def _order(state: State, edit: Edit) -> Step:
    at, after = _found(state, edit), edit.decision.after
    if at is None:
        return state, "stale"
    anchor = state.place(after)
    if not _same_base(state, edit) and after:
        alike = [i for i, one in enumerate(state.paragraphs) if one.seen == edit.left]
        anchor = alike[0] if len(alike) == 1 else None
    if after and (anchor is None or anchor == at):
        return state, "stale"
    paragraphs = moved(state.paragraphs, at, anchor)
    return replace(state, paragraphs=paragraphs), "applied" if paragraphs != state.paragraphs else "already"


def _merge(state: State, edit: Edit) -> Step:
    decision = edit.decision
    same = _same_base(state, edit)
    for at, (first, second) in enumerate(zip(state.paragraphs, state.paragraphs[1:], strict=False)):
        named = (first.id, second.id) == (decision.paragraph, decision.before)
        if named if same else digest(first.text, second.text) == decision.seen:
            joined = merged(first, second)
            rest = [_without_parallel(one, second.id, first.id) for one in state.paragraphs if one is not second]
            rest[at] = joined
            return replace(state, paragraphs=tuple(rest)), "applied"
    return state, "stale"


def _without_parallel(one: Reviewed, gone: str, instead: str) -> Reviewed:
    if one.entry.parallel != gone:
        return one
    return replace(one, entry=one.entry.model_copy(update={"parallel": instead}))


def _split(state: State, edit: Edit) -> Step:
    found = _place_in_text(state, edit, edit.decision.after)
    if found is None or not 0 < found[1] < len(state.paragraphs[found[0]].text):
        return state, "stale"
    at, start, exact = found
    halves = parted(state.paragraphs[at], start, f"{state.paragraphs[at].id}.{edit.number}")
    paragraphs = (*state.paragraphs[:at], *halves, *state.paragraphs[at + 1 :])
    return replace(state, paragraphs=paragraphs), "applied" if exact else "carried"


# ── the record ────────────────────────────────────────────────────────────────────────────────────────────────────


def _field(state: State, edit: Edit) -> Step:
    if edit.decision.target not in FIELDS:
        return state, "stale"
    return replace(state, fields={**state.fields, edit.decision.target: edit.decision.after}), "applied"


def _settle(state: State, edit: Edit) -> Step:
    return replace(state, settled=state.settled | {edit.decision.target}), "applied"


def _undo(state: State, edit: Edit) -> Step:
    """Nothing to do: ``replay`` has left out the edit that was undone."""
    return state, "applied"


def _state(state: State, edit: Edit) -> Step:
    if edit.decision.after == "done" and not _same_base(state, edit):
        return (
            state,
            "already",
        )  # "done" was said of another text: the new one has to be reviewed, without a conflict to decide
    return replace(state, done="done" if edit.decision.after == "done" else "needed"), "applied"


_HANDLERS: dict[str, Callable[[State, Edit], Step]] = {
    "text": _text,
    "accept": _accept,
    "kind": _kind,
    "language": _language,
    "order": _order,
    "merge": _merge,
    "split": _split,
    "field": _field,
    "settle": _settle,
    "state": _state,
    "undo": _undo,
}
