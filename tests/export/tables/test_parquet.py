"""Parquet as pyarrow reads it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from ecp_ingest.export.items import read_items
from ecp_ingest.export.tables import parquet
from ecp_ingest.export.tables.rows import ParagraphRow, ReleaseRow, paragraph_rows, release_row
from tests.support.shipping import Exporting


def expected(folder: Path) -> tuple[list[object], list[object]]:
    items = list(read_items(folder, on_skipped=lambda error: pytest.fail(str(error))))
    rows = [release_row(item) for item in items], [row for item in items for row in paragraph_rows(item)]
    releases, paragraphs = ([as_lists(asdict(row)) for row in half] for half in rows)
    return releases, paragraphs


def as_lists(row: dict[str, object]) -> object:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def test_rows_and_types(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "parquet")
    assert [path.name for path in files] == ["releases.parquet", "paragraphs.parquet"]
    releases, paragraphs = map(pq.read_table, files)
    assert (releases.to_pylist(), paragraphs.to_pylist()) == expected(converted)
    assert releases.column("reviewed").to_pylist() == [False, False, True]
    assert releases.schema.field("people").type == pa.list_(pa.string())
    assert releases.schema.field("reviewed").type == pa.bool_()
    assert paragraphs.schema.field("confidence").type == pa.float64()
    assert paragraphs.schema.field("text").metadata[b"description"].startswith(b"Final")


def test_rows_are_written_in_groups(converted: Path, exported: Exporting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", {ReleaseRow: 2, ParagraphRow: 5})
    releases, paragraphs = exported(converted, "parquet")
    assert pq.ParquetFile(releases).num_row_groups == 2
    assert pq.ParquetFile(paragraphs).num_row_groups > 2
    assert (pq.read_table(releases).to_pylist(), pq.read_table(paragraphs).to_pylist()) == expected(converted)
