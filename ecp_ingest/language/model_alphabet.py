"""The characters that the Urdu model reads, and text normalised to them."""

from __future__ import annotations

import re
import unicodedata

ARABIC_LETTERS = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےآؤئۂۓۃأإ"


ARABIC_MARKS = "ًٍَُِّْٰٖٔٗؐؑؒؓؔ"


ARABIC_SIGNS = "۔،؛؟؍٪٫٬ﷺ"


URDU_DIGITS = "۰۱۲۳۴۵۶۷۸۹"


ASCII_DIGITS = "0123456789"


LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


COMMON_SIGNS = ".,:;!?'\"‘’“”()[]{}<>/\\|-_+=*&%#@$£×÷°•·~^§©"


CHARACTERS = ARABIC_LETTERS + ARABIC_MARKS + ARABIC_SIGNS + URDU_DIGITS + ASCII_DIGITS + LATIN_LETTERS + COMMON_SIGNS
"""Everything that the model can say, besides the space."""


_SPELLING: dict[int, int | str | None] = {
    0x64A: "ی", 0x649: "ی", 0x643: "ک", 0x629: "ۃ", 0x647: "ہ", 0x6D5: "ہ", 0x640: None, 0xAD: None, 0xFEFF: None,
    0x60D: "،", 0xA0: " ", 0x2026: "...", 0x2013: "-", 0x2014: "-", 0x66D: "*",
    **dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    **{0x660 + i: URDU_DIGITS[i] for i in range(10)},
}  # fmt: skip


_BLANKS = re.compile(r"\s+")


def normalise(text: str) -> str:
    """One code point per letter (Arabic yeh, kaf, heh → Urdu), no tatweel, no invisible characters, single blanks."""
    text = unicodedata.normalize("NFC", text).translate(_SPELLING)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
