"""A batch seen while it runs, and its report in the morning."""

from __future__ import annotations

import json
import multiprocessing
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from ecp_ingest.batch.events import Ended, Finished, Opened, Outcome, PageDone, Queued
from ecp_ingest.cli.console import Front
from ecp_ingest.document.pages import FailedPage
from ecp_ingest.errors import NoInputError, OutputError
from ecp_ingest.evaluation.evaluate import evaluate
from ecp_ingest.files.record_files import REPORT_NAME, is_report, records_in
from ecp_ingest.record.entries import ReviewEntry, ReviewReason
from ecp_ingest.record.schema import read_record, write_record
from ecp_ingest.reporting.entries import FileEntry, kind_of
from ecp_ingest.reporting.event_log import EventLog
from ecp_ingest.reporting.html_page import page
from ecp_ingest.reporting.progress import Progress, duration_text
from ecp_ingest.reporting.report_file import BatchReport, ReportWriter, RunEntry, read_report, to_json
from ecp_ingest.reporting.throughput import pages_a_minute, speeds, stretches
from ecp_ingest.reporting.totals import failures, mean_confidence, reasons
from tests.support.builders import RunCli, make_record, records_of
from tests.support.paths import REPOSITORY

RELEASE = """Election Commission of Pakistan
Press Release
Lahore, 9th May, 2023:
The final list of the contesting candidates has been published.
"""


def lay_out(folder: Path) -> Path:
    inputs = folder / "in"
    inputs.mkdir()
    for name in ("first.txt", "second.txt"):
        (inputs / name).write_text(RELEASE, encoding="utf-8")
    (inputs / "broken.pdf").write_bytes(b"MZ\x90" + bytes(range(256)))
    return inputs


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Path:
    """A folder with ``in``, converted once into ``out``, and the ``log.jsonl`` of it."""
    folder = tmp_path_factory.mktemp("night")
    (folder / "log.jsonl").write_text("what stood there\n")
    inputs = lay_out(folder)
    result = run_cli("convert", inputs, "-o", folder / "out", "-j", "1", "--log-json", folder / "log.jsonl")
    assert result.returncode == 1, result.stderr
    return folder


@pytest.fixture
def morning(night: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(night, tmp_path / "morning"))


def told(output: Path) -> dict[str, FileEntry]:
    return {Path(entry.source).name: entry for entry in read_report(output).files}


# ── report.json ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_tells_of_every_file_after_any_number_of_runs(morning: Path, run_cli: RunCli) -> None:
    inputs, out = morning / "in", morning / "out"
    first = told(out)
    assert {name: entry.status for name, entry in first.items()} == {
        "broken.pdf": "failed", "first.txt": "ok", "second.txt": "ok"
    }  # fmt: skip
    assert first["first.txt"].records == ("first.json",)
    assert first["first.txt"].source == "../in/first.txt"
    assert first["broken.pdf"].failures == {"scan: named .pdf but its content is something else": 1}
    assert first["broken.pdf"].review == {"failed_source": 1}
    assert first["broken.pdf"].problems[0].startswith("named .pdf but")

    (inputs / "third.txt").write_text(RELEASE, encoding="utf-8")
    (inputs / "broken.pdf").unlink()
    assert run_cli("convert", inputs, "-o", out, "-j", "1").returncode == 0
    second = told(out)
    assert set(second) == {"broken.pdf", "first.txt", "second.txt", "third.txt"}
    assert second["first.txt"] == first["first.txt"]  # done before: what it took then still stands
    runs = read_report(out).runs
    assert [run.outcomes for run in runs] == [{"ok": 2, "failed": 1}, {"ok": 1, "skipped": 2}]
    assert [run.state for run in runs] == ["finished", "finished"]
    totals = json.loads((out / REPORT_NAME).read_text(encoding="utf-8"))["totals"]
    assert totals["status"] == {"failed": 1, "ok": 3}
    assert totals["pages"] == 3


