"""How often Urdu words and pairs of words occur."""

from __future__ import annotations

import lzma
import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.data import read_data
from ecp_ingest.language.folding import ARABIC_LETTERFORMS

NON_JOINING = frozenset("اأإآٱدڈذرڑزژوؤۄےۓںءۃة")
"""Letters that never join to the next one, inside a word or at its end."""


UNKNOWN, UNKNOWN_LETTER = 12.0, 1.5
"""Cost of a word that was never counted, and of each of its letters, in natural logarithms of probability."""


PAIRS = 0.6
"""Weight of the pair counts, 0–1; single words have the rest."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of words and word pairs in running text, letters folded as ``plain`` folds them."""

    words: dict[str, int]
    pairs: dict[tuple[str, str], int]
    total: int

    def word(self, word: str) -> float:
        """Natural logarithm of the probability of ``word``."""
        count = self.words.get(word)
        return math.log(count / self.total) if count else -UNKNOWN - UNKNOWN_LETTER * len(word)

    def after(self, before: str | None, word: str) -> float:
        """Natural logarithm of the probability of ``word`` after ``before``."""
        alone = self.word(word)
        if before is None:
            return alone
        if pair := self.pairs.get((before, word)):
            return math.log(PAIRS * pair / self.words[before] + (1 - PAIRS) * math.exp(alone))
        return alone + math.log(1 - PAIRS)


@lru_cache(maxsize=1)
def known_counts() -> Counts:
    """The counts that come with the package."""
    packed = read_data("urdu_words.txt.xz")
    words: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    total, *lines = lzma.decompress(packed).decode().splitlines()
    for line in lines:
        *key, count = line.split(" ")
        if len(key) == 1:
            words[key[0]] = int(count)
        else:
            pairs[(key[0], key[1])] = int(count)
    return Counts(words, pairs, int(total))


def plain(text: str) -> str:
    """Letters as they are counted: no marks, one form of yeh, kaf and heh."""
    decomposed = unicodedata.normalize("NFC", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_ONE_FORM)


_ONE_FORM = str.maketrans({**ARABIC_LETTERFORMS, **dict.fromkeys("ەۀۂ", "ہ")})
