"""The rule for Urdu words that don't exist: replaced by what was most likely printed, or suggested to a person.

A noisy channel (Kernighan, Church and Gale, "A spelling correction program based on a noisy channel model", COLING
1990): the probability of a word at its place, times the probability that our model reads it as the word found. The
first comes from the counts that ``spacing`` uses, the second from the mistakes that the model made on print whose text
is known. Most words that were never counted are names, and right. So a word is changed only if the engine doubted it,
one alternative is far likelier than all others, and the model often makes that mistake; otherwise its alternatives
become a suggestion.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ecp_ingest.entities.gazetteer import Gazetteer, current
from ecp_ingest.language.scripts import URDU_ALPHABET, URDU_WORD
from ecp_ingest.language.similarity import one_letter_edits
from ecp_ingest.language.word_counts import Counts, known_counts, plain
from ecp_ingest.release.repair.changes import Alternative, Change, Draft, Suggestion

_WORD = re.compile(f"[{URDU_WORD}]+")

READ_FOR = {
    # printed → read: count. An empty reading is a letter lost; an empty print is a letter added.
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
"""Mistakes of the Urdu model on newspaper print whose text is known, line by line: a letter replaced, lost or added.
Only mistakes that occurred three times or more. A new model needs a new table, counted in the same way."""
LETTERS_COUNTED = 30_000
"""The letters in which the mistakes of ``READ_FOR`` were counted."""
UNSEEN = 0.5
"""Count for a mistake that isn't in ``READ_FOR``."""

CHANGED_FROM, CHANGED_GAIN, CHANGED_BELOW, CHANGED_LETTERS = 10, 5.0, 0.93, 4
"""A word is changed from this count of the mistake, this gain, below this confidence, and from this many letters. On
the pages by which these four were chosen, 19 of 20 changes are right."""
SUGGESTED_FROM, SUGGESTED_GAIN, SUGGESTED_BELOW = 3, 8.0, 0.95
"""Alternatives are suggested from this count of the mistake or from this gain, and below this confidence or where
none is known."""
GAIN_OF_ONLY_ONE = 20.0
"""Where there is only one alternative."""
SHORTEST, LONGEST = 3, 30
"""Letters of a word that is looked at."""
MOST_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Misreading:
    """``before`` at ``start`` (code points) is not a word; the alternatives are."""

    start: int
    before: str
    alternatives: tuple[tuple[str, float], ...]
    """Each with its share of the likelihood of all, 0–1; likeliest first."""
    confidence: float | None
    """Lowest confidence of the word's letters, 0–1."""
    count: int
    """How often the model made the mistake that leads from the first alternative to ``before``."""
    gain: float
    """Natural logarithm of how much likelier the first alternative is than the second."""
    certain: bool

    @property
    def evidence(self) -> dict[str, Any]:
        return {"rule": "no_word", "confidence": self.confidence, "seen": self.count, "gain": self.gain}


def changes(draft: Draft) -> Iterator[Change]:
    """Every misread word that is certain, replaced by its likeliest alternative, from left to right."""
    for word in _misreadings(draft):
        if word.certain:
            evidence = {**word.evidence, "alternatives": [list(pair) for pair in word.alternatives]}
            yield Change("misreading", word.start, word.before, word.alternatives[0][0], evidence)


def suggestions(draft: Draft) -> Iterator[Suggestion]:
    """Alternatives for every word of the final text that is likely misread, from left to right."""
    for word in _misreadings(draft):
        alternatives = tuple(Alternative(text, share) for text, share in word.alternatives)
        yield Suggestion("misreading", draft.paragraph.id, word.start, word.before, alternatives, word.evidence)


def _misreadings(draft: Draft) -> Iterator[Misreading]:
    if draft.settings.misreadings and draft.is_urdu:
        yield from misreadings(draft.text, draft.confidences)


