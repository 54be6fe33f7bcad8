"""Letters that look right and are wrong: Arabic code points where Urdu has its own, presentation forms, controls.

Earlier OCR and many keyboards give ي ى ك ه where Urdu writes ی ک ہ. They print alike in most faces and compare
unequal, so search and matching fail without a trace. Only code points change here, never which letter is meant; the
one exception is ``KNOWN_WORDS``. Small letters that differ from capitals by their size alone become capitals where
they can't be anything else: in a seat's code.

Sources: The Unicode Standard, chapter 9.2 (Arabic) and the Urdu exemplar characters of CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

URDU_LETTERS = {
    "ي": "ی",
    "ى": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ه": "ہ",
    "ە": "ہ",
    "ة": "ۃ",
    "ۀ": "ۂ",
    **{chr(0x660 + digit): chr(0x6F0 + digit) for digit in range(10)},
}
KNOWN_WORDS = {"باکستان": "پاکستان"}
"""Urdu has پ where Arabic, which lacks it, writes ب: safe only where no other word can be meant."""

INVISIBLE = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Bidi controls, zero-width spaces, byte order marks. Not ZWNJ and ZWJ: Urdu spells with them."""

PRESENTATION_FORMS = "\ufb00-\ufb06\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdf9\ufe70-\ufefc"
"""Not U+FDFA to U+FDFD, signs of their own, which print otherwise than the words they stand for: ﷺ is written so."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_PRESENTATION = re.compile(f"[{PRESENTATION_FORMS}]")
_URDU_LETTER = re.compile(f"[{''.join(URDU_LETTERS)}]")
_TATWEEL = re.compile("(?<=[\u0620-\u06ff])ـ+|ـ+(?=[\u0620-\u06ff])")
_UNBROKEN = re.compile("[^،۔؛؟]+")
"""What a mark parts are two words, though no space stands between them yet."""
_HARAKAT = re.compile("[\u064b-\u0652\u0670]")
_MARKS = "\u064b-\u065f\u0670"
_STRAY_MARK = re.compile(rf"(?<![\w{_MARKS}\u200c\u200d])[{_MARKS}]+|([{_MARKS}])(?=\1)")
"""A vowel sign with no letter to stand on, or the same one twice."""
_STRAY_JOINER = re.compile("^[\u200c\u200d]+|[\u200c\u200d]+$|[\u200c\u200d]+(?=[\u200c\u200d])|\u00ad")
_SEAT = re.compile(r"\b(?:NA|PP|PS|PK|PB|LA|GBA)(?=-\d)", re.IGNORECASE)
_KNOWN_WORD = re.compile(rf"\b({'|'.join(KNOWN_WORDS)})\b")


@dataclass(frozen=True, slots=True)
class Respelling:
    """A word (or a run of controls with the space after it) at ``start`` that is written otherwise."""

    start: int
    before: str
    after: str
    rules: tuple[str, ...]


def respellings(text: str, *, language: str) -> Iterator[Respelling]:
    """Every word of ``text`` that needs other code points, in order; ``start`` counts in ``text`` as given.

    In any language: no bidi controls, no presentation forms, NFC. In Urdu also its own letters and digits.
    """
    for match in re.finditer(r"\S+", text):
        before, start = match.group(), match.start()
        after, rules = respell(before, language=language)
        if after == before:
            continue
        if not after:
            # The word was nothing but controls: with it goes the space that parted it from the next.
            rest = text[match.end() :]
            space = re.match(r"\s*", rest).group() if rest.strip() else ""  # type: ignore[union-attr]
            before += space
        yield Respelling(start, before, after, rules)


def respell(word: str, *, language: str) -> tuple[str, tuple[str, ...]]:
    """``word`` as it should be coded, and the names of the rules that changed it."""
    rules: list[str] = []

    def step(rule: str, changed: str) -> None:
        nonlocal word
        if changed != word:
            rules.extend([rule] if rule not in rules else [])
            word = changed

    step("invisible_control", _INVISIBLE.sub("", word))
    # NFKC gives the isolated marks (U+FE70 …) a space to stand on; here they have a letter.
    step("presentation_form", _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m.group()).lstrip(), word))
    step("seat_code", _SEAT.sub(lambda m: m.group().upper(), word))
    if language == "urd":
        step("tatweel", _TATWEEL.sub("", word))
        strays = ""
        while strays != word:  # without the one, the other may have nothing left to stand on
            strays = word
            step("stray_joiner", _STRAY_JOINER.sub("", word))
            step("stray_mark", _STRAY_MARK.sub("", word))
        step("arabic_letter", _UNBROKEN.sub(lambda m: _with_urdu_letters(m.group()), word))
        step("arabic_spelling_of_name", _UNBROKEN.sub(lambda m: _with_known_names(m.group()), word))
    step("nfc", unicodedata.normalize("NFC", word))
    return word, tuple(rules)


def _is_arabic_quotation(word: str) -> bool:
    """Three vowel signs in one word: it keeps its letters."""
    return len(_HARAKAT.findall(word)) >= 3


def _with_urdu_letters(word: str) -> str:
    return word if _is_arabic_quotation(word) else _URDU_LETTER.sub(lambda m: URDU_LETTERS[m.group()], word)


def _with_known_names(word: str) -> str:
    return word if _is_arabic_quotation(word) else _KNOWN_WORD.sub(lambda m: KNOWN_WORDS[m.group()], word)


_FOLD = str.maketrans(
    {
        **URDU_LETTERS,
        "ھ": "ہ",
        "ۃ": "ہ",
        "ۂ": "ہ",
        "ـ": None,
        "\u200c": None,
        "\u200d": None,
        "\u00ad": None,
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)


@lru_cache(maxsize=16_384)  # the same words are asked for over and over
def fold(text: str) -> str:
    """Lower case, one form for each letter, European digits, no marks: for comparing, never for storing.

    Letters, digits and single spaces only.
    """
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).translate(_FOLD).casefold()
    kept = "".join(c if c.isalnum() else " " if not unicodedata.combining(c) else "" for c in plain)
    return " ".join(kept.split())


_ONE_TO_ONE = str.maketrans(
    {
        **URDU_LETTERS,
        "ھ": "ہ",
        "\u00a0": " ",
        **{chr(0x660 + digit): str(digit) for digit in range(10)},
        **{chr(0x6F0 + digit): str(digit) for digit in range(10)},
    }
)


_LONE_SPECK = re.compile(r"(?<=\s)[_~|·`´](?=\s)")


def fold_in_place(text: str) -> str:
    """As ``fold``, as far as every character stays where it is: for patterns whose offsets must hold. A speck of dust
    that was read as a mark and stands alone becomes a space."""
    return _LONE_SPECK.sub(" ", text.translate(_ONE_TO_ONE))
