"""The records to export, one at a time, with the edits of a person where there are any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ecp_ingest.edits.editor import OnSkipped, read_reviewed
from ecp_ingest.errors import OutputError, UnreadableSourceError
from ecp_ingest.files.record_files import records_in
from ecp_ingest.record.schema import Record
from ecp_ingest.record.source_scans import Sources


@dataclass(frozen=True, slots=True)
class Item:
    """One record to export."""

    record: Record
    path: Path
    """The record's file."""
    stem: str
    """Its place below the folder, without ``.json``, with forward slashes: ``2022/may``."""

    @property
    def reviewed(self) -> bool:
        """Whether a person has changed it, or marked it done."""
        return bool(self.record.review.edits)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Everybody who made an edit, in order of the first one."""
        return tuple(dict.fromkeys(edit.reviewer for edit in self.record.review.edits))

    @property
    def reviewed_at(self) -> str | None:
        """ISO 8601, of the last edit; None where there is none."""
        return max((edit.time for edit in self.record.review.edits), default=None)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What each format gets. ``items`` reads the records again at each call, so that memory stays bounded."""

    items: Callable[[], Iterable[Item]]
    sources: Sources
    """Where the scans are found again, for formats that show them."""
    on_skipped: OnSkipped = lambda error: None
    """Called with the reason for each record that a format can't hold."""
    pdf_password: str | None = field(default=None, repr=False)
    """Of encrypted sources."""


Export = Callable[[ExportJob, Path], Iterator[Path]]
"""Writes files below a folder and yields the path of each as soon as it is complete. May raise OutputError and
SourceError."""


def read_items(folder: Path, *, on_skipped: OnSkipped) -> Iterator[Item]:
    """Every record below ``folder``, sorted by name. Nothing is written there.

    Raises:
        NoInputError: there is no folder.
    """
    for name in records_in(folder):
        path = folder / name
        try:
            record = read_reviewed(path)
        except (UnreadableSourceError, OutputError) as error:
            on_skipped(error)
            continue
        yield Item(record, path, name.removesuffix(".json"))
