"""Names in Latin letters and their Urdu spellings."""

from __future__ import annotations

import pytest

from ecp_ingest.language.transliteration import SAME, find_name, sounds_alike

NAMES = {
    "Omar Hamid Khan": "عمر حمید خان",
    "Knut Ostby": "نٹ اوٹس بائے",
    "Anna Lindqvist": "اینا لنڈکوسٹ",
    "Nusrat Bano": "نصرت بانو",
    "Ghulam Abbas Soomro": "غلام عباس سومرو",
    "Saifullah Magsi": "سیف اللہ مگسی",
    "Abdul Rehman": "عبدالرحمٰن",
    "Shamsuddin": "شمس الدین",
    "Zulfiqar Ali": "ذوالفقار علی",
    "Michael Brown": "مائیکل براؤن",
    "Ghazanfar Abbas": "غضنفر عباس",
    "Maxwell": "میکسویل",
    "Charsadda": "چارسدہ",
    "Faisalabad": "فیصل آباد",
    "Election Commission": "الیکشن کمیشن",
    "Director General": "ڈائریکٹر جنرل",
}


@pytest.mark.parametrize(("latin", "urdu"), NAMES.items())
def test_the_same_name(latin: str, urdu: str) -> None:
    assert sounds_alike(latin, urdu) >= SAME


def test_other_names() -> None:
    """None of the others' spellings is taken for a name, not even where two parts of three are alike."""
    others = [
        (sounds_alike(latin, urdu), latin, urdu)
        for latin, own in NAMES.items()
        for urdu in NAMES.values()
        if urdu != own
    ]
    assert max(others)[0] < SAME - 0.1, max(others)
    assert sounds_alike("Imran Shah", "عمران خان") < SAME
    assert sounds_alike("Farah Iqbal", "ظفر اقبال") < SAME


def test_spelling_that_varies() -> None:
    assert min(sounds_alike(latin, "محمود") for latin in ("Mahmood", "Mehmud", "MAHMOUD")) >= 0.9
    assert sounds_alike("Mahmood", "محمود") == sounds_alike("mahmood", "مَحمُود")


def test_nothing_sounds_like_nothing() -> None:
    assert sounds_alike("", "علی") == sounds_alike("Ali", "") == sounds_alike("12", "۱۲") == 0.0


def test_a_name_in_running_text() -> None:
    text = "ریجنل الیکشن کمشنر محترمہ نصرت بانو نے کہا کہ سیف اللہ مگسی، ڈپٹی ڈائریکٹر، حاضر تھے۔"
    for latin in ("Nusrat Bano", "Saifullah Magsi"):
        heard = find_name(latin, text)
        assert heard is not None
        assert text[heard.start : heard.end] == NAMES[latin]
    assert find_name("Knut Ostby", text) is None
    assert find_name("Knut Ostby", "") is None
