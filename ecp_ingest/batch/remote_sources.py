"""The steps of a batch for a source behind a URL: each process that works on it fetches its own copy.

A copy is identified by its digest, so that all pages of a source come from the same bytes. A process keeps only the
last few copies. Sources on a disk are used where they are.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.errors import EcpIngestError, UnreadableSourceError
from ecp_ingest.files.digests import file_digest_or_unread
from ecp_ingest.files.locations import Place, Url, copy_here, place
from ecp_ingest.page import pipeline
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.sources import open_source
from ecp_ingest.record.schema import Record
from ecp_ingest.release import assembly
from ecp_ingest.settings import ScanSettings, Settings

KEPT = 4
"""Copies that a process keeps: pages of one source follow each other, but several sources are in work at a time."""

_copies: dict[tuple[str, str], Path] = {}
"""The last copies that this process has fetched: (file name, sha256) → path."""


def open_scan(path: Place, /, *, settings: ScanSettings) -> Scan:
    """As ``open_source.open_scan``."""
    if isinstance(path, Path):
        return open_source.open_scan(path, settings=settings)
    copy = _fetch(path)
    try:
        opened = open_source.open_scan(copy, settings=settings)
    except EcpIngestError:
        shutil.rmtree(copy.parent, ignore_errors=True)
        raise
    _keep(copy, opened)
    return replace(opened, path=str(path))


def ingest_page(at: Scan, number: int, /, *, settings: Settings, engine: Engine) -> ReadPage | FailedPage:
    """As ``pipeline.ingest_page``."""
    try:
        copy = _copy_of(at)
    except EcpIngestError as error:
        return FailedPage(number=number, stage="scan", message=error.message)
    return pipeline.ingest_page(copy, number, settings=settings, engine=engine)


def failed_record(path: Place, /, *, stage: str, message: str, settings: Settings, engine: Engine) -> Record:
    """As ``assembly.failed_record``."""
    if isinstance(path, Path):
        return assembly.failed_record(path, stage=stage, message=message, settings=settings, engine=engine)
    with fetched(path) as copy:
        return assembly.failed_record(copy, stage=stage, message=message, settings=settings, engine=engine)


def digest(path: Place) -> str:
    """sha256, as ``file_digest_or_unread``."""
    if isinstance(path, Path):
        return file_digest_or_unread(path).sha256
    with fetched(path) as copy:
        return file_digest_or_unread(copy).sha256


@contextmanager
def fetched(at: Url) -> Iterator[Path]:
    """The path of a temporary copy of ``at``; there is no file at it if it can't be fetched."""
    folder = Path(tempfile.mkdtemp(prefix="ecp_ingest_"))
    try:
        copy = folder / at.name
        try:
            copy_here(at, copy)
        except OSError:
            copy.unlink(missing_ok=True)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_of(at: Scan) -> Scan:
    """The same source with the path of a local copy. Raises UnreadableSourceError."""
    where = place(at.path)
    if isinstance(where, Path):
        return at
    copy = _copies.pop((at.file_name, at.sha256), None)
    if copy is None or not copy.exists():
        copy = _fetch(where)
        if file_digest_or_unread(copy).sha256 != at.sha256:
            shutil.rmtree(copy.parent, ignore_errors=True)
            raise UnreadableSourceError("was changed while it was being read: convert it again", at.file_name)
    _keep(copy, at)
    return replace(at, path=str(copy))


def _fetch(at: Url) -> Path:
    """Raises UnreadableSourceError."""
    folder = Path(tempfile.mkdtemp(prefix="ecp_ingest_"))
    copy = folder / at.name
    try:
        copy_here(at, copy)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UnreadableSourceError(f"cannot be fetched: {error.strerror or error}", at.name) from error
    return copy


def _keep(copy: Path, of: Scan) -> None:
    _copies[of.file_name, of.sha256] = copy
    while len(_copies) > KEPT:
        oldest = next(iter(_copies))
        shutil.rmtree(_copies.pop(oldest).parent, ignore_errors=True)


@atexit.register
def forget() -> None:
    """Delete all copies when the process ends."""
    while _copies:
        shutil.rmtree(_copies.popitem()[1].parent, ignore_errors=True)
