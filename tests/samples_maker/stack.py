"""A stack as it goes through a sheet feeder: many releases in one file, their halves on one sheet or on several."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import ageing
from tests.samples_maker.printing import print_pdf, rasterise
from tests.samples_maker.release_texts import Language, Printed, ReleaseText
from tests.samples_maker.sheet import sheets

LEGAL = 356
Shape = Literal["both on one sheet", "a sheet each", "long English", "both long"]


@dataclass(frozen=True, slots=True)
class Stacked:
    """A release in the stack, and how its halves were laid on sheets."""

    release: ReleaseText
    shape: Shape
    urdu_first: bool = False
    headed_again: bool = False
    """The second sheet of a long half has the letterhead again, and the heading."""


def print_stack(stack: Sequence[Stacked], *, dpi: int, seed: int) -> tuple[list[Pixels], list[list[int]]]:
    """The pages, grey and lightly aged, and for each release the numbers (1-based) of its pages."""
    documents = [_document(one) for one in stack]
    pages: dict[int, list[Pixels]] = {}
    for height in sorted({height for height, _, _ in documents}):
        chosen = [i for i, (own, _, _) in enumerate(documents) if own == height]
        head = documents[chosen[0]][1]
        printed = iter(rasterise(print_pdf(head + "".join("".join(documents[i][2]) for i in chosen)), dpi))
        for i in chosen:
            pages[i] = [ageing.grey(next(printed)) for _ in documents[i][2]]
    rng, scans, groups = random.Random(seed), [], []
    for i in range(len(stack)):
        groups.append(list(range(len(scans) + 1, len(scans) + 1 + len(pages[i]))))
        scans += [_fed(page, rng) for page in pages[i]]
    return scans, groups


def _fed(page: Pixels, rng: random.Random) -> Pixels:
    """Through the feeder, a little crooked, the paper not quite white."""
    crooked = ageing.skew(page, rng.uniform(-0.9, 0.9))
    pale = ageing.tone(crooked, ink=rng.uniform(10, 50), paper=rng.uniform(228, 250))
    return ageing.noise(pale, 2.5, seed=rng.randrange(1000))


def _document(one: Stacked) -> tuple[int, str, list[str]]:
    """Height of its sheets in millimetres, everything before the first sheet, and the sheets as HTML."""
    if one.shape == "both on one sheet":
        return LEGAL, *_cut(sheets(one.release, "stacked", height=LEGAL))
    long: tuple[Language, ...] = {"a sheet each": (), "long English": ("eng",), "both long": ("eng", "urd")}[one.shape]
    order: tuple[Language, ...] = ("urd", "eng") if one.urdu_first else ("eng", "urd")
    made: list[str] = []
    head = ""
    for language in order:
        half = one.release.half(language)
        parts = _halved(half, again=one.headed_again) if language in long else [half]
        for part in parts:
            # Where a language is missing its sheet would be none: the other half stands there, and is left out.
            whole = (*part, *one.release.half("urd")) if language == "eng" else (*one.release.half("eng"), *part)
            head, (english, urdu) = _cut(sheets(replace(one.release, paragraphs=whole), "separate"))
            made.append(english if language == "eng" else urdu)
    return 297, head, made


def _cut(document: str) -> tuple[str, list[str]]:
    head, *made = re.split(r'(?=<div class="sheet">)', document)
    return head, made


def _halved(half: tuple[Printed, ...], *, again: bool) -> list[tuple[Printed, ...]]:
    """A half over two sheets: the second begins after about half of its bodies."""
    bodies = [i for i, paragraph in enumerate(half) if paragraph.kind == "body"]
    cut = bodies[(len(bodies) + 1) // 2] if len(bodies) > 1 else len(half) - 1
    repeated = tuple(p for p in half[:cut] if p.kind in ("letterhead", "heading")) if again else ()
    return [half[:cut], (*repeated, *half[cut:])]
