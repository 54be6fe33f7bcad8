"""A stack from the sheet feeder, split: ``python -m tests.benchmarks.bench_stack [--releases 25] [--seed 7]``.

Releases of our own, each on one to four sheets (both halves on one sheet, a sheet each, long halves on two, Urdu first
in some, the letterhead again on some second sheets), are printed, aged, filed as one TIFF and converted. Told are the
releases whose pages and date came out as they are, and the seconds.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ecp_ingest.files.record_files import records_in
from tests.samples_maker.files import write_tiff
from tests.samples_maker.release_texts import FOLDER, load_release
from tests.samples_maker.stack import Stacked, print_stack

DPI = 200
SHAPES = ("both on one sheet", "a sheet each", "a sheet each", "long English", "both long")


def make_stack(count: int, seed: int) -> list[Stacked]:
    """Releases that have both halves, in a fixed shuffle."""
    rng = random.Random(seed)
    names = sorted(path.stem for path in FOLDER.glob("*.txt"))
    rng.shuffle(names)
    return [
        Stacked(load_release(name), rng.choice(SHAPES), urdu_first=rng.random() < 0.3, headed_again=rng.random() < 0.4)
        for name in names[:count]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=int, default=25)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    stack = make_stack(options.releases, options.seed)
    pages, groups = print_stack(stack, dpi=DPI, seed=options.seed)
    with tempfile.TemporaryDirectory(prefix="ecp-stack-") as folder:
        source, records = Path(folder, "stack.tif"), Path(folder, "records")
        write_tiff(source, pages, dpi=DPI, quality=80)
        began = time.perf_counter()
        command = [sys.executable, "-m", "ecp_ingest", "convert", str(source), "-o", str(records), "-q"]
        print(f"exit code {subprocess.run(command, check=False).returncode}")
        seconds = time.perf_counter() - began
        read = [json.loads((records / name).read_text(encoding="utf-8")) for name in records_in(records)]
    dates = {tuple(record["source"]["pages"]): (record["release"]["date"] or {}).get("value") for record in read}
    found = [dates.get(tuple(group), "not found") for group in groups]
    wanted = [one.release.fields["date"] for one in stack]
    print(f"{len(pages)} pages, {len(stack)} releases; {len(read)} records in {seconds:.0f} s")
    print(f"releases with exactly their pages: {sum(date != 'not found' for date in found)}")
    print(f"… and their date: {sum(date == right for date, right in zip(found, wanted, strict=True))}")
    for one, group, date, right in zip(stack, groups, found, wanted, strict=True):
        if date != right:
            print(f"  {one.release.name}, {one.shape}, pages {group}: {date}, not {right}")


if __name__ == "__main__":
    main()
