"""Pictures of lines → their words, letters and probabilities.

Lines are read several at a time: weights are then fetched once for all of them, which takes half the time.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecp_ingest.page.recognition.engine import library as c
from ecp_ingest.page.recognition.engine.errors import UnreadableLineError
from ecp_ingest.page.recognition.engine.model import Model
from ecp_ingest.page.recognition.engine.reading_order import direction_of, reading_order, turned

Pixels = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float32]

CERTAINTY_SCALE = 35.0
"""Tesseract's confidence is 100 + 35 · certainty (7 in linerec.cpp, 5 in ltrresultiterator.cpp)."""
SPACE = 0
"""The id of the space in every character set."""
TOGETHER = 24
"""Lines that are read at once: more cost memory, and make nothing faster."""
TOGETHER_COLUMNS = 1 << 16
"""Columns of all of them together, after scaling, so that memory keeps below some 200 MB."""


@dataclass(frozen=True, slots=True)
class Letter:
    text: str
    left: int
    right: int
    """Columns of the crop, from the network's time steps."""
    certainty: float
    """Logarithm of a probability, the lowest of its steps and of the blanks before it."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    text: str
    """As Tesseract says it; for a word from right to left, its letters turned around."""
    left: int
    right: int
    confidence: float
    """0 to 100, as in Tesseract's table: 100 + 35 · the lowest certainty of its letters and the spaces beside it."""
    letters: tuple[Letter, ...]
    """In the order of the text."""


@dataclass(frozen=True, eq=False, slots=True)
class LineReading:
    words: tuple[ReadWord, ...]
    """In Tesseract's reading order."""
    others: tuple[str, ...]
    """The next best readings, words joined by spaces; no more than were asked for."""
    probabilities: Probabilities | None
    """Time steps × classes, if asked for."""


NOTHING = LineReading((), (), None)


def read_line(model: Model, pixels: Pixels, *, others: int = 0, probabilities: bool = False) -> LineReading:
    """As `read_lines`, of one line."""
    return read_lines(model, [pixels], others=others, probabilities=probabilities)[0]


def read_lines(
    model: Model,
    lines: Sequence[Pixels],
    *,
    others: int = 0,
    probabilities: bool = False,
    between: Callable[[], None] = lambda: None,
) -> tuple[LineReading, ...]:
    """One reading for each of ``lines`` (H×W uint8 grey, dark ink).

    A crop narrower than a time step reads nothing, nor does one that is some 2,000 times as wide as high.

    Args:
        model: reads them.
        lines: of any sizes.
        others: how many readings besides the best.
        probabilities: whether to keep them.
        between: called now and then; it may raise to end the reading.

    Raises:
        UnreadableLineError: a picture isn't H×W uint8, or is empty.
    """
    read = [NOTHING] * len(lines)
    prepared = {i: _prepared(model, pixels) for i, pixels in enumerate(lines)}
    wide_enough = [i for i, line in prepared.items() if line.shape[1] >= model.step]
    for group in _groups(wide_enough, prepared):
        between()
        for i, found in zip(group, _probabilities(model, [prepared[i] for i in group]), strict=True):
            scale = _columns_per_step(model, lines[i].shape[0])
            words, rest = _decoded(model, found, scale, lines[i].shape[1], others)
            kept = found[:, : model.classes] if probabilities else None
            read[i] = LineReading(words, rest, kept)
    return tuple(read)


# ── the network ───────────────────────────────────────────────────────────────────────────────────────────────────


def _prepared(model: Model, pixels: Pixels) -> npt.NDArray[np.int8]:
    """The network's input: the crop at the model's height, its grey levels spread."""
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or not pixels.size:
        raise UnreadableLineError(f"the picture of a line is {pixels.shape} of {pixels.dtype}, not H×W grey bytes")
    lib = c.library()
    height, width = pixels.shape
    wide = lib.line_prepared_width(width, height, model.height)
    out = np.empty((model.height, max(0, wide)), np.int8)
    if wide > 0:
        pixels = np.ascontiguousarray(pixels)
        c.check(lib.line_prepare(pixels.ctypes.data, width, height, model.height, out.ctypes.data, wide))
    return out


def _groups(lines: Sequence[int], prepared: Mapping[int, npt.NDArray[np.int8]]) -> Iterator[list[int]]:
    """Lines of about one width together, the widest first."""
    group: list[int] = []
    columns = 0
    for i in sorted(lines, key=lambda i: -prepared[i].shape[1]):
        if group and (len(group) == TOGETHER or columns + prepared[i].shape[1] > TOGETHER_COLUMNS):
            yield group
            group, columns = [], 0
        group.append(i)
        columns += prepared[i].shape[1]
    if group:
        yield group


