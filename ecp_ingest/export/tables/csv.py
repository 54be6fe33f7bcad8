"""``releases.csv`` and ``paragraphs.csv``, for spreadsheets and for whatever reads CSV.

UTF-8 with a byte order mark, without which Excel takes it for another encoding (pandas, readr, DuckDB and LibreOffice
pass over it; Python's ``csv`` wants ``encoding="utf-8-sig"``); lines end as RFC 4180 has it; several values in a cell
are parted by ``; ``. No cell is changed: what stood on the paper stands in the cell, even if it begins with ``=`` or
``@`` and a spreadsheet that isn't told that a column is text would take it for a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from typing import Any

from ecp_ingest.export.items import ExportJob
from ecp_ingest.export.tables.rows import ParagraphRow, ReleaseRow, columns, distinct, paragraph_rows, release_row
from ecp_ingest.files.atomic import written_whole


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    targets = {ReleaseRow: folder / "releases.csv", ParagraphRow: folder / "paragraphs.csv"}
    with ExitStack() as stack:
        writers = {}
        for row, target in targets.items():
            temporary = stack.enter_context(written_whole(target))
            file = stack.enter_context(temporary.open("w", encoding="utf-8-sig", newline=""))
            writers[row] = csv.writer(file)
            writers[row].writerow([column.name for column in columns(row)])
        for item in distinct(job.items()):
            writers[ReleaseRow].writerow(map(_cell, astuple(release_row(item))))
            writers[ParagraphRow].writerows(map(_cell, astuple(row)) for row in paragraph_rows(item))
    yield from targets.values()


def _cell(value: Any) -> Any:
    """Unknown is empty."""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(map(str, value)) if isinstance(value, tuple) else value
