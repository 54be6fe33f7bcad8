"""Records handed on while the batch runs: the stream on stdout, and a command for each record."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecp_ingest.batch.events import Finished, Outcome, Status
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.errors import MissingProgramError, UsageError
from ecp_ingest.record.entries import ReleaseEntry
from ecp_ingest.reporting.on_record import RecordCommand
from ecp_ingest.review.requests import reworded
from tests.support.builders import RunCli
from tests.support.paths import REPOSITORY

Run = tuple[subprocess.CompletedProcess[str], dict[str, object]]
"""What a command gave, and the records that stood there afterwards."""

TEXT = REPOSITORY / "samples" / "earlier-run.txt"


def records_of(out: Path) -> dict[str, object]:
    """By name, as JSON values."""
    return {path.name: json.loads(path.read_bytes()) for path in out.glob("*.json") if path.name != "report.json"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources in ``scans``, one of them of two releases."""
    place = tmp_path_factory.mktemp("place")
    (place / "scans").mkdir()
    (place / "fed").mkdir()
    text = TEXT.read_text(encoding="utf-8")
    for day in (22, 23):
        (place / "scans" / f"{day} may.txt").write_text(text.replace("22", str(day)), encoding="utf-8")
    (place / "scans" / "two.txt").write_text(f"{text}\f{text.replace('22', '25')}", encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def first(place: Path, run_cli: RunCli) -> Run:
    """Converted into ``out``, records printed, each copied to ``fed`` as it was written."""
    command = f"cp {{}} {place / 'fed'}"
    arguments = ["convert", place / "scans", "-o", place / "out", "--json", "-q", "-j", "1", "--on-record", command]
    return run_cli(*arguments), records_of(place / "out")


@pytest.fixture(scope="module")
def second(place: Path, first: Run, run_cli: RunCli) -> Run:
    """All again; but one was edited, the source of another is empty now, and the command fails for a third."""
    editor, edited = RecordEditor("Sana"), place / "out" / "22 may.json"
    decision = reworded(editor.load(edited).state.paragraphs[0], "As a person read it")
    assert decision is not None
    editor.decide(edited, decision)
    (place / "scans" / "23 may.txt").write_bytes(b"")
    script = place / "load"
    script.write_text('#!/bin/sh\ncase "$1" in *two.2.json) echo "no database"; exit 3;; esac\n')
    script.chmod(0o755)
    arguments = ["convert", place / "scans", "-o", place / "out", "--json", "-q", "-j", "1", "--force"]
    return run_cli(*arguments, "--on-record", script), records_of(place / "out")


def streamed(run: Run) -> None:
    """Every record that stands there was printed once, just as it stands there."""
    done, written = run
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(printed) == len(written) == 4
    assert all(record in written.values() for record in printed)


# ── the stream ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_printed_is_what_is_written(first: Run) -> None:
    done, _ = first
    assert (done.returncode, done.stderr) == (0, "")
    streamed(first)
    assert all(json.loads(line)["source"]["path"].startswith("../scans/") for line in done.stdout.splitlines())


def test_what_was_edited_or_kept_is_printed_as_it_stands(second: Run) -> None:
    done, _ = second
    assert "23 may.json: an earlier run did better (ok)" in done.stderr
    streamed(second)
    assert '"As a person read it"' in done.stdout


def test_what_could_not_be_written_is_not_printed(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "earlier-run.json").write_text("not ours")
    done = run_cli("convert", TEXT, "-o", tmp_path, "--json", "-q", "-j", "1")
    assert (done.returncode, done.stdout) == (4, "")


# ── a command for each ────────────────────────────────────────────────────────────────────────────────────────────


def test_each_record_is_handed_on_as_it_is_written(place: Path, first: Run) -> None:
    """No shell: blanks in names do no harm."""
    _, written = first
    assert written.keys() == {"22 may.json", "23 may.json", "two.1.json", "two.2.json"}
    assert records_of(place / "fed") == written


def test_a_failing_command_is_told_and_stops_nothing(place: Path, second: Run) -> None:
    done, _ = second
    assert done.returncode == 1
    failed = f"{place / 'out' / 'two.2.json'}: {place / 'load'} ended with exit code 3:\nno database\n"
    assert failed in done.stderr
    assert done.stderr.count(str(place / "load")) == 1


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [("no-such-program {}", 3, "there is no program no-such-program"), ("cp '{}", 2, "No closing quotation")],
)
def test_a_command_that_can_t_work_is_told_before_any_work(
    tmp_path: Path, run_cli: RunCli, command: str, code: int, said: str
) -> None:
    done = run_cli("convert", TEXT, "-o", tmp_path / "out", "-q", "-j", "1", "--on-record", command)
    assert done.returncode == code
    assert said in done.stderr
    assert records_of(tmp_path / "out") == {}


