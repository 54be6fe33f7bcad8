"""What the terminal shows: of a batch a bar, problems and a summary; of a report and an evaluation their tables.

Records and tables go to stdout, all else to stderr.
"""

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
"""Seconds between two lines of progress if stderr is no terminal."""
OUTCOMES = {
    "ok": "converted",
    "skipped": "done before",
    "kept": "left as it was",
    "partial": "in part",
    "failed": "failed",
    "refused": "refused",
    "unwritten": "not written",
    "unfinished": "not finished",
}


class Front:
    """Shows a batch while it runs: a bar on a terminal; a line from time to time in cron or a log file."""

    def __init__(
        self, *, as_json: bool, quiet: bool, verbose: bool, every: float = EVERY, idle: str = "looking for pages"
    ) -> None:
        """``every`` is in seconds; ``idle`` is the text while nothing is in work."""
        self._as_json, self._quiet, self._verbose = as_json, quiet, verbose
        self._every, self._idle = every, idle
        self._console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True, emoji=False)
        self._is_terminal = self._console.is_terminal  # asked once: it is a system call, and events are many
        self._progress = Progress()
        self._last_line = time.monotonic()
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

    def warn(self, message: str) -> None:
        """Print a message, also with ``--quiet``."""
        self._console.print(message)

    def notify(self, event: Event) -> None:
        self._progress.notify(event, time.monotonic())
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
                if self._as_json and outcome.written:  # a record that could not be written is not printed
                    for record in records:
                        print(to_json(record, indent=None), flush=True)
        self._show(time.monotonic())
        if isinstance(event, PageDone) and self._is_terminal:
            self._bar.refresh()  # show every page at once, even if the next one follows soon

    def _show(self, now: float) -> None:
        line = self._idle if self._progress.is_idle else self._progress.line(now)
        if self._is_terminal:
            self._bar.update(
                self._task, description=line, total=self._progress.total or None, completed=self._progress.done
            )
        elif not self._quiet and not self._progress.is_idle and now - self._last_line >= self._every:
            self._last_line = now
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

    def stop_early(self, output: Place) -> None:
        """Print the summary of a batch that can't go on."""
        if self._queued:
            self.summarise(output, unfinished=self._queued - sum(self._counts.values()) + self._counts["refused"])

    def summarise(self, output: Place, *, unfinished: int = 0, interrupted: bool = False) -> None:
        """Print the summary at the end."""
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
    """Print what would be converted and why on stdout, with ``verbose`` also what would not; counts on stderr."""
    stdout, stderr = _console(stderr=False), _console(stderr=True)
    counts = Counter(decision.action for _, decision in plan.sources)
    for source, decision in plan.sources:
        if decision.action == "convert":
            stdout.print(on_one_line(f"{source.path}: {'; '.join(decision.reasons)}"))
        elif verbose:
            why = "done before" if decision.action == "done" else "a file is there already"
            stdout.print(on_one_line(f"{source.path}: {why}"))
    for refused in plan.refused:
        stderr.print(on_one_line(str(refused.error)))
    rows = [("would be converted", counts["convert"]), ("done before", counts["done"])]
    rows += [("left as it was", counts["keep"]), ("refused", len(plan.refused))]
    for name, count in rows:
        if count or name == "would be converted":
            stderr.print(f"{name}: {count}")


# ── the report of a batch ─────────────────────────────────────────────────────────────────────────────────────────


def show_report(report: BatchReport) -> None:
    """Print the result of a batch as tables."""
    stdout = _console(stderr=False)
    for title, table in batch_tables(report):
        stdout.print()
        stdout.print(title)
        _draw(stdout, table)


# ── evaluation ────────────────────────────────────────────────────────────────────────────────────────────────────


def show_evaluation(evaluation: Evaluation) -> None:
    """Print the tables, in per cent unless they say otherwise; what couldn't be compared goes to stderr."""
    stdout, problems = _console(stderr=False), _console(stderr=True)
    for name in evaluation.missing:
        problems.print(f"{name}: no record, so all of its text counts as wrong")
    for path in evaluation.extra:
        problems.print(f"{path}: no ground truth, left out")
    stdout.print(
        f"{len(evaluation.judgements)} sources, in per cent of the characters (CER) or words (WER) of the truth"
    )
    _draw(stdout, tables.texts_table(evaluation))
    stdout.print("CER and WER anywhere: folded; order and language of the paragraphs do not count")
    for name, foldings in NORMALISATIONS.items():
        stdout.print(f"{name}: {', '.join(folding.__name__ for folding in foldings)}")
    _draw(stdout, tables.layout_table(evaluation))
    if evaluation.overall.fields:
        _draw(stdout, tables.fields_table(evaluation))
    if evaluation.reliability():
        _draw(stdout, tables.confidence_table(evaluation))


def show_fit(before: Reliability, after: Reliability) -> None:
    """Print how good the confidences are before and after the fit, on words that the fit did not see."""
    stdout = _console(stderr=False)
    stdout.print(
        f"{before.words} words, {before.wrong} of them wrong; five folds, each judged by a fit to the other four"
    )
    head = ("confidence", "ECE", "errors in the least sure tenth", "of at most")
    rows = [
        (name, f"{of.ece:.4f}", f"{of.found:.1%}", f"{of.findable:.1%}")
        for name, of in (("the engine's", before), ("calibrated", after))
    ]
    _draw(stdout, TextTable(head, tuple(rows)))


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        console.width = 1000  # a pipe has no width; keep lines whole
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
