"""Runs the user's command (``--on-record``) for each record as soon as it is written.

A few commands run at the same time, beside the recognition. They can neither slow it down for long nor stop it: a
failure gives a message and counts for the exit code, and the next record follows. The batch ends when all have ended.
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

MOST_RUNNING = 2
"""Commands at the same time."""
TIMEOUT = 60.0
"""Seconds that the command may take for one record."""
PLACEHOLDER = "{}"
"""Stands for the record's path."""

_SHOWN = 2000
"""Bytes of a failed command's output that are shown, from the end."""


class RecordCommand:
    """Listens to a batch and runs ``command`` for each new record; an empty command does nothing.

    The command is split as a shell would split it, but no shell runs it. The record's absolute path (or its URL)
    replaces ``{}``, or is the last argument if there is no ``{}``. Sources that were done before are skipped.

    Raises:
        UsageError: ``command`` can't be split.
        MissingProgramError: there is no such program.
    """

    def __init__(
        self, command: str, *, warn: Callable[[str], None], limit: float = TIMEOUT, at_once: int = MOST_RUNNING
    ) -> None:
        self._words = _split(command)
        self._warn, self._limit = warn, limit
        self._threads = ThreadPoolExecutor(at_once, "on-record")
        self._changes = threading.Condition()
        self._waiting: dict[str, None] = {}
        """Records that still wait for their command, in order."""
        self._running: set[subprocess.Popen[bytes]] = set()
        self._count_running = 0
        self._stopped = False
        self._failed = 0

    def __enter__(self) -> RecordCommand:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish(0)

    def notify(self, event: Event) -> None:
        if not self._words or not isinstance(event, Finished) or event.outcome.status in ("skipped", "kept"):
            return
        for path in event.outcome.written:
            name = _name(path)
            with self._changes:
                self._waiting[name] = None
            self._threads.submit(self._run, name)

    def finish(self, exit_code: int) -> int:
        """Wait for all commands. Returns the exit code of the batch: 1 if only a command failed.

        An interrupt ends the running commands, and a message names each record whose command was not run.
        """
        try:
            with self._changes:
                self._changes.wait_for(lambda: not self._waiting and not self._count_running)
        except KeyboardInterrupt:
            self._stop()
        self._threads.shutdown(wait=False)
        return exit_code or (1 if self._failed else 0)

    def _stop(self) -> None:
        with self._changes:
            self._stopped = True
            for process in self._running:
                _kill(process)
            self._changes.wait_for(lambda: not self._count_running)
            for name in self._waiting:
                self._fail(name, "was not run: interrupted")
            self._waiting.clear()

    def _run(self, name: str) -> None:
        with self._changes:
            if (
                self._stopped or name not in self._waiting
            ):  # the record was written twice before its command ran: once is enough
                return
            del self._waiting[name]
            self._count_running += 1
        words = [word.replace(PLACEHOLDER, name) for word in self._words]
        words += [name] if words == self._words else []
        try:
            with tempfile.TemporaryFile() as printed:
                problem = self._what_went_wrong(words, printed)
                if problem:
                    self._fail(name, problem + _last_output(printed))
        finally:
            with self._changes:
                self._count_running -= 1
                self._changes.notify_all()

    def _what_went_wrong(self, words: list[str], printed: IO[bytes]) -> str:
        """Run the command; what went wrong, or an empty text."""
        with self._changes:
            if self._stopped:
                return "was not run: interrupted"
            try:
                process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=printed,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C goes to the batch only; and a script is killed with its children
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

    def _fail(self, name: str, problem: str) -> None:
        with self._changes:
            self._failed += 1
        self._warn(f"{name}: {self._words[0]} {problem}")


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


def _last_output(printed: IO[bytes]) -> str:
    size = printed.seek(0, os.SEEK_END)
    printed.seek(max(0, size - _SHOWN))
    text = printed.read().decode(errors="replace").strip()
    return f":\n{text}" if text else ""
