"""Opens records with their logs and takes decisions: each is safe on the disk before the call returns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from ecp_ingest.edits.decisions import FIELDS, LANGUAGES, PARAGRAPH_KINDS, Decision, Edit, digest, undone
from ecp_ingest.edits.log import Log, append, locked, read_log
from ecp_ingest.edits.replay import replay, step
from ecp_ingest.edits.reviewed import field_values, reviewed_record
from ecp_ingest.edits.state import State
from ecp_ingest.edits.typed_text import typed
from ecp_ingest.errors import ConflictError, EcpIngestError, OutputError, ReviewError
from ecp_ingest.files.record_files import keep_recognised, log_path, machine_path, recognised_path
from ecp_ingest.record.schema import Record, read_record, to_json, write_record

AROUND = 16
"""Code points kept on each side of a change, to find its place again."""


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record and its log, as they are on the disk."""

    path: Path
    state: State
    log: Log
    signature: tuple[object, ...]


@dataclass(slots=True)
class RecordEditor:
    """Takes decisions from any thread. Another editor, in another process, may work on the same records."""

    reviewer: str
    _open: dict[Path, OpenRecord] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def load(self, path: Path) -> OpenRecord:
        """The record at ``path`` with all its edits.

        Raises:
            UnreadableSourceError: it is no record.
            OutputError: its log can't be read, or the record as recognised is gone.
        """
        known = self._open.get(path)
        signature = _signature(path)
        if known is not None and known.signature == signature:
            return known
        log = read_log(log_path(path))
        found = OpenRecord(path, replay(_recognised(path, log), log.edits), log, signature)
        return self._keep(found)

    def _keep(self, opened: OpenRecord) -> OpenRecord:
        with self._lock:
            self._open.pop(opened.path, None)
            self._open[opened.path] = opened
            while len(self._open) > 64:
                self._open.pop(next(iter(self._open)))
        return opened

    def decide(self, path: Path, decision: Decision) -> OpenRecord:
        """Take one decision: append it to the log, sync the log, then write the reviewed record.

        Raises:
            ConflictError: the text has changed since the person saw it; nothing was taken.
            ReviewError: it is not possible, or changes nothing.
            OutputError: it couldn't be written, and was not taken.
        """
        with locked(log_path(path)):
            now = self.load(path)
            edit = _edit(now, decision, self.reviewer)
            after = _after(now, edit)
            keep_recognised(path)
            append(log_path(path), edit)
            write_record(reviewed_record(after), path)
            log = Log((*now.log.edits, edit), now.log.damaged)
            return self._keep(OpenRecord(path, after, log, _signature(path)))

    def refresh(self, path: Path) -> OpenRecord:
        """Write the reviewed record again if it lags behind its log: the machine may have stopped in between."""
        found = self.load(path)
        if found.log.edits:
            with locked(log_path(path)):
                found = self.load(path)
                if path.read_text(encoding="utf-8") != to_json(record := reviewed_record(found.state)) + "\n":
                    keep_recognised(path)
                    write_record(record, path)
        return found


def store_recognised(record: Record, path: Path) -> str | None:
    """Write the record that ``convert`` made, with the edits of a person that still fit it.

    Returns a sentence that says what became of the edits; None where there are none.
    """
    log = read_log(log_path(path))
    if not log.edits:
        write_record(record, recognised_path(path) if recognised_path(path).exists() else path)
        if recognised_path(path).exists():
            write_record(record, path)
        return None
    with locked(log_path(path)):
        keep_recognised(path)
        write_record(record, recognised_path(path))
        state = replay(record, read_log(log_path(path)).edits)
        write_record(reviewed_record(state), path)
    stale = len(state.stale())
    kept = sum(outcome in ("applied", "carried", "already") for _, outcome in state.outcomes)
    doubt = f"; {stale} no longer fit its text and have to be decided: ecp-ingest review" if stale else ""
    return f"{path}: converted anew, {kept} edits were kept{doubt}"


def _signature(path: Path) -> tuple[object, ...]:
    """Changes whenever the record as recognised or its log does."""
    signature: list[object] = []
    for one in (machine_path(path), log_path(path)):
        try:
            stat = one.stat()
            signature += [stat.st_ino, stat.st_size, stat.st_mtime_ns]
        except FileNotFoundError:
            signature += [None]
    return tuple(signature)


def _recognised(path: Path, log: Log) -> Record:
    record = read_record(machine_path(path))
    if log.edits and not recognised_path(path).exists() and record.review.edits:
        raise OutputError(
            "the record as recognised is gone, and the edits can't be applied without it: bring it back, or convert "
            "the source again with --force",
            str(recognised_path(path)),
        )
    return record


