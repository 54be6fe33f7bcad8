"""The command line: parse → one call → exit code. Data goes to stdout, everything else to stderr.

Whatever is slow to import is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ecp_ingest import __version__, cli_review
from ecp_ingest.errors import EcpIngestError
from ecp_ingest.settings import Mode, RecogniseSettings, ReleaseSettings, ScanSettings, Settings
from ecp_ingest.training import Plan, Progress

SCAN = ScanSettings()
RECOGNISE = RecogniseSettings()
TRAINING = Plan(minutes=90.0)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Scanned and PDF press releases of the Election Commission of Pakistan, English and Urdu, into JSON records.",
)
app.add_typer(cli_review.app, name="review")


def main() -> None:
    """The entry point: every error that is ours becomes a message and an exit code; any other is a bug and shows."""
    try:
        app(prog_name="ecp-ingest")
    except EcpIngestError as error:
        _say(f"ecp-ingest: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:  # before or after the batch, which sees to its own
        sys.exit(130)


def _say(message: str) -> None:
    # Names of files may hold what rich takes for markup, and a long path must not be broken in two.
    Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False).print(message)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ecp-ingest {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    del version


# ── convert ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _languages(given: str) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(given.split("+")))
    unknown = [language for language in languages if language not in RECOGNISE.languages]
    if unknown:
        known = ", ".join(RECOGNISE.languages)
        raise typer.BadParameter(f"'{'+'.join(unknown)}' is none of {known}; join several with +")
    return languages


def _ranges(given: str) -> tuple[tuple[int, int | None], ...]:
    """``1-3,7,9-`` → ((1, 3), (7, 7), (9, None))."""
    ranges = []
    for part in given.split(",") if given else []:
        match = re.fullmatch(r"\s*([1-9]\d*)\s*(-\s*([1-9]\d*)?)?\s*", part)
        if match is None:
            raise typer.BadParameter(f"'{part}' is no page or range of pages; pages count from 1: 1-3,7,9-")
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else None
        if last is not None and last < first:
            raise typer.BadParameter(f"'{part}' runs backwards")
        ranges.append((first, last))
    return tuple(ranges)


def _cores() -> int:
    """Those that this process may use, which a container or taskset may have made fewer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@app.command()
def convert(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders (with all below them), patterns.")
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the records go; made if missing.")
    ],
    language: Annotated[
        str, typer.Option("-l", "--language", metavar="LANGS", help="Languages to expect: eng, urd, eng+urd.")
    ] = "+".join(RECOGNISE.languages),
    jobs: Annotated[
        int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Pages read at a time; 0: one per core.")
    ] = 0,
    pages: Annotated[
        str, typer.Option(metavar="RANGES", help="Only these pages of each source, such as 1-3,7,9-.")
    ] = "",
    mode: Annotated[
        Mode, typer.Option(help="auto judges each page; text trusts text layers; ocr recognises every page.")
    ] = SCAN.mode,
    image_dpi: Annotated[
        float | None,
        typer.Option(min=30, max=2400, metavar="DPI", help="Resolution of images, whatever they say themselves."),
    ] = SCAN.image_dpi,
    max_image_mpixels: Annotated[
        float, typer.Option(min=0.01, metavar="N", help="Refuse pages with more than N million pixels.")
    ] = SCAN.max_image_mpixels,
    tesseract_timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Longest that Tesseract may take for a page.")
    ] = RECOGNISE.timeout,
    urdu_model: Annotated[
        str, typer.Option(metavar="NAME", help="Model for Urdu: urd_nastaliq, or Tesseract's own urd.")
    ] = RECOGNISE.urdu_model,
    tessdata_dir: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to look for models first.")] = None,
    gazetteer: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="More names of offices, places, parties …; the README has the form."),
    ] = None,
    no_split: Annotated[
        bool, typer.Option("--no-split", help="One record for each source, however many releases it seems to hold.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Convert again what was done before in the same way.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Also print each record on stdout, one per line.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Name every source and page as it is done.")] = False,
) -> None:
    """Convert releases into records: one JSON file each, in the folder tree of the input."""
    from ecp_ingest.gazetteer import read_rows

    settings = Settings(
        scan=ScanSettings(mode=mode, pages=_ranges(pages), image_dpi=image_dpi, max_image_mpixels=max_image_mpixels),
        recognise=RecogniseSettings(
            languages=_languages(language),
            urdu_model=urdu_model,
            tessdata_dir=str(tessdata_dir) if tessdata_dir else None,
            timeout=tesseract_timeout,
        ),
        release=ReleaseSettings(gazetteer=read_rows(gazetteer) if gazetteer else "", split=not no_split),
    )
    from ecp_ingest.batch import convert as convert_all
    from ecp_ingest.terminal import Front

    with Front(as_json=as_json, quiet=quiet, verbose=verbose) as front:
        report = convert_all(
            inputs, output=output, settings=settings, workers=jobs or _cores(), force=force, tell=front.tell
        )
    if not quiet:
        front.summarise(report, output)
    raise typer.Exit(report.exit_code)


