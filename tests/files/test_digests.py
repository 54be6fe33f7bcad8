"""Digests of files and texts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ecp_ingest.files.digests import UNREAD, bytes_digest, file_digest, file_digest_or_unread, text_digest


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large"
    data = bytes(range(256)) * 8192
    path.write_bytes(data)
    assert file_digest(path) == (hashlib.sha256(data).hexdigest(), len(data), data[:1024])
    assert bytes_digest(data) == file_digest_or_unread(path).sha256


def test_what_is_no_file_has_none(tmp_path: Path) -> None:
    assert file_digest_or_unread(tmp_path) == file_digest_or_unread(tmp_path / "missing") == UNREAD
    with pytest.raises(OSError, match="missing"):
        file_digest(tmp_path / "missing")


def test_a_name_that_is_not_unicode_has_a_digest() -> None:
    assert text_digest("\udcff") == hashlib.sha256(b"\xed\xb3\xbf").hexdigest()
