"""Is the built-in engine the same as Tesseract? Words, their order, and confidences to 1e-4, for every line.

    python tests/benchmarks/bench_engine_exactness.py collect CROPS FILE...
        the lines of these files, as the program cuts them out, and what Tesseract reads in them
    python tests/benchmarks/bench_engine_exactness.py odd CROPS [COUNT]
        strange pictures of lines, COUNT for each model
    python tests/benchmarks/bench_engine_exactness.py compare CROPS [KERNEL…]
        each kernel against Tesseract, and against the first one bit for bit

`collect` may be run with `--urdu-model urd` too. Tesseract 5.3 is what the engine was made after; 5.5 reads a few
lines otherwise.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from ecp_ingest import convert  # noqa: E402
from ecp_ingest.page.recognition import engine, tesseract  # noqa: E402
from ecp_ingest.page.recognition.models import Model, find_model  # noqa: E402
from tests.support.against_tesseract import (  # noqa: E402
    as_in_table,
    difference,
    from_table,
    odd_pictures,
    tesseract_reads,
)

MODELS = (("eng", "eng"), ("urd", "urd"), ("urd_nastaliq", "urd"))


def collect(out: Path, files: list[Path], urdu_model: str) -> None:
    """OUT/<file>/<run>-<model>/<n>.pgm and table.tsv"""
    real = tesseract._run
    folder, runs = out, 0

    def run(listing: Path, *, model: Model, timeout: float) -> str:
        nonlocal runs
        table = real(listing, model=model, timeout=timeout)
        kept = folder / f"{runs:02d}-{model.name}"
        runs += 1
        kept.mkdir(parents=True, exist_ok=True)
        for n, path in enumerate(listing.read_text().split()):
            shutil.copy(path, kept / f"{n}.pgm")
        (kept / "table.tsv").write_text(table)
        return table

    tesseract._run = run
    for file in files:
        folder, runs = out / f"{file.parent.name}-{file.name}-{urdu_model}", 0
        if not folder.exists():
            for _ in convert([file], in_process=True, urdu_model=urdu_model, engine="tesseract"):
                pass
            print(file.name, runs, flush=True)


def odd(out: Path, count: int) -> None:
    lines = {name: [c for folder in out.glob(f"*/*-{name}") for c in crops(folder)] for name, _ in MODELS}
    for name, language in MODELS:
        model = find_model(name, language=language, tessdata_dir=None)
        for part in range(0, count, 50):  # one crash of Tesseract takes no more than this
            folder = out / "odd" / f"{part:04d}-{name}"
            folder.mkdir(parents=True, exist_ok=True)
            shown = list(odd_pictures(lines[name] or lines["urd_nastaliq"], count))
            tesseract_reads(shown[part : part + 50], model, folder)


def crops(folder: Path) -> list[Any]:
    return [read_pgm(folder / f"{n}.pgm") for n in range(len(list(folder.glob("*.pgm"))))]


def read_pgm(path: Path) -> Any:
    data = path.read_bytes()
    _, width, height, _ = data.split(None, 4)[:4]
    body = data[len(data) - int(width) * int(height) :]
    return np.frombuffer(body, np.uint8).reshape(int(height), int(width))


def compare(folder: Path, kernels: list[str]) -> int:
    kernels = kernels or list(engine.kernels())
    different = 0
    for name, language in MODELS:
        path = find_model(name, language=language, tessdata_dir=None).path
        models = [engine.load_model(path, kernel=kernel) for kernel in kernels]
        counts: dict[str, int] = {}
        lines = 0
        for run in sorted(folder.glob(f"*/*-{name}")):
            shown = crops(run)
            table = from_table((run / "table.tsv").read_text(), len(shown))
            first: Any = None
            for model in models:
                readings = engine.read_lines(model, shown, probabilities=True)
                for n, reading in enumerate(readings):
                    if first is not None:
                        same = np.array_equal(reading.probabilities, first[n].probabilities)
                        assert same or reading.probabilities is first[n].probabilities is None, (run, n, model.kernel)
                        continue
                    expected, found = table[n], as_in_table(reading)
                    if what := difference(expected, found):
                        counts[what] = counts.get(what, 0) + 1
                        print(f"{run.parent.name}/{run.name}/{n} {shown[n].shape}: {what}\n  {expected}\n  {found}")
                first = first or readings
            lines += len(shown)
        print(
            f"{name}: {lines} lines, kernels {', '.join(kernels)}, other than Tesseract: {counts or 'none'}", flush=True
        )
        different += sum(counts.values())
    return different


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["collect", "odd", "compare"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("more", nargs="*")
    parser.add_argument("--urdu-model", default="urd_nastaliq")
    asked = parser.parse_intermixed_args()
    if asked.command == "collect":
        collect(asked.folder, [Path(name) for name in asked.more], asked.urdu_model)
    elif asked.command == "odd":
        odd(asked.folder, int(asked.more[0]) if asked.more else 1000)
    else:
        sys.exit(1 if compare(asked.folder, asked.more) else 0)
