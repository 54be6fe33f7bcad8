"""What is exported: the records of a folder, one at a time, as reviewed where a person has reviewed them."""

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
    """One record on its way out."""

    record: Record
    path: Path
    """Where it lies."""
    stem: str
    """Its place below the folder, without ``.json``, with forward slashes: ``2022/may``."""

    @property
    def reviewed(self) -> bool:
        """Whether a person has changed it, or marked it done."""
        return bool(self.record.review.edits)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who did, in order of appearance."""
        return tuple(dict.fromkeys(edit.reviewer for edit in self.record.review.edits))

    @property
    def reviewed_at(self) -> str | None:
        """ISO 8601, of the last edit; None where there is none."""
        return max((edit.time for edit in self.record.review.edits), default=None)


@dataclass(frozen=True, slots=True)
class ExportJob:
    """All that a format is given. ``items`` reads the records anew each time, so that memory stays bounded."""

    items: Callable[[], Iterable[Item]]
    sources: Sources
    """Where the scans are found again, for formats that show them."""
    on_skipped: OnSkipped = lambda error: None
    """To be told of records that a format has no form for."""
    pdf_password: str | None = field(default=None, repr=False)
    """Opens sources that want one."""


Export = Callable[[ExportJob, Path], Iterator[Path]]
"""Writes files below a folder; yields each as soon as it is whole. Raises OutputError and SourceError."""


def read_items(folder: Path, *, on_skipped: OnSkipped) -> Iterator[Item]:
    """Every record below ``folder``, sorted by name. Nothing is written there. Raises NoInputError."""
    for name in records_in(folder):
        path = folder / name
        try:
            record = read_reviewed(path)
        except (UnreadableSourceError, OutputError) as error:
            on_skipped(error)
            continue
        yield Item(record, path, name.removesuffix(".json"))
