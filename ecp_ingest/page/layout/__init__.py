"""Layout analysis: a page image becomes regions of text lines, and the boxes of its pictures."""

from ecp_ingest.page.layout.page_layout import lay_out

__all__ = ["lay_out"]
