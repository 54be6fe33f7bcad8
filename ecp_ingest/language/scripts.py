"""Which script a character or a text is in."""

from __future__ import annotations

import re
import unicodedata


def is_arabic(character: str) -> bool:
    """Of a script that is written from right to left."""
    return unicodedata.bidirectional(character) in ("R", "AL")


def leaning(text: str) -> int:
    """Arabic letters less Latin ones."""
    return sum(1 if is_arabic(c) else -1 for c in text if c.isalpha())


_ARABIC = re.compile("[\u0600-\u06ff]")


def is_urdu(word: str) -> bool:
    return _ARABIC.search(word) is not None
