"""What disks, networks, half-finished copies and people do to a file, whatever its kind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

ABSURD = (0, -1, 1, 255, 32_767, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 10**20, -(2**31))
HEADS = (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*", b"\xff\xfe", b"PK\x03\x04")

Damage = Callable[[bytes, random.Random], bytes]


def flip_bits(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.choice([1, 3, 20, 100]) if changed else 0):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def flip_in_head(content: bytes, dice: random.Random) -> bytes:
    """Where headers are, a flipped bit does more."""
    return flip_bits(content[:400], dice) + content[400:]


def cut_short(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def lose_a_block(content: bytes, dice: random.Random) -> bytes:
    start, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:start] + content[end:]


def repeat_a_block(content: bytes, dice: random.Random) -> bytes:
    start, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:]


def blank_a_block(content: bytes, dice: random.Random) -> bytes:
    """A sector that could not be read."""
    start = dice.randrange(len(content) + 1)
    length = min(512, len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def scribble_over(content: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(content) + 1)
    length = min(dice.choice([4, 32, 512]), len(content) - start)
    return content[:start] + dice.randbytes(length) + content[start + length :]


def swap_head(content: bytes, dice: random.Random) -> bytes:
    head = dice.choice(HEADS)
    return head + content[len(head) :]


def prepend_rubbish(content: bytes, dice: random.Random) -> bytes:
    return dice.randbytes(dice.choice([1, 100, 2000])) + content


def append_rubbish(content: bytes, dice: random.Random) -> bytes:
    return content + dice.randbytes(dice.choice([1, 1000, 100_000]))


def absurd_number(content: bytes, dice: random.Random) -> bytes:
    """In a PDF or a text one that is written out, else four bytes, in either order."""
    number = dice.choice(ABSURD)
    if places := list(re.finditer(rb"\d+", content)) if content.startswith(b"%PDF") else []:
        place = dice.choice(places)
        return content[: place.start()] + str(number).encode() + content[place.end() :]
    start = dice.randrange(max(1, min(len(content) - 4, 600)))
    four = (number & 0xFFFFFFFF).to_bytes(4, dice.choice(["big", "little"]))
    return content[:start] + four + content[start + 4 :]


DAMAGES: dict[str, Damage] = {
    damage.__name__: damage
    for damage in (
        flip_bits,
        flip_in_head,
        cut_short,
        lose_a_block,
        repeat_a_block,
        blank_a_block,
        scribble_over,
        swap_head,
        prepend_rubbish,
        append_rubbish,
        absurd_number,
    )
}
