"""The command line: parse → one call → exit code. Data goes to stdout, everything else to stderr.

Modules that are slow to import are imported inside the functions that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ecp_ingest._version import __version__
from ecp_ingest.cli import convert, export, review
from ecp_ingest.errors import EcpIngestError
from ecp_ingest.files.names import on_one_line
from ecp_ingest.settings import RecogniseSettings
from ecp_ingest.training.train import Plan, Progress, Sizes

RECOGNISE = RecogniseSettings()
TRAINING = Plan(minutes=90.0)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Scanned and PDF press releases of the Election Commission of Pakistan, English and Urdu, into JSON records.",
)
app.add_typer(review.app, name="review")


def main() -> None:
    """The entry point. An `EcpIngestError` becomes a message and an exit code; any other is a bug and is raised."""
    try:
        app(prog_name="ecp-ingest")
    except EcpIngestError as error:
        _warn(f"ecp-ingest: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:  # before or after a batch; a batch handles its own interrupts
        sys.exit(130)


def _warn(message: str) -> None:
    # A file name may contain what rich takes for markup, and a long path must stay on one line.
    Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False).print(on_one_line(message))


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ecp-ingest {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    del version


app.command()(convert.convert)
app.command()(convert.watch)
app.command()(export.export)
app.command()(export.search)
app.command()(export.validate)


# ── the other commands ────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def doctor(
    urdu_model: Annotated[str, typer.Option(metavar="NAME", help="Model for Urdu.")] = RECOGNISE.urdu_model,
    tessdata_dir: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to look for models first.")] = None,
) -> None:
    """Show what is required and what is installed; exit code 3 if something required is missing."""
    from ecp_ingest.cli.doctor import examine, is_fit

    findings = examine(
        RecogniseSettings(urdu_model=urdu_model, tessdata_dir=str(tessdata_dir) if tessdata_dir else None)
    )
    words = {"found": "found", "missing": "MISSING", "optional": "not installed"}
    table = Table("what", "state", "which, or what to do", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.what, words[finding.state], finding.detail)
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = 1000  # a pipe has no edge
    console.print(table)
    raise typer.Exit(0 if is_fit(findings) else 3)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    from ecp_ingest.record.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


RecordsArgument = Annotated[Path, typer.Argument(metavar="RECORDS", help="Folder of records, or one record.")]
TruthArgument = Annotated[
    Path, typer.Argument(metavar="TRUTH", help="Folder of ground truth (x.gt.json, x.gt.txt), or one file.")
]


@app.command()
def report(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where convert or watch wrote the records.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print report.json.")] = False,
    as_html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Also write a page with plots; it needs no other file."),
    ] = None,
) -> None:
    """Show the result of a batch: failures, what needs review, slow and doubtful files."""
    from ecp_ingest.cli.console import show_report
    from ecp_ingest.files.atomic import write_text
    from ecp_ingest.files.locations import place
    from ecp_ingest.reporting.html_page import page
    from ecp_ingest.reporting.report_file import read_report, to_json

    found = read_report(place(folder))
    if as_html:
        write_text(as_html, page(found, name=folder))
    if as_json:
        typer.echo(to_json(found), nl=False)
    else:
        show_report(found)


@app.command()
def evaluate(
    records: RecordsArgument,
    truth: TruthArgument,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Also write all numbers as JSON.")
    ] = None,
    as_html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Also write a page that shows every error in its text."),
    ] = None,
) -> None:
    """Measure records against ground truth: text, languages, order, boxes, fields, confidence."""
    from ecp_ingest.cli.console import show_evaluation
    from ecp_ingest.evaluation.as_json import as_numbers
    from ecp_ingest.evaluation.evaluate import evaluate as compare
    from ecp_ingest.evaluation.html_page import page
    from ecp_ingest.files.atomic import write_text

    evaluation = compare(records, truth)
    if as_json:
        write_text(as_json, json.dumps(as_numbers(evaluation), ensure_ascii=False, indent=2) + "\n")
    if as_html:
        write_text(as_html, page(evaluation))
    show_evaluation(evaluation)
    raise typer.Exit(1 if evaluation.missing else 0)


@app.command()
def calibrate(
    records: RecordsArgument,
    truth: TruthArgument,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Where to write the calibration, as JSON.")],
) -> None:
    """Fit the calibration of confidences to records with ground truth; see ecp_ingest/data/confidence.json."""
    from ecp_ingest.cli.console import show_fit
    from ecp_ingest.evaluation.fit_confidence import fit
    from ecp_ingest.files.atomic import write_text
    from ecp_ingest.page.recognition.confidence import to_json

    fitted = fit(records, truth)
    write_text(out, to_json(fitted.calibration))
    show_fit(fitted.before, fitted.after)


@app.command()
def train(
    text: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="Urdu text, UTF-8 (also .xz), one paragraph on each line; repeatable."),
    ],
    fonts: Annotated[Path, typer.Option(metavar="FOLDER", help="Fonts to draw the text with (.ttf, .otf).")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="For checkpoints and models.")],
    pairs: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Pictures of lines with their text: x.png, x.gt.txt.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Model to start from; default: Tesseract's own urd.")
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the new model.")] = RECOGNISE.urdu_model,
    minutes: Annotated[
        float, typer.Option(min=0.1, metavar="N", help="Training time (wall clock) of all runs together.")
    ] = TRAINING.minutes,
    rate: Annotated[
        float, typer.Option(metavar="R", help="Highest learning rate; use a tenth of it for a finished model.")
    ] = TRAINING.rate,
    sizes: Annotated[
        str | None,
        typer.Option(metavar="A/B/C/D", help="Units of the network's layers; default: those of the start model."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue from the checkpoint in the folder.")] = False,
) -> None:
    """Train a model for Urdu and pack it for Tesseract; needs ecp-ingest[train]."""
    from ecp_ingest.page.recognition.models import find_model
    from ecp_ingest.training.train import train as train_model

    model = train_model(
        out=out,
        fonts=fonts,
        texts=text,
        start=start or find_model("urd", tessdata_dir=None).path,
        latin=find_model("eng", tessdata_dir=None).path,
        name=name,
        minutes=minutes,
        sizes=Sizes.parse(sizes) if sizes else None,
        rate=rate,
        resume=resume,
        pairs=pairs,
        progress=_print_progress,
    )
    typer.echo(model)


def _print_progress(progress: Progress) -> None:
    _warn(
        f"{progress.spent / 60:.1f} min, step {progress.step}, {progress.lines} lines: "
        f"loss {progress.loss:.4f} per character, rate {progress.rate:.2g}"
    )
