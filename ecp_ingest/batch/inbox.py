"""A folder in which files arrive at any time: which of them are complete.

The folder is listed again and again. That works on every file system, including network shares, on which notifications
do not work.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ecp_ingest.batch.discover import is_candidate
from ecp_ingest.files.locations import Place

UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".download", ".crdownload", ".filepart")
"""Endings of what a program is still copying. Files with them are no sources anyway; folders with them are skipped."""


class FileState(NamedTuple):
    """Size and times of a file. They change with its content, also when an older file replaces it."""

    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """Nanoseconds: last change of its content, name or permissions."""


@dataclass(slots=True)
class Inbox:
    """The files that arrive below ``folder``: each is reported once, and again whenever it has changed."""

    folder: Path
    output: Place
    settle: float
    """Seconds for which a file must not have changed."""
    _seen: dict[str, tuple[FileState, float]] = field(default_factory=dict)
    """Files not yet reported → their state, and since when they have had it (seconds)."""
    _reported: dict[str, FileState] = field(default_factory=dict)

    def arrived(self, now: float) -> set[Path]:
        """The files that are complete and not yet reported. ``now`` is in seconds.

        Raises:
            OSError: the folder can't be listed.
        """
        there = dict(self._files())
        self._reported = {path: state for path, state in self._reported.items() if path in there}
        seen = {}
        complete = set()
        for path, state in there.items():
            if self._reported.get(path) == state:
                continue
            before, since = self._seen.get(path, (state, now))
            if before != state:
                since = now
            if now - since >= self.settle and not is_open_for_writing(path):
                complete.add(Path(path))
                self._reported[path] = state
            else:
                seen[path] = (state, since)
        self._seen = seen
        return complete

    def put_back(self, path: Place, until: float) -> None:
        """Report ``path`` again after the time ``until`` (seconds), even if it does not change."""
        state = self._reported.pop(str(path), None)
        if state is not None:
            self._seen[str(path)] = (state, until)

    def _files(self) -> Iterator[tuple[str, FileState]]:
        avoid = os.path.realpath(self.output) if isinstance(self.output, Path) else None
        top = os.path.realpath(self.folder)
        folders = [str(self.folder)]
        while folders:
            try:
                entries = os.scandir(folders.pop())
            except OSError:
                if not self.folder.is_dir():
                    raise
                continue  # deleted meanwhile, or no permission: go on with the others
            with entries:
                for entry in entries:
                    if entry.name.startswith((".", "~")):
                        continue
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            inside = os.path.realpath(entry.path)
                            if not entry.name.lower().endswith(UNFINISHED_ENDINGS) and (
                                inside != avoid or avoid == top
                            ):
                                folders.append(entry.path)
                        elif is_candidate(Path(entry.name)):
                            stat = entry.stat()
                            yield entry.path, FileState(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                    except OSError:  # deleted meanwhile
                        continue


def is_open_for_writing(path: str) -> bool:
    """Whether a program has the file open for writing; False also if that can't be found out.

    On Linux, on local disks and for the user's own files it can: then a read lease is refused (fcntl(2)).
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # If a program opens the file while the lease is held, the kernel sends a signal to this process. The default
        # one would end it; SIGURG is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False
