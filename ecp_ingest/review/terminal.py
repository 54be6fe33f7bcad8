"""Review in the terminal, for work over SSH: it makes the same decisions as the browser page."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecp_ingest.edits.decisions import Decision, Edit, last_active, undone
from ecp_ingest.edits.editor import OpenRecord, RecordEditor
from ecp_ingest.edits.reviewed import reviewed_record
from ecp_ingest.errors import MissingProgramError, ReviewError, UsageError
from ecp_ingest.files.record_files import log_path, records_in
from ecp_ingest.record.schema import read_record
from ecp_ingest.record.source_scans import Sources
from ecp_ingest.review.doubts import tokens
from ecp_ingest.review.export_truth import Exported, export
from ecp_ingest.review.plaintext import as_text, decisions_from
from ecp_ingest.review.queue import Queue
from ecp_ingest.review.requests import accepting, marking
from ecp_ingest.review.stats import Progress, progress


def _console() -> Console:
    # Text from scans may look like markup, and a pipe has no width.
    console = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 1000
    return console


def _say(message: str) -> None:
    Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False).print(message)


def _visible(text: str) -> str:
    """The text without control characters, so that it can't send commands to the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def show_queue(folder: Path, *, as_json: bool) -> None:
    queue = Queue(folder)
    queue.look()
    queue.read()
    entries = queue.sorted()
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    table = Table("record", "state", "date", "shaky", "edits", "why", box=None, pad_edge=False)
    for entry in entries:
        why = ", ".join(kind.replace("_", " ") for kind in entry.reasons)
        cells = (entry.name, entry.state, entry.date, f"{entry.shaky}/{entry.words}", str(entry.edits), why)
        table.add_row(*(Text(_visible(cell)) for cell in cells))
    _console().print(table)


def show_record(path: Path, *, as_json: bool) -> None:
    state = RecordEditor("").load(path).state
    found = tokens(state)
    if as_json:
        paragraphs = [
            {
                "id": one.id,
                "kind": one.entry.kind,
                "language": one.entry.language,
                "page": one.entry.page,
                "text": one.text,
                "doubtful": [asdict(t) for t in found if t.paragraph == one.id and t.is_doubtful],
            }
            for one in state.paragraphs
        ]
        reasons = [reason.model_dump(mode="json") for reason in reviewed_record(state).review.reasons]
        print(json.dumps({"paragraphs": paragraphs, "reasons": reasons}, ensure_ascii=False, indent=2))
        return
    for reason in reviewed_record(state).review.reasons:
        print(_visible(f"# {reason.kind.replace('_', ' ')} {reason.paragraph or ''}: {reason.detail}"))
    print(_visible(as_text(state, found, introduction=False)))


def edit_record(path: Path, *, reviewer: str) -> None:
    """Open the record in ``$EDITOR`` and take the changes as edits. After any error the edited file is kept."""
    editor = RecordEditor(reviewer)
    opened = editor.refresh(path)
    found = tokens(opened.state)
    before = as_text(opened.state, found)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"{path.stem}-", suffix=".txt", delete=False
    ) as file:
        file.write(before)
        draft = Path(file.name)
    try:
        _run_editor(draft)
        after = draft.read_text(encoding="utf-8")
        taken = 0
        if after != before:
            for decision in decisions_from(opened.state, found, after):
                editor.decide(path, decision)
                taken += 1
    except Exception:
        _say(f"what you wrote is kept in {draft}")
        raise
    draft.unlink()
    _say(f"{path}: {taken} edits" if taken else f"{path}: nothing changed")


def _run_editor(draft: Path) -> None:
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        result = subprocess.run([*shlex.split(command), str(draft)], check=False)
    except OSError as error:
        raise MissingProgramError(
            f"the editor '{command}' can't be started: set EDITOR to one that is there"
        ) from error
    if result.returncode:
        raise ReviewError(f"the editor '{command}' ended with code {result.returncode}: nothing was taken")


