"""Confidences that mean something: of the words given 0.9, nine in ten are right.

What Tesseract says of a word is the certainty of its worst letter, on a scale of its own: words that are right get 0.8
or 0.96, and a word that is wrong often no less than one that is right. Here what it says is weighed together with the
word's neighbours, its length and letters, and how common it is in Urdu (logistic regression), and the sum is brought
to a probability by the shares that were right on pages whose text is known (isotonic regression: Zadrozny and Elkan,
"Transforming classifier scores into accurate multiclass probability estimates", KDD 2002).

Both are fitted by ``ecp-ingest calibrate`` and come as data, ``data/confidence.json``; what the engine said stays in
the record, so that they can be fitted again from records.
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
"""What a word is judged by, in the order of the weights; ``features`` says what each is."""

VERSION = 1
"""Of the features and of the file: one of another version can't be used."""


@dataclass(frozen=True, eq=False, slots=True)
class Linear:
    """Features, each brought to one scale, weighed and added."""

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
    """Rising, in logits; ``probabilities`` belong to them, and between them it is interpolated."""
    probabilities: Floats

    def probability(self, table: Floats) -> Floats:
        """N×len(FEATURES) → N."""
        return np.interp(self.linear.logits(table), self.scores, self.probabilities)


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    curves: Mapping[Script, Curve]
    fitted: Mapping[str, Any]
    """On what, with which engine and models, how well."""
    sha256: str
    """Of the file; empty where there is none."""


def calibrated(line: ReadLine, *, dpi: float | None, calibration: Calibration) -> ReadLine:
    """The line with confidences that are probabilities; ``engine_confidence`` keeps what the engine said.

    ``dpi`` is the scan's. Words that nothing measured stay as they are.
    """
    measured = [word for word in line.words if word.confidence is not None]
    if not measured:
        return line
    texts = [word.text for word in measured]
    judged = judge(texts, [word.confidence or 0.0 for word in measured], dpi=dpi, calibration=calibration)
    told = iter(judged)
    return replace(
        line,
        words=tuple(
            word if word.confidence is None else replace(word, confidence=next(told), engine_confidence=word.confidence)
            for word in line.words
        ),
    )


def judge(
    texts: Sequence[str], confidences: Sequence[float], *, dpi: float | None, calibration: Calibration
) -> list[float]:
    """Probability that each word of a line is right, from what the engine says (0–1) of all of them."""
    table = features(texts, confidences, dpi=dpi)
    judged = np.empty(len(texts))
    scripts = np.array(script_of_words(texts))
    for script in set(scripts.tolist()):
        judged[scripts == script] = calibration.curves[script].probability(table[scripts == script])
    return [float(value) for value in judged]


def script_of_words(texts: Sequence[str]) -> list[Script]:
    """By its letters; figures and marks are of the line's script."""
    line: Script = "Arab" if any(map(_arabic, texts)) else "Latn"
    return ["Arab" if _arabic(text) else "Latn" if any(map(str.isalpha, text)) else line for text in texts]


def _arabic(text: str) -> bool:
    return any(map(is_right_to_left, text))


def features(texts: Sequence[str], confidences: Sequence[float], *, dpi: float | None) -> Floats:
    """N words of one line, in logical order → N×len(FEATURES)."""
    said = np.array(confidences, dtype=np.float64)
    padded = np.concatenate([[1.0], said, [1.0]])
    neighbour = np.minimum(padded[:-2], padded[2:])
    weights = np.array([len(text) for text in texts], dtype=np.float64)
    line = float(said @ weights / weights.sum()) if weights.sum() else 0.0
    common = _common(texts)
    script = "Arab" if any(map(_arabic, texts)) else "Latn"
    resolution = math.log(dpi / 300) if dpi else 0.0
    rows = []
    for i, text in enumerate(texts):
        letters = sum(map(str.isalpha, text))
        own = "Arab" if _arabic(text) else "Latn" if letters else script
        rows.append(
            (
                said[i],
                math.log(1.03 - said[i]),  # the engine's own scale ends at about 0.97
                line,
                math.log(1.03 - neighbour[i]),
                math.log(1.03 - said.min()),
                float(len(texts) == 1),
                float(i in (0, len(texts) - 1)),
                math.log(max(1, len(text))),
                float(letters <= 2),
                float(any(map(str.isdigit, text))),
                float(sum(not c.isalnum() for c in text) > 1 or not letters),
                float(own != script),
                float(text[:1].isupper()),
                resolution,
                *common[i],
            )
        )
    return np.array(rows, dtype=np.float64).reshape(len(texts), len(FEATURES))


def _common(texts: Sequence[str]) -> list[tuple[float, float, float]]:
    """Whether each word is in no list of its language; of Urdu words also how common they are (logarithm of their
    count in running text), and how many neighbours they are known beside. All 0 for what isn't a word."""
    counts = known_counts()
    words = ["".join(c for c in text if unicodedata.category(c)[0] in "LM") for text in texts]
    urdu = [plain(word) if _arabic(word) else "" for word in words]
    found = []
    for i, (word, plainly) in enumerate(zip(words, urdu, strict=True)):
        if plainly:
            before, after = urdu[i - 1] if i else "", urdu[i + 1] if i + 1 < len(urdu) else ""
            pairs = ((before, plainly) in counts.pairs) + ((plainly, after) in counts.pairs)
            count = counts.words.get(plainly, 0)
            found.append((float(not count), math.log1p(count), float(pairs)))
        else:
            found.append((float(bool(word) and not is_known(fold(word))), 0.0, 0.0))
    return found


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def packaged() -> Calibration:
    """The calibration that comes with the package."""
    return parse(read_data("confidence.json"), "confidence.json")


def parse(data: bytes, name: str) -> Calibration:
    """Raises UnreadableSourceError for anything but a calibration of this version."""
    try:
        told = json.loads(data)
        if told["version"] != VERSION:
            raise UnreadableSourceError("is a calibration of another version: make it anew with `calibrate`", name)
        curves: dict[Script, Curve] = {"Latn": _curve(told["curves"]["Latn"]), "Arab": _curve(told["curves"]["Arab"])}
        return Calibration(curves, told["fitted"], bytes_digest(data))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableSourceError(f"is no calibration ({error!r}): make it anew with `calibrate`", name) from error


def _curve(told: Mapping[str, Any]) -> Curve:
    scores, probabilities = np.array(told["curve"], dtype=np.float64).T
    mean, scale, weights = np.array([told["features"][name] for name in FEATURES], dtype=np.float64).T
    return Curve(Linear(mean, scale, weights, float(told["bias"])), scores, probabilities)


def to_json(calibration: Calibration) -> str:
    """What ``parse`` reads; of each feature its mean, its scale and its weight."""
    curves = {
        script: {
            "bias": round(curve.linear.bias, 5),
            "features": dict(
                zip(FEATURES, _rounded(curve.linear.mean, curve.linear.scale, curve.linear.weights), strict=True)
            ),
            "curve": _rounded(curve.scores, curve.probabilities),
        }
        for script, curve in calibration.curves.items()
    }
    told = {"version": VERSION, "fitted": calibration.fitted, "curves": curves}
    return re.sub(r"\[\s+([^\[\]{}\"]+?)\s+\]", _on_one_line, json.dumps(told, indent=1)) + "\n"


def _rounded(*columns: Floats) -> list[list[float]]:
    return [[round(float(value), 5) for value in row] for row in zip(*columns, strict=True)]


def _on_one_line(spread: re.Match[str]) -> str:
    return f"[{' '.join(spread[1].split())}]"
