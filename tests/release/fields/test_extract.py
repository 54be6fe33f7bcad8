"""What a release says of itself, and whether its halves agree."""

from __future__ import annotations

import pytest

from ecp_ingest.document.text import ParagraphKind
from ecp_ingest.entities.dates import find_dates
from ecp_ingest.entities.persons import find_people
from ecp_ingest.release.bilingual.agreement import checks
from ecp_ingest.release.bilingual.alignment import align
from ecp_ingest.release.fields.extract import Release, extract
from tests.support.builders import said
from tests.support.seeds import Seed, each_seed

BOTH = said(
    ("letterhead", "ELECTION COMMISSION OF PAKISTAN"),
    ("letterhead", "Media Coordination and Outreach Wing"),
    ("heading", "Press Release"),
    ("dateline", "Lahore, 5th May, 2023:"),
    ("body", "Scrutiny of 1,250 forms in NA-75 begins on 9th June, 2023 under Section 62 of the Elections Act, 2017."),
    ("letterhead", "الیکشن کمیشن آف پاکستان"),
    ("heading", "پریس ریلیز"),
    ("dateline", "مورخہ: 5 مئی 2023 لاہور"),
    ("body", "این اے 75 میں 1250 فارموں کی جانچ 9 جون 2023 کو الیکشنز ایکٹ 2017 کی دفعہ 62 کے تحت شروع ہو گی۔"),
)  # fmt: skip


def values(release: Release) -> dict[str, str | None]:
    fields = {name: getattr(release, name) for name in ("issuer", "wing", "kind", "place", "date", "title")}
    return {name: field.value if field else None for name, field in fields.items()}


def test_both_halves() -> None:
    release = extract(BOTH)
    assert values(release) == {
        "issuer": "Election Commission of Pakistan",
        "wing": "Media Coordination and Outreach Wing",
        "kind": "press_release",
        "place": "Lahore",
        "date": "2023-05-05",
        "title": None,
    }
    assert release.date is not None
    assert (release.date.text, release.date.paragraph) == ("5th May, 2023", "p4")
    assert [field.value for field in release.constituencies] == ["NA-75"]
    assert [field.value for field in release.laws] == ["Section 62 of the Elections Act, 2017"]
    assert release.references == ()


def test_dates_that_agree_are_surer() -> None:
    alone, both = extract(BOTH[:5]).date, extract(BOTH).date
    assert alone is not None
    assert both is not None
    assert (both.confidence or 0) > (alone.confidence or 0)


def test_dates_that_differ_are_nobodys_guess() -> None:
    other = [*BOTH[:3], *said(("dateline", "Lahore, 6th May, 2023:")), *BOTH[4:]]
    assert extract(other).date is None
    check = next(check for check in checks(other, align(other)) if check.kind == "date_agreement")
    assert not check.passed
    assert "2023-05-05" in check.detail
    assert "2023-05-06" in check.detail


def test_the_surer_of_two_dates_counts() -> None:
    other = [*BOTH[:3], *said(("dateline", "Lahore, 6th May, 2023:"), confidence=0.4), *BOTH[4:]]
    date = extract(other).date
    assert date is not None
    assert date.value == "2023-05-05"
    assert (date.confidence or 0) < 0.8


def test_nothing_is_guessed() -> None:
    release = extract(said(("body", "The Election Commission of Pakistan met on 5th May, 2023 in Lahore and rested.")))
    assert values(release) == dict.fromkeys(["issuer", "wing", "kind", "place", "date", "title"])
    assert extract([]) == Release()


def test_what_was_taken_out_says_nothing() -> None:
    assert extract([(paragraph, "") for paragraph, _ in BOTH]) == Release()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ELECTION COMM1SSION OF PAKISTAN", "Election Commission of Pakistan"),
        ("Election Commission of Pakistan Secretariat, Islamabad", "Election Commission of Pakistan"),
        ("الیکشن کمیشن آف پاکستان", "Election Commission of Pakistan"),
        ("اليكشن كميشن آف باكستان", "Election Commission of Pakistan"),
        ("Office of the Provincial Election Commissioner, Sindh", "Provincial Election Commissioner, Sindh"),
        ("صوبائی الیکشن کمشنر پنجاب", "Provincial Election Commissioner, Punjab"),
        ("Ministry of Water and Power", None),
    ],
)
def test_issuers(text: str, value: str | None) -> None:
    issuer = extract(said(("letterhead", text))).issuer
    assert (issuer.value if issuer else None) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PRESS RELEASE", "press_release"),
        ("Press Releasc", "press_release"),
        ("NOTIFICATION", "notification"),
        ("Corrigendum", "corrigendum"),
        ("PUBLIC NOTICE", "notice"),
        ("ORDER", "order"),
        ("پریس ریلیز", "press_release"),
        ("پريس ريليز", "press_release"),
        ("نوٹیفکیشن", "notification"),
        ("Training of staff", None),
    ],
)
def test_kinds(text: str, value: str | None) -> None:
    kind = extract(said(("heading", text))).kind
    assert (kind.value if kind else None) == value


def test_titles() -> None:
    subject = extract(said(("heading", "Subject: Transfer of returning officers"))).title
    assert subject is not None
    assert subject.value == "Transfer of returning officers"
    heading = extract(said(("heading", "Press Release"), ("heading", "Training of polling staff begins"))).title
    assert heading is not None
    assert heading.value == "Training of polling staff begins"


@pytest.mark.parametrize("misread", ["ر پریس یلیز", "مورخ: 6 قومبر 2023 لاہور"])
def test_a_misread_head_is_no_title(misread: str) -> None:
    assert extract(said(("heading", misread))).title is None


def test_a_date_beside_a_file_number() -> None:
    release = extract(said(("other", "No. F.3(12)/2023-Elec Dated 25th January, 2023")))
    assert release.date is not None
    assert release.date.value == "2023-01-25"
    assert [reference.value for reference in release.references] == ["F.3(12)/2023-Elec"]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("The Director General, Ms. Saima Javed spoke.", [("Saima Javed", "Ms", "Director General")]),
        ("He met Mr. John Carter, Senior Adviser, today.", [("John Carter", "Mr", "Senior Adviser")]),
        ("Mr. Justice (R) Anwar Saeed attended.", [("Anwar Saeed", "Mr. Justice (R)", None)]),
        ("Dr. Rabia Sultana’s report was read.", [("Rabia Sultana", "Dr", None)]),
        ("The Mr. was left out, and Khan came.", []),
    ],
)
def test_people(text: str, people: list[tuple[str, str, str | None]]) -> None:
    assert [(mention.value, mention.honorific, mention.role) for mention in find_people(text)] == people


def test_islamic_dates_are_told_apart() -> None:
    found = find_dates("12 رمضان المبارک 1444ھ بمطابق 3 اپریل 2023")
    assert [(date.calendar, str(date.value)) for date in found] == [("islamic", "None"), ("gregorian", "2023-04-03")]


@each_seed
def test_the_release_that_an_earlier_run_left(seed: Seed) -> None:
    kinds: list[ParagraphKind] = ["letterhead", "heading", "dateline"]
    release = extract(said(*zip(kinds, seed.lines[:3], strict=True)))
    assert values(release) | {"wing": None} == {
        "issuer": "Election Commission of Pakistan",
        "wing": None,
        "kind": "press_release",
        "place": "Islamabad",
        "date": seed.date,
        "title": None,
    }
