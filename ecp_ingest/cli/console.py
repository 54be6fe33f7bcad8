"""A batch on the terminal: a bar while it runs, what went wrong, a summary. Records to stdout, all else to stderr.
A report and an evaluation: their tables."""

from __future__ import annotations

import time
from collections import Counter

from rich import progress as bars
from rich.console import Console
from rich.table import Table

from ecp_ingest.batch.convert import Plan
from ecp_ingest.batch.events import Event, Finished, Outcome, PageDone, Queued, Waiting
from ecp_ingest.evaluation import tables
from ecp_ingest.evaluation.evaluate import Evaluation
from ecp_ingest.evaluation.reliability import Reliability
from ecp_ingest.evaluation.scores import NORMALISATIONS
from ecp_ingest.files.locations import Place
from ecp_ingest.files.names import on_one_line
from ecp_ingest.html_tables import Table as TextTable
from ecp_ingest.record.schema import to_json
from ecp_ingest.reporting.progress import Progress
from ecp_ingest.reporting.report_file import BatchReport
from ecp_ingest.reporting.tables import batch_tables

EVERY = 30.0
"""Seconds from one line of progress to the next, where stderr is no terminal."""
OUTCOMES = {
    "ok": "converted",
    "skipped": "done before",
    "kept": "left alone",
    "partial": "in part",
    "failed": "failed",
    "refused": "refused",
    "unwritten": "not written",
    "unfinished": "not finished",
}


class Front:
    """What a batch looks like on a terminal; where stderr is none (cron, a log file) a line every so often."""

    def __init__(
        self, *, as_json: bool, quiet: bool, verbose: bool, every: float = EVERY, idle: str = "looking for pages"
    ) -> None:
        """``idle`` is shown while nothing is in work."""
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose
        self._every, self._idle = every, idle
        self._console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False)
        self._is_terminal = self._console.is_terminal  # the system is asked, and there may be many events
        self._progress = Progress()
        self._said = time.monotonic()
        self._queued = 0
        self._counts: Counter[str] = Counter()
        self._pages = self._failed_pages = self._to_review = 0
        self._bar = bars.Progress(
            bars.SpinnerColumn("line"),
            bars.BarColumn(bar_width=20),
            bars.TextColumn("{task.description}", markup=False),
            console=self._console,
            disable=quiet or not self._is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task(idle, total=None)

    def __enter__(self) -> Front:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, message: str) -> None:
        """Something that a person should know, whatever was asked for."""
        self._console.print(message)

    def tell(self, event: Event) -> None:
        self._progress.hear(event, time.monotonic())
        match event:
            case Queued(sources):
                self._queued += sources
            case PageDone(source, number, failure):
                if self._verbose:
                    self._console.print(on_one_line(f"{source}, page {number}: {'failed' if failure else 'read'}"))
            case Waiting(sources):
                self._console.print(f"another run into this folder is working on {sources} sources: waiting for it")
            case Finished(outcome, records):
                self._finished(outcome)
                if self._as_json and outcome.written:  # what stands nowhere is no record yet
                    for record in records:
                        print(to_json(record, indent=None), flush=True)
        self._show(time.monotonic())
        if isinstance(event, PageDone) and self._is_terminal:
            self._bar.refresh()  # a page is worth a look at once, however soon the next is done

    def _show(self, now: float) -> None:
        line = self._idle if self._progress.is_idle else self._progress.line(now)
        if self._is_terminal:
            self._bar.update(
                self._task, description=line, total=self._progress.total or None, completed=self._progress.done
            )
        elif not self._quiet and not self._progress.is_idle and now - self._said >= self._every:
            self._said = now
            self._console.print(line)

    def _finished(self, outcome: Outcome) -> None:
        self._counts[outcome.status] += 1
        self._pages += outcome.pages
        self._failed_pages += outcome.failed_pages
        self._to_review += outcome.to_review
        for problem in outcome.problems:
            self._console.print(on_one_line(problem))
        if outcome.detail and self._verbose:
            self._console.print(outcome.detail.rstrip())
        if self._verbose:
            names = ", ".join(map(str, outcome.written)) or "no record"
            line = f"{outcome.source}: {outcome.status}, {outcome.seconds:.1f} s → {names}"
            self._console.print(on_one_line(line))

    def break_off(self, output: Place) -> None:
        """What came of all, where the batch can't go on."""
        if self._queued:
            self.summarise(output, unfinished=self._queued - sum(self._counts.values()) + self._counts["refused"])

    def summarise(self, output: Place, *, unfinished: int = 0, interrupted: bool = False) -> None:
        """What came of all, at the end."""
        self._bar.stop()
        if self._quiet:
            return
        table = Table("", "sources", box=None, show_header=False, pad_edge=False)
        counts = {**self._counts, "unfinished": unfinished}
        for status, name in OUTCOMES.items():
            if counts.get(status) or status == "ok":
                table.add_row(name, str(counts.get(status, 0)))
        if self._pages:
            failed = f", {self._failed_pages} failed" if self._failed_pages else ""
            table.add_row("pages", f"{self._pages}{failed}")
        if self._to_review:
            table.add_row("to review", str(self._to_review))
        table.add_row("records in", str(output))
        if interrupted:
            self._console.print("interrupted: what was done is kept; the same command goes on from here")
        self._console.print(table)


# ── what a batch would do ─────────────────────────────────────────────────────────────────────────────────────────


def show_plan(plan: Plan, *, verbose: bool) -> None:
    """What would be converted and why, on stdout, and with ``verbose`` also what wouldn't; counts on stderr."""
    told, counted = _paper(stderr=False), _paper(stderr=True)
    counts = Counter(standing.action for _, standing in plan.sources)
    for source, standing in plan.sources:
        if standing.action == "convert":
            told.print(on_one_line(f"{source.path}: {'; '.join(standing.reasons)}"))
        elif verbose:
            why = "done before" if standing.action == "done" else "something stands there"
            told.print(on_one_line(f"{source.path}: {why}"))
    for refused in plan.refused:
        counted.print(on_one_line(str(refused.error)))
    rows = [("would be converted", counts["convert"]), ("done before", counts["done"])]
    rows += [("left alone", counts["keep"]), ("refused", len(plan.refused))]
    for name, count in rows:
        if count or name == "would be converted":
            counted.print(f"{name}: {count}")


# ── the report of a batch ─────────────────────────────────────────────────────────────────────────────────────────


def show_report(report: BatchReport) -> None:
    """What became of all files, as tables on stdout."""
    told = _paper(stderr=False)
    for title, table in batch_tables(report):
        told.print()
        told.print(title)
        _draw(told, table)


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
    _draw(told, TextTable(head, tuple(rows)))


def _paper(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        console.width = 1000  # a pipe has no edge
    return console


def _draw(console: Console, table: TextTable) -> None:
    drawn = Table(box=None, pad_edge=False)
    for place, name in enumerate(table.head):
        figures = place > 0 and any(row[place][-1:].isdigit() or row[place][-1:] == "%" for row in table.rows)
        drawn.add_column(name, justify="right" if figures else "left")
    for row in table.rows:
        drawn.add_row(*row)
    console.print()
    console.print(drawn)
