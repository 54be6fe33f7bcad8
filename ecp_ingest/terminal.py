"""A batch on the terminal: a bar while it runs, what went wrong, a summary. Records to stdout, all else to stderr."""

from __future__ import annotations

from pathlib import Path

from rich import progress as bars
from rich.console import Console
from rich.table import Table

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
