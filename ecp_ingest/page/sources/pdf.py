"""Loads pages of a PDF: the text layer where it can be trusted, else the rasterised page.

pdfium opens the file and rasterises pages, pdfminer (through pdfplumber) reads their content. Exceptions of both
become ours here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pdfplumber
import pypdfium2
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ecp_ingest.document.geometry import Pixels, frozen
from ecp_ingest.document.pages import WORKING_DPI, PicturePage, TextPage
from ecp_ingest.errors import EncryptedSourceError, TooLargeError, UnreadableSourceError
from ecp_ingest.page.sources.images import MOST_PIXELS_A_SIDE, collapsed, refuse_sliver
from ecp_ingest.page.sources.pdf_glyphs import GlyphPage, Image, read_glyphs
from ecp_ingest.page.sources.pdf_images import broken_image
from ecp_ingest.page.sources.text_layer import LaidLine, lay_out, to_text_lines
from ecp_ingest.page.sources.text_layer_trust import doubts
from ecp_ingest.settings import ScanSettings

Blocks = tuple[tuple[LaidLine, ...], ...]

_TAIL = 1 << 16
"""Bytes at the end of a file in which ``%%EOF`` must follow the last object. Some programs append data to a PDF."""
_POINTS = 72.0
"""Points per inch."""
_THUMBNAIL_DPI = 100.0
"""Enough to tell ink from paper beside the letters of a text layer."""
_THUMBNAIL_PIXELS = 8e6
"""A larger page gets a thumbnail of a lower resolution, so that a plan or a poster costs no more than a sheet of A1."""
_MIN_DPI, _MAX_DPI = 150.0, 600.0
"""Resolutions that a page is rasterised with: below, small letters are lost; above, recognition gains nothing."""
_MOST_PIXELS = 100e6
"""A page that would have more pixels is rasterised with a lower resolution. (The user's own limit isn't this one: it
changes no result.)"""
_LARGE_IMAGE = 0.01
"""Share of the page from which an image may be part of a scan: logos and rules are smaller."""
_SCANNED = 0.7
"""Share of the page that large images must cover for the page to be a scan: a scan may leave margins."""

PASSWORD_NEEDED = (
    "the PDF wants a password: give it with --pdf-password, or in the environment as ECP_INGEST_PDF_PASSWORD"
)
PASSWORD_WRONG = "the PDF wants another password than the one given with --pdf-password or ECP_INGEST_PDF_PASSWORD"
_CONTENT_ERRORS = (
    PDFException,
    PSException,
    PdfminerException,
    MalformedPDFException,
    # What pdfminer lets through when objects are not of the type that they should be:
    AttributeError,
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AssertionError,
    OverflowError,
    RecursionError,
    struct.error,
)


def count_pages(path: str, *, password: str | None) -> int:
    """Number of pages of a PDF.

    Raises:
        UnreadableSourceError: the file is truncated, no PDF, or has no pages.
        EncryptedSourceError: the password is missing or wrong.
    """
    _refuse_truncated(Path(path))
    with _document(path, password=password) as (document, _):
        count = len(document)
    if count == 0:
        raise UnreadableSourceError("the PDF has no pages")
    return count


def load_pdf_page(path: str, number: int, *, settings: ScanSettings) -> TextPage | PicturePage:
    """Page ``number`` (1-based).

    Raises:
        UnreadableSourceError: the page's objects are too broken to be rasterised, or an image on it is incomplete.
        EncryptedSourceError: the password is missing or wrong.
        TooLargeError: the page or an image on it has more pixels than allowed.
    """
    with _document(path, password=settings.pdf_password) as (document, password):
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise UnreadableSourceError(f"the page's objects are broken ({error})") from error
        glyphs, broken = _read(path, number, password=password)
        if glyphs is None:
            glyphs = GlyphPage(width=page.get_width(), height=page.get_height(), clusters=(), images=())
        _refuse_giants(glyphs, max_mpixels=settings.max_image_mpixels)
        if settings.mode == "ocr":
            return _picture(page, glyphs, number, why="recognition was asked for", settings=settings)
        shown = [c for c in glyphs.clusters if settings.mode == "text" or not c.hidden]
        blocks = lay_out(shown)
        if settings.mode == "text" and blocks:
            why = "the text layer was asked for"
        else:
            reason, measured = (broken, "") if broken else _judged(page, glyphs, blocks)
            if reason is not None:
                return _picture(page, glyphs, number, why=f"text layer not used: {reason}", settings=settings)
            why = f"text layer: {measured}"
    scale = WORKING_DPI / _POINTS
    return TextPage(
        number=number,
        width=round(glyphs.width * scale),
        height=round(glyphs.height * scale),
        dpi=float(WORKING_DPI),
        blocks=tuple(filter(None, (to_text_lines(block, scale=scale) for block in blocks))),
        why=why,
    )


def _judged(page: Any, glyphs: GlyphPage, blocks: Blocks) -> tuple[str | None, str]:
    """`doubts` of the page; a thumbnail is made only if the page has a text layer."""
    if not any(cluster.text.strip() for cluster in glyphs.clusters):
        return "there is none", ""
    inches = glyphs.width * glyphs.height / _POINTS**2
    dpi = min(_THUMBNAIL_DPI, (_THUMBNAIL_PIXELS / inches) ** 0.5)
    lines = [line for block in blocks for line in block]
    return doubts(glyphs, lines, thumbnail=_rasterised(page, dpi=dpi, grey=True))


# ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _document(path: str, *, password: str | None) -> Iterator[tuple[Any, str | None]]:
    """The PDF, opened by pdfium, and ``password`` if the PDF needs one, else None."""
    needed = None
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if not _needs_password(error):
            raise _refusal(error) from error
        document, needed = _unlocked(path, password), password
    try:
        yield document, needed
    finally:
        document.close()


def _unlocked(path: str, password: str | None) -> Any:
    if password is None:
        raise EncryptedSourceError(PASSWORD_NEEDED)
    try:
        return pypdfium2.PdfDocument(path, password=password)
    except pypdfium2.PdfiumError as error:
        if _needs_password(error):
            raise EncryptedSourceError(PASSWORD_WRONG) from error
        raise _refusal(error) from error


def _needs_password(error: pypdfium2.PdfiumError) -> bool:
    return "password" in str(error).lower()


def _refusal(error: pypdfium2.PdfiumError) -> EncryptedSourceError | UnreadableSourceError:
    if "security" in str(error).lower():
        return EncryptedSourceError(f"the PDF is protected in an unknown way ({error}); save a copy without protection")
    return UnreadableSourceError(f"the PDF cannot be opened ({error}); copy or scan it again")


def _refuse_truncated(path: Path) -> None:
    """Refuse a truncated file. pdfium may open it, but pages would be missing."""
    with path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(0, stream.tell() - _TAIL))
        tail = stream.read()
    if tail.rfind(b"%%EOF") < max(tail.rfind(b"endobj"), tail.rfind(b"endstream"), 0):
        raise UnreadableSourceError("the PDF is cut short (its end is missing); copy or scan it again")


def _read(path: str, number: int, *, password: str | None) -> tuple[GlyphPage | None, str | None]:
    """The content of one page, or None and why it can't be read; pdfium may still rasterise such a page."""
    try:
        # By handle: pdfplumber doesn't close a broken PDF that it opened itself.
        with Path(path).open("rb") as file, pdfplumber.open(file, pages=[number], password=password) as document:
            if not document.pages:
                return None, "its page tree is broken"
            glyphs = read_glyphs(document.pages[0].page_obj, document.rsrcmgr)
            return (glyphs, None) if min(glyphs.width, glyphs.height) > 0 else (None, "the page has no size")
    except _CONTENT_ERRORS as error:
        return None, f"its content can't be read ({type(error).__name__})"


