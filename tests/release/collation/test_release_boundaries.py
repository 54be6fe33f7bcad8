"""Which pages of a stack are one release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecp_ingest.document.pages import PageFacts, ReadPage
from ecp_ingest.document.text import ReadLine, ReadRegion, ScriptChoice, Word
from ecp_ingest.release.collation.release_boundaries import ReleasePages, split_into_releases
from tests.samples_maker.files import write_tiff
from tests.samples_maker.printing import browser
from tests.samples_maker.release_texts import load_release
from tests.samples_maker.stack import Stacked, print_stack
from tests.support.builders import RunCli, records_of


def page(number: int, *lines: str) -> ReadPage:
    return ReadPage(
        facts=PageFacts(number=number, width=None, height=None, dpi=None, origin="earlier_ocr", why="a test"),
        regions=(
            ReadRegion(bbox=None, upright=None, lines=tuple(map(read_line, lines)), upright_lines=(None,) * len(lines)),
        ),
        pictures=(),
        upright_pictures=(),
    )


def read_line(text: str) -> ReadLine:
    urdu = any("\u0600" <= c <= "\u06ff" for c in text)
    choice = ScriptChoice("Arab", "urd", 1.0, "a test") if urdu else ScriptChoice("Latn", "eng", 1.0, "a test")
    return ReadLine(tuple(Word(word, None, None) for word in text.split()), None, choice)


def english(number: int, day: int) -> ReadPage:
    return page(number, "ELECTION COMMISSION OF PAKISTAN", "Press Release", f"Islamabad, {day}th May, 2023:", "Text.")


def urdu(number: int, day: int) -> ReadPage:
    return page(number, "الیکشن کمیشن آف پاکستان", "پریس ریلیز", f"مورخہ: {day} مئی 2023 اسلام آباد", "متن۔")


def numbers(parts: tuple[ReleasePages, ...]) -> list[list[int]]:
    return [[p.facts.number for p in part.pages] for part in parts]


def test_two_halves_are_one_release() -> None:
    assert numbers(split_into_releases([english(1, 4), urdu(2, 4)])) == [[1, 2]]


def test_a_stack_is_parted_where_a_half_begins_again() -> None:
    pages = [english(1, 4), urdu(2, 4), english(3, 9), page(4, "and so on."), urdu(5, 9)]
    assert numbers(split_into_releases(pages)) == [[1, 2], [3, 4, 5]]


def test_both_halves_on_each_page() -> None:
    def both(number: int, day: int) -> ReadPage:
        one, other = english(number, day), urdu(number, day)
        return ReadPage(one.facts, (*one.regions, *other.regions), (), ())

    assert numbers(split_into_releases([both(1, 4), both(2, 5)])) == [[1], [2]]


def test_a_letterhead_or_heading_on_a_second_sheet_parts_nothing() -> None:
    second = page(2, "ELECTION COMMISSION OF PAKISTAN", "Press Release", "the sentence goes on here.")
    assert numbers(split_into_releases([english(1, 4), second])) == [[1, 2]]


def test_a_sheet_scanned_twice_parts_nothing() -> None:
    assert numbers(split_into_releases([english(1, 4), english(2, 4), urdu(3, 4)], repeated={2})) == [[1, 2, 3]]


def test_english_release_then_urdu_release_of_another_day() -> None:
    """Each is in one language only; the days differ, and so do all the figures."""
    one = page(
        1, "Press Release", "Islamabad, 4th May, 2023:", "In 12 districts 345 camps for 6789 voters, 41 officers."
    )
    other = page(2, "پریس ریلیز", "مورخہ: 9 جون 2023 لاہور", "حلقہ 75 میں 360 پولنگ اسٹیشن، 1080 بوتھ اور 57 افسران۔")
    assert numbers(split_into_releases([one, other])) == [[1], [2]]


def test_halves_whose_date_was_misread_stay_together() -> None:
    one = page(
        1, "Press Release", "Islamabad, 4th May, 2023:", "In 12 districts 345 camps for 6789 voters, 41 officers."
    )
    other = page(2, "پریس ریلیز", "مورخہ: 1 مئی 2023 لاہور", "12 اضلاع میں 6789 ووٹروں کے لیے 345 کیمپ، 41 افسران۔")
    assert numbers(split_into_releases([one, other])) == [[1, 2]]


def test_a_dateline_that_could_not_be_read_still_begins_a_release() -> None:
    third = page(3, "ELECTION COMMISSION OF PAKISTAN", "Press Release", "lslamahad, 9lh Mcy, 2023:", "Text.")
    assert numbers(split_into_releases([english(1, 4), urdu(2, 4), third])) == [[1, 2], [3]]


def test_the_record_says_why() -> None:
    first, second = split_into_releases([english(1, 4), english(2, 9)])
    assert first.evidence["rule"] == "first_page"
    assert second.evidence["rule"] == "half_begins_again"
    (opening,) = second.evidence["openings"]
    assert opening["heading"] == "Press Release"
    assert opening["letterhead"] == "ELECTION COMMISSION OF PAKISTAN"
    assert opening["date"] == "2023-05-09"


def test_not_parted_if_told_so() -> None:
    assert numbers(split_into_releases([english(1, 4), english(2, 9)], split=False)) == [[1, 2]]


def test_no_pages_no_groups() -> None:
    assert split_into_releases([]) == ()


# ── through the real tool ─────────────────────────────────────────────────────────────────────────────────────────

TWO_RELEASES = """ELECTION COMMISSION OF PAKISTAN
Press Release
Islamabad, 4th May, 2023:
The polling staff of the district was trained at the degree college.
\fالیکشن کمیشن آف پاکستان
پریس ریلیز
مورخہ: 4 مئی 2023 اسلام آباد
ضلع کے پولنگ عملے کو ڈگری کالج میں تربیت دی گئی۔
\fELECTION COMMISSION OF PAKISTAN
Press Release
Lahore, 9th May, 2023:
The final list of the contesting candidates has been published.
"""


def test_no_split_keeps_one(tmp_path: Path, run_cli: RunCli) -> None:
    source = tmp_path / "stack.txt"
    source.write_text(TWO_RELEASES, encoding="utf-8")
    assert run_cli("convert", source, "-o", tmp_path / "parted", "-q").returncode == 0
    assert run_cli("convert", source, "-o", tmp_path / "whole", "-q", "--no-split").returncode == 0
    assert sorted(path.name for path in records_of(tmp_path / "parted")) == ["stack.1.json", "stack.2.json"]
    assert [path.name for path in records_of(tmp_path / "whole")] == ["stack.json"]
    second = json.loads((tmp_path / "parted" / "stack.2.json").read_text(encoding="utf-8"))
    assert second["source"]["pages"] == [3]
    assert second["source"]["boundary"]["rule"] == "half_begins_again"
    assert second["source"]["boundary"]["openings"][0]["date"] == "2023-05-09"


@pytest.mark.skipif(browser() is None, reason="sheets are printed with Chromium")
def test_a_stack_of_scans(tmp_path: Path, run_cli: RunCli) -> None:
    """Halves on one sheet, on a sheet each, and one of three sheets of which the second repeats the letterhead."""
    stack = [
        Stacked(load_release("notification"), "a sheet each", urdu_first=True),
        Stacked(load_release("voter-registration"), "both on one sheet"),
        Stacked(load_release("by-election"), "long English", headed_again=True),
    ]
    pages, groups = print_stack(stack, dpi=150, seed=3)
    write_tiff(tmp_path / "stack.tif", pages, dpi=150, quality=80)
    done = run_cli("convert", tmp_path / "stack.tif", "-o", tmp_path / "records", "-q")
    assert done.returncode == 0, done.stderr
    records = [json.loads(p.read_text(encoding="utf-8")) for p in records_of(tmp_path / "records")]
    assert [record["source"]["pages"] for record in records] == groups
    dates = [record["release"]["date"]["value"] for record in records]
    assert dates == [one.release.fields["date"] for one in stack]
