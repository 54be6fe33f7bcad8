"""Opens a source (PDF, TIFF, PNG, JPEG, JPEG 2000, or text of an earlier OCR run) and loads its pages.

A page is a `TextPage` if the file holds its text and that text can be trusted, else a `PicturePage`. Coordinates are
those of the page as a viewer shows it: the orientation tag of a camera is applied.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NoReturn

from ecp_ingest.document.pages import PicturePage, Scan, TextPage
from ecp_ingest.errors import EcpIngestError, PageError, TooLargeError, UnreadableSourceError
from ecp_ingest.files.digests import file_digest
from ecp_ingest.files.names import in_unicode
from ecp_ingest.page.sources import images, pdf
from ecp_ingest.page.sources.images import load_image_page
from ecp_ingest.page.sources.plain_text import load_text_page, text_pages
from ecp_ingest.settings import ScanSettings

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
)
_SUFFIXES = {
    ".pdf": "application/pdf",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jp2": "image/jp2",
    ".j2k": "image/jp2",
    ".txt": "text/plain",
}


_KNOWN = "PDF, TIFF, PNG, JPEG, JPEG 2000 and plain text can be read"


def open_scan(path: Path, *, settings: ScanSettings) -> Scan:
    """Find the type of a source by its content, its sha256 and the number of its pages.

    Raises:
        UnreadableSourceError: the file is missing, empty, truncated or of an unknown type.
        EncryptedSourceError: the PDF needs a password, or another one than the settings give.
        TooLargeError: the file has more pages, or an image has more pixels, than the settings allow.
    """
    try:
        _refuse_special_file(path)
        digest = file_digest(path)
        media_type = _media_type(path, head=digest.head, size=digest.size)
        if media_type == "application/pdf":
            count = pdf.count_pages(str(path), password=settings.pdf_password)
        elif media_type == "text/plain":
            count = len(text_pages(path)[0])
        else:
            count = images.count_frames(str(path), max_mpixels=settings.max_image_mpixels)
        _refuse_too_many_pages(count, settings)
    except EcpIngestError as error:
        _raise_with_location(error, file=path.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableSourceError(f"cannot be read: {reason}", file=path.name) from error
    return Scan(
        path=str(path),
        file_name=in_unicode(path.name),
        sha256=digest.sha256,
        media_type=media_type,
        byte_size=digest.size,
        page_count=count,
    )


def load_page(scan: Scan, number: int, *, settings: ScanSettings) -> TextPage | PicturePage:
    """Page ``number`` (1-based): its text where that can be trusted, else its decoded or rasterised image.

    Raises:
        PageError: the source has no such page.
        UnreadableSourceError, EncryptedSourceError, TooLargeError: as in `open_scan`, for this page.
    """
    if not 1 <= number <= scan.page_count:
        raise PageError(f"there is no such page: the source has {scan.page_count}", file=scan.file_name, page=number)
    try:
        if scan.media_type == "application/pdf":
            return pdf.load_pdf_page(scan.path, number, settings=settings)
        if scan.media_type == "text/plain":
            return load_text_page(Path(scan.path), number)
        return load_image_page(scan, number, settings=settings)
    except EcpIngestError as error:
        _raise_with_location(error, file=scan.file_name, page=number)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableSourceError(f"cannot be read: {reason}", file=scan.file_name, page=number) from error


def _raise_with_location(error: EcpIngestError, *, file: str, page: int | None = None) -> NoReturn:
    """Raise the same error with file and page, which the functions that raise it don't know."""
    page = page if error.page is None else error.page
    raise type(error)(error.message, file=error.file or file, page=page) from error


# ── type, size and digest ─────────────────────────────────────────────────────────────────────────────────────────


def _refuse_special_file(path: Path) -> None:
    """Refuse pipes, devices and sockets: opening one may block forever, reading it may never end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise UnreadableSourceError("is no file but a folder, pipe, device or socket; write its content to a file")


def _refuse_too_many_pages(count: int, settings: ScanSettings) -> None:
    ranges = settings.pages or ((1, None),)
    asked = sum(max(0, min(last or count, count) - first + 1) for first, last in ranges)
    if asked > settings.max_pages:
        raise TooLargeError(
            f"has {count:,} pages, more than the {settings.max_pages:,} allowed; allow more with --max-pages, or "
            "convert it in parts with --pages"
        )


def _media_type(path: Path, *, head: bytes, size: int) -> str:
    """Media type by content. The file name only decides whether an unknown content is plain text or refused."""
    if size == 0:
        raise UnreadableSourceError("the file is empty; copy or scan it again")
    if b"%PDF-" in head:
        return "application/pdf"
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    named = _SUFFIXES.get(path.suffix.lower())
    if named == "text/plain":
        return named
    if named is not None:
        raise UnreadableSourceError(f"named {path.suffix} but its content is something else; {_KNOWN}")
    raise UnreadableSourceError(f"unknown type; {_KNOWN}")
