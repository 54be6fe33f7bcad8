"""Exports a folder of records in several formats."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from ecp_ingest.edits.editor import OnSkipped
from ecp_ingest.errors import MissingDependencyError, NoInputError, UsageError
from ecp_ingest.export.formats import FORMATS
from ecp_ingest.export.items import Export, ExportJob, read_items
from ecp_ingest.files.record_files import records_in
from ecp_ingest.record.source_scans import Sources


def export(
    folder: Path,
    *,
    formats: tuple[str, ...],
    destination: Path,
    sources: Path | None = None,
    pdf_password: str | None = None,
    on_skipped: OnSkipped = lambda error: None,
) -> Iterator[Path]:
    """Write the records below ``folder`` in each of ``formats``; yields every file written.

    ``sources`` is where the scans lie, if not where they were; ``pdf_password`` opens those that want one.
    ``on_skipped`` hears of files that are no records. Raises NoInputError, UsageError, OutputError and
    MissingDependencyError.
    """
    if destination.resolve().is_relative_to(folder.resolve()):
        raise UsageError("exports don't belong among the records: name a folder elsewhere with -o", str(destination))
    writers = [_writer(name) for name in formats]
    if not records_in(folder):
        raise NoInputError("holds no records: name the folder that convert wrote to", str(folder))
    job = ExportJob(
        items=lambda: read_items(folder, on_skipped=on_skipped),
        sources=Sources(records=folder, folder=sources),
        on_skipped=on_skipped,
        pdf_password=pdf_password,
    )
    for write in writers:
        yield from write(job, destination)


def _writer(name: str) -> Export:
    """The function that writes this format.

    Raises:
        MissingDependencyError: a library that it needs isn't installed.
    """
    chosen = FORMATS[name]
    try:
        write: Export = import_module(f"ecp_ingest.export.{chosen.module}").export
    except ModuleNotFoundError as error:
        package = f"ecp-ingest[{chosen.extra}]" if chosen.extra else "ecp-ingest"
        raise MissingDependencyError(f"{error.name} isn't installed: pip install '{package}'") from error
    return write
