"""What holds for all formats: what is read, what is left out, what goes wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecp_ingest.files.record_files import recognised_path
from ecp_ingest.record.schema import read_record
from tests.support.builders import RunCli
from tests.support.paths import REPOSITORY
from tests.support.shipping import Exporting, files_in


def test_formats_are_told_apart(converted: Path, tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("export", converted, "--to", "txt", "--to", "jsonl", "--to", "txt", "-o", tmp_path)
    assert result.returncode == 0, result.stderr
    names = ["born-digital.txt", "earlier-run.txt", "scans/stacked.txt", "records.jsonl"]
    assert result.stdout.splitlines() == [str(tmp_path / name) for name in names]
    assert sorted(files_in(tmp_path)) == sorted(names)
    result = run_cli("export", converted, "--to", "docx", "-o", tmp_path)
    assert result.returncode == 2
    assert "'docx' is none of jsonl, csv" in result.stderr


def test_what_is_no_record_is_left_out_and_told_once(records: Path, tmp_path: Path, run_cli: RunCli) -> None:
    (records / "package.json").write_text('{"name": "x"}')
    result = run_cli("export", records, "--to", "jsonl", "--to", "txt", "-o", tmp_path / "out")
    assert result.returncode == 1
    assert result.stderr.count("package.json: is no record of ecp-ingest") == 1
    assert len((tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_nothing_to_export(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "empty").mkdir()
    for folder, message in ((tmp_path / "empty", "holds no records"), (tmp_path / "gone", "is no folder")):
        result = run_cli("export", folder, "--to", "jsonl", "-o", tmp_path / "out")
        assert result.returncode == 2
        assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_export_is_kept_apart_from_the_records(records: Path, run_cli: RunCli) -> None:
    before = files_in(records)
    for destination in (".", "export"):
        result = run_cli("export", ".", "--to", "sqlite", "-o", destination, cwd=records)
        assert result.returncode == 2
        assert "exports don't belong among the records" in result.stderr
    assert files_in(records) == before


def test_a_lagging_record_goes_out_as_its_log_says_and_nothing_is_written(records: Path, exported: Exporting) -> None:
    path = records / "scans" / "stacked.json"
    shutil.copy(recognised_path(path), path)  # as if the machine had gone down after an edit was logged
    assert " has begun " not in path.read_text(encoding="utf-8")
    before = files_in(records)
    (text,) = [path for path in exported(records, "txt") if path.name == "stacked.txt"]
    assert " has begun " in text.read_text(encoding="utf-8")
    assert files_in(records) == before


def test_a_record_whose_edits_hang_in_the_air_is_left_out(records: Path, tmp_path: Path, run_cli: RunCli) -> None:
    recognised_path(records / "scans" / "stacked.json").unlink()
    result = run_cli("export", records, "--to", "txt", "-o", tmp_path / "out")
    assert result.returncode == 1
    assert "the record as recognised is gone" in result.stderr
    assert sorted(files_in(tmp_path / "out")) == ["born-digital.txt", "earlier-run.txt"]


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "sqlite"])
def test_a_full_disk_leaves_nothing_behind(name: str, converted: Path, tmp_path: Path) -> None:
    limited = f"ulimit -f 8; exec {sys.executable} -m ecp_ingest export {converted} --to {name} -o {tmp_path}"
    result = subprocess.run(["sh", "-c", limited], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert result.returncode == 4, result.stderr
    assert "can't be written" in result.stderr
    assert files_in(tmp_path) == {}


def test_a_missing_library_is_named_before_any_work(converted: Path, tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ModuleNotFoundError(name='pyarrow')")
    path = f"{tmp_path}:{REPOSITORY}"
    result = run_cli("export", converted, "--to", "jsonl", "--to", "parquet", "-o", tmp_path / "out", PYTHONPATH=path)
    assert result.returncode == 3
    assert "pyarrow isn't installed: pip install 'ecp-ingest[parquet]'" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_second_record_of_a_source_has_an_id_of_its_own(records: Path, exported: Exporting) -> None:
    shutil.copy(records / "born-digital.json", records / "again.json")
    _, paragraphs, *_ = exported(records, "csv", "sqlite")
    record = read_record(records / "again.json")
    written = paragraphs.read_text(encoding="utf-8-sig")
    assert written.count(f"\n{record.id}-p1,{record.id},") == 1
    assert written.count(f"\n{record.id}-copy2-p1,{record.id}-copy2,") == 1
    assert json.loads((records / "born-digital.json").read_bytes())["id"] == record.id
