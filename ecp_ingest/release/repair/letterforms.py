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

from ecp_ingest.language.folding import PRESENTATION_FORMS, URDU_LETTERS, without_invisible
from ecp_ingest.language.scripts import VOWEL_SIGNS

KNOWN_WORDS = {"باکستان": "پاکستان"}
"""Urdu has پ where Arabic, which lacks it, writes ب: safe only where no other word can be meant."""


_PRESENTATION = re.compile(f"[{PRESENTATION_FORMS}]")
_URDU_LETTER = re.compile(f"[{''.join(URDU_LETTERS)}]")
_TATWEEL = re.compile("(?<=[\u0620-\u06ff])ـ+|ـ+(?=[\u0620-\u06ff])")
_UNBROKEN = re.compile("[^،۔؛؟]+")
"""What a mark parts are two words, though no space stands between them yet."""
_HARAKAT = re.compile("[\u064b-\u0652\u0670]")
_STRAY_MARK = re.compile(rf"(?<![\w{VOWEL_SIGNS}\u200c\u200d])[{VOWEL_SIGNS}]+|([{VOWEL_SIGNS}])(?=\1)")
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

    step("invisible_control", without_invisible(word))
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
