"""Phrases that occur twice in one sentence though not word for word: one copy misread, or a few words between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from ecp_ingest.language.folding import fold
from ecp_ingest.language.similarity import differing_runs
from ecp_ingest.language.vocabulary import is_known
from ecp_ingest.release.repair.exact_repeats import CONJUNCTIONS, LONGEST, RepeatedPhrase, Tokens, tokens_of

NEAR = 0.86
"""Likeness (1 − edit distance / length) of two copies of which one was misread."""
NEAR_WORDS = 6
ONE_WORD = 0.5
"""Likeness from which two words can be one word, once misread; also of several words that differ in a row."""
WORDS_SPLIT = 2
"""How many words more or fewer the second copy may have: recognition splits and joins words."""
INTERRUPTED_WORDS = 6
INTERRUPTED_LETTERS = 24
WORDS_BETWEEN = 4
"""Between the two copies of an interrupted repeat, at most."""
WORDS_AGAIN = 2
"""How many of the first ``INTERRUPTED_WORDS`` may be the same word again; with more it is a few words over and over."""

_PARTS_A_LIST = CONJUNCTIONS | {fold(word) for word in ("to", "versus", "vs", "بمقابلہ", "تا")}


def misread_repeats(text: str) -> Iterator[RepeatedPhrase]:
    """Phrases that occur twice running, one of the copies misread in places.

    Certain where in each place in which the copies differ only one side is a known word. Not a repeat at all where both
    sides are known words (``for boys … for girls …``). Otherwise a person is asked. The copy with fewer unknown words
    stays.
    """
    words = tokens_of(text)
    tokens, folded = words.tokens, words.folded
    i = 0
    while i < len(tokens):
        found = next(
            (
                found
                for j in words.recurrences(i, first=i + NEAR_WORDS, last=i + LONGEST)
                if (found := _copies_around(folded, i, j))
            ),
            None,
        )
        if found is None:
            i += 1
            continue
        begin, j, end, score = found
        one, other = tokens[begin:j], tokens[j:end]
        runs = [
            (folded[begin:j][left], folded[j:end][right])
            for left, right in differing_runs(folded[begin:j], folded[j:end])
        ]
        certain = _is_misread(runs)
        between = text[one[-1].core_end : other[0].start]
        if certain is None or runs == [] or between.strip():
            i += 1
            continue
        unknown = [sum(not is_known(word) for word in copy) for copy in (folded[begin:j], folded[j:end])]
        first_goes = unknown[0] > unknown[1]
        start, stop = (one[0].start, other[0].start) if first_goes else (one[-1].core_end, other[-1].core_end)
        why = "phrase twice running, one copy misread"
        yield RepeatedPhrase(one[0].start, start, stop, len(other), certain, why, score)
        i = end


def _copies_around(folded: Sequence[str], i: int, j: int) -> tuple[int, int, int, float] | None:
    """Two copies, given that the first one's word at ``i`` is the second one's at ``j``.

    Where the first begins, where the second begins (which is where the first ends) and ends, and their likeness; None
    if they are less alike than ``NEAR``. Indices count words.
    """
    earliest = max(0, i - LONGEST)
    while i > earliest and Levenshtein.normalized_similarity(folded[i - 1], folded[j - 1]) >= ONE_WORD:
        i, j = i - 1, j - 1
    one = "".join(folded[i:j])
    best: tuple[float, int] | None = None
    same_length = 2 * j - i
    shortest = max(j + NEAR_WORDS - 1, same_length - WORDS_SPLIT)
    for end in range(shortest, min(len(folded), same_length + WORDS_SPLIT) + 1):
        score = Levenshtein.normalized_similarity(one, "".join(folded[j:end]), score_cutoff=NEAR)
        if score >= NEAR and (best is None or score > best[0]):
            best = score, end
    return None if best is None else (i, j, best[1], round(best[0], 4))


def _is_misread(runs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> bool | None:
    """Whether the words in which two copies differ must be misreadings; None where the copies mean different things.

    ``runs``: for each place in which the copies differ, the words of the first and those of the second.
    """
    certain = True
    for left, right in runs:
        a, b = "".join(left), "".join(right)
        if a == b:  # only spaces differ
            continue
        if not a or not b or any(word[0].isdigit() for word in (*left, *right)):
            return None
        if Levenshtein.normalized_similarity(a, b) < ONE_WORD:
            return None
        known = [all(map(is_known, side)) for side in (left, right)]
        if all(known):
            return None
        certain = certain and any(known)
    return certain


def interrupted_repeats(text: str) -> list[RepeatedPhrase]:
    """Long phrases that occur twice in one sentence with a few words between the copies; none is certain."""
    words = tokens_of(text)
    tokens = words.tokens
    found: list[RepeatedPhrase] = []
    i = 0
    while i < len(tokens):
        again = _longest_recurrence(words, i)
        if again is None:
            i += 1
            continue
        n, j = again
        start, end = tokens[i + n - 1].core_end, tokens[j + n - 1].core_end
        found.append(RepeatedPhrase(tokens[i].start, start, end, n, False, "words between"))
        i = j + n
    return found


def _longest_recurrence(words: Tokens, i: int) -> tuple[int, int] | None:
    """Length in words of the longest phrase at ``i`` that occurs again, and where it does."""
    tokens, folded = words.tokens, words.folded
    if len(set(folded[i : i + INTERRUPTED_WORDS])) < INTERRUPTED_WORDS - WORDS_AGAIN:
        return None
    best: tuple[int, int] | None = None
    for j in words.recurrences(i, first=i + INTERRUPTED_WORDS + 1, last=i + LONGEST + WORDS_BETWEEN):
        n = 0
        while j + n < len(tokens) and i + n < j and folded[i + n] == folded[j + n]:
            n += 1
        if n < INTERRUPTED_WORDS or sum(map(len, folded[i : i + n])) < INTERRUPTED_LETTERS:
            continue
        if not 1 <= j - i - n <= WORDS_BETWEEN:
            continue
        # A comma, a stop or a conjunction between the copies makes them items of a list that begin alike.
        marks = "".join(re.sub(r"[\w\u064b-\u0670]", "", token.text) for token in tokens[i + n - 1 : j])
        if re.search(r"[,،;؛:.۔!?؟()]", marks) or any(word in _PARTS_A_LIST for word in folded[i + n : j]):
            continue
        if best is None or n > best[0]:
            best = (n, j)
    return best
