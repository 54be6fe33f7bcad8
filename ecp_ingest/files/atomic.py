"""Writes files completely or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ecp_ingest.errors import OutputError


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` completely or not at all; make its folder if it is missing.

    Raises:
        OutputError: the file can't be written.
    """
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write ``lines``, which have no line ends, one by one to ``path``, completely or not at all.

    Raises:
        OutputError: the file can't be written.
    """
    with written_whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield an empty file in the folder of ``path``; it is synced and renamed to ``path`` if the block raises no error.

    The folder is made if it is missing.

    Raises:
        OutputError: the file can't be written, or the block raised an OSError.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name[:100]}.", delete=False) as file:
            temporary = Path(file.name)
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())  # only the owner may read a new temporary file
        temporary.replace(path)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"can't be written ({reason}): free the place or choose another folder", str(path)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def sync_folder(folder: Path) -> None:
    """Sync ``folder``: only then does the name of a new file in it survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
