"""Fits the pattern weights by which ``page.cleanup.orientation`` finds upside-down pages.

    python -m ecp_ingest.training.orientation_weights --help

It draws pages of lines in the given typefaces, ages them, and measures how the frequency of each 3×3 pattern of ink
differs from that of its half turn. On an upside-down page the differences have the opposite sign, so upright pages are
enough: the weights are a logistic regression without a constant. An L1 penalty keeps few patterns (proximal gradient
descent; Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009). The same fonts, text and seed
give the same weights.

The weights in the package were fitted on pages in twelve typefaces (Latin, Naskh, Nastaliq) before this script existed;
it doesn't make exactly the same ones. Before you replace them, compare both on pages that were used for neither: with
the shipped weights, 622 of 622 pages of the benchmark are found upright.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.data import FOLDER
from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.cleanup.orientation import WEIGHTS, edge_difference, pattern_differences
from ecp_ingest.page.cleanup.skew import text_ink
from ecp_ingest.training.script_classifier import aged, draw, urdu_words

Floats = npt.NDArray[np.float64]

REDUCTIONS = (2, 3)
"""Factors by which the page at 150 dpi is reduced; coarse patterns show whole strokes, fine ones their ends."""
LINES_ON_A_PAGE = (8, 24)
POINTS = (9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 16.0)
WORDS_ON_A_LINE = (4, 11)
AGED_SHARE = 0.8
INK_LEVEL = 150
"""Of 255: a pixel of a drawn page is ink below this grey level."""
STEPS, RATE = 3000, 0.02
LEAST_WEIGHT = 0.2
"""Smaller weights are left out of the file."""


def draw_page(rng: np.random.Generator, face: Path, words: Sequence[str], *, rtl: bool) -> Pixels:
    """An upright page at 150 dpi (H×W, 1 for ink), with lines below each other that are ragged at one side."""
    points = float(rng.choice(POINTS))
    lines: list[Pixels] = []
    while len(lines) < rng.integers(*LINES_ON_A_PAGE):
        count = int(rng.integers(*WORDS_ON_A_LINE))
        start = int(rng.integers(0, max(1, len(words) - count)))
        line = draw(" ".join(words[start : start + count]), face, points=points, rtl=rtl)
        if line is not None:
            lines.append(aged(line, rng) if rng.random() < AGED_SHARE else line)
    width = max(line.shape[1] for line in lines)
    gap = np.full((int(points), width), 255, np.uint8)
    rows = []
    for line in lines:
        white = ((0, 0), (width - line.shape[1], 0) if rtl else (0, width - line.shape[1]))
        rows += [np.pad(line, white, constant_values=255), gap]
    page = np.concatenate(rows)
    half = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return text_ink((half < INK_LEVEL).astype(np.uint8))


def features(page: Pixels) -> Floats:
    """Differences of all patterns at each reduction, then the difference of the edges."""
    parts = [pattern_differences(page, factor=factor) for factor in REDUCTIONS]
    return np.concatenate([*parts, [edge_difference(page, skew=0.0)]])


def fit(pages: Floats, *, penalty: float) -> Floats:
    """Weights that give upright pages positive evidence.

    Args:
        pages: N×F, the features of upright pages.
        penalty: factor of the sum of absolute weights, against the mean logistic loss; the edges have none.
    """
    weights = np.zeros(pages.shape[1])
    penalties = np.full(pages.shape[1], penalty)
    penalties[-1] = 0.0
    for _ in range(STEPS):
        wrong = 1 / (1 + np.exp(pages @ weights))
        weights += RATE * (pages * wrong[:, None]).mean(axis=0)
        weights = np.sign(weights) * np.maximum(0.0, np.abs(weights) - RATE * penalties)
    return weights


def as_stored(weights: Floats) -> dict[str, dict[str, float]]:
    """The data file: reduction → pattern in binary digits → weight, once for a pattern and its half turn."""
    stored = {}
    for factor, of in zip(REDUCTIONS, weights[:-1].reshape(len(REDUCTIONS), -1), strict=True):
        stored[str(factor)] = {
            digits: round(float(of[code] - of[int(digits[::-1], 2)]), 2)
            for code in range(of.size)
            if (digits := f"{code:09b}") < digits[::-1] and abs(of[code] - of[int(digits[::-1], 2)]) >= LEAST_WEIGHT
        }
    return stored


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, fit, report, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--latin", nargs="+", type=Path, required=True, help="font files with Latin letters")
    parser.add_argument("--arab", nargs="+", type=Path, required=True, help="font files with Urdu letters")
    parser.add_argument("--english-text", nargs="+", type=Path, required=True, help="UTF-8 text")
    parser.add_argument("--urdu-text", nargs="+", type=Path, required=True, help="UTF-8 text, plain or .xz")
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--penalty", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=FOLDER / WEIGHTS)
    options = parser.parse_args(arguments)

    rng = np.random.default_rng(options.seed)
    english = " ".join(path.read_text(encoding="utf-8") for path in options.english_text).split()
    urdu = urdu_words(options.urdu_text)
    drawn = []
    for number in range(options.pages):
        rtl = number % 2 == 1
        faces = sorted(options.arab if rtl else options.latin)
        face = faces[int(rng.integers(len(faces)))]
        drawn.append(features(draw_page(rng, face, urdu if rtl else english, rtl=rtl)))
    pages = np.stack(drawn)
    kept = pages[::5]  # held out of the fit
    weights = fit(np.delete(pages, np.s_[::5], axis=0), penalty=options.penalty)
    evidence = kept @ weights
    sys.stdout.write(
        f"{np.mean(evidence > 0):.1%} of {len(kept)} pages upright, least evidence {evidence.min():.2f}, "
        f"weight of the edges {weights[-1]:.1f}\n"
    )
    options.output.write_text(json.dumps(as_stored(weights), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
