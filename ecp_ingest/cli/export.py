"""The commands ``export``, ``search`` and ``validate``. Slow modules are imported inside the functions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecp_ingest.cli.options import PasswordOption
from ecp_ingest.errors import EcpIngestError
from ecp_ingest.export.formats import FORMATS

if TYPE_CHECKING:
    from ecp_ingest.search import Hit

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where convert wrote the records.")]
OPEN, CLOSE = "⟦", "⟧"


class _LeftOut:
    """Prints each file that is no record once, even if the folder is read several times."""

    def __init__(self) -> None:
        self._messages: set[str] = set()

    def __call__(self, error: EcpIngestError) -> None:
        if (message := str(error)) not in self._messages:
            self._messages.add(message)
            typer.echo(f"{_printable(message)}; left out", err=True)

    def __bool__(self) -> bool:
        return bool(self._messages)


def export(
    folder: FolderArgument,
    to: Annotated[list[str], typer.Option("--to", metavar="FORMAT", help=f"{', '.join(FORMATS)}; repeatable.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go; made if it does not exist.")
    ] = Path("export"),
    sources: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the scans are, if they were moved."),
    ] = None,
    pdf_password: PasswordOption = None,
) -> None:
    """Write the records in formats that other systems read."""
    from ecp_ingest.export.run import export as export_all

    unknown = [name for name in to if name not in FORMATS]
    if unknown:
        raise typer.BadParameter(f"'{unknown[0]}' is none of {', '.join(FORMATS)}", param_hint="--to")
    on_skipped = _LeftOut()
    formats = tuple(dict.fromkeys(to))
    written = export_all(
        folder,
        formats=formats,
        destination=output,
        sources=sources,
        pdf_password=pdf_password,
        on_skipped=on_skipped,
    )
    for path in written:
        typer.echo(path)
    raise typer.Exit(1 if on_skipped else 0)


def search(
    folder: FolderArgument,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help='Words; "a phrase" in quotes; elect* for the beginning of a word.')
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on each line: words with page and box.")
    ] = False,
) -> None:
    """Find paragraphs with all the words, in both languages; exit code 1 if there are none."""
    from ecp_ingest.search import search as search_all

    on_skipped = _LeftOut()
    found = False
    for hit in search_all(folder, query, on_skipped=on_skipped):
        found = True
        typer.echo(json.dumps(_as_json(hit), ensure_ascii=False) if as_json else _as_line(hit))
    if not found:
        typer.echo(f"nothing found for {query!r} in {folder}", err=True)
    raise typer.Exit(0 if found else 1)


def _as_json(hit: Hit) -> dict[str, object]:
    return {
        "record": hit.record,
        "id": hit.id,
        "paragraph": hit.paragraph,
        "language": hit.language,
        "page": hit.page,
        "bbox": hit.bbox,
        "words": [{"text": word.text, "page": word.page, "bbox": word.bbox} for word in hit.words],
        "snippet": _marked(hit),
    }


def _as_line(hit: Hit) -> str:
    box = f" {list(hit.bbox)}" if hit.bbox else ""
    return _printable(f"{hit.record} {hit.paragraph}, page {hit.page}{box}: {_marked(hit)}")


def _marked(hit: Hit) -> str:
    return " ".join(f"{OPEN}{text}{CLOSE}" if is_found else text for text, is_found in hit.snippet)


def _printable(text: str) -> str:
    """The text without control codes, which could command the terminal; joiners of Urdu letters (ZWNJ, ZWJ) stay."""
    return "".join(c if c.isprintable() or c in "\u200c\u200d" else "\ufffd" for c in text)


def validate(
    records: Annotated[Path, typer.Argument(metavar="RECORDS", help="Folder of records, or one record.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Check records against the rules that every record must follow; exit code 1 if one breaks a rule."""

    from ecp_ingest.validation.validate import Validation

    validation = Validation(records)
    offences = []
    for found in validation.offences():
        if not as_json:
            place = f": {found.place}" if found.place else ""
            typer.echo(_printable(f"{found.file}{place}: {found.what} ({found.rule})"))
        offences.append(found)
    if as_json:
        listed = [{"file": str(o.file), "place": o.place, "rule": o.rule, "what": o.what} for o in offences]
        typer.echo(json.dumps({"records": validation.records, "offences": listed}, indent=2))
    files = len({found.file for found in offences})
    bad = f"{len(offences)} offences in {files} files" if offences else "nothing wrong"
    typer.echo(f"{validation.records} records: {bad}", err=True)
    raise typer.Exit(1 if offences else 0)
