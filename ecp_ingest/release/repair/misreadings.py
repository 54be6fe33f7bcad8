"""Urdu words that are none, and the words that they were most likely printed as.

A noisy channel (Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model", COLING
1990): how likely the word is where it stands, times how likely our model is to read it so. The first comes from the
counts that ``spacing`` uses, the second from what the model really mistook for what. Most words that were never
counted are names and right: so a word is changed only if the engine doubted it, one reading is far likelier than all
others, and the mistake is one that the model often makes; else its alternatives are put before the reviewer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.entities.gazetteer import Gazetteer, current
from ecp_ingest.language.scripts import URDU_ALPHABET, URDU_WORD
from ecp_ingest.language.similarity import one_letter_edits
from ecp_ingest.language.word_counts import Counts, known_counts, plain

_WORD = re.compile(f"[{URDU_WORD}]+")

READ_FOR = {
    # printed → read: how often, in 30 000 letters of newspaper print. An empty reading is a letter lost.
    "م": {"": 79, "ن": 8, "ب": 3, "ہ": 3},
    "و": {"د": 34, "": 11},
    "ح": {"": 24, "ج": 5, "ق": 3},
    "ق": {"ت": 20, "ش": 3, "ج": 3},
    "ن": {"": 18, "ت": 5, "ئ": 3, "ڈ": 3},
    "س": {"": 16, "ب": 5},
    "ب": {"": 15, "م": 3, "ج": 3},
    "ہ": {"": 14, "ب": 13, "ی": 5, "ر": 3, "م": 3},
    "پ": {"": 12},
    "خ": {"": 11},
    "ت": {"": 11, "چ": 4},
    "ی": {"": 10, "چ": 3},
    "ف": {"": 9, "ن": 5},
    "ھ": {"": 8},
    "ک": {"": 7},
    "گ": {"ک": 7},
    "د": {"ر": 6, "": 6, "و": 3},
    "ر": {"ز": 6, "": 4},
    "ز": {"ر": 4},
    "ج": {"چ": 6, "": 6},
    "ش": {"": 6, "چ": 3},
    "ع": {"": 5},
    "ے": {"": 5},
    "ٹ": {"ن": 4, "": 4},
    "ئ": {"": 4},
    "": {"د": 9, "ی": 8, "س": 5, "چ": 4, "ر": 4, "ب": 4, "و": 3, "ت": 3, "ک": 4},
}
"""Only what happened three times or more."""
OFTEN, CLEAR, DOUBTED, LONG = 10, 5.0, 0.93, 4
"""What a word is changed at: mistake seen so often, so much likelier than the next (natural logarithm), read with less
confidence than this, so many letters at least. Together right in 19 of 20, by what they are set."""
SEEN, FAR, SURE = 3, 8.0, 0.95
"""What a word is shown to the reviewer at: mistake seen so often, or one word so far ahead of all others; and read
with less confidence than this, or with none that is known."""
ONLY_ONE = 20.0
"""``gain`` where there is no other word to be had."""
LONGEST = 30
"""Letters: what is longer is no word with a letter misread."""
_TOTAL = 30_000
_RARE = 0.5
"""For a mistake that isn't in the table."""


@dataclass(frozen=True, slots=True)
class Misreading:
    """``before`` at ``start`` (code points) is no word; ``alternatives`` are, each with its share, likeliest first."""

    start: int
    before: str
    alternatives: tuple[tuple[str, float], ...]
    confidence: float | None
    """Of the engine in the word as read, 0–1."""
    often: int
    """How often the model was seen to make this mistake."""
    gain: float
    """Natural logarithm of how much likelier the first alternative is than the next."""
    certain: bool


def misreadings(text: str, confidences: Sequence[float | None]) -> Iterator[Misreading]:
    """Every doubtful word of ``text``, first to last. ``confidences``: one for each code point of ``text``."""
    counts, names = known_counts(), _names(current())
    words = list(_WORD.finditer(text))
    for i, match in enumerate(words):
        word = plain(match.group())
        if not 3 <= len(word) <= LONGEST or word in counts.words or word in names or not word.isalpha():
            continue
        before = _neighbour(text[words[i - 1].end() : match.start()], words[i - 1]) if i else None
        after = _neighbour(text[match.end() : words[i + 1].start()], words[i + 1]) if i + 1 < len(words) else None
        told = [c for c in confidences[match.start() : match.end()] if c is not None]
        found = _weighed(word, before, after, counts, names)
        if not found or (told and min(told) >= SURE):
            continue
        whole = not any(
            candidate in counts.words
            for joined in ((before or "") + word, word + (after or ""))
            for candidate in (joined, *_printed(joined))
            if joined != word
        )
        misreading = _misreading(match, found, min(told) if told else None, whole=whole)
        if misreading.often >= SEEN or misreading.gain >= FAR:
            yield misreading


def _neighbour(between: str, match: re.Match[str]) -> str | None:
    """The word next to another, if nothing but a space parts them."""
    word = plain(match.group())
    return word if between == " " and len(word) <= LONGEST else None


@lru_cache(maxsize=8)
def _names(table: Gazetteer) -> frozenset[str]:
    """The words of all Urdu names that are known."""
    return frozenset(word for entry in table.entries for name in entry.urdu for word in plain(name).split())


def _weighed(
    word: str, before: str | None, after: str | None, counts: Counts, names: frozenset[str]
) -> list[tuple[float, str, int]]:
    found = []
    for candidate, often in _printed(word).items():
        if candidate in counts.words or candidate in names:
            # A name that was never counted is as likely as the rarest word that was.
            likely = counts.after(before, candidate) if candidate in counts.words else math.log(1 / counts.total)
            score = likely + math.log(max(often, _RARE) / _TOTAL)
            if after is not None:
                score += counts.after(candidate, after) - counts.word(after)
            found.append((score, candidate, often))
    return sorted(found, reverse=True)[:5]


def _printed(word: str) -> dict[str, int]:
    """What may have been printed where ``word`` was read, one mistake away, and how often that mistake was seen."""
    found: dict[str, int] = {}
    for candidate, printed, read in one_letter_edits(word, URDU_ALPHABET):
        found[candidate] = max(found.get(candidate, 0), READ_FOR.get(printed, {}).get(read, 0))
    return found


def _misreading(
    match: re.Match[str], found: list[tuple[float, str, int]], confidence: float | None, *, whole: bool
) -> Misreading:
    """``whole``: it is no half of a word that fell in two."""
    best, word, often = found[0]
    shares = [math.exp(score - best) for score, _, _ in found]
    gain = best - found[1][0] if len(found) > 1 else ONLY_ONE
    return Misreading(
        start=match.start(),
        before=match.group(),
        alternatives=tuple((c, round(s / sum(shares), 4)) for (_, c, _), s in zip(found, shares, strict=True)),
        confidence=confidence,
        often=often,
        gain=round(gain, 2),
        certain=whole
        and confidence is not None
        and confidence < DOUBTED
        and often >= OFTEN
        and gain >= CLEAR
        and min(len(word), len(match.group())) >= LONG,
    )
