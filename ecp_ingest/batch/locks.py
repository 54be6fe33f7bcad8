"""Two runs into one output folder: each source is worked on by one of them at a time.

A lock covers one byte of one small hidden file, at an offset computed from the source's target (POSIX record locks,
which work on NFS too). The system releases it when the process ends, however it ends. On a file system without such
locks, or when a run opens the file at the moment at which another run deletes it, every source can be taken: then two
runs do the same work and write the same bytes. No file is ever written in part.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from ecp_ingest.files.digests import text_digest

NAME = ".ecp-ingest.lock"


class SourceLocks:
    """The locks of one run in ``folder``; None: nothing is locked. A process has one such object at a time."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder is not None else None
        self._handle: int | None = None
        self._taken: set[str] = set()
        if self._path is not None:
            with contextlib.suppress(OSError):  # a folder without write permission is reported when a record is written
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    @property
    def shared(self) -> bool:
        """Whether locks work here, so that another run may share the folder."""
        return self._handle is not None

    def take(self, target: str) -> bool:
        """Lock ``target`` until `free`; False if another run has locked it."""
        if self._handle is None:
            return True
        try:
            fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(target))
        except (BlockingIOError, PermissionError):
            return False
        except OSError:  # a file system without locks
            return True
        self._taken.add(target)
        return True

    def free(self, target: str) -> None:
        if self._handle is not None and target in self._taken:
            self._taken.remove(target)
            with contextlib.suppress(OSError):  # the end of the process releases it anyway
                fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, _offset(target))

    def close(self) -> None:
        """Release all locks; the last run deletes the file."""
        if self._handle is not None and self._path is not None:
            with contextlib.suppress(OSError):  # another run holds a lock
                fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._path.unlink()
            os.close(self._handle)
            self._handle = None


def _offset(target: str) -> int:
    """The byte of ``target``, one of 2⁶². Two targets hardly ever share one; then one waits for the other."""
    return int(text_digest(target)[:16], 16) >> 2
