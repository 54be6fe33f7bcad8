"""Going on where an earlier run stopped: what is done again, what isn't, and who does it."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecp_ingest.batch.convert import BatchOptions, run
from ecp_ingest.batch.discover import discover
from ecp_ingest.batch.events import Event, Waiting
from ecp_ingest.batch.locks import NAME, SourceLocks
from ecp_ingest.batch.resume import ResumeCheck, differences
from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.page.recognition.models import Engine, Model, find_engine
from ecp_ingest.record.schema import read_record, to_json, write_record
from ecp_ingest.release.assembly import made_with
from ecp_ingest.settings import RecogniseSettings, ScanSettings, Settings
from ecp_ingest.workers.executors import WorkerExecutor
from tests.support.builders import RunCli, contents
from tests.support.paths import REPOSITORY
from tests.support.stand_ins import ENGINE, STEPS, convert, ingest_page, outcome, put, records


def reasons(folder: Path, *, settings: Settings | None = None, engine: Engine = ENGINE) -> dict[str, tuple[str, ...]]:
    output = folder.parent / "out"
    resume_check = ResumeCheck(output, made_with(settings=settings or Settings(), engine=engine))
    return {source.path.name: resume_check(source).reasons for source in discover([folder], output=output).sources}


# ── what is done again, and why ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_new_failed_or_changed_is_told(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page", c_pdf="page bad", d_pdf="release release")
    convert(folder)
    put(folder, b_pdf="page page", e_pdf="page")
    (folder.parent / "out/d.2.json").write_text("{")
    told = reasons(folder)
    assert told["a.pdf"] == ()
    assert told["b.pdf"] == ("the source has changed",)
    assert told["c.pdf"] == ("not all of it was read before: can't be recognised",)
    assert told["d.pdf"] == (f"{folder.parent}/out/d.2.json is gone or no record",)
    assert told["e.pdf"] == ("new",)


def test_other_settings_versions_and_models_are_told(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    assert reasons(folder, settings=Settings(scan=ScanSettings(mode="ocr")))["a.pdf"] == (
        'other settings: scan.mode "auto", now "ocr"',
    )
    elsewhere = Settings(recognise=RecogniseSettings(tessdata_dir="/srv/models"))  # the same ones, by their digests
    assert reasons(folder, settings=elsewhere)["a.pdf"] == reasons(folder)["a.pdf"]
    model = Model("urd", Path("urd.traineddata"), "c0ffee" + "0" * 58, "urd")
    assert reasons(folder, engine=Engine("5.4.0", (model,)))["a.pdf"] == (
        "other version of Tesseract: 5.3.0, now 5.4.0",
        "other model for urd: none, now urd c0ffee00",
    )
    record = folder.parent / "out/a.json"
    record.write_text(record.read_text().replace('"tool_version": "', '"tool_version": "0.0.'))
    assert reasons(folder)["a.pdf"][0].startswith("other version of ecp-ingest: 0.0.")


def test_the_engine_that_read_with_a_model_plays_no_part() -> None:
    model = Model("urd", Path("urd.traineddata"), "c0ffee" + "0" * 58, "urd")
    before = made_with(settings=Settings(), engine=Engine("5.3.0", (model,)))
    now = made_with(settings=Settings(), engine=Engine("5.3.0", (replace(model, engine="builtin"),)))
    assert before != now
    assert list(differences(before, now)) == list(differences(now, before)) == []


def test_dates_of_files_and_clocks_play_no_part(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page", c_pdf="page")
    convert(folder)
    (folder / "b.pdf").write_text("Page")  # as long as before, and older than its record
    os.utime(folder / "b.pdf", (0, 0))
    os.utime(folder / "a.pdf", (4e9, 4e9))
    os.utime(folder.parent / "out/c.json", (0, 0))
    assert reasons(folder) == {"a.pdf": (), "b.pdf": ("the source has changed",), "c.pdf": ()}


def test_a_record_written_in_another_layout_is_read_all_the_same(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page bad")
    convert(folder)
    before = reasons(folder)
    for name in ("a", "b"):
        path = folder.parent / f"out/{name}.json"
        path.write_text(to_json(read_record(path), indent=None))
    assert reasons(folder) == before
    assert before["b.pdf"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff\xfe", b'{"source": 1, "status": "ok", "provenance": {}, "errors": []}', b"null"],
)
def test_what_is_no_record_is_never_taken_for_one(folder: Path, content: bytes) -> None:
    put(folder, a_pdf="page")
    (folder.parent / "out").mkdir()
    (folder.parent / "out/a.json").write_bytes(content)
    assert "no record" in reasons(folder)["a.pdf"][0]
    assert outcome(convert(folder), "a.pdf").status == "unwritten"
    assert (folder.parent / "out/a.json").read_bytes() == content


def test_a_record_cut_short_is_never_taken_for_one(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    path = folder.parent / "out/a.json"
    path.write_bytes(path.read_bytes()[:-40])
    assert "no record" in reasons(folder)["a.pdf"][0]


def test_nothing_is_written_over_if_so_asked(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="release release", c_pdf="page", d_pdf="page")
    convert(folder, folder / "b.pdf", folder / "c.pdf")
    put(folder, b_pdf="release", c_pdf="changed")
    (folder.parent / "out/a.json").write_text("notes")
    before = {path: path.read_bytes() for path in (folder.parent / "out").iterdir()}
    report = convert(folder, overwrite=False)
    assert [outcome(report, f"{name}.pdf").status for name in "abcd"] == ["kept", "kept", "kept", "ok"]
    assert report.exit_code == 0
    assert records(folder) == ["a.json", "b.1.json", "b.2.json", "c.json", "d.json"]
    assert all(path.read_bytes() == content for path, content in before.items())


def test_nor_is_a_second_release_of_which_nobody_knew(folder: Path) -> None:
    put(folder, a_pdf="release release")
    (folder.parent / "out").mkdir()
    (folder.parent / "out/a.2.json").write_text("notes")
    report = convert(folder, overwrite=False)
    assert "a.2.json: exists, and was left as it is (--no-overwrite)" in report.outcomes[0].problems[0]
    assert (folder.parent / "out/a.2.json").read_text() == "notes"
    assert read_record(folder.parent / "out/a.1.json").status == "ok"


# ── sources that don't keep still ─────────────────────────────────────────────────────────────────────────────────


def meddled(then: Callable[[Path], None], *, times: int) -> Any:
    """Pages are read as ever, and ``then`` is done to their source, the first ``times``."""
    left = [times]

    def ingest(scan: Scan, number: int, **options: Any) -> ReadPage | FailedPage:
        page = ingest_page(scan, number, **options)
        if left[0]:
            left[0] -= 1
            then(Path(scan.path))
        return page

    return replace(STEPS, ingest_page=ingest)


def grow(path: Path) -> None:
    path.write_text(f"{path.read_text()} page")


def test_a_source_that_changes_while_it_is_read_is_read_again(folder: Path) -> None:
    put(folder, a_pdf="page page")
    report = convert(folder, steps=meddled(grow, times=1))
    assert outcome(report, "a.pdf").status == "ok"
    record = read_record(folder.parent / "out/a.json")
    assert record.source.sha256 == hashlib.sha256((folder / "a.pdf").read_bytes()).hexdigest()
    assert reasons(folder)["a.pdf"] == ()


def test_a_source_that_never_keeps_still_costs_nothing_that_was_there(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    before = (folder.parent / "out/a.json").read_bytes()
    report = convert(folder, steps=meddled(grow, times=9), force=True)
    assert outcome(report, "a.pdf").status == "failed"
    assert "changes again and again" in outcome(report, "a.pdf").problems[0]
    assert (folder.parent / "out/a.json").read_bytes() == before


# ── two runs into one folder ──────────────────────────────────────────────────────────────────────────────────────


def hold(folder: Path, target: str) -> subprocess.Popen[str]:
    """Another process that works on ``target``."""
    program = (
        "import sys, time; from pathlib import Path; from ecp_ingest.batch.locks import SourceLocks\n"
        "print(SourceLocks(Path(sys.argv[1])).take(sys.argv[2]), flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder), target], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    process.stdout.close()
    return process


def test_what_another_run_works_on_comes_last_and_a_killed_run_holds_nothing(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page", c_pdf="page")
    output = folder.parent / "out"
    output.mkdir()
    other = hold(output, "a")
    done_then: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, Waiting):
            assert event.sources == 1
            done_then.extend(path.name for path in output.glob("*.json"))
            other.send_signal(signal.SIGKILL)
            other.wait()

    report = convert(folder, notify=hear)
    assert sorted(done_then) == ["b.json", "c.json"]
    assert report.outcomes[-1].source.name == "a.pdf"
    assert report.count("ok") == 3
    assert not (output / NAME).exists()


def test_what_another_run_has_done_meanwhile_is_not_done_again(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page")
    convert(folder)
    output = folder.parent / "out"
    made = read_record(output / "a.json")
    (output / "a.json").unlink()
    other = hold(output, "a")

    def hear(event: Event) -> None:
        if isinstance(event, Waiting):
            write_record(made, output / "a.json")
            other.kill()
            other.wait()

    report = convert(folder, notify=hear)
    assert [outcome(report, name).status for name in ("a.pdf", "b.pdf")] == ["skipped", "skipped"]


def test_a_claim_is_no_hindrance_to_the_run_that_has_it(tmp_path: Path) -> None:
    locks = SourceLocks(tmp_path)
    assert locks.take("a")
    assert locks.take("a")
    locks.free("a")
    other = hold(tmp_path, "a")
    assert not locks.take("a")
    assert locks.take("b")
    locks.close()
    assert (tmp_path / NAME).exists()  # the other one has it still
    other.kill()
    other.wait()


def test_a_folder_without_locks_is_no_obstacle(tmp_path: Path) -> None:
    locks = SourceLocks(tmp_path / "missing")
    assert not locks.shared
    assert locks.take("a")
    locks.free("a")
    locks.close()


# ── with the real stages ──────────────────────────────────────────────────────────────────────────────────────────

TEXT = """ELECTION COMMISSION OF PAKISTAN

