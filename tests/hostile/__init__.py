"""Files that no archive should hold and every archive does, made by a fixed dice: ``hostile_files(1000, seed=1)``.

Small good files of every kind are damaged byte by byte (`damage`), or built to be a trap: `pdfs`, `images`, `texts`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.hostile import images, pdfs, texts
from tests.hostile.damage import DAMAGES
from tests.hostile.good import good_files

TRAPS = {**pdfs.TRAPS, **images.TRAPS, **texts.TRAPS}
"""Name with suffix → what makes it; told the dice, a trap is of another size each time."""


@dataclass(frozen=True, slots=True)
class HostileFile:
    name: str
    content: bytes


def hostile_files(number: int, *, seed: int) -> Iterator[HostileFile]:
    """Every third a trap, the traps in turn; the others a good file with one to three damages, the kinds in turn."""
    dice = random.Random(seed)
    good = good_files()
    traps = list(TRAPS.items())
    for place in range(number):
        if place % 3 == 0:
            name, make = traps[place // 3 % len(traps)]
            yield HostileFile(f"{place:04}-{name}", make(dice))
            continue
        name = list(good)[place % len(good)]
        content = good[name]
        done = dice.sample(list(DAMAGES), dice.choice([1, 1, 2, 3]))
        for damage in done:
            content = DAMAGES[damage](content, dice)
        stem, _, suffix = name.rpartition(".")
        yield HostileFile(f"{place:04}-{stem}-{'-'.join(done)}.{suffix}", content)
