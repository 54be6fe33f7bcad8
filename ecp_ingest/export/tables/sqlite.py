"""``records.sqlite``: releases, paragraphs, people, mentions, checks, repairs, reasons, edits; and full text.

``datasette records.sqlite`` shows it as it is; ``--metadata records.metadata.json`` adds what the columns hold, and a
search that folds. Keys are the records' own, so that links stay good from one export to the next.

The full text is in ``paragraphs_fts``. SQLite compares letters by their codes, so three columns are indexed: the text
as it is, folded (one code for letters that look alike, no vowel signs, European digits), and its words as other
keyboards type them. Hence a query as typed finds its words, with Arabic or Urdu letters, in whatever searches this
table; one that is folded first (the query ``search`` in the metadata does it in SQL) also if it has vowel signs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.tables import rows
from ecp_ingest.export.tables.datasette import metadata
from ecp_ingest.export.tables.rows import Column, columns, distinct
from ecp_ingest.export.tables.spellings import foldings, other_spellings
from ecp_ingest.files.atomic import write_text, written_whole
from ecp_ingest.language.folding import fold


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    row: type
    about: str
    rows: Callable[[Item], Iterable[Any]]


RELEASES = Table("releases", rows.ReleaseRow, "One release a row", lambda item: [rows.release_row(item)])
PARAGRAPHS = Table("paragraphs", rows.ParagraphRow, "Paragraphs in reading order", rows.paragraph_rows)
TABLES = (
    RELEASES,
    PARAGRAPHS,
    Table("people", rows.PersonRow, "Persons named", rows.person_rows),
    Table("mentions", rows.MentionRow, "Laws, constituencies and reference numbers", rows.mention_rows),
    Table("checks", rows.CheckRow, "The two halves compared", rows.check_rows),
    Table("repairs", rows.RepairRow, "What a machine changed", rows.repair_rows),
    Table("reasons", rows.ReasonRow, "Why a person should look", rows.reason_rows),
    Table("edits", rows.EditRow, "What a person changed", rows.edit_rows),
)

_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "INTEGER", rows.Texts: "TEXT", rows.Numbers: "TEXT"}
# The rowid is a column of its own: a hidden one may change when somebody runs VACUUM, and the index would then point to
# other rows; as the primary key, it would make links that break with the next export.
_FOR_FULL_TEXT = ('"rowid" INTEGER NOT NULL UNIQUE', '"folded" TEXT NOT NULL', '"spellings" TEXT NOT NULL')
_FULL_TEXT = """
CREATE VIRTUAL TABLE paragraphs_fts USING fts5(
    text, folded, spellings, content="paragraphs", content_rowid="rowid", tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO paragraphs_fts (paragraphs_fts) VALUES ('rebuild');
INSERT INTO paragraphs_fts (paragraphs_fts) VALUES ('optimize');
"""
_INDEXES = """
CREATE INDEX paragraphs_of_release ON paragraphs (release_id);
CREATE INDEX releases_by_date ON releases (date);
"""
_DISK_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    path = folder / "records.sqlite"
    with written_whole(path) as temporary:
        try:
            _write(distinct(job.items()), temporary)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _DISK_ERRORS:
                raise
            raise OSError(str(error)) from error
    yield path
    about = folder / "records.metadata.json"
    described = {table.name: (table.about, columns(table.row)) for table in TABLES}
    write_text(about, json.dumps(metadata(path.stem, described), ensure_ascii=False, indent=2) + "\n")
    yield about


def _write(items: Iterable[Item], path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        # Nobody sees the file before it is whole and synced: it needs no journal.
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32768;")
        for table in TABLES:
            database.execute(_definition(table))
        database.execute("CREATE TABLE foldings (letter TEXT PRIMARY KEY, folded TEXT NOT NULL) WITHOUT ROWID")
        database.executemany("INSERT INTO foldings VALUES (?, ?)", foldings())
        inserts = {table.name: _insert(table) for table in TABLES}
        rowids = count(1)
        for item in items:
            for table in TABLES:
                rows: Iterable[tuple[Any, ...]] = (tuple(map(_cell, astuple(row))) for row in table.rows(item))
                if table is PARAGRAPHS:
                    texts = (one.text for one in item.record.paragraphs)
                    rows = (
                        (*row, next(rowids), fold(text), other_spellings(text))
                        for row, text in zip(rows, texts, strict=True)
                    )
                database.executemany(inserts[table.name], rows)
        database.executescript(_INDEXES + _FULL_TEXT)
        database.execute("ANALYZE")


def _definition(table: Table) -> str:
    found = columns(table.row)
    lines = [f'"{column.name}" {_TYPES[column.type]}{"" if column.optional else " NOT NULL"}' for column in found]
    lines += _FOR_FULL_TEXT if table is PARAGRAPHS else ()
    has_id = found[0].name == "id"
    lines.append("PRIMARY KEY (id)" if has_id else "PRIMARY KEY (release_id, place)")
    targets = [(column.name, target) for column in found if (target := _target(column))]
    lines += [f"FOREIGN KEY ({name}) REFERENCES {target} (id)" for name, target in targets]
    return f"CREATE TABLE {table.name} (\n    " + ",\n    ".join(lines) + "\n)"


def _target(column: Column) -> str | None:
    """The table whose id this column holds."""
    return {"release_id": "releases", "paragraph_id": "paragraphs", "parallel_id": "paragraphs"}.get(column.name)


def _insert(table: Table) -> str:
    width = len(columns(table.row)) + (len(_FOR_FULL_TEXT) if table is PARAGRAPHS else 0)
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' * width)})"


def _cell(value: Any) -> Any:
    """Lists as JSON, which SQLite and Datasette can look into."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value
