"""SHA-256 digests of files and values."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(path: Path) -> tuple[str, int]:
    """sha256 and size of a file; of one that can't be read, or of a pipe, which would keep us waiting, of nothing."""
    try:
        if not path.is_file():
            return "", 0
        found, size = hashlib.sha256(), 0
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
                size += len(chunk)
    except OSError:
        return "", 0
    return found.hexdigest(), size
