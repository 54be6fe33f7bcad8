"""Records in the forms that other systems read. One module a format; each has ``export``, an `items.Export`."""

FORMATS = {
    "jsonl": "one record a line",
    "csv": "releases.csv and paragraphs.csv",
    "parquet": "the same two as Parquet; needs ecp-ingest[parquet]",
    "sqlite": "tables with full text, for Datasette",
    "md": "a release to be read: both halves, checks, what to review",
    "txt": "the text alone, in reading order",
    "pdf": "the scan with an invisible layer of its text; needs ecp-ingest[pdf]",
    "hocr": "text over the scan, one file a record",
    "alto": "ALTO 4 for libraries, one file a page",
    "page": "PAGE XML, as eScriptorium imports it, one file a page",
    "tei": "TEI P5: both halves, aligned, names marked",
    "iiif-annotations": "text of the lines for IIIF viewers, one file a page",
}
"""Name (also of the module, with ``_`` for ``-``) → what it is, for the help."""