# ── the other commands ────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def doctor(
    urdu_model: Annotated[str, typer.Option(metavar="NAME", help="Model for Urdu.")] = RECOGNISE.urdu_model,
    tessdata_dir: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to look for models first.")] = None,
) -> None:
    """Show what is needed and what is found; exit code 3 if something needed is missing."""
    from ecp_ingest.doctor import examine, is_fit

    findings = examine(
        RecogniseSettings(urdu_model=urdu_model, tessdata_dir=str(tessdata_dir) if tessdata_dir else None)
    )
    words = {"found": "found", "missing": "MISSING", "optional": "not there"}
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
    from ecp_ingest.record import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


RecordsArgument = Annotated[Path, typer.Argument(metavar="RECORDS", help="Folder of records, or one record.")]
TruthArgument = Annotated[
    Path, typer.Argument(metavar="TRUTH", help="Folder of ground truth (x.gt.json, x.gt.txt), or one file.")
]


@app.command()
def evaluate(
    records: RecordsArgument,
    truth: TruthArgument,
    as_json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="All numbers, as JSON.")] = None,
    as_html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="A page that shows every error in its place.")
    ] = None,
) -> None:
    """Measure records against ground truth: text, languages, order, boxes, fields, confidence."""
    from ecp_ingest.evaluation import evaluate as compare
    from ecp_ingest.evaluation.numbers import as_numbers
    from ecp_ingest.evaluation.page import page
    from ecp_ingest.record import write_text
    from ecp_ingest.terminal import show_evaluation

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
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Where the calibration goes, as JSON.")],
) -> None:
    """Fit what confidences mean to records whose text is known; see ecp_ingest/data/confidence.json."""
    from ecp_ingest.calibration import to_json
    from ecp_ingest.evaluation.fitting import fit
    from ecp_ingest.record import write_text
    from ecp_ingest.terminal import show_fit

    found = fit(records, truth)
    write_text(out, to_json(found.calibration))
    show_fit(found.before, found.after)


@app.command()
def train(
    text: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Urdu text, UTF-8 (.xz too), a paragraph a line; repeatable.")
    ],
    fonts: Annotated[Path, typer.Option(metavar="FOLDER", help="Fonts to draw the text with (.ttf, .otf).")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="For checkpoints and models.")],
    pairs: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Pictures of lines with their text: x.png, x.gt.txt.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Model to begin from; Tesseract's own urd if not told.")
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the new model.")] = RECOGNISE.urdu_model,
    minutes: Annotated[
        float, typer.Option(min=0.1, metavar="N", help="Wall clock, over all resumptions.")
    ] = TRAINING.minutes,
    rate: Annotated[
        float, typer.Option(metavar="R", help="Highest learning rate; a tenth of it for a finished model.")
    ] = TRAINING.rate,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")] = False,
) -> None:
    """Train a model for Urdu and pack it for Tesseract; needs ecp-ingest[train]."""
    from ecp_ingest.recognise import find_model
    from ecp_ingest.training import train as train_model

    model = train_model(
        out=out,
        fonts=fonts,
        texts=text,
        start=start or find_model("urd", tessdata_dir=None).path,
        latin=find_model("eng", tessdata_dir=None).path,
        name=name,
        minutes=minutes,
        rate=rate,
        resume=resume,
        pairs=pairs,
        progress=_trained,
    )
    typer.echo(model)


def _trained(progress: Progress) -> None:
    _say(
        f"{progress.spent / 60:.1f} min, step {progress.step}, {progress.lines} lines: "
        f"loss {progress.loss:.4f} per character, rate {progress.rate:.2g}"
    )
