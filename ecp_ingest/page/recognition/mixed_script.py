"""Lines in which both scripts stand: which of their words the other model should read again, and what becomes of them.

One model reads a whole line. The Urdu model knows Latin letters, but badly (``Mr. 1ohn Smnith``); the English one
makes rubbish of Urdu letters (``(#6)`` for ``(فارم)``), and is no surer of it than of the rest. So what stands in the
other script is cut out and read by the model that knows it, and that reading is taken where it is the surer one.
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

AROUND = 10
"""Pixels of the page image that are cut out around Latin words: the Urdu model cuts its boxes a little short."""
BESIDE = 4
"""The same around what may be Urdu: more would show the Latin letters beside it."""
UNSURE = 0.8
"""Of its confidence, the English model: Urdu letters were never read as English with more."""
INK = 0.9
"""Probability, by its ink, that a word is Urdu. Of Urdu words in English lines all but a few have 1.00, of English
words that are misread none more than 0.9."""
ALIKE = 50.0
"""Per cent: two readings of the same Latin letters are at least so much alike, or one of them saw something else."""
HARDLY_LATIN = 0.4
"""Share of Latin letters below which a line is Urdu, whatever stands at its ends."""

_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_EDGES = ".,:;!'`*-_«»‘’<>" + URDU_MARKS
_MIRRORED = str.maketrans(BRACKETS)
_MARKS = '()[]{}“”"' + _EDGES


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """The words ``start`` to ``end`` (exclusive) of a line, in its logical order, and their picture."""

    start: int
    end: int
    image: LineImage


def latin_stretches(line: LineImage, words: Sequence[Word]) -> list[Stretch]:
    """Of a line read as Urdu: Latin words and the figures between them."""
    found = []
    at = 0
    while at < len(words):
        end = at
        for place in range(at, len(words)):
            if is_mostly_arabic(words[place].text) or (place == at and not is_mostly_latin(words[place].text)):
                break
            end = place + 1 if is_mostly_latin(words[place].text) else end
        if end > at and (box := _around(words[at:end])) is not None:
            found.append(Stretch(at, end, _cut(line, box, aside=AROUND, above=AROUND)))
        at = max(end, at + 1)
    return found


def urdu_stretches(line: LineImage, words: Sequence[Word], arabic: Callable[[Pixels], float]) -> list[Stretch]:
    """Of a line read as English: words that the model isn't sure of, and whose ink is Urdu.

    ``arabic`` tells of a picture (H×W grey) how probable it is that what it shows is in Arabic script.
    """

    def foreign(word: Word) -> bool:
        if word.bbox is None or (word.confidence or 0.0) >= UNSURE:
            return False
        return arabic(_cut(line, word.bbox, aside=BESIDE).pixels) > INK

    found = []
    for other, group in groupby(enumerate(words), key=lambda item: foreign(item[1])):
        places = [place for place, _ in group]
        box = _around(words[places[0] : places[-1] + 1])
        if other and box is not None:
            found.append(Stretch(places[0], places[-1] + 1, _cut(line, box, aside=BESIDE)))
    return found


def runs_from_left(words: Sequence[Word]) -> bool:
    """Whether a line that was read as Urdu is an English one with Urdu words in it.

    What stands at its ends decides; where they differ, which language its small words are of, and last the letters.
    """
    text = " ".join(word.text for word in words if not _DIGIT.search(word.text))  # codes are of no language
    letters = _LETTERS.findall(text)
    latin = sum(letter.isascii() for letter in letters)
    if latin <= HARDLY_LATIN * len(letters):
        return False
    lettered = sorted((word for word in words if _LETTERS.search(word.text)), key=_left)
    ends = {is_mostly_latin(lettered[0].text), is_mostly_latin(lettered[-1].text)}
    if len(ends) == 1:
        return ends.pop()
    english, urdu = function_words(text)
    return (english, latin) > (urdu, len(letters) - latin)


def with_latin(words: Sequence[Word], stretch: Stretch, read: Sequence[Word]) -> tuple[Word, ...]:
    """The Urdu line's words, those of the stretch as the English model read them where it is surer."""
    old = words[stretch.start : stretch.end]
    if len(old) == len(read):
        new = [_surer(before, after) for before, after in zip(old, read, strict=True)]
    elif read and _confidence(read) > _confidence(old) and _alike(_text(old), _text(read)):
        new = [*read]
        new[0] = replace(new[0], text=_with_marks(old[0].text, new[0].text, start=True))
        new[-1] = replace(new[-1], text=_with_marks(old[-1].text, new[-1].text, end=True))
    else:
        new = [*old]
    return (*words[: stretch.start], *new, *words[stretch.end :])


