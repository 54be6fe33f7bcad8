"""``from ecp_ingest import convert, Record``, as somebody with a notebook or a script uses them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import ecp_ingest
from ecp_ingest import Record, convert
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.errors import MissingModelError, NoInputError, OutputError, UnreadableSourceError, UsageError
from ecp_ingest.page import pipeline
from ecp_ingest.record.schema import SCHEMA_VERSION, parse_record
from ecp_ingest.record.versions import upgraded
from ecp_ingest.review.requests import reworded
from tests.support.builders import make_record
from tests.support.paths import REPOSITORY

SAMPLES = REPOSITORY / "samples"
TEXT = SAMPLES / "earlier-run.txt"
PDF = SAMPLES / "born-digital.pdf"


def without_clock(record: Record) -> dict[str, Any]:
    """All but what differs from run to run: seconds, and the way from the record to its source."""
    data = record.model_dump(mode="json")
    for page in data["provenance"]["pages"]:
        del page["seconds"]
    del data["source"]["path"]
    return data


# ── convert ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_gives_its_record_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (record,) = convert(str(PDF))
    assert record.release.date is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record.release.date.value)
    assert record.source.path == PDF.as_posix()
    assert record.languages == ("eng", "urd")
    assert list(tmp_path.iterdir()) == []


def test_it_is_what_the_command_line_writes(tmp_path: Path, run_cli: Any) -> None:
    done = run_cli("convert", PDF, "-o", tmp_path, "-l", "eng", "--pages", "1", "-q")
    assert done.returncode == 0, done.stderr
    (record,) = convert(PDF, language="eng", pages="1")
    assert without_clock(record) == without_clock(Record.load(tmp_path / "born-digital.json"))


def test_names_can_t_clash_where_none_is_written(tmp_path: Path) -> None:
    for folder, text in [("a", "One."), ("b", "Two.")]:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "may.txt").write_text(text)
    (tmp_path / "a" / "may.tif").write_bytes(b"no picture")
    records = list(convert([tmp_path / "a", tmp_path / "b" / "may.txt"]))
    assert sorted((record.source.file_name, record.status) for record in records) == [
        ("may.tif", "failed"), ("may.txt", "ok"), ("may.txt", "ok")
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"would write may\.json"):
        convert([tmp_path / "a", tmp_path / "b" / "may.txt"], output=tmp_path / "out")


def test_a_source_that_can_t_be_read_gives_a_record_that_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    broken, good = sorted(convert([tmp_path / "broken.pdf", TEXT]), key=lambda record: record.status)
    assert (broken.status, good.status) == ("failed", "ok")
    assert broken.errors[0].message
    assert "broken.pdf" in caplog.text


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"language": "deu"}, UsageError),
        ({"pages": "0"}, UsageError),
        ({"mode": "fast"}, UsageError),
        ({"jobs": -1}, UsageError),
        ({"jobs": 2, "in_process": True}, UsageError),
        ({"urdu_model": "urd_nowhere"}, MissingModelError),
        ({"tessdata_dir": SAMPLES / "nowhere"}, UsageError),
        ({"output": TEXT}, OutputError),
    ],
)
def test_what_can_t_be_meant_is_told_at_once(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        convert(TEXT, **options)


def test_an_input_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match=r"gone\.pdf"):
        convert([TEXT, tmp_path / "gone.pdf"])


def test_records_are_written_where_a_folder_is_named(tmp_path: Path) -> None:
    (record,) = convert(TEXT, output=tmp_path)
    path = tmp_path / "earlier-run.json"
    assert json.loads(path.read_bytes()) == json.loads(record.dumps())
    assert record.source.path is not None
    assert (tmp_path / record.source.path).resolve() == TEXT
    before = path.stat().st_mtime_ns
    assert list(convert(TEXT, output=str(tmp_path))) == [record]
    assert path.stat().st_mtime_ns == before


def test_a_person_s_edits_come_with_the_record(tmp_path: Path) -> None:
    list(convert(TEXT, output=tmp_path))
    editor, path = RecordEditor("Sana"), tmp_path / "earlier-run.json"
    decision = reworded(editor.load(path).state.paragraphs[0], "As a person read it")
    assert decision is not None
    editor.decide(path, decision)
    for force in (False, True):
        (record,) = convert(TEXT, output=tmp_path, force=force)
        assert record.paragraphs[0].text == "As a person read it"
        assert record == Record.load(path)


def test_who_asks_for_no_more_ends_the_work(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"Release {number}.")
    before = threading.active_count()
    records = convert(tmp_path, output=tmp_path / "out")
    next(records)
    assert len([path for path in (tmp_path / "out").iterdir() if path.name[0].isdigit()]) == 1  # none in advance
    records.close()  # type: ignore[attr-defined]  # as a loop does that is left with ``break``
    patience = time.monotonic() + 10  # who looked ahead finishes that look first
    while threading.active_count() > before and time.monotonic() < patience:
        time.sleep(0.01)
    assert threading.active_count() == before
    assert len([path for path in (tmp_path / "out").iterdir() if path.name[0].isdigit()]) == 1


def test_a_record_that_can_t_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "earlier-run.json").write_text("{}")
    with pytest.raises(OutputError, match=r"is no record of ecp-ingest"):
        list(convert(TEXT, output=tmp_path))


def test_worker_processes_need_no_guard_in_the_script(tmp_path: Path) -> None:
    """A spawned process would run the script again; most scripts and all notebooks would start it all over."""
    script = tmp_path / "script.py"
    script.write_text(
        "from ecp_ingest import convert\n"
        "print('begun')\n"
        f"for record in convert([{str(TEXT)!r}, {str(PDF)!r}], jobs=2):\n"
        "    print(record.source.file_name, record.status)\n"
    )
    done = subprocess.run(
        [sys.executable, script], env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert sorted(done.stdout.splitlines()) == ["begun", f"{PDF.name} ok", f"{TEXT.name} ok"], done.stderr


@pytest.mark.parametrize(("limit", "said"), [({"page_timeout": 0.1}, "--page-timeout"), ({"max_pages": 1}, "2 pages")])
def test_limits_hold_as_on_the_command_line(limit: dict[str, Any], said: str) -> None:
    (record,) = convert(SAMPLES / "pages.tif", **limit)
    assert record.status == "failed"
    assert said in record.errors[0].message


def test_a_debugger_has_all_in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    here = []
    ingest_page = pipeline.ingest_page

    def seen(*arguments: Any, **settings: Any) -> Any:
        here.append(arguments)
        return ingest_page(*arguments, **settings)

    monkeypatch.setattr(pipeline, "ingest_page", seen)
    (beside,) = convert(TEXT)
    assert not here
    (within,) = convert(TEXT, in_process=True)
    assert len(here) == 1
    assert without_clock(within) == without_clock(beside)


def test_types_are_told_and_nothing_is_imported_before_it_is_used() -> None:
    assert (Path(ecp_ingest.__file__).parent / "py.typed").exists()
    assert {"convert", "Record"} <= set(dir(ecp_ingest))
    with pytest.raises(AttributeError, match="no attribute 'records'"):
        ecp_ingest.records  # noqa: B018
    command = "import sys, ecp_ingest; print([name for name in ('pydantic', 'numpy', 'typer') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_readme_s_example(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs as it stands there."""
    monkeypatch.chdir(REPOSITORY)
    examples = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (example,) = [example for example in examples if "import Record, convert" in example]
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("born-digital.pdf 20")


