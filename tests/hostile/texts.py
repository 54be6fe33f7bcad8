"""Traps that are text, or say so."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.hostile.good import WORDS

URDU = "الیکشن کمیشن آف پاکستان"
TRAPS: dict[str, Callable[[random.Random], bytes]] = {
    "one-long-line.txt": lambda dice: b"word " * dice.choice([20_000, 300_000]),
    "no-spaces.txt": lambda dice: URDU.replace(" ", "").encode() * dice.choice([500, 60_000]),
    "only-marks.txt": lambda dice: ("ا" + "\u064e\u0651" * dice.choice([1000, 100_000])).encode(),
    "many-pages.txt": lambda dice: (WORDS + "\f").encode() * dice.choice([20, 5001]),
    "only-form-feeds.txt": lambda dice: b"\f" * dice.choice([10, 100_000]),
    "controls.txt": lambda dice: bytes(dice.choice([0, 1, 7, 27, 65]) for _ in range(5000)),
    "escapes.txt": lambda _: b"\x1b[2J\x1b]0;title\x07" + WORDS.encode(),
    "bidi.txt": lambda _: f"\u202e{WORDS}\u2066{URDU}\u202c\u202c\u2069\n{URDU}".encode(),
    "surrogates.txt": lambda _: WORDS.encode("utf-16") + b"\x00\xd8\x00\xd8\x41\x00",
    "half-utf-8.txt": lambda _: (URDU + WORDS).encode()[1:] + b"\xd8\xff\xfe",
    "cp1256.txt": lambda _: f"{WORDS}{URDU}".encode("cp1256", errors="replace"),
    "nothing-but-space.txt": lambda _: "  \t\n\r\n\u00a0\u200f\n".encode(),
    "many-blank-lines.txt": lambda dice: b"a\n" * dice.choice([10, 3000]) + b"\n" * 100_000,
    "all-of-unicode.txt": lambda _: "".join(chr(c) for c in range(32, 0x30000) if not 0xD800 <= c < 0xE000).encode(),
    "numbers.txt": lambda _: ("9" * 5000 + " " + "1e400 " * 1000 + "31st February, 99999\n" * 300).encode(),
    "repeats.txt": lambda dice: ("the same again and again " * dice.choice([10, 2000])).encode(),
    "html.txt": lambda _: b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><script>alert(1)</script>&e;\n",
}
