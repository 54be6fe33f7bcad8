"""Spaces between Urdu words: added and taken only where ink leaves it open and the words say so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.language.word_counts import NON_JOINING
from ecp_ingest.release.repair.spacing import respacings
from ecp_ingest.training.text.word_counts import count, pack
from tests.support.paths import SAMPLES


def respaced(text: str) -> str:
    shift = 0
    for change in respacings(text):
        start = change.start + shift
        assert text[start : start + len(change.before)] == change.before
        text = text[:start] + change.after + text[start + len(change.before) :]
        shift += len(change.after) - len(change.before)
    return text


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("وصول کررہے ہیں", "وصول کر رہے ہیں"),
        ("پرو گرام کے مطابق", "پروگرام کے مطابق"),
        ("انتخابات کا اعلا ن کر دیا گیا", "انتخابات کا اعلان کر دیا گیا"),
        ("عوام کواس بارے میں آگاہ کیا", "عوام کو اس بارے میں آگاہ کیا"),
    ],
)
def test_spaces_are_put_right(read: str, right: str) -> None:
    assert respaced(read) == right


@pytest.mark.parametrize(
    "text",
    [
        "جینڈر نگہت بھی شریک تھیں",
        "مردم شماری بلاکس کی تفصیل",
        "اینا لنڈکوسٹ",
        "",
        "۔",
        "NA-75 سیالکوٹ",
        "دروازہ" + "در" * 20,
    ],
)
def test_names_and_unknown_words_stay_as_they_are(text: str) -> None:
    assert respaced(text) == text


def test_right_text_stays_as_it_is() -> None:
    truths = [json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES.glob("*.gt.json")]
    texts = [p["text"] for truth in truths for p in truth["paragraphs"] if p["language"] == "urd"]
    assert len(texts) > 50
    assert [text for text in texts if respaced(text) != text] == []


@given(st.text(alphabet="ابپتدرسوکلمنہیےں ", max_size=60))
def test_any_letters_can_be_looked_at(text: str) -> None:
    assert respaced(text).replace(" ", "") == text.replace(" ", "")


WORDS = ["کر", "رہے", "ہیں", "پرو", "گرام", "اور", "کو", "اس", "،", "2023", "Omar", "م"]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_only_spaces_change_and_only_after_letters_that_do_not_join(words: list[str]) -> None:
    text = " ".join(words)
    after = respaced(text)
    assert after.replace(" ", "") == text.replace(" ", "")
    for change in respacings(text):
        assert text[change.start - 1] in NON_JOINING
    assert "  " not in after


def test_counts_are_packed_as_they_are_read() -> None:
    words, pairs = count(["کتاب اور قلم"] * 50 + ["ایک بار"])
    assert words["کتاب"] == 50
    assert pairs["کتاب", "اور"] == 50
    import lzma

    lines = lzma.decompress(pack(words, pairs)).decode().splitlines()
    assert lines[0] == "150"
    assert "کتاب اور 50" in lines
    assert not any(line.startswith("ایک") for line in lines)
