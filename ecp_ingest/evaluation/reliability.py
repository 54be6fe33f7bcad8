"""Whether a confidence means what it says, and whether it finds the errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 15
LEAST_SURE = 0.1


@dataclass(frozen=True, slots=True)
class Bin:
    """Words of neighbouring confidence."""

    words: int
    lowest: float
    highest: float
    confidence: float
    """Mean."""
    right: float
    """Share of them that is right."""


@dataclass(frozen=True, slots=True)
class Reliability:
    words: int
    wrong: int
    ece: float
    """Expected calibration error: mean distance of confidence and share of right words, over the bins."""
    bins: tuple[Bin, ...]
    found: float
    """Share of all wrong words that is among the tenth of the words with the least confidence."""
    findable: float
    """The most that ``found`` could be: a tenth of the words can't hold the errors of more."""


def reliability(judged: Sequence[tuple[float, bool]]) -> Reliability | None:
    """From (confidence, right) of each word; None without words.

    Bins of equal mass, as in Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning" (AAAI 2015), but 15 of them: confidences crowd near 1, where bins of equal width would be empty or blunt.
    """
    if not judged:
        return None
    confidence = np.array([c for c, _ in judged], dtype=np.float64)
    right = np.array([r for _, r in judged], dtype=np.float64)
    # Among words of one confidence the order must not matter: each counts as the mean of them.
    place = np.unique(confidence, return_inverse=True)[1]
    shared = (np.bincount(place, weights=right) / np.bincount(place))[place]
    order = np.argsort(confidence, kind="stable")
    confidence, shared = confidence[order], shared[order]
    bins = tuple(
        Bin(len(part), float(c[0]), float(c[-1]), float(c.mean()), float(r.mean()))
        for part in np.array_split(np.arange(len(order)), min(BINS, len(order)))
        for c, r in [(confidence[part], shared[part])]
    )
    wrong = int(len(judged) - right.sum())
    distrusted = math.ceil(LEAST_SURE * len(judged))
    return Reliability(
        words=len(judged),
        wrong=wrong,
        ece=sum(b.words * abs(b.confidence - b.right) for b in bins) / len(judged),
        bins=bins,
        found=float((1 - shared[:distrusted]).sum()) / wrong if wrong else 1.0,
        findable=min(1.0, distrusted / wrong) if wrong else 1.0,
    )
