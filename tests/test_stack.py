"""Which pages of a stack are one release."""

from __future__ import annotations

from ecp_ingest.document import PageFacts, ReadLine, ReadPage, ReadRegion, ScriptChoice, Word
from ecp_ingest.stack import part_releases


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


def numbers(groups: tuple[tuple[ReadPage, ...], ...]) -> list[list[int]]:
    return [[p.facts.number for p in group] for group in groups]


def test_two_halves_are_one_release() -> None:
    assert numbers(part_releases([english(1, 4), urdu(2, 4)])) == [[1, 2]]


def test_a_stack_is_parted_where_a_half_begins_again() -> None:
    pages = [english(1, 4), urdu(2, 4), english(3, 9), page(4, "and so on."), urdu(5, 9)]
    assert numbers(part_releases(pages)) == [[1, 2], [3, 4, 5]]


def test_both_halves_on_each_page() -> None:
    def both(number: int, day: int) -> ReadPage:
        one, other = english(number, day), urdu(number, day)
        return ReadPage(one.facts, (*one.regions, *other.regions), (), ())

    assert numbers(part_releases([both(1, 4), both(2, 5)])) == [[1], [2]]


def test_a_letterhead_or_heading_on_a_second_sheet_parts_nothing() -> None:
    second = page(2, "ELECTION COMMISSION OF PAKISTAN", "Press Release", "the sentence goes on here.")
    assert numbers(part_releases([english(1, 4), second])) == [[1, 2]]


def test_a_sheet_scanned_twice_parts_nothing() -> None:
    assert numbers(part_releases([english(1, 4), english(2, 4), urdu(3, 4)], repeated={2})) == [[1, 2, 3]]


def test_no_pages_no_groups() -> None:
    assert part_releases([]) == ()
