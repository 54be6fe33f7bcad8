"""Builds the engine's C part, ``ecp_ingest/page/recognition/engine/c``, into the package with one compiler call.

Every kernel is compiled whatever this machine is; which one runs is decided at run time. ctypes calls the library, so
one wheel serves every Python of a platform: ``py3-none-<platform>``. Where there is no compiler, or it fails, the
package is installed without the library and reads with Tesseract.

``python hatch_build.py`` builds the library into a checkout: .ci/set-up does that whenever a source is newer.

Environment: ``CC``, ``CFLAGS``, ``LDFLAGS`` and ``ARCHFLAGS`` as usual; ``ECP_INGEST_ENGINE``: ``require`` makes a
failure an error (for wheels), ``skip`` builds nothing.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a program, in an environment without hatchling
    BuildHookInterface = object  # type: ignore[assignment,misc]

PLACE = "ecp_ingest/page/recognition/engine"
NAME = "_line_engine.so"
FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-psabi")
EXACT = ("-ffp-contract=off", "-fno-fast-math")
"""Behind the user's own flags: with fused multiply-add or reordered sums, kernels would differ from Tesseract."""


class EngineHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        wanted = os.environ.get("ECP_INGEST_ENGINE", "")
        if self.target_name != "wheel" or wanted == "skip":
            return
        source = Path(self.root, PLACE)
        # An editable installation finds the library where its sources are.
        folder = source if version == "editable" else Path(tempfile.mkdtemp(prefix="ecp_ingest_engine_"))
        problem = build(source / "c", folder / NAME)
        if problem and wanted == "require":
            raise RuntimeError(f"the built-in engine can't be built: {problem}")
        if problem:
            self.app.display_warning(f"the built-in engine isn't built, Tesseract will be used: {problem}")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag()}"
        if version != "editable":
            build_data["force_include"][str(folder / NAME)] = f"{PLACE}/{NAME}"


def build(sources: Path, library: Path) -> str:
    """Compile and try it; what went wrong, or nothing."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    own = [flag for name in ("CFLAGS", "ARCHFLAGS") for flag in shlex.split(os.environ.get(name, ""))]
    files = [str(path) for path in sorted(sources.glob("*.c"))]
    new = library.with_suffix(".new")  # a library that is in use must not change
    linked = [*shlex.split(os.environ.get("LDFLAGS", "")), "-lm"]
    command = [*compiler, *FLAGS, *own, *EXACT, *files, "-o", str(new), *linked]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{compiler[0]}: {error.strerror}"
    if made.returncode:
        last = made.stderr.strip().splitlines()[-1:]
        return f"{shlex.join(compiler)} ended with {made.returncode}: {''.join(last)}"
    try:
        if not is_for_another_processor(own):
            ctypes.CDLL(str(new)).line_engine_interface()
        new.replace(library)
    except (OSError, AttributeError) as error:
        return f"what {shlex.join(compiler)} made can't be loaded: {error}"
    return ""


def is_for_another_processor(flags: list[str]) -> bool:
    return "-arch" in flags and platform.machine() not in flags


def platform_tag() -> str:
    """As wheels name it. A macOS Python for two processors builds for the one it runs on, unless told otherwise."""
    flags = shlex.split(os.environ.get("ARCHFLAGS", ""))
    asked = [after for flag, after in pairwise(flags) if flag == "-arch"]
    machine = "universal2" if len(asked) > 1 else asked[0] if asked else platform.machine()
    return sysconfig.get_platform().replace("universal2", machine).replace("-", "_").replace(".", "_")


def main() -> None:
    """Build into the checkout; where that fails, say why: the program works without it."""
    folder = Path(__file__).parent / PLACE
    if os.environ.get("ECP_INGEST_ENGINE", "") != "skip" and (problem := build(folder / "c", folder / NAME)):
        sys.exit(f"the built-in engine isn't built: {problem}")


if __name__ == "__main__":
    main()
