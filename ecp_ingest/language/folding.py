"""One form for every letter: the letterforms, digits, presentation forms and invisible characters of Urdu, and folding.

All tables of letterforms are made from those here. ``text_metrics`` alone has its own, on purpose: a measurement that
shared a table with the text it measures would not see a mistake in that table.

Sources: The Unicode Standard, chapter 9.2 (Arabic) and the Urdu exemplar characters of CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ASCII_DIGITS = "0123456789"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
URDU_DIGITS = "۰۱۲۳۴۵۶۷۸۹"

YEH_AND_KAF = {"ي": "ی", "ى": "ی", "ك": "ک"}
"""Arabic letter → Urdu letter, where neither Urdu nor Persian uses the Arabic one."""
ARABIC_LETTERFORMS = {**YEH_AND_KAF, "ه": "ہ"}
"""Arabic letter → Urdu letter: what Arabic keyboards and earlier OCR runs write. Persian too writes ه."""
URDU_LETTERS = {
    **ARABIC_LETTERFORMS,
    "ڪ": "ک",
    "ە": "ہ",
    "ة": "ۃ",
    "ۀ": "ۂ",
    **dict(zip(ARABIC_DIGITS, URDU_DIGITS, strict=True)),
}
"""Any code point that looks like an Urdu letter or digit → the Urdu one. Only code points change, not the letter."""
TYPED_IN_ARABIC = {"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ۃ": "ة"}
"""Urdu letter → the letter that an Arabic keyboard has for it. At the end of a word ی may also be typed as ى."""

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""For a regex character class, as are the next two."""
INVISIBLE = BIDI_CONTROLS + "\u200b\u2060-\u2065\ufeff"
"""Bidi controls, zero-width spaces, byte order marks. Not ZWNJ and ZWJ: Urdu spelling uses them."""
PRESENTATION_FORMS = "\ufb00-\ufb06\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdf9\ufe70-\ufefc"
"""Without U+FDFA to U+FDFD: signs of their own, which print differently from the words they mean, such as ﷺ."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_PRESENTATION_FORM = re.compile(f"[{PRESENTATION_FORMS}]")

_TO_ASCII_DIGITS = {
    **dict(zip(ARABIC_DIGITS, ASCII_DIGITS, strict=True)),
    **dict(zip(URDU_DIGITS, ASCII_DIGITS, strict=True)),
}
_FOLD = str.maketrans(
    {
        **URDU_LETTERS,
        **dict.fromkeys("ھۃۂ", "ہ"),
        **dict.fromkeys("ـ\u200c\u200d\u00ad"),  # tatweel, ZWNJ, ZWJ, soft hyphen
        **_TO_ASCII_DIGITS,
    }
)
_FOLD_IN_PLACE = str.maketrans({**URDU_LETTERS, "ھ": "ہ", "\u00a0": " ", **_TO_ASCII_DIGITS})
_LONE_SPECK = re.compile(r"(?<=\s)[_~|·`´](?=\s)")


def without_invisible(text: str) -> str:
    """``text`` without ``INVISIBLE`` characters."""
    return _INVISIBLE.sub("", text)


def without_presentation_forms(text: str) -> str:
    """``text`` with each presentation form replaced by its letters; NFKC on all of it would also undo superscripts."""
    return _PRESENTATION_FORM.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)


@lru_cache(maxsize=16_384)  # the same words come again and again
def fold(text: str) -> str:
    """Lower case, one form for each letter, ASCII digits, no marks: for comparing, never for storing.

    Letters, digits and single spaces only.
    """
    plain = unicodedata.normalize("NFKD", without_invisible(text)).translate(_FOLD).casefold()
    kept = "".join(c if c.isalnum() else " " if not unicodedata.combining(c) else "" for c in plain)
    return " ".join(kept.split())


def fold_in_place(text: str) -> str:
    """As ``fold``, as far as every character keeps its place: for patterns whose offsets must hold.

    A speck of dust that was read as a lone mark becomes a space.
    """
    return _LONE_SPECK.sub(" ", text.translate(_FOLD_IN_PLACE))
