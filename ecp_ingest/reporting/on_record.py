"""Records handed on while the batch runs: a command of the user's for each, as soon as it is written.

The command runs beside the recognition, a few at once, and can neither slow it down for long nor stop it: what goes
wrong is told, counts for the exit code, and the next record's turn comes. At the end all have finished.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

from ecp_ingest.batch.events import Event, Finished
from ecp_ingest.errors import MissingProgramError, UsageError
from ecp_ingest.files.locations import Place

AT_ONCE = 2
LIMIT = 60.0
"""Seconds that a command may take for one record."""
HERE = "{}"
"""Stands for the record's path."""

_TOLD = 2000
"""Bytes at the end of what a command printed that are shown if it fails."""


class Feed:
    """Hears of a batch; ``command`` is split as a shell would do it, but no shell runs it. Empty: nothing is done.

    A record's absolute path (or its URL) takes the place of ``{}``, or comes last where there is none. Sources that
    were done before are passed by. Raises UsageError where ``command`` can't be split, MissingProgramError where there
    is no such program.
    """

    def __init__(
        self, command: str, *, say: Callable[[str], None], limit: float = LIMIT, at_once: int = AT_ONCE
    ) -> None:
        self._words = _split(command)
        self._say, self._limit = say, limit
        self._threads = ThreadPoolExecutor(at_once, "feed")
        self._changes = threading.Condition()
        self._waiting: dict[str, None] = {}
        """Records whose turn hasn't come, in order."""
        self._running: set[subprocess.Popen[bytes]] = set()
        self._begun = 0
        self._stopped = False
        self._failed = 0

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish(0)

    def tell(self, event: Event) -> None:
        if not self._words or not isinstance(event, Finished) or event.outcome.status in ("skipped", "kept"):
            return
        for path in event.outcome.written:
            name = _name(path)
            with self._changes:
                self._waiting[name] = None
            self._threads.submit(self._run, name)

    def finish(self, exit_code: int) -> int:
        """Wait for all; the exit code of the batch, which is 1 where all else was well and a command failed.

        An interrupt ends what still runs, and names the records whose turn never came.
        """
        try:
            with self._changes:
                self._changes.wait_for(lambda: not self._waiting and not self._begun)
        except KeyboardInterrupt:
            self._stop()
        self._threads.shutdown(wait=False)
        return exit_code or (1 if self._failed else 0)

    def _stop(self) -> None:
        with self._changes:
            self._stopped = True
            for process in self._running:
                _kill(process)
            self._changes.wait_for(lambda: not self._begun)
            for name in self._waiting:
                self._complain(name, "was not run: interrupted")
            self._waiting.clear()

    def _run(self, name: str) -> None:
        with self._changes:
            if self._stopped or name not in self._waiting:  # written again before its turn came: once is enough
                return
            del self._waiting[name]
            self._begun += 1
        words = [word.replace(HERE, name) for word in self._words]
        words += [name] if words == self._words else []
        try:
            with tempfile.TemporaryFile() as printed:
                problem = self._what_went_wrong(words, printed)
                if problem:
                    self._complain(name, problem + _last_words(printed))
        finally:
            with self._changes:
                self._begun -= 1
                self._changes.notify_all()

    def _what_went_wrong(self, words: list[str], printed: IO[bytes]) -> str:
        """Empty if nothing did."""
        with self._changes:
            if self._stopped:
                return "was not run: interrupted"
            try:
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=printed,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C is for the batch; and a script ends with all that it runs
                )
            except OSError as error:
                return f"can't be run: {error.strerror or error}"
            self._running.add(process)
        try:
            code = process.wait(self._limit)
        except subprocess.TimeoutExpired:
            _kill(process)
            return f"took longer than {self._limit:g} s and was ended"
        finally:
            with self._changes:
                self._running.discard(process)
        if code and self._stopped:
            return "was ended: interrupted"
        return f"ended with exit code {code}" if code else ""

    def _complain(self, name: str, problem: str) -> None:
        with self._changes:
            self._failed += 1
        self._say(f"{name}: {self._words[0]} {problem}")


def _split(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--on-record {command}: {error}; put quotes where a shell would need them") from error
    if words and shutil.which(words[0]) is None:
        raise MissingProgramError(f"--on-record: there is no program {words[0]}: install it, or give its whole path")
    return words


def _name(path: Place) -> str:
    return str(path.absolute()) if isinstance(path, Path) else str(path)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_words(printed: IO[bytes]) -> str:
    size = printed.seek(0, os.SEEK_END)
    printed.seek(max(0, size - _TOLD))
    text = printed.read().decode(errors="replace").strip()
    return f":\n{text}" if text else ""
