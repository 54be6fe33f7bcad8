"""Models that the engine refuses say why, with the file; damaged ones do no harm."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.page.recognition import engine
from ecp_ingest.page.recognition.engine.traineddata import CHARACTERS, NETWORK, RECODER, read_traineddata
from tests.support.tiny_models import URDU, Sizes, character_set, container, layer, saved, several, tiny_model

TINY = tiny_model(Sizes())

try:
    engine.kernels()
except engine.NoEngineError as error:
    pytest.skip(error.message, allow_module_level=True)


def parts_of(data: bytes) -> dict[int, bytes]:
    (count,) = struct.unpack_from("<i", data)
    offsets = struct.unpack_from(f"<{count}q", data, 4)
    here = sorted(offset for offset in offsets if offset >= 0)
    ends = dict(zip(here, [*here[1:], len(data)], strict=True))
    return {place: data[offset : ends[offset]] for place, offset in enumerate(offsets) if offset >= 0}


def changed(place: int, new: bytes | None) -> bytes:
    parts = parts_of(TINY)
    del parts[place]
    return container(parts if new is None else {**parts, place: new})


def with_layer(new: bytes) -> bytes:
    """The tiny model's network with one layer in place of all."""
    head = layer("Input", 30, 1, struct.pack("<iiiii", 1, 30, 0, 1, 0))
    return changed(NETWORK, several("Series", 30, 9, [head, new, new, new, new]))


def test_what_is_read_of_a_model() -> None:
    model = engine.load_model(URDU)
    assert (model.height, model.step, model.classes) == (64, 3, 190)
    assert model.spec.startswith("[1,64,0,1Ct3,3,16Mp3,3Lfys64")
    assert model.class_texts[0] == " "
    assert "ے" in model.class_texts


REFUSED = {
    "no traineddata": (b"hello, world", "no traineddata file"),
    "empty": (b"", "is damaged"),
    "no network": (changed(NETWORK, None), "has no LSTM network"),
    "no recoder": (changed(RECODER, None), "has no LSTM recoder"),
    "no characters": (changed(CHARACTERS, None), "has no LSTM character set"),
    "floats": (
        with_layer(layer("Softmax", 9, 9, struct.pack("<BIId", 128, 1, 1, 0.0))),
        "its weights aren't 8-bit integers",
    ),
    "old": (with_layer(layer("Softmax", 9, 9, b"\x01")), "Tesseract 4.0 beta"),
    "2-D": (with_layer(layer("LSTM", 9, 9, struct.pack("<i", 27))), "2-D LSTM"),
    "unknown layer": (with_layer(layer("Reconfig", 9, 9, b"")), "a layer of the kind Reconfig"),
    "several codes": (
        changed(RECODER, struct.pack("<Ibiii", 1, 1, 2, 5, 6)),
        "uses 2 codes for a character",
    ),
    "no spaces": (
        changed(CHARACTERS, "\n".join(["2", "NULL 0 Common 0", "一 1 0,1,0,1,0,0,0,0,0,0 Han 1 0 1 一"]).encode()),
        "a script without spaces",
    ),
    "no first space": (changed(CHARACTERS, "\n".join(["58", *character_set()[1:], "x 0 Common 0"]).encode()), "space"),
    "colour": (
        changed(
            NETWORK,
            several("Series", 30, 9, [layer("Input", 30, 3, struct.pack("<iiiii", 1, 30, 0, 3, 0))] * 5)
            + struct.pack("<Iiiii", 0, 65, 0, 0, 0),
        ),
        "input is 30 × 0 × 3",
    ),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(tmp_path: Path, data: bytes, why: str) -> None:
    path = saved(tmp_path, data)
    with pytest.raises(engine.UnsupportedModelError, match=why) as refusal:
        engine.load_model(path)
    assert refusal.value.file == str(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        engine.load_model(tmp_path / "none.traineddata")


def test_cut_off_anywhere(tmp_path: Path) -> None:
    for end in [*range(0, 400, 7), *range(400, len(TINY), 997)]:
        with pytest.raises(engine.UnsupportedModelError):
            engine.load_model(saved(tmp_path, TINY[:end]))


def test_damaged_anywhere(tmp_path: Path) -> None:
    """It is refused, or it reads something; `fuzz_engine` does this with more patience, and a sanitiser."""
    random = np.random.default_rng(1)
    picture = np.full((30, 200), 255, np.uint8)
    picture[8:20, ::7] = 0
    for _ in range(150):
        data = np.frombuffer(TINY, np.uint8).copy()
        data[random.integers(0, 1500 if random.random() < 0.7 else len(data), 3)] = random.integers(0, 256, 3)
        try:
            model = engine.load_model(saved(tmp_path, data.tobytes()))
        except engine.UnsupportedModelError:
            continue
        engine.read_line(model, picture)


def test_layers_in_their_order() -> None:
    kinds = [layer.kind for layer in read_traineddata(URDU).layers]
    assert kinds == ["convolve", "maxpool", "column", "forward", "reversed", "forward", "softmax"]
