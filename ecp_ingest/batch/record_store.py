"""Writes records into the output folder, on a disk or behind a URL, and decides which files they may replace.

Nothing is ever deleted. A file is replaced only if it is a record of the same source and not better than the new one. A
person's edits are kept and applied to the new record.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import overload

from ecp_ingest.batch.discover import Source, clash
from ecp_ingest.edits.editor import RecordEditor, store_recognised
from ecp_ingest.errors import EcpIngestError, NameClashError, OutputError, UnreadableSourceError
from ecp_ingest.files.locations import Place, Url, exists, read_bytes, remove, write_bytes
from ecp_ingest.files.names import in_unicode
from ecp_ingest.files.record_files import is_taken, log_path, recognised_path
from ecp_ingest.record.schema import Record

_TRIAL = ".ecp-ingest"
_RANK = {"failed": 0, "partial": 1, "ok": 2}


def prepare(folder: Place) -> None:
    """Create ``folder`` and check that files can be written in it.

    Raises:
        OutputError: they can't.
    """
    try:
        if isinstance(folder, Url):
            write_bytes(folder / _TRIAL, b"")
            remove(folder / _TRIAL)
            return
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileExistsError as error:
        raise OutputError("is a file, not a folder: choose another output folder", str(folder)) from error
    except OSError as error:
        raise OutputError(
            f"can't be written to ({error.strerror or error}): choose another output folder, or get the right to "
            "write here",
            str(folder),
        ) from error


@dataclass(frozen=True, slots=True)
class Stored:
    """The records of one source in the output folder after ``store``."""

    paths: tuple[Place, ...]
    records: tuple[Record, ...]
    """As they are on the disk: new ones, earlier ones that were kept, and those with a person's edits."""
    notes: tuple[str, ...] = ()
    """Which files were not replaced, and why."""


def record_paths(folder: Place, source: Source, count: int) -> tuple[Place, ...]:
    """The paths of the records of a source with ``count`` releases.

    A single record whose name is taken by the report of the batch gets a number, as if there were several.
    """
    if count == 1 and not is_taken(source.target):
        return (folder / f"{source.target}.json",)
    return tuple(folder / f"{source.target}.{place}.json" for place in range(1, count + 1))


def store(
    records: Sequence[Record],
    *,
    folder: Place,
    source: Source,
    others: Callable[[str], Source | None],
    overwrite: bool = True,
) -> Stored:
    """Write all records of ``source``, or none if one of them can't be written.

    ``others`` maps a target to the source of this batch that it belongs to. Without ``overwrite`` no file is replaced.

    Raises:
        NameClashError: a path belongs to another source.
        OutputError: a record can't be written.
    """
    paths = record_paths(folder, source, len(records))
    for path in paths:
        target = path.relative_to(folder).as_posix().removesuffix(".json")
        if (other := others(target)) is not None and other != source:
            raise clash(target, source, [other])
    notes = []
    to_write = []
    for record, path in zip(records, paths, strict=True):
        reason = _why_keep(path, record) if overwrite else _why_keep_all(path)
        if reason:
            notes.append(reason)
        else:
            to_write.append((record, path))
    as_made: dict[Place, Record] = {}
    for record, path in to_write:
        placed = _placed(record, path, source)
        with _on_disk(path) as here:
            note = store_recognised(placed, here)
        if note is None:
            as_made[path] = placed
        else:
            notes.append(note.replace(str(here), str(path)))
    notes += [
        f"{path}: an earlier run found more or fewer releases in this source and wrote this; it no longer belongs "
        "here: look at it, then delete it"
        for path in _left_over(folder, source, paths, records)
    ]
    stored = (as_made.get(path) or _ours(path) for path in paths)
    return Stored(paths, tuple(record for record in stored if record is not None), tuple(notes))


class StoredRecords(Sequence[Record]):
    """Records that an earlier run wrote. Each is read only when it is used, since a run may skip thousands.

    Iteration leaves out records that have been damaged since.
    """

    def __init__(self, paths: Sequence[Place]) -> None:
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | Sequence[Record]:
        """Raises UnreadableSourceError."""
        if isinstance(at, slice):
            return StoredRecords(self._paths[at])
        try:
            return Record.loads(read_bytes(self._paths[at]))
        except OSError as error:
            raise UnreadableSourceError(f"can't be read: {error.strerror or error}", str(self._paths[at])) from error

    def __iter__(self) -> Iterator[Record]:
        return (record for path in self._paths if (record := _ours(path)) is not None)


