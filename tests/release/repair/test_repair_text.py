"""Repairs: the text cases in ``cases/``, the law of undoing, and repeats found by geometry."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import Paragraph, PlacedLine
from ecp_ingest.entities.dates import find_dateline
from ecp_ingest.release.collation.duplicates import repeated_lines
from ecp_ingest.release.repair.changes import Repair, apply, undo
from ecp_ingest.release.repair.repair_text import repair_paragraphs
from ecp_ingest.settings import RepairSettings
from tests.support.paths import CASES
from tests.support.repairing import assert_undone, choice, column, ingest, line, page_of, plain
from tests.support.seeds import Seed, each_seed

TEXT_CASES = sorted(CASES.glob("*.txt"))


# ── the text cases ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", TEXT_CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    given_text, _, rest = path.read_text(encoding="utf-8").partition("\n# output\n")
    wanted, _, reasons = rest.partition("\n# review\n")
    if path.stem.startswith("date-"):
        found = find_dateline(given_text)
        date = found.date.value.isoformat() if found and found.date and found.date.value else None
        place = found.place[0] if date and found and found.place else None
        assert " ".join(filter(None, [date, place])) == wanted.strip().replace("none", "")
        return
    _, done = ingest([plain(given_text)])
    assert "\n".join(done.texts) == wanted.strip("\n")
    assert [reason.kind for reason in done.reasons] == reasons.split()


def test_there_are_cases_of_each_sort() -> None:
    sorts = [path.stem.split("-")[0] for path in TEXT_CASES]
    assert min(sorts.count(sort) for sort in ("letterform", "phrase", "meant", "date")) >= 15


# ── undoing ───────────────────────────────────────────────────────────────────────────────────────────────────────

_URDU = "الیکشن کمیشن كميشن اليكشن باكستان کے ہے هے ﻻہور ـ الگ مئی ٢٨ ۲۸ ۔ ، اور \u200f \u202b"
_ENGLISH = "the elec- tion voters of by- election , . 2022"
_WORDS = st.sampled_from([*_URDU.split(" "), *_ENGLISH.split(" ")])
_TEXTS = st.one_of(
    st.lists(_WORDS, min_size=1, max_size=12)
    .map(" ".join)
    .flatmap(lambda t: st.sampled_from([t, f"{t} {t}", f"{t}. {t}"])),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=60),
    st.text(alphabet="ابپكکيیهہھةٔٓـ ۔،\u064b\u200c\u200f\u202aﭘﺎﻻﷲﷺ 0٤۴", min_size=1, max_size=60),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TEXTS, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_undoing_gives_back_what_was_recognised(texts: list[str], duplicates: bool, letterforms: bool) -> None:
    lines = tuple(PlacedLine(1, line(text, None, None)) for text in texts)
    paragraphs = [
        Paragraph(f"p{i}", "body", c.language, c.script, lines, recognised)
        for i, recognised in enumerate([" ".join(p.line.text for p in lines), *texts])
        for c in [choice(recognised)]
    ]
    done = repair_paragraphs(paragraphs, settings=RepairSettings(duplicates=duplicates, letterforms=letterforms))
    assert_undone(paragraphs, done)
    again = [replace(p, recognised=text) for p, text in zip(paragraphs[1:], done.texts[1:], strict=True)]
    settled = repair_paragraphs(again, settings=RepairSettings(duplicates=duplicates, letterforms=letterforms))
    assert [r for r in settled.repairs if r.kind == "letterform"] == []


# Whole sources: sheets, strips and lines that stand again, misread here and there, read with any confidence.
_SAID = (
    "الیکشن كميشن نے متلف شبریوں کے لیے ہدایات جاری کیں ۔ ،اور the district officer of Lahore said by- election 2022 "
    "۲۸ مئی \u064b \u200cاور ﻻہور ﷺ رپورٹ دفتر میں پیش کی"
)
_LINE = st.lists(
    st.sampled_from(_SAID.split(" ")),
    min_size=1,
    max_size=9,
)
_MISREAD = str.maketrans({"ک": "گ", "m": "rn", "ن": "ت", "ی": "ي", "0": "6"})


@st.composite
def _sources(draw: st.DrawFn) -> list[ReadPage]:
    sheets: list[list[list[str]]] = [draw(st.lists(_LINE, min_size=1, max_size=8))]
    for _ in range(draw(st.integers(0, 2))):
        before = sheets[-1]
        own = draw(st.lists(_LINE, min_size=1, max_size=5))
        sheets.append(draw(st.sampled_from([own, before, before[-3:] + own, own + own])))
    pages = []
    for number, sheet in enumerate(sheets, start=1):
        words = [
            [
                word.translate(_MISREAD) if draw(st.integers(0, 7)) == 0 else word
                for word in [*line, *line[: draw(st.sampled_from([0, 0, 9]))]]
            ]
            for line in sheet
        ]
        lines = [
            line(
                " ".join(each),
                Box(200, 200 + 60 * i, 1800, 240 + 60 * i),
                draw(st.sampled_from([None, 0.3, 0.7, 0.97])),
            )
            for i, each in enumerate(words)
        ]
        pages.append(page_of(number, [lines]))
    return pages


@settings(max_examples=150, deadline=None)
@given(_sources())
def test_undoing_gives_back_whole_sources(pages: list[ReadPage]) -> None:
    composed, done = ingest(pages)  # holds the law itself, paragraph by paragraph
    read = " ".join(line.text for page in pages for region in page.regions for line in region.lines)
    assert sorted(" ".join(p.recognised for p in composed.paragraphs).split()) == sorted(read.split())
    by_id = dict(zip([p.id for p in composed.paragraphs], done.texts, strict=True))
    for suggestion in done.suggestions:
        text = by_id[suggestion.paragraph]
        assert text[suggestion.start : suggestion.start + len(suggestion.before)] == suggestion.before
    for reason in done.reasons:
        if reason.suggestion is not None:
            changed = apply(by_id[reason.suggestion.paragraph], reason.suggestion)
            assert undo(changed, reason.suggestion) == by_id[reason.suggestion.paragraph]


def test_repairs_refuse_a_text_that_is_not_theirs() -> None:
    repair = Repair("letterform", "p1", 4, "كميشن", "کمیشن")
    with pytest.raises(ValueError, match="doesn't stand at 4"):
        apply("the commission", repair)
    with pytest.raises(ValueError, match="doesn't stand at 4"):
        undo("abc كميشن", repair)
    assert undo(apply("abc كميشن", repair), repair) == "abc كميشن"


def test_switched_off_nothing_but_controls_and_forms_changes() -> None:
    text = "اليكشن كميشن \u200fکی عمارت میں کی عمارت میں ﻻ"
    _, done = ingest([plain(text)], RepairSettings(duplicates=False, letterforms=False))
    assert done.texts == ("اليكشن كميشن کی عمارت میں کی عمارت میں لا",)


# ── hyphens ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("All parties in the elec-", "tion must follow the code.", "the election must"),
        ("Voters in the coming by-", "election will be helped.", "coming by-election will"),
        ("The re-poll was fair and the re-", "poll was calm on the day.", "the re-poll was calm"),
        ("The term runs from 2019-", "2023 in all the provinces.", "from 2019- 2023 in"),
        ("The town of Pindi-", "Bhattian is in the north.", "of Pindi- Bhattian is"),
    ],
)
def test_hyphens_at_line_ends(first: str, second: str, wanted: str) -> None:
    _, done = ingest([page_of(1, [column([first, second])])])
    assert wanted in done.texts[0]


# ── the same sheet, the same strip, the same ink ──────────────────────────────────────────────────────────────────

SHEET = [
    "The provincial office held a meeting on the training of polling staff today",
    "and reviewed the schedule that was issued on 12th March 2021 for all districts.",
    "The officers reported that 340 trainers have been prepared in the division of Lahore",
    "and that the first round of sessions will be finished within fifteen days.",
    "The secretary asked them to keep the halls open for women and for the aged",
    "and to send a weekly report about attendance to the regional directorate.",
]


def noisy(text: str) -> str:
    """Every eleventh letter misread; digits stay."""
    return "".join("c" if i % 11 == 7 and c.isalpha() else c for i, c in enumerate(text))


def test_the_same_sheet_scanned_twice_goes() -> None:
    pages = [page_of(1, [column(SHEET)]), page_of(2, [column([noisy(text) for text in SHEET], top=240)])]
    composed, done = ingest(pages)
    kept = [text for text in done.texts if text]
    assert kept == [" ".join(SHEET)]
    assert {repair.kind for repair in done.repairs} == {"duplicate_page"}
    assert {p.page for p, text in zip(composed.paragraphs, done.texts, strict=True) if not text} == {2}
    assert done.repairs[0].evidence["repeats_page"] == 1


@pytest.mark.parametrize(("old", "new"), [("12th March 2021", "15th March 2021"), ("Lahore", "Multan"), ("340", "210")])
def test_two_releases_from_one_template_stay(old: str, new: str) -> None:
    pages = [page_of(1, [column(SHEET)]), page_of(2, [column([text.replace(old, new) for text in SHEET])])]
    _, done = ingest(pages)
    assert all(done.texts)
    assert done.repairs == ()
    assert "suspected_duplicate_page" in [reason.kind for reason in done.reasons]


def test_short_pages_prove_nothing() -> None:
    head = ["ELECTION COMMISSION OF PAKISTAN", "Constitution Avenue, Islamabad", "Press Release"]
    _, done = ingest([page_of(1, [column(head)]), page_of(2, [column(head)])])
    assert all(done.texts)


STORY = [
    *SHEET[:-1],
    "and to send a weekly report about attendance and every hall to the",
    "regional directorate, which will publish the figures of all districts",
    "on its website so that observers and journalists can follow the work",
    "of the trainers from day to day and ask questions where they have any.",
]


def test_a_strip_scanned_twice_goes_and_the_paragraph_runs_on() -> None:
    first, second = STORY[:8], STORY[6:]
    _, done = ingest([page_of(1, [column(first)]), page_of(2, [column([noisy(second[0]), *second[1:]])])])
    assert " ".join(text for text in done.texts if text).count("publish the figures") == 1
    last = next(text for text in done.texts if "weekly report" in text)
    assert last.endswith("where they have any.")
    assert {repair.kind for repair in done.repairs} == {"duplicate_line"}


def test_lines_cut_through_go_with_the_strip() -> None:
    first = [line(text, Box(200, 200 + 60 * i, 1800, 240 + 60 * i)) for i, text in enumerate(STORY[:8])]
    first.append(line("on ils wchsitc so tnat ohscrvers ard jourralists", Box(200, 680, 1800, 700), 0.3))
    second = [line("ard lo scnd a weckly rcport ahout attcndarcc", Box(200, 0, 1800, 18), 0.3)]
    second += column(STORY[6:], top=25)
    _, done = ingest([page_of(1, [first]), page_of(2, [second])])
    text = " ".join(text for text in done.texts if text)
    assert text == " ".join(STORY)


def test_one_line_alike_is_no_strip() -> None:
    pages = [page_of(1, [column(STORY[:7])]), page_of(2, [column(STORY[6:])])]
    assert repeated_lines(pages, settings=RepairSettings()) == ()


def test_the_same_ink_read_twice_goes() -> None:
    lines = column(SHEET[:3])
    box = lines[1].bbox
    assert box is not None
    again = line(noisy(SHEET[1]), Box(box.left, box.top + 4, box.right - 20, box.bottom + 5), 0.5)
    _, done = ingest([page_of(1, [[*lines[:2], again, lines[2]]])])
    assert " ".join(text for text in done.texts if text) == " ".join(SHEET[:3])
    assert [repair.kind for repair in done.repairs] == ["duplicate_line"]
    assert done.repairs[0].evidence["boxes"] == [list(again.bbox or ())]


def test_duplicates_can_be_left_alone() -> None:
    pages = [page_of(1, [column(SHEET)]), page_of(2, [column(SHEET)])]
    _, done = ingest(pages, RepairSettings(duplicates=False))
    assert all(done.texts)
    assert done.reasons == ()


# ── text that an earlier run left ────────────────────────────────────────────────────────────────────────────────


@each_seed
def test_the_release_that_an_earlier_run_left(seed: Seed) -> None:
    composed, done = ingest([plain(seed.text)])
    kinds = Counter(repair.kind for repair in done.repairs)
    assert (kinds["letterform"], kinds["duplicate_phrase"], kinds["misreading"]) == (3, 1, 0)
    assert done.texts[8] == "الیکشن کمیشن آف پاکستان"
    (phrase,) = [repair for repair in done.repairs if repair.kind == "duplicate_phrase"]
    assert phrase.evidence["words"] == seed.words
    (reason,) = done.reasons
    assert reason.kind == "garbled_repeat"
    assert reason.suggestion is not None
    at = [p.id for p in composed.paragraphs].index(reason.suggestion.paragraph)
    assert seed.mended in apply(done.texts[at], reason.suggestion)
    assert "ڈیولپمنٹ" in [s.alternatives[0].text for s in done.suggestions if s.before == "ڈیولپہنٹ"]
