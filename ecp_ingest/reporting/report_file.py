"""report.json: read, added to and written whole, by one run or by several at the same time.

Each file and each run has a line of its own. What a run has learnt is laid over what stands in the file by then, under
a lock, so two runs on one output folder lose nothing of each other's. It is written every minute or so, too: whoever
asks for the report at night sees how far the batch has come.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from ecp_ingest.batch.events import INTERRUPTED, Ended, Event, Finished, Outcome, Queued
from ecp_ingest.errors import NoInputError, OutputError, UnreadableSourceError
from ecp_ingest.files.atomic import write_text
from ecp_ingest.files.locations import Place, Url, read_bytes, write_bytes
from ecp_ingest.files.record_files import REPORT_NAME, SIGN
from ecp_ingest.record.schema import Record
from ecp_ingest.reporting.entries import DONE_BEFORE, FileEntry, file_entry, place_of
from ecp_ingest.reporting.totals import totals

EVERY = 60.0
"""Seconds between two writings during a run; more where writing takes long: it stays a hundredth of the time."""

REMEDY = "move it away, and the next run begins a new report"
T = TypeVar("T")
State = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run of ``convert`` or ``watch``."""

    id: str
    began: str
    """ISO 8601 with its offset."""
    ended: str
    """The same; of a run that is on its way, or was killed, when it was last heard of."""
    state: State
    queued: int = 0
    """Files that were to be converted."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """How many files came out how, ``skipped`` (done before) among them."""
    pages: int = 0


@dataclass(frozen=True, slots=True)
class BatchReport:
    files: tuple[FileEntry, ...] = ()
    """Sorted by source."""
    runs: tuple[RunEntry, ...] = ()
    """In the order in which they began."""


def read_report(output: Place) -> BatchReport:
    """The report in ``output``. Raises NoInputError where there is none, OutputError where something else is there."""
    path = output / REPORT_NAME
    try:
        text = read_bytes(path).decode("utf-8")
    except FileNotFoundError as error:
        raise NoInputError("there is no report: name the folder that convert or watch wrote to", str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"can't be read ({error}): {REMEDY}", str(path)) from error
    if not text.startswith(SIGN):
        raise OutputError(f"is no report of ecp-ingest: {REMEDY}", str(path))
    try:
        told = json.loads(text)
        return BatchReport(
            tuple(_made(FileEntry, entry) for entry in told["files"]),
            tuple(_made(RunEntry, entry) for entry in told["runs"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(f"is damaged: {REMEDY}", str(path)) from error


def to_json(report: BatchReport) -> str:
    """One line for each file and each run: quick to write, and to compare with an earlier one."""
    head = f'{SIGN},\n"totals": {_line(totals(report.files))},\n'
    runs = ",\n".join(_line(_told(run)) for run in report.runs)
    files = ",\n".join(_line(_told(entry)) for entry in report.files)
    return f'{head}"runs": [\n{runs}\n],\n"files": [\n{files}\n]}}\n'


class Book:
    """Listens to a run and keeps its report; holds no records, and of the files only what is not yet written."""

    def __init__(self, output: Place) -> None:
        self._output = output
        now = _now()
        self._run = RunEntry(f"{now}-{os.getpid()}", now, now, "running")
        self._counted: Counter[str] = Counter()
        self._state: State = "interrupted"
        self._new: dict[str, FileEntry] = {}
        try:
            known = read_report(output).files
        except (NoInputError, OutputError):  # what is wrong with it is said when it is to be written
            known = ()
        self._done = {entry.source for entry in known if entry.status == "ok"}
        self._due = time.monotonic() + EVERY

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is not yet written; nothing where no file was done. Raises OutputError."""
        if self._counted:
            self._save(self._state)

    def tell(self, event: Event) -> None:
        match event:
            case Queued(sources):
                self._run = replace(self._run, queued=self._run.queued + sources)
            case Finished(outcome, records):
                self._note(outcome, records)
                self.save_if_due()
            case Ended(exit_code):
                self._state = "interrupted" if exit_code == INTERRUPTED else "finished"

    def _note(self, outcome: Outcome, records: Sequence[Record]) -> None:
        self._counted[outcome.status] += 1
        self._run = replace(self._run, pages=self._run.pages + outcome.pages)
        source = place_of(outcome.source, self._output)
        if outcome.status in DONE_BEFORE:
            if source in self._done:
                return
            try:
                records = tuple(records)
            except UnreadableSourceError:  # kept, whatever it is
                return
        now = datetime.now().astimezone()
        self._new[source] = file_entry(outcome, records, output=self._output, now=now)
        self._done.add(source)

    def save_if_due(self) -> None:
        """What is new is written after a minute or so."""
        began = time.monotonic()
        if not self._new or began < self._due:
            return
        with suppress(OutputError):  # a full disk may be free again by the end, when it matters
            self._save("running")
        ended = time.monotonic()
        self._due = ended + max(EVERY, 100 * (ended - began))

    def _save(self, state: State) -> None:
        self._run = replace(self._run, ended=_now(), state=state, outcomes=dict(self._counted))
        with _alone(self._output):
            try:
                before = read_report(self._output)
            except NoInputError:
                before = BatchReport()
            _write(self._output / REPORT_NAME, to_json(_merged(before, self._new.values(), self._run)))
        self._new.clear()


def _write(path: Place, text: str) -> None:
    if isinstance(path, Path):
        write_text(path, text)
        return
    try:
        write_bytes(path, text.encode())
    except OSError as error:
        raise OutputError(f"can't be written ({error.strerror or error})", str(path)) from error


def _merged(before: BatchReport, new: Iterable[FileEntry], run: RunEntry) -> BatchReport:
    """A file is known by where it lies, and by its records: one that was moved and converted again counts once."""
    files = {entry.source: entry for entry in before.files}
    owners = {record: entry.source for entry in before.files for record in entry.records}
    for entry in new:
        for record in entry.records:
            if (owner := owners.get(record, entry.source)) != entry.source:
                files.pop(owner, None)
            owners[record] = entry.source
        files[entry.source] = entry
    runs = {earlier.id: earlier for earlier in before.runs} | {run.id: run}
    return BatchReport(
        tuple(files[source] for source in sorted(files)), tuple(sorted(runs.values(), key=lambda r: r.began))
    )


@contextmanager
def _alone(folder: Place) -> Iterator[None]:
    """No other run writes the report meanwhile. Where there are no locks, as behind a URL, it is written anyway."""
    if isinstance(folder, Url) or not folder.is_dir():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _made(kind: type[T], entry: dict[str, Any]) -> T:
    """Keys that are not known here come from a newer version and are passed over."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    made = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key in known}
    return kind(**made)


def _told(entry: FileEntry | RunEntry) -> dict[str, object]:
    return {f.name: getattr(entry, f.name) for f in fields(entry)}  # asdict copies all, ten times as long


def _line(value: object) -> str:
    # A file name that isn't UTF-8 has surrogates, which can't be written.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