# ── rasterising ───────────────────────────────────────────────────────────────────────────────────────────────────


def _picture(page: Any, glyphs: GlyphPage, number: int, *, why: str, settings: ScanSettings) -> PicturePage:
    width, height = page.get_width() / _POINTS, page.get_height() / _POINTS
    dpi = max(_MIN_DPI, min(picture_dpi(glyphs), (_MOST_PIXELS / (width * height)) ** 0.5))
    if width * height * dpi**2 > settings.max_image_mpixels * 1e6 or max(width, height) * dpi > MOST_PIXELS_A_SIDE:
        raise TooLargeError(
            f"the page is {width:.0f} × {height:.0f} inches: at {dpi:.0f} dpi more than the "
            f"{settings.max_image_mpixels:g} million pixels of --max-image-mpixels, or {MOST_PIXELS_A_SIDE:,} on a side"
        )
    if fault := broken_image(page):
        raise UnreadableSourceError(f"a picture on the page is {fault}: copy the file or scan the sheet again")
    source: Literal["file", "setting"] = "file"
    pixels = _rasterised(page, dpi=dpi)
    refuse_sliver(pixels.shape[1], pixels.shape[0])
    if settings.image_dpi is not None:
        dpi, source = settings.image_dpi, "setting"
    return PicturePage(number=number, pixels=frozen(pixels), dpi=dpi, why=why, dpi_source=source)


def picture_dpi(glyphs: GlyphPage) -> float:
    """Dots per inch of the scan that fills the page, so that no pixel is resampled; else the working resolution.

    Some scanners cut a page into strips, so all large images count together. A fax has a coarse and a fine direction;
    the fine one decides.
    """
    page_area = glyphs.width * glyphs.height
    visible = [image for image in glyphs.images if min(image.columns, image.rows) > 0]
    large = [image for image in visible if image.extent.area > _LARGE_IMAGE * page_area]
    if sum(image.extent.area for image in large) < _SCANNED * page_area:
        return float(WORKING_DPI)
    largest = max(large, key=lambda image: image.extent.area)
    return min(max(_image_dpi(largest), _MIN_DPI), _MAX_DPI)


def _image_dpi(image: Image) -> float:
    """Pixels per inch as placed on the page.

    The page may show the image turned by a quarter. Of both possibilities the one with the squarer pixels is taken.
    """
    width = (image.extent.right - image.extent.left) / _POINTS
    height = (image.extent.bottom - image.extent.top) / _POINTS
    possible = [(image.columns / width, image.rows / height), (image.rows / width, image.columns / height)]
    return max(min(possible, key=lambda dpi: max(dpi) / min(dpi)))


def _rasterised(page: Any, *, dpi: float, grey: bool = False) -> Pixels:
    """The page as H×W or H×W×3 uint8."""
    try:
        bitmap = page.render(scale=dpi / _POINTS, grayscale=grey, rev_byteorder=not grey)
    except pypdfium2.PdfiumError as error:
        raise UnreadableSourceError(f"the page can't be painted ({error})") from error
    pixels = np.array(bitmap.to_numpy())
    bitmap.close()
    if pixels.ndim == 3:
        pixels = pixels[..., 0] if pixels.shape[2] == 1 else collapsed(pixels[..., :3])
    return np.ascontiguousarray(pixels)


def _refuse_giants(glyphs: GlyphPage, *, max_mpixels: float) -> None:
    for image in glyphs.images:
        if image.columns * image.rows > max_mpixels * 1e6:
            raise TooLargeError(
                f"a picture on the page has {image.columns:,} × {image.rows:,} pixels, more than the {max_mpixels:g} "
                "million allowed; scan at a lower resolution or raise --max-image-mpixels"
            )
