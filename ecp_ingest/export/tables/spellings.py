"""Other spellings of the words of a text, as other keyboards type them, for indexes that compare letters by code.

Our own search folds both sides (``language.folding.fold``). Other searches, such as Datasette's search box, compare the
query with the index as it is; so the other spellings are indexed too. An Arabic keyboard has ي (or ى at the
end of a word), ك and ه where Urdu writes ی, ک and ہ or ھ; who types on two keyboards may have one and not the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from ecp_ingest.language.folding import ARABIC_DIGITS, ASCII_DIGITS, TYPED_IN_ARABIC, URDU_DIGITS, fold
from ecp_ingest.language.text_metrics import fold_controls, fold_letterforms, fold_marks

_WORD = re.compile(r"\w+")
_ARABIC = str.maketrans(TYPED_IN_ARABIC)
_DIGITS = (ASCII_DIGITS, URDU_DIGITS, ARABIC_DIGITS)


def other_spellings(text: str) -> str:
    """The text as an Arabic keyboard types it, so that phrases are found too, if it is Urdu; then every word in the
    other ways in which it may be typed, each once."""
    plain = fold_marks(fold_controls(fold_letterforms(text)))
    arabic = plain.translate(_ARABIC)
    whole = arabic if arabic != plain else ""
    known = set(_WORD.findall(whole))
    others = dict.fromkeys(form for word in text.split() for form in _of_word(word) if form not in known)
    return " ".join([whole, *others]).strip()


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> tuple[str, ...]:
    indexed = {*_WORD.findall(word.lower()), *fold(word).split()}  # as the text has it, and folded
    plain = fold_marks(fold_controls(fold_letterforms(word)))
    forms = (form for part in _WORD.findall(plain) for form in _typed(part.lower()))
    return tuple(dict.fromkeys(form for form in forms if form not in indexed))


def _typed(word: str) -> Iterator[str]:
    pairs = [pair for pair in TYPED_IN_ARABIC.items() if pair[0] in word]
    for choice in product((False, True), repeat=len(pairs)):
        typed = word
        for (urdu, arabic), typed_in_arabic in zip(pairs, choice, strict=True):
            typed = typed.replace(urdu, arabic) if typed_in_arabic else typed
        yield typed
        if typed.endswith("ي"):
            yield f"{typed[:-1]}ى"
    if any(digits[0] <= letter <= digits[9] for letter in word for digits in _DIGITS):
        for digits in _DIGITS:
            yield word.translate({ord(other[i]): digits[i] for other in _DIGITS for i in range(10)})


def foldings() -> Iterator[tuple[str, str]]:
    """Letter → what ``fold`` makes of it inside a word (nothing, or a space, for what is no letter): for those who
    have to fold in SQL. Latin and Arabic letters, digits, marks, controls; only those that change."""
    ranges = ((0x20, 0x24F), (0x300, 0x36F), (0x600, 0x6FF), (0x2000, 0x206F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF))
    for letter in (chr(code) for first, last in ranges for code in range(first, last + 1)):
        folded = fold(f"a{letter}a")[1:-1]
        if folded != letter:
            yield letter, folded
