"""Export and search of 10,000 records: ``python -m tests.benchmarks.bench_export RECORDS [--records 10000]``.

RECORDS is a folder of any records that ``convert`` wrote; copies of them in turn, each with an id of its own, are the
collection. Told are seconds of processor time and peak memory of every command for a tenth of it and for all: time
should grow with the number of records, memory should not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

from ecp_ingest.files.record_files import records_in
from ecp_ingest.record.schema import Record, read_record, to_json

FORMATS = ("jsonl", "parquet", "sqlite")
QUERIES = ("zanzibar", "NA-75", '"اليكشن كميشن آف پاکستان"')


def make_folder(originals: list[Record], count: int, folder: Path) -> None:
    """The first tenth lies in ``folder/first``."""
    for number, original in enumerate(islice(cycle(originals), count)):
        copy = original.model_copy(update={"id": f"{number:032x}-1"})
        place = "first" if number < count // 10 else f"{number // 1000:03}"
        target = folder / place / f"release-{number:05}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(to_json(copy) + "\n", encoding="utf-8")  # nothing that has to survive a crash


def measured(*arguments: str | Path) -> tuple[float, float]:
    """Seconds of processor time, and MB of memory at the peak, of a command."""
    command = [sys.executable, "-m", "ecp_ingest", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1 if arguments[0] == "search" else 0), command
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="RECORDS")
    parser.add_argument("--records", type=int, default=10_000, metavar="N")
    given = parser.parse_args()
    originals = [read_record(given.folder / name) for name in records_in(given.folder)]
    with tempfile.TemporaryDirectory(prefix="ecp-export-") as place:
        folder, target = Path(place, "records"), Path(place, "export")
        folder.mkdir()
        make_folder(originals, given.records, folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.json")) / 1e6
        print(f"{given.records} records, {size:.0f} MB\n{'':32}{given.records // 10:>12}{given.records:>18}")
        commands = {f"export --to {name}": ("export", "--to", name, "-o", target) for name in FORMATS}
        commands |= {f"search {query}": ("search", query) for query in QUERIES}
        for title, (command, *rest) in commands.items():
            told = [measured(command, where, *rest) for where in (folder / "first", folder)]
            print(f"{title:32}" + "".join(f"{seconds:8.1f} s{memory:5.0f} MB" for seconds, memory in told), flush=True)


if __name__ == "__main__":
    main()
