"""The rule for spaces around Urdu stops and commas: none before the mark, one after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ecp_ingest.language.scripts import VOWEL_SIGNS
from ecp_ingest.release.repair.changes import Change, Draft

_LETTER = "\u0621-\u063a\u0641-\u064a\u0671-\u06d3"
_LETTER_OR_SIGN = _LETTER + VOWEL_SIGNS
_SPACE_BEFORE_MARK = re.compile(rf"(?<=[{_LETTER_OR_SIGN}\d\u06f0-\u06f9)”\"]) +(?=[۔،؛؟](?:\s|$))")
_COMMA = re.compile(rf"(?<=[{_LETTER_OR_SIGN}\d\u06f0-\u06f9])(?P<gap> ?)[،؛](?=[{_LETTER}])")
_STOP = re.compile(
    rf"(?P<word>[{_LETTER_OR_SIGN}]+)(?P<gap> ?)[۔؟](?P<next>[{_LETTER}][{_LETTER_OR_SIGN}]*)"
    rf"(?![{_LETTER_OR_SIGN}]*۔[{_LETTER}])"
)
SHORTEST_WORD = 2
"""Letters on either side of a stop that ends a sentence. Sentences end in ``ہے`` and ``گا``; abbreviations have a stop
after each letter."""


def changes(draft: Draft) -> Iterator[Change]:
    """Every space to take out or to add, from left to right."""
    if not (draft.settings.spacing and draft.is_urdu):
        return
    text = draft.text
    found = [_change(m.start(), m.group(), "", "none_before_mark") for m in _SPACE_BEFORE_MARK.finditer(text)]
    for match in (*_COMMA.finditer(text), *_sentence_ends(text)):
        gap_start, gap_end = match.span("gap")
        if gap_end > gap_start:
            found.append(_change(gap_start, match["gap"], "", "none_before_mark"))
        found.append(_change(gap_end + 1, "", " ", "one_after_mark"))
    yield from sorted(found, key=lambda change: change.start)


def _change(start: int, before: str, after: str, rule: str) -> Change:
    return Change("spacing", start, before, after, {"rule": rule})


def _sentence_ends(text: str) -> Iterator[re.Match[str]]:
    for match in _STOP.finditer(text):
        is_long = min(len(match["word"]), len(match["next"])) >= SHORTEST_WORD
        if is_long and not text[: match.start()].endswith("۔"):
            yield match
