"""Unusable input, an unusable output folder, missing programs: the messages, and what is kept."""

from __future__ import annotations

import os
from pathlib import Path
from subprocess import CompletedProcess

import pikepdf
import pytest

from ecp_ingest.record.schema import read_record
from tests.hostile.good import saved
from tests.hostile.images import white
from tests.hostile.pdfs import plain
from tests.support.builders import RunCli, records_of
from tests.support.paths import REPOSITORY

GOOD = "Press Release\n\nIslamabad, 28th May, 2022:\n\nThe Election Commission of Pakistan met today.\n"
SCANNED = REPOSITORY / "samples" / "scanned.pdf"

BAD = {  # and a word that the message can't do without
    "empty.pdf": "empty",
    "blank.txt": "empty",
    "truncated.pdf": "",
    "encrypted.pdf": "password",
    "text-inside.png": "content",
    "noise.tif": "content",
    "huge.png": "pixel",
}

Batch = tuple[CompletedProcess[str], Path]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Batch:
    """Every bad source together with two good ones, converted once."""
    folder = tmp_path_factory.mktemp("bad")
    source = folder / "in"
    source.mkdir()
    for name in ["empty.pdf", "blank.txt"]:
        (source / name).touch()
    (source / "truncated.pdf").write_bytes(SCANNED.read_bytes()[:5000])
    (source / "encrypted.pdf").write_bytes(saved(plain(), encryption=pikepdf.Encryption(user="secret", owner="owner")))
    (source / "text-inside.png").write_text(GOOD)
    (source / "noise.tif").write_bytes(b"MZ\x90" + bytes(range(256)) * 8)
    (source / "huge.png").write_bytes(white(30_000, 30_000))
    for name in ["a-good.txt", "z-good.txt"]:
        (source / name).write_text(GOOD)
    return run_cli("convert", source, "-o", folder / "out", "-l", "eng", "-j", "2"), folder / "out"


def test_the_batch_reports_failures_and_loses_nothing(batch: Batch) -> None:
    result, out = batch
    assert result.returncode == 1
    assert {path.stem for path in records_of(out)} == {"a-good", "z-good", *(Path(name).stem for name in BAD)}
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("name", ["a-good", "z-good"])
def test_good_sources_are_converted_beside_bad_ones(batch: Batch, name: str) -> None:
    record = read_record(batch[1] / f"{name}.json")
    assert record.status == "ok"
    assert "met today" in record.paragraphs[-1].text


@pytest.mark.parametrize("name", BAD)
def test_each_bad_source_is_named_with_what_is_wrong(batch: Batch, name: str) -> None:
    result, out = batch
    (line,) = [line for line in result.stderr.splitlines() if f"{name}:" in line or f"{name}, page" in line]
    assert BAD[name] in line
    assert "please report" not in line
    record = read_record(out / f"{Path(name).stem}.json")
    assert record.status == "failed"
    assert record.errors[0].message in line
    assert len(record.source.sha256) == 64


# ── where nothing can be done at all ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text(GOOD)
    return tmp_path / "in"


def test_a_folder_without_input(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "notes.docx").touch()
    result = run_cli("convert", tmp_path, "-o", tmp_path / "out")
    assert result.returncode == 2
    assert f"no input: looked in {tmp_path}" in result.stderr
    assert ".pdf" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_source_that_does_not_exist(tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", tmp_path / "gone.pdf", "-o", tmp_path / "out")
    assert result.returncode == 2
    assert f"{tmp_path / 'gone.pdf'}, which does not exist" in result.stderr


def test_the_output_folder_is_a_file(good: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", good, "-o", good / "good.txt", "-l", "eng")
    assert result.returncode == 4
    assert f"{good / 'good.txt'}: is a file, not a folder: choose another output folder" in result.stderr
    assert (good / "good.txt").read_text() == GOOD


def test_the_output_folder_can_t_be_written_to(good: Path, run_cli: RunCli) -> None:
    locked = good.parent / "locked"
    locked.mkdir(mode=0o500)
    # Root may write anywhere but in such a place as this.
    output = locked if os.geteuid() else Path("/proc/self")
    result = run_cli("convert", good, "-o", output, "-l", "eng")
    assert result.returncode == 4
    assert f"{output}: can't be written to (" in result.stderr


def test_tesseract_is_not_there(good: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", good, "-o", good.parent / "out", "-l", "eng", PATH="")
    assert result.returncode == 3
    assert "apt-get install tesseract-ocr" in result.stderr
    assert run_cli("doctor", PATH="").returncode == 3


def test_a_model_is_not_there(good: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", good, "-o", good.parent / "out", "--urdu-model", "none")
    assert result.returncode == 3
    assert "no Tesseract model 'none'" in result.stderr


def test_a_page_that_takes_too_long(tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli(
        "convert", SCANNED, "-o", tmp_path, "-l", "eng", "--mode", "ocr", "--pages", "1", "--page-timeout", "0.1"
    )
    assert result.returncode == 1
    assert "scanned.pdf, page 1: " in result.stderr
    assert "--page-timeout" in result.stderr
    assert read_record(tmp_path / "scanned.json").status == "failed"
