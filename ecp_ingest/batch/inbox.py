"""A folder into which files come at any time: which of them are there whole.

It is looked at again and again, which works on every file system, network shares too, where notifications don't.
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

ON_THEIR_WAY = (".part", ".partial", ".tmp", ".download", ".crdownload", ".filepart")
"""Endings that programs give to what they are still copying: files have no known ending then, folders do."""


class Look(NamedTuple):
    """What a file looks like from outside. Changes with its content, also when an older file replaces it."""

    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """Nanoseconds: of its content, its name or its rights."""


@dataclass(slots=True)
class Inbox:
    """What arrives below ``folder``, each file once, and once more whenever it has changed."""

    folder: Path
    output: Place
    settle: float
    """Seconds that a file must have looked the same."""
    _seen: dict[str, tuple[Look, float]] = field(default_factory=dict)
    """Files that weren't taken yet → how they look, and since when."""
    _taken: dict[str, Look] = field(default_factory=dict)

    def arrived(self, now: float) -> set[Path]:
        """The files that are whole and weren't taken yet; they are taken now. ``now`` is in seconds.

        Raises OSError where the folder can't be looked into.
        """
        there = dict(self._files())
        self._taken = {path: look for path, look in self._taken.items() if path in there}
        seen = {}
        whole = set()
        for path, look in there.items():
            if self._taken.get(path) == look:
                continue
            before, since = self._seen.get(path, (look, now))
            if before != look:
                since = now
            if now - since >= self.settle and not is_open_for_writing(path):
                whole.add(Path(path))
                self._taken[path] = look
            else:
                seen[path] = (look, since)
        self._seen = seen
        return whole

    def put_back(self, path: Place, until: float) -> None:
        """Take ``path`` once more, as it is, after the time ``until``."""
        look = self._taken.pop(str(path), None)
        if look is not None:
            self._seen[str(path)] = (look, until)

    def _files(self) -> Iterator[tuple[str, Look]]:
        avoid = os.path.realpath(self.output) if isinstance(self.output, Path) else None
        top = os.path.realpath(self.folder)
        folders = [str(self.folder)]
        while folders:
            try:
                entries = os.scandir(folders.pop())
            except OSError:
                if not self.folder.is_dir():
                    raise
                continue  # gone since it was seen, or nobody lets us in; the others count
            with entries:
                for entry in entries:
                    if entry.name.startswith((".", "~")):
                        continue
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            inside = os.path.realpath(entry.path)
                            if not entry.name.lower().endswith(ON_THEIR_WAY) and (inside != avoid or avoid == top):
                                folders.append(entry.path)
                        elif is_candidate(Path(entry.name)):
                            told = entry.stat()
                            yield entry.path, Look(told.st_size, told.st_mtime_ns, told.st_ctime_ns)
                    except OSError:  # gone since it was seen
                        continue


def is_open_for_writing(path: str) -> bool:
    """Whether some program has the file open to write to it; False also where that can't be told.

    It can on Linux, on local disks, for files of our own: a lease to read is refused then (fcntl(2)).
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # Should someone open it in this very moment, the kernel tells the lease's holder by a signal; by default
        # one that ends the process. This one is ignored.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False
