"""The command line of ``ecp-ingest review``: a page in the browser, or the same from a terminal."""

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
Reviewer = Annotated[str, typer.Option("--reviewer", metavar="NAME", help="Who decides; your login name if not told.")]
SourcesFolder = Annotated[
    Path | None, typer.Option("--sources", metavar="FOLDER", help="Where the scans lie, if not where they were.")
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


class _Opening(TyperGroup):
    """``review FOLDER`` is ``review open FOLDER``."""

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
    help="Put right what the machine got wrong: review FOLDER opens it in the browser.",
)


def _reviewer(given: str) -> str:
    if given:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:
        raise UsageError("nobody knows who you are here: tell it with --reviewer NAME") from error


@app.command("open")
def open_(
    folder: Folder,
    sources: SourcesFolder = None,
    reviewer: Reviewer = "",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0: any that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page, or only print its address.")] = True,
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
    except KeyboardInterrupt:  # that is how it ends; every decision is on the disk
        raise typer.Exit(0) from None


@app.command("list")
def list_(folder: Folder, as_json: AsJson = False) -> None:
    """The queue: records that most need a person first."""
    from ecp_ingest.review.terminal import show_queue

    show_queue(folder, as_json=as_json)


@app.command()
def show(record: RecordFile, as_json: AsJson = False) -> None:
    """A record's text as it reads now, doubtful words in ⟦brackets⟧."""
    from ecp_ingest.review.terminal import show_record

    show_record(record, as_json=as_json)


@app.command()
def edit(record: RecordFile, reviewer: Reviewer = "") -> None:
    """A record's text in $EDITOR; what you change is taken as edits."""
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
    number: Annotated[int | None, typer.Argument(metavar="EDIT", help="Its number; the last if not told.")] = None,
    reviewer: Reviewer = "",
) -> None:
    """Take an edit back: the last, or any other by its number."""
    from ecp_ingest.review.terminal import undo as undo_edit

    undo_edit(record, number=number, reviewer=_reviewer(reviewer))


@app.command()
def log(path: Either, as_json: AsJson = False) -> None:
    """Every decision: who, when, what."""
    from ecp_ingest.review.terminal import show_log

    show_log(path, as_json=as_json)


@app.command()
def stats(path: Either, as_json: AsJson = False) -> None:
    """How much is done, how much was wrong, how many words a minute."""
    from ecp_ingest.review.terminal import show_stats

    show_stats(path, as_json=as_json)


@app.command("export-truth")
def export_truth(
    folder: Folder,
    into: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where it goes; made if missing.")],
    sources: SourcesFolder = None,
) -> None:
    """What was reviewed as ground truth: lines for train --pairs, texts for evaluate."""
    from ecp_ingest.review.terminal import export_truth as export

    export(folder, into=into, sources=sources)
