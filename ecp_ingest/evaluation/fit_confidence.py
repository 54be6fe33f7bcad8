"""Fits the calibration of confidences (``page.recognition.confidence``) to records with ground truth.

First logistic regression by Newton's method (iteratively reweighted least squares), with a small ridge on all weights;
then isotonic regression by pooling adjacent violators (Ayer et al. 1955), on scores of words that were not used to fit
the weights: five folds, with all scans of one text in the same fold. Nothing is random: the same records give the same
curves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.text import Script
from ecp_ingest.errors import UsageError
from ecp_ingest.evaluation.ground_truth import Pair, match
from ecp_ingest.evaluation.judge import judged_words
from ecp_ingest.evaluation.reliability import Reliability, reliability
from ecp_ingest.page.recognition.confidence import (
    FEATURES,
    Calibration,
    Curve,
    Floats,
    Linear,
    features,
    script_of_words,
)
from ecp_ingest.record.schema import Record

Bools = npt.NDArray[np.bool_]

FOLDS = 5
RIDGE = 1.0
"""Weight of the ridge, on columns scaled to variance 1: small beside the thousands of words of a fit."""
MOST_STEPS, CONVERGED = 50, 1e-8
"""Newton's method ends after so many steps, or when no weight changes by more."""
QUANTILES = 41
"""Points of a curve besides the edges of its steps."""
FEWEST_WORDS = 50
"""Least words of a script, right and wrong together, to which a curve is fitted."""


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """All words to learn from, one per row."""

    features: Floats
    engine: Floats
    """Confidence of the engine, 0–1."""
    right: Floats
    """1 or 0."""
    arabic: Bools
    text: npt.NDArray[np.int64]
    """Number of the text that the word belongs to; all scans of a text have the same number."""


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    calibration: Calibration
    before: Reliability
    """Of the engine's confidences."""
    after: Reliability
    """Of the calibrated confidences; each word by a curve that was fitted without its fold."""


def fit(records: Path, truth: Path) -> Fit:
    """Fit a calibration to the records in ``records`` and their ground truth.

    Raises:
        UsageError: there are too few words to learn from. Also what ``match`` raises.
    """
    pairs = match(records, truth).pairs
    table = collect(pairs)
    curves: dict[Script, Curve] = {}
    unseen = np.zeros(len(table.right))
    sorts: tuple[tuple[Script, str, Bools], ...] = (("Latn", "English", ~table.arabic), ("Arab", "Urdu", table.arabic))
    for script, name, own in sorts:
        if own.sum() < FEWEST_WORDS or len(set(table.right[own].tolist())) < 2:
            raise UsageError(
                f"{int(own.sum())} recognised words in {name}, {int((1 - table.right[own]).sum())} of them wrong: too "
                f"few to learn from; add aged pages"
            )
        curves[script], unseen[own] = fit_curve(table.features[own], table.right[own], _folds(table.text[own]))
    before = _judged(table.engine, table.right)
    after = _judged(unseen, table.right)
    fitted_to = {
        "sources": sum(bool(pair.records) for pair in pairs),
        "words": len(table.right),
        "wrong": int((1 - table.right).sum()),
        "conditions": sorted({pair.truth.condition for pair in pairs}),
        **_engines(record for pair in pairs for record in pair.records),
        "before": _figures(before),
        "after": _figures(after),
    }
    return Fit(Calibration(curves, fitted_to, ""), before, after)


def collect(pairs: Sequence[Pair]) -> Table:
    """The features of every recognised word of the records, and whether it is right."""
    rows: list[Floats] = []
    engine, right, arabic, text = [], [], [], []
    names = sorted({_text_of(pair) for pair in pairs})
    for pair in pairs:
        verdicts = {word.place: word.right for word in judged_words(pair.truth, pair.records)}
        for r, record in enumerate(pair.records):
            dpi = {page.number: page.dpi for page in record.provenance.pages}
            for p, paragraph in enumerate(record.paragraphs):
                for i, line in enumerate(paragraph.lines):
                    words = [(j, word) for j, word in enumerate(line.words) if (r, p, i, j) in verdicts]
                    if not words:  # a line of a text layer, or one that repeats another
                        continue
                    texts = [word.text for _, word in words]
                    confidences = [_engine_confidence(word.engine_confidence, word.confidence) for _, word in words]
                    rows.append(features(texts, confidences, dpi=dpi.get(line.page)))
                    engine += confidences
                    right += [float(verdicts[r, p, i, j]) for j, _ in words]
                    arabic += [script == "Arab" for script in script_of_words(texts)]
                    text += [names.index(_text_of(pair))] * len(words)
    table = np.concatenate(rows) if rows else np.empty((0, len(FEATURES)))
    return Table(table, np.array(engine), np.array(right), np.array(arabic, dtype=bool), np.array(text, dtype=np.int64))


