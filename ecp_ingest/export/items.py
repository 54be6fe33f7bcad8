"""What is exported: the records of a folder, one at a time, as reviewed where a person has reviewed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.record import Record, read_record
from ecp_ingest.review.desk import Desk
from ecp_ingest.review.files import log_path, records_in
from ecp_ingest.review.sources import Sources


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
        """Whether a person has changed it."""
        return bool(self.record.review.edits)


@dataclass(frozen=True, slots=True)
class Shipment:
    """All that a format is given. ``items`` reads the records anew each time, so that memory stays bounded."""

    items: Callable[[], Iterable[Item]]
    sources: Sources
    """Where the scans are found again, for formats that show them."""


Export = Callable[[Shipment, Path], Iterator[Path]]
"""Writes files below a folder; yields each as soon as it is whole. Raises OutputError and SourceError."""


def read_items(folder: Path, *, left_out: Callable[[UnreadableSourceError], None]) -> Iterator[Item]:
    """Every record below ``folder``, sorted by name; ``left_out`` hears of JSON files that are none."""
    for name in records_in(folder):
        path = folder / name
        if log_path(path).exists():
            Desk("").refresh(path)  # should a machine have gone down between an edit and the record
        try:
            record = read_record(path)
        except UnreadableSourceError as error:
            left_out(error)
            continue
        yield Item(record, path, name.removesuffix(".json"))
