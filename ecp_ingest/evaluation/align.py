"""Which words of a record stand for which words of the ground truth, wherever on the page they stand.

After the flexible character accuracy of Clausner, Pletschacher and Antonacopoulos, "Flexible character accuracy measure
for reading-order-independent evaluation of page layout analysis and OCR" (Pattern Recognition Letters 131, 2020): the
best matching stretches of text are taken out first, long ones before short ones, and what is left of them goes back to
be matched with something else. Two things differ: paragraphs are matched and not lines, since a record has none of the
printed truth's line ends; and where a stretch begins is not found by a search over weights but put right afterwards,
word by word.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

Words = Sequence[str]

ALIKE = 60.0
"""Per cent: from here on two stretches are one text, well or badly read; other text of the same language has 40–50."""
AT_ALL = 25.0
LONG_ENOUGH = 12
"""Letters of a stretch that may be matched by less than ``ALIKE``."""
SLACK = 3
"""Words by which a border may be put right."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Words ``start`` to ``end`` (exclusive) of the passage with this ``index``."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    truth: Stretch
    read: Stretch
    sure: bool
    """Alike enough to be one text; else they are only what was left over on both sides."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Every word of both sides stands in one match, or in what is left."""

    matches: tuple[Match, ...]
    missed: tuple[Stretch, ...]
    """Of the truth, nothing was read for it."""
    invented: tuple[Stretch, ...]
    """Of the record, nothing in the truth stands for it."""


def align(truth: Sequence[Words], read: Sequence[Words]) -> Alignment:
    """Passages (paragraphs, each its words) of both sides; words are compared as they are given."""
    missing = [Stretch(i, 0, len(words)) for i, words in enumerate(truth) if words]
    left = [Stretch(i, 0, len(words)) for i, words in enumerate(read) if words]
    matches: list[Match] = []
    for least, shortest in ((ALIKE, 1), (AT_ALL, LONG_ENOUGH)):
        found, missing, left = _taken(truth, read, missing, left, least=least, shortest=shortest)
        matches += found
    matches, missing = _taken_in(matches, missing, of_truth=True)
    matches, left = _taken_in(matches, left, of_truth=False)
    matches.sort(key=lambda match: (match.truth.index, match.truth.start))
    return Alignment(tuple(matches), tuple(missing), tuple(left))


def _text(passages: Sequence[Words], stretch: Stretch) -> str:
    return " ".join(passages[stretch.index][stretch.start : stretch.end])


def _taken(
    truth: Sequence[Words],
    read: Sequence[Words],
    missing: list[Stretch],
    left: list[Stretch],
    *,
    least: float,
    shortest: int,
) -> tuple[list[Match], list[Stretch], list[Stretch]]:
    """The matches that are at least so much alike, and what remains of both sides."""
    matches: list[Match] = []
    missing_now, left_now = set(missing), set(left)
    queue: list[tuple[float, int, float, Stretch, Stretch]] = []

    def offer(pairs: Iterable[tuple[Stretch, Stretch]]) -> None:
        for a, b in pairs:
            a_text, b_text = _text(truth, a), _text(read, b)
            length = min(len(a_text), len(b_text))
            alike = fuzz.partial_ratio(a_text, b_text, score_cutoff=least) if length >= shortest else 0.0
            if alike:
                # Of equals, the one of the same length, then the one in the same place.
                place = abs(a.index / len(truth) - b.index / len(read))
                heapq.heappush(queue, (-alike * length, abs(len(a_text) - len(b_text)), place, a, b))

    offer(product(missing, left))
    while queue:
        *_, a, b = heapq.heappop(queue)
        if a not in missing_now or b not in left_now:
            continue
        part_a, part_b = _borders(truth, read, a, b)
        matches.append(Match(part_a, part_b, least >= ALIKE))
        missing_now.remove(a)
        left_now.remove(b)
        rest_a, rest_b = _rest(a, part_a), _rest(b, part_b)
        offer((*product(rest_a, left_now), *product(missing_now, rest_b), *product(rest_a, rest_b)))
        missing_now.update(rest_a)
        left_now.update(rest_b)
    return matches, sorted(missing_now), sorted(left_now)


def _borders(truth: Sequence[Words], read: Sequence[Words], a: Stretch, b: Stretch) -> tuple[Stretch, Stretch]:
    """The part of the longer that the shorter stands for, by whole words."""
    a_text, b_text = _text(truth, a), _text(read, b)
    if len(a_text) > len(b_text):
        part, whole = _borders(read, truth, b, a)
        return whole, part
    found = fuzz.partial_ratio_alignment(a_text, b_text)
    if found is None:
        return a, b
    words = read[b.index][b.start : b.end]
    first, last = _word_at(words, found.dest_start), _word_at(words, max(found.dest_end - 1, 0)) + 1

    def errors(border: tuple[int, int]) -> tuple[int, int]:
        start, end = border
        return Levenshtein.distance(a_text, " ".join(words[start:end])), start - end

    starts = range(max(0, first - SLACK), min(len(words), first + SLACK + 1))
    ends = range(max(1, last - SLACK), min(len(words), last + SLACK) + 1)
    start, end = min(((s, e) for s, e in product(starts, ends) if s < e), key=errors)
    return a, Stretch(b.index, b.start + start, b.start + end)


def _word_at(words: Words, offset: int) -> int:
    """The place of the word in which (or after which) the character at ``offset`` of the joined words stands."""
    passed = 0
    for place, word in enumerate(words):
        passed += len(word) + 1
        if offset < passed:
            return place
    return len(words) - 1


def _rest(whole: Stretch, part: Stretch) -> list[Stretch]:
    rest = [replace(whole, end=part.start), replace(whole, start=part.end)]
    return [stretch for stretch in rest if stretch.start < stretch.end]


def _taken_in(matches: list[Match], stretches: list[Stretch], *, of_truth: bool) -> tuple[list[Match], list[Stretch]]:
    """What is left over beside a match, in the same passage, becomes part of it: that can't be more errors, and words
    that were misread beyond likeness stand beside what was read for them."""
    matches, left = list(matches), []
    for stretch in stretches:
        sides = [match.truth if of_truth else match.read for match in matches]
        at = next((i for i, s in enumerate(sides) if s.index == stretch.index and s.end == stretch.start), None)
        if at is None:
            at = next((i for i, s in enumerate(sides) if s.index == stretch.index and s.start == stretch.end), None)
        if at is None:
            left.append(stretch)
            continue
        whole = Stretch(stretch.index, min(sides[at].start, stretch.start), max(sides[at].end, stretch.end))
        matches[at] = replace(matches[at], truth=whole) if of_truth else replace(matches[at], read=whole)
    return matches, left
