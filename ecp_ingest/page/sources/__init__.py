"""Files become pages: PDF, TIFF, PNG, JPEG, JPEG 2000 and plain text; a text layer where it can be trusted."""

from ecp_ingest.page.sources.open_source import load_page, open_scan

__all__ = ["load_page", "open_scan"]
