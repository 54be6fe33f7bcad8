"""A watched folder: what arrives, how, and how it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecp_ingest.batch.inbox import Inbox, is_open_for_writing
from ecp_ingest.cli.termination import signals_as_interrupt
from ecp_ingest.errors import NoInputError
from ecp_ingest.record.schema import read_record
from ecp_ingest.reporting.report_file import read_report
from tests.support.builders import RunCli, records_of
from tests.support.paths import REPOSITORY

SAMPLES = REPOSITORY / "samples"
RELEASE = """Election Commission of Pakistan
Press Release
{place}, 9th May, 2023:
The final list of the contesting candidates has been published.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


# ── what has arrived ──────────────────────────────────────────────────────────────────────────────────────────────


def inbox_of(folder: Path, settle: float = 3.0) -> Inbox:
    return Inbox(folder, folder.parent / "out", settle)


def names(found: set[Path], folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in found}


def test_a_file_is_taken_once_it_no_longer_changes(folder: Path) -> None:
    inbox = inbox_of(folder)
    (folder / "a.pdf").write_text("begun")
    assert inbox.arrived(0.0) == set()
    (folder / "a.pdf").write_text("begun, and gone on with")
    assert inbox.arrived(2.9) == set()
    assert inbox.arrived(5.8) == set()
    assert inbox.arrived(5.9) == {folder / "a.pdf"}
    assert inbox.arrived(99.0) == set()


def test_what_is_replaced_is_taken_again_and_what_failed_is_not(folder: Path) -> None:
    inbox = inbox_of(folder)
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_text("one")
    inbox.arrived(0.0)
    assert len(inbox.arrived(3.0)) == 2
    told = (folder / "a.pdf").stat()
    (folder / ".new").write_text("two")
    os.utime(folder / ".new", ns=(told.st_atime_ns, told.st_mtime_ns))  # of the same size, and as old
    (folder / ".new").rename(folder / "a.pdf")
    inbox.arrived(10.0)
    assert inbox.arrived(13.0) == {folder / "a.pdf"}


def test_what_is_put_back_is_taken_again_in_time(folder: Path) -> None:
    inbox = inbox_of(folder, settle=0.0)
    (folder / "a.pdf").write_text("one")
    assert inbox.arrived(0.0) == {folder / "a.pdf"}
    inbox.put_back(folder / "a.pdf", until=60.0)
    assert inbox.arrived(59.0) == set()
    assert inbox.arrived(60.0) == {folder / "a.pdf"}


def test_what_is_hidden_or_on_its_way_is_left_out(folder: Path) -> None:
    for name in (".hidden", "dropped.part", "dropped/deep"):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.pdf").touch()
    for name in (".b.pdf", "~$c.pdf", "d.pdf.part", "e.pdf~", "f.gt.txt", "g.docx", "h.TIF"):
        (folder / name).touch()
    (folder / "dropped/round").symlink_to(folder)
    inbox = inbox_of(folder, settle=0.0)
    assert names(inbox.arrived(0.0), folder) == {"dropped/deep/a.pdf", "h.TIF"}
    (folder / "dropped.part").rename(folder / "dropped/whole")
    assert names(inbox.arrived(1.0), folder) == {"dropped/whole/a.pdf"}


def test_the_output_folder_may_lie_in_the_inbox(folder: Path) -> None:
    (folder / "out").mkdir()
    for name in ("a.txt", "out/b.txt"):
        (folder / name).touch()
    assert names(Inbox(folder, folder / "out", 0.0).arrived(0.0), folder) == {"a.txt"}


def test_a_folder_that_is_lost_and_found(folder: Path) -> None:
    inbox = inbox_of(folder, settle=0.0)
    (folder / "a.pdf").touch()
    assert len(inbox.arrived(0.0)) == 1
    folder.rename(folder.parent / "elsewhere")
    with pytest.raises(OSError, match="inbox"):
        inbox.arrived(1.0)
    (folder.parent / "elsewhere").rename(folder)
    assert inbox.arrived(2.0) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_file_that_some_program_writes_to_is_left_alone(folder: Path) -> None:
    path = folder / "a.pdf"
    with path.open("w") as file:
        file.write("begun")
        file.flush()
        assert is_open_for_writing(str(path))
        inbox = inbox_of(folder, settle=0.0)
        assert inbox.arrived(0.0) == set()
    assert not is_open_for_writing(str(path))
    assert inbox.arrived(1.0) == {path}
    with path.open():
        assert not is_open_for_writing(str(path))
    assert not is_open_for_writing(str(folder / "gone.pdf"))


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────

