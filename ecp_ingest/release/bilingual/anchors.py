"""Anchors: what a paragraph and its translation have in common, apart from their length.

Dates, constituencies and numbers by value; Latin words inside Urdu text; words that sound alike in both scripts (names,
places, and the many English words that Urdu officials use: پولنگ اسٹیشن is polling station).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ecp_ingest.language.folding import fold
from ecp_ingest.language.scripts import ARABIC_WORD
from ecp_ingest.language.transliteration import SAME, skeleton, sounds_alike
from ecp_ingest.release.bilingual.stated_facts import Facts, find_facts

Anchor = tuple[str, str]
"""Kind and value: ``("seat", "NA-75")``."""

_SHARED = {"date": 0.9, "seat": 0.9, "number": 0.9, "small": 0.5, "latin": 0.8, "sound": 0.5}
"""Probability that the translation has the anchor too."""
_WEIGHT = {"date": 1.0, "seat": 1.0, "number": 1.0, "small": 0.5, "latin": 0.7, "sound": 0.5}
"""Factor on what a shared anchor is worth. Words that sound alike often come together (names of two words), so each is
worth less."""
_MISSED = {"date": -1.5, "seat": -1.5, "number": -1.5, "small": -0.2, "latin": -0.3, "sound": -0.2}
"""Natural logarithm: what an anchor costs that only one side has."""
_MOST_MISSED = -7.0
"""All such anchors of two paragraphs together."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of each paragraph of both halves, and what it is worth to share them."""

    english: tuple[frozenset[Anchor], ...]
    urdu: tuple[frozenset[Anchor], ...]
    worth: Mapping[Anchor, float]
    """Natural logarithm of how much likelier a shared anchor makes it that two paragraphs are translations."""

    def likelihood(self, english: Iterable[int], urdu: Iterable[int]) -> float:
        """Natural logarithm of the likelihood ratio, by the anchors, that these paragraphs are translations."""
        left = frozenset[Anchor]().union(*(self.english[i] for i in english))
        right = frozenset[Anchor]().union(*(self.urdu[j] for j in urdu))
        missed = sum(_MISSED[kind] for kind, _ in left ^ right)
        return sum(self.worth[anchor] for anchor in left & right) + max(missed, _MOST_MISSED)


def find_anchors(english: Sequence[str], urdu: Sequence[str]) -> Anchors:
    """``english`` and ``urdu`` are the paragraphs' texts."""
    facts = [list(map(_stated, map(find_facts, half))) for half in (english, urdu)]
    latin = [[_words(text, _LATIN) for text in half] for half in (english, urdu)]
    arabic = [_words(text, _ARABIC) for text in urdu]
    known = set().union(*latin[0])
    sounds = _sounds(known, set().union(*arabic))
    sounding = set().union(*sounds.values())
    left = tuple(
        frozenset(
            {*stated, *(("latin", word) for word in words), *(("sound", skeleton(word)) for word in words & sounding)}
        )
        for stated, words in zip(facts[0], latin[0], strict=True)
    )
    right = tuple(
        frozenset(
            {
                *stated,
                *(("latin", word) for word in words & known),
                *(("sound", skeleton(english)) for word in own for english in sounds[word]),
            }
        )
        for stated, words, own in zip(facts[1], latin[1], arabic, strict=True)
    )
    # An English word that the Urdu half never has in Latin letters isn't missing there.
    written = frozenset(anchor for paragraph in right for anchor in paragraph if anchor[0] == "latin")
    left = tuple(frozenset(a for a in paragraph if a[0] != "latin" or a in written) for paragraph in left)
    return Anchors(left, right, _worth(left, right))


def _stated(facts: Facts) -> set[Anchor]:
    return {
        *(("date", str(date.value)) for date in facts.dates),
        *(("seat", seat.value) for seat in facts.seats),
        *(("number" if n.firm and n.value >= 10 else "small", str(n.value)) for n in facts.numbers),
    }


def _worth(left: Sequence[frozenset[Anchor]], right: Sequence[frozenset[Anchor]]) -> dict[Anchor, float]:
    """The rarer an anchor is in both halves, the less likely two paragraphs share it by chance."""
    frequency = [Counter(anchor for paragraph in half for anchor in paragraph) for half in (left, right)]
    worth = {}
    for anchor in frequency[0].keys() | frequency[1].keys():
        chance = max(frequency[0][anchor] / len(left), frequency[1][anchor] / len(right))
        worth[anchor] = max(0.0, _WEIGHT[anchor[0]] * math.log(_SHARED[anchor[0]] / chance))
    return worth


_LATIN = re.compile(r"[A-Za-z][A-Za-z'’]{2,}")
_ARABIC = re.compile(f"[{ARABIC_WORD}]{{3,}}")


def _words(text: str, pattern: re.Pattern[str]) -> set[str]:
    return {fold(match.group()).replace(" ", "") for match in pattern.finditer(text)}


_ROUGHLY = 75
"""Likeness (0–100) of two skeletons below which the words needn't be compared letter by letter."""
_SHORTEST, _LENGTHS_APART = 4, 2
"""Letters of an English word that is compared; letters by which two skeletons may differ in length."""


def _sounds(english: set[str], urdu: set[str]) -> dict[str, frozenset[str]]:
    """Urdu word → the English words that sound like it."""
    by_skeleton: dict[str, list[str]] = defaultdict(list)
    for word in english:
        if len(word) >= _SHORTEST:
            by_skeleton[skeleton(word)].append(word)
    found: dict[str, frozenset[str]] = {}
    for word in urdu:
        wanted = skeleton(word)
        near = (
            word_like
            for bones, words in by_skeleton.items()
            if len(bones) > 1
            and abs(len(bones) - len(wanted)) <= _LENGTHS_APART
            and fuzz.ratio(bones, wanted) >= _ROUGHLY
            for word_like in words
        )
        found[word] = frozenset(like for like in near if sounds_alike(like, word) >= SAME)
    return found
