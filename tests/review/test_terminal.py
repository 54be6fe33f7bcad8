"""The same work without a browser."""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from ecp_ingest.cli.main import main
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.evaluation.ground_truth import read_truth
from ecp_ingest.files.record_files import log_path
from ecp_ingest.record.schema import read_record
from ecp_ingest.review import requests
from ecp_ingest.review.doubts import tokens
from ecp_ingest.review.plaintext import as_text, decisions_from
from ecp_ingest.training.lines.pairs import load_pairs
from tests.support.paths import REPOSITORY
from tests.support.press import lay_out


@dataclass(frozen=True, slots=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path, editor: str = "") -> Result:
    """``ecp-ingest review …`` in this process: the programs under it, such as the editor, are real ones."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "argv", ["ecp-ingest", "review", *map(str, arguments)])
        patch.setenv("EDITOR", editor)
        patch.delenv("VISUAL", raising=False)
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


@pytest.fixture
def may(records: Path) -> Path:
    return records / "may.json"


def editor(folder: Path, *changes: tuple[str, str]) -> str:
    """A program that edits as a person would: every ``old`` becomes ``new``."""
    script = folder / "editor.py"
    script.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\np = pathlib.Path(sys.argv[1])\nt = p.read_text(encoding='utf-8')\n"
        f"for a, b in {changes!r}:\n    assert a in t, (a, t)\n    t = t.replace(a, b)\n"
        "p.write_text(t, encoding='utf-8')\n",
        encoding="utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def test_the_queue_as_a_table_and_as_json(tmp_path: Path) -> None:
    records = lay_out(tmp_path, "may", "june")
    assert run("accept", records / "june.json", "--reviewer", "Sana").returncode == 0
    told = run("list", records)
    assert [line.split()[:2] for line in told.stdout.splitlines()] == [
        ["record", "state"],
        ["may.json", "needed"],
        ["june.json", "done"],
    ]
    entries = json.loads(run("list", records, "--json").stdout)
    assert [entry["name"] for entry in entries] == ["may.json", "june.json"]
    assert entries[0]["reasons"] == ["printed_duplicate"]
    assert run("list", records / "nowhere").returncode == 2


def test_what_is_changed_in_the_editor_becomes_edits(tmp_path: Path, may: Path) -> None:
    shown = run("show", may).stdout
    assert "⟦Comrnission⟧" in shown
    assert "# printed duplicate p5" in shown
    changes = (
        ("⟦Comrnission⟧", "Commission"),
        ("⟦0fficers⟧ shall", "Officers will"),
        ("⟦صح؟⟧", "صبح"),
        ("=== p4 body eng", "=== p4 footer eng"),
    )
    result = run("edit", may, "--reviewer", "Sana", editor=editor(tmp_path, *changes))
    assert result.returncode == 0, result.stderr
    assert "3 edits" in result.stderr
    record = read_record(may)
    assert record.paragraphs[2].text == (
        "The Commission decided that polling in 48 districts will be held on 12th March, 2023. Presiding Officers will "
        "reach their stations before seven in the morning."
    )
    assert "افسران صبح سات بجے" in record.paragraphs[6].text
    assert record.paragraphs[3].kind == "footer"
    again = run("edit", may, "--reviewer", "Sana", editor=editor(tmp_path, ("#", "#")))
    assert "nothing changed" in again.stderr


def test_taking_brackets_away_accepts_the_word(may: Path) -> None:
    state = RecordEditor("").load(may).state
    found = tokens(state)
    edited = as_text(state, found).replace("⟦صح؟⟧", "صح؟")
    (decision,) = decisions_from(state, found, edited)
    assert (decision.kind, decision.paragraph, decision.before) == ("accept", "p7", "صح؟")


def test_text_that_looks_like_a_header_stays_text(may: Path) -> None:
    editor = RecordEditor("x")
    for text in ("=== p2 body eng page 1 ===", "# no remark", "\\ a stroke"):
        one = editor.load(may).state.paragraphs[0]
        decision = requests.reworded(one, text)
        assert decision is not None
        editor.decide(may, decision)
        state = editor.load(may).state
        found = tokens(state)
        assert not [d for d in decisions_from(state, found, as_text(state, found)) if d.kind != "accept"]


def test_nothing_that_was_written_is_lost(tmp_path: Path, may: Path) -> None:
    result = run("edit", may, "--reviewer", "Sana", editor=editor(tmp_path, ("=== p4 body eng page 1 ===\n", "")))
    assert result.returncode == 1
    assert "the header of p4 is gone" in result.stderr
    draft = Path(result.stderr.split("is kept in ")[1].splitlines()[0])
    assert "⟦Comrnission⟧" in draft.read_text(encoding="utf-8")
    draft.unlink()
    assert run("edit", may, "--reviewer", "x", editor="/nowhere/editor").returncode == 3


def test_accept_undo_log_and_stats(may: Path) -> None:
    assert run("accept", may, "--paragraph", "p7", "--reviewer", "Sana").returncode == 0
    assert run("accept", may, "--reviewer", "Sana").returncode == 0
    assert read_record(may).review.state == "done"
    told = run("undo", may, "--reviewer", "Bilal")
    assert "undone: 2" in told.stderr
    assert read_record(may).review.state == "needed"
    assert run("undo", may, "1", "--reviewer", "Bilal").returncode == 0
    assert run("undo", may, "1", "--reviewer", "Bilal").returncode == 1
    lines = run("log", may).stdout.splitlines()
    assert len(lines) == 4
    assert lines[1].endswith("'needed' → 'done' (undone)")
    entries = [json.loads(line) for line in run("log", may.parent, "--json").stdout.splitlines()]
    assert [entry["reviewer"] for entry in entries] == ["Sana", "Sana", "Bilal", "Bilal"]
    figures = json.loads(run("stats", may.parent, "--json").stdout)
    assert (figures["records"], figures["done"], figures["decisions"]) == (1, 0, 0)
    assert run("accept", may, "--paragraph", "p99", "--reviewer", "x").returncode == 1


def test_stats_count_what_was_wrong(may: Path) -> None:
    editor = RecordEditor("Sana")
    for old, new in (("Comrnission", "Commission"), ("0fficers", "Officers")):
        one = editor.load(may).state.paragraphs[2]
        decision = requests.word_replaced(one, one.text.index(old), old, new)
        assert decision is not None
        editor.decide(may, decision)
    editor.decide(may, requests.marking(editor.load(may).state, "done"))
    figures = json.loads(run("stats", may, "--json").stdout)
    words = sum(len(p.text.split()) for p in read_record(may).paragraphs)
    assert figures["done"] == 1
    assert (figures["words_corrected"], figures["words_seen"]) == (2, words)
    assert figures["word_error_rate"] == round(2 / words, 4)
    assert 0 < figures["character_error_rate"] < 0.02


def test_what_was_reviewed_becomes_ground_truth(tmp_path: Path, may: Path) -> None:
    editor = RecordEditor("Sana")
    one = editor.load(may).state.paragraphs[6]
    decision = requests.word_replaced(one, one.text.index("استیشن"), "استیشن", "اسٹیشن")
    assert decision is not None
    editor.decide(may, decision)
    out = tmp_path / "truth"
    nothing = run("export-truth", may.parent, "-o", out, "--sources", tmp_path / "scans")
    assert "0 lines and the ground truth of 0 sources" in nothing.stderr
    editor.decide(may, requests.marking(editor.load(may).state, "done"))
    result = run("export-truth", may.parent, "-o", out, "--sources", tmp_path / "scans")
    assert result.returncode == 0, result.stderr
    truth = json.loads((out / "may.gt.json").read_text(encoding="utf-8"))
    assert [p["text"] for p in truth["paragraphs"]] == [p.text for p in read_record(may).paragraphs]
    assert set(truth) == {"schema", "pages", "kind", "release", "paragraphs"}
    known = read_truth(out / "may.gt.json", name="may")
    assert [p.text for p in known.paragraphs] == [p["text"] for p in truth["paragraphs"]]
    last = out / "may.p7.3.gt.txt"
    assert last.read_text(encoding="utf-8") == "اپنے اسٹیشن پر موجود ہوں گے۔\n"
    with Image.open(last.with_name("may.p7.3.png")) as line:
        assert line.width > 3 * line.height
    assert not (out / "may.p8.1.png").exists(), "words were taken out of this line: its ink says more than its text"
    pairs = load_pairs(out)
    assert len(pairs) == len(list(out.glob("*.png"))) >= 8


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, records: Path) -> None:
    hidden = tmp_path / "hidden/starlette"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('no', name='starlette')")
    result = subprocess.run(
        [sys.executable, "-m", "ecp_ingest", "review", str(records)],
        env={**os.environ, "PYTHONPATH": f"{hidden.parent}:{REPOSITORY}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 3
    assert "pip install 'ecp-ingest[review]'" in result.stderr
    assert not log_path(records / "may.json").exists()
