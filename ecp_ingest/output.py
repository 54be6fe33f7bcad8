"""The output folder: what stands there from earlier, and what may be written over it.

Nothing is ever deleted. A record is replaced only if it is one of ours, of the same source, and not better than the new
one; a person's edits stay and are applied to what replaces it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.discover import Source, clash
from ecp_ingest.errors import EcpIngestError, NameClashError, OutputError, UnreadableSourceError
from ecp_ingest.record import Record, read_record
from ecp_ingest.review.desk import Desk, store_recognised
from ecp_ingest.review.files import log_path

_RANK = {"failed": 0, "partial": 1, "ok": 2}


def prepare(folder: Path) -> None:
    """Make ``folder`` and see that files can be made in it. Raises OutputError."""
    try:
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
    """The records of one source, as they stand in the output folder after ``store``."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    """What was left as it was, and why."""


def record_paths(folder: Path, source: Source, count: int) -> tuple[Path, ...]:
    """Where the records of a source with ``count`` releases belong."""
    if count == 1:
        return (folder / f"{source.target}.json",)
    return tuple(folder / f"{source.target}.{place}.json" for place in range(1, count + 1))


def finished_before(
    folder: Path, source: Source, *, made_alike: Callable[[Record], bool]
) -> tuple[tuple[Path, Record], ...]:
    """All records of ``source`` if an earlier run finished them and ``made_alike`` holds for each; else none."""
    first = _ours(record_paths(folder, source, 1)[0]) or _ours(record_paths(folder, source, 2)[0])
    if first is None:
        return ()
    paths = record_paths(folder, source, first.source.release_count)
    records = tuple(map(_reviewed, paths))
    good = [record for record in records if record is not None and record.status == "ok" and made_alike(record)]
    return tuple(zip(paths, good, strict=True)) if len(good) == len(paths) else ()


def store(records: Sequence[Record], *, folder: Path, source: Source, others: Callable[[str], Source | None]) -> Stored:
    """Write all records of ``source``, or none if one of them has no place to go.

    ``others`` gives the other source of this batch that a target belongs to. Raises NameClashError and OutputError.
    """
    paths = record_paths(folder, source, len(records))
    for path in paths:
        target = path.relative_to(folder).as_posix().removesuffix(".json")
        if (other := others(target)) is not None and other != source:
            raise clash(target, source, [other])
    notes = []
    to_write = []
    for record, path in zip(records, paths, strict=True):
        reason = _why_keep(path, record)
        if reason:
            notes.append(reason)
        else:
            to_write.append((record, path))
    for record, path in to_write:
        note = store_recognised(_placed(record, path, source), path)
        notes += [note] if note else []
    notes += [
        f"{path}: an earlier run found more or fewer releases in this source and wrote this; it no longer belongs "
        "here: look at it, then delete it"
        for path in _left_over(folder, source, paths, records)
    ]
    return Stored(paths, tuple(notes))


def _placed(record: Record, path: Path, source: Source) -> Record:
    """The record, saying where its source lies, seen from where it goes to itself."""
    try:
        way = Path(os.path.relpath(source.path, path.parent)).as_posix()
    except ValueError:  # on another drive
        return record
    return record.model_copy(update={"source": record.source.model_copy(update={"path": way})})


def _reviewed(path: Path) -> Record | None:
    """Our record at ``path``, saying what its log of edits says, should a machine have gone down in between."""
    if _ours(path) is not None and log_path(path).exists():
        try:
            Desk("").refresh(path)
        except EcpIngestError:
            return None  # converted again, which puts it right or says what is wrong
    return _ours(path)


def _ours(path: Path) -> Record | None:
    try:
        return read_record(path)
    except UnreadableSourceError:
        return None


def _why_keep(path: Path, new: Record) -> str | None:
    """None where ``new`` may be written to ``path``; else why what stands there stays.

    Raises NameClashError and OutputError where it isn't this source's record at all.
    """
    if not path.exists():
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
    if old.review.edits and not log_path(path).exists():
        return (
            f"{path}: holds edits by {old.review.edits[-1].reviewer} and their log is gone, so it was left as it is; "
            "move it to convert anew"
        )
    worse = _RANK[new.status] < _RANK[old.status]
    if worse and (new.status == "failed" or new.source.sha256 == old.source.sha256):
        return f"{path}: an earlier run did better ({old.status}), so its record was left as it is"
    return None


def _left_over(folder: Path, source: Source, paths: Sequence[Path], records: Sequence[Record]) -> list[Path]:
    """Records of the same source that stand at names which it doesn't bear any more."""
    single = record_paths(folder, source, 1)[0]
    if not single.parent.is_dir():
        return []
    prefix = f"{single.stem}."
    numbered = sorted(
        path
        for path in single.parent.iterdir()
        if path.name.startswith(prefix) and path.name[len(prefix) :].removesuffix(".json").isdigit()
    )
    name = records[0].source.file_name
    return [
        path
        for path in (single, *numbered)
        if path not in paths and (old := _ours(path)) is not None and old.source.file_name == name
    ]
