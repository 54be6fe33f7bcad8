"""Releases × conditions × arrangements → files and their ground truth."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tests.samples_maker.bench.conditions import CONDITIONS
from tests.samples_maker.bench.located import Print, print_release
from tests.samples_maker.bench.sheet import Arrangement, Look
from tests.samples_maker.bench.table import with_table
from tests.samples_maker.bench.truth import bench_truth
from tests.samples_maker.release_texts import ReleaseText, load_release
from tests.samples_maker.truth import save_truth


def make_bench(
    folder: Path, *, releases: Iterable[str], conditions: Iterable[str], arrangements: Iterable[Arrangement]
) -> Iterator[Path]:
    """Writes ``folder/<condition>/<release>.<arrangement>.<suffix>`` and ``….gt.json`` beside it, and tells each path
    as soon as it is there. What is drawn by chance hangs on these three names alone."""
    wanted, kinds = list(arrangements), list(conditions)
    for name in releases:
        plain = load_release(name)
        texts = {False: plain, True: with_table(plain, seed=_seed(name))}
        for arrangement in wanted:
            prints: dict[tuple[bool, Look], Print] = {}
            for kind in kinds:
                if arrangement in CONDITIONS[kind].arrangements:
                    yield _make(folder / kind, texts[CONDITIONS[kind].table], kind, arrangement, prints)


def _make(
    folder: Path, release: ReleaseText, kind: str, arrangement: Arrangement, prints: dict[tuple[bool, Look], Print]
) -> Path:
    """``prints``: what was printed already of this release in this arrangement."""
    condition, rng = CONDITIONS[kind], np.random.default_rng(_seed(release.name, kind, arrangement))
    look = condition.looks[rng.integers(len(condition.looks))]
    if (condition.table, look) not in prints:
        seal = _seed(release.name, arrangement) % 2 == 0
        prints[condition.table, look] = print_release(release, arrangement, look, seal=seal)
    printed = prints[condition.table, look]
    pages = condition.happens(printed.pages(condition.dpi), rng)
    folder.mkdir(parents=True, exist_ok=True)
    target = condition.filing.write(folder / f"{release.name}.{arrangement}", [page.pixels for page in pages])
    save_truth(target, bench_truth(release, pages, printed.lines, condition=kind, arrangement=arrangement))
    return target


def _seed(*names: str) -> int:
    return zlib.crc32("/".join(names).encode())
