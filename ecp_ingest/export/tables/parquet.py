"""``releases.parquet`` and ``paragraphs.parquet``, for pandas, Polars, DuckDB, Spark; lists are lists there.

Written in groups of rows as the records come, so that memory doesn't grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet as pq

from ecp_ingest.export.items import ExportJob
from ecp_ingest.export.tables.rows import (
    Column,
    Numbers,
    ParagraphRow,
    ReleaseRow,
    Texts,
    columns,
    distinct,
    paragraph_rows,
    release_row,
)
from ecp_ingest.files.atomic import written_whole

ROWS = {ReleaseRow: 1_000, ParagraphRow: 10_000}
"""In a group: some megabytes of text."""
_TYPES = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    Texts: pa.list_(pa.string()),
    Numbers: pa.list_(pa.int64()),
}


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    targets = {ReleaseRow: folder / "releases.parquet", ParagraphRow: folder / "paragraphs.parquet"}
    with ExitStack() as stack:
        tables = {}
        for row, target in targets.items():
            tables[row] = _Table(row, stack.enter_context(written_whole(target)))
            stack.enter_context(tables[row])
        for item in distinct(job.items()):
            tables[ReleaseRow].add([release_row(item)])
            tables[ParagraphRow].add(paragraph_rows(item))
    yield from targets.values()


class _Table:
    """Rows on their way into one file."""

    def __init__(self, row: type, path: Path) -> None:
        self._size = ROWS[row]
        self._schema = pa.schema([_field(column) for column in columns(row)])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[tuple[Any, ...]] = []

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def add(self, rows: Iterable[ReleaseRow | ParagraphRow]) -> None:
        self._waiting.extend(map(astuple, rows))
        if len(self._waiting) >= self._size:
            self._write()

    def _write(self) -> None:
        cells = zip(*self._waiting, strict=True) if self._waiting else ([] for _ in self._schema)
        arrays = [pa.array(values, type=field.type) for values, field in zip(cells, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._waiting.clear()


def _field(column: Column) -> pa.Field:
    about = {"description": column.about} if column.about else None
    return pa.field(column.name, _TYPES[column.type], nullable=column.optional, metadata=about)
