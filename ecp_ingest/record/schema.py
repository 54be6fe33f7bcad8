"""The record: one release as JSON, its published schema, and how it is read and written.

Its parts are in ``entries``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.files.atomic import write_text
from ecp_ingest.record.entries import (
    CheckEntry,
    ErrorEntry,
    Frozen,
    ParagraphEntry,
    ProvenanceEntry,
    ReleaseEntry,
    RepairEntry,
    ReviewEntry,
    SourceEntry,
    SuggestionEntry,
)
from ecp_ingest.record.versions import UPGRADES, is_of_another_version, upgraded

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class Record(Frozen):
    """One press release: what was read, what was changed, what was checked, and how."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str
    """From the source's sha256 and the release's place in it: the same wherever and whenever it is converted."""
    source: SourceEntry
    status: Literal["ok", "partial", "failed"]
    """`partial`: a page failed and the rest is here. `failed`: no text; `errors` says why."""
    release: ReleaseEntry
    languages: tuple[str, ...]
    """ISO 639-3, in order of appearance."""
    paragraphs: tuple[ParagraphEntry, ...]
    """In reading order."""
    repairs: tuple[RepairEntry, ...]
    suggestions: tuple[SuggestionEntry, ...] = ()
    """Words that are likely misread, too little sure to be changed."""
    checks: tuple[CheckEntry, ...]
    review: ReviewEntry
    provenance: ProvenanceEntry
    errors: tuple[ErrorEntry, ...]

    @classmethod
    def load(cls, path: str | Path) -> Record:
        """The record in a file that this or an earlier ecp-ingest wrote. Raises UnreadableSourceError."""
        return read_record(Path(path))

    @classmethod
    def loads(cls, text: str | bytes) -> Record:
        """The record in JSON text. Raises UnreadableSourceError."""
        return _record_in(text)

    def dump(self, path: str | Path) -> None:
        """Write the record to a file, whole or not at all. Raises OutputError."""
        write_record(self, Path(path))

    def dumps(self, *, indent: int | None = 2) -> str:
        """The record as JSON text, Urdu readable; ``indent=None`` gives one line."""
        return to_json(self, indent=indent)


def record_id(sha256: str, place: int) -> str:
    """The stable id of the release that stands at ``place`` (1-based) in the source with this ``sha256``."""
    return f"{sha256[:32] or '0' * 32}-{place}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record."""
    schema = Record.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "ecp-ingest record"}


# A box over six lines makes a record unreadable. JSON strings hold no raw line ends, so this can't match inside one.
_SPREAD_BOX = re.compile(r"\[\n\s*(-?\d+),\n\s*(-?\d+),\n\s*(-?\d+),\n\s*(-?\d+)\n\s*\]")


def to_json(record: Record, *, indent: int | None = 2) -> str:
    """The record as JSON text, Urdu readable; ``indent=None`` gives one line."""
    text = record.model_dump_json(indent=indent)
    return text if indent is None else _SPREAD_BOX.sub(r"[\1, \2, \3, \4]", text)


def write_record(record: Record, path: Path) -> None:
    """Write ``record`` to ``path`` whole or not at all. Raises OutputError."""
    write_text(path, to_json(record) + "\n")


def read_record(path: Path) -> Record:
    """The record at ``path``, of this version or an earlier one. Raises UnreadableSourceError where there is none."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise UnreadableSourceError(f"can't be read: {error.strerror or error}", str(path)) from error
    return _record_in(written, file=str(path))


def _record_in(written: str | bytes, *, file: str | None = None) -> Record:
    found = parse_record(written)
    if isinstance(found, Record):
        return found
    place, message = found[0].place or "the whole file", found[0].message
    raise UnreadableSourceError(
        message if found[0].is_of_version else f"is no record of ecp-ingest ({place}: {message})", file
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Where some JSON is no record, as ``paragraphs[3].bbox``, and why; empty: all of it."""

    place: str
    message: str
    is_of_version: bool = False
    """It may well be a record, of a version that can't be read."""


def parse_record(written: str | bytes, *, strict: bool = False) -> Record | tuple[Fault, ...]:
    """The record in JSON text, of this version or an earlier one; else all that is wrong with it.

    ``strict``: also where it could be read, but isn't as the schema has it: numbers in quotes and the like.
    """
    try:
        return Record.model_validate_json(written, strict=strict)
    except ValidationError as error:
        faults = tuple(
            Fault(place_name(one["loc"]), _told(one["type"], one["msg"]))
            for one in error.errors(include_url=False, include_input=False)
        )
    try:
        data = json.loads(written)
        if not is_of_another_version(data, present=SCHEMA_VERSION):
            return faults
        return parse_record(json.dumps(upgraded(data, present=SCHEMA_VERSION, upgrades=UPGRADES)), strict=strict)
    except UnreadableSourceError as error:
        return (Fault("schema_version", error.message, is_of_version=True),)
    except (ValueError, RecursionError):  # no JSON at all
        return faults


def place_name(steps: Iterable[str | int]) -> str:
    """``("paragraphs", 3, "bbox")`` → ``paragraphs[3].bbox``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _told(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no key of a record: made by a newer ecp-ingest (then upgrade), or added by hand (then take it out)"
    return message
