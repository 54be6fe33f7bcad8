"""Finds the scans of records again, checks their bytes, and shows their pages upright."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from threading import Lock

import numpy as np
from PIL import Image

from ecp_ingest.document.geometry import Pixels, turned
from ecp_ingest.document.pages import TextPage
from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.files.digests import file_digest
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.record.entries import BBox, PageEntry
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import ScanSettings

LONGEST_SIDE = 3400
"""Maximum pixels of a page as shown: enough to enlarge a line of an A4 sheet at 300 dpi."""
KEPT_PAGES = 12
FULL = 10_000
"""The browser gets boxes in units of the page's width and height divided by this."""


@dataclass(frozen=True, slots=True)
class Missing:
    why: str
    """A sentence for the reviewer."""


@dataclass(slots=True)
class Sources:
    """``folder``, if given, is searched first; it has the records' subfolders, or the files anywhere in it."""

    records: Path
    folder: Path | None = None
    _found: dict[str, Path | Missing] = field(default_factory=dict)
    _names: dict[str, list[Path]] | None = None
    _pages: OrderedDict[tuple[str, int], bytes] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, record: Record, path: Path) -> Path | Missing:
        """The file with the very bytes from which ``record`` at ``path`` was made, or why it is missing."""
        key = f"{record.source.sha256} {path}"
        if key not in self._found:
            self._found[key] = self._look(record, path)
        return self._found[key]

    def _look(self, record: Record, path: Path) -> Path | Missing:
        changed = None
        for candidate in self._candidates(record, path):
            if not candidate.is_file():
                continue
            if _has_digest(candidate, record):
                return candidate
            changed = candidate
        if changed is not None:
            return Missing(f"{changed.name} isn't the file that was converted: its bytes have changed since")
        where = "" if self.folder else "; tell where it lies with --sources FOLDER"
        return Missing(f"{record.source.file_name} wasn't found{where}")

    def _candidates(self, record: Record, path: Path) -> Iterator[Path]:
        # the record may have been written by anyone: use only the last part of the name, no folder
        name = PurePosixPath(record.source.file_name).name
        if not name:
            return
        if self.folder is not None:
            yield self.folder / path.parent.relative_to(self.records) / name
            yield from self._named(self.folder, name)
        if record.source.path and not PurePosixPath(record.source.path).is_absolute():
            yield path.parent / record.source.path
        yield path.parent / name

    def _named(self, folder: Path, name: str) -> list[Path]:
        if self._names is None:
            self._names = {}
            for path in sorted(folder.rglob("*")):
                self._names.setdefault(path.name, []).append(path)
        return self._names.get(name, [])

    def page(self, record: Record, path: Path, number: int) -> bytes:
        """Page ``number`` (1-based) as JPEG, turned upright.

        Raises:
            UnreadableSourceError: the source is missing or unreadable, or has no image of this page.
            SourceError, PageError: as in ``upright_page``.
        """
        source = self.find(record, path)
        facts = next((page for page in record.provenance.pages if page.number == number), None)
        if isinstance(source, Missing) or facts is None or facts.width is None:
            raise UnreadableSourceError("there is no picture of this page", record.source.file_name, number)
        key = record.source.sha256, number
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        shown = as_jpeg(upright_page(source, facts))
        with self._lock:
            self._pages[key] = shown
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        return shown


def _has_digest(path: Path, record: Record) -> bool:
    try:
        if path.stat().st_size != record.source.byte_size:
            return False
        return file_digest(path).sha256 == record.source.sha256
    except OSError:
        return False


def upright_page(source: Path, facts: PageEntry) -> Pixels:
    """The page as scanned, turned upright by quarter turns, with square pixels; H×W or H×W×3 uint8.

    Raises:
        UnreadableSourceError: the source can't be read or has no images of its pages.
        SourceError, PageError: as in ``open_scan`` and ``load_page``.
    """
    settings = ScanSettings(mode="ocr", image_dpi=facts.dpi if facts.dpi_source == "setting" else None)
    page = load_page(open_scan(source, settings=settings), facts.number, settings=settings)
    if isinstance(page, TextPage):
        raise UnreadableSourceError("this source has no pictures of its pages", source.name, facts.number)
    pixels = page.pixels
    if page.pixel_aspect != 1.0:
        height = round(pixels.shape[0] * page.pixel_aspect)
        pixels = np.asarray(Image.fromarray(pixels).resize((pixels.shape[1], height)), np.uint8)
    return np.ascontiguousarray(np.rot90(pixels, -facts.rotation // 90))


def as_jpeg(pixels: Pixels) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=80)
    return written.getvalue()


def upright_box(box: BBox, facts: PageEntry) -> BBox | None:
    """The box on the upright page, in units of 1/``FULL`` of its sides; None if the page has no size."""
    if not facts.width or not facts.height:
        return None
    shares = box[0] / facts.width, box[1] / facts.height, box[2] / facts.width, box[3] / facts.height
    left, top, right, bottom = turned(shares, facts.rotation // 90, width=1.0, height=1.0)
    return round(left * FULL), round(top * FULL), round(right * FULL), round(bottom * FULL)
