"""The options of the command line, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ecp_ingest.settings import Mode

LanguageOption = Annotated[
    str, typer.Option("-l", "--language", metavar="LANGS", help="Languages to expect: eng, urd, eng+urd.")
]


PagesOption = Annotated[str, typer.Option(metavar="RANGES", help="Only these pages of each source, such as 1-3,7,9-.")]


ModeOption = Annotated[
    Mode, typer.Option(help="auto judges each page; text trusts text layers; ocr recognises every page.")
]


ImageDpiOption = Annotated[
    float | None,
    typer.Option(min=30, max=2400, metavar="DPI", help="Resolution of images, whatever they say themselves."),
]


PasswordOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        envvar="ECP_INGEST_PDF_PASSWORD",
        help="Opens PDFs that want one; in the environment, other users can't see it.",
    ),
]


UrduModelOption = Annotated[
    str, typer.Option(metavar="NAME", help="Model for Urdu: urd_nastaliq, or Tesseract's own urd.")
]


TessdataOption = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to look for models first.")]


GazetteerOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="More names of offices, places, parties …; see docs/how-to/more-names.md."),
]


NoSplitOption = Annotated[
    bool, typer.Option("--no-split", help="One record for each source, however many releases it seems to hold.")
]


MaxImageOption = Annotated[
    float, typer.Option(min=0.01, metavar="N", help="Refuse pages with more than N million pixels.")
]


MaxPagesOption = Annotated[int, typer.Option(min=1, metavar="N", help="Refuse sources with more than N pages.")]


MaxMemoryOption = Annotated[
    int, typer.Option(min=256, metavar="MIB", help="Memory for a worker, and again for its Tesseract.")
]


PageTimeoutOption = Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Longest that a page may take.")]


FileTimeoutOption = Annotated[
    float, typer.Option(min=0.1, metavar="SECONDS", help="Longest that a source may take, with all its pages.")
]


ToOption = Annotated[
    str, typer.Option("-o", "--output", metavar="FOLDER", help="Where the records go, also s3://…; made if missing.")
]


DaskOption = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Work on this Dask cluster, such as tcp://host:8786, instead."),
]


JobsOption = Annotated[
    int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Pages read at a time; 0: one per core.")
]


ForceOption = Annotated[bool, typer.Option("--force", help="Convert again what was done before in the same way.")]


NoOverwriteOption = Annotated[
    bool, typer.Option("-n", "--no-overwrite", help="Leave alone whatever stands where a record would go.")
]


JsonOption = Annotated[bool, typer.Option("--json", help="Also print each record on stdout, one per line.")]


QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")]


VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="Name every source and page as it is done.")]


OnRecordOption = Annotated[
    str,
    typer.Option(
        "--on-record", metavar="COMMAND", help="Run this for each record as it is written; {} is the record's path."
    ),
]


LogJsonOption = Annotated[
    Path | None,
    typer.Option("--log-json", metavar="FILE", help="Append what happens as JSON, one line for each event."),
]
