"""The order in which to review records: those that most need a person first, those that are done last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from time import sleep

from ecp_ingest.edits.decisions import digest
from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.files.record_files import records_in
from ecp_ingest.record import reason_kinds
from ecp_ingest.record.schema import Record, read_record
from ecp_ingest.review.words import is_known

FEW = 50
"""Up to this number of records are read before the first page is shown."""
SHAKY = 0.75
"""Words with a lower confidence count as shaky: they make a record more urgent."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A record as the queue shows it."""

    key: str
    """The record's name in addresses; it doesn't show the path."""
    name: str
    """Path below the folder, with forward slashes."""
    state: str
    urgency: float
    reasons: tuple[str, ...]
    """Their kinds, each once."""
    title: str
    date: str
    languages: tuple[str, ...]
    words: int
    shaky: int
    edits: int

    @property
    def rank(self) -> tuple[bool, float, str]:
        return self.state == "done", -self.urgency, self.name


def key_of(name: str) -> str:
    return digest("record", name)


def summarise(name: str, record: Record) -> Summary:
    words = [word for p in record.paragraphs if p.text for line in p.lines for word in line.words]
    shaky = sum(word.confidence is not None and word.confidence < SHAKY for word in words)
    count = sum(len(p.text.split()) for p in record.paragraphs)
    kinds = [reason.kind for reason in record.review.reasons]
    urgency = sum(map(reason_kinds.urgency, kinds)) + 20.0 * shaky / max(20, len(words))
    heading = record.release.title
    opening = next((p.text for p in record.paragraphs if p.kind == "body" and p.text), "")
    return Summary(
        key=key_of(name),
        name=name,
        state=record.review.state,
        urgency=round(urgency, 3),
        reasons=tuple(dict.fromkeys(kinds)),
        title=heading.value if heading else opening[:90],
        date=record.release.date.value if record.release.date else "",
        languages=record.languages,
        words=count,
        shaky=shaky,
        edits=len(record.review.edits),
    )


@dataclass(slots=True)
class Queue:
    """All records below ``folder``, read in the background so that the first page doesn't wait for them."""

    folder: Path
    names: tuple[str, ...] = ()
    _paths: dict[str, str] = field(default_factory=dict)
    _summaries: dict[str, Summary] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)
    """Name of each file that was read → time of its last change, in nanoseconds."""
    _requests: int = 0
    """Number of requests that are being answered."""
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> None:
        """List the files that there are now.

        Raises:
            NoInputError: there is no folder.
        """
        self.names = records_in(self.folder)
        self._paths = {key_of(name): name for name in self.names}

    def read(self) -> None:
        """Read every record that is new, or was written since."""
        for name in self.names:
            self.update(name)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Pause the background reading: whoever waits for a page comes first."""
        with self._lock:
            self._requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._requests -= 1

    def read_in_background(self) -> None:
        """Read a few records at once, and the rest in the background."""
        if len(self.names) <= FEW:
            self.read()

        def work() -> None:
            sleep(0.3)  # the person who just got the address gets the first page first
            is_known("word")  # the word lists, before the first record needs them
            is_known("لفظ")
            for name in self.names:
                while self._requests:
                    sleep(0.002)
                self.update(name)

        Thread(target=work, name="queue", daemon=True).start()

    def update(self, name: str) -> None:
        """Read one record, if it has changed; skip files that are no records."""
        try:
            written = (self.folder / name).stat().st_mtime_ns
            if self._read.get(name) == written:
                return
            found = summarise(name, read_record(self.folder / name))
        except (UnreadableSourceError, OSError):
            self._read[name] = 0
            return
        with self._lock:
            self._read[name] = written
            self._summaries[name] = found

    def name(self, key: str) -> str | None:
        """The name of the record with this key; None for any that ``look`` didn't find."""
        return self._paths.get(key)

    def path(self, name: str) -> Path:
        return self.folder / name

    @property
    def unread(self) -> int:
        return sum(name not in self._read for name in self.names)

    def sorted(self) -> list[Summary]:
        """The records read so far, the most urgent first."""
        with self._lock:
            return sorted(self._summaries.values(), key=lambda summary: summary.rank)

    def neighbour(self, name: str, *, back: bool = False) -> Summary | None:
        """The record after ``name`` (or before it) in the order of the queue; None at its end."""
        entries = self.sorted()
        at = next((i for i, entry in enumerate(entries) if entry.name == name), None)
        if at is None:
            return entries[0] if entries else None
        to = at - 1 if back else at + 1
        return entries[to] if 0 <= to < len(entries) else None

    def next_needed(self, urgency: float, name: str) -> Summary | None:
        """The first record after this place in the queue that isn't done; else the first of all; else None."""
        needed = [entry for entry in self.sorted() if entry.state != "done" and entry.name != name]
        later = [entry for entry in needed if (-entry.urgency, entry.name) > (-urgency, name)]
        return next(iter(later or needed), None)
