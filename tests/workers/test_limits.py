"""Limits on time, memory and size of a page, a file and a worker, and the messages when one is exceeded."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ecp_ingest.batch.convert import BatchOptions, run
from ecp_ingest.batch.discover import discover
from ecp_ingest.batch.events import Report
from ecp_ingest.batch.steps import Steps
from ecp_ingest.document.pages import FailedPage, PageFacts, PicturePage, ReadPage, Scan
from ecp_ingest.errors import OutOfMemoryError, PageTimeoutError, SourceError, TooLargeError
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.record.entries import ErrorEntry
from ecp_ingest.record.schema import Record, read_record
from ecp_ingest.settings import Limits, RecogniseSettings, ScanSettings, Settings
from ecp_ingest.workers.executors import InlineExecutor, Timed, WorkerExecutor
from ecp_ingest.workers.worker import WorkerDiedError
from tests.hostile.good import WORDS, good_files, saved
from tests.hostile.pdfs import plain
from tests.support.builders import RunCli, make_record

ENGINE = Engine("5.3.0", ())

# ── a worker and its jobs ─────────────────────────────────────────────────────────────────────────────────────────


def spin() -> None:
    while True:
        pass


def hold_the_interpreter() -> None:
    re.match(r"(a+)+$", "a" * 64 + "b")


def wait_for_a_child(noted: Path) -> None:
    with subprocess.Popen(["sleep", "300"]) as child:
        noted.write_text(str(child.pid))


def allocate() -> None:
    kept = []
    while True:
        kept.append(bytearray(1 << 26))


def allocate_in_c() -> None:
    import cv2

    cv2.resize(np.ones((20_000, 20_000), np.uint8), (40_000, 40_000))


def allocate_in_a_child() -> int:
    return subprocess.run(["python3", "-c", "bytearray(1 << 31)"], check=False, stderr=subprocess.DEVNULL).returncode


def kill_with(number: int) -> None:
    os.kill(os.getpid(), number)


def write_to_stderr_and_die() -> None:
    os.write(2, b"terminate called: what(): no such table\n")
    os.abort()


def leave_a_file() -> None:
    Path(tempfile.mkdtemp(), "left").touch()
    spin()


def well() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def executor() -> Iterator[WorkerExecutor]:
    executor = WorkerExecutor(1, preload=[__name__], memory_mib=512)
    yield executor
    executor.stop()


@pytest.mark.parametrize("job", [spin, hold_the_interpreter])
def test_a_job_that_takes_too_long_is_ended(executor: WorkerExecutor, job: Callable[[], None]) -> None:
    executor.submit(well).result()
    began = time.monotonic()
    with pytest.raises(PageTimeoutError, match=r"longer than 0\.2 s .* --page-timeout"):
        executor.submit(Timed(job, 0.2, "--page-timeout")).result()
    assert time.monotonic() - began < 5
    assert executor.submit(well).result()


def test_programs_that_a_job_started_end_with_it(executor: WorkerExecutor, tmp_path: Path) -> None:
    with pytest.raises(PageTimeoutError):
        executor.submit(Timed(wait_for_a_child, 0.5, "--page-timeout"), tmp_path / "pid").result()
    pid = int((tmp_path / "pid").read_text())
    # A zombie, where nobody collects orphans, has no command any more.
    assert not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.parametrize("job", [allocate, allocate_in_c])
def test_too_much_memory_is_an_error_like_any_other(executor: WorkerExecutor, job: Callable[[], None]) -> None:
    before = executor.submit(well).result()
    with pytest.raises(OutOfMemoryError, match="--max-memory"):
        executor.submit(job).result()
    assert executor.submit(well).result() == before


def test_the_limit_holds_for_programs_that_a_worker_runs(executor: WorkerExecutor) -> None:
    assert executor.submit(allocate_in_a_child).result() == 1


def test_a_narrow_memory_limit_applies_after_the_imports() -> None:
    """Before that no clock runs, and libraries behave differently when memory is short."""
    executor = WorkerExecutor(1, preload=["ecp_ingest.page.pipeline", "ecp_ingest.release.assembly"], memory_mib=16)
    try:
        assert executor.submit(well).result(timeout=60)
        with pytest.raises(OutOfMemoryError, match="--max-memory"):
            executor.submit(allocate).result()
    finally:
        executor.stop()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGBUS])
def test_a_crash_is_reported_with_its_signal(executor: WorkerExecutor, number: signal.Signals) -> None:
    with pytest.raises(WorkerDiedError, match=rf"died \({number.name}\)"):
        executor.submit(kill_with, int(number)).result()


def test_a_crash_is_reported_with_the_last_line_of_stderr(executor: WorkerExecutor) -> None:
    with pytest.raises(WorkerDiedError, match=r"died \(SIGABRT: terminate called: what\(\): no such table\)"):
        executor.submit(write_to_stderr_and_die).result()


def test_no_temporary_file_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    executor = WorkerExecutor(1)
    with pytest.raises(PageTimeoutError):
        executor.submit(Timed(leave_a_file, 0.3, "--page-timeout")).result()
    with pytest.raises(WorkerDiedError):
        executor.submit(kill_with, int(signal.SIGKILL)).result()
    executor.stop()
    assert not list(tmp_path.iterdir())


# ── a batch: each page of a source does what its word names ────────────────────────────────────────────────────────


def open_words(path: Path, *, settings: ScanSettings) -> Scan:
    words = path.read_text().split()
    if words[0] == "stuck":
        spin()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Scan(str(path), path.name, digest, "text/plain", 1, len(words))


def read(scan: Scan, number: int, *, settings: Settings, engine: Engine) -> ReadPage | FailedPage:
    word = Path(scan.path).read_text().split()[number - 1]
    with Path(scan.path).with_suffix(".tried").open("a") as tried:
        tried.write(f"{number}\n")
    match word:
        case "spin":
            spin()
        case "allocate":
            allocate()
        case "crash":
            kill_with(signal.SIGSEGV)
        case "slow":
            time.sleep(0.3)
    return ReadPage(PageFacts(number, None, None, None, "ocr", ""), (), (), ())


def put_together(
    scan: Scan, pages: Sequence[ReadPage | FailedPage], *, settings: Settings, engine: Engine
) -> tuple[Record, ...]:
    if scan.file_name == "endless.pdf":
        spin()
    failed = [page for page in pages if isinstance(page, FailedPage)]
    status = "ok" if not failed else "failed" if len(failed) == len(pages) else "partial"
    errors = tuple(ErrorEntry(page=page.number, stage=page.stage, message=page.message) for page in failed)
    return (make_record(file_name=scan.file_name, sha256=scan.sha256, status=status, settings=settings, errors=errors),)


def refuse(path: Path, *, stage: str, message: str, settings: Settings, engine: Engine) -> Record:
    error = ErrorEntry(page=None, stage=stage, message=message)
    return make_record(file_name=path.name, status="failed", settings=settings, errors=(error,))


def convert(folder: Path, limits: Limits, executor: Executor) -> Report:
    output = folder / "out"
    return run(
        discover([folder], output=output),
        BatchOptions(output, Settings(limits=limits)),
        engine=ENGINE,
        executor=executor,
        in_flight=2,
        steps=Steps(open_words, read, put_together, refuse),
    )


def test_pages_that_hang_crash_or_use_all_memory_fail_alone(executor: WorkerExecutor, tmp_path: Path) -> None:
    for name, words in [
        ("a", "good"), ("b", "good spin good"), ("c", "good allocate"), ("d", "crash good"), ("e", "stuck"),
        ("endless", "good"), ("z", "good good"),
    ]:  # fmt: skip
        (tmp_path / f"{name}.pdf").write_text(words)
    report = convert(tmp_path, Limits(page_seconds=1), executor)
    statuses = {outcome.source.stem: outcome.status for outcome in report.outcomes}
    assert statuses == {
        "a": "ok", "b": "partial", "c": "partial", "d": "partial", "e": "failed", "endless": "failed", "z": "ok"
    }  # fmt: skip
    problems = [problem for outcome in report.outcomes for problem in outcome.problems]
    for message in [r"b\.pdf, page 2: took longer than 1 s .*--page-timeout", r"c\.pdf, page 2: .*--max-memory",
                 r"d\.pdf, page 1: .*SIGSEGV", r"e\.pdf: took longer", r"endless\.pdf: took longer"]:  # fmt: skip
        assert any(re.search(message, problem) for problem in problems), (message, problems)
    assert (tmp_path / "b.tried").read_text().split() == ["1", "2", "3"]  # a page that hung isn't tried again


def test_a_file_that_takes_too_long_keeps_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("slow " * 12)
    (tmp_path / "b.pdf").write_text("good")
    report = convert(tmp_path, Limits(file_seconds=0.5), InlineExecutor())
    a, b = report.outcomes
    assert (a.status, b.status) == ("partial", "ok")
    assert a.pages == 12
    assert 0 < a.failed_pages < 12
    assert f"a.pdf, page {13 - a.failed_pages}: not tried: " in a.problems[0]
    assert "--file-timeout" in a.problems[0]


def test_wider_limits_repeat_only_what_failed(executor: WorkerExecutor, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("good")
    (tmp_path / "b.pdf").write_text("slow")
    first = convert(tmp_path, Limits(page_seconds=0.1, file_seconds=0.1), InlineExecutor())
    assert [outcome.status for outcome in first.outcomes] == ["ok", "ok"]
    (tmp_path / "b.pdf").write_text("slow spin")
    tight = convert(tmp_path, Limits(page_seconds=0.4), executor)
    (tmp_path / "b.pdf").write_text("slow good")
    wide = convert(tmp_path, Limits(page_seconds=60, memory_mib=4096), executor)
    assert [outcome.status for outcome in tight.outcomes] == ["skipped", "partial"]
    assert [outcome.status for outcome in wide.outcomes] == ["skipped", "ok"]


# ── what isn't recorded ───────────────────────────────────────────────────────────────────────────────────────────


def test_limits_and_passwords_change_no_result_and_are_not_recorded() -> None:
    usual = Settings()
    other = Settings(
        scan=ScanSettings(max_image_mpixels=1, max_pages=1, pdf_password="hush"),
        limits=Limits(page_seconds=1, file_seconds=1, memory_mib=1),
    )
    assert other.fingerprint == usual.fingerprint
    assert other.recorded == usual.recorded
    assert "hush" not in repr(other)
    assert Settings(recognise=RecogniseSettings(languages=("eng",))).fingerprint != usual.fingerprint
    assert usual.recorded["scan"] == {"mode": "auto", "pages": (), "image_dpi": None}


# ── pages, pixels, characters ─────────────────────────────────────────────────────────────────────────────────────


def test_too_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{WORDS}\f" * 12)
    few = ScanSettings(max_pages=10)
    with pytest.raises(TooLargeError, match=r"has 12 pages, more than the 10 allowed; .*--max-pages.*--pages"):
        open_scan(path, settings=few)
    assert open_scan(path, settings=ScanSettings(max_pages=10, pages=((3, None),))).page_count == 12
    assert open_scan(path, settings=ScanSettings(max_pages=12)).page_count == 12


def test_a_page_of_too_many_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("word " * 250_000)
    with pytest.raises(TooLargeError, match="1,250,000 characters"):
        open_scan(path, settings=ScanSettings())


def test_too_many_pixels(tmp_path: Path, run_cli: RunCli) -> None:
    names = ["scan.png", "scan.pdf", "photo.jpg", "fax.tif"]
    for name in names:
        (tmp_path / f"{name[-3:]}-{name}").write_bytes(good_files()[name])
    result = run_cli("convert", tmp_path, "-o", tmp_path / "out", "-l", "eng", "--max-image-mpixels", "0.1")
    assert result.returncode == 1
    for name in names:
        assert re.search(rf"{name}\b.* pixels.* --max-image-mpixels", result.stderr)


def test_an_unusable_page_fails_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [Image.new("1", size, 1) for size in [(40, 900), (9, 9), (5, 5), (9000, 8), (33_000, 9), (900, 900)]]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    few = ScanSettings(max_image_mpixels=0.5)
    scan = open_scan(path, settings=few)
    assert scan.page_count == 6
    for page in (1, 2):
        assert load_page(scan, page, settings=few).number == page
    for page, message in [
        (3, "5 × 5 pixels: too narrow"),
        (4, "too narrow"),
        (5, "on one side"),
        (6, "-max-image-mpixels"),
    ]:
        with pytest.raises(SourceError, match=rf"^a\.tif, page {page}: .*{message}"):
            load_page(scan, page, settings=few)


@pytest.mark.parametrize(
    ("box", "refusal"),
    [
        ([0, 0, 0, 0], None),  # taken for a page of the usual size
        ([5, 5, -5, -5], None),
        ([1, 2], None),
        ([0, 0, 14_400, 14_400], "200 × 200 inches: at 150 dpi more than the 250 million pixels"),
        ([0, 0, 1e-5, 500], "too narrow"),
    ],
)
def test_a_pdf_page_of_any_size(tmp_path: Path, box: list[float], refusal: str | None) -> None:
    pdf = plain()
    pdf.pages[0].MediaBox = pikepdf.Array(box)
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(pdf))
    settings = ScanSettings(mode="ocr")
    scan = open_scan(path, settings=settings)
    if refusal is None:
        page = load_page(scan, 1, settings=settings)
        assert isinstance(page, PicturePage)
        assert 100 < page.pixels.size < 1e8
    else:
        with pytest.raises(SourceError, match=refusal):
            load_page(scan, 1, settings=settings)


def test_tesseract_that_hangs(tmp_path: Path, run_cli: RunCli) -> None:
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    real = subprocess.run(["which", "tesseract"], capture_output=True, text=True, check=True).stdout.strip()
    program.write_text(f'#!/bin/sh\ncase "$*" in *lines.txt*) sleep 300 ;; esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.png").write_bytes(good_files()["scan.png"])
    (source / "b.txt").write_text(WORDS)
    path = f"{program.parent}:{os.environ['PATH']}"
    began = time.monotonic()
    result = run_cli("convert", source, "-o", tmp_path / "out", "-l", "eng", "--page-timeout", "2", PATH=path)
    assert time.monotonic() - began < 25
    assert result.returncode == 1
    assert re.search(r"a\.png, page 1: Tesseract took longer than .*--page-timeout", result.stderr)
    assert read_record(tmp_path / "out" / "b.json").status == "ok"
