"""Urdu text for training: one spelling per letter, labels in display order, a corpus with a held-out part.

Labels are in *display* order, left to right, as the network reads the line. Tesseract changes its result back to
logical order but leaves brackets as they are. So the label of a bracket in a right-to-left word is the character that
is written (an opening bracket looks like ``)`` there), and in a Latin word, ``(NA-75)``, the shape that is visible.
"""

from __future__ import annotations

import lzma
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.folding import ASCII_DIGITS, URDU_DIGITS
from ecp_ingest.language.model_alphabet import _BLANKS, ARABIC_MARKS, CHARACTERS, LATIN_LETTERS, normalise
from ecp_ingest.language.scripts import ANGLE_BRACKETS, BRACKETS

Direction = Literal["R", "L"]


NON_JOINING = frozenset("اآأإدڈذرڑزژوؤےۓءۃ")
"""Letters that don't join the next one: Nastaliq has a gap after them inside the word."""

_LABEL = re.compile(r",[a-z]{3,5}$")
"""Some public corpora are tables: ``text,neg``."""
_MOST_MARKS = 0.04
"""Share of a line's characters. A line with more marks is Arabic scripture, which offices don't print."""
_MIRRORED = BRACKETS | ANGLE_BRACKETS
_PAIRS = dict(zip("([{<", ")]}>", strict=True))


def runs(text: str) -> list[tuple[str, Direction]]:
    """Runs of one direction in logical order, for a right-to-left line.

    A reduced Unicode bidirectional algorithm (UAX #9: W4–W7, N0–N2 with one embedding level), enough for a line with
    Latin words and numbers in it.
    """
    kinds = _resolve(text)
    out: list[tuple[str, Direction]] = []
    for char, kind in zip(text, kinds, strict=True):
        if out and out[-1][1] == kind:
            out[-1] = (out[-1][0] + char, kind)
        else:
            out.append((char, kind))
    return out


def display_order(text: str) -> str:
    """The label of a line: its characters from left to right."""
    text = _BLANKS.sub(" ", text)
    shown = ["".join(_MIRRORED.get(c, c) for c in word) if _is_latin(word) else word for word in text.split(" ")]
    seen = " ".join(shown)
    parts = []
    at = 0
    for part, direction in runs(text):
        end = at + len(part)
        parts.append(part if direction == "L" else seen[at:end][::-1])
        at = end
    return "".join(reversed(parts))


def _is_latin(word: str) -> bool:
    """Whether Tesseract keeps the word from left to right when it changes a line to logical order."""
    return any(c in LATIN_LETTERS for c in word) and not any(unicodedata.bidirectional(c) == "AL" for c in word)


_KINDS = {
    **dict.fromkeys(URDU_DIGITS + ASCII_DIGITS, "EN"),
    **dict.fromkeys("+-", "ES"),
    **dict.fromkeys(".,:/،٫٬", "CS"),
    **dict.fromkeys("%٪$£°#", "ET"),
}
_BIDI = {"L": "L", "R": "R", "AL": "R", "NSM": "NSM"}


def _kind(char: str) -> str:
    """The Unicode bidirectional class, except for signs that belong to numbers."""
    return _KINDS.get(char) or _BIDI.get(unicodedata.bidirectional(char), "ON")


def _resolve(text: str) -> list[Direction]:
    kinds = [_kind(c) for c in text]
    _resolve_numbers(kinds)
    _resolve_brackets(text, kinds)
    _resolve_neutrals(kinds)
    return ["L" if k in ("L", "EN") else "R" for k in kinds]


def _resolve_numbers(kinds: list[str]) -> None:
    count = len(kinds)
    for i in range(1, count):  # W1: a mark has the class of its letter
        if kinds[i] == "NSM":
            kinds[i] = kinds[i - 1]
    for i in range(1, count - 1):  # W4: 28-05-2022, 12:30, 1,000
        if kinds[i] in ("ES", "CS") and kinds[i - 1] == kinds[i + 1] == "EN":
            kinds[i] = "EN"
    for i in range(1, count):  # W5: 15.5%
        if kinds[i] == "ET" and kinds[i - 1] == "EN":
            kinds[i] = "EN"
    for i in range(count - 2, -1, -1):  # W5: £5
        if kinds[i] == "ET" and kinds[i + 1] == "EN":
            kinds[i] = "EN"
    strong = "R"
    for i in range(count):  # W7: NA-75
        if kinds[i] in ("L", "R"):
            strong = kinds[i]
        elif kinds[i] == "EN" and strong == "L":
            kinds[i] = "L"


def _resolve_neutrals(kinds: list[str]) -> None:
    """N1, N2: neutrals between Latin and Latin are Latin; a number counts as right-to-left."""
    i, count = 0, len(kinds)
    while i < count:
        end = i
        while end < count and kinds[end] not in ("L", "R", "EN"):
            end += 1
        if end > i:
            inner = i > 0 and end < count and kinds[i - 1] == kinds[end] == "L"
            kinds[i:end] = ["L" if inner else "R"] * (end - i)
        i = end + 1


def _resolve_brackets(text: str, kinds: list[str]) -> None:
    """N0: a pair of brackets around Latin belongs to the Latin run if Latin comes before it."""
    stack: list[tuple[str, int]] = []
    for i, char in enumerate(text):
        if char in _PAIRS:
            stack.append((_PAIRS[char], i))
        elif stack and char == stack[-1][0]:
            start = stack.pop()[1]
            inside = set(kinds[start + 1 : i])
            before = next((k for k in reversed(kinds[:start]) if k in ("L", "R", "EN")), "R")
            if "R" in inside or "EN" in inside:
                kinds[start] = kinds[i] = "R"
            elif "L" in inside:
                kinds[start] = kinds[i] = "L" if before == "L" else "R"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Lines of running text, normalised; ``held`` is held out of training."""

    train: tuple[str, ...]
    held: tuple[str, ...]


def load_corpus(files: Sequence[Path], *, held_part: int = 60) -> Corpus:
    """Read UTF-8 text files (or ``.xz``), one paragraph per line; hold out one line in ``held_part``, by its checksum.

    Raises:
        TrainingError: a file can't be read, or no line is usable.
    """
    train: list[str] = []
    held: list[str] = []
    known = frozenset(CHARACTERS + " ")
    for file in files:
        for line in read_lines(file):
            text = _LABEL.sub("", normalise(line))
            marks = sum(c in ARABIC_MARKS for c in text)
            if len(text.split()) < 3 or not known.issuperset(text) or marks > _MOST_MARKS * len(text):
                continue
            (held if zlib.crc32(text.encode()) % held_part == 0 else train).append(text)
    if not train:
        raise TrainingError("no usable line of Urdu text in the text files: give UTF-8 text, a paragraph a line")
    return Corpus(tuple(train), tuple(held))


def read_lines(file: Path) -> Iterable[str]:
    """The lines of a UTF-8 text file (or ``.xz``).

    Raises:
        TrainingError: the file can't be read.
    """
    try:
        if file.suffix == ".xz":
            with lzma.open(file, "rt", encoding="utf-8") as stream:
                return stream.readlines()
        return file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError, lzma.LZMAError) as error:
        raise TrainingError(f"can't read this text: {error}", str(file)) from error


def excerpt(line: str, rng: Random, *, low: int = 1, high: int = 17, mode: int = 10) -> str:
    """Consecutive words of a line; their number has a triangular distribution."""
    words = line.split()
    count = min(len(words), int(rng.triangular(low, high + 1, mode)))
    start = rng.randrange(len(words) - count + 1)
    return " ".join(words[start : start + count])