def _text_of(pair: Pair) -> str:
    """The name of the text: ``by-election`` for ``fax/by-election.stacked`` and ``clean/by-election.pages``."""
    return pair.truth.name.rpartition("/")[2].partition(".")[0]


def _engine_confidence(engine: float | None, confidence: float | None) -> float:
    """The engine's confidence. Records from before the calibration have it as ``confidence``."""
    return engine if engine is not None else confidence or 0.0


def _folds(text: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Text number of each word → its fold, from 0. No fold is empty."""
    known = np.unique(text)
    fold_of = np.arange(len(known)) * min(FOLDS, len(known)) // len(known)
    return fold_of[np.searchsorted(known, text)]


def fit_curve(table: Floats, right: Floats, folds: npt.NDArray[np.int64]) -> tuple[Curve, Floats]:
    """A curve fitted to all rows; and the probabilities of the rows, each by a curve fitted without its fold."""
    scores, unseen = np.empty(len(right)), np.empty(len(right))
    rest = {fold: folds != fold if folds.max() else folds == fold for fold in range(int(folds.max()) + 1)}
    for fold, others in rest.items():
        scores[folds == fold] = logistic(table[others], right[others]).logits(table[folds == fold])
    for fold, others in rest.items():
        unseen[folds == fold] = np.interp(scores[folds == fold], *steps(scores[others], right[others]))
    return Curve(logistic(table, right), *steps(scores, right)), unseen


def logistic(table: Floats, right: Floats) -> Linear:
    """Ridge logistic regression of ``right`` (1 or 0) on the columns of ``table``, each scaled to variance 1."""
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale[scale == 0] = 1.0
    x = np.column_stack([np.ones(len(table)), (table - mean) / scale])
    weights = np.zeros(x.shape[1])
    ridge = np.diag([1e-6, *[RIDGE] * table.shape[1]])
    for _ in range(MOST_STEPS):
        p = sigmoid(x @ weights)
        gradient = x.T @ (right - p) - ridge @ weights
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, gradient)
        weights += step
        if np.abs(step).max() < CONVERGED:
            break
    return Linear(mean, scale, weights[1:], float(weights[0]))


def sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float64)


def steps(scores: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Points of a curve: rising scores and their probabilities, with linear interpolation in between.

    The mean of the isotonic steps, which are right on average, and a logistic curve (Platt 1999), which rises
    everywhere. On a step alone, words of different doubt would get the same probability, and the worst could not be
    found.
    """
    blocks = isotonic(scores, right)
    smooth = logistic(scores[:, None], right)
    edges = [edge for block in blocks for edge in (block.lowest, block.highest)]
    shares = [block.share for block in blocks for _ in range(2)]
    at = np.unique(np.concatenate([edges, np.quantile(scores, np.linspace(0, 1, QUANTILES))]))
    probability = (np.interp(at, edges, shares) + sigmoid(smooth.logits(at[:, None]))) / 2
    return at, np.maximum.accumulate(probability)


@dataclass(frozen=True, slots=True)
class Block:
    """Words of neighbouring scores that get the same probability."""

    lowest: float
    highest: float
    words: float
    right: float

    @property
    def share(self) -> float:
        """Share of right words, with half a right and half a wrong word added: it is never 0 or 1."""
        return (self.right + 0.5) / (self.words + 1)


def isotonic(scores: Floats, right: Floats) -> list[Block]:
    """Blocks by rising score, with rising shares: neighbours whose shares do not rise are pooled."""
    blocks: list[Block] = []
    values, place = np.unique(scores, return_inverse=True)
    for value, words, hits in zip(values, np.bincount(place), np.bincount(place, weights=right), strict=True):
        blocks.append(Block(float(value), float(value), float(words), float(hits)))
        while len(blocks) > 1 and blocks[-2].share >= blocks[-1].share:
            last, before = blocks.pop(), blocks.pop()
            blocks.append(Block(before.lowest, last.highest, before.words + last.words, before.right + last.right))
    return blocks


def _judged(confidence: Floats, right: Floats) -> Reliability:
    found = reliability([(float(c), bool(r)) for c, r in zip(confidence, right, strict=True)])
    if found is None:
        raise UsageError("no recognised words to learn from: convert scans, not text")
    return found


def _figures(of: Reliability) -> dict[str, float]:
    return {"ece": round(of.ece, 4), "errors_in_least_sure_tenth": round(of.found, 4)}


def _engines(records: Iterable[Record]) -> dict[str, object]:
    versions: set[str] = set()
    models: dict[str, str] = {}
    for record in records:
        versions.add(record.provenance.tesseract_version or "none")
        models.update({model.name: model.sha256 for model in record.provenance.models})
    return {"tesseract": sorted(versions), "models": dict(sorted(models.items()))}
