"""Marks and brackets of Latin words and numbers inside Urdu lines."""

from __future__ import annotations

import pytest

from ecp_ingest.word_order import with_marks_in_place


@pytest.mark.parametrize(
    ("engine", "said"),
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
    ],
)
def test_marks_stand_where_a_reader_puts_them(engine: str, said: str) -> None:
    assert with_marks_in_place(engine) == said
