"""Input that is of no use, output that can't be, programs that aren't there: what a person is told, and what is kept."""

from __future__ import annotations

import os
import shutil
import struct
import zlib
from pathlib import Path
from subprocess import CompletedProcess

import pikepdf
import pytest
from conftest import REPOSITORY, RunCli

from ecp_ingest.record import Record, read_record

GOOD = "Press Release\n\nIslamabad, 28th May, 2022:\n\nThe Election Commission of Pakistan met today.\n"
SCANNED = REPOSITORY / "samples" / "scanned.pdf"


def huge_png(side: int) -> bytes:
    """A white picture of ``side``×``side`` pixels, one bit each: large when it is unpacked, small on the disk."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (-(-side // 8))
    rows = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encrypted_pdf(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path, encryption=pikepdf.Encryption(user="secret", owner="secret"))


BAD = {
    # what is wrong with it: words of the message
    "empty.pdf": "empty",
    "truncated.pdf": "",
    "encrypted.pdf": "password",
    "text-inside.png": "content",
    "huge.png": "pixels",
    "noise.tif": "content",
    "empty.txt": "empty",
}


@pytest.fixture(scope="module")
def bad_batch(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> tuple[CompletedProcess[str], Path]:
    """Every bad source together with two good ones, converted once."""
    folder = tmp_path_factory.mktemp("bad")
    source = folder / "in"
    source.mkdir()
    (source / "empty.pdf").touch()
    (source / "truncated.pdf").write_bytes(SCANNED.read_bytes()[:5000])
    encrypted_pdf(source / "encrypted.pdf")
    (source / "text-inside.png").write_text(GOOD)
    (source / "huge.png").write_bytes(huge_png(30_000))
    (source / "noise.tif").write_bytes(b"MZ\x90" + bytes(range(256)) * 8)
    (source / "empty.txt").touch()
    for name in ["first.txt", "last.txt"]:
        (source / name).write_text(GOOD)
    return run_cli("convert", source, "-o", folder / "out", "-l", "eng", "-j", "2"), folder / "out"


def test_the_batch_fails_but_is_done(bad_batch: tuple[CompletedProcess[str], Path]) -> None:
    result, out = bad_batch
    assert result.returncode == 1
    assert sorted(path.stem for path in out.iterdir()) == sorted(["first", "last", *(Path(name).stem for name in BAD)])[1:]


@pytest.mark.parametrize("name", ["first", "last"])
def test_good_sources_are_converted_beside_bad_ones(bad_batch: tuple[CompletedProcess[str], Path], name: str) -> None:
    record = read_record(bad_batch[1] / f"{name}.json")
    assert record.status == "ok"
    assert "met today" in record.paragraphs[-1].text


def failed(out: Path, name: str) -> Record:
    record = read_record(out / f"{Path(name).stem}.json")
    assert record.status == "failed"
    return record