def test_a_lost_report_comes_back_from_the_records(morning: Path, run_cli: RunCli) -> None:
    inputs, out = morning / "in", morning / "out"
    before = told(out)
    (out / REPORT_NAME).unlink()
    run_cli("convert", inputs, "-o", out, "-j", "1")
    after = told(out)
    assert set(after) == set(before)
    assert after["first.txt"] == replace(before["first.txt"], took=None, finished=None)


def test_the_report_is_no_record_to_anyone(morning: Path, run_cli: RunCli) -> None:
    out, export = morning / "out", morning / "export"
    for name in ("first", "second", "broken"):
        (morning / f"in/{name}.gt.txt").write_text(RELEASE, encoding="utf-8")
    assert is_report(out / REPORT_NAME)
    assert records_in(out) == ("broken.json", "first.json", "second.json")
    assert not evaluate(out, morning / "in").extra
    exported = run_cli("export", out, "--to", "jsonl", "-o", export)
    assert (exported.returncode, "report" in exported.stderr) == (0, False)


def test_a_source_called_report_loses_nothing(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "in/sub").mkdir(parents=True)
    for name in ("report.txt", "sub/report.txt"):
        (tmp_path / "in" / name).write_text(RELEASE, encoding="utf-8")
    out = tmp_path / "out"
    for _ in range(2):
        assert run_cli("convert", tmp_path / "in", "-o", out, "-j", "1").returncode == 0
    assert records_in(out) == ("report.1.json", "sub/report.json")
    assert {entry.records for entry in read_report(out).files} == {("report.1.json",), ("sub/report.json",)}
    assert read_report(out).runs[-1].outcomes == {"skipped": 2}


def test_what_else_is_called_report_is_never_written_over(tmp_path: Path, inputs: Path, run_cli: RunCli) -> None:
    """An older version wrote the record of report.pdf there."""
    out = tmp_path / "out"
    out.mkdir()
    write_record(make_record(file_name="report.pdf"), out / REPORT_NAME)
    result = run_cli("convert", inputs, "-o", out, "-j", "1")
    assert result.returncode == OutputError.exit_code
    assert "is no report of ecp-ingest: move it away" in result.stderr
    assert read_record(out / REPORT_NAME).source.file_name == "report.pdf"
    assert set(records_in(out)) == {"broken.json", "first.json", "second.json", "report.json"}


def test_a_damaged_report_is_named_and_kept(morning: Path, run_cli: RunCli) -> None:
    out = morning / "out"
    cut = (out / REPORT_NAME).read_text(encoding="utf-8")[:-40]
    (out / REPORT_NAME).write_text(cut, encoding="utf-8")
    result = run_cli("report", out)
    assert (result.returncode, "is damaged: move it away" in result.stderr) == (OutputError.exit_code, True)
    with pytest.raises(NoInputError, match="there is no report"):
        read_report(morning / "in")


def keep_book(output: Path, name: str, count: int) -> None:
    """As a run of its own would: ``count`` files, the report written after each."""
    for number in range(count):
        with ReportWriter(output) as report:
            report.notify(Queued(1))
            report.notify(Finished(Outcome(output / f"{name}-{number}.pdf", "failed", seconds=0.1), ()))
            report.notify(Ended(1))


