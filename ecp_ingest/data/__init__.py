"""What comes with the package and isn't code: word lists, names, fitted weights. All of it is read through here."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def read_data(name: str) -> bytes:
    """The bytes of the file ``name`` of this folder."""
    return (FOLDER / name).read_bytes()
