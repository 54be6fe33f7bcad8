"""The text alone."""

from __future__ import annotations

from pathlib import Path

from ecp_ingest.record.schema import read_record
from tests.support.shipping import Exporting


def test_text_in_reading_order(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "txt"):
        (source,) = converted.rglob(f"{path.stem}.json")
        record = read_record(source)
        *paragraphs, last = path.read_text(encoding="utf-8").removesuffix("\n").split("\n\n")
        assert paragraphs == [one.text for one in record.paragraphs if one.text]
        edits = record.review.edits
        assert last == (f"[reviewed: Amina, {edits[-1].time}]" if edits else "[reviewed: no]")
        assert bool(edits) == (path.stem == "stacked")
