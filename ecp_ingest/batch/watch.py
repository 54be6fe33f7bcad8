"""A folder that is watched: what arrives is converted, until somebody asks for an end.

Whatever has arrived is one batch, and the workers stay for the next one. Records tell what is done already, so what
was there at the start is taken like everything else, and a file that is replaced is converted again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ecp_ingest.batch.discover import Found, discover
from ecp_ingest.batch.events import Report
from ecp_ingest.batch.inbox import Inbox
from ecp_ingest.errors import NoInputError
from ecp_ingest.files.locations import Place, is_url

LOOK_EVERY = 1.0
"""Seconds between two looks; more where a look takes long, so that it stays a fiftieth of the time."""
TRY_AGAIN = 600.0
"""Seconds after which a file whose record couldn't be written is converted again: disks fill up, and are cleared."""


def watch(
    folder: Path,
    *,
    output: Place,
    settle: float,
    convert: Callable[[Found], Report],
    say: Callable[[str], None],
    rest: Callable[[], None],
) -> int:
    """Hand to ``convert`` what arrives in ``folder``, once it has looked the same for ``settle`` seconds.

    Comes back when it is interrupted, with the number of files that were not finished. ``say`` is told when the folder
    is lost, and found again; ``rest`` is called when there is nothing to do. Raises NoInputError where there is no
    folder at the start, and what ``convert`` raises.
    """
    if not folder.is_dir():
        if is_url(folder):
            raise NoInputError("is a URL, and only folders are watched: run convert on it every so often", str(folder))
        raise NoInputError("is no folder: name the one in which files will arrive", str(folder))
    inbox = Inbox(folder, output, settle)
    lost = ""
    try:
        while True:
            began = time.monotonic()
            arrived, trouble = _look(inbox, began)
            if trouble != lost:
                say(f"{folder}: {f'{trouble}; waiting until it can' if trouble else 'is there again'}")
                lost = trouble
            pause = max(LOOK_EVERY, 50 * (time.monotonic() - began))
            if not arrived:
                rest()
                time.sleep(pause)
            elif (report := _convert(arrived, inbox, convert)).interrupted:
                return report.unfinished
    except KeyboardInterrupt:
        return 0


def _look(inbox: Inbox, now: float) -> tuple[set[Path], str]:
    """What has arrived; why nobody can tell, if so."""
    try:
        return inbox.arrived(now), ""
    except OSError as error:
        return set(), f"can't be looked into ({error.strerror or error})"


def _convert(arrived: set[Path], inbox: Inbox, convert: Callable[[Found], Report]) -> Report:
    """Names are judged among all that lies there: two files for one record are refused, also when one came earlier."""
    try:
        found = discover([inbox.folder], output=inbox.output)
    except NoInputError:  # all of it has gone again
        return Report(())
    report = convert(
        Found(
            tuple(source for source in found.sources if source.path in arrived),
            tuple(refused for refused in found.refused if refused.path in arrived),
        )
    )
    for outcome in report.outcomes:
        if outcome.status == "unwritten":
            inbox.put_back(outcome.source, time.monotonic() + TRY_AGAIN)
    return report
