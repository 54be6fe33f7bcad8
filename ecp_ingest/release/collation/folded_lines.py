"""Lines and words as they are compared: folded, so that letterforms, marks and case make no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import LineRef, ReadLine
from ecp_ingest.language.folding import fold


class FoldedLine(NamedTuple):
    ref: LineRef
    line: ReadLine
    folded: str
    confidence: float
    """Mean over the words that have one, 0–1; 1 where nothing was measured."""


def folded_lines(page: ReadPage) -> list[FoldedLine]:
    """The lines that have letters or digits."""
    lines = []
    for i, region in enumerate(page.regions):
        for j, line in enumerate(region.lines):
            if folded := fold(line.text):
                known = [word.confidence for word in line.words if word.confidence is not None]
                confidence = sum(known) / len(known) if known else 1.0
                lines.append(FoldedLine((page.facts.number, i, j), line, folded, confidence))
    return lines


def folded_words(lines: Sequence[FoldedLine]) -> list[tuple[str, float]]:
    """Folded words with their confidences, 0–1."""
    words: list[tuple[str, float]] = []
    for line in lines:
        for word in line.line.words:
            confidence = 1.0 if word.confidence is None else word.confidence
            words += [(part, confidence) for part in fold(word.text).split()]
    return words


class BoxedWord(NamedTuple):
    folded: str
    box: Box
    """Scan frame."""


def boxed_words(lines: Sequence[FoldedLine]) -> list[BoxedWord]:
    """Words that have letters or digits and a box."""
    return [
        BoxedWord(folded, word.bbox)
        for line in lines
        for word in line.line.words
        if word.bbox is not None and (folded := fold(word.text))
    ]
