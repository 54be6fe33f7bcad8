"""Finds all faults of written records: of each alone, with its edit log, and compared with other records.

The rules for a single record are in ``rules``, one function per rule.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.edits.log import read_log
from ecp_ingest.edits.reviewed import reviewed_record
from ecp_ingest.errors import EcpIngestError, NoInputError
from ecp_ingest.files.record_files import log_path, recognised_path, records_in
from ecp_ingest.record.schema import Record, parse_record
from ecp_ingest.validation.rules import RULES, Found, Subject

__all__ = ["Offence", "Validation"]


@dataclass(frozen=True, slots=True)
class Offence:
    file: Path
    place: str
    """Path into the JSON, ``paragraphs[3].lines[0].words[2].bbox``; empty if the whole file is meant."""
    rule: str
    what: str


@dataclass(frozen=True, slots=True)
class _Sibling:
    path: Path
    sha256: str
    count: int
    pages: tuple[int, ...]


@dataclass(slots=True)
class Validation:
    """Counts the records while it checks them; reads one at a time and keeps only a few values of each."""

    given: Path
    """A folder, searched with its subfolders, or one record."""
    records: int = 0
    _by_id: dict[str, Path] = field(default_factory=dict)
    _stacks: dict[Path, list[_Sibling]] = field(default_factory=dict)
    """Records of sources with several releases, by the record's path without number."""

    def offences(self) -> Iterator[Offence]:
        """All faults, file by file in the order of names.

        Raises:
            NoInputError: there is no record.
        """
        paths = [self.given] if self.given.is_file() else [self.given / name for name in records_in(self.given)]
        if not paths:
            raise NoInputError("holds no records: name the folder that convert wrote them to", str(self.given))
        for path in paths:
            self.records += 1
            yield from self._of(path)
        for siblings in self._stacks.values():
            yield from _among(siblings)

    def _of(self, path: Path) -> Iterator[Offence]:
        record = yield from _read(path)
        if record is None:
            return
        kept = recognised_path(path)
        recognised = (yield from _read(kept)) if kept.exists() else None
        yield from _by_rules(Subject(record, recognised), path)
        if recognised is not None:
            yield from _by_rules(Subject(recognised), kept)
        for place, what in _by_log(path, record):
            yield Offence(path, place, "edits", what)
        yield from self._beside_others(path, record)

    def _beside_others(self, path: Path, record: Record) -> Iterator[Offence]:
        source = record.source
        if source.sha256:  # a file that couldn't be read has no digest to compare
            first = self._by_id.setdefault(record.id, path)
            if first != path:
                yield Offence(path, "id", "ids", f"is also that of {first}: the same bytes were converted twice")
        if source.release_count == 1:
            return
        ending = f".{source.release_number}.json"
        if not path.name.endswith(ending):
            what = f"is release {source.release_number} of {source.release_count}, so its name should end in {ending}"
            yield Offence(path, "source.release_number", "siblings", what)
            return
        stem = path.with_name(path.name.removesuffix(ending))
        self._stacks.setdefault(stem, []).append(_Sibling(path, source.sha256, source.release_count, source.pages))
        if source.release_number == 1 or not stem.with_name(f"{stem.name}.1.json").exists():
            for number in range(1, source.release_count + 1):
                other = stem.with_name(f"{stem.name}.{number}.json")
                if not other.exists():
                    yield Offence(path, "source.release_count", "siblings", f"{other.name} isn't there")


def _read(path: Path) -> Generator[Offence, None, Record | None]:
    try:
        written = path.read_bytes()
    except OSError as error:
        yield Offence(path, "", "schema", f"can't be read: {error.strerror or error}")
        return None
    found = parse_record(written, strict=True)
    if isinstance(found, Record):
        return found
    if {"id", "source", "paragraphs"} <= {fault.place for fault in found}:
        yield Offence(path, "", "schema", "is no record of ecp-ingest: move it elsewhere")
        return None
    for fault in found:
        yield Offence(path, fault.place, "schema", fault.message)
    return None


def _by_rules(subject: Subject, path: Path) -> Iterator[Offence]:
    for rule in RULES:
        for place, what in rule(subject):
            yield Offence(path, place, rule.__name__, what)


def _by_log(path: Path, record: Record) -> Found:
    """Check that the edit log, applied to the record as recognised, gives the record."""
    try:
        log = read_log(log_path(path))
        if not log.edits and not recognised_path(path).exists():
            if record.review.edits:
                yield "review.edits", f"are there, and their log {log_path(path).name} is gone: bring it back"
            return
        numbers = [edit.number for edit in log.edits]
        if numbers != list(range(1, len(numbers) + 1)):
            lost = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
            yield "review.edits", f"their log {log_path(path).name} lacks {lost or 'none'}, or has one twice"
        expected = reviewed_record(RecordEditor("").load(path).state)
    except EcpIngestError as error:
        yield "review.edits", error.message
        return
    if expected != record:
        keys = [key for key in type(record).model_fields if getattr(expected, key) != getattr(record, key)]
        yield (
            keys[0],
            f"{', '.join(keys)}: not what {log_path(path).name} makes of the record as recognised; "
            "ecp-ingest review brings it up to date",
        )


def _among(siblings: list[_Sibling]) -> Iterator[Offence]:
    """Check that the records of one source have the same bytes and release count, and share no page."""
    first = siblings[0]
    owner: dict[int, Path] = {}
    for one in siblings:
        if one.sha256 != first.sha256:
            yield Offence(one.path, "source.sha256", "siblings", f"isn't that of {first.path.name}: another source's")
        elif one.count != first.count:
            what = f"is {one.count}, and {first.count} in {first.path.name}: left over from an earlier run"
            yield Offence(one.path, "source.release_count", "siblings", what)
        else:
            for page in one.pages:
                if owner.setdefault(page, one.path) != one.path:
                    what = f"page {page} is also one of {owner[page].name}"
                    yield Offence(one.path, "source.pages", "siblings", what)
