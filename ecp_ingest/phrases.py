"""Phrases that stand twice in one paragraph, and which of them can't be meant. Pure: text in, spans out.

People repeat words on purpose (``الگ الگ``), begin list items alike, and name the Election Commission all the time.
What nobody writes is one phrase of several words twice running in one sentence: only that counts as an error.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecp_ingest.letterforms import fold

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

_STOPS = ".!?۔؟"
_QUOTES = "\"'“”‘’«»"
_AND = {fold(word) for word in ("and", "or", "to", "versus", "vs", "اور", "و", "یا", "بمقابلہ", "تا")}


@dataclass(frozen=True, slots=True)
class Twice:
    """``text[start:end]`` says again what ``text[first:start]`` has said."""

    first: int
    start: int
    end: int
    words: int
    certain: bool
    why: str


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
    tokens = [token for token in _tokens(text) if token.start >= after]
    folded = [token.folded for token in tokens]
    places = _places(folded)
    for i in range(len(tokens)):
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
            certain, why = _judge(text, one, other)
            return Twice(one[0].start, one[-1].core_end, other[-1].core_end, n, certain, why)
    return None


def _places(folded: Sequence[str]) -> Mapping[str, list[int]]:
    """Where each word stands."""
    places: dict[str, list[int]] = {}
    for i, word in enumerate(folded):
        places.setdefault(word, []).append(i)
    return places


def _between(places: list[int], first: int, last: int) -> list[int]:
    return places[bisect_left(places, first) : bisect_right(places, last)]


def _judge(text: str, one: list[_Token], other: list[_Token]) -> tuple[bool, str]:
    between = text[one[-1].core_end : other[0].start + _leading(other[0].text)]
    if any(mark in between for mark in _QUOTES) or "!" in between:
        return False, "a slogan or a quotation may be repeated"
    if re.search(r"\(|\)|\n", between) or re.search(r"\s[-–—]\s", between):
        return False, "set apart from its first copy"
    if any(mark in between for mark in _STOPS):
        if len(one) >= SENTENCE_WORDS:
            return True, "whole sentence twice running"
        return False, "short sentence twice running"
    if all(token.text[:1].isupper() for token in one) and len(one) <= 4:
        return False, "names may be alike"
    return True, "phrase twice running"


def _leading(text: str) -> int:
    match = re.search(r"[^\W_]", text)
    return match.start() if match else 0


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in re.finditer(r"\S+", text):
        folded = fold(match.group())
        if folded:
            core = match.start() + max(m.end() for m in re.finditer(r"[^\W_][\u064b-\u0670]*", match.group()))
            tokens.append(_Token(match.start(), core, match.end(), match.group(), folded))
    return tokens


def garbled_repeats(text: str) -> list[Twice]:
    """Long phrases that stand twice in one sentence with a few words between: a person should look."""
    tokens = _tokens(text)
    folded = [token.folded for token in tokens]
    places = _places(folded)
    found: list[Twice] = []
    i = 0
    while i < len(tokens):
        hit = _garbled_at(tokens, folded, i, places[folded[i]])
        if hit is None:
            i += 1
            continue
        n, j = hit
        found.append(
            Twice(tokens[i].start, tokens[j].start, tokens[j + n - 1].core_end, n, False, "suspected garbled repeat")
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
