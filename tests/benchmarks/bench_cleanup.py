"""What each step of cleanup gains: the same pages read with the step on and off, one line for each step and condition.

    python -m tests.samples_maker bench BENCH --releases 2 --arrangements stacked
    python tests/benchmarks/bench_cleanup.py BENCH [--only photographed,stamped] [--steps rectify,stamps]

Error rates are character error rates of ``ecp-ingest evaluate``, folded, wherever in the record the text stands. A
file of which a step changes no pixel isn't read again without it: ``changed`` tells of how many files it does.
Seconds are those of the cleanup stage, per page, with all steps on and with this one off.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from ecp_ingest.document.pages import PicturePage  # noqa: E402
from ecp_ingest.evaluation.ground_truth import Pair, read_truth  # noqa: E402
from ecp_ingest.evaluation.judge import judge  # noqa: E402
from ecp_ingest.evaluation.scores import Counts, pooled  # noqa: E402
from ecp_ingest.page.cleanup import clean  # noqa: E402
from ecp_ingest.page.pipeline import ingest_page  # noqa: E402
from ecp_ingest.page.recognition.models import Engine, find_engine  # noqa: E402
from ecp_ingest.page.sources import load_page, open_scan  # noqa: E402
from ecp_ingest.release.assembly import assemble  # noqa: E402
from ecp_ingest.settings import CleanupSettings, ScanSettings, Settings  # noqa: E402
from ecp_ingest.workers.worker import use_one_core  # noqa: E402

STEPS = tuple(field.name for field in fields(CleanupSettings))
ALL_ON = Settings(scan=ScanSettings(mode="ocr"))


@dataclass(frozen=True, slots=True)
class Reading:
    counts: Counts
    seconds: float
    """Of cleanup, over all pages."""
    pages: int


def read(source: Path, settings: Settings, engine: Engine) -> Reading:
    scan = open_scan(source, settings=settings.scan)
    pages = tuple(ingest_page(scan, number + 1, settings=settings, engine=engine) for number in range(scan.page_count))
    records = assemble(scan, pages, settings=settings, engine=engine)
    truth = read_truth(source.with_suffix(".gt.json"), name=source.stem)
    seconds = [page.seconds["cleanup"] for record in records for page in record.provenance.pages]
    return Reading(judge(Pair(truth, tuple(records))).counts, sum(seconds), len(pages))


def changes(source: Path, without: CleanupSettings) -> bool:
    """Whether the step that ``without`` lacks does anything to a page of ``source``."""
    scan = open_scan(source, settings=ALL_ON.scan)
    for number in range(scan.page_count):
        page = load_page(scan, number + 1, settings=ALL_ON.scan)
        assert isinstance(page, PicturePage)
        with_it, without_it = (clean(page, settings=one).pixels for one in (ALL_ON.cleanup, without))
        if not np.array_equal(with_it, without_it):
            return True
    return False


def row(condition: str, step: str, changed: str, readings: list[Reading]) -> str:
    texts = pooled(reading.counts for reading in readings).texts
    rates = [texts[one]["folded"].characters_anywhere.rate * 100 for one in ("eng", "urd") if one in texts]
    seconds = sum(one.seconds for one in readings) / sum(one.pages for one in readings)
    return f"{condition:20} {step:12} {changed:>8} {''.join(f'{rate:7.2f}' for rate in rates)} {seconds:7.2f}s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--only", default="", help="conditions, with commas between; all unless told otherwise")
    parser.add_argument("--steps", default=",".join(STEPS), help=f"of {', '.join(STEPS)}")
    parser.add_argument("--arrangements", default="stacked")
    options = parser.parse_args()
    use_one_core()
    engine = find_engine(settings=ALL_ON.recognise)
    wanted = options.only.split(",") if options.only else sorted(path.name for path in options.bench.iterdir())
    print(f"{'condition':20} {'step off':12} {'changed':>8} {'eng %':>7}{'urd %':>7} {'cleanup':>8}")
    for condition in wanted:
        truths = sorted(
            path
            for arrangement in options.arrangements.split(",")
            for path in (options.bench / condition).glob(f"*.{arrangement}.gt.json")
        )
        sources = [
            next(p for p in path.parent.glob(path.name.replace(".gt.json", ".*")) if p.suffix != ".json")
            for path in truths
        ]
        if not sources:
            continue
        whole = [read(source, ALL_ON, engine) for source in sources]
        print(row(condition, "none", "", whole), flush=True)
        for step in options.steps.split(","):
            cleanup = replace(ALL_ON.cleanup, **{step: False})
            changed = [changes(source, cleanup) for source in sources]
            if any(changed):
                settings = replace(ALL_ON, cleanup=cleanup)
                readings = [
                    read(source, settings, engine) if differs else before
                    for source, differs, before in zip(sources, changed, whole, strict=True)
                ]
                print(row(condition, step, f"{sum(changed)} of {len(changed)}", readings), flush=True)


if __name__ == "__main__":
    main()