def accept(paths: list[Path], *, paragraph: str | None, reviewer: str) -> None:
    """Mark whole records as done; with ``paragraph``, accept the text of that paragraph only."""
    editor = RecordEditor(reviewer)
    for path in paths:
        state = editor.refresh(path).state
        if paragraph is None:
            decision = marking(state, "done")
        else:
            at = state.place(paragraph)
            if at is None:
                known = ", ".join(one.id for one in state.paragraphs)
                raise ReviewError(f"there is no paragraph {paragraph}, only {known}", str(path))
            decision = accepting(state.paragraphs[at])
        editor.decide(path, decision)
        _say(f"{path}: {paragraph or 'done'}")


def undo(path: Path, *, number: int | None, reviewer: str) -> None:
    editor = RecordEditor(reviewer)
    opened = editor.refresh(path)
    target = number or last_active(opened.log.edits).number
    after = editor.decide(path, Decision("undo", target=str(target)))
    undone_edit = next(edit for edit in after.log.edits if edit.number == target)
    _say(f"{path}: undone: {_told(undone_edit)}")


def _told(edit: Edit) -> str:
    decision = edit.decision
    where = f" {decision.paragraph}" if decision.paragraph else ""
    what = "" if decision.kind in ("accept", "settle") else f": {decision.before!r} → {decision.after!r}"
    return _visible(f"{edit.number} {edit.time[:16]} {edit.reviewer} {decision.kind}{where}{what}")


def _opened(editor: RecordEditor, given: Path) -> list[tuple[str, OpenRecord]]:
    """(name, record) of one record, or of all below a folder that have edits."""
    if not given.is_dir():
        return [(given.name, editor.load(given))]
    names = [name for name in records_in(given) if log_path(given / name).exists()]
    return [(name, editor.load(given / name)) for name in names]


def show_log(given: Path, *, as_json: bool) -> None:
    for name, opened in _opened(RecordEditor(""), given):
        gone = undone(opened.log.edits)
        outcomes = {edit.number: outcome for edit, outcome in opened.state.outcomes}
        for edit in opened.log.edits:
            outcome = "undone" if edit.number in gone else outcomes.get(edit.number, "applied")
            if as_json:
                flat = asdict(edit)
                print(json.dumps({"record": name, "outcome": outcome, **flat}, ensure_ascii=False))
            else:
                print(f"{_visible(name)} {_told(edit)}{'' if outcome == 'applied' else f' ({outcome})'}")
        for line in opened.log.damaged:
            _say(f"{log_path(given) if given.is_file() else name}: line {line} holds no edit; it was never confirmed")


def show_stats(given: Path, *, as_json: bool) -> None:
    editor = RecordEditor("")
    total = Progress()
    if given.is_dir():
        for name in records_in(given):
            if log_path(given / name).exists():
                total += progress(editor.load(given / name))
            else:
                record = read_record(given / name)
                total += Progress(records=1, done=int(record.review.state == "done"))
    else:
        total = progress(editor.load(given))
    figures = {
        "records": total.records,
        "done": total.done,
        "decisions": total.decisions,
        "words_seen": total.words_seen,
        "words_corrected": total.words_corrected,
        "word_error_rate": _rounded(total.word_error_rate),
        "character_error_rate": _rounded(total.characters.rate if total.characters.length else None),
        "minutes": round(total.seconds / 60, 1),
        "words_a_minute": _rounded(total.words_a_minute),
    }
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):22}{'not known yet' if value is None else value}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def export_truth(folder: Path, *, into: Path, sources: Path | None) -> Exported:
    if into.resolve() == folder.resolve():
        raise UsageError("ground truth doesn't belong among the records: name another folder", str(into))
    editor = RecordEditor("")
    found = ((name, opened.state) for name, opened in _opened(editor, folder))
    exported = export(found, folder=folder, into=into, sources=Sources(folder, sources))
    for note in exported.notes:
        _say(note)
    _say(f"{exported.lines} lines and the ground truth of {exported.pages} sources in {into}")
    return exported
