"""Cleanup: a picture as scanned becomes a page image: upright, straight, evenly lit, at 300 dpi, binarised."""

from ecp_ingest.page.cleanup.page_image import clean

__all__ = ["clean"]
