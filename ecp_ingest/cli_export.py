"""The commands that hand records on. Whatever is slow to import is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ecp_ingest.export import FORMATS

FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where convert wrote the records.")]


def export(
    folder: FolderArgument,
    to: Annotated[list[str], typer.Option("--to", metavar="FORMAT", help=f"{', '.join(FORMATS)}; repeatable.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where it goes; made if missing.")
    ] = Path("export"),
    sources: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the scans lie, if not where they were."),
    ] = None,
) -> None:
    """Write the records in forms that other systems read."""
    from ecp_ingest.export.run import export as export_all

    unknown = [name for name in to if name not in FORMATS]
    if unknown:
        raise typer.BadParameter(f"'{unknown[0]}' is none of {', '.join(FORMATS)}", param_hint="--to")
    left_out: set[str] = set()
    for path in export_all(
        folder,
        formats=tuple(dict.fromkeys(to)),
        destination=output,
        sources=sources,
        left_out=lambda error: left_out.add(str(error)),
    ):
        typer.echo(path)
    for message in sorted(left_out):
        typer.echo(f"{message}; left out", err=True)
    raise typer.Exit(1 if left_out else 0)
