"""``records.jsonl``: every record whole, one a line, for whatever reads JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ecp_ingest.export.items import ExportJob
from ecp_ingest.files.atomic import write_lines
from ecp_ingest.record.schema import to_json


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    path = folder / "records.jsonl"
    write_lines(path, (to_json(item.record, indent=None) for item in job.items()))
    yield path
