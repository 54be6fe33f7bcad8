"""What goes wrong in the night, done on purpose: ``python -m tests.benchmarks.bench_faults [--only NAME]``.

Six small scans are converted undisturbed; then again and again under each fault, and the same command once more. Told
are, for each fault: the exit codes, how many records stood there and how many of them were whole and as they should be,
and whether after the last run all records equal those of the undisturbed run. Some faults need root (to mount a small
disk); they are left out without it. Exit code 1 if any record was ever other than it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.clusters import Cluster
from tests.support.paths import REPOSITORY

PAGES = 6


@dataclass
class Bench:
    folder: Path
    kills: int
    expected: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    """Of the undisturbed run."""
    bad: int = 0

    @property
    def sources(self) -> Path:
        return self.folder / "in"

    def fresh(self, name: str) -> Path:
        output = self.folder / name
        shutil.rmtree(output, ignore_errors=True)
        return output

    def start(self, output: Path, *options: str, sources: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "ecp_ingest", "convert", str(sources or self.sources), "-o", str(output)),
                *("-j", "2", "--language", "eng", "-v", *options),
            ],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, output: Path, *options: str, sources: Path | None = None) -> tuple[int, str]:
        process = self.start(output, *options, sources=sources)
        _, said = process.communicate(timeout=600)
        return process.returncode, said

    def whole(self, output: Path) -> str:
        """How many records stand there, and how many of them are as they should be."""
        made = contents(output)
        right = sum(record == self.expected.get(name) for name, record in made.items())
        self.bad += len(made) - right
        return f"{right} of {len(made)} records right"

    def end(self, output: Path, *options: str) -> str:
        """Once more, undisturbed."""
        code, said = self.run(output, *options)
        same = contents(output) == self.expected
        self.bad += not same
        left = [path.name for path in output.iterdir() if path.suffix != ".json"]
        skipped = said.count(": skipped, ")
        return f"then exit {code}, {skipped} skipped, all equal: {same}, left over: {left or 'nothing'}"


def contents(output: Path) -> dict[str, Any]:
    """The records without what clocks say; what is no JSON as None."""
    made: dict[str, Any] = {}
    for path in sorted(output.glob("*.json")):
        try:
            record = json.loads(path.read_bytes())
        except ValueError:
            made[path.name] = None
            continue
        if "provenance" in record:
            for page in record["provenance"]["pages"]:
                page.pop("seconds")
            record["source"].pop("path")
            made[path.name] = record
    return made


def make_sources(folder: Path) -> None:
    folder.mkdir(parents=True)
    with Image.open(REPOSITORY / "samples/stacked.png") as page:
        for number in range(PAGES):
            top = page.height * number // 30
            strip = page.crop((0, top, page.width, top + page.height // 5))
            strip.save(folder / f"{number}.png", dpi=page.info["dpi"])


def first_page(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if line.endswith(": read\n"):
            return


def said_at_the_end(process: subprocess.Popen[str]) -> str:
    _, said = process.communicate(timeout=600)
    usual = (": read", ": ok, ", " pages, ", ": skipped, ", ": failed")
    told = [line for line in said.splitlines() if ": " in line and not any(part in line for part in usual)]
    problem = next((line for line in told if not line.startswith(" ")), "")
    return f"exit {process.returncode}{', Traceback!' if 'Traceback' in said else ''}; “{problem[:150]}”"


def workers_of(pid: int) -> list[int]:
    """Processes that ``pid`` has started and that have a group of their own."""
    children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [child for child in map(int, children.split()) if os.getpgid(child) == child]


# ── the faults ────────────────────────────────────────────────────────────────────────────────────────────────────


def killed(bench: Bench) -> Iterator[str]:
    rng = random.Random(7)
    output, rounds, stood = bench.fresh("killed"), 0, 0
    for _ in range(bench.kills):
        process = bench.start(output)
        time.sleep(rng.uniform(0.1, 1.2 * bench.seconds))
        process.kill()
        process.communicate()
        if output.exists():
            bench.whole(output)
            stood += len(contents(output))
            if len(contents(output)) == PAGES:
                shutil.rmtree(output)
                rounds += 1
    yield f"kill -9 of the run, {bench.kills} times; all was done {rounds} times; {stood} records looked at"
    yield bench.end(output)


def interrupted(bench: Bench) -> Iterator[str]:
    output = bench.fresh("interrupted")
    process = bench.start(output)
    first_page(process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    yield f"Ctrl-C: {said_at_the_end(process)} after {time.monotonic() - began:.1f} s; {bench.whole(output)}"
    yield bench.end(output)


def worker_killed(bench: Bench) -> Iterator[str]:
    output = bench.fresh("worker")
    process = bench.start(output)
    first_page(process)
    victims = workers_of(process.pid)
    for victim in victims[:1]:
        os.kill(victim, signal.SIGKILL)
    yield f"kill -9 of {len(victims[:1])} worker: {said_at_the_end(process)}; {bench.whole(output)}"
    yield bench.end(output)


def source_changed(bench: Bench) -> Iterator[str]:
    sources, output = bench.fresh("changing"), bench.fresh("changed")
    shutil.copytree(bench.sources, sources)
    process = bench.start(output, sources=sources)
    first_page(process)
    for name in ("4.png", "5.png"):
        shutil.copyfile(bench.sources / "0.png", sources / name)
    (sources / "3.png").unlink()
    told = said_at_the_end(process)
    wrong = 0
    for name, record in contents(output).items():
        wanted = bench.expected[name]
        if name in ("4.json", "5.json") and record["source"]["sha256"] != wanted["source"]["sha256"]:
            wanted = bench.expected["0.json"]
        same = record["paragraphs"] == wanted["paragraphs"] or (name == "3.json" and record["status"] == "failed")
        wrong += not same
    bench.bad += wrong
    yield f"two sources changed, one deleted: {told}; records of other bytes than they say: {wrong}"
    shutil.copytree(bench.sources, sources, dirs_exist_ok=True)
    yield f"sources back: exit {bench.run(output, sources=sources)[0]}; {bench.whole(output)}"


def clock_set_back(bench: Bench) -> Iterator[str]:
    sources, output = bench.fresh("clock"), bench.fresh("clock-out")
    shutil.copytree(bench.sources, sources)
    bench.run(output, sources=sources)
    for path in output.iterdir():
        os.utime(path, (4e9, 4e9))
    shutil.copyfile(bench.sources / "1.png", sources / "0.png")
    for path in sources.iterdir():
        os.utime(path, (0, 0))
    code, said = bench.run(output, sources=sources)
    again = [line.split(":")[0][-5:] for line in said.splitlines() if ": ok, " in line]
    bench.bad += again != ["0.png"]
    yield f"records from the future, one source changed and all from 1970: exit {code}, converted again: {again}"


def disk_full(bench: Bench) -> Iterator[str]:
    with small_disk(bench) as output:
        process = bench.start(output)
        yield f"disk full: {said_at_the_end(process)}; {bench.whole(output)}"
        subprocess.run(["mount", "-o", "remount,size=64m", output], check=True)
        yield bench.end(output)


def read_only(bench: Bench) -> Iterator[str]:
    output = bench.fresh("read-only")
    process = bench.start(output)
    first_page(process)
    subprocess.run(["mount", "--bind", output, output], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", output], check=True)
        yield f"made read-only: {said_at_the_end(process)}; {bench.whole(output)}"
    finally:
        subprocess.run(["umount", "-l", output], check=True)
    yield bench.end(output)


@contextmanager
def small_disk(bench: Bench) -> Iterator[Path]:
    output = bench.fresh("disk")
    output.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", output], check=True)
    try:
        yield output
    finally:
        subprocess.run(["umount", "-l", output], check=True)


def dask_worker_killed(bench: Bench) -> Iterator[str]:
    with cluster(bench) as two:
        output = bench.fresh("dask-worker")
        process = bench.start(output, "--dask", two.address)
        first_page(process)
        two.kill(1)
        yield f"kill -9 of a Dask worker: {said_at_the_end(process)}; {bench.whole(output)}"
        yield bench.end(output, "--dask", two.address)


def dask_scheduler_killed(bench: Bench) -> Iterator[str]:
    with cluster(bench) as two:
        output = bench.fresh("dask-scheduler")
        process = bench.start(output, "--dask", two.address)
        first_page(process)
        began = time.monotonic()
        two.kill(0)
        told = said_at_the_end(process)
        yield f"kill -9 of the Dask scheduler: {told} after {time.monotonic() - began:.1f} s; {bench.whole(output)}"
        yield bench.end(output)


@contextmanager
def cluster(bench: Bench) -> Iterator[Cluster]:
    folder = bench.fresh("cluster")
    folder.mkdir()
    two = Cluster(folder)
    try:
        two.start_scheduler()
        two.start_worker()
        two.start_worker()
        two.wait_for_workers(2)
        yield two
    finally:
        two.end()


FAULTS: tuple[Callable[[Bench], Iterator[str]], ...] = (
    *(killed, interrupted, worker_killed, source_changed, clock_set_back, disk_full, read_only),
    *(dask_worker_killed, dask_scheduler_killed),
)
NEED_ROOT = (disk_full, read_only)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--only", choices=[fault.__name__ for fault in FAULTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench_faults_") as folder:
        bench = Bench(Path(folder), options.kills)
        make_sources(bench.sources)
        began = time.monotonic()
        code, _ = bench.run(bench.folder / "undisturbed")
        bench.seconds = time.monotonic() - began
        bench.expected = contents(bench.folder / "undisturbed")
        print(f"undisturbed: exit {code}, {len(bench.expected)} records in {bench.seconds:.1f} s")
        for fault in FAULTS:
            if options.only in (None, fault.__name__) and (os.geteuid() == 0 or fault not in NEED_ROOT):
                print(fault.__name__, *fault(bench), sep="\n  ", flush=True)
        print(f"wrong in all: {bench.bad}")
        sys.exit(1 if bench.bad else 0)


if __name__ == "__main__":
    main()
