"""Reads part of a record in part of the time: only its texts, or some of its paragraphs.

The rest isn't checked; ``record.schema.read_record`` checks the whole file.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from ecp_ingest.record.schema import Record, read_record


class _IdAndText(BaseModel):
    id: str
    text: str


class _Texts(BaseModel):
    schema_version: Literal["1.0"]
    paragraphs: tuple[_IdAndText, ...]


def read_texts(path: Path) -> tuple[tuple[str, str], ...]:
    """Ids and final texts of the record's paragraphs, in a tenth of the time for the whole record.

    Raises:
        UnreadableSourceError: there is no record.
    """
    try:
        found: _Texts | Record = _Texts.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):  # an earlier version, or no record
        found = read_record(path)
    return tuple((one.id, one.text) for one in found.paragraphs)


def read_some(path: Path, wanted: Collection[str]) -> Record:
    """The record with only the paragraphs of these ids, their repairs and suggestions, and no checks.

    It takes a third of the time for the whole record, if the paragraphs are few.

    Raises:
        UnreadableSourceError: there is no record.
    """
    try:
        data = from_json(path.read_bytes())
        data["paragraphs"] = [one for one in data["paragraphs"] if one["id"] in wanted]
        for key in ("repairs", "suggestions"):
            data[key] = [one for one in data.get(key, ()) if one["paragraph"] in wanted]
        return Record.model_validate({**data, "checks": ()})
    except (OSError, ValueError, TypeError, LookupError):  # an earlier version, or no record
        return with_paragraphs(read_record(path), wanted)


def with_paragraphs(record: Record, wanted: Collection[str]) -> Record:
    """The record with only the paragraphs of these ids."""
    return record.model_copy(update={"paragraphs": tuple(one for one in record.paragraphs if one.id in wanted)})