def test_two_runs_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    runs = [context.Process(target=keep_book, args=(tmp_path, name, 25)) for name in ("a", "b", "c")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    report = read_report(tmp_path)
    assert {entry.source for entry in report.files} == {f"{name}-{n}.pdf" for name in "abc" for n in range(25)}
    assert sum(run.queued for run in report.runs) == 75


def test_a_run_that_breaks_off_says_so(tmp_path: Path) -> None:
    with ReportWriter(tmp_path) as report:
        report.notify(Finished(Outcome(tmp_path / "a.pdf", "failed"), ()))
    assert read_report(tmp_path).runs[0].state == "interrupted"


def test_a_file_that_was_moved_and_converted_again_counts_once(tmp_path: Path) -> None:
    for place in ("inbox", "archive"):
        with ReportWriter(tmp_path / "out") as report:
            (tmp_path / "out").mkdir(exist_ok=True)
            report.notify(
                Finished(Outcome(tmp_path / place / "a.pdf", "ok", (tmp_path / "out/a.json",)), (make_record(),))
            )
            report.notify(Ended(0))
    assert [entry.source for entry in read_report(tmp_path / "out").files] == ["../archive/a.pdf"]


def test_what_needs_review_is_counted_by_reason(tmp_path: Path) -> None:
    found = tuple(ReviewReason(kind=kind) for kind in ("low_confidence", "low_confidence", "failed_check"))
    record = make_record(review=ReviewEntry(state="needed", reasons=found))
    with ReportWriter(tmp_path) as report:
        report.notify(Finished(Outcome(tmp_path / "a.pdf", "ok", to_review=1), (record,)))
        report.notify(Ended(0))
    (entry,) = read_report(tmp_path).files
    assert (entry.review, entry.to_review) == ({"low_confidence": 2, "failed_check": 1}, 1)
    assert {kind: (tally.files, tally.times) for kind, tally in reasons([entry, entry]).items()} == {
        "failed_check": (2, 2), "low_confidence": (2, 4)
    }  # fmt: skip


def test_of_very_many_problems_only_the_first_are_told(tmp_path: Path) -> None:
    problems = tuple(f"{tmp_path / 'a.pdf'}, page {number}: took too long" for number in range(1, 5_001))
    with ReportWriter(tmp_path) as report:
        report.notify(Finished(Outcome(tmp_path / "a.pdf", "failed", problems=problems), ()))
    told = read_report(tmp_path).files[0].problems
    assert told[:2] == ("page 1: took too long", "page 2: took too long")
    assert told[-1] == f"and {5_001 - len(told):,} more: the record has them all"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("recognition took longer than 180 s: allow more", "recognition took longer than N s"),
        ("no Tesseract model 'urd_x': install it", "no Tesseract model …"),
        ("the page's objects are broken (offset 17)", "the page's objects are broken"),
        ("has 99,999 pages, more than the 5,000 allowed; allow more", "has N pages, more than the N allowed"),
        ("needs a password", "needs a password"),
    ],
)
def test_kinds_of_failure(message: str, kind: str) -> None:
    assert kind_of(message) == kind


# ── the report shown ──────────────────────────────────────────────────────────────────────────────────────────────

NIGHT = datetime(2022, 5, 28, 21, 0, tzinfo=timezone(timedelta(hours=5)))


def entry(number: int, *, minute: float, **also: object) -> FileEntry:
    """Two pages that took a minute and were done ``minute`` minutes after nine in the evening."""
    made = FileEntry(
        f"../in/{number}.pdf", "ok", (f"{number}.json",), 2, seconds={"recognise": 50.0 + number, "scan": 1.0},
        took=60.0, finished=(NIGHT + timedelta(minutes=minute)).isoformat(), words=100, confidence=0.99 - number / 100,
    )  # fmt: skip
    return replace(made, **also)  # type: ignore[arg-type]


def made_report() -> BatchReport:
    lost = entry(
        20, minute=21, status="failed", confidence=None, words=0, failed_pages=2, failures={"scan: <b>cut short": 1},
        problems=("page 1: <script>alert(1)</script>",), review={"failed_source": 1}, to_review=1,
    )  # fmt: skip
    night = [entry(number, minute=number + 1, review={"low_confidence": 1}, to_review=1) for number in range(20)]
    run = RunEntry("r", NIGHT.isoformat(), NIGHT.isoformat(), "finished", 23, {"ok": 22, "failed": 1}, 46)
    later = [entry(number, minute=60 * 24 + number) for number in (21, 22)]
    return BatchReport((*night, lost, *later), (run,))


def test_throughput_leaves_out_the_time_without_work() -> None:
    found = stretches(made_report().files)
    assert [(stretch.seconds, stretch.pages) for stretch in found] == [(21 * 60, 42), (2 * 60, 4)]
    assert pages_a_minute(found) == pytest.approx(2)
    assert speeds(found[0], 7) == pytest.approx([2] * 7)


def test_totals() -> None:
    files = made_report().files
    assert mean_confidence(files) == pytest.approx(sum(0.99 - n / 100 for n in (*range(20), 21, 22)) / 22, abs=1e-4)
    assert {kind: tally.files for kind, tally in failures(files).items()} == {"scan: <b>cut short": 1}


