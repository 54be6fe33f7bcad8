"""SHA-256 digests of files, bytes and texts, as hexadecimal."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

_CHUNK = 1 << 20
"""Bytes held in memory at a time."""
_HEAD = 1024


class FileDigest(NamedTuple):
    """Results of one pass over a file."""

    sha256: str
    """Empty if the file couldn't be read."""
    size: int
    """Bytes."""
    head: bytes
    """The first kilobyte."""


UNREAD = FileDigest("", 0, b"")


def file_digest(path: Path) -> FileDigest:
    """The digest of a file of any size.

    Raises:
        OSError: the file can't be read.
    """
    sha256, size, head = hashlib.sha256(), 0, b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:_HEAD]
            sha256.update(chunk)
            size += len(chunk)
    return FileDigest(sha256.hexdigest(), size, head)


def file_digest_or_unread(path: Path) -> FileDigest:
    """The digest of a file; ``UNREAD`` if it can't be read, or isn't a regular file: reading a pipe may never end."""
    try:
        return file_digest(path) if path.is_file() else UNREAD
    except OSError:
        return UNREAD


def bytes_digest(data: bytes) -> str:
    """The digest of ``data``."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """The digest of ``text`` in UTF-8; a lone surrogate, as in names of files, isn't an error."""
    return bytes_digest(text.encode(errors="surrogatepass"))
