"""The rule for letters that look right and have the wrong code point.

Arabic code points where Urdu has its own, presentation forms, bidi controls. Earlier OCR and many keyboards give ي ى ك
ه where Urdu writes ی ک ہ. They print alike in most typefaces and compare unequal, so search and matching fail without
a trace. Only code points change here, never which letter is meant, with two exceptions: ``KNOWN_WORDS``, and small
letters in the code of a constituency, which become capitals.

Sources: The Unicode Standard, chapter 9.2 (Arabic), and the Urdu exemplar characters of CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ecp_ingest.language.folding import PRESENTATION_FORMS, URDU_LETTERS, without_invisible
from ecp_ingest.language.scripts import VOWEL_SIGNS
from ecp_ingest.release.repair.changes import Change, Draft

KNOWN_WORDS = {"باکستان": "پاکستان"}
"""Urdu has پ where Arabic, which lacks it, writes ب: changed only in words that can't be another word."""
QUOTATION_SIGNS = 3
"""Vowel signs in one word from which it is quoted Arabic: Urdu is printed almost without them."""

_PRESENTATION = re.compile(f"[{PRESENTATION_FORMS}]")
_URDU_LETTER = re.compile(f"[{''.join(URDU_LETTERS)}]")
_TATWEEL = re.compile("(?<=[\u0620-\u06ff])ـ+|ـ+(?=[\u0620-\u06ff])")
_BETWEEN_MARKS = re.compile("[^،۔؛؟]+")
"""A mark parts two words, even where there is no space yet."""
_VOWEL_SIGN = re.compile("[\u064b-\u0652\u0670]")
_STRAY_SIGN = re.compile(rf"(?<![\w{VOWEL_SIGNS}\u200c\u200d])[{VOWEL_SIGNS}]+|([{VOWEL_SIGNS}])(?=\1)")
"""A vowel sign without a letter under it, or the same sign twice."""
_STRAY_JOINER = re.compile("^[\u200c\u200d]+|[\u200c\u200d]+$|[\u200c\u200d]+(?=[\u200c\u200d])|\u00ad")
_CONSTITUENCY = re.compile(r"\b(?:NA|PP|PS|PK|PB|LA|GBA)(?=-\d)", re.IGNORECASE)
_KNOWN_WORD = re.compile(rf"\b({'|'.join(KNOWN_WORDS)})\b")


def changes(draft: Draft) -> Iterator[Change]:
    """Every word that needs other code points, from left to right.

    Bidi controls and presentation forms can't be what is printed, so they go in every language, whatever the settings.
    """
    return respellings(draft.text, language=draft.paragraph.language if draft.settings.letterforms else "")


def respellings(text: str, *, language: str) -> Iterator[Change]:
    """Every word of ``text`` that needs other code points, from left to right; ``start`` counts in ``text`` as given.

    In any language: no bidi controls, no presentation forms, NFC. In Urdu also its own letters and digits.
    """
    for match in re.finditer(r"\S+", text):
        before = match.group()
        after, rules = respell(before, language=language)
        if after == before:
            continue
        if not after:
            # The word was nothing but controls: the space between it and the next word goes too.
            rest = text[match.end() :]
            before += rest[: len(rest) - len(rest.lstrip())] if rest.strip() else ""
        yield Change("letterform", match.start(), before, after, {"rules": list(rules)})


def respell(word: str, *, language: str) -> tuple[str, tuple[str, ...]]:
    """``word`` with the right code points, and the names of the rules that changed it."""
    rules: list[str] = []

    def step(rule: str, changed: str) -> None:
        nonlocal word
        if changed != word:
            rules.extend([rule] if rule not in rules else [])
            word = changed

    step("invisible_control", without_invisible(word))
    # NFKC puts a space under the isolated vowel signs (U+FE70 …); here they have a letter.
    step("presentation_form", _PRESENTATION.sub(lambda m: unicodedata.normalize("NFKC", m.group()).lstrip(), word))
    step("seat_code", _CONSTITUENCY.sub(lambda m: m.group().upper(), word))
    if language == "urd":
        step("tatweel", _TATWEEL.sub("", word))
        previous = ""
        while previous != word:  # taking out a joiner may leave a vowel sign without a letter, and the other way round
            previous = word
            step("stray_joiner", _STRAY_JOINER.sub("", word))
            step("stray_mark", _STRAY_SIGN.sub("", word))
        step("arabic_letter", _BETWEEN_MARKS.sub(lambda m: _with_urdu_letters(m.group()), word))
        step("arabic_spelling_of_name", _BETWEEN_MARKS.sub(lambda m: _with_known_names(m.group()), word))
    step("nfc", unicodedata.normalize("NFC", word))
    return word, tuple(rules)


def _is_arabic_quotation(word: str) -> bool:
    """Quoted Arabic keeps its letters."""
    return len(_VOWEL_SIGN.findall(word)) >= QUOTATION_SIGNS


def _with_urdu_letters(word: str) -> str:
    return word if _is_arabic_quotation(word) else _URDU_LETTER.sub(lambda m: URDU_LETTERS[m.group()], word)


def _with_known_names(word: str) -> str:
    return word if _is_arabic_quotation(word) else _KNOWN_WORD.sub(lambda m: KNOWN_WORDS[m.group()], word)
