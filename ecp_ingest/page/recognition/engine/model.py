"""A model in memory, ready to read lines."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ecp_ingest.page.recognition.engine import library as c
from ecp_ingest.page.recognition.engine.errors import UnsupportedModelError
from ecp_ingest.page.recognition.engine.traineddata import Character, Layer, TrainedData, read_traineddata

_KINDS = {"convolve": 1, "maxpool": 2, "column": 3, "forward": 4, "reversed": 5, "softmax": 6}
_SEED_FACTOR = 0x10000001
"""Tesseract seeds its noise with the number of training samples times this, modulo 2⁶⁴."""


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """Any number of threads may read with one model at a time."""

    path: Path
    spec: str
    height: int
    """Rows to which a line is scaled."""
    step: int
    """Columns of the scaled line that become one time step."""
    classes: int
    """Columns of the probabilities."""
    null_class: int
    """The class that stands for no character (CTC's blank)."""
    characters: tuple[Character, ...]
    class_texts: tuple[str, ...]
    """What each class reads; empty for the blank."""
    kernel: str
    """Which instructions it runs with: avx512vnni, avx2, neon-dotprod, neon or plain."""
    network: c.Handle = field(repr=False)
    decoder: c.Handle = field(repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        """In another process it is loaded anew."""
        return load_model, (self.path,)


def load_model(path: str | Path, *, kernel: str | None = None) -> Model:
    """Read a ``.traineddata`` file. ``kernel``: by name (`library.kernels`), else the best that this processor runs.

    Raises NoEngineError without the C part, UnsupportedModelError for a model that it can't run, and OSError.
    """
    path = Path(path)
    lib = c.library()
    number = c.kernel_number(kernel)
    data = read_traineddata(path)
    try:
        network = _new_network(lib, data, number)
        decoder = _new_decoder(lib, data)
    except UnsupportedModelError as error:
        raise UnsupportedModelError(f"is damaged: {error.message}", str(path)) from error
    return Model(
        path=path,
        spec=data.spec,
        height=data.height,
        step=lib.line_network_step_width(network.address),
        classes=lib.line_network_classes(network.address),
        null_class=data.null_code,
        characters=data.characters,
        class_texts=_class_texts(data),
        kernel=lib.line_kernel_name(lib.line_network_kernel(network.address)).decode(),
        network=network,
        decoder=decoder,
    )


def _new_network(lib: ctypes.CDLL, data: TrainedData, kernel: int) -> c.Handle:
    layers = (c.Layer * len(data.layers))(*(_layer(layer) for layer in data.layers))
    made = ctypes.c_void_p()
    seed = data.sample_iteration * _SEED_FACTOR % 2**64
    c.check(lib.line_network_new(layers, len(layers), data.height, seed, kernel, ctypes.byref(made)))
    return c.Handle(made.value, lib.line_network_free)


def _layer(layer: Layer) -> c.Layer:
    return c.Layer(
        _KINDS[layer.kind],
        layer.inputs,
        layer.outputs,
        layer.half_x,
        layer.half_y,
        layer.weights.size,
        layer.scales.size,
        layer.weights.ctypes.data,
        layer.scales.ctypes.data,
    )


def _new_decoder(lib: ctypes.CDLL, data: TrainedData) -> c.Handle:
    classes = data.layers[-1].outputs
    ids = np.full(classes, -1, np.int32)
    for character, code in enumerate(data.codes):
        ids[code] = character  # of two characters with one code Tesseract takes the later one
    order = np.array(list(dict.fromkeys(data.codes)), np.int32)
    digits = np.array([character.is_digit for character in data.characters], np.uint8)
    made = ctypes.c_void_p()
    lists = [part for found in (data.punctuation, data.words, data.numbers) for part in (found, len(found or b""))]
    c.check(
        lib.line_decoder_new(
            classes,
            data.null_code,
            max(data.codes) + 1,
            order.ctypes.data,
            order.size,
            ids.ctypes.data,
            digits.ctypes.data,
            digits.size,
            *lists,
            ctypes.byref(made),
        )
    )
    return c.Handle(made.value, lib.line_decoder_free)


def _class_texts(data: TrainedData) -> tuple[str, ...]:
    texts = [""] * data.layers[-1].outputs
    for character, code in zip(data.characters, data.codes, strict=False):
        texts[code] = character.text
    texts[data.null_code] = ""
    return tuple(texts)
