"""The word list inside a model: Tesseract favours what stands in it, which settles many a dot and most blanks.

Measured on real print, a list took a ninth of the errors away; its size hardly mattered (8,000 words or 45,000), the
patterns of punctuation around words did. A list of number patterns only did harm, hence there is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from ecp_ingest.language.model_alphabet import ARABIC_LETTERS

_WORD = re.compile(f"[{ARABIC_LETTERS}]+")
_AFTER = ("۔", "،", ":", "؛", "؟", "!", ".", ",", "-", "...", "۔۔۔", '"', "”", "’", "'", ")")
_AROUND = (("(", ")"), ('"', '"'), ("“", "”"), ("‘", "’"), ("'", "'"), ("[", "]"))


def frequent_words(lines: Iterable[str], *, least: int = 8) -> list[str]:
    """Urdu words, without marks, that occur at least so often."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(_WORD.findall(line))
    return sorted(word for word, count in counts.items() if count >= least)


def punctuation_patterns() -> list[str]:
    """What may stand around a word (a blank), in the order that ``combine_lang_model --lang_is_rtl`` wants.

    The dawg must hold what the network says from left to right. The program turns a pattern around itself if a
    right-to-left character is in it, and only then; ``،`` and brackets are none, ``۔`` and ``؟`` are.
    """
    logical = {" ", *(f" {sign}" for sign in _AFTER)}
    for left, right in _AROUND:
        logical |= {f"{left} ", f"{left} {right}"}
        logical |= {f"{left} {right}{sign}" for sign in ("۔", "،", ":", ".", ",")}
        logical |= {f" {right}{sign}" for sign in ("۔", "،", ":")}
        logical |= {f" {sign}{right}" for sign in ("۔", "،", ".", "!", "؟")}
    turned = {p if any(unicodedata.bidirectional(c) == "AL" for c in p) else p[::-1] for p in logical}
    latin = {p for p in logical if p.isascii()}
    return sorted(turned | latin)
