"""Spaces around Urdu's stops and commas: none before, one behind, whatever the ink left between the letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.language.scripts import VOWEL_SIGNS

_LETTER = "\u0621-\u063a\u0641-\u064a\u0671-\u06d3"
_MARKED = _LETTER + VOWEL_SIGNS
_BEFORE = re.compile(rf"(?<=[{_MARKED}\d\u06f0-\u06f9)”\"]) +(?=[۔،؛؟](?:\s|$))")
_COMMA = re.compile(rf"(?<=[{_MARKED}\d\u06f0-\u06f9])(?P<gap> ?)[،؛](?=[{_LETTER}])")
_STOP = re.compile(
    rf"(?P<word>[{_MARKED}]+)(?P<gap> ?)[۔؟](?P<next>[{_LETTER}][{_MARKED}]*)(?![{_MARKED}]*۔[{_LETTER}])"
)
LONG_ENOUGH = 2
"""Letters before a stop, to be a word: sentences end in ``ہے`` and ``گا``, abbreviations are held together by stops."""


@dataclass(frozen=True, slots=True)
class MarkSpacing:
    """At ``start`` of the text (code points) ``before`` becomes ``after``: spaces only."""

    start: int
    before: str
    after: str
    rule: str


def mark_spacings(text: str) -> Iterator[MarkSpacing]:
    """Every space to take away or add, first to last; offsets are those in ``text`` as it is."""
    found = [MarkSpacing(m.start(), m.group(), "", "none_before_mark") for m in _BEFORE.finditer(text)]
    for match in (*_COMMA.finditer(text), *_sentence_ends(text)):
        gap_start, gap_end = match.span("gap")
        if gap_end > gap_start:
            found.append(MarkSpacing(gap_start, match["gap"], "", "none_before_mark"))
        found.append(MarkSpacing(gap_end + 1, "", " ", "one_after_mark"))
    return iter(sorted(found, key=lambda change: change.start))


def _sentence_ends(text: str) -> Iterator[re.Match[str]]:
    for match in _STOP.finditer(text):
        if len(match["word"]) >= LONG_ENOUGH and len(match["next"]) >= 2 and not text[: match.start()].endswith("۔"):
            yield match
