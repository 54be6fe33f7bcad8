"""Files made to do harm, or that only chance could make: pipes and odd names, locked PDFs, PDFs that want something."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pikepdf
import pytest

from ecp_ingest.batch.discover import discover
from ecp_ingest.document.pages import TextPage
from ecp_ingest.errors import EcpIngestError, EncryptedSourceError, UnreadableSourceError
from ecp_ingest.files.names import on_one_line
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.record.schema import read_record
from ecp_ingest.settings import ScanSettings
from tests.benchmarks.bench_bad_input import convert
from tests.hostile.good import WORDS, good_files, saved
from tests.hostile.pdfs import acts, plain, reads_files
from tests.support.builders import RunCli

# ── what is no file, and names that nobody should give ────────────────────────────────────────────────────────────


def test_pipes_devices_and_odd_names(tmp_path: Path, run_cli: RunCli) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    os.mkfifo(source / "pipe.pdf")
    (source / "endless.txt").symlink_to("/dev/zero")
    (source / "itself.tif").symlink_to("itself.tif")
    (source / "nowhere.png").symlink_to("gone.png")
    (source / "folder.pdf").mkdir()
    (source / "round").symlink_to(source)
    bad = ["pipe.pdf", "endless.txt", "itself.tif", "nowhere.png"]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(source / "socket.jpg"))
        good = [
            "two\nlines.txt",
            "\x1b[31mred.txt",
            "😀 [b].txt",
            "-x.txt",
            os.fsdecode(b"b\xff\xfed.txt"),
            "folder.pdf/a.txt",
        ]
        for name in good:
            (source / name).write_text(WORDS)
        long = "a" * 251 + ".txt"
        (source / long).write_text(WORDS)
        result = run_cli("convert", source, "-o", out, "-l", "eng", "-v")
    assert result.returncode == 4  # there is no room for .json at the end of the long name
    assert f"{'a' * 251}.json: " in result.stderr
    for name in [*bad, "socket.jpg"]:
        (said,) = [line for line in result.stderr.splitlines() if line.startswith(f"{source / name}: ")][:1]
        assert ("no file" in said) == (name in {"pipe.pdf", "endless.txt", "socket.jpg"}), said
        assert read_record((out / name).with_suffix(".json")).status == "failed"
    for name in good:
        record = read_record((out / name).with_suffix(".json"))
        assert record.status == "ok"
        assert record.source.file_name == (Path(name).name if "b\udcff" not in name else "b\\xff\\xfed.txt")
        assert on_one_line(str(source / name)) in result.stderr
    assert "\x1b" not in result.stderr
    again = run_cli("convert", source, "-o", out, "-l", "eng")
    assert f"done before  {len(good)} " in again.stderr


@pytest.mark.parametrize("name", ["text.pdf", "scan.png", "fax.tif", "run.txt", "archive.jp2"])
def test_a_file_that_vanishes_or_shrinks_while_it_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(good_files()[name])
    scan = open_scan(path, settings=ScanSettings())
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(EcpIngestError) if name != "run.txt" else contextlib.nullcontext():
        load_page(scan, 1, settings=ScanSettings())
    path.unlink()
    with pytest.raises(UnreadableSourceError, match=rf"^{name}, page 1: "):
        load_page(scan, 1, settings=ScanSettings())


def test_a_folder_too_deep_to_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS)
    (tmp_path / "deep").mkdir()
    place = os.open(tmp_path / "deep", os.O_RDONLY)
    for _ in range(45):  # longer than any path may be
        os.mkdir("n" * 100, dir_fd=place)
        place, above = os.open("n" * 100, os.O_RDONLY, dir_fd=place), place
        os.close(above)
    os.close(place)
    found = discover([tmp_path], output=tmp_path / "out")
    assert [source.target for source in found.sources] == ["a"]
    (refused,) = found.refused
    assert str(refused.path).startswith(f"{tmp_path}/deep/nnn")
    assert "can't be looked into (File name too long)" in str(refused.error)


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "user", "owner"),
    [
        ({"R": 2, "aes": False, "metadata": False}, "user", "owner"),
        ({"R": 3, "aes": False, "metadata": False}, "pässwort", "owner"),
        ({"R": 4}, "user", "owner"),
        ({"R": 6}, "user", "owner"),
        ({"R": 6}, "کلید", "مالک"),
    ],
)
def test_both_passwords_open_every_encryption(tmp_path: Path, kind: dict[str, int], user: str, owner: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(saved(plain(), encryption=pikepdf.Encryption(user=user, owner=owner, **kind)))
    for password in (user, owner):
        settings = ScanSettings(pdf_password=password)
        page = load_page(open_scan(path, settings=settings), 1, settings=settings)
        assert isinstance(page, TextPage)
        assert "met today." in page.blocks[-1][-1].text
    with pytest.raises(EncryptedSourceError, match=r"wants a password: give it with --pdf-password.*ECP_INGEST_PDF_"):
        open_scan(path, settings=ScanSettings())
    with pytest.raises(EncryptedSourceError, match=r"wants another password than the one given with --pdf-password"):
        open_scan(path, settings=ScanSettings(pdf_password="wrong"))


def test_a_password_is_for_the_pdfs_that_want_it_and_stands_nowhere(tmp_path: Path, run_cli: RunCli) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "open.pdf").write_bytes(saved(plain()))
    (source / "other.pdf").write_bytes(saved(plain(), encryption=pikepdf.Encryption(user="else", owner="else", R=6)))
    for name, user in [("locked", "hush-hush"), ("no-printing", "")]:
        encryption = pikepdf.Encryption(user=user, owner="owner", R=6)
        (source / f"{name}.pdf").write_bytes(saved(plain(), encryption=encryption))
    result = run_cli("convert", source, "-o", out, "-l", "eng", "-v", ECP_INGEST_PDF_PASSWORD="hush-hush")
    assert result.returncode == 1
    assert read_record(out / "other.json").status == "failed"
    for name in ["open", "locked", "no-printing"]:
        assert read_record(out / f"{name}.json").status == "ok"
    told = [result.stdout, result.stderr, *(path.read_text() for path in out.rglob("*") if path.is_file())]
    assert not [text for text in told if "hush-hush" in text]
    assert read_record(out / "locked.json").provenance.settings["scan"] == {
        "mode": "auto", "pages": [], "image_dpi": None
    }  # fmt: skip
    wrong = run_cli("convert", source / "locked.pdf", "-o", tmp_path / "new", "--pdf-password", "guess")
    assert wrong.returncode == 1
    assert "locked.pdf: the PDF wants another password" in wrong.stderr


# ── PDFs that want something ──────────────────────────────────────────────────────────────────────────────────────


def test_a_pdf_reads_runs_and_writes_nothing(tmp_path: Path, run_cli: RunCli) -> None:
    """It names a file as its content, its picture, its entity …; and a pipe, on which every reader would hang."""
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    secret, pipe = tmp_path / "secret.txt", tmp_path / "pipe"
    secret.write_bytes(b"BT /F1 12 Tf 30 50 Td (the secret word) Tj ET " + b"the secret word\n" * 900)
    os.mkfifo(pipe)
    (source / "reads.pdf").write_bytes(reads_files(str(secret)))
    (source / "relative.pdf").write_bytes(reads_files("../secret.txt"))
    (source / "waits.pdf").write_bytes(reads_files(str(pipe)))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        (source / "acts.pdf").write_bytes(
            acts(url=f"http://127.0.0.1:{port}/", program="/bin/touch", told=str(tmp_path / "ran"))
        )
        (source / "calls.pdf").write_bytes(reads_files(f"http://127.0.0.1:{port}/x"))
        result = run_cli("convert", source, "-o", out, "-l", "eng", "--page-timeout", "20")
        with pytest.raises(TimeoutError):
            server.accept()
    assert "--page-timeout" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out", "pipe", "secret.txt"]
    records = sorted(path for path in out.rglob("*") if path.is_file())
    assert {"reads.json", "relative.json", "waits.json", "acts.json", "calls.json"} <= {path.name for path in records}
    assert not [path for path in records if "secret word" in path.read_text()]
    assert "met today" in read_record(out / "acts.json").paragraphs[-1].text


# ── all of it, by a fixed dice ────────────────────────────────────────────────────────────────────────────────────


def test_damaged_files_and_traps_between_good_ones(tmp_path: Path) -> None:
    """A small run of ``tests/benchmarks/bench_bad_input.py``."""
    result = convert(tmp_path, number=40, seed=5, options=["-l", "eng", "--page-timeout", "6"])
    assert result.code == 1
    assert result.good_done == len(result.good) == 4
    assert "Traceback" not in result.stderr
    assert not result.unclear, {name: result.messages.get(name) for name in result.unclear}
    assert not result.unsaid
