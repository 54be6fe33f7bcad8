"""Counts the words and word pairs by which ``release.repair.spacing`` finds spaces.

    python -m ecp_ingest.training.text.word_counts OUT TEXT [TEXT …]

Texts are UTF-8, plain or .xz, one paragraph per line. Only counts of frequent words are kept, from which no sentence
can be restored.
"""

from __future__ import annotations

import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from ecp_ingest.language.word_counts import plain
from ecp_ingest.training.text.corpus import read_lines

SEEN, PAIR_SEEN = 8, 40
"""Minimum occurrences of a word and of a pair in all texts; rarer ones are left out."""
ONE_LETTER = "وآ"
"""The only words of one letter; other single letters in the texts are initials or errors."""
_WORD = re.compile(r"[\u0621-\u06d3]+")


def count(lines: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found = _WORD.findall(plain(line))
        words.update(found)
        pairs.update(pairwise(found))
    return words, pairs


def pack(words: Counter[str], pairs: Counter[tuple[str, str]]) -> bytes:
    """The file that ``language.word_counts`` reads: the total, then words, then pairs, the most frequent first."""
    kept = {word: n for word, n in words.most_common() if n >= SEEN and (len(word) > 1 or word in ONE_LETTER)}
    often = [(a, b, n) for (a, b), n in pairs.most_common() if n >= PAIR_SEEN and a in kept and b in kept]
    lines = [str(sum(kept.values())), *(f"{w} {n}" for w, n in kept.items()), *(f"{a} {b} {n}" for a, b, n in often)]
    return lzma.compress("\n".join(lines).encode(), preset=9)


def main(arguments: list[str]) -> None:
    out, *texts = map(Path, arguments)
    out.write_bytes(pack(*count(line for text in texts for line in read_lines(text))))


if __name__ == "__main__":
    main(sys.argv[1:])
