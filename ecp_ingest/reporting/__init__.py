"""The report of a batch: what became of every file, kept beside the records and added to by every run.

    report.json            one line for each file, one for each run, and the totals; see ``book``

Only this name at the top of the output folder is the report's: the record of ``report.pdf`` is ``report.1.json`` there.
Everything that looks for records asks ``is_report``.
"""

from __future__ import annotations

from pathlib import Path

REPORT_NAME = "report.json"
SIGN = '{"report": "ecp-ingest batch"'
"""What the report begins with, and no record does."""


def is_taken(target: str) -> bool:
    """Whether the report stands where the record of this target (``2022/may``) would; some disks ignore case."""
    return f"{target}.json".casefold() == REPORT_NAME


def is_report(path: Path | str) -> bool:
    """Whether this file is a report and not the record of a source that happens to be called the same."""
    path = Path(path)
    if path.name != REPORT_NAME:
        return False
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(SIGN)) == SIGN
    except (OSError, UnicodeDecodeError):
        return False
