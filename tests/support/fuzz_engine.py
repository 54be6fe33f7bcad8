"""Damaged models, absurd pictures and senseless sizes for the built-in engine, under the address and
undefined-behaviour sanitisers.

    python tests/support/fuzz_engine.py [SECONDS] [SEED]

The C part is built anew with ``-fsanitize`` (``CC``, else cc), and a second Python is started with it. Whatever the
sanitisers find ends that Python with their report.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[2]))

from ecp_ingest.page.recognition import engine
from ecp_ingest.page.recognition.engine import library, traineddata
from tests.support.paths import PACKAGE
from tests.support.tiny_models import URDU, Sizes, saved, tiny_model

SOURCES = PACKAGE / "page/recognition/engine/c"
FLAGS = ("-O1", "-g", "-std=c11", "-fPIC", "-shared", "-ffp-contract=off", "-fno-sanitize-recover=all", "-Wno-psabi")

Random = np.random.Generator


def sanitised_library(folder: Path) -> tuple[Path, str] | None:
    """The library, and what must be loaded before Python; None where the compiler has no sanitisers."""
    compiler = os.environ.get("CC", "cc")
    library_path = folder / "sanitised.so"
    sources = [str(path) for path in sorted(SOURCES.glob("*.c"))]
    command = [compiler, *FLAGS, "-fsanitize=address,undefined", *sources, "-o", str(library_path), "-lm"]
    try:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        names = [
            subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout
            for name in ("libasan.so", "libubsan.so")
        ]
    except OSError:
        return None
    return library_path, ":".join(name.strip() for name in names)


def run_sanitised(seconds: float, seed: int) -> subprocess.CompletedProcess[str] | None:
    """None where the compiler has no sanitisers."""
    with tempfile.TemporaryDirectory() as folder:
        built = sanitised_library(Path(folder))
        if built is None:
            return None
        path, preload = built
        environment = {
            **os.environ,
            "LD_PRELOAD": preload,
            "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",  # Python itself frees not all
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
        command = [sys.executable, __file__, str(seconds), str(seed), "--library", str(path)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# ── inside ────────────────────────────────────────────────────────────────────────────────────────────────────────


def damaged(data: bytes, random: Random) -> bytes:
    changed = np.frombuffer(data, np.uint8).copy()
    for _ in range(int(random.integers(1, 6))):
        # Sizes and kinds of layers stand at the beginning, word lists and characters at the end.
        start, end = [(0, 1500), (0, len(data)), (len(data) * 3 // 4, len(data))][int(random.integers(3))]
        at = int(random.integers(start, max(start + 1, min(end, len(data)))))
        match int(random.integers(4)):
            case 0:
                changed[at] = random.integers(256)
            case 1:
                changed[at] ^= 1 << int(random.integers(8))
            case 2:
                changed[at : at + 4] = np.frombuffer(b"\xff\xff\xff\x7f", np.uint8)[: len(changed[at : at + 4])]
            case _:
                changed = changed[: max(1, at)] if random.random() < 0.1 else changed
        if at >= len(changed):
            break
    return changed.tobytes()


def absurd_picture(random: Random) -> npt.NDArray[np.uint8]:
    sides = (1, 2, 3, 4, 17, 36, 64, 65, 128, 300, 1024, 1500)
    height, width = (int(random.choice(sides)) for _ in range(2))
    kind = int(random.integers(3))
    if kind == 0:
        return np.full((height, width), int(random.integers(256)), np.uint8)
    picture = random.integers(0, 256, (height, width)).astype(np.uint8)
    return picture if kind == 1 else np.ascontiguousarray(picture[:: max(1, height // 9)])


def read_damaged(folder: Path, models: list[bytes], random: Random) -> None:
    path = saved(folder, damaged(models[int(random.integers(len(models)))], random))
    try:
        model = engine.load_model(path, kernel=str(random.choice(engine.kernels())))
    except (engine.UnsupportedModelError, MemoryError):
        return
    pictures = [absurd_picture(random) for _ in range(3)]
    pictures = [picture for picture in pictures if picture.shape[1] / picture.shape[0] < 40]
    engine.read_lines(model, pictures, others=5, probabilities=True)


def senseless_layers(random: Random) -> None:
    """Straight to C, past all that Python checks."""
    lib = library.library()
    count = int(random.integers(0, 9))
    weights, scales = random.integers(-128, 128, 6000).astype(np.int8), random.uniform(0, 1e-3, 600)
    layers = (library.Layer * max(1, count))()
    kinds = [*[1, 2, 3, *([4, 5] * 4)][: max(0, count - 1)], 6]
    size = 1
    for number, one in enumerate(layers):
        outputs = int(random.integers(1, 9)) if random.random() < 0.97 else int(random.integers(-(2**31), 2**31))
        one.kind = kinds[number] if random.random() < 0.97 else int(random.integers(-3, 9))
        one.inputs, one.outputs = size, outputs
        one.half_x, one.half_y = (int(random.integers(0, 3)) for _ in range(2))
        if one.kind == 2:
            one.half_x, one.half_y, one.outputs = 2, 3, size
        own = 0 if one.kind in {1, 6} else outputs
        given = (2 * one.half_x + 1) * (2 * one.half_y + 1) if one.kind == 1 else size + own
        gates = 1 if one.kind in {1, 6} else 4
        one.weight_count = min(6000, max(0, gates * outputs * (given + 1)))
        one.scale_count = min(600, max(0, gates * outputs))
        one.weights, one.scales = weights.ctypes.data, scales.ctypes.data
        size = one.outputs
    made = ctypes.c_void_p()
    kernel = int(random.integers(-2, 5))
    status = lib.line_network_new(layers, count, int(random.integers(-1, 70)), 7, kernel, ctypes.byref(made))
    if status == library.OK:
        lib.line_network_free(made.value)


def senseless_search(lists: list[bytes], random: Random) -> None:
    lib = library.library()
    classes, characters = int(random.integers(1, 60)), int(random.integers(1, 200))
    ids = random.integers(-1, characters, classes).astype(np.int32)
    order = random.permutation(classes).astype(np.int32)[: int(random.integers(1, classes + 1))]
    digits = random.integers(0, 2, characters).astype(np.uint8)
    given = [damaged(part, random) if random.random() < 0.8 else part for part in lists]
    made = ctypes.c_void_p()
    status = lib.line_decoder_new(
        *(classes, int(random.integers(-1, classes + 1)), int(random.integers(0, 300))),
        *(order.ctypes.data, order.size, ids.ctypes.data, digits.ctypes.data, characters),
        *(value for part in given for value in (part, len(part))),
        ctypes.byref(made),
    )
    if status != library.OK:
        return
    decoder = library.Handle(made.value, lib.line_decoder_free)
    steps = int(random.integers(1, 80))
    probabilities = random.dirichlet(np.full(classes, random.choice([0.01, 0.1, 1])), steps).astype(np.float32)
    if random.random() < 0.2:
        probabilities[:] = random.choice([0, 1, 1 / classes, np.nan, np.inf, -1])
    search = ctypes.c_void_p()
    status = lib.line_search_new(decoder.address, probabilities.ctypes.data, steps, classes, ctypes.byref(search))
    if status == library.OK:
        letters, count = (library.Letter * steps)(), ctypes.c_int32()
        for reading in range(-1, lib.line_search_readings(search) + 1):
            lib.line_search_letters(search, reading, letters, steps, ctypes.byref(count))
            assert 0 <= count.value <= steps
            assert all(0 <= letter.start <= letter.end <= steps for letter in letters[: count.value])
        lib.line_search_free(search)


def fuzz(seconds: float, seed: int) -> int:
    random = np.random.default_rng(seed)
    models = [tiny_model(Sizes(seed=n)) for n in range(3)]
    models += [tiny_model(Sizes(height=20, convolution=(2, 0, 3), pool=(2, 5), column=5, along=(7, -3, 2), seed=4))]
    real = traineddata.read_traineddata(URDU)
    lists = [real.punctuation or b"", real.words or b"", real.punctuation or b""]
    rounds, end = 0, time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            read_damaged(Path(folder), models if rounds % 20 else [URDU.read_bytes()], random)
            for _ in range(5):
                senseless_layers(random)
            senseless_search(lists, random)
            rounds += 1
    return rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=float, nargs="?", default=60)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--library", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.library:
        library.NAME = asked.library
        print(f"{fuzz(asked.seconds, asked.seed)} rounds with seed {asked.seed}")
        return 0
    ended = run_sanitised(asked.seconds, asked.seed)
    if ended is None:
        print("this compiler has no sanitisers", file=sys.stderr)
        return 3
    print(ended.stdout + ended.stderr)
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
