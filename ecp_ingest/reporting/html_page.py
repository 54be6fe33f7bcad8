"""The report of a batch as one HTML page: figures, plots, and the files that a person should look at.

The page loads nothing and runs no script. Names of files and messages are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ecp_ingest.html_tables import POLICY, html_table, safe
from ecp_ingest.reporting.entries import FileEntry
from ecp_ingest.reporting.plots import Bar, Column, bars, columns
from ecp_ingest.reporting.progress import duration_text
from ecp_ingest.reporting.report_file import BatchReport
from ecp_ingest.reporting.tables import clock, failed_table, least_sure_table, runs_table, slowest_table
from ecp_ingest.reporting.throughput import Stretch, pages_a_minute, speeds, stretches
from ecp_ingest.reporting.totals import Tally, failures, mean_confidence, reasons, stage_seconds

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --paper: #fff; --card: #f6f7f9; --faint: #595959; --line: #d3d6db;
  --head: #f1f1f1; --mark: #2a69ac; --bad: #b3261e; --rail: #e3e6ea }
@media (prefers-color-scheme: dark) { :root { --text: #ececec; --paper: #141517; --card: #1d1f23; --faint: #b0b3b8;
  --line: #3a3d43; --head: #26282d; --mark: #7fb4ea; --bad: #ff9b93; --rail: #2c2f35 } }
* { box-sizing: border-box }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--paper) }
h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.1rem; margin: 0 0 .2rem }
section > h2 { margin-top: 2.2rem }
.about { color: var(--faint); font-size: .9rem; margin: .2rem 0 1rem }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); gap: .8rem; margin: 1.4rem 0 }
dl div { background: var(--card); border-radius: .4rem; padding: .6rem .8rem }
dt { color: var(--faint); font-size: .85rem } dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
dd.bad { color: var(--bad) }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem;
  align-items: start }
figure { margin: 0; background: var(--card); border-radius: .4rem; padding: .9rem 1rem }
svg { display: block; width: 100%; height: auto; font: 12.5px system-ui, sans-serif; fill: var(--text) }
svg text { fill: var(--faint) } svg text.name { fill: var(--text) }
.mark { fill: var(--mark) } .mark.bad { fill: var(--bad) } .rail { fill: var(--rail) } .reach { fill: transparent }
g:hover > .reach { fill: var(--rail) }
.grid { stroke: var(--line) } .break { stroke: var(--faint); stroke-dasharray: 3 3 }
table { border-collapse: collapse; margin: .4rem 0 1.2rem; font-variant-numeric: tabular-nums; font-size: .92rem }
th, td { border: 1px solid var(--line); padding: .2rem .6rem; text-align: right }
th { background: var(--head); font-weight: 600 } th:first-child, td:first-child { text-align: left }
.words td { text-align: left; overflow-wrap: anywhere; min-width: 6rem } .words th { text-align: left }
.words td:first-child { min-width: 9rem } .words td:last-child { min-width: 17rem }
.wide { overflow-x: auto }
.wide:focus-visible { outline: 2px solid var(--mark) }
"""
BINS = 40
"""Columns of a plot over time; a plot of confidences has half as many."""
MOST_BARS = 8
"""In one plot; further kinds are summed up in one more bar."""


def page(report: BatchReport, *, name: str) -> str:
    """The whole document; ``name`` is the name of the output folder."""
    return "\n".join(_parts(report, name)) + "\n"


