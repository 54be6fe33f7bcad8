"""Lines in both scripts: finds the words that the other model should read again, and merges both readings.

One model reads a whole line. The Urdu model reads Latin letters, but badly (``Mr. 1ohn Smnith``). The English model
turns Urdu letters into noise (``(#6)`` for ``(فارم)``), with as little confidence as it may have elsewhere. So the
words in the other script are cut out and read by the model for that script. Its reading is taken if its confidence is
higher.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rapidfuzz import fuzz

from ecp_ingest.document.geometry import Box, Pixels, around_boxes
from ecp_ingest.document.layout import LineImage
from ecp_ingest.document.text import Word, mean_confidence
from ecp_ingest.language.identification import function_words
from ecp_ingest.language.scripts import BRACKETS, is_mostly_arabic, is_mostly_latin
from ecp_ingest.page.recognition.word_order import FOLLOWS, URDU_MARKS

LATIN_MARGIN = 10
"""Pixels of the page image that are cut out around Latin words: the Urdu model's boxes are a little too small."""
URDU_MARGIN = 4
"""The same beside words that may be Urdu: a wider margin would show the Latin letters next to them."""
MOST_CONFIDENCE = 0.8
"""Confidence from which a word of the English model isn't read again: it never read Urdu letters with more."""
LEAST_ARABIC = 0.9
"""Probability, by its ink, above which a word is read as Urdu. Nearly all Urdu words in English lines have 1.00, no
misread English word has more than 0.9."""
LEAST_SIMILARITY = 50.0
"""Per cent of similarity of two readings of the same Latin letters; below it, one model read something else."""
LEAST_LATIN = 0.4
"""Share of Latin letters up to which a line is Urdu, whatever words are at its ends."""

_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_EDGES = ".,:;!'`*-_«»‘’<>" + URDU_MARKS
_MIRRORED = str.maketrans(BRACKETS)
_MARKS = '()[]{}“”"' + _EDGES


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """The words ``start`` to ``end`` (exclusive) of a line in logical order, and the image of them."""

    start: int
    end: int
    image: LineImage


def latin_stretches(line: LineImage, words: Sequence[Word]) -> list[Stretch]:
    """The Latin words, with the numbers between them, of a line that the Urdu model read."""
    found = []
    start = 0
    while start < len(words):
        end = start
        for i in range(start, len(words)):
            if is_mostly_arabic(words[i].text) or (i == start and not is_mostly_latin(words[i].text)):
                break
            end = i + 1 if is_mostly_latin(words[i].text) else end
        if end > start and (box := _around(words[start:end])) is not None:
            found.append(Stretch(start, end, _cut(line, box, beside=LATIN_MARGIN, above=LATIN_MARGIN)))
        start = max(end, start + 1)
    return found


def urdu_stretches(line: LineImage, words: Sequence[Word], arabic: Callable[[Pixels], float]) -> list[Stretch]:
    """The words of a line that the English model read with low confidence, and whose ink is Urdu.

    ``arabic`` gives the probability that an image (H×W uint8 grey) shows Arabic script.
    """

    def is_urdu(word: Word) -> bool:
        if word.bbox is None or (word.confidence or 0.0) >= MOST_CONFIDENCE:
            return False
        return arabic(_cut(line, word.bbox, beside=URDU_MARGIN).pixels) > LEAST_ARABIC

    found = []
    for urdu, group in groupby(enumerate(words), key=lambda item: is_urdu(item[1])):
        indices = [i for i, _ in group]
        start, end = indices[0], indices[-1] + 1
        box = _around(words[start:end])
        if urdu and box is not None:
            found.append(Stretch(start, end, _cut(line, box, beside=URDU_MARGIN)))
    return found


def runs_from_left(words: Sequence[Word]) -> bool:
    """Whether a line that the Urdu model read is an English line with Urdu words in it.

    The words at both ends decide. If they differ, the language of the function words decides, then the letters.
    """
    text = " ".join(word.text for word in words if not _DIGIT.search(word.text))  # codes belong to no language
    letters = _LETTERS.findall(text)
    latin = sum(letter.isascii() for letter in letters)
    if latin <= LEAST_LATIN * len(letters):
        return False
    lettered = sorted((word for word in words if _LETTERS.search(word.text)), key=_left)
    ends = {is_mostly_latin(lettered[0].text), is_mostly_latin(lettered[-1].text)}
    if len(ends) == 1:
        return ends.pop()
    english, urdu = function_words(text)
    return (english, latin) > (urdu, len(letters) - latin)