# ── records of other versions ─────────────────────────────────────────────────────────────────────────────────────

FIRST = {
    "schema_version": "1.0",
    "id": "0" * 32 + "-1",
    "source": {
        "file_name": "may.pdf", "sha256": "", "media_type": "application/pdf", "byte_size": 1, "page_count": 1,
        "pages": [1],
    },
    "status": "ok",
    "release": {
        "issuer": {"value": "Election Commission", "text": "Election Commission", "paragraph": "p1", "confidence": 0.9},
        "wing": None, "kind": None, "place": None, "date": None, "title": None,
        "people": [
            {"value": "Sana Tariq", "text": "Ms. Sana Tariq", "paragraph": "p1", "confidence": None,
             "honorific": "Ms", "role": None, "organisation": None},
        ],
        "references": [],
    },
    "languages": ["eng"],
    "paragraphs": [
        {
            "id": "p1", "kind": "body", "language": "eng", "script": "Latn", "direction": "ltr", "text": "Election",
            "recognised": "Electi0n", "confidence": 0.5, "page": 1, "bbox": [1, 2, 3, 4], "parallel": None,
            "lines": [
                {"page": 1, "bbox": None, "words": [{"text": "Electi0n", "bbox": [1, 2, 3, 4], "confidence": 0.5}]}
            ],
        }
    ],
    "repairs": [
        {"kind": "misreading", "paragraph": "p1", "before": "Electi0n", "after": "Election", "evidence": {}}
    ],
    "checks": [{"kind": "date_agreement", "passed": True, "detail": "", "paragraphs": ["p1"]}],
    "review": {
        "state": "done",
        "reasons": [{"kind": "low_confidence"}],
        "edits": [{"reviewer": "A", "time": "2026-01-01T00:00:00Z", "paragraph": None, "before": "", "after": ""}],
    },
    "provenance": {
        "tool_version": "0.1.0", "tesseract_version": None, "models": [], "settings": {}, "settings_fingerprint": "",
        "pages": [{"number": 1, "width": 9, "height": 9, "dpi": None, "origin": "ocr", "why": "", "seconds": {}}],
    },
    "errors": [{"page": None, "stage": "scan", "message": "x"}],
}  # fmt: skip
"""A record with only the keys that the first version of all had."""