Press Release

Islamabad, {day}th May, 2023: Polling stations in {day} districts will open at eight.
"""


@pytest.fixture
def texts(folder: Path) -> Path:
    for day in range(4, 9):
        (folder / f"{day}.txt").write_text("\f".join([TEXT.format(day=day)] * (day - 3)))
    return folder


def test_the_order_of_the_work_changes_nothing(texts: Path) -> None:
    settings = Settings(recognise=RecogniseSettings(languages=("eng",)))
    engine = find_engine(settings=settings.recognise)
    outputs = []
    for jobs, executor in enumerate([ThreadPoolExecutor(1), WorkerExecutor(2), ThreadPoolExecutor(3)], start=1):
        output = texts.parent / f"out{jobs}"
        found = discover([texts], output=output)
        sources = list(found.sources)
        random.Random(jobs).shuffle(sources)
        found = replace(found, sources=tuple(sources))
        report = run(found, BatchOptions(output, settings), engine=engine, executor=executor, in_flight=2 * jobs)
        executor.shutdown()
        assert report.count("ok") == 5
        outputs.append(contents(output))
    assert len(outputs[0]) >= 5
    assert all(output == outputs[0] for output in outputs)


def test_a_dry_run_says_why_and_writes_nothing(texts: Path, run_cli: RunCli) -> None:
    output = texts.parent / "out"
    dry = run_cli("convert", texts, "-o", output, "--dry-run")
    assert dry.returncode == 0
    assert dry.stdout.splitlines() == [f"{texts}/{day}.txt: new" for day in range(4, 9)]
    assert "would be converted: 5" in dry.stderr
    assert not output.exists()
    assert run_cli("convert", texts, "-o", output, "-j", "1").returncode == 0
    before = {path: path.stat().st_mtime_ns for path in [output, *output.iterdir()]}
    dry = run_cli("convert", texts, "-o", output, "--dry-run")
    assert (dry.returncode, dry.stdout, dry.stderr) == (0, "", "would be converted: 0\ndone before: 5\n")
    assert before == {path: path.stat().st_mtime_ns for path in [output, *output.iterdir()]}


def test_force_and_no_overwrite_can_t_both_be_meant(texts: Path, run_cli: RunCli) -> None:
    assert run_cli("convert", texts, "-o", texts.parent / "out", "--force", "-n").returncode == 2


def test_two_runs_share_the_work(texts: Path) -> None:
    output = texts.parent / "out"
    command = [sys.executable, "-m", "ecp_ingest", "convert", str(texts), "-o", str(output), "-j", "1", "-v"]
    runs = [subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sum(text.count(": ok, ") for text in said) == 5, said
    assert sum(text.count(": skipped, ") for text in said) == 5, said
    assert len(contents(output)) >= 5
