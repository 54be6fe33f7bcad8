"""Releases as earlier OCR runs left them: an invented one, and the real one where it is at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.paths import CASES, REPOSITORY


@dataclass(frozen=True, slots=True)
class Seed:
    """A release text, and what its faults are."""

    path: Path
    date: str
    """ISO 8601; the place is Islamabad."""
    twice: str
    """Words of the phrase that occurs twice running in the fourth Urdu body paragraph."""
    words: int
    """Of that phrase."""
    mended: str
    """What that paragraph has if the other repeat, which has words between its copies, is taken out too."""

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]


INVENTED = Seed(
    path=CASES / "seed" / "release-2024-03-14.txt",
    date="2024-03-14",
    twice="ووٹرز کی تعلیم میں الیکشن کمیشن کو تجربہ کار",
    words=16,
    mended="کے ڈائریکٹر کو الیکشن کمیشن کو کیا۔",
)
REAL = Seed(
    path=REPOSITORY.parent / "shared" / "seed" / "release-2022-05-28.txt",
    date="2022-05-28",
    twice="جمہوری پراسیس میں الیکشن کمیشن کو شعبہ جاتی",
    words=15,
    mended="کے نمائندے کو الیکشن کمیشن کو کیا۔",
)
each_seed = pytest.mark.parametrize(
    "seed", [INVENTED, *([REAL] if REAL.path.exists() else [])], ids=lambda s: s.path.stem
)
