"""The command line as a person meets it, over the samples."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess

import jsonschema
import pytest

from ecp_ingest.errors import UsageError
from ecp_ingest.options import known_languages, page_ranges
from ecp_ingest.record.schema import json_schema, read_record
from tests.support.builders import RunCli, records_of
from tests.support.paths import REPOSITORY

SAMPLES = REPOSITORY / "samples"
EARLIER = SAMPLES / "earlier-run.txt"
SOURCES = sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(".gt.json"))

Converted = tuple[CompletedProcess[str], Path]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Converted:
    """All samples, converted once."""
    out = tmp_path_factory.mktemp("samples")
    return run_cli("convert", SAMPLES, "-o", out, "--json", "-v"), out


def test_all_samples_are_converted(converted: Converted) -> None:
    result, out = converted
    assert result.returncode == 0, result.stderr
    sources = {read_record(path).source.file_name for path in records_of(out)}
    assert sources == {path.name for path in SOURCES}


def test_data_goes_to_stdout_one_record_per_line(converted: Converted) -> None:
    result, out = converted
    records = [json.loads(line) for line in result.stdout.splitlines()]
    written = [json.loads(path.read_bytes()) for path in records_of(out)]
    assert sorted(record["id"] for record in records) == sorted(record["id"] for record in written)
    validator = jsonschema.Draft202012Validator(json_schema())
    for record in records:
        validator.validate(record)


def test_messages_go_to_stderr(converted: Converted) -> None:
    result, out = converted
    assert f"{SAMPLES / 'scanned.pdf'}, page 2: read" in result.stderr
    assert f"→ {out / 'scanned.json'}" in result.stderr
    summary = {line.rsplit(maxsplit=1)[0].strip(): line.split()[-1] for line in result.stderr.splitlines()[-4:]}
    assert summary["converted"] == str(len(SOURCES))
    assert summary["records in"] == str(out)


def test_the_second_run_has_nothing_to_do(converted: Converted, run_cli: RunCli) -> None:
    _, out = converted
    before = {path: path.stat().st_mtime_ns for path in records_of(out)}
    began = time.monotonic()
    result = run_cli("convert", SAMPLES, "-o", out)
    assert result.returncode == 0
    assert f"done before  {len(SOURCES)}" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in records_of(out)} == before
    assert time.monotonic() - began < 30


def test_quiet_says_nothing_where_all_is_well(tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", EARLIER, "-o", tmp_path, "-q")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_languages_and_pages_reach_the_record(tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("convert", SAMPLES / "born-digital.pdf", "-o", tmp_path, "-l", "eng", "--pages", "1", "-j", "1")
    assert result.returncode == 0, result.stderr
    record = read_record(tmp_path / "born-digital.json")
    assert record.source.pages == (1,)
    assert [model.language for model in record.provenance.models] == ["eng"]


def test_an_interrupt_ends_all_and_keeps_what_is_done(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ecp_ingest", "convert", str(SAMPLES), "-o", str(tmp_path), "-v", "-j", "2"]
    command += ["--mode", "ocr"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        said = ""
        while "→" not in said:  # until the first source is done
            line = process.stderr.readline()
            assert line, said
            said += line
        os.killpg(process.pid, signal.SIGINT)  # as the terminal does it
        began = time.monotonic()
        said += process.stderr.read()
        assert process.wait(timeout=20) == 130
    assert time.monotonic() - began < 10
    assert "interrupted: what was done is kept" in said
    assert "Traceback" not in said
    assert [read_record(path).status for path in records_of(tmp_path)]
    assert all(path.suffix == ".json" and not path.name.startswith(".") for path in tmp_path.iterdir())


def test_schema(run_cli: RunCli) -> None:
    assert json.loads(run_cli("schema").stdout) == json_schema()


def test_doctor(run_cli: RunCli) -> None:
    result = run_cli("doctor")
    assert result.returncode == 0, result.stdout
    assert "Tesseract" in result.stdout
    assert "urd_nastaliq.traineddata, sha256 " in result.stdout
    assert "built-in engine" in result.stdout


def test_version(run_cli: RunCli) -> None:
    assert run_cli("--version").stdout.startswith("ecp-ingest ")


def test_start_up_is_quick() -> None:
    """Nothing heavy is imported before a command asks for it."""
    heavy = ("cv2", "numpy", "pdfplumber", "pydantic", "pytesseract", "torch")
    command = f"import sys, ecp_ingest.cli; print([name for name in {heavy} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", command], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", ()), ("3", ((3, 3),)), ("1-3,7", ((1, 3), (7, 7))), ("2-, 1", ((2, None), (1, 1)))],
)
def test_ranges_of_pages(given: str, expected: object) -> None:
    assert page_ranges(given) == expected


@pytest.mark.parametrize("given", ["0", "3-1", "a", "1,,2", "-3", "1-2-3"])
def test_ranges_that_can_t_be_meant(given: str) -> None:
    with pytest.raises(UsageError):
        page_ranges(given)


def test_languages() -> None:
    assert known_languages("urd+eng") == ("urd", "eng")
    with pytest.raises(UsageError, match="'deu' is none of eng, urd"):
        known_languages("eng+deu")


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert"],
        ["convert", "in"],
        ["convert", "in", "-o", "out", "-l", "deu"],
        ["convert", "in", "-o", "out", "--pages", "0"],
        ["convert", "in", "-o", "out", "--mode", "fast"],
        ["convert", "in", "-o", "out", "--jobs", "-1"],
        ["what"],
    ],
)
def test_usage_errors(arguments: list[str], run_cli: RunCli) -> None:
    result = run_cli(*arguments)
    assert result.returncode == 2
    assert "Error: " in result.stderr or result.stderr.startswith("ecp-ingest: ")
