"""Which record to look at next: what most likely needs a person first, what is done last."""

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
"""Records that take no time worth speaking of."""
SHAKY = 0.75
"""Words read with less confidence count against a record."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A record as the queue shows it."""

    key: str
    """Names the record in addresses; says nothing of its path."""
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
    """All records below ``folder``. They are read in the background, so that the first page needn't wait for them."""

    folder: Path
    names: tuple[str, ...] = ()
    _paths: dict[str, str] = field(default_factory=dict)
    _summaries: dict[str, Summary] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)
    """Names of files that were read → when they had been written."""
    _requests: int = 0
    """That are being answered."""
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> None:
        """See which files there are now. Raises NoInputError where there is no folder."""
        self.names = records_in(self.folder)
        self._paths = {key_of(name): name for name in self.names}

    def read(self) -> None:
        """Read every record that is new, or was written since."""
        for name in self.names:
            self.update(name)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Meanwhile nothing is read in the background: whoever waits for a page comes first."""
        with self._lock:
            self._requests += 1
        try:
            yield
        finally:
            with self._lock:
                self._requests -= 1

    def read_in_background(self) -> None:
        """A few are read at once, many in the background."""
        if len(self.names) <= FEW:
            self.read()

        def work() -> None:
            sleep(0.3)  # whoever has just been told the address gets the first page first
            is_known("word")  # the word lists, before the first record needs them
            is_known("لفظ")
            for name in self.names:
                while self._requests:
                    sleep(0.002)
                self.update(name)

        Thread(target=work, name="queue", daemon=True).start()

    def update(self, name: str) -> None:
        """Read one record, if it has changed; files that are no records are passed over."""
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
        """The record that ``key`` stands for: only ever one of those that ``look`` found."""
        return self._paths.get(key)

    def path(self, name: str) -> Path:
        return self.folder / name

    @property
    def unread(self) -> int:
        return sum(name not in self._read for name in self.names)

    def sorted(self) -> list[Summary]:
        """Those that were read so far, the most urgent first."""
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
        """The most urgent record that isn't done and comes after a place in the queue, or else from its beginning."""
        needed = [entry for entry in self.sorted() if entry.state != "done" and entry.name != name]
        later = [entry for entry in needed if (-entry.urgency, entry.name) > (-urgency, name)]
        return next(iter(later or needed), None)
