"""SQLite as SQLite reads it, and as Datasette shows it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from datasette.app import Datasette

from ecp_ingest.export.items import read_items
from ecp_ingest.export.run import export
from ecp_ingest.export.tables.spellings import foldings
from ecp_ingest.language.folding import fold
from ecp_ingest.record.schema import write_record
from tests.support.builders import make_record, paragraph
from tests.support.shipping import Exporting

MARKED = "گُلگت میں ۲۵ پولنگ اسٹیشنز بھی قائم کیے گئے، مؤثّر انتظامات۔"


@pytest.fixture(scope="module")
def exports(converted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    list(export(converted, formats=("sqlite",), destination=folder))
    return folder


@pytest.fixture
def database(exports: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(exports / "records.sqlite")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def with_text(text: str, folder: Path, exported: Exporting) -> Path:
    record = make_record().model_copy(update={"paragraphs": (paragraph(text),)})
    write_record(record, folder / "records" / "a.json")
    return exported(folder / "records", "sqlite")[0]


# ── as SQLite reads it ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_sound(database: sqlite3.Connection) -> None:
    assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [("ok",)]
    assert list(database.execute("PRAGMA foreign_key_check")) == []
    tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in ("people", "mentions", "checks", "repairs", "reasons", "edits"):
        assert name in tables
        targets = {row["table"] for row in database.execute(f"PRAGMA foreign_key_list({name})")}
        assert "releases" in targets


def test_rows_are_those_of_the_records(converted: Path, database: sqlite3.Connection) -> None:
    items = list(read_items(converted, on_skipped=lambda error: pytest.fail(str(error))))
    for item in items:
        record = item.record
        (release,) = database.execute("SELECT * FROM releases WHERE id = ?", [record.id])
        assert (release["name"], release["reviewed"]) == (item.stem, item.reviewed)
        assert json.loads(release["languages"]) == list(record.languages)
        own = "FROM {} WHERE release_id = ? ORDER BY place"
        texts = [row["text"] for row in database.execute(f"SELECT text {own.format('paragraphs')}", [record.id])]
        assert texts == [one.text for one in record.paragraphs]
        people = [tuple(row) for row in database.execute(f"SELECT name, role {own.format('people')}", [record.id])]
        assert people == [(one.value, one.role) for one in record.release.people]
        checks = list(database.execute(f"SELECT * {own.format('checks')}", [record.id]))
        assert [row["passed"] for row in checks] == [one.passed for one in record.checks]
        whole = [[f"{record.id}-{name}" for name in one.paragraphs] for one in record.checks]
        assert [json.loads(row["paragraph_ids"]) for row in checks] == whole
        repairs = [tuple(row) for row in database.execute(f"SELECT before, after {own.format('repairs')}", [record.id])]
        assert repairs == [(one.before, one.after) for one in record.repairs]
    assert [row["reviewer"] for row in database.execute("SELECT reviewer FROM edits")] == ["Amina", "Amina"]


def test_parallel_paragraphs_can_be_joined(database: sqlite3.Connection) -> None:
    pairs = database.execute(
        "SELECT eng.text, urd.text FROM paragraphs AS eng JOIN paragraphs AS urd ON urd.id = eng.parallel_id "
        "WHERE eng.language = 'eng' AND urd.language = 'urd' AND eng.text = 'Press Release'"
    )
    assert {tuple(pair) for pair in pairs} == {("Press Release", "پریس ریلیز")}


def test_the_index_survives_a_vacuum(tmp_path: Path, converted: Path, exported: Exporting) -> None:
    path = exported(converted, "sqlite")[0]
    found = "SELECT text FROM paragraphs WHERE rowid IN (SELECT rowid FROM paragraphs_fts WHERE paragraphs_fts MATCH ?)"
    with closing(sqlite3.connect(path)) as database:
        before = database.execute(found, ["الیکشن"]).fetchall()
        # A hole, so that the rows could move.
        database.execute("DELETE FROM paragraphs WHERE rowid IN (SELECT rowid FROM paragraphs WHERE language = 'eng')")
        database.commit()
        database.execute("VACUUM")
        assert database.execute(found, ["الیکشن"]).fetchall() == before
    assert len(before) > 3


# ── as Datasette shows it ─────────────────────────────────────────────────────────────────────────────────────────


def ask(database: Path, page: str, **query: str) -> list[dict[str, object]]:
    """What Datasette's own client answers."""
    described = database.with_name("records.metadata.json")
    metadata = json.loads(described.read_bytes()) if described.exists() else None

    async def answer() -> httpx.Response:
        datasette = Datasette([str(database)], metadata=metadata)
        return await datasette.client.get(f"{page}?{urlencode(query)}&_shape=array")

    with ThreadPoolExecutor(1) as thread:  # in this one a browser's loop may be running
        response = thread.submit(asyncio.run, answer()).result()
    assert response.status_code == 200, response.text
    rows: list[dict[str, object]] = response.json()
    return rows


@pytest.mark.parametrize(
    "typed",
    [
        "گلگت",  # without its vowel sign
        "اسٹيشنز",  # with an Arabic yeh
        "25",
        "٢٥ بهي",  # Arabic digits, heh, yeh
        "كیے",  # from both keyboards
        '"پولنگ اسٹيشنز بهي قائم"',
        "مؤثر",
    ],
)
def test_the_search_box_finds_what_is_typed(typed: str, tmp_path: Path, exported: Exporting) -> None:
    path = with_text(MARKED, tmp_path, exported)
    path.with_name("records.metadata.json").unlink()  # as it is
    assert [row["text"] for row in ask(path, "/records/paragraphs.json", _search=typed)] == [MARKED]


def test_the_search_box_finds_no_more(tmp_path: Path, exported: Exporting) -> None:
    path = with_text(MARKED, tmp_path, exported)
    assert ask(path, "/records/paragraphs.json", _search="پولنگ کراچی") == []


def test_links_are_those_of_the_record(exports: Path) -> None:
    found = ask(exports / "records.sqlite", "/records/paragraphs.json", _search="voter registration drive")
    assert {row["release_id"] for row in found} <= {str(row["id"]).rpartition("-")[0] for row in found}
    (row,) = ask(exports / "records.sqlite", f"/records/paragraphs/{found[0]['id']}.json")
    assert row["text"] == found[0]["text"]


@pytest.mark.parametrize("typed", ["اَليكشن، كَمیشن", "COMMISSION of", "گُـلگت", "", '"( AND *'])
def test_the_query_of_the_metadata_folds_everything(typed: str, tmp_path: Path, exported: Exporting) -> None:
    path = with_text("الیکشن کمیشن of گلگت (Commission)", tmp_path, exported)
    found = ask(path, "/records/search.json", words=typed)
    words = fold(typed).split()
    assert len(found) == (1 if words and words != ["and"] else 0)


def test_foldings_in_sql_are_ours() -> None:
    letters = dict(foldings())
    for text in (MARKED, "ﻻہور؛ ٤٢ ـ ﮐﺮاچی", "Élections, “2018”: NA-75"):
        assert " ".join("".join(letters.get(letter, letter) for letter in text).split()) == fold(text)
