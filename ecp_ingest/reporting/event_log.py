"""The events of a batch as JSON, one line each, for programs that follow it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import FileIO
from pathlib import Path

from ecp_ingest.batch.events import Ended, Event, Finished, Opened, PageDone, Queued, Waiting
from ecp_ingest.errors import OutputError


class EventLog:
    """Appends events to a file. Other programs can read each line as soon as it is written."""

    def __init__(self, path: Path | None, *, warn: Callable[[str], None]) -> None:
        """Without a path nothing is logged. ``warn`` gets one message when the log can't be written any more; the batch
        goes on, and so does the log once there is space again.

        Raises:
            OutputError: the file can't be opened.
        """
        self._path, self._warn = path, warn
        self._warned = False
        self._cut_off = False
        self._file = _opened(path) if path else None

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def notify(self, event: Event) -> None:
        if self._file:
            self._write(self._file, as_fields(event))

    def _write(self, file: FileIO, fields: dict[str, object]) -> None:
        stamped = {"time": datetime.now().astimezone().isoformat(timespec="milliseconds"), **fields}
        line = json.dumps(stamped, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if self._cut_off:
            line = b"\n" + line
        reason = "no space left"
        try:
            written = file.write(line)
        except OSError as error:
            written, reason = 0, error.strerror or str(error)
        if written:
            self._cut_off = written < len(line)
        if written < len(line) and not self._warned:
            self._warned = True
            self._warn(f"{self._path}: the log can't be written ({reason}); the batch goes on without it")


def _opened(path: Path) -> FileIO:
    try:
        return FileIO(path, "a")  # without a buffer, which would delay lines and could fail on close
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"can't be opened as a log ({reason}): choose another place", str(path)) from error


def as_fields(event: Event) -> dict[str, object]:
    """The fields of an event in the log, without the time."""
    logged: dict[str, object]
    match event:
        case Queued(sources) | Waiting(sources):
            logged = {"event": type(event).__name__.lower(), "sources": sources}
        case Opened(source, pages):
            logged = {"event": "opened", "source": str(source), "pages": pages}
        case PageDone(source, number, failure, seconds):
            logged = {"event": "page", "source": str(source), "page": number, "status": "failed" if failure else "ok"}
            logged |= (
                {"stage": failure.stage, "message": failure.message} if failure else {"seconds": round(seconds, 3)}
            )
        case Finished(outcome, _):
            logged = {
                "event": "finished",
                "source": str(outcome.source),
                "status": outcome.status,
                "pages": outcome.pages,
                "seconds": round(outcome.seconds, 3),
                "message": "\n".join(outcome.problems),
                "records": [str(path) for path in outcome.written],
            }
        case Ended(exit_code):
            logged = {"event": "ended", "exit_code": exit_code}
    return logged
