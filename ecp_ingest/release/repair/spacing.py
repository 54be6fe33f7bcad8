"""The rule for spaces between Urdu words: added or taken out where the words themselves leave little doubt.

Nastaliq sets words so close that the gap between two of them is often no wider than the gap after a letter that doesn't
join (ا د ر و …). Only after such a letter can a space be lost or invented without the ink showing it, so only there is
one added or taken out. The likeliest division of the letters into words is found by dynamic programming over counts of
words and word pairs (Norvig, "Natural language corpus data", in *Beautiful Data*, 2009, chapter 14). Every change has a
price, so the spaces stay as read unless the counts speak clearly against them; a word that was never counted stays as
it was read. ``training.text.word_counts`` makes the counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.language.scripts import URDU_WORD
from ecp_ingest.language.word_counts import NON_JOINING, Counts, known_counts, plain
from ecp_ingest.release.repair.changes import Change, Draft

PRICE_OF_ADDING, PRICE_OF_REMOVING = 4.0, 9.0
"""Of one space, in natural logarithms of probability."""
LONGEST = 18
"""Letters of a word that comes to be by taking out spaces."""

_LETTERS = f"[{URDU_WORD}]+"
_RUN = re.compile(rf"{_LETTERS}(?: {_LETTERS})+|[\u0621-\u06d3]{{4,}}")
"""Words with single spaces between them, or one word of four letters or more, which may be two."""


def changes(draft: Draft) -> Iterator[Change]:
    """Every space to add or to take out, from left to right."""
    return respacings(draft.text) if draft.settings.spacing and draft.is_urdu else iter(())


def respacings(text: str) -> Iterator[Change]:
    """Every space to add to ``text`` or to take out of it, from left to right; ``start`` counts in ``text`` as given.

    The evidence holds the words around the change as they are afterwards, and the gain: by how many natural logarithms
    the whole run of words became likelier, prices paid.
    """
    counts = known_counts()
    for run in _RUN.finditer(text):
        yield from _in_run(run.group(), run.start(), counts)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters that can't be divided: up to a letter that doesn't join the next, or up to a space."""

    text: str
    start: int
    space_before: bool
    fixed_before: bool
    """The space follows a letter that joins: its final form is printed, so the space is real."""


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


def _in_run(run: str, offset: int, counts: Counts) -> Iterator[Change]:
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
        words = _words_around(pieces, sorted(likeliest), i)
        evidence = {"rule": "word_counts", "words": words, "gain": round(gain, 2)}
        yield Change("spacing", start, " " if is_space else "", "" if is_space else " ", evidence)


def _likeliest(pieces: list[_Piece], as_read: list[int], counts: Counts) -> tuple[set[int], float]:
    """Pieces that begin a word in the likeliest division, and its gain over the division that was read."""
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
            added = PRICE_OF_ADDING if begin and not boundary.space_before else 0.0
            is_as_read = not (price or added) and (end == len(pieces) or pieces[end].space_before)
            for before, (score, _, _) in best[begin].items():
                if word not in counts.words and not is_as_read:
                    continue
                total = score + counts.after(before, word) - price - added
                if word not in best[end] or total > best[end][word][0]:
                    best[end][word] = (total, begin, before)
            if boundary.fixed_before and boundary.space_before:
                break
            price += PRICE_OF_REMOVING if boundary.space_before else 0.0
    last = max(best[-1], key=lambda word: best[-1][word][0])
    gain = best[-1][last][0] - _score(pieces, as_read, counts)
    begins: set[int] = set()
    end, word_at = len(pieces), last
    while word_at is not None:
        _, begin, before = best[end][word_at]
        begins.add(begin)
        end, word_at = begin, before
    return begins, gain


def _score(pieces: list[_Piece], begins: list[int], counts: Counts) -> float:
    """Natural logarithm of the probability of the words that begin at these pieces."""
    score, before = 0.0, None
    for begin, end in zip(begins, [*begins[1:], len(pieces)], strict=True):
        word = "".join(piece.text for piece in pieces[begin:end])
        score += counts.after(before, word)
        before = word
    return score


def _words_around(pieces: list[_Piece], begins: list[int], at: int) -> str:
    """The two words that meet at piece ``at``, or the one word that it is inside of."""
    left = max(b for b in begins if b < at)
    right = min((b for b in begins if b > at), default=len(pieces))
    return "".join((" " if i in begins and i > left else "") + pieces[i].text for i in range(left, right))