def records_at(paths: Sequence[Place]) -> tuple[Record, ...]:
    """The records at ``paths``, after the edits in their logs were applied.

    A crash may have come between writing the log and the record. Leaves out what is no record, and records whose log
    can't be applied.
    """
    return tuple(record for path in paths if (record := _reviewed(path)) is not None)


def _placed(record: Record, path: Place, source: Source) -> Record:
    """The record with the path of its source, relative to the record's folder; or with the source's URL."""
    if isinstance(source.path, Url):
        way = str(source.path)
    elif isinstance(path, Url):
        return record
    else:
        try:
            way = in_unicode(Path(os.path.relpath(source.path, path.parent)).as_posix())
        except ValueError:  # on another drive
            return record
    return record.model_copy(update={"source": record.source.model_copy(update={"path": way})})


def _reviewed(path: Place) -> Record | None:
    if exists(log_path(path)) and _ours(path) is not None:
        try:
            with _on_disk(path) as here:
                RecordEditor("").refresh(here)
        except EcpIngestError:
            return None  # it is converted again, which repairs it or reports the error
    return _ours(path)


def _ours(path: Place) -> Record | None:
    try:
        return Record.loads(read_bytes(path))
    except (OSError, UnreadableSourceError):
        return None


@contextmanager
def _on_disk(path: Place) -> Iterator[Path]:
    """The path of a record on a disk, beside its log and its recognised text. For a URL this is a temporary copy; what
    changes there is written back. Raises OutputError.
    """
    if isinstance(path, Path):
        yield path
        return
    try:
        with tempfile.TemporaryDirectory(prefix="ecp_ingest_") as folder:
            here = Path(folder, path.name)
            before: dict[str, bytes] = {}
            for name in (log_path(path).name, recognised_path(path).name, path.name):
                if exists(path.with_name(name)):
                    before[name] = read_bytes(path.with_name(name))
                    here.with_name(name).write_bytes(before[name])
            yield here
            for name in (recognised_path(path).name, path.name):  # only a review writes the log
                written = here.with_name(name)
                if written.exists() and (data := written.read_bytes()) != before.get(name):
                    write_bytes(path.with_name(name), data)
    except OSError as error:
        raise OutputError(f"can't be written ({error.strerror or error}): choose another place", str(path)) from error


def _why_keep_all(path: Place) -> str | None:
    return f"{path}: exists, and was left as it is (--no-overwrite)" if _is_there(path) else None


def _why_keep(path: Place, new: Record) -> str | None:
    """None if ``new`` may be written to ``path``; else why the file there is kept.

    Raises NameClashError or OutputError if that file is not a record of this source.
    """
    if not _is_there(path):
        return None
    old = _ours(path)
    if old is None:
        raise OutputError("exists and is no record of ecp-ingest: move it, or choose another output folder", str(path))
    if old.source.file_name != new.source.file_name:
        raise NameClashError(
            f"holds the record of {old.source.file_name}, so that of {new.source.file_name} can't go there: rename one "
            "source, or choose another output folder",
            str(path),
        )
    if old.review.edits and not exists(log_path(path)):
        return (
            f"{path}: holds edits by {old.review.edits[-1].reviewer} and their log is gone, so it was left as it is; "
            "move it to convert anew"
        )
    worse = _RANK[new.status] < _RANK[old.status]
    if worse and (new.status == "failed" or new.source.sha256 == old.source.sha256):
        return f"{path}: an earlier run did better ({old.status}), so its record was left as it is"
    return None


def _is_there(path: Place) -> bool:
    """Raises OutputError."""
    try:
        return exists(path)
    except OSError as error:
        raise OutputError(f"can't be reached: {error.strerror or error}", str(path)) from error


def _left_over(folder: Place, source: Source, paths: Sequence[Place], records: Sequence[Record]) -> list[Place]:
    """Earlier records of the same source under names that are not used any more."""
    single = record_paths(folder, source, 1)[0]
    old = [] if single in paths else [single]
    for number in count(len(paths) + 1 if len(paths) > 1 else 1):
        path = folder / f"{source.target}.{number}.json"
        if not _is_there(path):
            break
        old.append(path)
    name = records[0].source.file_name
    return [path for path in old if (record := _ours(path)) is not None and record.source.file_name == name]
