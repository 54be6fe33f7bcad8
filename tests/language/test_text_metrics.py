"""Error rates and foldings."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.language import text_metrics
from ecp_ingest.language.text_metrics import Difference, ErrorRate, Overlap

LETTERS = "ابپتٹکگكيىیہهھےۂۀةۃئؤآ ًِٰٓٔـ۰۱٢ab é،۔ \n"
texts = st.text(alphabet=st.one_of(st.sampled_from(LETTERS), st.characters(codec="utf-8")), max_size=40)
FOLDINGS = [
    text_metrics.as_it_is,
    text_metrics.fold_letterforms,
    text_metrics.fold_marks,
    text_metrics.fold_digits,
    text_metrics.fold_controls,
    text_metrics.fold_spaces,
    text_metrics.without_spaces,
]


def test_counts_what_a_reader_sees_as_one_character() -> None:
    assert text_metrics.character_error_rate("شاہراہِ", "شاہراہ") == ErrorRate(1, 6)
    assert text_metrics.character_error_rate("é", "e\u0301") == ErrorRate(0, 1)


def test_words() -> None:
    assert text_metrics.word_error_rate("ضمنی انتخابات کا شیڈول", "ضمنی انتخاباتکا شیڈول") == ErrorRate(2, 4)


@pytest.mark.parametrize(
    ("fold", "before", "after"),
    [
        (text_metrics.fold_letterforms, "اليكشن كميشن آف باكستان", "الیکشن کمیشن آف باکستان"),
        (text_metrics.fold_letterforms, "هى", "ہی"),
        (text_metrics.fold_letterforms, "ﻛﻤﻴﺸﻦ", "کمیشن"),
        (text_metrics.fold_letterforms, "گئی", "گئی"),
        (text_metrics.fold_letterforms, "گ\u06cc\u0654ی", "گئی"),
        (text_metrics.fold_letterforms, "تھی", "تھی"),
        (text_metrics.fold_marks, "شاہراہِ دستور", "شاہراہ دستور"),
        (text_metrics.fold_marks, "آئین مؤثر", "آئین مؤثر"),
        (text_metrics.fold_digits, "۴۵٫۷٪ یا ٤٥", "45.7% یا 45"),
        (text_metrics.fold_controls, "\u202bمورخہ\u202c\u200f", "مورخہ"),
        (text_metrics.fold_spaces, "  ایک \n دو\u00a0", "ایک دو"),
        (text_metrics.without_spaces, "او ر", "اور"),
    ],
)
def test_foldings(fold: text_metrics.Folding, before: str, after: str) -> None:
    assert fold(before) == after


def test_compose_applies_from_first_to_last() -> None:
    fold = text_metrics.compose(text_metrics.fold_digits, text_metrics.without_spaces, str.upper)
    assert fold("۲ a") == "2A"
    assert text_metrics.compose()("x") == "x"


def test_normalise_is_applied_to_both_sides() -> None:
    fold = text_metrics.compose(text_metrics.fold_letterforms, text_metrics.fold_spaces)
    assert text_metrics.error_rate("کمیشن  نے", " كميشن نے", normalise=fold) == ErrorRate(0, 8)


def test_corpora_pool() -> None:
    pooled = sum([ErrorRate(1, 10), ErrorRate(0, 90)], ErrorRate())
    assert pooled == ErrorRate(1, 100)
    assert pooled.rate == pytest.approx(0.01)


def test_rate_where_there_is_no_truth() -> None:
    assert ErrorRate(0, 0).rate == 0
    assert ErrorRate(3, 0).rate == math.inf


def test_overlap_is_blind_to_order_and_counts_repeats() -> None:
    found = text_metrics.overlap("ایک دو دو تین", "تین دو ایک چار")
    assert found == Overlap(shared=3, truth=4, hypothesis=4)
    assert (found.recall, found.precision) == (0.75, 0.75)
    assert found + Overlap(1, 1, 1) == Overlap(4, 5, 5)
    assert (Overlap().recall, Overlap().precision) == (1, 1)


def test_differences_say_what_and_where() -> None:
    assert text_metrics.differences("ECP Secretariat", "ECP Secretarlat!") == [
        Difference(12, ("i",), ("l",)),
        Difference(15, (), ("!",)),
    ]
    assert text_metrics.differences("ایک دو تین", "ایک چار پانچ تین", units=text_metrics.words) == [
        Difference(1, ("دو",), ("چار", "پانچ"))
    ]


def test_one_language_as_one_text() -> None:
    pairs = [("eng", "Press Release"), ("urd", "پریس ریلیز"), ("eng", "Islamabad")]
    assert text_metrics.text_in("eng", pairs) == "Press Release\nIslamabad"
    assert text_metrics.text_in("snd", pairs) == ""


@given(texts)
def test_nothing_is_wrong_with_the_truth(text: str) -> None:
    assert text_metrics.character_error_rate(text, text).errors == 0
    assert text_metrics.differences(text, text) == []


@given(texts, texts)
def test_edits_are_symmetric_and_bounded(one: str, other: str) -> None:
    there, back = text_metrics.character_error_rate(one, other), text_metrics.character_error_rate(other, one)
    assert there.errors == back.errors
    assert abs(there.length - back.length) <= there.errors <= max(there.length, back.length)


@given(texts, texts)
def test_differences_make_the_hypothesis_again(truth: str, hypothesis: str) -> None:
    read = text_metrics.graphemes(truth)
    for change in reversed(text_metrics.differences(truth, hypothesis)):
        read[change.place : change.place + len(change.truth)] = change.hypothesis
    assert "".join(read) == unicodedata.normalize("NFC", hypothesis)


@given(texts, texts, texts)
def test_edits_obey_the_triangle(one: str, other: str, third: str) -> None:
    def edits(a: str, b: str) -> int:
        return text_metrics.character_error_rate(a, b).errors

    assert edits(one, third) <= edits(one, other) + edits(other, third)


@pytest.mark.parametrize("fold", FOLDINGS, ids=lambda fold: fold.__name__)
@given(text=texts)
def test_folding_twice_changes_nothing_more(fold: text_metrics.Folding, text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts, texts)
def test_overlap_is_bounded(one: str, other: str) -> None:
    found = text_metrics.overlap(one, other)
    assert 0 <= found.shared <= min(found.truth, found.hypothesis)
    assert 0 <= found.recall <= 1
