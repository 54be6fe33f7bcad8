"""The report of a batch as tables of text, for the terminal and the HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ecp_ingest.html_tables import Table
from ecp_ingest.reporting.entries import FileEntry
from ecp_ingest.reporting.report_file import BatchReport, RunEntry
from ecp_ingest.reporting.throughput import pages_a_minute, stretches
from ecp_ingest.reporting.totals import Tally, failures, mean_confidence, reasons, stage_seconds

MOST_ROWS = 10
"""Rows in the tables of slow files, of doubtful files and of runs."""
MOST_FAILED = 50
OUTCOMES = {
    "ok": "converted",
    "partial": "in part",
    "failed": "failed",
    "refused": "refused",
    "unwritten": "not written",
}


def batch_tables(report: BatchReport) -> Iterator[tuple[str, Table]]:
    """(title, table) of each table that is not empty."""
    tables = [
        ("All files", totals_table(report)),
        ("Failures by kind", tally_table("failure", failures(report.files))),
        ("To review, by reason", tally_table("reason", reasons(report.files))),
        ("Files that failed", failed_table(report.files)),
        ("Slowest files", slowest_table(report.files)),
        ("Least sure files", least_sure_table(report.files)),
        ("Seconds for each stage", stages_table(report.files)),
        ("Runs", runs_table(report.runs)),
    ]
    yield from ((title, table) for title, table in tables if table.rows)


def clock(time: str) -> str:
    """An ISO 8601 time as date and time of day, in its own time zone."""
    return datetime.fromisoformat(time).strftime("%-d %b %Y %H:%M")


def totals_table(report: BatchReport) -> Table:
    files = report.files
    pages, failed = sum(entry.pages for entry in files), sum(entry.failed_pages for entry in files)
    speed, confidence = pages_a_minute(stretches(files)), mean_confidence(files)
    rows = [("files", f"{len(files):,}")]
    for status, name in OUTCOMES.items():
        if count := sum(entry.status == status for entry in files):
            rows.append((name, f"{count:,}"))
    rows += [
        ("records", f"{sum(len(entry.records) for entry in files):,}"),
        ("pages", f"{pages:,}" + (f", {failed:,} failed" if failed else "")),
        ("to review", f"{sum(entry.to_review for entry in files):,}"),
    ]
    if confidence is not None:
        rows.append(("mean confidence", f"{confidence:.3f}"))
    if speed is not None:
        rows.append(("pages a minute", f"{speed:.1f}"))
    return Table(("", "count"), tuple(rows))


def tally_table(name: str, tallies: dict[str, Tally]) -> Table:
    rows = [(kind, f"{tally.files:,}", f"{tally.times:,}") for kind, tally in tallies.items()]
    return Table((name, "files", "times"), tuple(rows))


def failed_table(files: Iterable[FileEntry]) -> Table:
    failed = [entry for entry in files if entry.status != "ok"]
    rows = [(entry.source, OUTCOMES[entry.status], _first(entry)) for entry in failed[:MOST_FAILED]]
    if len(failed) > MOST_FAILED:
        rows.append((f"… and {len(failed) - MOST_FAILED:,} more", "", "all of them are in report.json"))
    return Table(("file", "outcome", "why"), tuple(rows))


def _first(entry: FileEntry) -> str:
    more = f" (and {len(entry.problems) - 1} more)" if len(entry.problems) > 1 else ""
    return f"{entry.problems[0]}{more}" if entry.problems else ""


def slowest_table(files: Iterable[FileEntry]) -> Table:
    """The slowest files, by seconds of work per page. The wall clock would depend on what ran at the same time."""
    ranked = [(sum(entry.seconds.values()) / entry.pages, entry) for entry in files if entry.pages and entry.seconds]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].source))
    rows = [
        (entry.source, f"{each:.1f}", f"{each * entry.pages:.1f}", str(entry.pages), _longest(entry.seconds))
        for each, entry in ranked[:MOST_ROWS]
    ]
    return Table(("file", "seconds a page", "seconds", "pages", "longest stage"), tuple(rows))


def _longest(seconds: dict[str, float]) -> str:
    return max(seconds, key=lambda stage: seconds[stage])


def least_sure_table(files: Iterable[FileEntry]) -> Table:
    ranked = [(entry.confidence, entry) for entry in files if entry.confidence is not None]
    ranked.sort(key=lambda pair: (pair[0], pair[1].source))
    rows = [(entry.source, f"{sure:.3f}", f"{entry.words:,}") for sure, entry in ranked[:MOST_ROWS]]
    return Table(("file", "mean confidence", "words"), tuple(rows))


def stages_table(files: Iterable[FileEntry]) -> Table:
    files = tuple(files)
    seconds = stage_seconds(files)
    total, pages = sum(seconds.values()) or 1.0, sum(entry.pages - entry.failed_pages for entry in files) or 1
    rows = [(stage, f"{took:,.1f}", f"{took / pages:.2f}", f"{took / total:.0%}") for stage, took in seconds.items()]
    return Table(("stage", "seconds", "a page", "share"), tuple(rows))


def runs_table(runs: Iterable[RunEntry]) -> Table:
    """The runs, latest first."""
    rows = [
        (
            clock(run.began),
            clock(run.ended),
            run.state,
            f"{run.outcomes.get('ok', 0):,}",
            f"{run.outcomes.get('skipped', 0):,}",
            f"{sum(count for status, count in run.outcomes.items() if status not in ('ok', 'skipped')):,}",
            f"{run.pages:,}",
        )
        for run in sorted(runs, key=lambda run: run.began, reverse=True)[:MOST_ROWS]
    ]
    return Table(("began", "ended", "state", "converted", "done before", "failed", "pages"), tuple(rows))
