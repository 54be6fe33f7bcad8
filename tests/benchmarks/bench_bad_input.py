"""What a thousand bad files do to a batch: ``python -m tests.benchmarks.bench_bad_input [--number N] [--seed S]``.

PDFs, TIFFs, JPEGs, PNGs, JPEG 2000 and texts, damaged or built as traps (``tests/hostile``), are mixed with good files
and converted by the real command, in the languages and with the limits that are told. It prints what a person would
see of it: crashes, hangs, tracebacks, good files done, statuses, messages, and files without a clear one. It ends with
exit code 1 if there is anything that there must not be.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.record.schema import Record, read_record
from tests.hostile import hostile_files
from tests.hostile.good import good_files
from tests.support.paths import REPOSITORY

GOOD_EVERY = 10
PAGE_SECONDS = 20.0
UNCLEAR = ("please report", "Traceback", "Error:", "None")


@dataclass(frozen=True, slots=True)
class Result:
    """Of one run over a folder of bad and good files."""

    code: int
    seconds: float
    stderr: str
    bad: dict[str, Record | None]
    """By name; None: there is no record that can be read."""
    good: dict[str, Record | None]

    @property
    def statuses(self) -> Counter[str]:
        return Counter(record.status if record else "no record" for record in self.bad.values())

    @property
    def messages(self) -> dict[str, list[str]]:
        """Name → what went wrong with it, its record says."""
        return {name: [error.message for error in record.errors] for name, record in self.bad.items() if record}

    @property
    def crashed(self) -> list[str]:
        return [name for name, told in self.messages.items() if any("died" in message for message in told)]

    @property
    def timed_out(self) -> list[str]:
        return [name for name, told in self.messages.items() if any("--page-timeout" in message for message in told)]

    @property
    def unclear(self) -> list[str]:
        """Files of which a person isn't told, in so many words, what is wrong."""
        return [
            name
            for name, record in self.bad.items()
            if record is None
            or (record.status != "ok" and not record.errors)
            or any(len(error.message) < 10 or any(w in error.message for w in UNCLEAR) for error in record.errors)
        ]

    @property
    def unsaid(self) -> list[str]:
        """Files that failed without a line on the screen."""
        return [
            name
            for name, record in self.bad.items()
            if record is not None and record.status != "ok" and name not in self.stderr
        ]

    @property
    def good_done(self) -> int:
        return sum(record is not None and record.status == "ok" for record in self.good.values())

    @property
    def is_as_it_should_be(self) -> bool:
        wrong = self.unclear or self.unsaid or "Traceback" in self.stderr
        return self.code in (0, 1) and not wrong and self.good_done == len(self.good)


def lay_out(folder: Path, *, number: int, seed: int) -> tuple[list[str], list[str]]:
    """Write bad and good files into ``folder``; their names."""
    bad, good = [], []
    sound = list(good_files().items())
    for place, file in enumerate(hostile_files(number, seed=seed)):
        (folder / file.name).write_bytes(file.content)
        bad.append(file.name)
        if place % GOOD_EVERY == 0:
            name, content = sound[place // GOOD_EVERY % len(sound)]
            name = f"{place:04}-good-{name}"
            (folder / name).write_bytes(content)
            good.append(name)
    return bad, good


def convert(folder: Path, *, number: int, seed: int, options: list[str]) -> Result:
    """Lay out the files below ``folder`` and convert them there."""
    source, output = folder / "in", folder / "out"
    source.mkdir(parents=True, exist_ok=True)
    bad, good = lay_out(source, number=number, seed=seed)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "ecp_ingest", "convert", str(source), "-o", str(output), *options],
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
        cwd=REPOSITORY,
    )
    return Result(
        code=done.returncode,
        seconds=time.monotonic() - began,
        stderr=done.stderr,
        bad={name: record_of(output, name) for name in bad},
        good={name: record_of(output, name) for name in good},
    )


def record_of(output: Path, name: str) -> Record | None:
    stem = name.rpartition(".")[0]
    for path in (output / f"{stem}.json", output / f"{stem}.1.json"):
        try:
            return read_record(path)
        except UnreadableSourceError:
            continue
    return None


def kind_of(message: str) -> str:
    """The message without what differs from file to file."""
    return re.sub(r"\(.*\)|'[^']*'", "…", re.sub(r"[-\d.,]*\d", "#", message))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where files and records stay; else they are thrown away")
    parser.add_argument("-j", "--jobs", default="0")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        options = ["-l", "eng", "-j", told.jobs, "--page-timeout", f"{PAGE_SECONDS:g}"]
        result = convert(told.folder or Path(temporary), number=told.number, seed=told.seed, options=options)
    print(f"{len(result.bad)} bad and {len(result.good)} good files in {result.seconds:.0f} s; exit code {result.code}")
    print(f"good files done: {result.good_done} of {len(result.good)}")
    print(f"bad files: {dict(result.statuses.most_common())}")
    print(f"crashes of a worker, each of which cost its page only: {len(result.crashed)}  {result.crashed[:9]}")
    print(f"stopped at the limit of {PAGE_SECONDS:g} s: {len(result.timed_out)}  {result.timed_out[:9]}")
    print(f"tracebacks on the screen: {result.stderr.count('Traceback')}")
    print(f"files without a clear message: {len(result.unclear)}  {result.unclear[:9]}")
    print(f"files of which the screen says nothing: {len(result.unsaid)}  {result.unsaid[:9]}")
    kinds = Counter(kind_of(message) for messages in result.messages.values() for message in set(messages))
    print(f"{len(kinds)} kinds of messages:")
    for kind, count in kinds.most_common():
        print(f"  {count:5}  {kind}")
    if told.folder:
        (told.folder / "stderr.txt").write_text(result.stderr, encoding="utf-8")
    sys.exit(0 if result.is_as_it_should_be else 1)


if __name__ == "__main__":
    main()
