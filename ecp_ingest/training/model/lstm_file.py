"""Reads and writes Tesseract's network file, the ``.lstm`` component, as int8 or float64.

The layout follows ``Network::Serialize``, ``WeightMatrix::Serialize`` and ``LSTMRecognizer::Serialize`` of Tesseract
5.3. An int8 file that is read and written again is the same to the byte.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecp_ingest.errors import TrainingError

Weights = npt.NDArray[np.float64]
_PLUMBING = ("Series", "Parallel", "RTLReversed", "TTBReversed", "XYTranspose", "Replicated")
_LAYER_RATES = 64
_INT8, _ADAM, _DOUBLE = 1, 4, 128
_TRAINING_INT8 = 1


@dataclass(frozen=True, slots=True)
class Node:
    """One layer. ``weights``: one matrix (rows: outputs; last column: bias), or four for an LSTM (CI, GI, GF1, GO)."""

    type: str
    name: str
    backprop: int
    flags: int
    inputs: int
    outputs: int
    weight_count: int
    numbers: tuple[int, ...] = ()
    children: tuple[Node, ...] = ()
    rates: tuple[float, ...] = ()
    weights: tuple[Weights, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """The tree of layers and the values after it in the file."""

    root: Node
    spec: str
    flags: int
    training_iteration: int
    sample_iteration: int
    null_char: int
    adam_beta: float
    learning_rate: float
    momentum: float


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def unpack(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def string(self) -> str:
        (length,) = self.unpack("I")
        self.at += length
        return self.data[self.at - length : self.at].decode()

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, np.dtype(kind), count, self.at).copy()
        self.at += values.nbytes
        return values


def read_network(file: Path) -> Network:
    """Read a ``.lstm`` file.

    Raises:
        TrainingError: it can't be read, or isn't in the form that Tesseract 5 writes.
    """
    try:
        reader = _Reader(file.read_bytes())
        root = _read_node(reader)
        spec = reader.string()
        numbers = reader.unpack("iiiifff")
    except (OSError, struct.error, ValueError) as error:
        raise TrainingError(f"can't read this network: {error}", str(file)) from error
    if reader.at != len(reader.data):
        raise TrainingError("unread bytes after the network: not a model of Tesseract 5", str(file))
    return Network(root, spec, *numbers)


def _read_node(reader: _Reader) -> Node:
    (tag,) = reader.unpack("b")
    if tag != 0:
        raise ValueError(f"network type {tag} in the old form")
    kind = reader.string()
    training, backprop, flags, inputs, outputs, count = reader.unpack("bbiiii")
    name = reader.string()
    node = Node(kind, name, backprop, flags, inputs, outputs, count)
    if kind in _PLUMBING:
        (size,) = reader.unpack("I")
        children = tuple(_read_node(reader) for _ in range(size))
        rates: tuple[float, ...] = ()
        if flags & _LAYER_RATES:
            (size,) = reader.unpack("I")
            rates = tuple(float(v) for v in reader.array("<f4", size))
        return replace(node, children=children, rates=rates)
    if kind == "Input":
        return replace(node, numbers=reader.unpack("iiiii"))
    if kind in ("Convolve", "Maxpool", "Reconfig"):
        return replace(node, numbers=reader.unpack("ii"))
    if kind in ("LSTM", "SummLSTM"):
        numbers = reader.unpack("i")
        return replace(node, numbers=numbers, weights=tuple(_read_weights(reader, training == 1) for _ in range(4)))
    return replace(node, weights=(_read_weights(reader, training == 1),))


def _read_weights(reader: _Reader, training: bool) -> Weights:
    (mode,) = reader.unpack("B")
    if not mode & _DOUBLE:
        raise ValueError("weights in the old form")
    if mode & _INT8:
        rows, columns, _ = reader.unpack("IIb")
        values = reader.array("<i1", rows * columns).reshape(rows, columns).astype(np.float64)
        (count,) = reader.unpack("I")
        scales = reader.array("<f8", count)
        return np.asarray(values * scales[:rows, None])
    rows, columns, _ = reader.unpack("IId")
    values = reader.array("<f8", rows * columns).reshape(rows, columns)
    for _ in range((2 if mode & _ADAM else 1) if training else 0):  # momentum and Adam state aren't used here
        more_rows, more_columns, _ = reader.unpack("IId")
        reader.array("<f8", more_rows * more_columns)
    return values


def write_network(file: Path, network: Network, *, int8: bool) -> None:
    parts: list[bytes] = []
    _write_node(parts, network.root, int8)
    flags = (network.flags & ~_TRAINING_INT8) | (_TRAINING_INT8 if int8 else 0)
    parts.append(_string(network.spec))
    parts.append(struct.pack("<iiii", flags, network.training_iteration, network.sample_iteration, network.null_char))
    parts.append(struct.pack("<fff", network.adam_beta, network.learning_rate, network.momentum))
    file.write_bytes(b"".join(parts))


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<I", len(data)) + data


def _write_node(parts: list[bytes], node: Node, int8: bool) -> None:
    parts.append(b"\0" + _string(node.type))
    head = (0, node.backprop, node.flags, node.inputs, node.outputs, node.weight_count)
    parts.append(struct.pack("<bbiiii", *head) + _string(node.name))
    if node.type in _PLUMBING:
        parts.append(struct.pack("<I", len(node.children)))
        for child in node.children:
            _write_node(parts, child, int8)
        if node.flags & _LAYER_RATES:
            parts.append(struct.pack("<I", len(node.rates)) + np.asarray(node.rates, "<f4").tobytes())
        return
    parts.append(struct.pack(f"<{len(node.numbers)}i", *node.numbers))
    for weights in node.weights:
        parts.append(_weights(weights, int8))


def _weights(weights: Weights, int8: bool) -> bytes:
    rows, columns = weights.shape
    if not int8:
        return struct.pack("<BIId", _DOUBLE | _ADAM, rows, columns, 0.0) + weights.astype("<f8").tobytes()
    scales = np.abs(weights).max(axis=1) / 127
    values = np.rint(weights / np.where(scales == 0, 1, scales)[:, None]).astype("<i1")
    head = struct.pack("<BIIb", _DOUBLE | _ADAM | _INT8, rows, columns, 0)
    return b"".join((head, values.tobytes(), struct.pack("<I", len(scales)), scales.astype("<f8").tobytes()))
