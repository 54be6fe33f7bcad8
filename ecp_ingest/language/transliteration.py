"""Compares names in Latin letters with Urdu spellings, and finds a Latin name in an Urdu text.

Urdu writes consonants and long vowels, and English spellings vary: ``Mahmood`` and ``Mehmud`` are both محمود. So the
two spellings are aligned letter by letter with a weighted edit distance: a letter costs 0 if the other script may write
it that way, little if it is a vowel without a partner, and 1 if it is a consonant without a partner.

Edit distance over groups of letters is Editex (Zobel & Dart 1996, "Phonetic string matching", SIGIR). The groups are
those of the ALA-LC romanisation of Urdu, with additions for Pakistani spellings and English loanwords (``-tion`` → شن).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from ecp_ingest.language.folding import fold
from ecp_ingest.language.scripts import ARABIC_WORD

LATIN_OF = {
    "ا": "a aa e i o u ah",
    "ب": "b p",
    "پ": "p b ph",
    "ت": "t th tt",
    "ٹ": "t th tt d",
    "ث": "s th",
    "ج": "j g dj dg",
    "چ": "ch tch c ts",
    "ح": "h",
    "خ": "kh k h",
    "د": "d th dh",
    "ڈ": "d dd",
    "ذ": "z dh s",
    "ر": "r",
    "ڑ": "r d rr",
    "ز": "z s x",
    "ژ": "zh j s si",
    "س": "s c ss z sc",
    "ش": "sh ch sch ti ci si ssi s",
    "ص": "s",
    "ض": "z d dh",
    "ط": "t",
    "ظ": "z",
    "ع": "a aa e i o u",
    "غ": "gh g",
    "ف": "f ph ff v",
    "ق": "q k c qu",
    "ک": "k c ck ch q kh cc",
    "گ": "g gh gu k",
    "ل": "l",
    "م": "m",
    "ن": "n",
    "ں": "n",
    "و": "w v u o oo ou au ow aw wh ue",
    "ہ": "h a e ah eh",
    "ء": "i e y",
    "ی": "y i e a ee ie ai ei ay ey ea",
    "ے": "e y i ay ai ey ei",
}
"""Folded Urdu letter → the Latin spellings that it may represent."""

_PARTNERS = {letter: frozenset(spellings.split()) for letter, spellings in LATIN_OF.items()}
_LONGEST = 3
_LATIN_WEIGHT = {**dict.fromkeys("aeiou", 0.15), "y": 0.3, "h": 0.3, "w": 0.5}
_URDU_WEIGHT = {"ا": 0.2, "ع": 0.2, "ء": 0.1, "ی": 0.3, "ے": 0.2, "ہ": 0.3, "و": 0.4}
"""Cost of a letter without a partner; 1 for letters not listed. Urdu doesn't write short vowels."""

SAME = 0.75
"""Lowest likeness, 0–1, at which two spellings count as one name."""


def sounds_alike(latin: str, urdu: str) -> float:
    """Likeness 0–1 of a name in Latin letters and one in Urdu letters; from ``SAME`` on they count as one.

    Spaces and case are ignored (``Saifullah`` is سیف اللہ); remove titles first. If both names have the same number of
    words, the least similar pair of words lowers the result: two persons may share a family name.
    """
    whole = _alike(_letters(latin), _letters(urdu))
    words = list(filter(None, map(_letters, latin.split()))), list(filter(None, map(_letters, urdu.split())))
    if len(words[0]) != len(words[1]) or len(words[0]) < 2:
        return whole
    weakest = min(map(_alike, *words))
    return min(whole, (whole + weakest) / 2 + 0.05)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", fold(text))


@lru_cache(maxsize=20_000)
def _alike(latin: str, urdu: str) -> float:
    """1 − cost of the cheapest alignment / (half the cost of leaving every letter without a partner)."""
    if not latin or not urdu:
        return 0.0
    left = [_latin_weight(latin, i) for i in range(len(latin))]
    right = [_urdu_weight(urdu, j) for j in range(len(urdu))]
    costs = [[0.0] * (len(urdu) + 1) for _ in range(len(latin) + 1)]
    for i in range(len(latin) + 1):
        for j in range(len(urdu) + 1):
            if i == j == 0:
                continue
            best = float("inf")
            if i:
                best = costs[i - 1][j] + left[i - 1]
            if j:
                best = min(best, costs[i][j - 1] + right[j - 1])
            if i and j:
                best = min(best, costs[i - 1][j - 1] + max(left[i - 1], right[j - 1]))
                partners = _PARTNERS.get(urdu[j - 1], frozenset())
                for k in range(1, min(_LONGEST, i) + 1):
                    if latin[i - k : i] in partners:
                        best = min(best, costs[i - k][j - 1])
                if latin[i - 1] == "x" and urdu[max(0, j - 2) : j] in ("کس", "گز"):
                    best = min(best, costs[i - 1][j - 2])
                if i > 1 and j > 1 and _swapped(latin[i - 2 : i], urdu[j - 2 : j]):
                    best = min(best, costs[i - 2][j - 2] + _SWAPPED)
            costs[i][j] = best
    return max(0.0, 1.0 - costs[-1][-1] / ((sum(left) + sum(right)) / 2))


