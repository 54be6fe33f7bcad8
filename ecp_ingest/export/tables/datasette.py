"""Metadata of ``records.sqlite`` for Datasette: descriptions of tables, and a search that folds the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecp_ingest.export.tables.rows import Column

_SEARCH = """
WITH RECURSIVE letters (place, letter) AS (
  SELECT 1, substr(:words, 1, 1)
  UNION ALL SELECT place + 1, substr(:words, place + 1, 1) FROM letters WHERE place < length(:words)
), asked (words) AS (
  SELECT trim(group_concat(coalesce(folded, letter), ''))
  FROM (SELECT folded, letters.letter FROM letters LEFT JOIN foldings USING (letter) ORDER BY place)
)
SELECT releases.name, releases.date, paragraphs.id, paragraphs.language, paragraphs.page, paragraphs.text,
  paragraphs.box_left, paragraphs.box_top, paragraphs.box_right, paragraphs.box_bottom
FROM asked
JOIN paragraphs_fts ON paragraphs_fts MATCH 'folded : (' || coalesce(nullif(asked.words, ''), '""') || ')'
JOIN paragraphs ON paragraphs.rowid = paragraphs_fts.rowid
JOIN releases ON releases.id = paragraphs.release_id
ORDER BY releases.date, releases.id, paragraphs.place
""".strip()
_FACETS = {
    "releases": ["place", "wing", "review_state"],
    "paragraphs": ["kind", "language"],
    "people": ["role", "organisation"],
    "mentions": ["kind"],
    "checks": ["kind", "passed"],
    "repairs": ["kind"],
    "reasons": ["kind"],
    "edits": ["kind", "reviewer"],
}


def metadata(database: str, tables: Mapping[str, tuple[str, tuple[Column, ...]]]) -> dict[str, Any]:
    """Contents of a metadata file; ``tables``: name → what it holds, and its columns."""
    told: dict[str, dict[str, Any]] = {
        name: {
            "description": about,
            "columns": {column.name: column.about for column in found if column.about},
            "facets": _FACETS[name],
        }
        for name, (about, found) in tables.items()
    }
    told["releases"]["label_column"] = "name"
    told["paragraphs"]["columns"] |= {
        "rowid": "Of its entry in paragraphs_fts",
        "folded": "The text for searching: one code for letters that look alike, no vowel signs, European digits",
        "spellings": "The text, and its words, as other keyboards type them",
    }
    told["foldings"] = {"hidden": True}
    search = {
        "title": "Search in both languages",
        "description": "All words in one paragraph, whatever keyboard they are typed on, with or without vowel signs.",
        "sql": _SEARCH,
        "hide_sql": True,
    }
    return {"title": "Press releases", "databases": {database: {"tables": told, "queries": {"search": search}}}}
