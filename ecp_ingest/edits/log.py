"""The log of edits: one JSON object a line, appended and synced before the edit is confirmed.

Nothing in it is ever changed or removed. A line that was cut off when the machine stopped was never confirmed: it
stays, gets a line end, and is skipped.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.edits.decisions import Edit, from_line, to_line
from ecp_ingest.errors import OutputError
from ecp_ingest.files.atomic import sync_folder


@dataclass(frozen=True, slots=True)
class Log:
    edits: tuple[Edit, ...] = ()
    damaged: tuple[int, ...] = ()
    """1-based numbers of lines that hold no edit."""


def read_log(path: Path) -> Log:
    """All edits so far; none where there is no log.

    Raises:
        OutputError: the log can't be read.
    """
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return Log()
    except OSError as error:
        raise OutputError(f"this log of edits can't be read: {error.strerror or error}", str(path)) from error
    edits, damaged = [], []
    for number, line in enumerate(written.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            edits.append(from_line(line.decode()))
        except ValueError:  # cut off, or no edit
            damaged.append(number)
    return Log(tuple(edits), tuple(damaged))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock the log: no other thread or process appends to it meanwhile.

    Raises:
        OutputError: the log can't be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise OutputError(f"this log of edits can't be written: {error.strerror or error}", str(path)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def append(path: Path, edit: Edit) -> None:
    """Append the edit and sync the log. To be called while the log is ``locked``.

    Raises:
        OutputError: the edit couldn't be written, and doesn't count.
    """
    try:
        with path.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
            cut_off = end > 0 and file.read(1) != b"\n"
            file.seek(end)
            file.write((b"\n" if cut_off else b"") + to_line(edit).encode(errors="surrogatepass"))
            file.flush()
            os.fsync(file.fileno())
        if end == 0:
            sync_folder(path.parent)
    except OSError as error:
        raise OutputError(
            f"the edit couldn't be written and was not taken ({error.strerror or error}): free the place and repeat it",
            str(path),
        ) from error
