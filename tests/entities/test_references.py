"""Reference numbers, constituencies and laws in running text."""

from __future__ import annotations

import pytest

from ecp_ingest.entities.references import find_constituencies, find_laws, find_references


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("No. F. 4(5)/2021-LGE(P)", ["F.4(5)/2021-LGE(P)"]),
        ("No. F.1(5)/2022-Elec(I): In exercise of", ["F.1(5)/2022-Elec(I)"]),
        ("(see F.3(12)/2023-Elec).", ["F.3(12)/2023-Elec"]),
        ("نمبر F.21(6)/2022-LGE(S): چونکہ", ["F.21(6)/2022-LGE(S)"]),
        ("Letter No. ECP/MC/2023/17 was sent.", ["ECP/MC/2023/17"]),
        ("Tel: 051-9204402, Form 45, G-5/2, 24/7", []),
    ],
)
def test_reference_numbers(text: str, values: list[str]) -> None:
    assert [found.value for found in find_references(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("polling in NA-75 and PP – 38", ["NA-75", "PP-38"]),
        ("حلقہ این اے 75 اور پی پی ۳۸ میں", ["NA-75", "PP-38"]),
        ("حلقہ NA-75 اور 38-PP", ["NA-75", "PP-38"]),
        ("NASA has 75 rockets, and PP 1,250 votes", []),
    ],
)
def test_constituencies(text: str, values: list[str]) -> None:
    assert [found.value for found in find_constituencies(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("under Article 218(3) of the Constitution", ["Article 218(3) of the Constitution"]),
        ("under Article 63-A", ["Article 63-A of the Constitution"]),
        ("Section 62 says so.", ["Section 62"]),
        (
            "sections 9, 10 and 88 of the Elections Act, 2017",
            [f"Section {number} of the Elections Act, 2017" for number in (9, 10, 88)],
        ),
        (
            "under the Elections Act, 2017. Any failure shall be dealt with under section 55 of the said Act.",
            ["Section 55 of the Elections Act, 2017", "Elections Act, 2017"],
        ),
        ("the Elections Act, 2017 read with rule 75 of the Election Rules, 2017",
         ["Rule 75 of the Election Rules, 2017", "Elections Act, 2017"]),
        ("under section 9 of the Elecfions Act, 20l7", ["Section 9 of the Elections Act, 2017"]),
        ("as the Water Management Act, 1999 has it", ["Water Management Act, 1999"]),
        ("الیکشنز ایکٹ ۲۰۱۷ کی دفعات ۴۹ اور ۵۰ کے تحت",
         ["Section 49 of the Elections Act, 2017", "Section 50 of the Elections Act, 2017"]),
        ("الیکشئز ایکٹ 2017 کی دفعہ 9", ["Section 9 of the Elections Act, 2017"]),
        ("آئین کا آرٹیکل 17 بھی", ["Article 17 of the Constitution"]),
        ("الیکشن رولز 2017 کے قاعدہ 75", ["Rule 75 of the Election Rules, 2017"]),
        ("انتخابات کے قواعد 20 دسمبر 2022ء تک", []),
        ("جماعت کے آئین میں", []),
    ],
)  # fmt: skip
def test_laws(text: str, values: list[str]) -> None:
    assert [found.value for found in find_laws(text)] == values


def test_an_act_may_have_been_named_before() -> None:
    (found,) = find_laws("Under section 55 of the Act.", named_before="Elections Act, 2017")
    assert found.value == "Section 55 of the Elections Act, 2017"
    assert found.text == "section 55 of the Act"
    assert found.likeness < 0.9
