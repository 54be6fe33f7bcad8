"""Two runs into one output folder: each source is worked on by one of them at a time.

A claim is a lock on one byte of one small hidden file, at an offset that the source's target gives (POSIX record
locks, which NFS knows too). The system lets go of it when the process ends, however it ends. Where there are no such
locks, or when a run just opens the file that another one takes away, everything is free to take: two runs then do the
same work and write the same bytes, whole.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from ecp_ingest.files.digests import text_digest

NAME = ".ecp-ingest.lock"


class Claims:
    """Those of one run in ``folder``; None: of a run that has nothing to lock. A process has one at a time."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder is not None else None
        self._handle: int | None = None
        self._taken: set[str] = set()
        if self._path is not None:
            with contextlib.suppress(OSError):  # a folder that can't be written to says so when a record goes there
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    @property
    def shared(self) -> bool:
        """Whether another run can be told from this one."""
        return self._handle is not None

    def take(self, target: str) -> bool:
        """Whether nobody else works on ``target``; then it is this run's until `free`."""
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
            with contextlib.suppress(OSError):  # at the end of the process it is free anyway
                fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, _offset(target))

    def close(self) -> None:
        """Free all; the last run takes the file away."""
        if self._handle is not None and self._path is not None:
            with contextlib.suppress(OSError):  # another run has a claim there
                fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._path.unlink()
            os.close(self._handle)
            self._handle = None


def _offset(target: str) -> int:
    """Of 2⁶²: two targets meet there hardly ever, and would only wait for each other."""
    return int(text_digest(target)[:16], 16) >> 2
