"""Makes a PDF of a source: a PDF stays as it is, an image file goes in with its compressed data unchanged.

img2pdf puts compressed data into a PDF as it stands in the file: JPEG, JPEG 2000, fax (G4), PNG's where it can. (JPEG
within TIFF: `jpeg_strips`.) The rest is packed again without loss. What it can't take (transparency, mirrored
orientation) is put in as the pixels that were read, without loss too.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image, UnidentifiedImageError

from ecp_ingest.errors import EncryptedSourceError, UnreadableSourceError
from ecp_ingest.export.searchable_pdf.jpeg_strips import page_as_jpeg
from ecp_ingest.page.sources import images
from ecp_ingest.page.sources.pdf import PASSWORD_NEEDED, PASSWORD_WRONG

_ORIENTATION_TAG = 0x0112
_QUARTERS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation → degrees clockwise to the upright picture; the others are mirrored, or nonsense."""
_REFUSED = (
    img2pdf.ImageOpenError,
    img2pdf.JpegColorspaceError,
    img2pdf.UnsupportedColorspaceError,
    img2pdf.NegativeDimensionError,
    img2pdf.PdfTooLargeError,
    UnidentifiedImageError,
    NotImplementedError,
    ValueError,
)


_ASPECTS = (0.4, 2.5)
"""Resolution across by resolution down: beyond that the tags are nonsense."""


@contextmanager
def scan_as_pdf(path: Path, media_type: str, *, password: str | None = None) -> Iterator[pikepdf.Pdf]:
    """The source at ``path``. Pages of image files have a point for each pixel across.

    Raises UnreadableSourceError, EncryptedSourceError, TooLargeError.
    """
    if media_type == "text/plain":
        raise UnreadableSourceError("plain text has no pages to show: md, txt and tei can hold it", path.name)
    try:
        opened = path if media_type == "application/pdf" else io.BytesIO(_images_as_pdf(path))
        with pikepdf.open(opened, password=password or "") as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise EncryptedSourceError(PASSWORD_WRONG if password else PASSWORD_NEEDED, path.name) from error
    except pikepdf.PdfError as error:
        raise UnreadableSourceError(f"the PDF is broken ({error}); copy or scan it again", path.name) from error


def _images_as_pdf(path: Path) -> bytes:
    count = images.count_frames(str(path), max_mpixels=math.inf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings about odd metadata in a readable file are of no use
        turns = _turns(path, count)
        if None in turns:
            return _decoded(path, count)
        try:
            made = _converted(*(_jpegs(path, count) or [path.read_bytes()]))
        except _REFUSED:
            return _decoded(path, count)
    return _turned(made, turns)


def _turns(path: Path, count: int) -> list[int | None]:
    """Degrees clockwise by which a viewer turns each page of an image file; None where it does more to it."""
    turns = []
    with Image.open(path) as image:
        for index in range(count):
            if index:
                image.seek(index)
            see_through = image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info
            turns.append(None if see_through else _QUARTERS.get(image.getexif().get(_ORIENTATION_TAG, 1)))
    return turns


def _jpegs(path: Path, count: int) -> list[bytes] | None:
    """The pages of a TIFF that holds nothing but JPEG, which img2pdf would decode."""
    pages = []
    with Image.open(path) as image:
        for index in range(count if image.format == "TIFF" else 0):
            image.seek(index)
            if (jpeg := page_as_jpeg(path, image)) is None:
                return None
            pages.append(jpeg)
    return pages


def _converted(*files: bytes) -> bytes:
    made = img2pdf.convert(*files, layout_fun=_layout, rotation=img2pdf.Rotation.none, nodate=True)
    return bytes(made)


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """A point for each pixel across; page and picture are of one size. Faxes have fewer pixels down."""
    aspect = dpi[0] / dpi[1]
    tall = height * aspect if _ASPECTS[0] <= aspect <= _ASPECTS[1] and abs(aspect - 1) > 0.01 else height
    return width, tall, width, tall


def _turned(made: bytes, turns: Sequence[int | None]) -> bytes:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        del pdf.pages[len(turns) :]  # img2pdf takes a camera's previews for pages
        for page, turn in zip(pdf.pages, turns, strict=True):
            page.rotate(turn or 0, relative=False)
        written = io.BytesIO()
        pdf.save(written)
        return written.getvalue()


def _decoded(path: Path, count: int) -> bytes:
    """The pictures decoded: upright, on white, eight bits, packed without loss."""
    with pikepdf.new() as pdf:
        for index in range(count):
            picture = images.load_frame(str(path), index, max_mpixels=math.inf)
            written = io.BytesIO()
            Image.fromarray(picture.pixels).save(written, "PNG", dpi=picture.resolution or (72, 72))
            with pikepdf.open(io.BytesIO(_converted(written.getvalue()))) as one:
                pdf.pages.extend(one.pages)
        whole = io.BytesIO()
        pdf.save(whole)
        return whole.getvalue()