def misreadings(text: str, confidences: Sequence[float | None]) -> Iterator[Misreading]:
    """Every word of ``text`` that is likely misread, from left to right.

    ``confidences``: one for each code point of ``text``.
    """
    counts, names = known_counts(), _words_of_names(current())
    words = list(_WORD.finditer(text))
    for i, match in enumerate(words):
        word = plain(match.group())
        is_known = word in counts.words or word in names
        if is_known or not word.isalpha() or not SHORTEST <= len(word) <= LONGEST:
            continue
        before = _neighbour(text[words[i - 1].end() : match.start()], words[i - 1]) if i else None
        after = _neighbour(text[match.end() : words[i + 1].start()], words[i + 1]) if i + 1 < len(words) else None
        measured = [c for c in confidences[match.start() : match.end()] if c is not None]
        candidates = _likeliest(word, before, after, counts, names)
        if not candidates or (measured and min(measured) >= SUGGESTED_BELOW):
            continue
        joined = [(before or "") + word, word + (after or "")]
        is_half = any(
            other in counts.words for whole in joined if whole != word for other in (whole, *_may_be_printed(whole))
        )
        misreading = _misreading(match, candidates, min(measured, default=None), is_half=is_half)
        if misreading.count >= SUGGESTED_FROM or misreading.gain >= SUGGESTED_GAIN:
            yield misreading


def _neighbour(between: str, match: re.Match[str]) -> str | None:
    """The word next to another, if there is nothing but a space between them."""
    word = plain(match.group())
    return word if between == " " and len(word) <= LONGEST else None


@lru_cache(maxsize=8)
def _words_of_names(table: Gazetteer) -> frozenset[str]:
    """The words of all known Urdu names."""
    return frozenset(word for entry in table.entries for name in entry.urdu for word in plain(name).split())


def _likeliest(
    word: str, before: str | None, after: str | None, counts: Counts, names: frozenset[str]
) -> list[tuple[float, str, int]]:
    """Words that may have been printed, likeliest first: natural logarithm of the likelihood, word, mistake's count."""
    found = []
    for candidate, count in _may_be_printed(word).items():
        if candidate in counts.words or candidate in names:
            # A name that was never counted is as likely as the rarest word that was.
            likelihood = counts.after(before, candidate) if candidate in counts.words else math.log(1 / counts.total)
            score = likelihood + math.log(max(count, UNSEEN) / LETTERS_COUNTED)
            if after is not None:
                score += counts.after(candidate, after) - counts.word(after)
            found.append((score, candidate, count))
    return sorted(found, reverse=True)[:MOST_ALTERNATIVES]


def _may_be_printed(word: str) -> dict[str, int]:
    """All strings that are one mistake away from ``word``, and how often the model made that mistake."""
    found: dict[str, int] = {}

    for candidate, printed, read in one_letter_edits(word, URDU_ALPHABET):
        found[candidate] = max(found.get(candidate, 0), READ_FOR.get(printed, {}).get(read, 0))
    return found


def _misreading(
    match: re.Match[str], candidates: list[tuple[float, str, int]], confidence: float | None, *, is_half: bool
) -> Misreading:
    """``is_half``: with a neighbour it makes a word, so it is likely half of one with a space too many."""
    best, word, count = candidates[0]
    likelihoods = [math.exp(score - best) for score, _, _ in candidates]
    shares = [round(likelihood / sum(likelihoods), 4) for likelihood in likelihoods]
    gain = best - candidates[1][0] if len(candidates) > 1 else GAIN_OF_ONLY_ONE
    return Misreading(
        start=match.start(),
        before=match.group(),
        alternatives=tuple((text, share) for (_, text, _), share in zip(candidates, shares, strict=True)),
        confidence=confidence,
        count=count,
        gain=round(gain, 2),
        certain=not is_half
        and confidence is not None
        and confidence < CHANGED_BELOW
        and count >= CHANGED_FROM
        and gain >= CHANGED_GAIN
        and min(len(word), len(match.group())) >= CHANGED_LETTERS,
    )
