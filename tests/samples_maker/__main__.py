"""``python -m tests.samples_maker`` makes ``samples/`` anew; ``… bench OUT`` makes the degradation bench in OUT.

Needs Chromium, Noto Nastaliq Urdu, Liberation Serif.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.samples_maker.bench.conditions import CONDITIONS
from tests.samples_maker.bench.make import make_bench
from tests.samples_maker.bench.sets import PARTS, releases_in
from tests.samples_maker.bench.sheet import ARRANGEMENTS
from tests.samples_maker.make import make_samples
from tests.support.paths import SAMPLES


def names(known: tuple[str, ...], text: str) -> list[str]:
    """``clean,office`` → both names. ArgumentTypeError for one that isn't ``known``."""
    chosen = text.split(",")
    if unknown := set(chosen) - set(known):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.samples_maker", description=__doc__.splitlines()[0])
    bench = parser.add_subparsers(dest="command").add_parser("bench", help="make the degradation bench")
    bench.add_argument("out", type=Path, metavar="OUT")
    bench.add_argument(
        "--only", type=lambda text: names(tuple(CONDITIONS), text), default=list(CONDITIONS), metavar="CONDITION,…"
    )
    bench.add_argument(
        "--arrangements", type=lambda text: names(ARRANGEMENTS, text), default=list(ARRANGEMENTS), metavar="NAME,…"
    )
    bench.add_argument("--set", choices=PARTS, default="tuning", help="of releases; tuning unless told otherwise")
    bench.add_argument("--releases", type=int, metavar="N", help="only the first N of the set")
    chosen = parser.parse_args()
    if chosen.command is None:
        make_samples(SAMPLES)
        return
    releases = releases_in(chosen.set)[: chosen.releases]
    for path in make_bench(
        chosen.out, releases=releases, conditions=chosen.only, arrangements=chosen.arrangements
    ):  # fmt: skip
        print(path, flush=True)


main()
