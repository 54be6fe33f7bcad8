from pathlib import Path
from random import Random

import pytest

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.model_alphabet import CHARACTERS, normalise
from ecp_ingest.training.text import compose
from ecp_ingest.training.text.corpus import display_order, excerpt, load_corpus, runs


def test_arabic_code_points_become_urdu_ones() -> None:
    assert normalise("كراچي  میں\u200c ١٢ ـــ") == "کراچی میں ۱۲"


@pytest.mark.parametrize(
    ("text", "left_to_right"),
    [
        ("اب ج", "ج با"),
        ("مئی 2022", "2022 یئم"),
        ("28-05-2022 کو", "وک 28-05-2022"),
        ("۱۵٫۵٪ تک", "کت ۱۵٫۵٪"),
        ("کا 15.5% اب", "با 15.5% اک"),
        ("نے NA-75 میں", "ںیم NA-75 ےن"),
        ("نے Mr. Knut Ostby کو", "وک Mr. Knut Ostby ےن"),
        ("No. F.1(5)/2022-Elec اب", "با No. F.1(5)/2022-Elec"),
    ],
)
def test_numbers_and_latin_keep_their_direction(text: str, left_to_right: str) -> None:
    assert display_order(text) == left_to_right


def test_brackets_are_as_written_in_urdu_and_as_seen_in_latin_words() -> None:
    assert display_order("(اب)") == ")با("
    assert display_order("اب (NA-75) میں") == "ںیم (NA-75) با"
    assert display_order("اب (12) میں") == "ںیم )12( با"


def test_runs_put_together_are_the_text() -> None:
    rng = Random(4)
    for _ in range(300):
        text = compose.insert(compose.spoken(rng), ("Commission", "of"), rng)
        assert "".join(part for part, _ in runs(text)) == text
        assert sorted(display_order(text).translate(_BRACKETS)) == sorted(text.translate(_BRACKETS))


_BRACKETS = str.maketrans("()[]{}<>", "||||||||")


def test_composed_text_can_be_said_by_the_model() -> None:
    rng = Random(1)
    known = set(CHARACTERS + " ")
    for make in (compose.date, compose.number, compose.code, compose.heading, compose.spoken, compose.list_of_numbers):
        for _ in range(200):
            assert set(make(rng)) <= known


def test_a_fixed_part_of_the_corpus_is_held_out(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("\n".join(f"یہ سطر نمبر {i} ہے" for i in range(600)) + "\nдругой текст здесь\n", encoding="utf-8")
    first, second = load_corpus([file]), load_corpus([file])
    assert first == second
    assert len(first.train) + len(first.held) == 600
    assert 2 < len(first.held) < 40
    assert not set(first.train) & set(first.held)


def test_text_without_urdu_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("текст без урду\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="no usable line"):
        load_corpus([file])
    with pytest.raises(TrainingError, match="can't read"):
        load_corpus([tmp_path / "missing.txt"])


def test_an_excerpt_is_consecutive_words() -> None:
    line = "ایک دو تین چار پانچ چھ سات آٹھ نو دس"
    for seed in range(50):
        assert excerpt(line, Random(seed)) in line
