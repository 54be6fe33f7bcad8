"""How alike two readings of one text are, and where they differ as only two texts do. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from ecp_ingest.document import ReadLine, ReadPage
from ecp_ingest.letterforms import fold

LineRef = tuple[int, int, int]
"""1-based page, 0-based region in the page, 0-based line in the region."""

CERTAIN_WORD = 0.6
"""Confidence from which a word that differs is taken to differ on paper."""


class FoldedLine(NamedTuple):
    ref: LineRef
    line: ReadLine
    folded: str
    confidence: float


def folded_lines(page: ReadPage) -> list[FoldedLine]:
    lines = []
    for i, region in enumerate(page.regions):
        for j, line in enumerate(region.lines):
            if folded := fold(line.text):
                known = [word.confidence for word in line.words if word.confidence is not None]
                confidence = sum(known) / len(known) if known else 1.0
                lines.append(FoldedLine((page.facts.number, i, j), line, folded, confidence))
    return lines


def likeness(a: str, b: str) -> float:
    """0–1 between two folded texts; spaces, which recognition drops and adds, count for nothing."""
    return fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")) / 100


def folded_words(lines: Sequence[FoldedLine]) -> list[tuple[str, float]]:
    words: list[tuple[str, float]] = []
    for line in lines:
        for word in line.line.words:
            confidence = 1.0 if word.confidence is None else word.confidence
            words += [(part, confidence) for part in fold(word.text).split()]
    return words


def differences(a: Sequence[tuple[str, float]], b: Sequence[tuple[str, float]]) -> list[tuple[str, str]]:
    """Words (folded, with confidence) that stand in one place and can't be one word read twice.

    Numbers that differ in a digit count as such; letters that differ here and there don't.
    """
    against: list[tuple[str, str]] = []
    codes = Indel.opcodes([word for word, _ in a], [word for word, _ in b])
    i = 0
    opcodes = list(codes)
    while i < len(opcodes):
        # A replacement comes as an insertion beside a deletion.
        left: list[tuple[str, float]] = []
        right: list[tuple[str, float]] = []
        while i < len(opcodes) and opcodes[i].tag != "equal":
            op = opcodes[i]
            left += a[op.src_start : op.src_end]
            right += b[op.dest_start : op.dest_end]
            i += 1
        i += 1
        against += _unlike(left, right)
    return against


_NUMBER = re.compile(r"(\d+)(?:st|nd|rd|th)?")


def _unlike(left: Sequence[tuple[str, float]], right: Sequence[tuple[str, float]]) -> list[tuple[str, str]]:
    numbers = [[m[1] for w, c in side if c >= CERTAIN_WORD and (m := _NUMBER.fullmatch(w))] for side in (left, right)]
    texts = [" ".join(w for w, _ in side) for side in (left, right)]
    if numbers[0] and numbers[1] and sorted(numbers[0]) != sorted(numbers[1]):
        return [(texts[0], texts[1])]
    clear = [[(w, c) for w, c in side if c >= CERTAIN_WORD and len(w) >= 4 and w.isalpha()] for side in (left, right)]
    if not clear[0] or not clear[1]:
        return []
    # A misread word is still like the word; another town or name is not. Words that recognition parted or joined
    # are compared as the run they stand in.
    if likeness(texts[0], texts[1]) >= 0.5:
        return []
    return [(texts[0], texts[1])]
