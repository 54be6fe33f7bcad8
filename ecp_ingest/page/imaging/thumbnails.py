"""Small pictures of pages."""

from __future__ import annotations

import cv2

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import Thumbnail

THUMBNAIL_DPI = 100
"""A digit is a dozen pixels high: enough to tell 3 from 8."""


QUALITY = 70


def thumbnail(pixels: Pixels, *, dpi: float) -> Thumbnail:
    """``pixels``: H×W or H×W×3 as scanned at ``dpi``."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    scale = min(1.0, THUMBNAIL_DPI / dpi)
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    coded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return Thumbnail(coded.tobytes(), scale)
