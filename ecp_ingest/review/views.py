"""A record as the review page shows it: plain values for the templates. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from ecp_ingest.edits.decisions import FIELDS, LIST_FIELDS, Edit, undone
from ecp_ingest.edits.editor import OpenRecord
from ecp_ingest.edits.recheck import reason_key
from ecp_ingest.edits.reviewed import field_values, reviewed_record
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.language.folding import fold
from ecp_ingest.language.languages import ENGLISH, READ
from ecp_ingest.record.entries import PageEntry, RepairEntry
from ecp_ingest.record.source_scans import upright_box
from ecp_ingest.review.doubts import Token, tokens

DUPLICATES = ("duplicate_page", "duplicate_paragraph", "duplicate_line", "duplicate_phrase")


@dataclass(frozen=True, slots=True)
class WordView:
    text: str
    start: int
    level: int
    """0 no doubt, 1 doubtful, 2 very."""
    settled: bool
    why: str
    page: int | None
    box: str
    """On the upright page, in ten-thousandths: ``left,top,right,bottom``; empty where unknown."""
    line: str
    """The same of its line."""
    repair: int | None
    """Number of the repair that made the word."""


@dataclass(frozen=True, slots=True)
class ParagraphView:
    id: str
    kind: str
    language: str
    lang: str
    """As HTML names it."""
    direction: str
    page: int
    seen: str
    words: tuple[WordView, ...]
    removed: str
    """The recognised text, where a repair or a person took all of it out; else empty."""
    before: str
    """Id of the paragraph before it; empty for the first."""
    above: str
    """Id of the one before that."""
    after: str
    """Id of the next; empty for the last."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    key: str
    kind: str
    paragraph: str
    detail: str
    can_apply: bool
    stale: int
    """Number of the edit that doesn't fit any more; 0 for other reasons."""


@dataclass(frozen=True, slots=True)
class PairView:
    """Two passages that may be the same: the first, the one that repeats it, and the evidence."""

    title: str
    first: str
    second: str
    lang: str
    direction: str
    evidence: str
    paragraph: str
    repair: int | None
    """Made by the machine: can be restored."""
    reason: str
    """Only suggested: can be applied."""


@dataclass(frozen=True, slots=True)
class EditView:
    number: int
    kind: str
    who: str
    when: str
    paragraph: str
    before: str
    after: str
    outcome: str
    undo: int
    """Number to undo: its own, or that of the undo that took it back; 0 where there is nothing to undo."""


def paragraph_views(state: State) -> tuple[ParagraphView, ...]:
    pages = {page.number: page for page in state.recognised.provenance.pages}
    by_paragraph: dict[str, list[Token]] = {}
    for token in tokens(state):
        by_paragraph.setdefault(token.paragraph, []).append(token)
    ids = ["", "", *(one.id for one in state.paragraphs), ""]
    return tuple(
        ParagraphView(
            id=one.id,
            kind=one.entry.kind,
            language=one.entry.language,
            lang=READ.get(one.entry.language, ENGLISH).tag,
            direction=one.entry.direction,
            page=one.entry.page,
            seen=one.seen,
            words=tuple(_word(token, one, pages) for token in by_paragraph.get(one.id, [])),
            removed=one.entry.recognised if not one.text else "",
            before=ids[i + 1],
            above=ids[i],
            after=ids[i + 3],
        )
        for i, one in enumerate(state.paragraphs)
    )


def _word(token: Token, one: Reviewed, pages: dict[int, PageEntry]) -> WordView:
    facts = pages.get(token.page or 0)
    return WordView(
        text=token.text,
        start=token.start,
        level=0 if not token.is_doubtful else 2 if token.doubt >= 0.6 else 1,
        settled=token.settled,
        why="; ".join(token.why),
        page=token.page,
        box=_told(token.bbox, facts),
        line=_told(token.line_bbox, facts),
        repair=one.marked("repair", token.start, token.end),
    )


def _told(box: Any, facts: PageEntry | None) -> str:
    shown = upright_box(box, facts) if box and facts else None
    return ",".join(map(str, shown)) if shown else ""


# ── reasons and duplicates ────────────────────────────────────────────────────────────────────────────────────────


def reason_views(state: State, record: Any) -> tuple[ReasonView, ...]:
    """Why the record is here, duplicates apart: those are shown as pairs."""
    return tuple(
        ReasonView(
            key=reason_key(reason),
            kind=reason.kind,
            paragraph=reason.paragraph or "",
            detail=reason.detail,
            can_apply=reason.suggestion is not None,
            stale=int(match[1])
            if (match := re.match(r"edit (\d+) ", reason.detail)) and reason.kind == "stale_edit"
            else 0,
        )
        for reason in record.review.reasons
        if not (reason.suggestion and reason.suggestion.kind in DUPLICATES)
    )


