"""The files that belong to a record, and which files of a folder are records.

    may.json               the record that other systems read: as recognised, or as reviewed from the first edit on
    may.json.recognised    the record as recognised, from the first edit on: the same file that was may.json before
    may.edits.jsonl        the log of edits

Only the first ends in ``.json``: a search for ``*.json`` finds each release once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from ecp_ingest.errors import NoInputError, OutputError
from ecp_ingest.files.atomic import sync_folder
from ecp_ingest.files.locations import Url, is_url

P = TypeVar("P", Path, Url, Path | Url)


def recognised_path(record: P) -> P:
    return record.with_name(f"{record.name}.recognised")


def log_path(record: P) -> P:
    return record.with_name(f"{record.name.removesuffix('.json')}.edits.jsonl")


def is_behind(record: Path) -> bool:
    """Whether the log may hold edits that ``record`` lacks: an edit is written to the log first, and the machine may
    stop before the record is written."""
    try:
        return log_path(record).stat().st_mtime_ns >= record.stat().st_mtime_ns
    except FileNotFoundError:  # no log, or no record, which is reported when the record is read
        return False


def machine_path(record: Path) -> Path:
    """The file that holds the record as recognised."""
    kept = recognised_path(record)
    return kept if kept.exists() else record


def keep_recognised(record: Path) -> None:
    """Keep the record as recognised under a second name, before the first edit writes ``record``.

    The second name is a hard link if possible, else a copy; ``record`` is then replaced by a new file.

    Raises:
        OutputError: the second name can't be made.
    """
    kept = recognised_path(record)
    if kept.exists():
        return
    try:
        try:
            os.link(record, kept)
        except OSError:  # a file system without hard links
            temporary = kept.with_name(f".{kept.name}.new")
            shutil.copyfile(record, temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(kept)
        sync_folder(kept.parent)
    except OSError as error:
        raise OutputError(
            f"the record as recognised can't be kept ({error.strerror or error}): free the place and repeat the edit",
            str(kept),
        ) from error


def records_in(folder: Path) -> tuple[str, ...]:
    """Every file below ``folder`` that may be a record, as sorted relative paths with forward slashes.

    Hidden files, ground truth and batch reports are left out; so are links, which may lead outside ``folder``.

    Raises:
        NoInputError: ``folder`` isn't a folder.
    """
    if not folder.is_dir():
        if is_url(folder):
            raise NoInputError("is a URL, and only folders are worked on here: copy the records to one", str(folder))
        raise NoInputError("is no folder: name the one that convert wrote its records to", str(folder))
    return tuple(sorted(path.relative_to(folder).as_posix() for path in _below(folder)))


def _below(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:  # it detects links without a second system call for each entry
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                yield from _below(Path(entry.path))
            elif entry.name.endswith(".json") and not entry.name.endswith(".gt.json") and not is_report(entry.path):
                yield Path(entry.path)


REPORT_NAME = "report.json"


SIGN = '{"report": "ecp-ingest batch"'
"""Every report begins with this text, and no record does."""


def is_taken(target: str) -> bool:
    """Whether the record of this target (``2022/may``) would have the report's name; some disks ignore case."""
    return f"{target}.json".casefold() == REPORT_NAME


def is_report(path: Path | str) -> bool:
    """Whether this file is a report, and not the record of a source of the same name."""
    path = Path(path)
    if path.name != REPORT_NAME:
        return False
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(SIGN)) == SIGN
    except (OSError, UnicodeDecodeError):
        return False