def test_the_tables(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / REPORT_NAME).write_text(to_json(made_report()), encoding="utf-8")
    shown = run_cli("report", tmp_path)
    assert shown.returncode == 0, shown.stderr
    lines = [re.sub(r"\s{2,}", "|", line.strip()) for line in shown.stdout.splitlines()]
    for line in (
        "files|23", "converted|22", "failed|1", "pages a minute|2.0", "scan: <b>cut short|1|1", "low_confidence|20|20",
        "../in/22.pdf|36.5|73.0|2|recognise", "../in/22.pdf|0.770|100",
        "../in/20.pdf|failed|page 1: <script>alert(1)</script>",
        "28 May 2022 21:00|28 May 2022 21:00|finished|22|0|1|46",
    ):  # fmt: skip
        assert line in lines
    assert lines.index("../in/22.pdf|36.5|73.0|2|recognise") < lines.index("../in/21.pdf|36.0|72.0|2|recognise")
    as_json = run_cli("report", tmp_path, "--json")
    assert json.loads(as_json.stdout) == json.loads((tmp_path / REPORT_NAME).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 390)])
def test_the_page_needs_nothing_else_and_everyone_can_read_it(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(made_report(), name="records"), encoding="utf-8")
    shown = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("pageerror", lambda error: pytest.fail(str(error)))
    shown.goto(path.as_uri())
    assert asked == [path.as_uri()]
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(shown).response["violations"] == []
    assert shown.locator("svg[role=img]").count() == 5
    assert shown.locator("script, b").count() == 0
    about = shown.get_by_role("img", name="Pages a minute over time").locator("desc").text_content()
    assert about == "2.0 pages a minute over about 25 min; at most 2.0."
    assert shown.locator("#throughput-title ~ .break").count() == 1
    assert shown.locator(".mark.bad").count() == 1
    shown.close()


def test_a_page_of_nothing() -> None:
    assert "<svg" not in page(BatchReport(), name="records")
    assert "<svg" in page(BatchReport((entry(1, minute=1, took=0.0),), ()), name="records")


# ── while it runs ─────────────────────────────────────────────────────────────────────────────────────────────────


def finished(name: str, status: str = "ok") -> Finished:
    return Finished(Outcome(Path(name), status), ())  # type: ignore[arg-type]


def test_progress_estimates_the_pages_of_what_isn_t_opened_yet() -> None:
    progress = Progress()
    progress.notify(Queued(4_000), 0.0)
    assert progress.line(0.0) == "4,000 files to look at"
    progress.notify(finished("done.pdf", "skipped"), 1.0)
    progress.notify(finished("refused.pdf", "refused"), 1.0)
    for number in range(2):
        progress.notify(Opened(Path(f"{number}.pdf"), 2), 1.0)
        for page_number in (1, 2):
            progress.notify(PageDone(Path(f"{number}.pdf"), page_number, None), 60.0 * (number + 1))
    progress.notify(finished("0.pdf"), 120.0)
    progress.notify(finished("1.pdf", "partial"), 120.0)
    assert progress.line(120.0) == (
        "4 of about 7,998 pages, 2 a minute, about 67 h left, 1 files done before, 2 failed"
    )


def test_progress_knows_the_end_once_all_is_opened() -> None:
    progress = Progress()
    progress.notify(Queued(1), 0.0)
    progress.notify(Opened(Path("a.pdf"), 4), 0.0)
    for number in range(3):
        progress.notify(PageDone(Path("a.pdf"), number + 1, None), 60.0 * (number + 1))
    assert progress.line(180.0) == "3 of 4 pages, 1.0 a minute, about 1 min left"
    progress.notify(PageDone(Path("a.pdf"), 4, None), 240.0)
    progress.notify(finished("a.pdf"), 240.0)
    assert progress.is_idle
    progress.notify(Queued(1), 9_000.0)  # what waits later is not slowed down by the hours in between
    progress.notify(Opened(Path("b.pdf"), 2), 9_000.0)
    progress.notify(PageDone(Path("b.pdf"), 1, None), 9_030.0)
    assert progress.line(9_030.0) == "1 of 2 pages, 2 a minute, less than a minute left"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.4, "less than a minute"), (7.2, "about 7 min"), (43, "about 45 min"), (141, "about 2 h 20 min"),
     (60, "about 1 h"), (59, "about 60 min"), (3_000, "about 50 h")],
)  # fmt: skip
def test_spans_of_time(minutes: float, words: str) -> None:
    assert duration_text(minutes) == words