def _parts(report: BatchReport, name: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Batch report: {safe(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>Batch report: {safe(name)}</h1>"
    yield f'<p class="about">{safe(_when(report))}</p>'
    yield from _figures(report)
    yield '<div class="plots">'
    yield from _plots(report.files)
    yield "</div>"
    for title, table, kind in (
        ("Files that failed", failed_table(report.files), "words"),
        ("Slowest files", slowest_table(report.files), "numbers"),
        ("Least sure files", least_sure_table(report.files), "numbers"),
        ("Runs", runs_table(report.runs), "numbers"),
    ):
        if table.rows:
            # A table that may need scrolling must be reachable by keyboard.
            reach = f'class="wide" tabindex="0" role="region" aria-label="{title}"'
            drawn = html_table(table).replace('class="wide"', reach, 1)
            yield f'<section class="{kind}"><h2>{title}</h2>{drawn}</section>'
    yield "</main>\n</body>\n</html>"


def _when(report: BatchReport) -> str:
    if not report.runs:
        return ""
    last = max(report.runs, key=lambda run: run.ended)
    runs = "1 run" if len(report.runs) == 1 else f"{len(report.runs):,} runs"
    return f"{runs}; the last one began {clock(last.began)} and was {_state(last.state)} {clock(last.ended)}"


def _state(state: str) -> str:
    return {"running": "still running at"}.get(state, state)


def _figures(report: BatchReport) -> Iterator[str]:
    files = report.files
    failed = sum(entry.status != "ok" for entry in files)
    found = stretches(files)
    speed, confidence = pages_a_minute(found), mean_confidence(files)
    figures = [
        ("files", f"{len(files):,}", ""),
        ("failed or in part", f"{failed:,}", "bad" if failed else ""),
        ("pages", f"{sum(entry.pages for entry in files):,}", ""),
        ("releases to review", f"{sum(entry.to_review for entry in files):,}", ""),
    ]
    if confidence is not None:
        figures.append(("mean confidence", f"{confidence:.3f}", ""))
    if speed is not None:
        figures.append(("pages a minute", f"{speed:.1f}", ""))
        figures.append(("working time", _span(sum(s.seconds for s in found)), ""))
    yield "<dl>"
    for name, value, kind in figures:
        yield f'<div><dt>{name}</dt><dd class="{kind}">{value}</dd></div>'
    yield "</dl>"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.1f} min"


# ── the plots ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _plots(files: Sequence[FileEntry]) -> Iterator[str]:
    found = stretches(files)
    if sum(stretch.seconds for stretch in found) > 0:
        yield _figure("Pages a minute", "Time without work is left out; a dashed line shows where.", _throughput(found))
    confidences = [entry.confidence for entry in files if entry.confidence is not None]
    if confidences:
        yield _figure("Confidence", "Files by the mean confidence of their words.", _confidences(confidences))
    if tallies := failures(files):
        yield _figure("Failures by kind", "Files with this failure.", _tallies("failures", tallies, "bad"))
    if tallies := reasons(files):
        yield _figure("To review, by reason", "Files with this reason.", _tallies("review", tallies, ""))
    if seconds := stage_seconds(files):
        yield _figure("Seconds for each stage", "Summed over all pages.", _stages(seconds))


def _figure(title: str, about: str, plot: str) -> str:
    return f'<figure><h2>{title}</h2><p class="about">{about}</p>{plot}</figure>'


def _throughput(found: Sequence[Stretch]) -> str:
    total = sum(stretch.seconds for stretch in found)
    shown: list[Column] = []
    for stretch in found:
        bins = max(1, round(BINS * stretch.seconds / total))
        for place, speed in enumerate(speeds(stretch, bins)):
            at = stretch.began + place * (stretch.ended - stretch.began) / bins
            time = at.strftime("%H:%M:%S" if total < 600 else "%H:%M")
            tooltip = f"{at.strftime('%-d %b')} {time}: {speed:.1f} pages a minute"
            label = "" if place % (BINS // 8) else time if place or total < 600 else f"{at.strftime('%-d %b')} {time}"
            shown.append(Column(speed, tooltip, label, breaks=place == 0 and bool(shown)))
    most = max(column.value for column in shown)
    about = f"{pages_a_minute(found) or 0:.1f} pages a minute over {duration_text(total / 60)}; at most {most:.1f}."
    return columns("throughput", "Pages a minute over time", about, _uncrowded(shown), across="working time")


LEAST_DISTANCE = 3 * BINS // 10
"""Columns between two labels: a time of day needs so much room."""


def _uncrowded(shown: Sequence[Column]) -> list[Column]:
    """Remove labels that are too close to the one before; at the start of a stretch, remove that one instead."""
    kept: list[Column] = []
    last = -BINS
    for place, column in enumerate(shown):
        crowded = bool(column.label) and place - last < LEAST_DISTANCE
        if crowded and column.breaks and last > 0:
            kept[last] = replace(kept[last], label="")
        kept.append(replace(column, label="") if crowded and not column.breaks else column)
        last = place if kept[-1].label else last
    return kept


def _confidences(confidences: Sequence[float]) -> str:
    lowest = min(0.9, int(min(confidences) * 10) / 10)
    width = (1 - lowest) / BINS * 2
    counts = [0] * (BINS // 2)
    for confidence in confidences:
        counts[min(len(counts) - 1, int((confidence - lowest) / width))] += 1
    shown = [
        Column(
            count,
            f"{lowest + place * width:.3f} to {lowest + (place + 1) * width:.3f}: {count:,} files",
            f"{lowest + place * width:.3g}" if place % 5 == 0 else "",
        )
        for place, count in enumerate(counts)
    ]
    low = sum(confidence < 0.8 for confidence in confidences)
    about = f"{len(confidences):,} files from {min(confidences):.3f} to {max(confidences):.3f}; {low:,} are below 0.8."
    return columns("confidence", "Files by mean confidence", about, shown, across="mean confidence of a file")


def _stages(seconds: dict[str, float]) -> str:
    total = sum(seconds.values()) or 1
    shown = [Bar(name, took, f"{took:,.1f} s, {took / total:.0%}") for name, took in seconds.items()]
    about = "; ".join(f"{bar.name}: {bar.text}" for bar in shown)
    return bars("stages", "Seconds for each stage", about, shown)


def _tallies(name: str, tallies: dict[str, Tally], kind: str) -> str:
    shown = [Bar(what, tally.files, f"{tally.files:,}") for what, tally in list(tallies.items())[:MOST_BARS]]
    if rest := list(tallies.values())[MOST_BARS:]:
        files = sum(tally.files for tally in rest)
        shown.append(Bar(f"{len(rest)} other kinds", files, f"{files:,}"))
    about = "; ".join(f"{bar.name}: {bar.text} files" for bar in shown)
    title = "Reasons for a review" if name == "review" else "Kinds of failure"
    return bars(name, title, about, shown, kind=kind)
