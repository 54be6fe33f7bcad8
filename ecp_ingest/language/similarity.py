"""Measures how similar two texts are, and finds where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Levenshtein

from ecp_ingest.language.function_words import FUNCTION_WORDS
from ecp_ingest.language.vocabulary import is_known, shape

CERTAIN_WORD = 0.6
"""Lowest confidence at which a difference between two words counts as printed, not misread."""


def likeness(a: str, b: str) -> float:
    """Likeness of two folded texts, 0–1, compared without spaces, because recognition drops and adds spaces."""
    return fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")) / 100


def differences(a: Sequence[tuple[str, float]], b: Sequence[tuple[str, float]]) -> list[tuple[str, str]]:
    """Pairs of texts at the same place that are hardly two readings of one text; words are folded, with confidence.

    Numbers that differ in a digit are returned, and two words that both exist, unless they differ only in dots. Single
    letters that differ are not returned.
    """
    return [
        (" ".join(word for word, _ in a[left]), " ".join(word for word, _ in b[right]))
        for left, right in differing_runs([word for word, _ in a], [word for word, _ in b])
        if _unlike(a[left], b[right])
    ]


def differing_runs(a: Sequence[str], b: Sequence[str]) -> list[tuple[slice, slice]]:
    """Where two runs of words differ: the place in ``a`` and the place in ``b``. Elsewhere they are equal."""
    runs: list[tuple[slice, slice]] = []
    for op in Indel.opcodes(a, b):
        if op.tag == "equal":
            continue
        left, right = slice(op.src_start, op.src_end), slice(op.dest_start, op.dest_end)
        # A replacement is given as an insertion next to a deletion.
        if runs and runs[-1][0].stop == left.start and runs[-1][1].stop == right.start:
            runs[-1] = slice(runs[-1][0].start, left.stop), slice(runs[-1][1].start, right.stop)
        else:
            runs.append((left, right))
    return runs


_NUMBER = re.compile(r"(\d+)(?:st|nd|rd|th)?")


def _unlike(left: Sequence[tuple[str, float]], right: Sequence[tuple[str, float]]) -> bool:
    numbers = [[m[1] for w, c in side if c >= CERTAIN_WORD and (m := _NUMBER.fullmatch(w))] for side in (left, right)]
    texts = [" ".join(w for w, _ in side) for side in (left, right)]
    if numbers[0] and numbers[1] and sorted(numbers[0]) != sorted(numbers[1]):
        return True
    if len(left) == len(right) and any(_both_words(a, b) for a, b in zip(left, right, strict=True)):
        return True
    clear = [[(w, c) for w, c in side if c >= CERTAIN_WORD and len(w) >= 4 and w.isalpha()] for side in (left, right)]
    if not clear[0] or not clear[1]:
        return False
    # A misread word is still similar to the word; another town or name is not. Words that recognition split or joined
    # are compared together with the rest of their run.
    return likeness(texts[0], texts[1]) < 0.5


def _both_words(a: tuple[str, float], b: tuple[str, float]) -> bool:
    """Whether two words at the same place are different words, not misreadings of one: ``men`` and ``women``."""
    words = {a[0], b[0]}
    if not all(c >= CERTAIN_WORD and len(w) >= 3 and w.isalpha() for w, c in (a, b)):
        return False
    if len(words) == 1 or (words & FUNCTION_WORDS and Levenshtein.distance(*words) < 2):
        return False  # ``have`` misread as ``cave``: a filled-in template doesn't differ in such words
    return len(set(map(shape, words))) == 2 and all(map(is_known, words))


def one_letter_edits(word: str, alphabet: str) -> Iterator[tuple[str, str, str]]:
    """Each text that differs from ``word`` by one letter added, replaced or removed; some are repeated.

    Yields:
        the new text, the letter of ``alphabet`` that is new in it ("" for none), the letter of ``word`` that it
        replaces ("" for none).
    """
    for i in range(len(word) + 1):
        for letter in alphabet:
            yield word[:i] + letter + word[i:], letter, ""
            if i < len(word) and letter != word[i]:
                yield word[:i] + letter + word[i + 1 :], letter, word[i]
        if i < len(word):
            yield word[:i] + word[i + 1 :], "", word[i]


def swapped_neighbours(word: str) -> Iterator[str]:
    """Each text in which two neighbouring letters of ``word`` are swapped."""
    return (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
