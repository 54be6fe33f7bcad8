"""Word lists of both languages, to distinguish a misread word from a different word.

English: SCOWL up to size 60, American and British; words of at most four letters only up to size 35, because a misread
short word is too often a rare word (the licence is in the folder of the list). Urdu: the words of ``word_counts``. Both
lists hold common words and few names, so a word that is missing here may still be correct.
"""

from __future__ import annotations

import lzma
from functools import lru_cache

from ecp_ingest.data import read_data
from ecp_ingest.language.folding import fold
from ecp_ingest.language.word_counts import known_counts

_ONE_SHAPE = str.maketrans(
    {
        letter: shape
        for shape, letters in {
            "ب": "پتٹثنیئ",
            "ح": "جچخ",
            "د": "ڈذ",
            "ر": "ڑزژ",
            "س": "ش",
            "ص": "ض",
            "ط": "ظ",
            "ع": "غ",
            "ف": "ق",
            "ک": "گ",
            "ہ": "ھۃۂ",
            "و": "ؤ",
            "ا": "آأإ",
            "ے": "ۓ",
            "ں": "",
        }.items()
        for letter in letters
    }
)


def shape(word: str) -> str:
    """An Urdu word without dots and signs: words that look alike have the same shape."""
    return word.translate(_ONE_SHAPE)


def is_known(word: str) -> bool:
    """Whether a folded word (``folding.fold``) is in the word list of its script."""
    return word in (_english() if word.isascii() else _urdu())


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    packed = read_data("english_words.txt.xz")
    return frozenset(lzma.decompress(packed).decode().split())


@lru_cache(maxsize=1)
def _urdu() -> frozenset[str]:
    return frozenset(map(fold, known_counts().words))