Watched = tuple["subprocess.Popen[str]", Path]


@contextmanager
def watching(folder: Path, *options: str) -> Iterator[Watched]:
    """``watch`` on ``folder``, and the log of what it does."""
    out, log = folder.parent / "out", folder.parent / "log.jsonl"
    command = [sys.executable, "-m", "ecp_ingest", "watch", str(folder), "-o", str(out), "--log-json", str(log)]
    command += ["-j", "1", "--settle", "0.5", *options]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, log
        finally:
            process.kill()


def events(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def until(told: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 100
    while not told():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.05)


def outcomes(log: Path) -> list[tuple[str, str]]:
    return [(Path(e["source"]).name, e["status"]) for e in events(log) if e["event"] == "finished"]


def end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    process.send_signal(number)
    assert process.stderr is not None
    said = process.stderr.read()
    assert process.wait(timeout=30) == 0
    assert "Traceback" not in said
    return said


def test_what_arrives_is_converted_and_nothing_stops_it(folder: Path) -> None:
    out = folder.parent / "out"
    (folder / "there.txt").write_text(RELEASE.format(place="Lahore"))
    with watching(folder) as (process, log):
        until(lambda: ("there.txt", "ok") in outcomes(log), process)
        (folder / "broken.pdf").write_bytes(b"MZ\x90" + bytes(range(256)))
        until(lambda: ("broken.pdf", "failed") in outcomes(log), process)
        (folder.parent / "dropped").mkdir()
        shutil.copyfile(SAMPLES / "born-digital.pdf", folder.parent / "dropped/born.pdf")
        (folder.parent / "dropped").rename(folder / "dropped")
        (folder / ".new").write_text(RELEASE.format(place="Quetta"))
        (folder / ".new").rename(folder / "there.txt")
        until(lambda: len(outcomes(log)) >= 4, process)
        said = end(process, signal.SIGTERM)
    assert sorted(outcomes(log)) == [
        ("born.pdf", "ok"), ("broken.pdf", "failed"), ("there.txt", "ok"), ("there.txt", "ok")
    ]  # fmt: skip
    assert {path.relative_to(out).as_posix() for path in records_of(out)} == {
        "there.json", "broken.json", "dropped/born.json"
    }  # fmt: skip
    place = read_record(out / "there.json").release.place
    assert place is not None
    assert place.value == "Quetta"
    assert "converted   3" in said
    report = read_report(out)
    assert {Path(entry.source).name: entry.status for entry in report.files} == {
        "there.txt": "ok", "broken.pdf": "failed", "born.pdf": "ok"
    }  # fmt: skip
    assert [(run.state, run.pages) for run in report.runs] == [("finished", 4)]
    assert events(log)[-1].items() >= {"event": "ended", "exit_code": 0}.items()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_end_in_the_middle_of_the_work_leaves_nothing_half_done(folder: Path, number: signal.Signals) -> None:
    out = folder.parent / "out"
    shutil.copyfile(SAMPLES / "pages.tif", folder / "pages.tif")
    with watching(folder, "--mode", "ocr") as (process, log):
        until(lambda: any(event["event"] == "opened" for event in events(log)), process)
        began = time.monotonic()
        said = end(process, number)
    assert time.monotonic() - began < 20
    assert "not finished  1" in said
    assert "page" not in {event["event"] for event in events(log)}
    assert list(out.iterdir()) == []


def test_what_asks_for_an_end_does_what_ctrl_c_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with signals_as_interrupt():
            os.kill(os.getpid(), signal.SIGHUP)
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)  # impatience doesn't disturb the clearing up
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_folder_that_isn_t_there(tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("watch", tmp_path / "none", "-o", tmp_path / "out")
    assert result.returncode == NoInputError.exit_code
    assert "none: is no folder: name the one in which files will arrive" in result.stderr
