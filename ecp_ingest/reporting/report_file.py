"""Reads and writes ``report.json``, which several runs may update at the same time.

Each file and each run has a line of its own. A run merges its entries into the file under a lock and writes it whole,
so two runs on one output folder lose nothing. It writes about every minute, so the report shows how far a running batch
is.
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
from ecp_ingest.reporting.entries import DONE_BEFORE, FileEntry, file_entry, relative_path
from ecp_ingest.reporting.totals import totals

SAVE_EVERY = 60.0
"""Least seconds between two writings during a run."""
PAUSE_PER_SAVE = 100
"""The pause is at least this many times as long as the writing, which so takes at most 1 % of the time."""

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
    """The same. For a run that is still running or was killed: when it last wrote the report."""
    state: State
    queued: int = 0
    """Files to convert."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Outcome → number of files, including ``skipped`` (done before)."""
    pages: int = 0


@dataclass(frozen=True, slots=True)
class BatchReport:
    files: tuple[FileEntry, ...] = ()
    """Sorted by source."""
    runs: tuple[RunEntry, ...] = ()
    """In the order in which they began."""


def read_report(output: Place) -> BatchReport:
    """The report in the folder ``output``.

    Raises:
        NoInputError: there is none.
        OutputError: the file is no report, or is damaged.
    """
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
        data = json.loads(text)
        return BatchReport(
            tuple(_from_dict(FileEntry, entry) for entry in data["files"]),
            tuple(_from_dict(RunEntry, entry) for entry in data["runs"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(f"is damaged: {REMEDY}", str(path)) from error


def to_json(report: BatchReport) -> str:
    """The report as JSON, one line for each file and each run: quick to write, easy to compare with an earlier one."""
    head = f'{SIGN},\n"totals": {_line(totals(report.files))},\n'
    runs = ",\n".join(_line(_as_dict(run)) for run in report.runs)
    files = ",\n".join(_line(_as_dict(entry)) for entry in report.files)
    return f'{head}"runs": [\n{runs}\n],\n"files": [\n{files}\n]}}\n'


class ReportWriter:
    """Listens to a run and writes its report. Keeps no records in memory, and only entries not yet written."""

    def __init__(self, output: Place) -> None:
        self._output = output
        now = _now()
        self._run = RunEntry(f"{now}-{os.getpid()}", now, now, "running")
        self._counted: Counter[str] = Counter()
        self._state: State = "interrupted"
        self._new: dict[str, FileEntry] = {}
        try:
            known = read_report(output).files
        except (NoInputError, OutputError):  # the error is raised when the report is written
            known = ()
        self._done = {entry.source for entry in known if entry.status == "ok"}
        self._due = time.monotonic() + SAVE_EVERY

    def __enter__(self) -> ReportWriter:
        return self

    def __exit__(self, *_: object) -> None:
        """Write the last entries, unless no file was done. Raises OutputError."""
        if self._counted:
            self._save(self._state)

    def notify(self, event: Event) -> None:
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
        source = relative_path(outcome.source, self._output)
        if outcome.status in DONE_BEFORE:
            if source in self._done:
                return
            try:
                records = tuple(records)
            except UnreadableSourceError:  # a kept file may be anything
                return
        now = datetime.now().astimezone()
        self._new[source] = file_entry(outcome, records, output=self._output, now=now)
        self._done.add(source)

    def save_if_due(self) -> None:
        """Write the new entries if the last writing was more than `SAVE_EVERY` seconds ago."""
        began = time.monotonic()
        if not self._new or began < self._due:
            return
        with suppress(OutputError):  # the disk may be full only now; at the end the error is raised
            self._save("running")
        ended = time.monotonic()
        self._due = ended + max(SAVE_EVERY, PAUSE_PER_SAVE * (ended - began))

    def _save(self, state: State) -> None:
        self._run = replace(self._run, ended=_now(), state=state, outcomes=dict(self._counted))
        with _locked(self._output):
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
    """``before`` with the ``new`` entries and ``run``.

    A file is identified by its path and by its records: one that was moved and converted again counts once.
    """
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
def _locked(folder: Place) -> Iterator[None]:
    """In the block no other run writes the report. Without file locks, as behind a URL, nothing prevents it."""
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


def _from_dict(kind: type[T], entry: dict[str, Any]) -> T:
    """Build a ``kind`` from a line of the report. Unknown keys come from a newer version and are ignored."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key in known}
    return kind(**values)


def _as_dict(entry: FileEntry | RunEntry) -> dict[str, object]:
    return {f.name: getattr(entry, f.name) for f in fields(entry)}  # asdict would copy everything: ten times slower


def _line(value: object) -> str:
    # A file name that isn't UTF-8 has surrogates, which can't be written.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