def pair_views(state: State, record: Any) -> tuple[PairView, ...]:
    """Suspected duplicates that nobody has settled, and those that a repair took out."""
    suspected = [
        _pair(state, reason.suggestion, reason.detail, reason=reason_key(reason))
        for reason in record.review.reasons
        if reason.suggestion and reason.suggestion.kind in DUPLICATES
    ]
    taken_out = [
        _pair(state, repair, "", number=number)
        for number, repair in enumerate(state.recognised.repairs)
        if repair.kind in DUPLICATES and f"repair:{number}" not in state.settled
    ]
    return tuple(pair for pair in (*suspected, *taken_out) if pair is not None)


def _pair(
    state: State, repair: RepairEntry, detail: str, *, number: int | None = None, reason: str = ""
) -> PairView | None:
    at = state.place(repair.paragraph or "")
    if at is None:
        return None
    one = state.paragraphs[at]
    evidence = [f"{key.replace('_', ' ')} {value}" for key, value in repair.evidence.items() if _is_plain(value)]
    return PairView(
        title=detail or f"{repair.kind.replace('_', ' ')}, taken out by the machine",
        first=_first_copy(state, one, repair),
        second=repair.before.strip(),
        lang=READ.get(one.entry.language, ENGLISH).tag,
        direction=one.entry.direction,
        evidence=", ".join(evidence),
        paragraph=one.id,
        repair=number,
        reason=reason,
    )


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _first_copy(state: State, one: Reviewed, repair: RepairEntry) -> str:
    """The passage that is repeated: the one that the evidence names, else the most similar one."""
    first = repair.evidence.get("first_copy")
    if isinstance(first, int):
        return one.text[first : first + len(repair.before)].strip()
    named = repair.evidence.get("repeats")
    if isinstance(named, str) and (at := state.place(named)) is not None:
        return state.paragraphs[at].text
    wanted = fold(repair.before)
    others = [other.text for other in state.paragraphs if other is not one and other.text]
    return max(others, key=lambda text: fuzz.partial_ratio(wanted, fold(text)), default="")


# ── what was decided ──────────────────────────────────────────────────────────────────────────────────────────────


def edit_views(opened: OpenRecord) -> tuple[EditView, ...]:
    """The log, newest first; an undo shows at the edit that it undid."""
    edits = opened.log.edits
    gone = undone(edits)
    undone_by = {e.decision.target: e.number for e in edits if e.decision.kind == "undo" and e.number not in gone}
    outcomes = {edit.number: outcome for edit, outcome in opened.state.outcomes}
    return tuple(
        EditView(
            number=edit.number,
            kind=edit.decision.kind,
            who=edit.reviewer,
            when=edit.time[:16].replace("T", " "),
            paragraph=edit.decision.paragraph,
            before=edit.decision.before,
            after=edit.decision.after,
            outcome=outcomes.get(edit.number, "applied"),
            undo=undone_by.get(str(edit.number), 0) if edit.number in gone else edit.number,
        )
        for edit in reversed(edits)
        if edit.decision.kind != "undo"
    )


def field_views(record: Any) -> Iterator[tuple[str, str, bool]]:
    """Name, value, and whether it may hold several."""
    values = field_values(record.release)
    for name in FIELDS:
        yield name, values[name], name in LIST_FIELDS


def describe(edit: Edit) -> str:
    """An edit in a few words."""
    decision = edit.decision
    if decision.kind == "text":
        return f"“{decision.before}” → “{decision.after}”"
    return f"{decision.kind} {decision.paragraph}".strip()


def page_data(opened: OpenRecord) -> dict[str, Any]:
    """All that the templates need of one record."""
    state = opened.state
    record = reviewed_record(state)
    paragraphs = paragraph_views(state)
    return {
        "record": record,
        "state_seen": state.seen,
        "paragraphs": paragraphs,
        "reasons": reason_views(state, record),
        "pairs": pair_views(state, record),
        "fields": tuple(field_views(record)),
        "edits": edit_views(opened),
        "damaged": opened.log.damaged,
        "doubtful": sum(word.level > 0 for one in paragraphs for word in one.words),
        "words": sum(len(one.words) for one in paragraphs),
    }
