"""The characters that the Urdu model reads, and text normalised to them."""

from __future__ import annotations

import re
import unicodedata

from ecp_ingest.language.folding import ARABIC_DIGITS, ARABIC_LETTERFORMS, ASCII_DIGITS, URDU_DIGITS, URDU_LETTERS
from ecp_ingest.language.scripts import LATIN_ALPHABET

ARABIC_LETTERS = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےآؤئۂۓۃأإ"


ARABIC_MARKS = "ًٍَُِّْٰٖٔٗؐؑؒؓؔ"


ARABIC_SIGNS = "۔،؛؟؍٪٫٬ﷺ"


LATIN_LETTERS = LATIN_ALPHABET + LATIN_ALPHABET.upper()


COMMON_SIGNS = ".,:;!?'\"‘’“”()[]{}<>/\\|-_+=*&%#@$£×÷°•·~^§©"


CHARACTERS = ARABIC_LETTERS + ARABIC_MARKS + ARABIC_SIGNS + URDU_DIGITS + ASCII_DIGITS + LATIN_LETTERS + COMMON_SIGNS
"""Everything that the model can say, besides the space."""


_SPELLING = str.maketrans(
    {
        **ARABIC_LETTERFORMS,
        **dict(zip(ARABIC_DIGITS, URDU_DIGITS, strict=True)),
        **{form: URDU_LETTERS[form] for form in "ةە"},
        **dict.fromkeys("ـ\u00ad\ufeff"),  # tatweel, soft hyphen, byte order mark
        **dict.fromkeys(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))),
        **{"\u060d": "،", "\u00a0": " ", "…": "...", "–": "-", "—": "-", "\u066d": "*"},
    }
)
"""Unlike ``folding.fold`` it drops ZWNJ and ZWJ, which can't be seen."""


_BLANKS = re.compile(r"\s+")


def normalise(text: str) -> str:
    """One code point per letter (Arabic yeh, kaf, heh → Urdu), no tatweel, no invisible characters, single blanks."""
    text = unicodedata.normalize("NFC", text).translate(_SPELLING)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
