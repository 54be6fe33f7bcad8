"""Letterforms that mean the same letter, and characters that mean none: the one table, and folding by it."""

from __future__ import annotations

import re
import unicodedata
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


INVISIBLE = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Bidi controls, zero-width spaces, byte order marks. Not ZWNJ and ZWJ: Urdu spells with them."""


PRESENTATION_FORMS = "\ufb00-\ufb06\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdf9\ufe70-\ufefc"
"""Not U+FDFA to U+FDFD, signs of their own, which print otherwise than the words they stand for: ﷺ is written so."""


_INVISIBLE = re.compile(f"[{INVISIBLE}]+")


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
