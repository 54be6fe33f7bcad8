"""Ground truth of a file of the bench: that of the samples, and where everything lies in the pages as scanned."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tests.samples_maker.bench.located import Corners, MarkedPage
from tests.samples_maker.bench.sheet import CELL
from tests.samples_maker.release_texts import ReleaseText
from tests.samples_maker.truth import truth_of

Bounds = list[int]
"""``[left, top, right, bottom]`` in pixels of the page as scanned."""


def bench_truth(
    release: ReleaseText,
    pages: list[MarkedPage],
    lines: dict[int, tuple[int, float]],
    *,
    condition: str,
    arrangement: str,
) -> dict[str, Any]:
    """``lines``: see ``located.Print``. A paragraph's box is that of its part on its (first) page; its lines tell the
    rest; in a table each cell has lines of its own. Reading order is the order of the paragraphs."""
    printed = [paragraph for paragraph in release.paragraphs if paragraph.kind is not None]
    numbers = itertools.count(1)
    lined = [
        [
            line
            for cell in paragraph.text.split(CELL)
            for line in _lines({next(numbers): word for word in cell.split()}, pages, lines)
        ]
        for paragraph in printed
    ]
    truth = truth_of(release, pages=len(pages), kind=condition, page_of=lambda place, _: lined[place][0]["page"])
    for paragraph, its_lines in zip(truth["paragraphs"], lined, strict=True):
        paragraph["text"] = " ".join(paragraph["text"].split())  # a table's cells stand apart by tabs until here
        paragraph["bbox"] = _around([line["bbox"] for line in its_lines if line["page"] == paragraph["page"]])
        paragraph["lines"] = its_lines
    return {
        **truth,
        "arrangement": arrangement,
        "page_sizes": [[page.pixels.shape[1], page.pixels.shape[0]] for page in pages],
        "rotation": [page.rotation for page in pages],
        "figures": [
            {"page": number, "bbox": _bounds([corners], page)}
            for number, page in enumerate(pages, start=1)
            for corners in page.figures
        ],
    }


def _lines(words: dict[int, str], pages: list[MarkedPage], lines: dict[int, tuple[int, float]]) -> list[dict[str, Any]]:
    """``words``: number → text, one paragraph's or one cell's."""
    found = []
    for (place, _), group in itertools.groupby(words, key=lines.__getitem__):
        line, page = list(group), pages[place]
        box = _bounds([page.words[number] for number in line], page)
        found.append({"text": " ".join(words[number] for number in line), "page": place + 1, "bbox": box})
    return found


def _bounds(shapes: list[Corners], page: MarkedPage) -> Bounds:
    """The box around ``shapes``, as far as it is on the page."""
    height, width = page.pixels.shape[:2]
    points = np.clip(np.concatenate(shapes), 0, [width, height])
    return [*map(int, np.floor(points.min(axis=0) + 0.01)), *map(int, np.ceil(points.max(axis=0) - 0.01))]


def _around(boxes: list[Bounds]) -> Bounds:
    left, top, right, bottom = zip(*boxes, strict=True)
    return [min(left), min(top), max(right), max(bottom)]