_SWAPPED = 0.5


def _swapped(latin: str, urdu: str) -> bool:
    """Whether two consonants are in the opposite order: ``Ostby`` is اوٹس بائے."""
    crossed = latin[0] in _PARTNERS.get(urdu[1], ()) and latin[1] in _PARTNERS.get(urdu[0], ())
    return crossed and not any(letter in _LATIN_WEIGHT for letter in latin)


def _latin_weight(word: str, at: int) -> float:
    if at and word[at] == word[at - 1]:
        return 0.05  # Urdu writes a doubled letter once
    if word[at - 1 : at + 1] == "gh" or (at == 0 and word[:2] in ("kn", "wr")):
        return 0.1  # seldom pronounced
    return _LATIN_WEIGHT.get(word[at], 1.0)


def _urdu_weight(word: str, at: int) -> float:
    if word[at] == "ل" and word[max(0, at - 1)] == "ا" and 1 < at < len(word) - 1:
        return 0.3  # the article's lām takes the sound of the next letter: شمس الدین is Shamsuddin
    return _URDU_WEIGHT.get(word[at], 1.0)


# ── in running text ───────────────────────────────────────────────────────────────────────────────────────────────

_CLASSES = {
    **dict.fromkeys("bپpبfف", "P"),
    **dict.fromkeys("tdتٹدڈطڑ", "T"),
    **dict.fromkeys("jgجگغژ", "G"),
    **dict.fromkeys("kqcخکقچ", "K"),
    **dict.fromkeys("szxثذزسشصضظ", "S"),
    **dict.fromkeys("rر", "R"),
    **dict.fromkeys("lل", "L"),
    **dict.fromkeys("mم", "M"),
    **dict.fromkeys("nنں", "N"),
}
_SPELT = (("tio", "so"), ("sio", "so"), ("sch", "s"), ("ch", "k"), ("ph", "p"), ("ce", "se"), ("ci", "si"), ("th", "t"))


@lru_cache(maxsize=20_000)
def skeleton(text: str) -> str:
    """The consonants of a word in either script as classes of sound (as in Soundex), to find candidates."""
    letters = _letters(text)
    for spelt, sound in _SPELT:
        letters = letters.replace(spelt, sound)
    return re.sub(r"(.)\1+", r"\1", "".join(_CLASSES.get(letter, "") for letter in letters))


@dataclass(frozen=True, slots=True)
class Heard:
    """A part of an Urdu text that sounds like a Latin name: ``text[start:end]``, likeness 0–1."""

    start: int
    end: int
    likeness: float


_ARABIC_WORD = re.compile(f"[{ARABIC_WORD}]+")
_MOST_WORDS = 3
"""Maximum number of extra words in the Urdu name: ``Ostby`` is اوٹس بائے, ``Saifullah`` سیف اللہ."""


def find_name(latin: str, urdu: str, *, least: float = SAME) -> Heard | None:
    """The words of the text ``urdu`` most like the name ``latin``; None below the likeness ``least``."""
    words = [(match.start(), match.end()) for match in _ARABIC_WORD.finditer(urdu)]
    longest = len(latin.split()) + _MOST_WORDS
    best: Heard | None = None
    for start, end in _likely(skeleton(latin), urdu, words, longest):
        likeness = sounds_alike(latin, urdu[start:end])
        if likeness >= least and (best is None or likeness > best.likeness):
            best = Heard(start, end, likeness)
    return best


_ROUGHLY = 60
"""Lowest likeness of two skeletons, 0–100, for a full comparison; no name was ever found below it."""
_TRIED = 6


def _likely(wanted: str, urdu: str, words: Sequence[tuple[int, int]], longest: int) -> Iterator[tuple[int, int]]:
    """The runs of words whose skeletons are most like ``wanted``, best first."""
    skeletons = [skeleton(urdu[start:end]) for start, end in words]
    scored: list[tuple[float, int, int]] = []
    for i in range(len(words)):
        run = ""
        for j in range(i, min(len(words), i + longest)):
            run += skeletons[j]
            if len(run) > 2 * len(wanted) + 2:
                break
            score = fuzz.ratio(wanted, run)
            if score >= _ROUGHLY:
                scored.append((-score, words[i][0], words[j][1]))
    scored.sort()
    return ((start, end) for _, start, end in scored[:_TRIED])
