"""The table of export formats. A new format is one module and one entry here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """``module`` has the function ``export``, an `items.Export`; ``extra`` installs what it needs beyond the base."""

    module: str
    help: str
    extra: str | None = None


FORMATS = {
    "jsonl": Format("plain.jsonl", "one record a line"),
    "csv": Format("tables.csv", "releases.csv and paragraphs.csv"),
    "parquet": Format("tables.parquet", "the same two tables as Parquet", extra="parquet"),
    "sqlite": Format("tables.sqlite", "tables with full text, for Datasette"),
    "md": Format("plain.md", "a release to be read: both halves, checks, what to review"),
    "txt": Format("plain.txt", "the text alone, in reading order"),
    "pdf": Format("searchable_pdf.pdf", "the scan with an invisible layer of its text", extra="pdf"),
    "hocr": Format("markup.hocr", "text over the scan, one file a record"),
    "alto": Format("markup.alto", "ALTO 4 for libraries, one file a page"),
    "page": Format("markup.page", "PAGE XML, as eScriptorium imports it, one file a page"),
    "tei": Format("markup.tei", "TEI P5: both halves, aligned, names marked"),
    "iiif-annotations": Format("markup.iiif_annotations", "text of the lines for IIIF viewers, one file a page"),
}
"""Name on the command line → the module that writes it, the line of help, the extra that it needs."""