def test_without_a_terminal_a_line_every_so_often(capsys: pytest.CaptureFixture[str]) -> None:
    with Front(as_json=False, quiet=False, verbose=False, every=0.05) as front:
        front.notify(Queued(1))
        front.notify(Opened(Path("a.pdf"), 3))
        time.sleep(0.06)
        front.notify(PageDone(Path("a.pdf"), 1, None))
        front.notify(PageDone(Path("a.pdf"), 2, FailedPage(2, "recognise", "why")))
        time.sleep(0.06)
        front.notify(finished("a.pdf"))  # nothing is left to tell of
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("1 of 3 pages, ")


def test_on_a_terminal_a_bar(tmp_path: Path, inputs: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "ecp_ingest", "convert", str(inputs), "-o", str(tmp_path / "out"), "-j", "1"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=slave, stderr=slave) as process:
        os.close(slave)
        seen = b""
        while True:
            try:
                seen += os.read(master, 65_536)
            except OSError:  # the other end is closed
                break
        assert process.wait(timeout=60) == 1
    os.close(master)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert "looking for pages" in text
    assert "━" in text
    assert re.search(r"[12] of (about )?[23] pages, \S+ a minute", text)
    assert "broken.pdf: named .pdf but" in text
    assert text.rstrip().endswith(f"records in  {tmp_path / 'out'}")


# ── the log ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_has_a_line_for_each_event(night: Path) -> None:
    first, *rest = (night / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert first == "what stood there"
    events = [json.loads(line) for line in rest]
    times = [datetime.fromisoformat(event["time"]) for event in events]
    assert times == sorted(times)
    assert all(time.utcoffset() is not None for time in times)
    assert events[0].items() >= {"event": "queued", "sources": 3}.items()
    assert events[-1].items() >= {"event": "ended", "exit_code": 1}.items()
    done = [event for event in events if event["event"] == "page"]
    assert {(Path(event["source"]).name, event["page"], event["status"]) for event in done} == {
        ("first.txt", 1, "ok"), ("second.txt", 1, "ok")
    }  # fmt: skip
    assert all(0 <= event["seconds"] < 60 for event in done)
    ended = {Path(event["source"]).name: event for event in events if event["event"] == "finished"}
    assert ended["broken.pdf"]["status"] == "failed"
    assert "named .pdf but" in ended["broken.pdf"]["message"]
    assert ended["first.txt"]["records"] == [str(night / "out/first.json")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_for_the_log_doesn_t_end_the_batch(tmp_path: Path, inputs: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", inputs / "first.txt", "-o", tmp_path / "out", "--log-json", "/dev/full", "-q")
    assert result.returncode == 0
    assert (
        result.stderr == "/dev/full: the log can't be written (No space left on device); the batch goes on without it\n"
    )
    assert [path.name for path in records_of(tmp_path / "out")] == ["first.json"]


def test_a_log_that_can_t_be_opened_is_said_before_any_work(tmp_path: Path, inputs: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", inputs, "-o", tmp_path / "out", "--log-json", tmp_path / "none/log.jsonl")
    assert result.returncode == OutputError.exit_code
    assert "can't be opened as a log" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_failed_page_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path, warn=pytest.fail) as log:
        log.notify(PageDone(Path("a\udcff.pdf"), 2, FailedPage(2, "recognise", "took too long")))
        line = json.loads(path.read_text(encoding="utf-8"))  # at once
    del line["time"]
    assert line == {
        "event": "page", "source": "a?.pdf", "page": 2, "status": "failed", "stage": "recognise",
        "message": "took too long",
    }  # fmt: skip
