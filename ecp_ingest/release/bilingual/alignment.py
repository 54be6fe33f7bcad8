"""Which paragraphs of the English and of the Urdu half say the same.

Gale & Church (1993, "A program for aligning sentences in bilingual corpora", Computational Linguistics 19), extended:
a text and its translation are about as long; both are walked through in order; one paragraph answers one, none, or a
few of the other half (a bead). To the likelihood of the lengths come those of the anchors (``anchors``) and of the
paragraphs' kinds. The best walk is found by dynamic programming; the sum over all walks (forward and backward) gives
each bead its probability, which is the score.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ecp_ingest.document.text import ParagraphKind, Said
from ecp_ingest.release.bilingual.anchors import Anchors, find_anchors


@dataclass(frozen=True, slots=True)
class Bead:
    """Paragraphs (ids) that say the same; one side is empty where a paragraph has no translation."""

    english: tuple[str, ...]
    urdu: tuple[str, ...]
    score: float
    """0–1: the probability of this bead among all ways to align the two halves."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """The paragraphs that say the same as one paragraph: the nearest, and all in reading order."""

    nearest: str
    all: tuple[str, ...]
    score: float


class _Shape(NamedTuple):
    english: int
    urdu: int


_PRIORS = {
    _Shape(1, 1): 0.89,
    _Shape(1, 0): 0.03,
    _Shape(0, 1): 0.03,
    _Shape(2, 1): 0.0445,
    _Shape(1, 2): 0.0445,
    _Shape(2, 2): 0.011,
    _Shape(3, 1): 0.004,
    _Shape(1, 3): 0.004,
}
"""Gale & Church's of sentences, but that a paragraph is left out oftener (theirs: 0.0099), and a little for threes."""
_URDU_PER_ENGLISH = 0.93
"""Characters."""
_VARIANCE = 8.0
"""Of the Urdu length, per English character."""
SURE = 0.5
"""Score from which a bead is believed."""


def align(said: Said) -> tuple[Bead, ...]:
    """The beads of a release's two halves in reading order; none where one half is missing."""
    halves = [
        [(paragraph, text) for paragraph, text in said if paragraph.language == language and text.strip()]
        for language in ("eng", "urd")
    ]
    if not all(halves):
        return ()
    walk = _Walk(*halves)
    return tuple(
        Bead(
            tuple(paragraph.id for paragraph, _ in halves[0][i : i + shape.english]),
            tuple(paragraph.id for paragraph, _ in halves[1][j : j + shape.urdu]),
            round(score, 4),
        )
        for i, j, shape, score in walk.best()
    )


def parallels(beads: Sequence[Bead]) -> dict[str, Parallel]:
    """Paragraph id → what is parallel to it; paragraphs without a sure partner have no entry."""
    found: dict[str, Parallel] = {}
    for bead in beads:
        if bead.score < SURE:
            continue
        for own, others in ((bead.english, bead.urdu), (bead.urdu, bead.english)):
            for place, name in enumerate(own):
                if others:
                    nearest = others[place * len(others) // len(own)]
                    found[name] = Parallel(nearest, others, bead.score)
    return found


class _Walk:
    """All ways through both halves: cell (i, j) has seen ``i`` English and ``j`` Urdu paragraphs."""

    def __init__(self, english: Said, urdu: Said) -> None:
        self.english, self.urdu = english, urdu
        self.anchors: Anchors = find_anchors([text for _, text in english], [text for _, text in urdu])
        self.rows, self.columns = len(english), len(urdu)
        self.steps: dict[tuple[int, int], list[tuple[_Shape, float]]] = {
            (i, j): [(shape, self._likelihood(i, j, shape)) for shape in self._shapes(i, j)]
            for i in range(self.rows + 1)
            for j in range(self.columns + 1)
        }

    def _shapes(self, i: int, j: int) -> Iterator[_Shape]:
        return (s for s in _PRIORS if i + s.english <= self.rows and j + s.urdu <= self.columns)

    def _likelihood(self, i: int, j: int, shape: _Shape) -> float:
        """Natural logarithm, of the bead that begins at (i, j)."""
        prior = math.log(_PRIORS[shape])
        if not shape.english or not shape.urdu:
            return prior
        english, urdu = self.english[i : i + shape.english], self.urdu[j : j + shape.urdu]
        tie = self.anchors.tie(range(i, i + shape.english), range(j, j + shape.urdu))
        return prior + _of_lengths(_length(english), _length(urdu)) + tie + _of_kinds(english, urdu)

    def best(self) -> Iterator[tuple[int, int, _Shape, float]]:
        """The likeliest walk, in order, each step with its probability over all walks."""
        before: dict[tuple[int, int], float] = {(0, 0): 0.0}
        likeliest: dict[tuple[int, int], tuple[float, _Shape | None]] = {(0, 0): (0.0, None)}
        for (i, j), steps in self.steps.items():
            for shape, step in steps:
                cell = (i + shape.english, j + shape.urdu)
                before[cell] = _add(before.get(cell), before[i, j] + step)
                whole = likeliest[i, j][0] + step
                if cell not in likeliest or whole > likeliest[cell][0]:
                    likeliest[cell] = whole, shape
        after: dict[tuple[int, int], float] = {(self.rows, self.columns): 0.0}
        for (i, j), steps in reversed(self.steps.items()):
            for shape, step in steps:
                after[i, j] = _add(after.get((i, j)), after[i + shape.english, j + shape.urdu] + step)
        path: list[tuple[int, int, _Shape]] = []
        i, j = self.rows, self.columns
        while (last := likeliest[i, j][1]) is not None:
            i, j = i - last.english, j - last.urdu
            path.append((i, j, last))
        for i, j, shape in reversed(path):
            step = dict(self.steps[i, j])[shape]
            score = before[i, j] + step + after[i + shape.english, j + shape.urdu] - after[0, 0]
            yield i, j, shape, min(1.0, math.exp(score))


def _add(a: float | None, b: float) -> float:
    """Logarithm of the sum of two numbers given by their logarithms."""
    if a is None:
        return b
    return max(a, b) + math.log1p(math.exp(-abs(a - b)))


def _length(said: Said) -> int:
    return sum(len(text) for _, text in said)


def _of_lengths(english: int, urdu: int) -> float:
    """Log of the probability that lengths differ as much by chance: 2(1 − Φ(|δ|))."""
    expected = english * _URDU_PER_ENGLISH
    mean = (expected + urdu) / 2
    delta = abs(urdu - expected) / math.sqrt(_VARIANCE * max(1.0, mean))
    return math.log(max(1e-12, math.erfc(delta / math.sqrt(2))))


_ALIKE: Mapping[ParagraphKind, int] = {"letterhead": 1, "heading": 1, "body": 2, "other": 2, "signature": 3}


_JOINED = -2.0


def _of_kinds(english: Said, urdu: Said) -> float:
    """Log-likelihood ratio of the kinds: they were judged from the looks, so they may be wrong in one half."""
    left, right = ({paragraph.kind for paragraph, _ in half} for half in (english, urdu))
    # Only running text is parted otherwise than in the other language; a letterhead's lines aren't joined.
    joined = sum(len(half) > 1 and kinds != {"body"} for half, kinds in ((english, left), (urdu, right)))
    if left == right and len(left) == 1:
        return 0.7 + _JOINED * joined
    near = {_ALIKE.get(kind, kind) for kind in left} & {_ALIKE.get(kind, kind) for kind in right}
    return (-0.5 if near else -2.5) + _JOINED * joined
