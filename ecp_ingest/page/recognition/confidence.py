"""Calibrates confidences: of the words with confidence 0.9, nine in ten are right.

Tesseract's confidence of a word is the certainty of its worst letter, on a scale of its own: right words get 0.8 or
0.96, and wrong words often no less than right ones. So a logistic regression combines it with the word's neighbours,
its length and letters, and how common it is. An isotonic regression maps the score to the share of words that were
right on pages with known text (Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass
probability estimates", KDD 2002).

``ecp-ingest calibrate`` fits both; ``data/confidence.json`` holds them. Records keep the engine's own confidence, so
that both can be fitted again from records.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ecp_ingest.data import read_data
from ecp_ingest.document.text import ReadLine, Script
from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.files.digests import bytes_digest
from ecp_ingest.language.folding import fold
from ecp_ingest.language.scripts import is_right_to_left
from ecp_ingest.language.vocabulary import is_known
from ecp_ingest.language.word_counts import known_counts, plain

Floats = npt.NDArray[np.float64]

FEATURES = (
    "confidence", "doubt", "line", "worst_neighbour", "worst_in_line", "alone", "edge",
    "letters", "short", "digits", "marks", "other_script", "capital", "dpi",
    "unknown", "common", "pairs",
)  # fmt: skip
"""Names of the features in the order of the weights; ``features`` computes them."""

VERSION = 1
"""Version of the features and of the file; a file of another version can't be used."""

# The weights belong to these values: after a change, fit them again with ``ecp-ingest calibrate``.
BEYOND_CERTAIN = 1.03
"""The logarithm of this less a confidence is a feature: finite at 1, steep near Tesseract's maximum of about 0.97."""
FEW_LETTERS = 2
"""Words with no more letters than this count as short."""
USUAL_DPI = 300
"""The feature ``dpi`` is 0 at this resolution."""

DECIMALS = 5
"""Of the numbers in the file: more don't change the second decimal of a probability."""


