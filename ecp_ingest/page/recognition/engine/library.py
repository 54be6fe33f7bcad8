"""The C part of the engine (``c/line_engine.h``) as Python functions. ctypes lets other threads run meanwhile."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_float, c_int32, c_int64, c_uint64, c_void_p
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecp_ingest.page.recognition.engine.errors import NoEngineError, UnreadableLineError, UnsupportedModelError

NAME = "_line_engine.so"
"""Beside this module. Also on macOS: no linker looks for it, ctypes is told where it is."""
INTERFACE = 1
"""Of ``line_engine.h``: a library with other signatures must not be called."""

OK, NO_MEMORY, BAD_MODEL, BAD_INPUT, NO_KERNEL = range(5)


class Layer(ctypes.Structure):
    _fields_ = (
        ("kind", c_int32),
        ("inputs", c_int32),
        ("outputs", c_int32),
        ("half_x", c_int32),
        ("half_y", c_int32),
        ("weight_count", c_int64),
        ("scale_count", c_int64),
        ("weights", c_void_p),
        ("scales", c_void_p),
    )


class Letter(ctypes.Structure):
    _fields_ = (
        ("id", c_int32),
        ("start", c_int32),
        ("end", c_int32),
        ("certainty", c_float),
        ("starts_word", c_int32),
    )


_SIGNATURES: dict[str, tuple[type | None, list[Any]]] = {
    "line_engine_interface": (c_int32, []),
    "line_kernel_count": (c_int32, []),
    "line_kernel_name": (c_char_p, [c_int32]),
    "line_kernel_runs": (c_int32, [c_int32]),
    "line_prepared_width": (c_int32, [c_int32, c_int32, c_int32]),
    "line_prepare": (c_int32, [c_void_p, c_int32, c_int32, c_int32, c_void_p, c_int32]),
    "line_network_new": (c_int32, [POINTER(Layer), c_int32, c_int32, c_uint64, c_int32, POINTER(c_void_p)]),
    "line_network_free": (None, [c_void_p]),
    "line_network_kernel": (c_int32, [c_void_p]),
    "line_network_step_width": (c_int32, [c_void_p]),
    "line_network_classes": (c_int32, [c_void_p]),
    "line_network_row_floats": (c_int32, [c_void_p]),
    "line_network_read": (c_int32, [c_void_p, c_int32, POINTER(c_void_p), POINTER(c_int32), POINTER(c_void_p)]),
    "line_decoder_new": (
        c_int32,
        [
            *(c_int32, c_int32, c_int32, c_void_p, c_int32, c_void_p, c_void_p, c_int32),
            *(c_char_p, c_int64) * 3,
            POINTER(c_void_p),
        ],
    ),
    "line_decoder_free": (None, [c_void_p]),
    "line_search_new": (c_int32, [c_void_p, c_void_p, c_int32, c_int32, POINTER(c_void_p)]),
    "line_search_free": (None, [c_void_p]),
    "line_search_readings": (c_int32, [c_void_p]),
    "line_search_score": (c_float, [c_void_p, c_int32]),
    "line_search_letters": (c_int32, [c_void_p, c_int32, POINTER(Letter), c_int32, POINTER(c_int32)]),
}


class Handle:
    """Something that C made; it is freed when nobody holds it any more."""

    __slots__ = ("__weakref__", "address")

    def __init__(self, address: int | None, free: Callable[[int], None]) -> None:
        if address is None:
            raise MemoryError
        self.address = address
        weakref.finalize(self, free, address)


def library() -> ctypes.CDLL:
    """Raises NoEngineError where the C part wasn't built, or can't be loaded."""
    loaded = _loaded(Path(__file__).parent / NAME)
    if isinstance(loaded, str):
        raise NoEngineError(loaded)
    return loaded


@lru_cache
def _loaded(path: Path) -> ctypes.CDLL | str:
    """The library at ``path``, or why there is none."""
    if not path.is_file():
        return "the built-in engine wasn't built when this package was installed: install a C compiler, and it again"
    try:
        found = ctypes.CDLL(str(path))
        if found.line_engine_interface() != INTERFACE:
            return f"{path} is of another version: install ecp-ingest again"
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        return f"{path} can't be loaded: {error}"
    return found


def kernels() -> tuple[str, ...]:
    """Names of the kernels that this processor runs, the fastest first."""
    lib = library()
    return tuple(lib.line_kernel_name(k).decode() for k in range(lib.line_kernel_count()) if lib.line_kernel_runs(k))


def kernel_number(name: str | None) -> int:
    """-1, the best one, if ``name`` is None. Raises NoEngineError where this processor doesn't run it."""
    if name is None:
        return -1
    lib = library()
    for number in range(lib.line_kernel_count()):
        if lib.line_kernel_name(number).decode() == name and lib.line_kernel_runs(number):
            return number
    raise NoEngineError(f"this processor doesn't run the kernel '{name}'; it runs {', '.join(kernels())}")


def check(status: int) -> None:
    """Raise what a ``line_status`` stands for."""
    if status == NO_MEMORY:
        raise MemoryError
    if status == BAD_MODEL:
        raise UnsupportedModelError("its sizes or values don't fit together")
    if status == BAD_INPUT:
        raise UnreadableLineError("the picture of a line is too large, or empty")
    if status == NO_KERNEL:
        raise NoEngineError("this processor doesn't run the kernel that was asked for")