def test_a_record_from_before_keys_were_added_loads(tmp_path: Path) -> None:
    (tmp_path / "may.json").write_text(json.dumps(FIRST))
    record = Record.load(tmp_path / "may.json")
    assert record.source.release_count == 1
    assert record.suggestions == ()
    assert Record.loads(record.dumps()) == record


def test_a_record_comes_back_the_same(tmp_path: Path) -> None:
    record = make_record()
    record.dump(tmp_path / "a.json")
    assert Record.load(str(tmp_path / "a.json")) == record
    assert Record.loads(record.dumps(indent=None).encode()) == record


@pytest.mark.parametrize("version", ["1.1", "2.0", "10.0"])
def test_a_record_of_a_newer_version_says_so(tmp_path: Path, version: str) -> None:
    (tmp_path / "may.json").write_text(json.dumps({**FIRST, "schema_version": version, "new": {}}))
    with pytest.raises(UnreadableSourceError, match=rf"may\.json: was made by a newer ecp-ingest .*{version}.*upgrade"):
        Record.load(tmp_path / "may.json")


def test_a_version_that_never_was() -> None:
    with pytest.raises(UnreadableSourceError, match=r"is no record of ecp-ingest .*there was no 0\.9"):
        Record.loads(json.dumps({**FIRST, "schema_version": "0.9"}))


def test_an_added_key_of_the_same_version_is_refused_rather_than_lost() -> None:
    with pytest.raises(UnreadableSourceError, match=r"paragraphs\[0\]\.mood: no key of a record"):
        Record.loads(json.dumps({**FIRST, "paragraphs": [{**FIRST["paragraphs"][0], "mood": "glad"}]}))  # type: ignore[index]


def test_records_are_upgraded_version_by_version() -> None:
    """The way that records of 1.0 will go when there is a 3.0."""
    upgrades = {
        "1.0": lambda old: {**old, "schema_version": "2.0", "state": old["status"]},
        "2.0": lambda old: {key: value for key, value in old.items() if key != "status"} | {"schema_version": "3.0"},
    }
    assert upgraded({"schema_version": "1.0", "status": "ok"}, present="3.0", upgrades=upgrades) == {
        "schema_version": "3.0", "state": "ok"
    }  # fmt: skip


def test_a_known_earlier_version_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_0_9(old: dict[str, Any]) -> dict[str, Any]:
        return {key.replace("kind_of", "status"): value for key, value in old.items()} | {"schema_version": "1.0"}

    monkeypatch.setattr("ecp_ingest.record.schema.UPGRADES", {"0.9": from_0_9})
    old = {key.replace("status", "kind_of"): value for key, value in FIRST.items()} | {"schema_version": "0.9"}
    found = parse_record(json.dumps(old))
    assert isinstance(found, Record)
    assert (found.schema_version, found.status) == (SCHEMA_VERSION, "ok")