def with_urdu(words: Sequence[Word], stretch: Stretch, read: Sequence[Word]) -> tuple[Word, ...]:
    """The English line's words, those of the stretch as the Urdu model read them, if that reading is Urdu and the
    surer one. ``read`` is in logical order."""
    old = words[stretch.start : stretch.end]
    if not any(is_mostly_arabic(word.text) for word in read) or _confidence(read) <= _confidence(old):
        return tuple(words)
    return (*words[: stretch.start], *_in_english(read), *words[stretch.end :])


def from_left(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a line that was read as Urdu, in the order in which an English line says them."""
    said: list[Word] = []
    for arabic, group in groupby(words, key=lambda word: is_mostly_arabic(word.text)):
        run = list(group)
        said[:0] = _in_english(run) if arabic else sorted(run, key=_left)
    return tuple(said)


def _in_english(urdu: Sequence[Word]) -> list[Word]:
    """Urdu words in their order, the marks at their ends turned around: they are of the line, which runs from the
    left, and were read as those of a line from the right."""
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


def _surer(urdu: Word, english: Word) -> Word:
    """``english`` where it is the surer reading of the same letters; the box stays."""
    if (english.confidence or 0.0) <= (urdu.confidence or 0.0) or not _alike(urdu.text, english.text):
        return urdu
    return replace(english, text=_with_marks(urdu.text, english.text, start=True, end=True), bbox=urdu.bbox)


def _with_marks(urdu: str, english: str, *, start: bool = False, end: bool = False) -> str:
    """``english`` with the marks that ``urdu`` has at its ends, in place of what was read for them."""
    head = urdu[: len(urdu) - len(urdu.lstrip(FOLLOWS))]
    tail = urdu[len(urdu.rstrip(FOLLOWS)) :]
    if start and (head or tail or not urdu.startswith(tuple(_EDGES))):
        english = head + english.lstrip(_EDGES)
    if end and tail:
        english = english.rstrip(_EDGES) + tail
    return english


def _left(word: Word) -> int:
    return word.bbox.left if word.bbox else 0


def _alike(a: str, b: str) -> bool:
    return fuzz.ratio(a.casefold(), b.casefold()) >= ALIKE


def _confidence(words: Sequence[Word]) -> float:
    return mean_confidence(words) or 0.0


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _around(words: Sequence[Word]) -> Box | None:
    return around_boxes(word.bbox for word in words)


def _cut(line: LineImage, box: Box, *, aside: int, above: int | None = None) -> LineImage:
    """The part of the line's picture around ``box`` (in the page image): all its height, or ``above`` pixels more than
    the box on both sides, since the engine scales what it reads to one height."""
    left, right = max(line.bbox.left, box.left - aside), min(line.bbox.right, box.right + aside)
    top, bottom = line.bbox.top, line.bbox.bottom
    if above is not None:
        top, bottom = max(top, box.top - above), min(bottom, box.bottom + above)
    rows, columns = (
        slice(top - line.bbox.top, bottom - line.bbox.top),
        slice(left - line.bbox.left, right - line.bbox.left),
    )
    return LineImage(Box(left, top, right, bottom), line.pixels[rows, columns])
