"""Matches the words of a record with the words of the ground truth, whatever their order.

After the flexible character accuracy of Clausner, Pletschacher and Antonacopoulos, "Flexible character accuracy measure
for reading-order-independent evaluation of page layout analysis and OCR" (Pattern Recognition Letters 131, 2020): the
best matching stretches of text are matched first, long ones before short ones, and their remains are matched again. Two
things differ: paragraphs are matched instead of lines, since a record does not have the line ends of the printed truth;
and the borders of a stretch are not found by a search over weights but corrected afterwards, word by word.
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
"""Similarity in per cent from which two stretches are the same text, well or badly read. Different texts of the same
language have 40–50."""
LEAST_ALIKE = 25.0
"""Similarity in per cent from which a long stretch may still be matched, without being sure."""
LONG_ENOUGH = 12
"""Least letters of a stretch that may be matched below ``ALIKE``."""
SLACK = 3
"""Words by which a border may be corrected."""


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
    """Whether both are the same text (``ALIKE``); if not, they are only remains of both sides."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Every word of both sides is in exactly one match, or in ``missed`` or ``invented``."""

    matches: tuple[Match, ...]
    missed: tuple[Stretch, ...]
    """Stretches of the truth that were not read."""
    invented: tuple[Stretch, ...]
    """Stretches of the record that are not in the truth."""


def align(truth: Sequence[Words], read: Sequence[Words]) -> Alignment:
    """Match the passages of both sides. A passage is a paragraph as a list of words; words are compared as given."""
    missing = [Stretch(i, 0, len(words)) for i, words in enumerate(truth) if words]
    left = [Stretch(i, 0, len(words)) for i, words in enumerate(read) if words]
    matches: list[Match] = []
    for least, shortest in ((ALIKE, 1), (LEAST_ALIKE, LONG_ENOUGH)):
        found, missing, left = _matched(truth, read, missing, left, least=least, shortest=shortest)
        matches += found
    matches, missing = _with_neighbours(matches, missing, of_truth=True)
    matches, left = _with_neighbours(matches, left, of_truth=False)
    matches.sort(key=lambda match: (match.truth.index, match.truth.start))
    return Alignment(tuple(matches), tuple(missing), tuple(left))


def _text(passages: Sequence[Words], stretch: Stretch) -> str:
    return " ".join(passages[stretch.index][stretch.start : stretch.end])


def _matched(
    truth: Sequence[Words],
    read: Sequence[Words],
    missing: list[Stretch],
    left: list[Stretch],
    *,
    least: float,
    shortest: int,
) -> tuple[list[Match], list[Stretch], list[Stretch]]:
    """The matches with a similarity of at least ``least``, and what remains of both sides."""
    matches: list[Match] = []
    missing_now, left_now = set(missing), set(left)
    queue: list[tuple[float, int, float, Stretch, Stretch]] = []

    def offer(pairs: Iterable[tuple[Stretch, Stretch]]) -> None:
        for a, b in pairs:
            a_text, b_text = _text(truth, a), _text(read, b)
            length = min(len(a_text), len(b_text))
            alike = fuzz.partial_ratio(a_text, b_text, score_cutoff=least) if length >= shortest else 0.0
            if alike:
                # Of equal pairs, first those of the same length, then those in the same place.
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
    """The part of the longer stretch that the shorter one matches, in whole words."""
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
    """Index of the word that contains (or precedes) the character at ``offset`` of the joined words."""
    passed = 0
    for place, word in enumerate(words):
        passed += len(word) + 1
        if offset < passed:
            return place
    return len(words) - 1


def _rest(whole: Stretch, part: Stretch) -> list[Stretch]:
    rest = [replace(whole, end=part.start), replace(whole, start=part.end)]
    return [stretch for stretch in rest if stretch.start < stretch.end]


def _with_neighbours(
    matches: list[Match], stretches: list[Stretch], *, of_truth: bool
) -> tuple[list[Match], list[Stretch]]:
    """Each unmatched stretch next to a match in the same passage becomes part of that match.

    This can't add errors, and it puts words that were misread beyond similarity beside what was read for them.
    """
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
