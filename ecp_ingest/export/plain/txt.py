"""``may.txt``: the text of a release and nothing else, in reading order, an empty line between paragraphs.

The last line says whether a person has been over it: ``[reviewed: no]``, or by whom and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ecp_ingest.export.items import ExportJob
from ecp_ingest.files.atomic import write_text


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    for item in job.items():
        path = folder / f"{item.stem}.txt"
        paragraphs = [one.text for one in item.record.paragraphs if one.text]
        by_whom = f"{', '.join(item.reviewers)}, {item.reviewed_at}" if item.reviewed else "no"
        write_text(path, "\n\n".join([*paragraphs, f"[reviewed: {by_whom}]"]) + "\n")
        yield path
