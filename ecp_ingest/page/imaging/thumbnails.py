"""Small pictures of pages, kept so that two pages can be compared later."""

from __future__ import annotations

import cv2

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import Thumbnail

THUMBNAIL_DPI = 100
"""A digit is about twelve pixels high: enough to see the difference between 3 and 8."""
JPEG_QUALITY = 70
"""Of 100."""


def thumbnail(pixels: Pixels, *, dpi: float) -> Thumbnail:
    """A grey thumbnail of ``pixels``: H×W or H×W×3 as scanned at ``dpi``."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    scale = min(1.0, THUMBNAIL_DPI / dpi)
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return Thumbnail(coded.tobytes(), scale)
