"""Nothing that was confirmed is ever lost."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

import pytest

from ecp_ingest.edits.decisions import digest
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.edits.log import append, locked, read_log
from ecp_ingest.errors import OutputError
from ecp_ingest.files.record_files import keep_recognised, log_path, recognised_path
from ecp_ingest.record.schema import read_record
from ecp_ingest.review import requests
from tests.support.press import lay_out
from tests.support.serving import Running, serving


def correct(editor: RecordEditor, path: Path, old: str, new: str) -> None:
    one = editor.load(path).state.paragraphs[2]
    decision = requests.word_replaced(one, one.text.index(old), old, new)
    assert decision is not None
    editor.decide(path, decision)


def test_a_line_that_was_cut_off_is_passed_over_and_told(records: Path) -> None:
    path = records / "may.json"
    correct(RecordEditor("a"), path, "Comrnission", "Commission")
    with log_path(path).open("ab") as file:
        file.write(b'{"number": 2, "time": "20')
    correct(RecordEditor("a"), path, "0fficers", "Officers")
    log = read_log(log_path(path))
    assert [edit.decision.after for edit in log.edits] == ["Commission", "Officers"]
    assert log.damaged == (2,)
    assert RecordEditor("a").load(path).state.paragraphs[2].text.count("Comrnission") == 0


def test_a_record_that_lags_behind_its_log_is_brought_up_to_date(records: Path) -> None:
    """The machine went down after the edit was confirmed and before the record was rewritten."""
    path = records / "may.json"
    before = path.read_bytes()
    correct(RecordEditor("a"), path, "Comrnission", "Commission")
    after = path.read_bytes()
    path.write_bytes(before)
    RecordEditor("b").refresh(path)
    assert path.read_bytes() == after


def test_no_edit_without_the_record_as_recognised(records: Path) -> None:
    path = records / "may.json"
    correct(RecordEditor("a"), path, "Comrnission", "Commission")
    recognised_path(path).unlink()
    with pytest.raises(OutputError, match="is gone"):
        RecordEditor("b").load(path)


def test_the_record_as_recognised_is_the_very_file(records: Path) -> None:
    path = records / "may.json"
    inode = path.stat().st_ino
    keep_recognised(path)
    correct(RecordEditor("a"), path, "Comrnission", "Commission")
    assert recognised_path(path).stat().st_ino == inode
    assert path.stat().st_ino != inode


def test_an_edit_that_cannot_be_written_is_not_taken(records: Path) -> None:
    path = records / "may.json"
    correct(RecordEditor("a"), path, "Comrnission", "Commission")
    edit = read_log(log_path(path)).edits[0]
    log_path(path).unlink()
    log_path(path).mkdir()
    with pytest.raises(OutputError), locked(log_path(path)):
        append(log_path(path), edit)


def test_two_desks_at_once_lose_no_edit(records: Path) -> None:
    """Each in a thread of its own, as two processes would: the lock is on the file."""
    path = records / "may.json"
    targets = {"p3": ["Comrnission", "polling", "districts"], "p7": ["فیصلہ", "اضلاع", "افسران"]}

    def work(name: str, words: list[str]) -> None:
        editor = RecordEditor(name)
        for word in words:
            one = next(p for p in editor.load(path).state.paragraphs if p.id == name)
            decision = requests.accepting(one, start := one.text.index(word), start + len(word))
            editor.decide(path, decision)

    threads = [threading.Thread(target=work, args=item) for item in targets.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = read_log(log_path(path))
    assert [edit.number for edit in log.edits] == [1, 2, 3, 4, 5, 6]
    assert {edit.decision.before for edit in log.edits} == {word for words in targets.values() for word in words}


def post(server: Running, name: str, decision: dict[str, object]) -> dict[str, object]:
    request = urllib.request.Request(
        f"{server.record(name)}/decide",
        data=json.dumps(decision).encode(),
        headers={"Content-Type": "application/json", "Origin": server.url.rsplit("/", 2)[0]},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found


def test_the_server_is_killed_during_200_edits(tmp_path: Path) -> None:
    """With -9, in the middle; every edit that was confirmed is in the log, in the record, and after a new start."""
    records = lay_out(tmp_path, "may")
    path = records / "may.json"
    text = read_record(path).paragraphs[2].text
    start, word = text.index("seven"), "seven"
    confirmed: list[str] = []
    with serving(records) as server:
        stop = threading.Timer(0.0, lambda: None)
        for number in range(200):
            if number == 120:  # from another thread, so that it falls where it falls: also between log and record
                stop = threading.Timer(0.013, server.kill)
                stop.start()
            new = f"w{number}"
            try:
                post(
                    server,
                    "may",
                    {
                        "kind": "text",
                        "paragraph": "p3",
                        "start": start,
                        "before": word,
                        "after": new,
                        "seen": digest(text),
                    },
                )
            except (OSError, ValueError):
                break
            confirmed.append(new)
            text, word = text.replace(word, new, 1), new
        stop.join()
        assert server.process.poll() is not None
    assert 120 <= len(confirmed) < 200
    log = read_log(log_path(path))
    logged = [edit.decision.after for edit in log.edits]
    assert logged[: len(confirmed)] == confirmed
    assert len(logged) <= len(confirmed) + 1, "one edit may be safe already and not yet confirmed"
    with serving(records) as again:
        urllib.request.urlopen(again.record("may"), timeout=30).read()
    record = read_record(path)
    assert f"before {logged[-1]} in the morning" in record.paragraphs[2].text
    assert [edit.after for edit in record.review.edits] == logged
