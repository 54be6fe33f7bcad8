"""The commands of ``ecp-ingest review``: a page in the browser, or the same work in a terminal."""

from __future__ import annotations

import getpass
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from ecp_ingest.errors import MissingDependencyError, UsageError

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where convert wrote the records.")]
RecordFile = Annotated[Path, typer.Argument(metavar="RECORD", help="A record: a .json file.")]
Either = Annotated[Path, typer.Argument(metavar="PATH", help="A record, or a folder of them.")]
Reviewer = Annotated[str, typer.Option("--reviewer", metavar="NAME", help="Who decides; default: your login name.")]
SourcesFolder = Annotated[
    Path | None, typer.Option("--sources", metavar="FOLDER", help="Where the scans are, if they were moved.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


class _Opening(TyperGroup):
    """Makes ``review FOLDER`` the same as ``review open FOLDER``."""

    def parse_args(self, ctx, args):  # type: ignore[no-untyped-def]  # its types differ between versions of Typer
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["open", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_Opening,
    no_args_is_help=True,
    rich_markup_mode=None,
    subcommand_metavar="FOLDER | COMMAND [ARGS]...",
    options_metavar="[OPTIONS]",
    help="Correct what the machine read wrong: review FOLDER opens it in the browser.",
)


def _reviewer(given: str) -> str:
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise UsageError("your login name is unknown: give it with --reviewer NAME") from error


@app.command("open")
def open_(
    folder: Folder,
    sources: SourcesFolder = None,
    reviewer: Reviewer = "",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0: any that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page; or only print its address.")] = True,
) -> None:
    """Open the records in the browser (needs ecp-ingest[review]); Ctrl-C ends it."""
    try:
        from ecp_ingest.review.web import serve
    except ModuleNotFoundError as error:
        raise MissingDependencyError(f"{error.name} isn't installed: pip install 'ecp-ingest[review]'") from error
    try:
        server = serve(folder, sources=sources, reviewer=_reviewer(reviewer), port=port)
    except OSError as error:
        raise UsageError(f"port {port} can't be used ({error.strerror}): choose another, or 0 for any") from error
    typer.echo(server.url)
    if browser:
        webbrowser.open(server.url)
    try:
        server.run()
    except KeyboardInterrupt:  # the normal end; every decision is on the disk
        raise typer.Exit(0) from None


@app.command("list")
def list_(folder: Folder, as_json: AsJson = False) -> None:
    """The queue: records that need a person most come first."""
    from ecp_ingest.review.terminal import show_queue

    show_queue(folder, as_json=as_json)


@app.command()
def show(record: RecordFile, as_json: AsJson = False) -> None:
    """Print a record's text with all edits; doubtful words in ⟦brackets⟧."""
    from ecp_ingest.review.terminal import show_record

    show_record(record, as_json=as_json)


@app.command()
def edit(record: RecordFile, reviewer: Reviewer = "") -> None:
    """Open a record's text in $EDITOR; your changes become edits."""
    from ecp_ingest.review.terminal import edit_record

    edit_record(record, reviewer=_reviewer(reviewer))


@app.command()
def accept(
    records: Annotated[list[Path], typer.Argument(metavar="RECORD", help="Records: .json files.")],
    paragraph: Annotated[str | None, typer.Option(metavar="ID", help="Only this paragraph's text.")] = None,
    reviewer: Reviewer = "",
) -> None:
    """Mark records done, or accept one paragraph of them."""
    from ecp_ingest.review.terminal import accept as accept_records

    accept_records(records, paragraph=paragraph, reviewer=_reviewer(reviewer))


@app.command()
def undo(
    record: RecordFile,
    number: Annotated[int | None, typer.Argument(metavar="EDIT", help="Its number; default: the last.")] = None,
    reviewer: Reviewer = "",
) -> None:
    """Take an edit back: the last, or any other by its number."""
    from ecp_ingest.review.terminal import undo as undo_edit

    undo_edit(record, number=number, reviewer=_reviewer(reviewer))


@app.command()
def log(path: Either, as_json: AsJson = False) -> None:
    """List every decision: who, when, what."""
    from ecp_ingest.review.terminal import show_log

    show_log(path, as_json=as_json)


@app.command()
def stats(path: Either, as_json: AsJson = False) -> None:
    """Show how much is done, how much was wrong, and the words per minute."""
    from ecp_ingest.review.terminal import show_stats

    show_stats(path, as_json=as_json)


@app.command("export-truth")
def export_truth(
    folder: Folder,
    into: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go; made if it does not exist.")
    ],
    sources: SourcesFolder = None,
) -> None:
    """Write reviewed records as ground truth: lines for train --pairs, texts for evaluate."""
    from ecp_ingest.review.terminal import export_truth as export

    export(folder, into=into, sources=sources)