def _probabilities(model: Model, prepared: Sequence[npt.NDArray[np.int8]]) -> list[Probabilities]:
    """Time steps × (classes, and a few columns that mean nothing) for each line."""
    lib = c.library()
    count = len(prepared)
    floats = lib.line_network_row_floats(model.network.address)
    found = [np.empty((line.shape[1] // model.step, floats), np.float32) for line in prepared]
    inputs = (ctypes.c_void_p * count)(*(line.ctypes.data for line in prepared))
    widths = (ctypes.c_int32 * count)(*(line.shape[1] for line in prepared))
    outputs = (ctypes.c_void_p * count)(*(array.ctypes.data for array in found))
    c.check(lib.line_network_read(model.network.address, count, inputs, widths, outputs))
    return found


def _columns_per_step(model: Model, height: int) -> float:
    """Columns of the crop in one time step; in Tesseract's precision, since borders are rounded."""
    return float(np.float32(model.step) / (np.float32(model.height) / np.float32(height)))


# ── the search ────────────────────────────────────────────────────────────────────────────────────────────────────


def _decoded(
    model: Model, probabilities: Probabilities, scale: float, width: int, others: int
) -> tuple[tuple[ReadWord, ...], tuple[str, ...]]:
    """The best reading, and as many ``others`` as there are with another text."""
    lib = c.library()
    steps, floats = probabilities.shape
    search = ctypes.c_void_p()
    c.check(lib.line_search_new(model.decoder.address, probabilities.ctypes.data, steps, floats, ctypes.byref(search)))
    try:
        count = lib.line_search_readings(search)
        letters = (c.Letter * steps)()
        words = _words(model, _letters(search, 0, letters), scale, width) if count else ()
        texts = [_text(words)]
        for reading in range(1, count):
            if len(texts) > others:
                break
            text = _text(_words(model, _letters(search, reading, letters), scale, width))
            if text not in texts:
                texts.append(text)
    finally:
        lib.line_search_free(search)
    return words, tuple(texts[1:])


def _letters(search: ctypes.c_void_p, reading: int, room: ctypes.Array[c.Letter]) -> Sequence[c.Letter]:
    """They are overwritten by the next call with the same ``room``."""
    count = ctypes.c_int32()
    c.check(c.library().line_search_letters(search, reading, room, len(room), ctypes.byref(count)))
    return room[: count.value]


def _text(words: Sequence[ReadWord]) -> str:
    return " ".join(word.text for word in words)


@dataclass(frozen=True, slots=True)
class _Word:
    """As it stands: letters from left to right, and what its confidence follows from."""

    letters: tuple[Letter, ...]
    classes: tuple[int, ...]
    certainty: float

    @property
    def has_text(self) -> bool:
        return any(letter.text != " " for letter in self.letters)


def _words(model: Model, letters: Sequence[c.Letter], scale: float, width: int) -> tuple[ReadWord, ...]:
    """In reading order. Words of nothing but spaces are left out before that: they have a say in it otherwise."""
    standing = [word for word in _standing(model, letters, scale, width) if word.has_text]
    words = []
    for place, from_left in reading_order([direction_of(word.classes) for word in standing]):
        word = standing[place]
        order = range(len(word.letters)) if from_left else turned(word.classes)
        said = tuple(word.letters[i] for i in order)
        text = "".join(letter.text for letter in said).strip()
        if text:
            left, right = word.letters[0].left, word.letters[-1].right
            words.append(ReadWord(text, left, right, _confidence(word.certainty), said))
    return tuple(words)


def _confidence(certainty: float) -> float:
    return min(100.0, max(0.0, 100 + CERTAINTY_SCALE * certainty))


def _standing(model: Model, letters: Sequence[c.Letter], scale: float, width: int) -> Iterator[_Word]:
    """Words from left to right. A space ends one, and so does a listed word that begins; how sure the spaces on both
    sides are belongs to a word's certainty."""
    at, space_before = 0, 0.0
    while at < len(letters):
        end = at + 1
        while end < len(letters) and letters[end].id != SPACE and not letters[end].starts_word:
            end += 1
        is_space = end < len(letters) and letters[end].id == SPACE
        space_after = letters[end].certainty if is_space else 0.0
        own = letters[at:end]
        yield _Word(
            letters=tuple(_letter(model, letter, scale, width) for letter in own),
            classes=tuple(model.characters[letter.id].direction for letter in own),
            certainty=min(space_before, space_after, *(letter.certainty for letter in own)),
        )
        space_before = space_after
        at = end + is_space


def _letter(model: Model, letter: c.Letter, scale: float, width: int) -> Letter:
    left, right = min(width, math.floor(letter.start * scale)), min(width, math.ceil(letter.end * scale))
    return Letter(model.characters[letter.id].text, left, right, letter.certainty)
