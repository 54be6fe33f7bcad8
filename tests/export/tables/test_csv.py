"""CSV as others read it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from ecp_ingest.record.schema import read_record, write_record
from tests.support.builders import make_record
from tests.support.shipping import Exporting


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_releases_and_paragraphs(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "csv")
    assert [path.name for path in files] == ["releases.csv", "paragraphs.csv"]
    releases, paragraphs = map(rows_of, files)
    assert [row["name"] for row in releases] == ["born-digital", "earlier-run", "scans/stacked"]
    for row in releases:
        record = read_record(converted / f"{row['name']}.json")
        own = [one for one in paragraphs if one["release_id"] == row["id"]]
        assert row["id"] == record.id
        assert row["people"] == "; ".join(person.value for person in record.release.people)
        assert row["pages"] == "; ".join(map(str, record.source.pages))
        assert row["languages"] == "eng; urd"
        assert row["text_urd"].split("\n") == [p.text for p in record.paragraphs if p.language == "urd" and p.text]
        assert [one["text"] for one in own] == [p.text for p in record.paragraphs]
        assert [one["recognised"] for one in own] == [p.recognised for p in record.paragraphs]
        assert [one["page"] for one in own] == [str(p.page) for p in record.paragraphs]
        boxes = [tuple(one[f"box_{side}"] for side in ("left", "top", "right", "bottom")) for one in own]
        assert boxes == [tuple(map(str, p.bbox)) if p.bbox else ("",) * 4 for p in record.paragraphs]
        ids = {one["id"] for one in own}
        assert ids >= {one["parallel_id"] for one in own} - {""}
        assert len(ids) == len(own)


def test_review_is_told(converted: Path, exported: Exporting) -> None:
    releases, paragraphs = map(rows_of, exported(converted, "csv"))
    told = [(row["reviewed"], row["reviewer"]) for row in releases]
    assert told == [("false", ""), ("false", ""), ("true", "Amina")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*", releases[2]["reviewed_at"])
    (edited,) = [row for row in paragraphs if row["edited"] == "true"]
    assert " has begun " in edited["text"]
    assert " has started " in edited["recognised"]
    assert {row["release_id"] for row in paragraphs if row["reviewed"] == "true"} == {releases[2]["id"]}


def test_no_cell_is_changed(tmp_path: Path, exported: Exporting) -> None:
    awkward = '=1+1 "quoted", @x\nafter a line end;\tand a tab'
    write_record(make_record(text=awkward), tmp_path / "records" / "a.json")
    _, paragraphs = exported(tmp_path / "records", "csv")
    assert [row["text"] for row in rows_of(paragraphs)] == [awkward]


def test_excel_takes_it_for_utf_8(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "csv"):
        written = path.read_bytes()
        assert written.startswith(b"\xef\xbb\xbfid,")
        assert written.endswith(b"\r\n")
