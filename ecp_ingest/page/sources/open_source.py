"""A file → its pages: PDF, TIFF, PNG, JPEG, JPEG 2000, and the text that an earlier OCR run left.

A page comes out as a `TextPage` where its text is there already and can be trusted, else as a `PicturePage`.
Image coordinates are those of the page as a viewer shows it (a camera's orientation tag is obeyed).
"""

from __future__ import annotations

import hashlib
import stat
import unicodedata
from pathlib import Path
from typing import Literal, NoReturn

import regex

from ecp_ingest.document import PicturePage, Scan, TextLine, TextPage, Word, frozen
from ecp_ingest.errors import EcpIngestError, PageError, TooLargeError, UnreadableSourceError
from ecp_ingest.files.names import in_unicode
from ecp_ingest.page.sources import images, pdf
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
_MOST_CHARACTERS = 1_000_000
"""On one page of text; a printed page has some thousands, a release ten thousand."""

_TOO_MANY_MARKS = regex.compile(r"\p{M}{31}")
"""Unicode's own limit (UAX #15, stream-safe text): to bring many into order takes the square of their number."""

_KNOWN = "PDF, TIFF, PNG, JPEG, JPEG 2000 and plain text can be read"


def open_scan(path: Path, *, settings: ScanSettings) -> Scan:
    """Look at a source: what it is by its content, its digest, how many pages it has.

    Raises:
        UnreadableSourceError: missing, empty, cut short, or nothing that can be read.
        EncryptedSourceError: a PDF that wants a password, or another one than it was given.
        TooLargeError: more pages, or an image with more pixels, than the settings allow.
    """
    try:
        _refuse_what_is_no_file(path)
        digest, size, head = _digest(path)
        media_type = _media_type(path, head=head, size=size)
        if media_type == "application/pdf":
            count = pdf.count_pages(str(path), password=settings.pdf_password)
        elif media_type == "text/plain":
            count = len(_text_pages(path)[0])
        else:
            count = images.count_frames(str(path), max_mpixels=settings.max_image_mpixels)
        _refuse_too_many_pages(count, settings)
    except EcpIngestError as error:
        _raise_with_place(error, file=path.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableSourceError(f"cannot be read: {reason}", file=path.name) from error
    return Scan(
        path=str(path),
        file_name=in_unicode(path.name),
        sha256=digest,
        media_type=media_type,
        byte_size=size,
        page_count=count,
    )


def load_page(scan: Scan, number: int, *, settings: ScanSettings) -> TextPage | PicturePage:
    """One page (``number`` from 1), decoded or rasterised, or its text where that can be trusted.

    Raises:
        PageError: there is no such page.
        UnreadableSourceError, EncryptedSourceError, TooLargeError: as in `open_scan`, for this page.
    """
    if not 1 <= number <= scan.page_count:
        raise PageError(f"there is no such page: the source has {scan.page_count}", file=scan.file_name, page=number)
    try:
        if scan.media_type == "application/pdf":
            return pdf.load_pdf_page(scan.path, number, settings=settings)
        if scan.media_type == "text/plain":
            return _earlier_text_page(Path(scan.path), number)
        return _image_page(scan, number, settings=settings)
    except EcpIngestError as error:
        _raise_with_place(error, file=scan.file_name, page=number)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableSourceError(f"cannot be read: {reason}", file=scan.file_name, page=number) from error


def _raise_with_place(error: EcpIngestError, *, file: str, page: int | None = None) -> NoReturn:
    """The same error, saying where it happened: the helpers below know neither file nor page."""
    place = page if error.page is None else error.page
    raise type(error)(error.message, file=error.file or file, page=place) from error


# ── what it is ────────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_what_is_no_file(path: Path) -> None:
    """Pipes, devices and sockets: to open one may mean to wait for ever, or to read without end."""
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


def _digest(path: Path) -> tuple[str, int, bytes]:
    """sha256, size in bytes and the first kilobyte, in one pass that holds a megabyte at most."""
    digest, size, head = hashlib.sha256(), 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            head = head or chunk[:1024]
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size, head


def _media_type(path: Path, *, head: bytes, size: int) -> str:
    """By content; the name only decides between plain text and refusal."""
    if size == 0:
        raise UnreadableSourceError("the file is empty; copy or scan it again")
    if b"%PDF-" in head:
        return "application/pdf"
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    promised = _SUFFIXES.get(path.suffix.lower())
    if promised == "text/plain":
        return promised
    if promised is not None:
        raise UnreadableSourceError(f"named {path.suffix} but its content is something else; {_KNOWN}")
    raise UnreadableSourceError(f"unknown type; {_KNOWN}")


# ── image files ───────────────────────────────────────────────────────────────────────────────────────────────────


def _image_page(scan: Scan, number: int, *, settings: ScanSettings) -> PicturePage:
    picture = images.load_frame(scan.path, number - 1, max_mpixels=settings.max_image_mpixels)
    height, width = picture.pixels.shape[:2]
    aspect = 1.0
    if picture.resolution is not None:
        across, down = picture.resolution
        # Faxes have 204 × 98 or 204 × 196 dpi. Beyond that the tags are nonsense.
        aspect = across / down if 0.4 <= across / down <= 2.5 and abs(across / down - 1) > 0.01 else 1.0
    source: Literal["file", "setting"] = "file"
    dpi: float | None = None
    if settings.image_dpi is not None:
        dpi, source = settings.image_dpi, "setting"
    elif picture.resolution is not None and plausible_dpi(picture.resolution[0], width=width, height=height * aspect):
        dpi = picture.resolution[0]
    return PicturePage(
        number=number,
        pixels=frozen(picture.pixels),
        dpi=dpi,
        why="an image file holds no text",
        dpi_source=source,
        pixel_aspect=aspect,
    )


def plausible_dpi(dpi: float, *, width: float, height: float) -> bool:
    """Whether a sheet of that many (square) pixels would have a believable size in inches at ``dpi``.

    72 and 96 are what programs write when they know nothing; they are believed only where a common sheet comes out.
    """
    longer = max(width, height) / dpi
    if not 50 <= dpi <= 1200:
        return False
    if round(dpi) in (72, 96):
        return 10.5 <= longer <= 14.5
    return 3 <= longer <= 20


# ── text from an earlier OCR run ──────────────────────────────────────────────────────────────────────────────────


def _earlier_text_page(path: Path, number: int) -> TextPage:
    pages, encoding = _text_pages(path)
    blocks: list[tuple[TextLine, ...]] = []
    lines: list[TextLine] = []
    for raw in [*pages[number - 1].splitlines(), ""]:
        words = tuple(Word(text=text, bbox=None, confidence=None) for text in raw.split())
        if words:
            lines.append(TextLine(words=words, bbox=None))
        elif lines:
            blocks.append(tuple(lines))
            lines = []
    return TextPage(
        number=number,
        width=None,
        height=None,
        dpi=None,
        blocks=tuple(blocks),
        why=f"text of an earlier OCR run, {encoding}",
    )


def _text_pages(path: Path) -> tuple[list[str], str]:
    """The pages between form feeds, NFC, and the encoding that they were in."""
    text, encoding = _decoded(path.read_bytes())
    odd = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text)
    if odd > len(text) * 0.01:
        raise UnreadableSourceError(f"named .txt but {odd} of its {len(text)} characters are control codes: no text")
    if _TOO_MANY_MARKS.search(text):
        raise UnreadableSourceError("named .txt but it has a letter with more than 30 marks on it: no text")
    pages = unicodedata.normalize("NFC", text).split("\f")
    longest = max(map(len, pages))
    if longest > _MOST_CHARACTERS:
        raise TooLargeError(
            f"has a page of {longest:,} characters, more than {_MOST_CHARACTERS:,}: that is no page; part the text "
            "into files, or its pages by form feeds"
        )
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()  # Tesseract ends every page with a form feed, the last one too
    return pages, encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    """Text and encoding: a byte order mark decides, then what decodes; cp1256 takes what nothing else would."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "UTF-16"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" not in text:
        return text, "UTF-8"
    if len(raw) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                wide = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _looks_written(wide):
                return wide, encoding.upper()
    return raw.decode("cp1256", errors="replace"), "cp1256 (a guess: neither UTF-8 nor UTF-16)"


def _looks_written(text: str) -> bool:
    """Nearly all characters are Latin, Arabic or general punctuation: bytes paired the wrong way are anything else."""
    known = sum(c < "\u0250" or "\u0600" <= c <= "\u06ff" or "\u2000" <= c <= "\u206f" for c in text)
    return "\x00" not in text and known > 0.95 * len(text)
