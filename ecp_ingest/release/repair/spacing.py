"""Spaces between Urdu words, put right where the words themselves leave little doubt.

Nastaliq sets words so close that a gap between two of them is often no wider than the gap after a letter that doesn't
join (ا د ر و …): only there can a space be lost or invented without the ink saying otherwise, so only there is one
added or taken away. Which division of the letters is likeliest is found by dynamic programming over word and word-pair
counts (Norvig, "Natural language corpus data", in *Beautiful Data*, 2009, chapter 14), with a price on every change, so
that what the engine read stands unless the words speak clearly against it; a word that was never counted stays as it
was read. ``training.word_counts`` makes the counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.language.scripts import URDU_WORD
from ecp_ingest.language.word_counts import NON_JOINING, Counts, known_counts, plain

ADDED, TAKEN = 4.0, 9.0
"""Prices of a space added and of one taken away, in natural logarithms of probability."""
LONGEST = 18
"""Letters of a word."""

_RUN = re.compile(rf"[{URDU_WORD}]+(?: [{URDU_WORD}]+)+|[\u0621-\u06d3]{{4,}}")


@dataclass(frozen=True, slots=True)
class Respacing:
    """At ``start`` of the text (code points) ``before`` becomes ``after``: one is a space, the other is empty."""

    start: int
    before: str
    after: str
    words: str
    """As they stand afterwards around the change."""
    gain: float
    """By how many natural logarithms the whole run of words became likelier, prices paid."""


def respacings(text: str) -> Iterator[Respacing]:
    """Every space to add to or take from ``text``, first to last; offsets are those in ``text`` as it is."""
    counts = known_counts()
    for run in _RUN.finditer(text):
        yield from _in_run(run.group(), run.start(), counts)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters that can't be parted: up to a letter that doesn't join on, or to a space."""

    text: str
    start: int
    space_before: bool
    fixed_before: bool
    """A space after a letter that would have joined: its final form is printed, so the space is."""


def _pieces(run: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    start, space, fixed = 0, False, False
    for i, letter in enumerate(run):
        following = run[i + 1] if i + 1 < len(run) else ""
        if letter == " ":
            start, space = i + 1, True
            continue
        if following and unicodedata.combining(following):
            continue
        base = next((c for c in reversed(run[start : i + 1]) if not unicodedata.combining(c)), letter)
        if base in NON_JOINING or following in ("", " "):
            pieces.append(_Piece(plain(run[start : i + 1]), start, space, fixed))
            start, space, fixed = i + 1, False, base not in NON_JOINING
    return pieces


def _in_run(run: str, offset: int, counts: Counts) -> Iterator[Respacing]:
    pieces = _pieces(run)
    if len(pieces) < 2:
        return
    as_read = [0, *(i for i in range(1, len(pieces)) if pieces[i].space_before)]
    likeliest, gain = _likeliest(pieces, as_read, counts)
    for i in range(1, len(pieces)):
        is_space, should_be = pieces[i].space_before, i in likeliest
        if is_space == should_be:
            continue
        start = offset + pieces[i].start - (1 if is_space else 0)
        words = _around(pieces, sorted(likeliest), i)
        yield Respacing(start, " " if is_space else "", "" if is_space else " ", words, round(gain, 2))


def _likeliest(pieces: list[_Piece], as_read: list[int], counts: Counts) -> tuple[set[int], float]:
    """Pieces that begin a word in the likeliest division, and how much likelier it is than the one that was read."""
    # best[i]: the last word before piece i → (logarithm of probability, where that word began, the word before it)
    best: list[dict[str | None, tuple[float, int, str | None]]] = [{} for _ in range(len(pieces) + 1)]
    best[0][None] = (0.0, 0, None)
    for end in range(1, len(pieces) + 1):
        word, price = "", 0.0
        for begin in range(end - 1, -1, -1):
            word = pieces[begin].text + word
            if price and len(word) > LONGEST:
                break
            boundary = pieces[begin]
            added = ADDED if begin and not boundary.space_before else 0.0
            as_it_was = not (price or added) and (end == len(pieces) or pieces[end].space_before)
            for before, (score, _, _) in best[begin].items():
                if word not in counts.words and not as_it_was:
                    continue
                total = score + counts.after(before, word) - price - added
                if word not in best[end] or total > best[end][word][0]:
                    best[end][word] = (total, begin, before)
            if boundary.fixed_before and boundary.space_before:
                break
            price += TAKEN if boundary.space_before else 0.0
    last = max(best[-1], key=lambda w: best[-1][w][0])
    gain = best[-1][last][0] - _score(pieces, as_read, counts)
    begins: set[int] = set()
    end, word_at = len(pieces), last
    while word_at is not None:
        _, begin, before = best[end][word_at]
        begins.add(begin)
        end, word_at = begin, before
    return begins, gain


def _score(pieces: list[_Piece], begins: list[int], counts: Counts) -> float:
    score, before = 0.0, None
    for begin, end in zip(begins, [*begins[1:], len(pieces)], strict=True):
        word = "".join(piece.text for piece in pieces[begin:end])
        score += counts.after(before, word)
        before = word
    return score


def _around(pieces: list[_Piece], begins: list[int], at: int) -> str:
    """The words that meet at piece ``at``, or the one that it now stands inside."""
    left = max(b for b in begins if b < at)
    right = min((b for b in begins if b > at), default=len(pieces))
    return "".join((" " if i in begins and i > left else "") + pieces[i].text for i in range(left, right))
