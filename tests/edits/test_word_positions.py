"""The words of the final text in the places of what was recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.edits.word_positions import Word, pages_with_words
from ecp_ingest.record.entries import LineEntry, ParagraphEntry
from ecp_ingest.record.schema import Record
from tests.support.paper import GAP, LETTER, line_of, page_facts, paper, printed, repair, turned


def words_of(record: Record) -> list[Word]:
    return [
        word
        for page in pages_with_words(record)
        for passage in page.passages
        for line in passage.lines
        for word in line.words
    ]


def lines_of(record: Record) -> list[str]:
    return [line.text for page in pages_with_words(record) for passage in page.passages for line in passage.lines]


def boxes_of(line: LineEntry) -> list[object]:
    return [word.bbox for word in line.words]


def lying_down(line: LineEntry, rotation: int) -> LineEntry:
    """On a scan that has to be turned so much to stand upright."""
    words = tuple(word.model_copy(update={"bbox": turned(word.bbox, rotation)}) for word in line.words if word.bbox)
    return line.model_copy(update={"bbox": around_boxes(word.bbox for word in words), "words": words})


def test_untouched_words_are_where_they_were() -> None:
    first, second = line_of("Polling will be held"), line_of("on Sunday.", top=150)
    found = words_of(paper(printed(first, second)))
    assert [word.text for word in found] == ["Polling", "will", "be", "held", "on", "Sunday."]
    assert [word.bbox for word in found] == boxes_of(first) + boxes_of(second)
    assert {(word.confidence, word.changed, word.by_person) for word in found} == {(0.9, False, False)}
    assert [word.start for word in found] == [0, 8, 13, 16, 21, 24]


def test_a_hyphenated_word_stands_where_it_begins() -> None:
    one = printed(line_of("the elec-"), line_of("tion was held", top=150), text="the election was held")
    record = paper(one, repairs=[repair("hyphenation", 8, "- ", "")])
    assert lines_of(record) == ["the election", "was held"]
    word = words_of(record)[1]
    assert (word.text, word.bbox, word.changed, word.by_person) == ("election", one.lines[0].words[1].bbox, True, False)
    assert word.confidence == 0.9


@pytest.mark.parametrize(
    ("rtl", "language", "texts"), [(False, "eng", ("polling", "day")), (True, "urd", ("سٹاک", "اور"))]
)
def test_words_that_ran_together_share_the_box_by_their_letters(
    rtl: bool, language: str, texts: tuple[str, str]
) -> None:
    one, two = texts
    line = line_of(one + two, rtl=rtl)
    record = paper(
        printed(line, text=f"{one} {two}", language=language), repairs=[repair("spacing", len(one), "", " ")]
    )
    first, second = words_of(record)
    at = LETTER * len(one)
    assert line.bbox is not None
    left, top, right, bottom = line.bbox
    here, there = (left, top, left + at, bottom), (left + at, top, right, bottom)
    if rtl:
        here, there = (right - at, top, right, bottom), (left, top, right - at, bottom)
    assert (first.bbox, second.bbox) == (here, there)
    assert (first.confidence, second.changed, second.by_person) == (0.9, True, False)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("language", "text"), [("eng", "pollingday"), ("urd", "پولنگڈے")])
def test_a_share_runs_along_the_text_however_the_scan_lies(rotation: int, language: str, text: str) -> None:
    upright = line_of(text, rtl=language == "urd")
    cut = f"{text[:4]} {text[4:]}"
    repairs = [repair("spacing", 4, "", " ")]
    expected = [
        turned(word.bbox, rotation)
        for word in words_of(paper(printed(upright, text=cut, language=language), repairs=repairs))
        if word.bbox
    ]
    lying = lying_down(upright, rotation)
    record = paper(printed(lying, text=cut, language=language), pages=[page_facts(rotation=rotation)], repairs=repairs)
    assert [word.bbox for word in words_of(record)] == expected


def test_of_a_phrase_twice_the_copy_that_was_taken_out_has_no_words() -> None:
    line = line_of("at noon at noon we left")
    record = paper(printed(line, text="at noon we left"), repairs=[repair("duplicate_phrase", 7, " at noon", "")])
    assert [word.bbox for word in words_of(record)] == [line.words[i].bbox for i in (0, 1, 4, 5)]
    assert not any(word.changed for word in words_of(record))


def test_what_a_person_wrote_has_no_confidence() -> None:
    line = line_of("The Comrnission has started")
    corrected = words_of(paper(printed(line, text="The Commission has started"), edited="p1"))[1]
    assert (corrected.text, corrected.bbox) == ("Commission", line.words[1].bbox)
    assert (corrected.confidence, corrected.changed, corrected.by_person) == (None, True, True)


def test_a_word_put_in_has_the_gap_between_its_neighbours() -> None:
    line = line_of("Polling be held")
    words = words_of(paper(printed(line, text="Polling will soon be held"), edited="p1"))
    assert [word.text for word in words] == ["Polling", "will", "soon", "be", "held"]
    before, after = line.words[0].bbox, line.words[1].bbox
    assert before is not None
    assert after is not None
    assert [word.bbox for word in words[1:3]] == [
        (before[2], before[1], before[2] + GAP // 2, before[3]),
        (before[2] + GAP // 2, before[1], after[0], before[3]),
    ]


@pytest.mark.parametrize("text", ["New words first", "first of all", "only this"])
def test_words_at_the_ends_and_instead(text: str) -> None:
    for one in words_of(paper(printed(line_of("first"), text=text), edited="p1")):
        assert one.bbox is not None
        assert one.bbox[0] < one.bbox[2]
        assert one.bbox[1] < one.bbox[3]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_paragraph_over_two_columns_has_two_parts(rotation: int) -> None:
    """A box around both would take in what stands above the one and below the other."""
    lines = [line_of("It was", top=1200), line_of("decided", top=1240), line_of("to hold", top=100, rtl=True)]
    laid = [lying_down(line, rotation) for line in lines]
    (page,) = pages_with_words(paper(printed(*laid), pages=[page_facts(rotation=rotation)]))
    assert [(one.part, one.text) for one in page.passages] == [(1, "It was decided"), (2, "to hold")]
    assert page.passages[1].bbox == laid[2].bbox


def test_a_paragraph_over_a_page_end_has_two_parts() -> None:
    one = printed(line_of("Polling will be", top=1300), line_of("held on Sunday", page=2))
    pages = pages_with_words(paper(one, pages=[page_facts(1), page_facts(2)]))
    (first,), (second,) = (page.passages for page in pages)
    assert (first.part, first.text, second.part, second.text) == (1, "Polling will be", 2, "held on Sunday")
    assert (first.bbox, second.bbox) == (one.lines[0].bbox, one.lines[1].bbox)


def test_what_was_taken_out_is_not_shown() -> None:
    gone = printed(line_of("said twice"), text="", name="p2")
    (page,) = pages_with_words(paper(printed(line_of("said once")), gone))
    assert [passage.paragraph.id for passage in page.passages] == ["p1"]


def test_a_paragraph_of_a_persons_words_alone_keeps_them() -> None:
    empty = printed(line_of("x")).model_copy(update={"lines": (), "recognised": "", "text": "put in by hand"})
    (page,) = pages_with_words(paper(empty, edited="p1"))
    assert page.passages[0].text == "put in by hand"
    assert all(word.bbox for word in page.passages[0].lines[0].words)


def test_text_without_boxes() -> None:
    line = line_of("Polling will be held")
    plain = line.model_copy(
        update={"bbox": None, "words": tuple(word.model_copy(update={"bbox": None}) for word in line.words)}
    )
    pages = [page_facts().model_copy(update={"width": None, "height": None})]
    (page,) = pages_with_words(paper(printed(plain, text="Polling was held"), pages=pages))
    assert page.size is None
    assert [word.bbox for word in page.passages[0].lines[0].words] == [None] * 3


WORDS = st.lists(st.sampled_from(["the", "voters", "list", "of", "NA-75", "ووٹر", "فہرست", "کی", "1,250"]), min_size=1)


@given(recognised=st.lists(WORDS, min_size=1, max_size=3), final=WORDS)
def test_no_word_is_lost_and_none_invented(recognised: list[list[str]], final: list[str]) -> None:
    lines = [line_of(" ".join(words), top=100 + 50 * i) for i, words in enumerate(recognised)]
    one: ParagraphEntry = printed(*lines, text=" ".join(final))
    found = words_of(paper(one, edited="p1"))
    assert [word.text for word in found] == final
    assert [one.text[word.start : word.start + len(word.text)] for word in found] == final
    for word in found:
        assert word.bbox is not None
        assert 0 <= word.bbox[0] < word.bbox[2]
        assert 0 <= word.bbox[1] < word.bbox[3]