# ── from the decision asked for to the edit in the log ────────────────────────────────────────────────────────────────


def _after(now: OpenRecord, edit: Edit) -> State:
    if edit.decision.kind == "undo":
        return replay(now.state.recognised, (*now.log.edits, edit))
    after = step(now.state, edit)
    if after.outcomes[-1][1] != "applied":
        raise ReviewError("there is nothing to change: it is so already")
    return after


def _edit(now: OpenRecord, decision: Decision, reviewer: str) -> Edit:
    decision = _checked(now, decision)
    left = right = ""
    at = now.state.place(decision.paragraph)
    if at is not None and decision.kind in ("text", "accept", "split"):
        text = now.state.paragraphs[at].text
        end = decision.start + len(decision.after if decision.kind == "split" else decision.before)
        left, right = text[max(0, decision.start - AROUND) : decision.start], text[end : end + AROUND]
    elif decision.kind == "order" and (anchor := now.state.place(decision.after)) is not None:
        left = now.state.paragraphs[anchor].seen
    return Edit(
        number=max((edit.number for edit in now.log.edits), default=0) + 1,
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        reviewer=reviewer,
        decision=decision,
        base=now.state.base,
        left=left,
        right=right,
    )


def _checked(now: OpenRecord, decision: Decision) -> Decision:
    """The decision in the form for the log.

    Raises:
        ConflictError: the text has changed since the person saw it.
        ReviewError: the decision is not possible.
    """
    state, kind = now.state, decision.kind
    if kind == "undo":
        return _undo(now, decision)
    if kind == "state":
        _same(decision.seen, state.seen)
        return decision
    if kind == "settle":
        return decision
    if kind == "field":
        if decision.target not in FIELDS:
            raise ReviewError(f"no such field: {decision.target}")
        _same(decision.before, field_values(reviewed_record(state).release)[decision.target])
        if decision.target == "date" and decision.after and not re.fullmatch(r"\d{4}-\d\d-\d\d", decision.after):
            raise ReviewError("a date is written YYYY-MM-DD")
        return replace(decision, after="\n".join(map(typed, decision.after.splitlines())))
    at = state.place(decision.paragraph)
    if at is None:
        raise ConflictError("this paragraph is gone: it was merged, or the source was converted anew")
    return _about_paragraph(state, at, decision)


def _about_paragraph(state: State, at: int, decision: Decision) -> Decision:
    one, kind = state.paragraphs[at], decision.kind
    if kind in ("text", "accept", "split"):
        _same(decision.seen, one.seen)
        if kind == "split":
            return replace(decision, after=one.text[decision.start : decision.start + AROUND])
        if not one.text[decision.start :].startswith(decision.before):
            raise ReviewError("that isn't what stands there")
        return decision
    if kind in ("kind", "language"):
        _same(decision.before, getattr(one.entry, kind))
        if decision.after not in (PARAGRAPH_KINDS if kind == "kind" else LANGUAGES):
            raise ReviewError(f"no such {kind}: {decision.after}")
    elif kind == "order":
        _same(decision.before, state.paragraphs[at - 1].id if at else "")
    elif kind == "merge":
        following = state.paragraphs[at + 1] if at + 1 < len(state.paragraphs) else None
        if following is None or following.id != decision.before:
            raise ConflictError("another paragraph follows by now")
        return replace(decision, seen=digest(one.text, following.text))
    return replace(decision, seen=one.seen)


def _same(seen: str, now: str) -> None:
    if seen != now:
        raise ConflictError("somebody else has changed this since you saw it; your edit was not taken")


def _undo(now: OpenRecord, decision: Decision) -> Decision:
    edits = now.log.edits
    wanted = next((edit for edit in edits if str(edit.number) == decision.target), None)
    if wanted is None:
        raise ReviewError(f"there is no edit {decision.target}")
    if wanted.number in undone(edits):
        raise ConflictError(f"edit {wanted.number} was undone before")
    return replace(decision, paragraph=wanted.decision.paragraph)


OnSkipped = Callable[[EcpIngestError], None]
"""Called with the error for each JSON file that is no record, and each record that can't be read."""


def read_reviewed(path: Path) -> Record:
    """The record with all edits in its log, even if the machine stopped before the reviewed record was written.

    Raises:
        UnreadableSourceError: it is no record.
        OutputError: there are edits, and the record as recognised is gone.
    """
    if log_path(path).exists():
        return reviewed_record(RecordEditor("").load(path).state)
    return read_record(path)
