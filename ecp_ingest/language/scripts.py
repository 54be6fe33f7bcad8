"""Which script a character or a text is in; the Urdu alphabet; mirrored brackets."""

from __future__ import annotations

import re
import unicodedata

URDU_ALPHABET = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےئآؤ"
LATIN_ALPHABET = "abcdefghijklmnopqrstuvwxyz"

ARABIC_WORD = "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff"
"""Letters and marks of the Arabic script, no digits, no punctuation: for a regex character class."""
URDU_WORD = "\u0621-\u065f\u0670-\u06d3\u06d5"
"""Letters and marks that words of the Urdu word list hold: for a regex character class."""
VOWEL_SIGNS = "\u064b-\u065f\u0670"
"""Marks over and under letters: for a regex character class."""

BRACKETS = dict(zip("()[]{}", ")(][}{", strict=True))
"""Bracket → the one that faces the other way."""
GUILLEMETS = dict(zip("«»‹›", "»«›‹", strict=True))
ANGLE_BRACKETS = dict(zip("<>", "><", strict=True))

_ARABIC_BLOCK = re.compile("[\u0600-\u06ff]")
_ARABIC_LETTER, _LATIN_LETTER = re.compile("[\u0620-\u064a\u066e-\u06d3]"), re.compile("[A-Za-z]")


def is_right_to_left(character: str) -> bool:
    """Whether its script is written from right to left."""
    return unicodedata.bidirectional(character) in ("R", "AL")


def leaning(text: str) -> int:
    """Number of right-to-left letters minus number of other letters."""
    return sum(1 if is_right_to_left(c) else -1 for c in text if c.isalpha())


def has_arabic(text: str) -> bool:
    """Whether any character (a digit or comma too) is of Unicode's block for Arabic."""
    return _ARABIC_BLOCK.search(text) is not None


def is_mostly_arabic(text: str) -> bool:
    """Whether more letters are Arabic than Latin: one Latin letter misread as an Urdu one doesn't make a word Urdu."""
    return len(_ARABIC_LETTER.findall(text)) > len(_LATIN_LETTER.findall(text))


def is_mostly_latin(text: str) -> bool:
    """Whether there are Latin letters, at least as many as Arabic ones."""
    return not is_mostly_arabic(text) and _LATIN_LETTER.search(text) is not None
