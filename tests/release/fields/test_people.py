"""People in both scripts, and which two names are one person's."""

from __future__ import annotations

import pytest

from ecp_ingest.entities.persons import english_people, signer
from ecp_ingest.entities.persons_urdu import urdu_people
from ecp_ingest.release.fields.people import find_all_people
from tests.support.builders import said

ENGLISH = "Secretary Election Commission Mr. Naveed Akram Bhatti and Ms. Zarmina Gul, Returning Officer, met on Monday."
URDU = "سیکرٹری الیکشن کمیشن نوید اکرم بھٹی اور ریٹرننگ افسر محترمہ زرمینہ گل نے پیر کو ملاقات کی۔"


def names(*parts: str) -> list[tuple[str | None, str | None]]:
    return [(p.names.eng, p.names.urd) for p in find_all_people(said(*(("body", part) for part in parts)))]


def test_one_person_in_both_halves() -> None:
    first, second = find_all_people(said(("body", ENGLISH), ("body", URDU)))
    assert (first.names.eng, first.names.urd) == ("Naveed Akram Bhatti", "نوید اکرم بھٹی")
    assert (first.honorific, first.role) == ("Mr", "Secretary Election Commission")
    assert first.organisation == "Election Commission of Pakistan"
    assert (first.value, first.text, first.paragraph) == ("Naveed Akram Bhatti", "Mr. Naveed Akram Bhatti", "p1")
    assert (second.names.eng, second.names.urd, second.role) == ("Zarmina Gul", "زرمینہ گل", "Returning Officer")
    alone = find_all_people(said(("body", ENGLISH)))
    assert (alone[0].confidence or 1) < (first.confidence or 0)


def test_half_a_release() -> None:
    assert names(ENGLISH) == [("Naveed Akram Bhatti", None), ("Zarmina Gul", None)]
    assert names(URDU) == [(None, "زرمینہ گل")]  # nothing vouches for the other


def test_each_person_once() -> None:
    assert names(f"{ENGLISH} Ms. Gul agreed. Mr. Naveed Akram Bhatti thanked her.") == names(ENGLISH)


def test_a_name_misread_is_still_one_person() -> None:
    assert names(ENGLISH, URDU.replace("زرمینہ گل", "زرمینہ کل")) == [
        ("Naveed Akram Bhatti", "نوید اکرم بھٹی"),
        ("Zarmina Gul", "زرمینہ کل"),
    ]
    assert len(names(ENGLISH.replace("Ms.", "M5."), URDU)) == 2  # read from the Urdu half, then found in the English
    assert len(names(ENGLISH, URDU.replace("زرمینہ گل", "ررمیہ کل"))) == 2


def test_what_only_an_office_stands_before_wants_a_witness() -> None:
    english = "He met the Technical Adviser, Ali Al-Bayati today. The Deputy Commissioner, Rahim Yar Khan was there."
    assert names(english, "تکنیکی مشیر علی البیاتی سے آج ملاقات ہوئی۔") == [("Ali Al-Bayati", "علی البیاتی")]
    assert names(english, "آج ملاقات ہوئی۔") == []


@pytest.mark.parametrize(
    "text",
    [
        "The General Elections will be held under the Elections Act by the Chief Justice and the Director General.",
        "Senior officers of the Provincial Election Commissioner Punjab, Lahore and National Identity Cards.",
        "Director NADRA Khyber Pakhtunkhwa and District Election Commissioner, Dera Ghazi Khan attended.",
    ],
)
def test_offices_and_places_are_nobody(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "چیف الیکشن کمشنر کی زیر صدارت اجلاس میں ڈائریکٹر جنرل اور چیف جسٹس صاحبان نے شرکت کی۔",
        "جنرل نشستوں پر انتخاب ہو گا۔",
    ],
)
def test_urdu_offices_are_nobody(text: str) -> None:
    assert [found.value for found in urdu_people(text) if found.sure] == []


@pytest.mark.parametrize(
    ("text", "honorific", "name", "role", "organisation"),
    [
        ("Brig. (R) Imran Latif Butt, Commandant of the centre,", "Brig. (R)", "Imran Latif Butt", "Commandant", None),
        ("Country Director IFES Ms. Margaret Doyle said", "Ms", "Margaret Doyle", "Country Director IFES",
         "International Foundation for Electoral Systems"),
        ("United Nations Development Programme Pakistan, Resident Representative, Mr. Knut Olsen", "Mr", "Knut Olsen",
         "Resident Representative", "United Nations Development Programme"),
        ("Mr. Adeel Joiya of the Awami National Party got", "Mr", "Adeel Joiya", None, "Awami National Party"),
        ("Today Direcfor Genera1 Ms. Saima Javed said", "Ms", "Saima Javed", "Director General", None),
        ("Mr. Dost Mengal won.", "Mr", "Dost Mengal", None, None),  # a party bears the name as well
        ("Syed Masroor Ahmed Gilani took", None, "Syed Masroor Ahmed Gilani", None, None),
        ("Ms. Noor-ul-Ain Baloch’s letter", "Ms", "Noor-ul-Ain Baloch", None, None),
        ("Barrister Haroon Rafique, counsel for the petitioners, argued", "Barrister", "Haroon Rafique",
         "counsel for the petitioners", None),
    ],
)  # fmt: skip
def test_english_people(
    text: str, honorific: str | None, name: str, role: str | None, organisation: str | None
) -> None:
    found = [mention for mention in english_people(text) if mention.sure]
    assert [(m.honorific, m.value, m.role, m.organisation) for m in found] == [(honorific, name, role, organisation)]
    assert text[found[0].start :].startswith(found[0].text)


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("(Imtiaz Gul Swati)", "Imtiaz Gul Swati", None),
        ("Habib Ullah Kakar Regional Election Commissioner", "Habib Ullah Kakar", "Regional Election Commissioner"),
        ("Director General (Law)", None, None),
        ("Announced in open court", None, None),
        ("By order of the Election Commission", None, None),
    ],
)
def test_signatures(text: str, name: str | None, role: str | None) -> None:
    found = signer(text)
    assert (found and found.value, found and found.role) == (name, role)
