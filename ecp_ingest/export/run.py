"""One command, many formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.export.items import Export, Shipment, read_items
from ecp_ingest.review.sources import Sources


def export(
    folder: Path,
    *,
    formats: tuple[str, ...],
    destination: Path,
    sources: Path | None = None,
    left_out: Callable[[UnreadableSourceError], None] = lambda error: None,
) -> Iterator[Path]:
    """Write the records below ``folder`` in each of ``formats``; yields every file written.

    ``sources`` is where the scans lie, if not where they were. ``left_out`` hears of files that are no records.
    Raises NoInputError, OutputError, MissingDependencyError.
    """
    shipment = Shipment(
        items=lambda: read_items(folder, left_out=left_out), sources=Sources(records=folder, folder=sources)
    )
    for name in formats:
        write: Export = import_module(f"ecp_ingest.export.{name.replace('-', '_')}").export
        yield from write(shipment, destination)
