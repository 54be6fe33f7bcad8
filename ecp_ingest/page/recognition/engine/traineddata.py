"""A Tesseract ``.traineddata`` file → its network, characters and word lists, as far as this engine can run them.

The file is a table of components: a count, an offset for each (-1: absent), the components. Those of the LSTM engine
are its network, three word lists, the character set and the recoder (character → codes, the classes of the network).
Every number is checked before it is used; whatever is wrong or unknown raises UnsupportedModelError with the reason.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecp_ingest.page.recognition.engine.errors import UnsupportedModelError

NETWORK, PUNCTUATION, WORDS, NUMBERS, CHARACTERS, RECODER = range(17, 23)
"""Places of the components in the table (Tesseract's ccutil/tessdatamanager.h)."""
MOST_COMPONENTS = 64
DEEPEST = 8
"""Networks inside of networks; models of this family have three."""
SPACELESS = frozenset({"Han", "Hiragana", "Katakana", "Thai", "Hangul"})
"""Scripts without spaces between words, which Tesseract decodes by other rules."""

# fmt: off
_TYPES = (
    "Invalid", "Input", "Convolve", "Maxpool", "Parallel", "Replicated", "ParBidiLSTM", "DepParUDLSTM", "Par2dLSTM",
    "Series", "Reconfig", "RTLReversed", "TTBReversed", "XYTranspose", "LSTM", "SummLSTM", "Logistic", "LinLogistic",
    "LinTanh", "Tanh", "Relu", "Linear", "Softmax", "SoftmaxNoCTC", "LSTMSoftmax", "LSTMBinarySoftmax", "TensorFlow",
)
# fmt: on
_INSIDE = {"Series", "Parallel", "Replicated", "ParBidiLSTM", "RTLReversed", "TTBReversed", "XYTranspose"}
_FULLY_CONNECTED = {"Tanh", "Softmax"}
_INT8, _DOUBLES, _LAYER_RATES = 1, 128, 64
_WITH_INTEGERS, _WITH_RECODER = 1, 64

Int8s = npt.NDArray[np.int8]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """``kind`` is one of convolve, maxpool, column, forward, reversed, softmax (`line_layer_kind` in C)."""

    kind: str
    inputs: int
    outputs: int
    half_x: int = 0
    half_y: int = 0
    weights: Int8s = field(default_factory=lambda: np.zeros(0, np.int8))
    scales: Doubles = field(default_factory=lambda: np.zeros(0, np.float64))


@dataclass(frozen=True, slots=True)
class Character:
    text: str
    is_digit: bool
    direction: int
    """Class of the Unicode bidirectional algorithm, in ICU's numbers; the model's own file says it."""


@dataclass(frozen=True, eq=False, slots=True)
class TrainedData:
    spec: str
    """Of the network, as Tesseract writes it: ``[1,36,0,1Ct3,3,16Mp3,3Lfys48Lfx96Lrx96Lfx192O1c1]``."""
    height: int
    """Rows to which a line is scaled."""
    layers: tuple[Layer, ...]
    null_code: int
    """The class that stands for no character."""
    sample_iteration: int
    """What Tesseract seeds its noise with."""
    characters: tuple[Character, ...]
    codes: tuple[int, ...]
    """Character → class."""
    punctuation: bytes | None
    words: bytes | None
    numbers: bytes | None


def read_traineddata(path: Path) -> TrainedData:
    """Raises UnsupportedModelError, or OSError."""
    data = path.read_bytes()
    try:
        return _read(data)
    except UnsupportedModelError as error:
        raise UnsupportedModelError(error.message, str(path)) from error
    except (struct.error, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise UnsupportedModelError(
            f"is damaged, or no model of Tesseract's LSTM engine ({error})", str(path)
        ) from error


def _read(data: bytes) -> TrainedData:
    parts = _components(data)
    for place, name in ((NETWORK, "LSTM network"), (CHARACTERS, "LSTM character set"), (RECODER, "LSTM recoder")):
        if place not in parts:
            raise UnsupportedModelError(f"has no {name}")
    source = _Bytes(parts[NETWORK])
    root = _network(source, 0)
    spec = source.text()
    flags, _training_iteration, sample_iteration, null_code = source.numbers("<iiii")
    if not flags & _WITH_INTEGERS or not flags & _WITH_RECODER:
        raise UnsupportedModelError("its network wasn't made for 8-bit integers and a recoder")
    height, layers = _in_order(root)
    characters = _characters(parts[CHARACTERS])
    codes = _codes(parts[RECODER])
    _check_codes(codes, characters, classes=layers[-1].outputs, null_code=null_code)
    return TrainedData(
        spec=spec,
        height=height,
        layers=layers,
        null_code=null_code,
        sample_iteration=sample_iteration,
        characters=characters,
        codes=codes,
        punctuation=parts.get(PUNCTUATION),
        words=parts.get(WORDS),
        numbers=parts.get(NUMBERS),
    )


def _components(data: bytes) -> dict[int, bytes]:
    source = _Bytes(data)
    (count,) = source.numbers("<i")
    if not 0 < count <= MOST_COMPONENTS:
        raise UnsupportedModelError("is no traineddata file")
    offsets = source.numbers(f"<{count}q")
    here = [offset for offset in offsets if offset >= 0]
    if here != sorted(set(here)) or any(not source.at <= offset <= len(data) for offset in here):
        raise UnsupportedModelError("is damaged: its table of components points outside of it")
    ends = dict(zip(here, [*here[1:], len(data)], strict=True))
    return {place: data[offset : ends[offset]] for place, offset in enumerate(offsets) if offset >= 0}


class _Bytes:
    """Numbers and texts one after the other, little-endian."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return found

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise UnsupportedModelError("is damaged: it ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self) -> str:
        return self.take(self.numbers("<I")[0]).decode("utf-8")


# ── the network ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class _Network:
    kind: str
    inputs: int
    outputs: int
    numbers: tuple[int, ...] = ()
    inside: tuple[_Network, ...] = ()
    matrices: tuple[tuple[Int8s, Doubles], ...] = ()


def _network(source: _Bytes, depth: int) -> _Network:
    if depth > DEEPEST:
        raise UnsupportedModelError("has networks inside of networks, deeper than any that is known")
    (place,) = source.numbers("<b")
    kind = source.text() if place == 0 else _TYPES[place] if 0 < place < len(_TYPES) else f"number {place}"
    _training, _backward, flags, inputs, outputs, _weights = source.numbers("<bbiiii")
    source.text()  # the layer's name
    if kind in _INSIDE:
        (count,) = source.numbers("<I")
        if not 0 < count <= MOST_COMPONENTS:
            raise UnsupportedModelError(f"is damaged: {count} networks in one")
        inside = tuple(_network(source, depth + 1) for _ in range(count))
        if flags & _LAYER_RATES:
            source.take(4 * source.numbers("<I")[0])
        return _Network(kind, inputs, outputs, inside=inside)
    if kind == "Input":
        return _Network(kind, inputs, outputs, numbers=source.numbers("<iiiii"))
    if kind in {"Convolve", "Maxpool"}:
        return _Network(kind, inputs, outputs, numbers=source.numbers("<ii"))
    if kind in {"LSTM", "SummLSTM"}:
        (given,) = source.numbers("<i")
        if given == inputs + 2 * outputs:
            raise UnsupportedModelError("its network has a 2-D LSTM, which the built-in engine doesn't run")
        if given != inputs + outputs:
            raise UnsupportedModelError("is damaged: an LSTM's sizes don't fit together")
        return _Network(kind, inputs, outputs, matrices=tuple(_matrix(source) for _ in range(4)))
    if kind in _FULLY_CONNECTED:
        return _Network(kind, inputs, outputs, matrices=(_matrix(source),))
    raise UnsupportedModelError(f"its network has a layer of the kind {kind}, which the built-in engine doesn't run")


def _matrix(source: _Bytes) -> tuple[Int8s, Doubles]:
    """Weights (outputs × inputs and bias), and the scale of each output."""
    (mode,) = source.numbers("<B")
    if not mode & _DOUBLES:
        raise UnsupportedModelError("its weights are stored in a form of Tesseract 4.0 beta")
    if not mode & _INT8:
        raise UnsupportedModelError(
            "its weights aren't 8-bit integers; the built-in engine runs no others (combine_tessdata -c makes them so)"
        )
    rows, columns, _empty = source.numbers("<IIb")
    weights = np.frombuffer(source.take(rows * columns), np.int8).reshape(rows, columns)
    (count,) = source.numbers("<I")
    scales = np.frombuffer(source.take(8 * count), "<f8").astype(np.float64)
    if count < rows:
        raise UnsupportedModelError("is damaged: a layer has more outputs than scales")
    return weights, scales[:rows]


def _in_order(root: _Network) -> tuple[int, tuple[Layer, ...]]:
    """Height of the input, and the layers one after the other."""
    if root.kind != "Series" or root.inside[0].kind != "Input" or len(root.inside) < 5:
        raise UnsupportedModelError("its network isn't a series of layers behind an input")
    _batch, height, width, depth, _loss = root.inside[0].numbers
    if height < 1 or width != 0 or depth != 1:
        raise UnsupportedModelError(
            f"its network's input is {height} × {width} × {depth}; the built-in engine wants a height, no width, grey"
        )
    return height, tuple(layer for network in root.inside[1:] for layer in _layers(network))


def _layers(network: _Network) -> tuple[Layer, ...]:
    kinds = tuple(inside.kind for inside in network.inside)
    match network.kind, kinds:
        case "Series", ("Convolve", "Tanh"):
            half_x, half_y = network.inside[0].numbers
            return (replace(_with_weights("convolve", network.inside[1]), inputs=1, half_x=half_x, half_y=half_y),)
        case "Maxpool", ():
            half_x, half_y = network.numbers
            return (Layer("maxpool", 0, 0, half_x, half_y),)
        case "XYTranspose", ("SummLSTM",):
            return (_with_weights("column", network.inside[0]),)
        case "LSTM", ():
            return (_with_weights("forward", network),)
        case "RTLReversed", ("LSTM",):
            return (_with_weights("reversed", network.inside[0]),)
        case "Softmax", ():
            return (_with_weights("softmax", network),)
        case _:
            name = f"{network.kind}({', '.join(kinds)})" if kinds else network.kind
            raise UnsupportedModelError(f"its network has a layer {name}, which the built-in engine doesn't run")


def _with_weights(kind: str, network: _Network) -> Layer:
    rows, columns = network.matrices[0][0].shape
    if any(weights.shape != (rows, columns) for weights, _ in network.matrices):
        raise UnsupportedModelError("is damaged: the gates of an LSTM aren't of one size")
    return Layer(
        kind,
        network.inputs,
        rows,
        weights=np.concatenate([weights.ravel() for weights, _ in network.matrices]),
        scales=np.concatenate([scales for _, scales in network.matrices]),
    )


# ── characters ────────────────────────────────────────────────────────────────────────────────────────────────────

_PROPERTY_DIGIT = 8
_LEFT_TO_RIGHT = 0


def _characters(data: bytes) -> tuple[Character, ...]:
    lines = data.decode("utf-8").split("\n")
    count = int(lines[0])
    if not 0 < count < len(lines):
        raise UnsupportedModelError("is damaged: its character set ends too early")
    characters = []
    for line in lines[1 : count + 1]:
        cells = [cell.decode() for cell in line.encode().split()]  # at ASCII spaces only: a character may be another
        if len(cells) < 3:
            raise UnsupportedModelError(f"is damaged: '{line}' is no character of its set")
        # Between properties and script newer files have the letter's measures, and more behind the script.
        measured = "," in cells[2]
        script = cells[3 if measured and len(cells) > 3 else 2]
        if script in SPACELESS:
            raise UnsupportedModelError(
                f"it reads {script}, a script without spaces, which the built-in engine doesn't"
            )
        direction = cells[5] if measured and len(cells) > 5 else ""
        characters.append(
            Character(
                text=" " if cells[0] == "NULL" else cells[0],
                is_digit=bool(int(cells[1], 16) & _PROPERTY_DIGIT),
                direction=int(direction) if direction.isdecimal() else _LEFT_TO_RIGHT,
            )
        )
    return tuple(characters)


def _codes(data: bytes) -> tuple[int, ...]:
    source = _Bytes(data)
    (count,) = source.numbers("<I")
    codes = []
    for _ in range(count):
        _normal, length = source.numbers("<bi")
        if length != 1:
            raise UnsupportedModelError(
                f"its recoder uses {length} codes for a character: the built-in engine reads models with one"
            )
        codes.append(source.numbers("<i")[0])
    return tuple(codes)


def _check_codes(codes: tuple[int, ...], characters: tuple[Character, ...], *, classes: int, null_code: int) -> None:
    if not codes or len(codes) > len(characters):
        raise UnsupportedModelError("is damaged: its recoder and its character set don't fit together")
    if codes[0] != 0 or characters[0].text != " ":
        raise UnsupportedModelError("is damaged: its first character isn't the space")
    if not 0 <= null_code < classes or any(not 0 <= code < classes for code in codes):
        raise UnsupportedModelError("is damaged: its recoder and its network don't fit together")
