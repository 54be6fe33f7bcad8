"""Phrases that occur twice running in one text, word for word, and which of them the author can't have meant."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.language.folding import fold
from ecp_ingest.language.function_words import FUNCTION_WORDS

FEWEST_WORDS = 3
FEWEST_LETTERS = 12
SENTENCE_WORDS = 6
"""A whole sentence twice running is an error from this many words on; a shorter one may be a refrain."""
LONGEST = 80
"""Words in a phrase; a longer repeat is one of lines or pages."""
LIST_WORDS = 8
"""A phrase of at most this many words that is repeated after a comma or a conjunction may begin the items of a list."""
NAME_WORDS = 4
"""A capitalised phrase of at most this many words may be a name that resembles the next."""
FEWEST_FUNCTION_WORDS = 0.15
"""Share of the words; a text with fewer is not a sentence. In sentences it is a third to a half, in both languages."""

_STOPS = ".!?۔؟"
_COMMAS = ",،;؛"
_QUOTES = "\"'“”‘’«»"
CONJUNCTIONS = {fold(word) for word in ("and", "or", "اور", "و", "یا")}


@dataclass(frozen=True, slots=True)
class RepeatedPhrase:
    """A phrase that occurs twice. With ``text[start:end]`` taken out it occurs once."""

    first: int
    """Where the first copy begins."""
    start: int
    end: int
    words: int
    certain: bool
    """The author can't have meant it."""
    why: str
    score: float = 1.0
    """Likeness of the two copies, 0–1."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word with the marks around it; offsets in the text."""

    start: int
    core_end: int
    """Where its last letter or digit ends."""
    end: int
    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text; indices count words."""

    tokens: Sequence[Token]
    folded: Sequence[str]
    indices: Mapping[str, Sequence[int]]
    """Folded word → where it occurs, ascending."""

    def recurrences(self, index: int, *, first: int, last: int) -> Sequence[int]:
        """Where the word at ``index`` occurs again, from word ``first`` to word ``last``."""
        indices = self.indices[self.folded[index]]
        return indices[bisect_left(indices, first) : bisect_right(indices, last)]


@lru_cache(maxsize=8)  # the searches for repeats ask for the same text several times
def tokens_of(text: str) -> Tokens:
    tokens = []
    for match in re.finditer(r"\S+", text):
        folded = fold(match.group())
        if folded:
            letters = [m.end() for m in re.finditer(r"[^\W_][\u064b-\u0670]*", match.group())]
            core = match.start() + letters[-1] if letters else match.end()  # ½ folds to letters, and isn't one itself
            tokens.append(Token(match.start(), core, match.end(), match.group(), folded))
    indices: dict[str, list[int]] = {}
    for i, token in enumerate(tokens):
        indices.setdefault(token.folded, []).append(i)
    return Tokens(tokens, [token.folded for token in tokens], indices)


def first_exact_repeat(text: str, *, after: int = 0) -> RepeatedPhrase | None:
    """The first phrase that occurs twice running, its first copy at ``after`` (code points) or later."""
    words = tokens_of(text)
    tokens, folded = words.tokens, words.folded
    for i in range(bisect_left(tokens, after, key=lambda token: token.start), len(tokens)):
        for j in words.recurrences(i, first=i + FEWEST_WORDS, last=i + LONGEST):
            n = j - i
            if i + 2 * n > len(tokens) or folded[i : i + n] != folded[i + n : i + 2 * n]:
                continue
            phrase = folded[i : i + n]
            # Three different words at least: ``ہر ہر ہر ہر`` is emphasis, and numbers may be repeated.
            with_letters = {word for word in phrase if any(map(str.isalpha, word))}
            if len(set(phrase)) < FEWEST_WORDS:
                break  # one or two words over and over: a longer stretch of them is the same
            letters = sum(sum(map(str.isalpha, word)) for word in phrase)
            if len(with_letters) < FEWEST_WORDS or letters < FEWEST_LETTERS:
                continue
            one, other = tokens[i : i + n], tokens[i + n : i + 2 * n]
            certain, why = _judge(text, one, other, ends=i + 2 * n == len(tokens))
            return RepeatedPhrase(one[0].start, one[-1].core_end, other[-1].core_end, n, certain, why)
    return None


def _judge(text: str, one: Sequence[Token], other: Sequence[Token], *, ends: bool) -> tuple[bool, str]:
    """Whether the two copies are an error, and why. ``ends``: no word follows the second copy."""
    between = text[one[-1].core_end : other[0].start + _marks_before(other[0].text)]
    if doubt := _set_apart(between):
        return False, doubt
    if any(mark in between for mark in _STOPS):
        certain = len(one) >= SENTENCE_WORDS
        return certain, f"{'whole' if certain else 'short'} sentence twice running"
    doubt = _as_in_a_list(text, one, other, comma=any(mark in between for mark in _COMMAS), ends=ends)
    return not doubt, doubt or "phrase twice running"


def _set_apart(between: str) -> str:
    """Why what is between the copies sets them apart; empty if it doesn't."""
    if any(mark in between for mark in _QUOTES) or "!" in between:
        return "a slogan or a quotation may be repeated"
    if re.search(r"\(|\)|\n", between) or re.search(r"\s[-–—]\s", between):
        return "set apart from its first copy"
    return ""


def _as_in_a_list(text: str, one: Sequence[Token], other: Sequence[Token], *, comma: bool, ends: bool) -> str:
    """Why both copies may be meant, as names, items of a list or heads of a table; empty if nothing suggests it."""
    words = [token.folded for token in one]
    everything = fold(text).split()
    if all(token.text[:1].isupper() for token in one) and (len(one) <= NAME_WORDS or comma):
        return "names may be alike"
    # ``in Kotli, in Kotli Loharan``: the second item is the longer name. Postpositions and verbs can't go on so.
    goes_on = not ends and text[other[-1].core_end : other[-1].end] == ""
    if comma and goes_on and len(one) <= LIST_WORDS and words[-1] not in FUNCTION_WORDS:
        return "items of a list may begin alike"
    if len(one) <= LIST_WORDS and words[0] in CONJUNCTIONS:
        return "joined by a conjunction"
    if sum(word in FUNCTION_WORDS for word in everything) < FEWEST_FUNCTION_WORDS * len(everything):
        return "heads of a table or labels"
    return ""


def _marks_before(text: str) -> int:
    """Code points before the first letter or digit."""
    match = re.search(r"[^\W_]", text)
    return match.start() if match else 0
