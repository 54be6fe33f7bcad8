"""Watch a folder: convert what arrives, until an interrupt.

All files that have arrived since the last check are one batch; the workers stay for the next one. The records show
what is done already, so files that were there at the start are treated like the others, and a file that is replaced is
converted again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from ecp_ingest.batch.discover import Discovered, discover
from ecp_ingest.batch.events import Report
from ecp_ingest.batch.inbox import Inbox
from ecp_ingest.errors import NoInputError
from ecp_ingest.files.locations import Place, is_url

CHECK_EVERY = 1.0
"""Least seconds between two checks of the folder."""
PAUSE_PER_CHECK = 50
"""The pause is at least this many times as long as the check: a slow network share is busy 2 % of the time."""
RETRY_AFTER = 600.0
"""Seconds after which a file is converted again if its record couldn't be written: the disk may have been full."""


def watch(
    folder: Path,
    *,
    output: Place,
    settle: float,
    convert: Callable[[Discovered], Report],
    warn: Callable[[str], None],
    when_idle: Callable[[], None],
) -> int:
    """Pass to ``convert`` what arrives in ``folder``, once it has not changed for ``settle`` seconds.

    ``warn`` gets a message when the folder can't be read any more, and when it can be read again; ``when_idle`` is
    called when there is nothing to do.

    Returns:
        After an interrupt, the number of files that were not finished.

    Raises:
        NoInputError: there is no such folder at the start. Also what ``convert`` raises.
    """
    if not folder.is_dir():
        if is_url(folder):
            raise NoInputError("is a URL, and only folders are watched: run convert on it every so often", str(folder))
        raise NoInputError("is no folder: name the one in which files will arrive", str(folder))
    inbox = Inbox(folder, output, settle)
    last_trouble = ""
    try:
        while True:
            began = time.monotonic()
            arrived, trouble = _check(inbox, began)
            if trouble != last_trouble:
                warn(f"{folder}: {f'{trouble}; waiting until it can' if trouble else 'is there again'}")
                last_trouble = trouble
            pause = max(CHECK_EVERY, PAUSE_PER_CHECK * (time.monotonic() - began))
            if not arrived:
                when_idle()
                time.sleep(pause)
            elif (report := _convert(arrived, inbox, convert)).interrupted:
                return report.unfinished
    except KeyboardInterrupt:
        return 0


def _check(inbox: Inbox, now: float) -> tuple[set[Path], str]:
    """What has arrived; and why the folder can't be read, or an empty text."""
    try:
        return inbox.arrived(now), ""
    except OSError as error:
        return set(), f"can't be looked into ({error.strerror or error})"


def _convert(arrived: set[Path], inbox: Inbox, convert: Callable[[Discovered], Report]) -> Report:
    """Convert ``arrived``.

    Names are compared among all files in the folder: two files for one record are refused, even if one came earlier.
    """
    try:
        found = discover([inbox.folder], output=inbox.output)
    except NoInputError:  # all files have been deleted again
        return Report(())
    report = convert(
        Discovered(
            tuple(source for source in found.sources if source.path in arrived),
            tuple(refused for refused in found.refused if refused.path in arrived),
        )
    )
    for outcome in report.outcomes:
        if outcome.status == "unwritten":
            inbox.put_back(outcome.source, time.monotonic() + RETRY_AFTER)
    return report
