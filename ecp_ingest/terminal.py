"""A batch on the terminal: a bar while it runs, what went wrong, a summary. Records to stdout, all else to stderr.
An evaluation: its tables."""

from __future__ import annotations

from pathlib import Path

from rich import progress as bars
from rich.console import Console
from rich.table import Table

from ecp_ingest.evaluation import Evaluation, tables
from ecp_ingest.evaluation.reliability import Reliability
from ecp_ingest.evaluation.scores import NORMALISATIONS
from ecp_ingest.record import to_json
from ecp_ingest.report import Event, Finished, Opened, Outcome, PageDone, Report


class Front:
    """What a batch looks like on a terminal, or in a log where stderr is none."""

    def __init__(self, *, as_json: bool, quiet: bool, verbose: bool) -> None:
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose
        self._console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False)
        self._progress = bars.Progress(
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.TaskProgressColumn(),
            bars.MofNCompleteColumn(),
            bars.TimeElapsedColumn(),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("pages", total=0)
        self._total = 0

    def __enter__(self) -> Front:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, event: Event) -> None:
        match event:
            case Opened(_, pages):
                self._total += pages
                self._progress.update(self._task, total=self._total)
            case PageDone(source, number, failure):
                self._progress.advance(self._task)
                if self._verbose:
                    self._console.print(f"{source}, page {number}: {'failed' if failure else 'read'}")
            case Finished(outcome, records):
                self._finished(outcome)
                if self._as_json:
                    for record in records:
                        print(to_json(record, indent=None), flush=True)

    def _finished(self, outcome: Outcome) -> None:
        for problem in outcome.problems:
            self._console.print(problem)
        if outcome.detail and self._verbose:
            self._console.print(outcome.detail.rstrip())
        if self._verbose:
            names = ", ".join(map(str, outcome.written)) or "no record"
            self._console.print(f"{outcome.source}: {outcome.status}, {outcome.seconds:.1f} s → {names}")

    def summarise(self, report: Report, output: Path) -> None:
        table = Table("", "sources", box=None, show_header=False, pad_edge=False)
        rows = [
            ("converted", report.count("ok")),
            ("done before", report.count("skipped")),
            ("in part", report.count("partial")),
            ("failed", report.count("failed")),
            ("refused", report.count("refused")),
            ("not written", report.count("unwritten")),
            ("not finished", report.unfinished),
        ]
        for name, count in rows:
            if count or name == "converted":
                table.add_row(name, str(count))
        if report.pages:
            failed = f", {report.failed_pages} failed" if report.failed_pages else ""
            table.add_row("pages", f"{report.pages}{failed}")
        if report.to_review:
            table.add_row("to review", str(report.to_review))
        table.add_row("records in", str(output))
        if report.interrupted:
            self._console.print("interrupted: what was done is kept; the same command goes on from here")
        self._console.print(table)


# ── evaluation ────────────────────────────────────────────────────────────────────────────────────────────────────


def show_evaluation(evaluation: Evaluation) -> None:
    """Tables on stdout, in per cent where nothing else is said; what couldn't be compared on stderr."""
    told, problems = _paper(stderr=False), _paper(stderr=True)
    for name in evaluation.missing:
        problems.print(f"{name}: no record, counted as read wholly wrong")
    for path in evaluation.extra:
        problems.print(f"{path}: no ground truth, left out")
    told.print(f"{len(evaluation.judgements)} sources, in per cent of the characters (CER) or words (WER) of the truth")
    _draw(told, tables.texts_table(evaluation))
    told.print("CER and WER anywhere: folded, wherever a paragraph stands and whatever language it was taken for")
    for name, foldings in NORMALISATIONS.items():
        told.print(f"{name}: {', '.join(folding.__name__ for folding in foldings)}")
    _draw(told, tables.things_table(evaluation))
    if evaluation.overall.fields:
        _draw(told, tables.fields_table(evaluation))
    if evaluation.reliability():
        _draw(told, tables.confidence_table(evaluation))


def show_fit(before: Reliability, after: Reliability) -> None:
    """How well confidences did before and would do after, on words that were kept from the fit."""
    told = _paper(stderr=False)
    told.print(f"{before.words} words, {before.wrong} of them wrong; judged in five folds, each by the other four")
    head = ("confidence", "ECE", "errors in the least sure tenth", "of at most")
    rows = [
        (name, f"{of.ece:.4f}", f"{of.found:.1%}", f"{of.findable:.1%}")
        for name, of in (("the engine's", before), ("calibrated", after))
    ]
    _draw(told, tables.Table(head, tuple(rows)))


def _paper(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        console.width = 1000  # a pipe has no edge
    return console


def _draw(console: Console, table: tables.Table) -> None:
    drawn = Table(box=None, pad_edge=False)
    for place, name in enumerate(table.head):
        drawn.add_column(name, justify="left" if place == 0 else "right")
    for row in table.rows:
        drawn.add_row(*row)
    console.print()
    console.print(drawn)