def with_latin(words: Sequence[Word], stretch: Stretch, read: Sequence[Word]) -> tuple[Word, ...]:
    """The words of an Urdu line; those of ``stretch`` as the English model ``read`` them where it is more confident."""
    old = words[stretch.start : stretch.end]
    if len(old) == len(read):
        new = [_more_confident(urdu, english) for urdu, english in zip(old, read, strict=True)]
    elif read and _confidence(read) > _confidence(old) and _are_similar(_text(old), _text(read)):
        new = [*read]
        new[0] = replace(new[0], text=_with_marks(old[0].text, new[0].text, start=True))
        new[-1] = replace(new[-1], text=_with_marks(old[-1].text, new[-1].text, end=True))
    else:
        new = [*old]
    return (*words[: stretch.start], *new, *words[stretch.end :])


def with_urdu(words: Sequence[Word], stretch: Stretch, read: Sequence[Word]) -> tuple[Word, ...]:
    """The words of an English line; those of ``stretch`` as the Urdu model ``read`` them, in logical order.

    That reading is taken only if it is Urdu and its confidence is higher.
    """
    old = words[stretch.start : stretch.end]
    if not any(is_mostly_arabic(word.text) for word in read) or _confidence(read) <= _confidence(old):
        return tuple(words)
    return (*words[: stretch.start], *_in_english(read), *words[stretch.end :])


def from_left(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a line that was read as Urdu, in the logical order of an English line."""
    ordered: list[Word] = []
    for arabic, group in groupby(words, key=lambda word: is_mostly_arabic(word.text)):
        run = list(group)
        ordered[:0] = _in_english(run) if arabic else sorted(run, key=_left)
    return tuple(ordered)


def _in_english(urdu: Sequence[Word]) -> list[Word]:
    """Urdu words inside an English line, in their order, with the marks at both ends of the run exchanged.

    The marks belong to the line, which runs from left to right, but were read as those of a right-to-left line.
    """
    words = [*urdu]
    before, after = _marks_before(words[0].text), _marks_before(words[-1].text[::-1])[::-1]
    if before == words[0].text:  # nothing but marks
        return words
    words[0] = replace(words[0], text=words[0].text[len(before) :])
    words[-1] = replace(words[-1], text=words[-1].text.removesuffix(after) + before[::-1].translate(_MIRRORED))
    words[0] = replace(words[0], text=after[::-1].translate(_MIRRORED) + words[0].text)
    return words


def _marks_before(text: str) -> str:
    return text[: len(text) - len(text.lstrip(_MARKS))]


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _more_confident(urdu: Word, english: Word) -> Word:
    """``english`` if it is a reading of the same letters with more confidence, else ``urdu``; with ``urdu``'s box."""
    if (english.confidence or 0.0) <= (urdu.confidence or 0.0) or not _are_similar(urdu.text, english.text):
        return urdu
    return replace(english, text=_with_marks(urdu.text, english.text, start=True, end=True), bbox=urdu.bbox)


def _with_marks(urdu: str, english: str, *, start: bool = False, end: bool = False) -> str:
    """``english`` with the marks that ``urdu`` has at its start and end, instead of its own."""
    head = urdu[: len(urdu) - len(urdu.lstrip(FOLLOWS))]
    tail = urdu[len(urdu.rstrip(FOLLOWS)) :]
    if start and (head or tail or not urdu.startswith(tuple(_EDGES))):
        english = head + english.lstrip(_EDGES)
    if end and tail:
        english = english.rstrip(_EDGES) + tail
    return english


def _left(word: Word) -> int:
    return word.bbox.left if word.bbox else 0


def _are_similar(a: str, b: str) -> bool:
    return fuzz.ratio(a.casefold(), b.casefold()) >= LEAST_SIMILARITY


def _confidence(words: Sequence[Word]) -> float:
    return mean_confidence(words) or 0.0


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


# ── images of words ───────────────────────────────────────────────────────────────────────────────────────────────


def _around(words: Sequence[Word]) -> Box | None:
    return around_boxes(word.bbox for word in words)


def _cut(line: LineImage, box: Box, *, beside: int, above: int | None = None) -> LineImage:
    """The part of the line's image around ``box`` (in the page image).

    Args:
        line: the line.
        box: around the words.
        beside: margin in pixels at the left and right.
        above: margin in pixels above and below, because the engine scales what it reads to one height. None: the
            whole height of the line.
    """
    left, right = max(line.bbox.left, box.left - beside), min(line.bbox.right, box.right + beside)
    top, bottom = line.bbox.top, line.bbox.bottom
    if above is not None:
        top, bottom = max(top, box.top - above), min(bottom, box.bottom + above)
    rows, columns = (
        slice(top - line.bbox.top, bottom - line.bbox.top),
        slice(left - line.bbox.left, right - line.bbox.left),
    )
    return LineImage(Box(left, top, right, bottom), line.pixels[rows, columns])
