"""One word by itself: whether a word list has it, and which words of the list could be meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from ecp_ingest.entities.gazetteer import current
from ecp_ingest.language import vocabulary
from ecp_ingest.language.folding import fold, fold_in_place
from ecp_ingest.language.scripts import LATIN_ALPHABET, URDU_ALPHABET, has_arabic
from ecp_ingest.language.similarity import one_letter_edits, swapped_neighbours
from ecp_ingest.language.word_counts import known_counts, plain

_EDGES = re.compile(r"^[^\w%]+|[^\w%]+$")
_CODE = re.compile(
    r"(?:www\.|https?://)\S+|[a-z0-9.-]+\.(?:gov|com|org|net|edu|pk)(?:\.pk)?(?:/\S*)?|\S+@\S+\.\w+"  # addresses
    r"|[ap]\.m|[A-Z]{1,4}[-.]?\d\S*|\d+\(\w+\)?"  # NA-22, F.3(12), 218(3)
    r"|\d+(?:st|nd|rd|th)|[IVX]+|[ivx]+|[A-Z]{2,5}s?"  # 28th, ECP
)
_SHORT_FORMS = frozenset({"mr", "mrs", "ms", "dr", "prof", "retd", "capt", "col", "maj", "gen", "brig", "sd"})
"""Short forms that are frequent in these releases and missing from general word lists."""
_LOOKALIKES = (
    "rn m",
    "cl d",
    "li h",
    "vv w",
    "ii u",
    "0 o",
    "0 O",
    "1 l",
    "1 i",
    "l i",
    "5 s",
    "8 b",
    "c e",
    "o e",
    "a e",
    "t f",
)
"""Pairs of letters that look alike in English print: the engine reads either for the other."""


def core(word: str) -> str:
    """The word without the punctuation around it."""
    return _EDGES.sub("", word)


def is_code(word: str) -> bool:
    """Constituencies, sections, ordinals, addresses: letters and digits that belong together."""
    return _CODE.fullmatch(core(word)) is not None


def may_be_name(word: str) -> bool:
    """Whether an English word is written like a name, which a word list may not have."""
    return re.fullmatch(r"[A-Z][a-z]+(?:-[A-Z][a-z]+)*", core(word)) is not None


def is_number(word: str) -> bool:
    """Whether the word is digits, with separators only."""
    return re.fullmatch(r"\d[\d.,/:٫٬،%-]*", fold_in_place(core(word))) is not None


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether a word list has the word; numbers and lone punctuation count as known."""
    inner = core(word)
    if not inner or is_number(inner) or _CODE.fullmatch(inner):
        return True
    return all(_in_list(part) for part in re.split(r"[-/–—’'&]", inner) if len(part) > 1 or has_arabic(part))


def _in_list(part: str) -> bool:
    if has_arabic(part):
        return plain(part) in known_counts().words or fold(part) in _words_of_names()
    return bool(_CODE.fullmatch(part)) or part.lower() in _SHORT_FORMS or _is_english(fold(part))


def _is_english(folded: str) -> bool:
    return folded in _words_of_names() or vocabulary.is_known(folded)


@lru_cache(maxsize=1)
def _words_of_names() -> frozenset[str]:
    """Folded words of every name in the gazetteer: places, offices, months and the like."""
    return frozenset(word for entry in current().entries for form in entry.forms for word in fold(form).split())


def alternatives(word: str, *, before: str = "", after: str = "", nearby: Iterable[str] = ()) -> tuple[str, ...]:
    """Words that may be meant instead of this one, most probable first, with its punctuation; at most nine.

    ``before`` and ``after`` are its neighbours, ``nearby`` other words of the record (names that no list has).
    """
    inner = core(word)
    if not inner or is_number(inner):
        return ()
    found: dict[str, float] = {}
    scorer = _urdu_scores if has_arabic(inner) else _english_scores
    for candidate, score in scorer(inner, before, after):
        found[candidate] = max(score, found.get(candidate, score))
    for other in map(core, nearby):
        if other != inner and other and _is_one_off(inner, other):
            found[other] = max(found.get(other, -100.0), -1.0)
    ranked = sorted((c for c in found if c != inner), key=lambda c: (-found[c], c))
    return tuple(word.replace(inner, candidate, 1) for candidate in ranked[:9])


def _is_one_off(a: str, b: str) -> bool:
    return len(a) > 2 and OSA.distance(a, b, score_cutoff=1) == 1


def _one_edit(word: str, alphabet: str) -> set[str]:
    """All words one edit away (Norvig, "How to write a spelling corrector")."""
    return {edited for edited, _, _ in one_letter_edits(word, alphabet)} | set(swapped_neighbours(word))


def _urdu_scores(word: str, before: str, after: str) -> Iterator[tuple[str, float]]:
    """(word, logarithm of its probability between the neighbours); words that differ only in dots come first."""
    counts = known_counts()
    left, right = plain(core(before)) or None, plain(core(after))
    stripped = plain(word)
    shape = vocabulary.shape(stripped)
    for candidate in _one_edit(stripped, URDU_ALPHABET) - {stripped}:
        if candidate in counts.words:
            price = 0.0 if vocabulary.shape(candidate) == shape else 3.0
            yield candidate, counts.after(left, candidate) + (counts.after(candidate, right) if right else 0.0) - price


def _english_scores(word: str, before: str, after: str) -> Iterator[tuple[str, float]]:
    """(word of the word list, score); words that look alike in print come before other edits."""
    del before, after
    seen: set[str] = set()
    for pair in _LOOKALIKES:
        one, other = pair.split(" ")
        for old, new in ((one, other), (other, one)):
            for match in re.finditer(old, word):
                seen.add(word[: match.start()] + new + word[match.end() :])
    for candidate in seen:
        if _is_english(fold(candidate)):
            yield candidate, 0.0
    lower = word.lower()
    for candidate in _one_edit(lower, LATIN_ALPHABET) - {lower, ""}:
        cased = candidate.upper() if word.isupper() else candidate.capitalize() if word[:1].isupper() else candidate
        if cased not in seen and _is_english(candidate):
            yield cased, -2.0 - (0.5 if len(candidate) != len(word) else 0.0) - (2.0 if len(candidate) < 3 else 0.0)
