"""What happens in a batch as JSON, one line for each event, for programs that follow along."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import FileIO
from pathlib import Path

from ecp_ingest.batch.events import Ended, Event, Finished, Opened, PageDone, Queued, Waiting
from ecp_ingest.errors import OutputError


class EventLog:
    """Appends to a file; every line is there for others to read as soon as it is written."""

    def __init__(self, path: Path | None, *, complain: Callable[[str], None]) -> None:
        """Without a path nothing is logged. ``complain`` is told, once, when the log can't be written any more; the
        batch goes on, and so does the log once there is place again. Raises OutputError where it can't be opened."""
        self._path, self._complain = path, complain
        self._complained = False
        self._cut_off = False
        self._file = _opened(path) if path else None

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def tell(self, event: Event) -> None:
        if self._file:
            self._write(self._file, fields(event))

    def _write(self, file: FileIO, told: dict[str, object]) -> None:
        stamped = {"time": datetime.now().astimezone().isoformat(timespec="milliseconds"), **told}
        line = json.dumps(stamped, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        if self._cut_off:
            line = b"\n" + line
        reason = "no place left"
        try:
            written = file.write(line)
        except OSError as error:
            written, reason = 0, error.strerror or str(error)
        if written:
            self._cut_off = written < len(line)
        if written < len(line) and not self._complained:
            self._complained = True
            self._complain(f"{self._path}: the log can't be written ({reason}); the batch goes on without it")


def _opened(path: Path) -> FileIO:
    try:
        return FileIO(path, "a")  # a buffer would hold lines back, and fail when it is closed
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"can't be opened as a log ({reason}): choose another place", str(path)) from error


def fields(event: Event) -> dict[str, object]:
    """What the log says of an event, beside the time."""
    told: dict[str, object]
    match event:
        case Queued(sources) | Waiting(sources):
            told = {"event": type(event).__name__.lower(), "sources": sources}
        case Opened(source, pages):
            told = {"event": "opened", "source": str(source), "pages": pages}
        case PageDone(source, number, failure, seconds):
            told = {"event": "page", "source": str(source), "page": number, "status": "failed" if failure else "ok"}
            told |= {"stage": failure.stage, "message": failure.message} if failure else {"seconds": round(seconds, 3)}
        case Finished(outcome, _):
            told = {
                "event": "finished",
                "source": str(outcome.source),
                "status": outcome.status,
                "pages": outcome.pages,
                "seconds": round(outcome.seconds, 3),
                "message": "\n".join(outcome.problems),
                "records": [str(path) for path in outcome.written],
            }
        case Ended(exit_code):
            told = {"event": "ended", "exit_code": exit_code}
    return told
