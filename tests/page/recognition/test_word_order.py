"""Marks and brackets of Latin words and numbers inside Urdu lines."""

from __future__ import annotations

import pytest

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.recognition.word_order import right_to_left, with_marks_in_place


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (":F.3(12)/2023-Elec", "F.3(12)/2023-Elec:"),
        ("،NA-75", "NA-75،"),
        ("(NA-106(", "(NA-106)"),
        (")PS-60(", "(PS-60)"),
        ("(218(3", "218(3)"),
        ("(1)", "(1)"),
        ("3(218)", "218(3)"),
        ("۶(۶۸)،", "۶۸(۶)،"),
        ("51,230", "51,230"),
        ("(بلال", "(بلال"),
        ("رضوی)", "رضوی)"),
        ("(", "("),
        ("۔", "۔"),
        (":مورخہ", ":مورخہ"),
        ("%41.5", "41.5%"),
        ("٪%3.2", "3.2%"),
        ("9204402-051", "051-9204402"),
        ("،9205300-051", "051-9205300،"),
        ("2023-24", "2023-24"),
    ],
)
def test_marks_come_in_logical_order(engine: str, expected: str) -> None:
    assert with_marks_in_place(engine) == expected


@pytest.mark.parametrize(
    ("visual", "expected"),
    [
        ("ہے Rs. 30,000 نے", "نے Rs. 30,000 ہے"),
        ("ہیں Mr. Knut Ostby سے", "سے Mr. Knut Ostby ہیں"),
        ("سے ،Block G-5/2 دفتر", "دفتر Block G-5/2، سے"),
        ("تک 2023 مارچ 12", "12 مارچ 2023 تک"),
        ("ہے Aءiz Mr. نے", "نے Aءiz Mr. ہے"),
    ],
)
def test_words_come_in_logical_order(visual: str, expected: str) -> None:
    words = [(text, Box(10 * at, 0, 10 * at + 9, 9), 0.9) for at, text in enumerate(visual.split())]
    assert " ".join(text for text, *_ in right_to_left(words)) == expected
