"""What the tests of the formats share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Exporting = Callable[..., list[Path]]
"""``exported(records, "csv", …)`` → the files that were written."""


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below the folder: relative path → contents."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
