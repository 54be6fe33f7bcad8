"""A release with a table in each half: what the districts' returns look like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.samples_maker.bench.sheet import CELL
from tests.samples_maker.release_texts import Language, Printed, ReleaseText

HEADS = {
    "eng": ("District", "Polling stations", "Voters", "Turnout"),
    "urd": ("ضلع", "پولنگ اسٹیشن", "ووٹرز", "ٹرن آؤٹ"),
}
DISTRICTS = (
    ("Attock", "اٹک"), ("Bannu", "بنوں"), ("Chakwal", "چکوال"), ("Gujrat", "گجرات"), ("Jhang", "جھنگ"),
    ("Kohat", "کوہاٹ"), ("Larkana", "لاڑکانہ"), ("Mardan", "مردان"), ("Nowshera", "نوشہرہ"), ("Okara", "اوکاڑہ"),
    ("Sukkur", "سکھر"), ("Turbat", "تربت"),
)  # fmt: skip


def with_table(release: ReleaseText, *, seed: int) -> ReleaseText:
    """The same rows in both halves, after the first paragraph of each; every row is a paragraph of kind ``other``."""
    rng = np.random.default_rng(seed)
    chosen = sorted(rng.permutation(len(DISTRICTS))[: rng.integers(5, 9)])
    figures = [
        (f"{rng.integers(180, 990)}", f"{rng.integers(210_000, 990_000):,}", f"{rng.uniform(28, 64):.1f}%")
        for _ in chosen
    ]

    def rows(language: Language) -> tuple[Printed, ...]:
        named = [
            (DISTRICTS[district][language == "urd"], *cells) for district, cells in zip(chosen, figures, strict=True)
        ]
        table = enumerate((HEADS[language], *named))
        return tuple(Printed(language, "other", CELL.join(cells), pair=f"row {number}") for number, cells in table)

    english, urdu = (_after_first_body(release.half(language), rows(language)) for language in ("eng", "urd"))
    return replace(release, paragraphs=english + urdu)


def _after_first_body(half: tuple[Printed, ...], rows: tuple[Printed, ...]) -> tuple[Printed, ...]:
    place = next(place for place, paragraph in enumerate(half) if paragraph.kind == "body") + 1
    return half[:place] + rows + half[place:]
