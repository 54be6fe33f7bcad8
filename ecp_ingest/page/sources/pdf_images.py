"""Finds incomplete images on a PDF page. pdfium rasterises what it can of a broken image and reports nothing."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw

SMALL = 0.01
"""Share of the page up to which a broken image is ignored: a broken logo is no reason to refuse a page."""
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_TRAILING = 64
"""Bytes at the end of JPEG data among which the end marker is looked for: some writers pad after it."""
_FILLER = b"\x55" * 256
"""Bytes that change an image if its data isn't complete: the decoder takes them for more of it."""


def broken_image(page: Any) -> str | None:
    """What is wrong with the first incomplete image on pdfium's ``page``, or None.

    Fax and JBIG2 data don't say where they end. Of those, only images that can't be decoded at all are found.
    """
    area = page.get_width() * page.get_height()
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = image.get_bounds()
        within_form = image.level > 0  # forms have a scale of their own, so the size on the page is unknown
        if (within_form or (right - left) * (top - bottom) > SMALL * area) and (fault := _fault(image)):
            return fault
    return None


def _fault(image: Any) -> str | None:
    codec = (image.get_filters() or [""])[-1]
    if codec in ("JPXDecode", "JBIG2Decode", "CCITTFaxDecode"):
        return _undecodable(image)
    data = bytes(image.get_data(decode_simple=True))
    if codec == "DCTDecode":
        return _jpeg_fault(data)
    size = image.get_metadata()
    if not data or len(data) < size.height * (size.width * size.bits_per_pixel // 8):
        return "cut short"
    return None


def _undecodable(image: Any) -> str | None:
    try:
        image.get_bitmap()
    except pypdfium2.PdfiumError:
        return "broken"
    return None


def _jpeg_fault(data: bytes) -> str | None:
    if not data.startswith(_JPEG_START):
        return "broken"
    if _JPEG_END in data[-_TRAILING:]:
        return None
    # Some complete images lack only the end marker: then more bytes before it change nothing.
    plain, filled = (
        cv2.imdecode(np.frombuffer(data + more + _JPEG_END, np.uint8), cv2.IMREAD_GRAYSCALE) for more in (b"", _FILLER)
    )
    return None if plain is not None and filled is not None and np.array_equal(plain, filled) else "cut short"