def finished(*paths: Path, status: Status = "ok") -> Finished:
    return Finished(Outcome(Path("may.pdf"), status, paths), ())


def test_the_path_stands_where_it_is_asked_for_or_last(tmp_path: Path) -> None:
    said: list[str] = []
    told = tmp_path / "told"
    script = tmp_path / "script.py"
    script.write_text(f"import sys; open({str(told)!r}, 'w').write(repr(sys.argv[1:]))")
    program = f"{sys.executable} {script}"
    path = tmp_path / "a b.json"
    for arguments, expected in [("", [str(path)]), ("x", ["x", str(path)]), ("--in={} y", [f"--in={path}", "y"])]:
        feed = RecordCommand(f"{program} {arguments}", warn=said.append)
        feed.notify(finished(path))
        assert feed.finish(0) == 0, said
        assert told.read_text() == repr(expected)


def test_what_was_done_before_or_kept_is_passed_by(tmp_path: Path) -> None:
    feed = RecordCommand("false", warn=lambda _: None)
    for status in ("skipped", "kept"):
        feed.notify(finished(tmp_path / "a.json", status=status))
    assert feed.finish(0) == 0
    feed = RecordCommand("false", warn=lambda _: None)
    feed.notify(finished(tmp_path / "a.json", status="failed"))
    assert feed.finish(0) == 1


def test_without_a_command_nothing_happens() -> None:
    feed = RecordCommand("", warn=lambda _: None)
    feed.notify(finished(Path("a.json")))
    assert feed.finish(4) == 4


def test_a_few_at_once_and_the_batch_doesn_t_wait(tmp_path: Path) -> None:
    began = time.monotonic()
    feed = RecordCommand("sh -c 'sleep 0.4'", warn=lambda _: None, at_once=2)
    for number in range(4):
        feed.notify(finished(tmp_path / f"{number}.json"))
    assert time.monotonic() - began < 0.3
    assert feed.finish(0) == 0
    assert 0.75 < time.monotonic() - began < 3


def test_a_command_that_hangs_is_ended_with_all_that_it_runs(tmp_path: Path) -> None:
    said: list[str] = []
    script = tmp_path / "hang"
    script.write_text("#!/bin/sh\nsleep 47.11 &\nwait\n")
    script.chmod(0o755)
    feed = RecordCommand(str(script), warn=said.append, limit=0.3)
    feed.notify(finished(tmp_path / "a.json"))
    assert feed.finish(0) == 1
    assert said == [f"{tmp_path / 'a.json'}: {script} took longer than 0.3 s and was ended"]
    assert "47.11" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_an_interrupt_while_commands_run_names_what_was_not_handed_on(tmp_path: Path) -> None:
    said: list[str] = []
    feed = RecordCommand("sh -c 'sleep 30'", warn=said.append, at_once=1)
    for name in "abc":
        feed.notify(finished(tmp_path / f"{name}.json"))
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    assert feed.finish(0) == 1
    assert time.monotonic() - began < 5
    assert said == [
        f"{tmp_path / 'a.json'}: sh was ended: interrupted",
        f"{tmp_path / 'b.json'}: sh was not run: interrupted",
        f"{tmp_path / 'c.json'}: sh was not run: interrupted",
    ]


# ── the how-to ────────────────────────────────────────────────────────────────────────────────────────────────────


def named(mapping: dict[str, Any], way: str = "") -> Iterator[str]:
    for name, told in mapping.get("properties", {}).items():
        yield f"{way}{name}"
        yield from named(told, f"{way}{name}.")


def keys_of(value: object, way: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from keys_of(one, way)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield f"{way}{name}"
            yield from keys_of(one, f"{way}{name}.")


def test_what_opensearch_is_to_index_is_in_records(first: Run) -> None:
    how_to = (REPOSITORY / "docs/how-to/postgresql-and-opensearch.md").read_text(encoding="utf-8")
    bodies = [json.loads(body) for body in re.findall(r"-d '(\{.*?\n\})'", how_to, re.DOTALL)]
    wanted = set(named(bodies[0]["mappings"]))
    known = {key for record in first[1].values() for key in keys_of(record)}
    assert len(wanted) > 20
    assert wanted <= known | {f"release.{name}.value" for name in ReleaseEntry.model_fields}  # not all are in a sample


def test_errors_of_the_command_are_ours() -> None:
    with pytest.raises(MissingProgramError):
        RecordCommand("no-such-program", warn=print)
    with pytest.raises(UsageError):
        RecordCommand("'", warn=print)
