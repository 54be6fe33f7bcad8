"""Small ``.traineddata`` files with weights made up, in sizes that no real model has; and damaged ones."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.support.paths import REPOSITORY

URDU = REPOSITORY / "tessdata" / "urd_nastaliq.traineddata"
"""A real model, which comes with the program."""

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789.,:()پاکستن۔۱۲"
ARABIC_DIGITS = "۱۲"


@dataclass(frozen=True)
class Sizes:
    height: int = 30
    convolution: tuple[int, int, int] = (1, 1, 10)
    """Half width, half height, outputs."""
    pool: tuple[int, int] = (3, 3)
    column: int = 20
    along: tuple[int, ...] = (33, -17)
    """Cells of the LSTMs along the line; those from right to left are negative."""
    seed: int = 1


SIZES = (
    Sizes(),
    Sizes(height=48, convolution=(2, 1, 16), pool=(2, 4), column=64, along=(96, -96, 130), seed=2),
    Sizes(height=37, convolution=(0, 2, 5), pool=(1, 2), column=16, along=(-40,), seed=3),
    Sizes(height=52, convolution=(3, 3, 24), pool=(4, 5), column=9, along=(10, 11, -12, 13), seed=4),
)


def wavy(count: int, seed: int = 7) -> list[npt.NDArray[np.uint8]]:
    """Pictures with strokes in them, of many sizes, that no font is needed for."""
    random = np.random.default_rng(seed)
    pictures = []
    for _ in range(count):
        height, width = (int(random.integers(5, 90)), int(random.integers(5, 500)))
        y, x = np.mgrid[:height, :width]
        waves = np.sin(x / random.uniform(1, 9)) + np.sin(y / random.uniform(1, 9)) + random.normal(0, 0.2, y.shape)
        pictures.append(np.clip(128 + 80 * waves, 0, 255).astype(np.uint8))
    return pictures


def tiny_model(sizes: Sizes) -> bytes:
    """The file's bytes."""
    random = np.random.default_rng(sizes.seed)
    characters = character_set()
    classes = len(characters) + 3  # the blank, and classes that nothing stands for
    codes = [0, *(int(code) for code in 1 + random.permutation(classes - 2)[: len(characters) - 1])]
    null = next(code for code in range(1, classes) if code not in codes)
    codes[1] = null  # as in real models: "Joined" is the blank

    def matrix(rows: int, inputs: int) -> bytes:
        weights = np.clip(random.normal(0, 45, (rows, inputs + 1)), -127, 127).astype(np.int8)
        scales = random.uniform(0.2, 2.0, rows) * 4 / 127 / np.sqrt(inputs)
        head = struct.pack("<BIIb", 128 | 1, rows, inputs + 1, 0)
        return head + weights.tobytes() + struct.pack("<I", rows) + scales.astype("<f8").tobytes()

    def lstm(kind: str, inputs: int, cells: int) -> bytes:
        gates = b"".join(matrix(cells, inputs + cells) for _ in range(4))
        return layer(kind, inputs, cells, struct.pack("<i", inputs + cells) + gates)

    half_x, half_y, maps = sizes.convolution
    patch = (2 * half_x + 1) * (2 * half_y + 1)
    convolve = layer("Convolve", 1, patch, struct.pack("<ii", half_x, half_y))
    layers = [
        layer("Input", sizes.height, 1, struct.pack("<iiiii", 1, sizes.height, 0, 1, 0)),
        several("Series", 1, maps, [convolve, layer("Tanh", patch, maps, matrix(maps, patch))]),
        layer("Maxpool", maps, maps, struct.pack("<ii", *sizes.pool)),
        several("XYTranspose", maps, sizes.column, [lstm("SummLSTM", maps, sizes.column)]),
    ]
    inputs = sizes.column
    for cells in sizes.along:
        one = lstm("LSTM", inputs, abs(cells))
        layers.append(one if cells > 0 else several("RTLReversed", inputs, -cells, [one]))
        inputs = abs(cells)
    layers.append(layer("Softmax", inputs, classes, matrix(classes, inputs)))
    network = several("Series", sizes.height, classes, layers)
    network += text("[made up]") + struct.pack("<iiiifff", 65, 100, 4711, null, 0.5, 0.001, 0.5)
    rows = [str(len(characters)), *characters]
    recoder = struct.pack("<I", len(codes)) + b"".join(struct.pack("<bii", 1, 1, code) for code in codes)
    return container({17: network, 21: ("\n".join(rows) + "\n").encode(), 22: recoder})


def character_set() -> list[str]:
    rows = ["NULL 0 Common 0", "Joined 7 0,255,0,255,0,0,0,0,0,0 Latin 1 0 1 Joined"]
    for letter in LETTERS:
        arabic = letter > "\u0600"
        digit = letter.isdigit()
        direction = (
            (5 if arabic else 2) if digit else 13 if arabic else 0 if letter.isalpha() else 6 if letter in ".,:" else 10
        )
        properties = 8 if digit else 1 if letter.isalpha() else 16
        script = "Arabic" if arabic else "Latin"
        rows.append(
            f"{letter} {properties:x} 0,255,0,255,0,0,0,0,0,0 {script} {len(rows)} {direction} {len(rows)} {letter}"
        )
    return rows


def text(words: str) -> bytes:
    return struct.pack("<I", len(words.encode())) + words.encode()


def layer(kind: str, inputs: int, outputs: int, rest: bytes) -> bytes:
    return b"\0" + text(kind) + struct.pack("<bbiiii", 0, 0, 0, inputs, outputs, 0) + text("") + rest


def several(kind: str, inputs: int, outputs: int, layers: Sequence[bytes]) -> bytes:
    return layer(kind, inputs, outputs, struct.pack("<I", len(layers)) + b"".join(layers))


def container(parts: dict[int, bytes]) -> bytes:
    count = 24
    at = 4 + 8 * count
    offsets = []
    for place in range(count):
        offsets.append(at if place in parts else -1)
        at += len(parts.get(place, b""))
    return struct.pack(f"<i{count}q", count, *offsets) + b"".join(parts[place] for place in sorted(parts))


def saved(folder: Path, data: bytes, name: str = "tiny") -> Path:
    path = folder / f"{name}.traineddata"
    path.write_bytes(data)
    return path
