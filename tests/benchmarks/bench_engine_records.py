"""Whole files with both engines: are the records the same, and what does a page cost?

    python tests/benchmarks/bench_engine_records.py [--repeat N] FILE...

Words, order and confidences should all be the same; boxes may differ by little, where Tesseract cuts a letter off.
Milliseconds are of processor time, children's included, the engines one after the other for each file.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_THREAD_LIMIT="1")
sys.path.insert(0, str(Path(__file__).parents[2]))

from ecp_ingest import convert

ENGINES = ("tesseract", "builtin")
DIFFERENT = {"models", "seconds"}
"""Keys of a record that aren't compared: which engine it was, and times."""


def spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def records(file: Path, engine: Any) -> tuple[list[Any], float, float]:
    """As JSON, with milliseconds of all and of the stage that recognises (wall clock)."""
    began = spent()
    made = [record.model_dump(mode="json") for record in convert([file], in_process=True, engine=engine)]
    stage = sum(page["seconds"].get("recognise", 0) for one in made for page in one["provenance"]["pages"])
    return made, 1000 * (spent() - began), 1000 * stage


def words(record: Any) -> list[Any]:
    return [word for paragraph in record["paragraphs"] for line in paragraph["lines"] for word in line["words"]]


def without_boxes(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            k: without_boxes(v) for k, v in value.items() if k not in DIFFERENT and not k.endswith(("bbox", "boxes"))
        }
    if isinstance(value, list):
        return [without_boxes(v) for v in value]
    return round(value, 4) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=1)
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    costs: dict[str, list[float]] = {name: [] for engine in ENGINES for name in (engine, f"{engine}: recognise")}
    for engine in ENGINES:
        records(asked.files[0], engine)  # models and word counts are loaded
    for file in asked.files:
        made: dict[str, list[Any]] = {}
        runs: dict[str, list[tuple[float, float]]] = {engine: [] for engine in ENGINES}
        for _ in range(asked.repeat):
            for engine in ENGINES:
                made[engine], whole, stage = records(file, engine)
                runs[engine].append((whole, stage))
        pages = sum(len(record["provenance"]["pages"]) for record in made["builtin"])
        counts["pages"] += pages
        for engine in ENGINES:
            costs[engine].append(median(whole for whole, _ in runs[engine]))
            costs[f"{engine}: recognise"].append(median(stage for _, stage in runs[engine]))
        if without_boxes(made["tesseract"]) != without_boxes(made["builtin"]):
            counts["files with other records"] += 1
            print(f"{file}: the records differ in more than boxes")
        for theirs, ours in zip(made["tesseract"], made["builtin"], strict=False):
            for a, b in zip(words(theirs), words(ours), strict=False):
                counts["words"] += 1
                counts["words with another text"] += a["text"] != b["text"]
                counts["words with another confidence"] += abs((a["confidence"] or 0) - (b["confidence"] or 0)) > 1e-6
                counts["words with another box"] += a["bbox"] != b["bbox"]
                if a["bbox"] != b["bbox"] and a["bbox"] and b["bbox"]:
                    counts["… by more than 3 pixels"] += (
                        max(abs(x - y) for x, y in zip(a["bbox"], b["bbox"], strict=True)) > 3
                    )
        print(
            f"{file.parent.name}/{file.name}: " + ", ".join(f"{e} {costs[e][-1] / max(1, pages):.0f}" for e in costs),
            flush=True,
        )
    print(dict(counts))
    for name, milliseconds in costs.items():
        print(f"{name}: {sum(milliseconds) / max(1, counts['pages']):.0f} ms a page")


if __name__ == "__main__":
    main()