@dataclass(frozen=True, eq=False, slots=True)
class Linear:
    """Weighted sum of features that are scaled to mean 0 and spread 1."""

    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def logits(self, table: Floats) -> Floats:
        """N×features → N."""
        return np.asarray((table - self.mean) / self.scale @ self.weights + self.bias, dtype=np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """Features → score → probability that the word is right."""

    linear: Linear
    scores: Floats
    """Increasing, in logits. Each has its probability; between them the curve is interpolated."""
    probabilities: Floats

    def probability(self, table: Floats) -> Floats:
        """N×len(FEATURES) → N."""
        return np.interp(self.linear.logits(table), self.scores, self.probabilities)


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """The curve of each script."""

    curves: Mapping[Script, Curve]
    fitted: Mapping[str, Any]
    """The pages, engine and models that it was fitted with, and the measured errors."""
    sha256: str
    """Of the file; empty if there is none."""


def calibrated(line: ReadLine, *, dpi: float | None, calibration: Calibration) -> ReadLine:
    """The line with probabilities as confidences; ``engine_confidence`` keeps the engine's own.

    ``dpi`` is the scan's. Words without confidence stay as they are.
    """
    measured = [word for word in line.words if word.confidence is not None]
    if not measured:
        return line
    texts = [word.text for word in measured]
    confidences = [word.confidence or 0.0 for word in measured]
    remaining = iter(judge(texts, confidences, dpi=dpi, calibration=calibration))
    return replace(
        line,
        words=tuple(
            word
            if word.confidence is None
            else replace(word, confidence=next(remaining), engine_confidence=word.confidence)
            for word in line.words
        ),
    )


def judge(
    texts: Sequence[str], confidences: Sequence[float], *, dpi: float | None, calibration: Calibration
) -> list[float]:
    """Probability that each word of a line is right, from the engine's confidences (0–1) of all its words."""
    table = features(texts, confidences, dpi=dpi)
    probabilities = np.empty(len(texts))
    scripts = np.array(script_of_words(texts))
    for script in set(scripts.tolist()):
        probabilities[scripts == script] = calibration.curves[script].probability(table[scripts == script])
    return [float(value) for value in probabilities]


def script_of_words(texts: Sequence[str]) -> list[Script]:
    """Script of each word of a line, by its letters; numbers and marks have the script of the line."""
    line: Script = "Arab" if any(map(_has_arabic, texts)) else "Latn"
    return ["Arab" if _has_arabic(text) else "Latn" if any(map(str.isalpha, text)) else line for text in texts]


def _has_arabic(text: str) -> bool:
    """Whether any letter is right-to-left. (Arabic digits and commas, which ``has_arabic`` counts, don't decide.)"""
    return any(map(is_right_to_left, text))


def features(texts: Sequence[str], confidences: Sequence[float], *, dpi: float | None) -> Floats:
    """Features of N words of one line, in logical order: N×len(FEATURES)."""
    measured = np.array(confidences, dtype=np.float64)
    padded = np.concatenate([[1.0], measured, [1.0]])
    worst_neighbour = np.minimum(padded[:-2], padded[2:])
    lengths = np.array([len(text) for text in texts], dtype=np.float64)
    line = float(measured @ lengths / lengths.sum()) if lengths.sum() else 0.0
    frequencies = _frequencies(texts)
    script = "Arab" if any(map(_has_arabic, texts)) else "Latn"
    resolution = math.log(dpi / USUAL_DPI) if dpi else 0.0
    rows = []
    for i, text in enumerate(texts):
        letters = sum(map(str.isalpha, text))
        own = "Arab" if _has_arabic(text) else "Latn" if letters else script
        rows.append(
            (
                measured[i],  # confidence
                math.log(BEYOND_CERTAIN - measured[i]),  # doubt
                line,  # mean confidence of the line, words weighted by length
                math.log(BEYOND_CERTAIN - worst_neighbour[i]),
                math.log(BEYOND_CERTAIN - measured.min()),  # worst_in_line
                float(len(texts) == 1),  # alone
                float(i in (0, len(texts) - 1)),  # edge
                math.log(max(1, len(text))),  # letters
                float(letters <= FEW_LETTERS),  # short
                float(any(map(str.isdigit, text))),  # digits
                float(sum(not c.isalnum() for c in text) > 1 or not letters),  # marks
                float(own != script),  # other_script
                float(text[:1].isupper()),  # capital
                resolution,  # dpi
                *frequencies[i],  # unknown, common, pairs
            )
        )
    return np.array(rows, dtype=np.float64).reshape(len(texts), len(FEATURES))


def _frequencies(texts: Sequence[str]) -> list[tuple[float, float, float]]:
    """For each word: whether no word list holds it, the logarithm of its count in running text, and the number of its
    neighbours beside which it occurs there. The last two are 0 for English words, all three for what is no word."""
    counts = known_counts()
    words = ["".join(c for c in text if unicodedata.category(c)[0] in "LM") for text in texts]
    urdu = [plain(word) if _has_arabic(word) else "" for word in words]
    result = []
    for i, (word, urdu_word) in enumerate(zip(words, urdu, strict=True)):
        if urdu_word:
            before, after = urdu[i - 1] if i else "", urdu[i + 1] if i + 1 < len(urdu) else ""
            pairs = ((before, urdu_word) in counts.pairs) + ((urdu_word, after) in counts.pairs)
            count = counts.words.get(urdu_word, 0)
            result.append((float(not count), math.log1p(count), float(pairs)))
        else:
            result.append((float(bool(word) and not is_known(fold(word))), 0.0, 0.0))
    return result


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def packaged() -> Calibration:
    """The calibration that comes with the package."""
    return parse(read_data("confidence.json"), "confidence.json")


def parse(data: bytes, name: str) -> Calibration:
    """The calibration in the file ``name``, which holds ``data``.

    Raises:
        UnreadableSourceError: it is no calibration, or one of another version.
    """
    try:
        content = json.loads(data)
        if content["version"] != VERSION:
            raise UnreadableSourceError("is a calibration of another version: make it anew with `calibrate`", name)
        stored = content["curves"]
        curves: dict[Script, Curve] = {"Latn": _curve(stored["Latn"]), "Arab": _curve(stored["Arab"])}
        return Calibration(curves, content["fitted"], bytes_digest(data))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableSourceError(f"is no calibration ({error!r}): make it anew with `calibrate`", name) from error


def _curve(stored: Mapping[str, Any]) -> Curve:
    scores, probabilities = np.array(stored["curve"], dtype=np.float64).T
    mean, scale, weights = np.array([stored["features"][name] for name in FEATURES], dtype=np.float64).T
    return Curve(Linear(mean, scale, weights, float(stored["bias"])), scores, probabilities)


def to_json(calibration: Calibration) -> str:
    """The file that ``parse`` reads, with the mean, scale and weight of each feature."""
    curves = {
        script: {
            "bias": round(curve.linear.bias, DECIMALS),
            "features": dict(
                zip(FEATURES, _rounded(curve.linear.mean, curve.linear.scale, curve.linear.weights), strict=True)
            ),
            "curve": _rounded(curve.scores, curve.probabilities),
        }
        for script, curve in calibration.curves.items()
    }
    content = {"version": VERSION, "fitted": calibration.fitted, "curves": curves}
    return re.sub(r"\[\s+([^\[\]{}\"]+?)\s+\]", _on_one_line, json.dumps(content, indent=1)) + "\n"


def _rounded(*columns: Floats) -> list[list[float]]:
    return [[round(float(value), DECIMALS) for value in row] for row in zip(*columns, strict=True)]


def _on_one_line(array: re.Match[str]) -> str:
    return f"[{' '.join(array[1].split())}]"
