"""Whether the pictures that a PDF page shows are whole: pdfium paints what it can of a broken one, and says nothing."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw

SMALL = 0.01
"""Of the page: a broken logo doesn't cost it."""
_JPEG_BEGINS, _JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"


def broken_image(page: Any) -> str | None:
    """What is wrong with a picture on pdfium's ``page`` that isn't whole, or None.

    Fax and JBIG2 data don't tell where they ought to end: of those, only what can't be decoded at all is found.
    """
    area = page.get_width() * page.get_height()
    for image in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
        left, bottom, right, top = image.get_bounds()
        within_a_form = image.level > 0  # which has a scale of its own
        if (within_a_form or (right - left) * (top - bottom) > SMALL * area) and (fault := _fault(image)):
            return fault
    return None


def _fault(image: Any) -> str | None:
    coded_as = (image.get_filters() or [""])[-1]
    if coded_as in ("JPXDecode", "JBIG2Decode", "CCITTFaxDecode"):
        return _undecodable(image)
    data = bytes(image.get_data(decode_simple=True))
    if coded_as == "DCTDecode":
        return _jpeg_fault(data)
    about = image.get_metadata()
    if not data or len(data) < about.height * (about.width * about.bits_per_pixel // 8):
        return "cut short"
    return None


def _undecodable(image: Any) -> str | None:
    try:
        image.get_bitmap()
    except pypdfium2.PdfiumError:
        return "broken"
    return None


def _jpeg_fault(data: bytes) -> str | None:
    if not data.startswith(_JPEG_BEGINS):
        return "broken"
    if _JPEG_ENDS in data[-64:]:
        return None
    # Some lack but their last two bytes: then what follows makes no difference.
    one, other = (
        cv2.imdecode(np.frombuffer(data + more + _JPEG_ENDS, np.uint8), cv2.IMREAD_GRAYSCALE)
        for more in (b"", b"\x55" * 256)
    )
    return None if one is not None and other is not None and np.array_equal(one, other) else "cut short"
