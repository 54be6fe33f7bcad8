"""Which words are words, in both languages: to tell a misreading from another word. Pure, from the package's data.

English: SCOWL up to size 60, American and British, of the words with four letters or less only those up to size 35
(its licence is beside the list): a misread short word is too often a rare one. Urdu: the words with
counts that ``spacing`` divides by. Both hold common words and few names, so a word that isn't here may well be right.
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
    """The strokes of an Urdu word without dots and signs: what a reader takes for one another is of one shape."""
    return word.translate(_ONE_SHAPE)


def is_known(word: str) -> bool:
    """Whether a folded word (``letterforms.fold``) is one of the list of its script."""
    return word in (_english() if word.isascii() else _urdu())


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    packed = read_data("english_words.txt.xz")
    return frozenset(lzma.decompress(packed).decode().split())


@lru_cache(maxsize=1)
def _urdu() -> frozenset[str]:
    return frozenset(map(fold, known_counts().words))
