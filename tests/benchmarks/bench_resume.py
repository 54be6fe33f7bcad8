"""How long a run takes to find that there is nothing to do: python -m tests.benchmarks.bench_resume [FILES] [BYTES].

One sample is converted; its record, with another source's name and digest, is written for each of FILES (10,000) files
of BYTES bytes (100,000), all different. Then the command runs as anybody would run it. Nothing is left behind.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.paths import REPOSITORY


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with tempfile.TemporaryDirectory(prefix="bench_resume_") as folder:
        sources, output = Path(folder, "in"), Path(folder, "out")
        sources.mkdir()
        first = sources / "00000.txt"
        text = (REPOSITORY / "samples/earlier-run.txt").read_bytes()
        first.write_bytes(text + b"\n" * max(0, size - len(text)))
        convert(sources, output)
        fill(sources, output, first, count)
        record = (output / "00000.json").stat().st_size
        print(f"{count} files of {first.stat().st_size} bytes, records of {record} bytes")
        for run in ("first", "second"):  # the first also takes all of them into the report
            print(f"nothing to do, {run} run: {convert(sources, output):.1f} s")
        print(f"--dry-run: {convert(sources, output, '--dry-run'):.1f} s")


def fill(sources: Path, output: Path, first: Path, count: int) -> None:
    content, record = first.read_bytes(), (output / "00000.json").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    for number in range(1, count):
        other = b"%06d" % number + content[6:]
        changed = hashlib.sha256(other).hexdigest()
        (sources / f"{number:05}.txt").write_bytes(other)
        made = record.replace(b'"00000.txt"', b'"%05d.txt"' % number)
        made = made.replace(digest.encode(), changed.encode()).replace(digest[:32].encode(), changed[:32].encode())
        (output / f"{number:05}.json").write_bytes(made)


def convert(sources: Path, output: Path, *options: str) -> float:
    """Seconds from the command to its end."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ecp_ingest", "convert", str(sources), "-o", str(output), "--quiet", *options],
        check=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
