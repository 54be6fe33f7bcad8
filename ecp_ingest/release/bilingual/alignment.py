"""Aligns the paragraphs of the English and of the Urdu half: which ones are translations of each other.

Gale & Church (1993, "A program for aligning sentences in bilingual corpora", Computational Linguistics 19), extended:
a text and its translation have about the same length and the same order; one paragraph corresponds to one, none, or a
few of the other half (a bead). The likelihood of a bead comes from its lengths, its anchors (``anchors``) and the kinds
of its paragraphs. Dynamic programming finds the best alignment; the sum over all alignments (forward and backward)
gives each bead its probability, which is the score.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ecp_ingest.document.text import FinalParagraphs, ParagraphKind
from ecp_ingest.release.bilingual.anchors import Anchors, find_anchors


@dataclass(frozen=True, slots=True)
class Bead:
    """Ids of paragraphs that are translations of each other; one side is empty where there is no translation."""

    english: tuple[str, ...]
    urdu: tuple[str, ...]
    score: float
    """0–1: the probability of this bead among all ways to align the two halves."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """The translation of one paragraph: the nearest paragraph, and all of them in reading order."""

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
"""Gale & Church's for sentences; but a paragraph is left out more often (theirs: 0.0099), and three may be one."""
_URDU_PER_ENGLISH = 0.93
"""Characters of Urdu for one of English."""
_VARIANCE = 8.0
"""Of the Urdu length, per English character."""
ACCEPTED = 0.5
"""Score from which a bead counts."""


def align(paragraphs: FinalParagraphs) -> tuple[Bead, ...]:
    """The beads of the two halves in reading order; none where one half is missing."""
    halves = [
        [(paragraph, text) for paragraph, text in paragraphs if paragraph.language == language and text.strip()]
        for language in ("eng", "urd")
    ]
    if not all(halves):
        return ()
    alignments = _Alignments(*halves)
    return tuple(
        Bead(
            tuple(paragraph.id for paragraph, _ in halves[0][i : i + shape.english]),
            tuple(paragraph.id for paragraph, _ in halves[1][j : j + shape.urdu]),
            round(score, 4),
        )
        for i, j, shape, score in alignments.best()
    )


def parallels(beads: Sequence[Bead]) -> dict[str, Parallel]:
    """Paragraph id → its translation; paragraphs without an accepted one have no entry."""
    found: dict[str, Parallel] = {}
    for bead in beads:
        if bead.score < ACCEPTED:
            continue
        for own, others in ((bead.english, bead.urdu), (bead.urdu, bead.english)):
            for place, name in enumerate(own):
                if others:
                    nearest = others[place * len(others) // len(own)]
                    found[name] = Parallel(nearest, others, bead.score)
    return found


class _Alignments:
    """All alignments of both halves: at cell (i, j), ``i`` English and ``j`` Urdu paragraphs are aligned."""

    def __init__(self, english: FinalParagraphs, urdu: FinalParagraphs) -> None:
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
        """Natural logarithm of the likelihood of the bead that begins at (i, j)."""
        prior = math.log(_PRIORS[shape])
        if not shape.english or not shape.urdu:
            return prior
        english, urdu = self.english[i : i + shape.english], self.urdu[j : j + shape.urdu]
        shared = self.anchors.likelihood(range(i, i + shape.english), range(j, j + shape.urdu))
        return prior + _of_lengths(_length(english), _length(urdu)) + shared + _of_kinds(english, urdu)

    def best(self) -> Iterator[tuple[int, int, _Shape, float]]:
        """The beads of the likeliest alignment, in order: cell, shape, and probability over all alignments."""
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


def _length(paragraphs: FinalParagraphs) -> int:
    return sum(len(text) for _, text in paragraphs)


def _of_lengths(english: int, urdu: int) -> float:
    """Natural logarithm of the probability that lengths differ this much by chance: 2(1 − Φ(|δ|))."""
    expected = english * _URDU_PER_ENGLISH
    mean = (expected + urdu) / 2
    delta = abs(urdu - expected) / math.sqrt(_VARIANCE * max(1.0, mean))
    return math.log(max(1e-12, math.erfc(delta / math.sqrt(2))))


_EASILY_CONFUSED: Mapping[ParagraphKind, int] = {"letterhead": 1, "heading": 1, "body": 2, "other": 2, "signature": 3}
"""Kinds with one number look alike, so one half may have the one and the other half the other."""
_SAME_KIND, _CONFUSED_KIND, _OTHER_KIND = 0.7, -0.5, -2.5
"""Natural logarithm of the likelihood ratio, by whether both sides are of the same kind. Kinds are found by layout, so
they may be wrong in one half."""
_JOINED = -2.0
"""For a side of several paragraphs that aren't body text: only running text is divided otherwise in translation."""


def _of_kinds(english: FinalParagraphs, urdu: FinalParagraphs) -> float:
    """Natural logarithm of the likelihood ratio by the kinds of the paragraphs."""
    left, right = ({paragraph.kind for paragraph, _ in half} for half in (english, urdu))
    joined = sum(len(half) > 1 and kinds != {"body"} for half, kinds in ((english, left), (urdu, right)))
    if left == right and len(left) == 1:
        return _SAME_KIND + _JOINED * joined
    confused = {_EASILY_CONFUSED.get(kind, kind) for kind in left} & {
        _EASILY_CONFUSED.get(kind, kind) for kind in right
    }
    return (_CONFUSED_KIND if confused else _OTHER_KIND) + _JOINED * joined
