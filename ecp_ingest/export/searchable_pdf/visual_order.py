"""Words from logical into visual order, in the form that three PDF readers put back into logical order.

Found by experiment, and in the source code of the readers (pdf.js 2.14 to 6.5, poppler 22.12, pdfium):

- All three expect visual order and reverse right-to-left runs themselves. Text stored in logical order comes out
  backwards, with ``/ActualText`` too; pdf.js doesn't read that at all.
- pdf.js turns round what it has in one item, and makes one item of a line only where words follow each other from left
  to right with gaps of 0.10 to 0.60 em. Word by word from right to left it finds the words, but no spaces between.
- pdfium and poppler order a line by the places of its words, whatever order they are painted in.
- pdf.js and poppler leave brackets as they are. pdfium mirrors them, and quotation marks too, inside Urdu.
- poppler knows one direction a page, that of most letters (where that is the wrong one, `text_layer` adds weight). It
  takes numbers and ``, . : ،`` for left-to-right, and gives them the spaces on their left; direction marks keep each to
  itself (`Piece`). These are painted with no width, which pdfium passes over, and pdf.js leaves out all format
  characters: they are for poppler alone.
- ``pdftotext -raw`` gives the words of an Urdu line in painted order, as pdf.js needs them painted.
- pdfium parts ``NA-75`` and ``John Carter`` in an Urdu line and swaps the parts, in every PDF: nothing helps.
- pdf.js swaps the parts of ``051-9204402`` and of ``10%`` in an Urdu line, as the bidirectional algorithm does.
- pdf.js doesn't measure the gap before a mark on a letter, and so finds a second space behind it: a word that begins so
  from the left (``اعلیٰ``) has to follow without a gap, but with a space (`text_layer`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecp_ingest.language.scripts import is_right_to_left
from ecp_ingest.training.text.corpus import Direction, runs

LRM, RLM = "\u200e", "\u200f"
_NUMERIC = {"EN", "AN", "ES", "ET", "CS"}
"""Classes (UAX #9) that poppler takes for left-to-right."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or the part of it that has one direction."""

    text: str
    """From left to right; in Urdu the marks of a letter come before it."""
    before: str = ""
    """A direction mark to its left."""
    after: str = ""
    """A direction mark to its right."""


def painted(words: Sequence[str], *, rtl: bool, marked: bool) -> list[tuple[Piece, ...]]:
    """The pieces of each word from left to right, for a line of ``words`` in logical order.

    ``marked``: with direction marks, for pages that poppler is to take for right-to-left.
    """
    line = " ".join(words)
    directions: list[Direction]
    if rtl:
        directions = [direction for run, direction in runs(line) for _ in run]
    else:
        directions = ["R" if is_right_to_left(character) else "L" for character in line]
    result, start = [], 0
    for word in words:
        end = start + len(word)
        stretches = list(_stretches(word, directions[start:end]))
        if rtl:
            goes_on = start > 0 and directions[start - 1] == "L", end < len(line) and directions[end] == "L"
            pieces = list(_in_urdu_line(stretches, goes_on, marked=marked))
        else:
            pieces = [Piece(text[::-1] if way == "R" else text) for text, way in stretches]
            if marked and end == len(line):
                pieces[-1] = Piece(pieces[-1].text, after=LRM)
        result.append(tuple(pieces))
        start = end + 1
    return result


def _stretches(word: str, directions: Sequence[Direction]) -> Iterator[tuple[str, Direction]]:
    """The word cut where the direction changes; marks go with their letters."""
    start = 0
    for at in range(1, len(word) + 1):
        if at == len(word) or (directions[at] != directions[start] and unicodedata.category(word[at]) != "Mn"):
            yield word[start:at], directions[start]
            start = at


def _in_urdu_line(
    stretches: Sequence[tuple[str, Direction]], goes_on: tuple[bool, bool], *, marked: bool
) -> Iterator[Piece]:
    """From left to right. ``goes_on``: whether a Latin run comes on from the word before, and goes on into the next."""
    for number, (text, way) in reversed(list(enumerate(stretches))):
        if way == "R":
            yield from _apart(text[::-1]) if marked else (Piece(text[::-1]),)
        else:
            before = RLM if marked and not (number == 0 and goes_on[0]) else ""
            after = LRM if marked and not (number == len(stretches) - 1 and goes_on[1]) else ""
            yield Piece(text, before, after)


def _apart(text: str) -> Iterator[Piece]:
    """Every sign that poppler takes for a number has a piece of its own, with a mark to its left."""
    start = 0
    for at, character in enumerate(text):
        if unicodedata.bidirectional(character) in _NUMERIC:
            if start < at:
                yield Piece(text[start:at])
            yield Piece(character, before=RLM)
            start = at + 1
    if start < len(text):
        yield Piece(text[start:])
