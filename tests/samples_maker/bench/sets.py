"""Which releases methods may be tuned on, and which are kept to judge them by."""

from __future__ import annotations

import zlib
from typing import Literal

from tests.samples_maker.release_texts import FOLDER

Part = Literal["tuning", "held-out"]
PARTS: tuple[Part, ...] = ("tuning", "held-out")

SEEN = {
    "by-election", "code-of-conduct", "delegation", "delimitation", "local-government", "notification",
    "polling-staff", "voter-registration",
}  # fmt: skip
"""Printed in ``samples/``, which everyone who works on this code looks at."""


def part_of(name: str) -> Part:
    """For ever the same for a name, whatever other releases there are."""
    return "tuning" if name in SEEN or zlib.crc32(name.encode()) % 2 else "held-out"


def releases_in(part: Part) -> list[str]:
    """Names, shuffled in a fixed way, so that the first few are as good as any."""
    names = sorted((path.stem for path in FOLDER.glob("*.txt")), key=lambda name: zlib.crc32(name[::-1].encode()))
    return [name for name in names if part_of(name) == part]
