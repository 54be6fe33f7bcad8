"""The kernels for 64-bit ARM, cross-compiled and run in an emulator where Debian's packages for that are installed:
gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user."""

from __future__ import annotations

import ctypes
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.page.recognition import engine
from ecp_ingest.page.recognition.engine import library, model, reading
from ecp_ingest.page.recognition.engine.traineddata import read_traineddata
from tests.support.paths import PACKAGE
from tests.support.tiny_models import SIZES, URDU, Sizes, saved, tiny_model, wavy

try:
    engine.kernels()
except engine.NoEngineError as error:
    pytest.skip(error.message, allow_module_level=True)

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
SOURCES = PACKAGE / "page/recognition/engine/c"
REPLAY = Path(__file__).parent / "replay.c"

Pixels = reading.Pixels


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which(COMPILER) or not shutil.which(EMULATOR):
        pytest.skip(f"no emulator of an ARM processor: {COMPILER} or {EMULATOR} isn't installed")
    path = tmp_path_factory.mktemp("arm") / "replay"
    sources = [str(REPLAY), *(str(source) for source in sorted(SOURCES.glob("*.c")))]
    flags = ["-O2", "-static", "-std=c11", "-ffp-contract=off", "-Wno-psabi", f"-I{SOURCES}"]
    subprocess.run([COMPILER, *flags, *sources, "-o", str(path), "-lm"], check=True)
    return path


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def block(data: bytes) -> bytes:
    return numbers(len(data)) + data


def written(path: Path, pictures: list[Pixels]) -> bytes:
    """What ``replay.c`` reads."""
    data = read_traineddata(path)
    classes = data.layers[-1].outputs
    ids = np.full(classes, -1, np.int32)
    for character, code in enumerate(data.codes):
        ids[code] = character
    out = numbers(data.height, data.sample_iteration * model._SEED_FACTOR, len(data.layers))
    for layer in data.layers:
        out += numbers(model._KINDS[layer.kind], layer.inputs, layer.outputs, layer.half_x, layer.half_y)
        out += block(layer.weights.tobytes()) + block(layer.scales.tobytes())
    out += numbers(classes, data.null_code, max(data.codes) + 1)
    out += block(np.array(list(dict.fromkeys(data.codes)), np.int32).tobytes()) + block(ids.tobytes())
    out += block(bytes(character.is_digit for character in data.characters))
    out += b"".join(block(part or b"") for part in (data.punctuation, data.words, data.numbers))
    out += numbers(len(pictures))
    return out + b"".join(numbers(*picture.shape[::-1]) + block(picture.tobytes()) for picture in pictures)


@pytest.mark.parametrize("sizes", [None, *SIZES], ids=str)
def test_same_bits_as_here(program: Path, tmp_path: Path, sizes: Sizes | None) -> None:
    path = URDU if sizes is None else saved(tmp_path, tiny_model(sizes))
    here = engine.load_model(path)
    pictures = [picture for picture in wavy(6) if picture.shape[1] / picture.shape[0] > 0.5]
    given = tmp_path / "given"
    given.write_bytes(written(path, pictures))
    ended = subprocess.run([EMULATOR, "-cpu", "max", str(program), str(given)], capture_output=True, check=True)
    kernels = ended.stderr.decode().split()
    assert kernels == ["neon-dotprod", "neon", "plain"]
    floats = library.library().line_network_row_floats(here.network.address)
    at = 0
    for kernel in kernels:
        for picture in pictures:
            expected = reading._probabilities(here, [reading._prepared(here, picture)])[0]
            steps = expected.shape[0]
            found = np.frombuffer(ended.stdout, np.float32, steps * floats, at).reshape(steps, floats)
            assert np.array_equal(found, expected), kernel
            at += found.nbytes
            letters = (library.Letter * steps).from_buffer_copy(ended.stdout, at)
            at += ctypes.sizeof(letters)
            assert_same_letters(here, expected, letters)
    assert at == len(ended.stdout)


def assert_same_letters(here: engine.Model, probabilities: reading.Probabilities, found: object) -> None:
    lib = library.library()
    steps, floats = probabilities.shape
    search = ctypes.c_void_p()
    library.check(
        lib.line_search_new(here.decoder.address, probabilities.ctypes.data, steps, floats, ctypes.byref(search))
    )
    room = (library.Letter * steps)()
    expected = reading._letters(search, 0, room)
    lib.line_search_free(search)
    assert isinstance(found, ctypes.Array)
    for ours, theirs in zip(found, expected, strict=False):
        assert (ours.id, ours.start, ours.end, ours.starts_word) == (
            theirs.id,
            theirs.start,
            theirs.end,
            theirs.starts_word,
        )
        assert abs(ours.certainty - theirs.certainty) < 1e-5  # the logarithm is the C library's
