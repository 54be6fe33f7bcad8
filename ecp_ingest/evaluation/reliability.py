"""Measures whether confidences match the share of right words, and whether low ones find the errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 15
LEAST_SURE = 0.1
"""Share of the words, those with the least confidence, in which errors are counted."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Words of similar confidence."""

    words: int
    lowest: float
    highest: float
    confidence: float
    """Mean."""
    right: float
    """Share of them that are right."""


@dataclass(frozen=True, slots=True)
class Reliability:
    words: int
    wrong: int
    ece: float
    """Expected calibration error: mean difference between confidence and share of right words, over the bins."""
    bins: tuple[Bin, ...]
    found: float
    """Share of all wrong words that are in the tenth of the words with the least confidence."""
    findable: float
    """The highest possible ``found``: less than 1 if more than a tenth of the words are wrong."""


def reliability(judged: Sequence[tuple[float, bool]]) -> Reliability | None:
    """The reliability of (confidence, right) of each word; None without words.

    Bins of equal mass, as in Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning" (AAAI 2015), but 15 of them: most confidences are near 1, so bins of equal width would be empty or coarse.
    """
    if not judged:
        return None
    confidence = np.array([c for c, _ in judged], dtype=np.float64)
    right = np.array([r for _, r in judged], dtype=np.float64)
    # The order of words with the same confidence must not matter: each counts as their mean.
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
