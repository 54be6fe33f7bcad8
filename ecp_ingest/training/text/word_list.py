"""The word list of a model. Tesseract prefers listed words, which decides many dots and most spaces.

On real print, a list removed a ninth of the errors. Its size (8,000 words or 45,000) had little effect, the patterns of
punctuation around words had much. A list of number patterns only made results worse, so there is none.
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
    """Urdu words, without marks, that occur at least ``least`` times."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(_WORD.findall(line))
    return sorted(word for word, count in counts.items() if count >= least)


def punctuation_patterns() -> list[str]:
    """Punctuation around a word (a blank), in the order that ``combine_lang_model --lang_is_rtl`` expects.

    The dawg must contain the network's output from left to right. The program reverses a pattern only if it has a
    right-to-left character; ``،`` and brackets aren't such characters, ``۔`` and ``؟`` are.
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
