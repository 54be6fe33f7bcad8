"""Phrases that stand twice in one paragraph, and which of them can't be meant. Pure: text in, spans out.

People repeat words on purpose (``الگ الگ``), begin list items alike, and name the Election Commission all the time.
What nobody writes is one phrase of several words twice running in one sentence: only that counts as an error, also
where one of the two copies was misread (``near_repeats``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from ecp_ingest.language.folding import fold
from ecp_ingest.language.function_words import FUNCTION_WORDS
from ecp_ingest.language.similarity import differing_runs
from ecp_ingest.language.vocabulary import is_known

FEWEST_WORDS = 3
FEWEST_LETTERS = 12
SENTENCE_WORDS = 6
"""A whole sentence twice running is taken for an error from this many words; shorter ones may be a refrain."""
LONGEST = 80
"""Words in a phrase; a longer repeat is one of lines or pages."""
GARBLED_WORDS = 6
GARBLED_LETTERS = 24
GARBLED_GAP = 4
"""Words between the two copies of a garbled repeat, at most."""
LIST_WORDS = 8
"""Up to so many words, what is repeated after a comma or a conjunction may be how the items of a list begin."""
FEWEST_FUNCTION_WORDS = 0.15
"""Share of the words; a text with fewer is no sentence. In sentences it is a third to a half, in both languages."""
NEAR = 0.86
"""Likeness of two copies of which one was misread."""
NEAR_WORDS = 6

_STOPS = ".!?۔؟"
_COMMAS = ",،;؛"
_QUOTES = "\"'“”‘’«»"
_JOINS = {fold(word) for word in ("and", "or", "اور", "و", "یا")}
_AND = _JOINS | {fold(word) for word in ("to", "versus", "vs", "بمقابلہ", "تا")}


@dataclass(frozen=True, slots=True)
class Twice:
    """With ``text[start:end]`` taken out, what stands twice stands once; ``first`` is where the first copy begins."""

    first: int
    start: int
    end: int
    words: int
    certain: bool
    why: str
    score: float = 1.0
    """Likeness of the two copies."""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    core_end: int
    """Where its last letter or digit ends."""
    end: int
    text: str
    folded: str


def first_repeat(text: str, *, after: int = 0) -> Twice | None:
    """The first phrase in ``text`` that stands twice running, its first copy at ``after`` or later."""
    tokens, folded, places = _words_of(text)
    for i in range(bisect_left(tokens, after, key=lambda token: token.start), len(tokens)):
        for j in _between(places[folded[i]], i + FEWEST_WORDS, i + LONGEST):
            n = j - i
            if i + 2 * n > len(tokens) or folded[i : i + n] != folded[i + n : i + 2 * n]:
                continue
            phrase = folded[i : i + n]
            # Three different words at least: ``ہر ہر ہر ہر`` is emphasis, and numbers may well come again.
            wordlike = {word for word in phrase if any(map(str.isalpha, word))}
            if len(set(phrase)) < FEWEST_WORDS:
                break  # one or two words over and over: longer stretches say no more
            if len(wordlike) < FEWEST_WORDS or sum(sum(map(str.isalpha, word)) for word in phrase) < FEWEST_LETTERS:
                continue
            one, other = tokens[i : i + n], tokens[i + n : i + 2 * n]
            certain, why = _judge(text, one, other, ends=i + 2 * n == len(tokens))
            return Twice(one[0].start, one[-1].core_end, other[-1].core_end, n, certain, why)
    return None


@lru_cache(maxsize=8)  # one text is asked about several times over
def _words_of(text: str) -> tuple[list[_Token], list[str], Mapping[str, list[int]]]:
    """The words, as they are and folded, and where each of the latter stands."""
    tokens = _tokens(text)
    folded = [token.folded for token in tokens]
    places: dict[str, list[int]] = {}
    for i, word in enumerate(folded):
        places.setdefault(word, []).append(i)
    return tokens, folded, places


def _between(places: list[int], first: int, last: int) -> list[int]:
    return places[bisect_left(places, first) : bisect_right(places, last)]


def _judge(text: str, one: list[_Token], other: list[_Token], *, ends: bool) -> tuple[bool, str]:
    """``ends``: no word follows the second copy."""
    between = text[one[-1].core_end : other[0].start + _leading(other[0].text)]
    if doubt := _set_apart(between):
        return False, doubt
    if any(mark in between for mark in _STOPS):
        certain = len(one) >= SENTENCE_WORDS
        return certain, f"{'whole' if certain else 'short'} sentence twice running"
    doubt = _as_in_a_list(text, one, other, comma=any(mark in between for mark in _COMMAS), ends=ends)
    return not doubt, doubt or "phrase twice running"


def _set_apart(between: str) -> str:
    if any(mark in between for mark in _QUOTES) or "!" in between:
        return "a slogan or a quotation may be repeated"
    if re.search(r"\(|\)|\n", between) or re.search(r"\s[-–—]\s", between):
        return "set apart from its first copy"
    return ""


def _as_in_a_list(text: str, one: list[_Token], other: list[_Token], *, comma: bool, ends: bool) -> str:
    """Why both copies may be meant: as names, as items of a list, as heads of a table; empty if nothing says so."""
    words = [token.folded for token in one]
    everything = fold(text).split()
    if all(token.text[:1].isupper() for token in one) and (len(one) <= 4 or comma):
        return "names may be alike"
    # ``in Kotli, in Kotli Loharan``: the second item is the longer name. Postpositions and verbs can't go on so.
    goes_on = not ends and text[other[-1].core_end : other[-1].end] == ""
    if comma and goes_on and len(one) <= LIST_WORDS and words[-1] not in FUNCTION_WORDS:
        return "items of a list may begin alike"
    if len(one) <= LIST_WORDS and words[0] in _JOINS:
        return "joined by a conjunction"
    if sum(word in FUNCTION_WORDS for word in everything) < FEWEST_FUNCTION_WORDS * len(everything):
        return "heads of a table or labels"
    return ""


def _leading(text: str) -> int:
    match = re.search(r"[^\W_]", text)
    return match.start() if match else 0


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in re.finditer(r"\S+", text):
        folded = fold(match.group())
        if folded:
            letters = [m.end() for m in re.finditer(r"[^\W_][\u064b-\u0670]*", match.group())]
            core = match.start() + letters[-1] if letters else match.end()  # ½ folds to letters, and is none itself
            tokens.append(_Token(match.start(), core, match.end(), match.group(), folded))
    return tokens


def near_repeats(text: str) -> Iterator[Twice]:
    """Phrases that stand twice running, one of the copies misread here and there.

    Certain where each place in which they differ has a word on one side only; not meant at all where both sides are
    words (``for boys … for girls …``); else a person is asked. The copy with fewer words that are none stays.
    """
    tokens, folded, places = _words_of(text)
    i = 0
    while i < len(tokens):
        hit = next(
            (hit for j in _between(places[folded[i]], i + NEAR_WORDS, i + LONGEST) if (hit := _near_at(folded, i, j))),
            None,
        )
        if hit is None:
            i += 1
            continue
        begin, j, end, score = hit
        one, other = tokens[begin:j], tokens[j:end]
        runs = [
            (folded[begin:j][left], folded[j:end][right])
            for left, right in differing_runs(folded[begin:j], folded[j:end])
        ]
        verdict = _only_misread(runs)
        between = text[one[-1].core_end : other[0].start]
        if verdict is None or runs == [] or between.strip():
            i += 1
            continue
        slips = [sum(not is_known(word) for word in run) for run in (folded[begin:j], folded[j:end])]
        start, stop = (one[0].start, other[0].start) if slips[0] > slips[1] else (one[-1].core_end, other[-1].core_end)
        yield Twice(one[0].start, start, stop, len(other), verdict, "phrase twice running, one copy misread", score)
        i = end


def _near_at(folded: list[str], i: int, j: int) -> tuple[int, int, int, float] | None:
    """Where the first copy, whose word at ``i`` is the second's at ``j``, begins; where the second begins and ends; and
    how alike they are. Their words may be of different number: recognition parts and joins them."""
    earliest = max(0, i - LONGEST)
    while i > earliest and Levenshtein.normalized_similarity(folded[i - 1], folded[j - 1]) >= 0.5:
        i, j = i - 1, j - 1
    one = "".join(folded[i:j])
    best: tuple[float, int] | None = None
    for end in range(max(j + NEAR_WORDS - 1, 2 * j - i - 2), min(len(folded), 2 * j - i + 2) + 1):
        score = Levenshtein.normalized_similarity(one, "".join(folded[j:end]), score_cutoff=NEAR)
        if score >= NEAR and (best is None or score > best[0]):
            best = score, end
    return None if best is None else (i, j, best[1], round(best[0], 4))


def _only_misread(runs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> bool | None:
    """Whether the places in which two copies differ must be misreadings; None where they say different things."""
    certain = True
    for left, right in runs:
        a, b = "".join(left), "".join(right)
        if a == b:  # only spaces
            continue
        if not a or not b or any(word[0].isdigit() for word in (*left, *right)):
            return None
        if Levenshtein.normalized_similarity(a, b) < 0.5:
            return None
        known = [all(map(is_known, side)) for side in (left, right)]
        if all(known):
            return None
        certain = certain and any(known)
    return certain


def garbled_repeats(text: str) -> list[Twice]:
    """Long phrases that stand twice in one sentence with a few words between: a person should look."""
    tokens, folded, places = _words_of(text)
    found: list[Twice] = []
    i = 0
    while i < len(tokens):
        hit = _garbled_at(tokens, folded, i, places[folded[i]])
        if hit is None:
            i += 1
            continue
        n, j = hit
        found.append(
            Twice(tokens[i].start, tokens[i + n - 1].core_end, tokens[j + n - 1].core_end, n, False, "words between")
        )
        i = j + n
    return found


def _garbled_at(tokens: list[_Token], folded: list[str], i: int, places: list[int]) -> tuple[int, int] | None:
    """Length in words of the phrase at ``i`` and where it stands again; the longest counts."""
    best: tuple[int, int] | None = None
    if len(set(folded[i : i + GARBLED_WORDS])) < GARBLED_WORDS - 2:
        return None  # the same two or three words over and over
    for j in _between(places, i + GARBLED_WORDS + 1, i + LONGEST + GARBLED_GAP):
        n = 0
        while j + n < len(tokens) and i + n < j and folded[i + n] == folded[j + n]:
            n += 1
        gap = j - i - n
        if n < GARBLED_WORDS or not 1 <= gap <= GARBLED_GAP or sum(map(len, folded[i : i + n])) < GARBLED_LETTERS:
            continue
        # A comma, a stop or a conjunction between them makes it a list whose items begin alike.
        marks = "".join(re.sub(r"[\w\u064b-\u0670]", "", token.text) for token in tokens[i + n - 1 : j])
        if re.search(r"[,،;؛:.۔!?؟()]", marks) or any(word in _AND for word in folded[i + n : j]):
            continue
        if best is None or n > best[0]:
            best = (n, j)
    return best
