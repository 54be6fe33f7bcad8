"""Reading order, paragraphs and their kinds, on pages made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ecp_ingest.document.geometry import Box, around
from ecp_ingest.document.pages import PageFacts, ReadPage
from ecp_ingest.document.text import Paragraph, ReadLine, ReadRegion, ScriptChoice, Word
from ecp_ingest.release.paragraphs.compose import compose

PITCH, HEIGHT = 60, 40
ENGLISH = "The body met today and took note of the work that the field offices have done so far"
URDU = "اجلاس میں تمام صوبوں کے افسران نے شرکت کی اور ضلعی دفاتر کی کارکردگی کا جائزہ لیا گیا"


def choice(text: str) -> ScriptChoice:
    if sum("\u0600" <= c <= "\u06ff" for c in text) > sum("a" <= c.lower() <= "z" for c in text):
        return ScriptChoice("Arab", "urd", 1.0, "test")
    return ScriptChoice("Latn", "eng", 1.0, "test")


def at(text: str, left: int, top: int, right: int, *, height: int = HEIGHT) -> ReadLine:
    box = Box(left, top, right, top + height)
    return ReadLine(tuple(Word(word, box, 0.9) for word in text.split()), box, choice(text))


def region(*lines: ReadLine) -> ReadRegion:
    boxes = tuple(line.bbox for line in lines)
    box = around([box for box in boxes if box is not None]) if any(boxes) else None
    return ReadRegion(box, box, lines, boxes)


def page(*regions: ReadRegion, number: int = 1, pictures: Sequence[Box] = ()) -> ReadPage:
    facts = PageFacts(number=number, width=2000, height=3000, dpi=300, origin="ocr", why="test")
    return ReadPage(facts, regions, tuple(pictures), tuple(pictures))


def column(texts: Sequence[str], left: int, right: int, top: int) -> ReadRegion:
    """Full lines; one that ends with a full stop is short, as last lines are."""
    lines = []
    for i, text in enumerate(texts):
        short = text.endswith((".", "۔"))
        rtl = choice(text).script == "Arab"
        a = left + (right - left) // 2 if short and rtl else left
        b = right - (right - left) // 2 if short and not rtl else right
        lines.append(at(text, a, top + i * PITCH, b))
    return region(*lines)


def plain(*blocks: str) -> ReadPage:
    made = []
    for block in blocks:
        lines = [ReadLine(tuple(Word(w, None, None) for w in t.split()), None, choice(t)) for t in block.splitlines()]
        made.append(ReadRegion(None, None, tuple(lines), (None,) * len(lines)))
    return page(*made)


def composed(*pages: ReadPage) -> tuple[Paragraph, ...]:
    return compose(pages).paragraphs


def openings(paragraphs: Sequence[Paragraph]) -> list[str]:
    return [paragraph.recognised.split()[0] for paragraph in paragraphs]


def body(name: str, *, urdu: bool = False) -> list[str]:
    text = URDU if urdu else ENGLISH
    return [f"{name} {text}", text, "یہ بات بتائی گئی۔" if urdu else "and so on."]


# ── reading order ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_english_columns_are_read_from_left_to_right() -> None:
    right, left = column(body("Right"), 1050, 1850, 400), column(body("Left"), 150, 950, 400)
    assert openings(composed(page(right, left))) == ["Left", "Right"]


def test_urdu_columns_are_read_from_right_to_left() -> None:
    left, right = column(body("دوم", urdu=True), 150, 950, 400), column(body("اول", urdu=True), 1050, 1850, 400)
    assert openings(composed(page(left, right))) == ["اول", "دوم"]


@pytest.mark.parametrize("urdu_left", [True, False])
def test_the_english_half_comes_before_the_urdu_half_beside_it(urdu_left: bool) -> None:
    english = column([*body("One"), *body("Two")], *((1050, 1850) if urdu_left else (150, 950)), 400)
    urdu = column(body("اول", urdu=True), *((150, 950) if urdu_left else (1050, 1850)), 380)
    assert openings(composed(page(urdu, english))) == ["One", "Two", "اول"]


def test_a_letterhead_over_the_columns_comes_first_and_a_footer_last() -> None:
    head = region(at("ELECTION COMMISSION OF PAKISTAN", 500, 100, 1500))
    foot = region(at("Page 1 of 2", 900, 2800, 1100))
    left, right = column(body("Left"), 150, 950, 400), column(body("Right"), 1050, 1850, 400)
    paragraphs = composed(page(foot, left, head, right))
    assert openings(paragraphs) == ["ELECTION", "Left", "Right", "Page"]
    assert [p.kind for p in paragraphs] == ["letterhead", "body", "body", "footer"]


def test_paragraphs_that_end_at_one_height_do_not_make_rows() -> None:
    regions = [column(body(name), left, left + 800, top) for top in (400, 900) for name, left in (
        (f"L{top}", 150), (f"R{top}", 1050))]  # fmt: skip
    assert openings(composed(page(*regions))) == ["L400", "L900", "R400", "R900"]


def test_an_inset_is_read_after_the_columns_that_it_stands_between() -> None:
    """And it parts no paragraph whose lines are shorter beside it."""
    left = region(*(
        at(f"Left {ENGLISH}" if not i else ENGLISH, 150, 400 + i * PITCH, 760 if 4 < i < 9 else 960) for i in range(16)
    ))  # fmt: skip
    right = region(*(at(f"Right {ENGLISH}" if not i else ENGLISH, 1040, 400 + i * PITCH, 1850) for i in range(16)))
    caption = region(*(at(text, 800, top, 1000) for text, top in (("Officers at a", 720), ("training in May", 780))))
    foot = region(at("Page 1 of 2", 900, 2800, 1100))
    set_out = ((caption, (4,)), (foot, (3,)), (right, (2,)), (left, (1,)))
    paragraphs = composed(page(*(replace(part, path=path) for part, path in set_out)))
    assert [(openings([p])[0], len(p.lines)) for p in paragraphs] == [("Left", 32), ("Officers", 2), ("Page", 1)]


# ── where paragraphs begin ────────────────────────────────────────────────────────────────────────────────────────


def test_white_parts_paragraphs() -> None:
    lines = [at(ENGLISH, 150, top, 1850) for top in (400, 460, 520, 610, 670, 730)]
    assert [len(p.lines) for p in composed(page(region(*lines)))] == [3, 3]


def test_uneven_nastaliq_lines_stay_together() -> None:
    tops = [400, 528, 640, 775, 890, 1012]
    lines = [at(URDU, 150, top, 1850, height=150 - 20 * (i % 2)) for i, top in enumerate(tops)]
    assert [len(p.lines) for p in composed(page(region(*lines)))] == [6]


@pytest.mark.parametrize(("text", "indented"), [(ENGLISH, (270, 1850)), (URDU, (150, 1730))])
def test_an_indent_at_the_side_where_reading_begins_parts_paragraphs(text: str, indented: tuple[int, int]) -> None:
    edges = [indented, (150, 1850), (150, 1850), indented, (150, 1850), (150, 1850)]
    lines = [at(text, left, 400 + PITCH * i, right) for i, (left, right) in enumerate(edges)]
    assert [len(p.lines) for p in composed(page(region(*lines)))] == [3, 3]


@pytest.mark.parametrize("urdu", [True, False])
def test_a_short_last_line_ends_a_paragraph(urdu: bool) -> None:
    texts = [*body("اول" if urdu else "One", urdu=urdu), *body("دوم" if urdu else "Two", urdu=urdu)]
    assert [len(p.lines) for p in composed(page(column(texts, 150, 1850, 400)))] == [3, 3]


def test_a_sentence_that_ends_at_the_edge_ends_no_paragraph() -> None:
    lines = [at(text, 150, 400 + PITCH * i, 1850) for i, text in enumerate([ENGLISH, ENGLISH + ".", ENGLISH, ENGLISH])]
    assert len(composed(page(region(*lines)))) == 1


def test_another_script_begins_a_paragraph() -> None:
    lines = [at(text, 150, 400 + PITCH * i, 1850) for i, text in enumerate([ENGLISH, ENGLISH, URDU, URDU])]
    assert [p.language for p in composed(page(region(*lines)))] == ["eng", "urd"]


def test_each_list_item_is_a_paragraph() -> None:
    texts = [
        "The dates are as follows:",
        "1. Public notice on Monday",
        "2. Scrutiny in the first",
        "week of the month;",
    ]
    lines = [at(text, 150, 400 + PITCH * i, 1500) for i, text in enumerate([*texts, "3. Polling at the end"])]
    assert openings(composed(page(region(*lines)))) == ["The", "1.", "2.", "3."]


def test_plain_text_has_a_paragraph_for_each_block_and_each_unwrapped_line() -> None:
    long = f"{ENGLISH}, {ENGLISH}, {ENGLISH}."
    wrapped = f"{ENGLISH}\n{ENGLISH}\nand so on."
    paragraphs = composed(plain(f"{long}\n{long}", wrapped))
    assert [len(p.lines) for p in paragraphs] == [1, 1, 3]
    assert paragraphs[2].recognised == wrapped.replace("\n", " ")


# ── over page ends ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sentence_runs_on_over_the_page_end() -> None:
    foot = region(at("Page 1", 900, 2800, 1100))
    head = region(at("ELECTION COMMISSION OF PAKISTAN", 500, 100, 1500))
    first = page(column([f"One {ENGLISH}", ENGLISH], 150, 1850, 2300), foot)
    second = page(head, column(["that were named above and so on.", *body("Two")], 150, 1850, 400), number=2)
    paragraphs = composed(first, second)
    assert openings(paragraphs) == ["One", "Page", "ELECTION", "Two"]
    assert [placed.page for placed in paragraphs[0].lines] == [1, 1, 2]


def test_each_half_runs_on_in_its_own_language() -> None:
    first = page(column([ENGLISH, ENGLISH], 150, 950, 400), column([URDU, URDU], 1050, 1850, 400))
    second = page(column([ENGLISH.lower()], 150, 950, 400), column([URDU], 1050, 1850, 400), number=2)
    assert [(p.language, len(p.lines)) for p in composed(first, second)] == [("eng", 3), ("urd", 3)]


def test_a_finished_sentence_does_not_run_on() -> None:
    first, second = page(column(body("One"), 150, 1850, 400)), page(column(body("Two"), 150, 1850, 400), number=2)
    assert openings(composed(first, second)) == ["One", "Two"]


def test_a_short_line_does_not_run_on() -> None:
    first = page(region(at(ENGLISH, 150, 400, 1850), at(ENGLISH, 150, 460, 1850), at("and at last", 150, 520, 500)))
    assert openings(composed(first, page(column(body("Two"), 150, 1850, 400), number=2))) == ["The", "Two"]


def test_lines_kept_apart_do_not_interrupt() -> None:
    first = page(column([f"One {ENGLISH}", ENGLISH], 150, 1850, 400))
    second = page(column([ENGLISH, "that were named above and so on."], 150, 1850, 400), number=2)
    result = compose([first, second], apart={(2, 0, 0): "r1"})
    assert [len(p.lines) for p in result.paragraphs] == [3, 1]
    assert result.apart == {"p2": "r1"}
    assert result.paragraphs[1].recognised == ENGLISH


# ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def centred(text: str, top: int, width: int, *, height: int = HEIGHT) -> ReadRegion:
    return region(at(text, 1000 - width // 2, top, 1000 + width // 2, height=height))


def test_the_parts_of_a_release() -> None:
    paragraphs = composed(
        page(
            centred("ELECTION COMMISSION OF PAKISTAN", 100, 1000, height=60),
            centred("Media Coordination and Outreach Wing", 190, 800),
            centred("Press Release", 300, 320),
            centred("Training of polling staff begins", 400, 700),
            region(at("Islamabad, 5th May, 2023:", 150, 500, 700)),
            column(body("One"), 150, 1850, 600),
            column(body("Two"), 150, 1850, 850),
            region(at("(Anwar Saeed)", 1500, 1150, 1800), at("Director (PR)", 1500, 1210, 1800)),
            region(at("Constitution Avenue, Islamabad, Phone: 051-1234567", 400, 2850, 1600)),
        )
    )
    assert [p.kind for p in paragraphs] == [
        *("letterhead", "letterhead", "heading", "heading", "dateline"),
        *("body", "body", "signature", "signature", "footer"),
    ]
    assert [p.id for p in paragraphs] == [f"p{n}" for n in range(1, 11)]


def test_the_issuer_at_the_head_of_a_narrow_paragraph_is_no_letterhead() -> None:
    lines = ("الیکشن کمیشن آف پاکستان نے ان", "اضلاع میں تمام انتظامات پورے", "کر لیے ہیں اور عملہ روانہ ہوا۔")
    (paragraph,) = composed(page(column(lines, 150, 700, 400)))
    assert paragraph.kind == "body"
    assert paragraph.recognised.startswith("الیکشن")


def test_a_letterhead_of_two_long_lines_is_two_paragraphs() -> None:
    lines = (at("الیکشن کمیشن آف پاکستان", 700, 100, 1300), at("دفتر ضلعی الیکشن کمشنر گوادر", 695, 160, 1305))
    paragraphs = composed(page(region(*lines), column(body("اول", urdu=True), 150, 1850, 600)))
    assert [p.kind for p in paragraphs][:2] == ["letterhead", "letterhead"]


def test_a_name_over_an_office_signs() -> None:
    text = column([*body("One"), *body("Two")], 150, 1850, 300)
    signed = region(at("Nadia Rehman Khosa", 1200, 700, 1700), at("Deputy Director (Media)", 1180, 760, 1720))
    assert [p.kind for p in composed(page(text, signed))][-1] == "signature"


def test_a_dateline_on_two_lines_behind_a_file_number() -> None:
    first = at("No. F.3(12)/2023-Coord Dated Islamabad, the", 150, 300, 950)
    rest = [at(text, 150, 420 + i * PITCH, 950) for i, text in enumerate([ENGLISH] * 3)]
    paragraphs = composed(page(region(first, at("9th March, 2023", 150, 360, 500), *rest)))
    assert [p.kind for p in paragraphs][:2] == ["dateline", "body"]
    assert paragraphs[0].recognised.endswith("2023")


def test_a_date_that_ends_a_sentence_is_no_dateline() -> None:
    (paragraph,) = composed(page(region(
        *(at(ENGLISH, 150, 300 + i * PITCH, 950) for i in range(4)), at("8th January, 2023.", 150, 540, 500),
    )))  # fmt: skip
    assert paragraph.kind == "body"


def test_a_dateline_that_runs_on_is_body() -> None:
    opening = f"Islamabad, 5th May, 2023: {ENGLISH}"
    paragraphs = composed(page(column([opening, ENGLISH, "and so on."], 150, 1850, 400)))
    assert [p.kind for p in paragraphs] == ["body"]


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["Islamabad, 31st May, 2022", "(29th Shawwal, 1443 A.H.):"], ["dateline"]),
        (["Islamabad, 31st May, 2022 (29th Shawwal, 1443", "A.H.):"], ["dateline"]),
        (["مورخہ: 31 مئی 2022ء بمطابق 29 شوال", "1443ھ، اسلام آباد"], ["dateline"]),
        (["Polling schedule of the coming", "by-elections"], ["heading"]),
        (["ووٹر فہرستوں میں اندراج نہ کرانے پر", "اظہار وجوہ کا نوٹس"], ["heading"]),
    ],
)
def test_what_is_wrapped_in_a_narrow_column_stays_one(lines: list[str], kinds: list[str]) -> None:
    """The second line is centred; the first fills the column."""
    head = [at(text, 150 + 200 * i, 300 + i * PITCH, 950 - 200 * i) for i, text in enumerate(lines)]
    rtl = head[0].choice.script == "Arab"
    text = [at(URDU if rtl else ENGLISH, 150, 500 + i * PITCH, 950) for i in range(5)]
    assert [p.kind for p in composed(page(region(*head, *text)))] == [*kinds, "body"]


def test_a_date_under_its_item_is_no_dateline() -> None:
    lines = [*(at(ENGLISH, 150, 300 + i * PITCH, 950) for i in range(4)), at("and so on.", 150, 540, 400)]
    items = [at("• Scrutiny of nomination papers:", 150, 600, 900), at("24th March, 2023", 190, 660, 500)]
    assert [p.kind for p in composed(page(region(*lines, *items)))] == ["body", "body"]


def test_an_address_that_ends_a_column_is_no_heading() -> None:
    """Though it is centred as headings are, and the other column is longer."""
    foot = region(at("Sheikh Zain Tower, Hayatabad, Peshawar", 300, 700, 800))
    left, right = column(body("Left"), 150, 950, 400), column([*body("Right"), *body("Last")] * 4, 1050, 1850, 400)
    kinds = {openings([p])[0]: p.kind for p in composed(page(left, foot, right))}
    assert kinds["Sheikh"] == "footer"


def test_what_stands_under_a_picture_is_its_caption() -> None:
    picture = Box(300, 1200, 1700, 2000)
    caption = region(at("سیکرٹری John Carter سے رپورٹ وصول کر رہے ہیں", 350, 2030, 1650))
    paragraphs = composed(page(column(body("One"), 150, 1850, 400), caption, pictures=[picture]))
    assert [(p.kind, p.language) for p in paragraphs] == [("body", "eng"), ("caption", "urd")]


@pytest.mark.parametrize("left", [True, False])
def test_what_stands_alone_beside_a_picture_is_its_caption(left: bool) -> None:
    picture = Box(*((1000, 700, 1850, 1300) if left else (150, 700, 1000, 1300)))
    start = 150 if left else 1050
    texts = ("The Secretary receives the", "report of the observers in", "his office on Monday")
    caption = region(*(at(text, start, 900 + i * PITCH, start + 800) for i, text in enumerate(texts)))
    above, below = column(body("One"), 150, 1850, 400), column(body("Two"), 150, 1850, 1500)
    paragraphs = composed(page(above, caption, below, pictures=[picture]))
    assert [(openings([p])[0], p.kind) for p in paragraphs] == [("One", "body"), ("The", "caption"), ("Two", "body")]


def test_text_that_flows_around_a_picture_is_no_caption() -> None:
    picture = Box(1000, 700, 1850, 1300)
    around_it = [column(body(name), 150, 950, top) for name, top in (("One", 720), ("Two", 1000))]
    paragraphs = composed(page(*around_it, column(body("Three"), 150, 1850, 1500), pictures=[picture]))
    assert "caption" not in [p.kind for p in paragraphs]


def test_in_plain_text_an_open_mixed_line_at_the_end_is_a_caption() -> None:
    paragraphs = composed(plain(f"{URDU}۔", "سیکرٹری سے John Carter رپورٹ وصول کر رہے ہیں"))
    assert [p.kind for p in paragraphs] == ["body", "caption"]


def test_nothing_gives_nothing() -> None:
    assert composed() == ()
    assert composed(page()) == ()
    assert composed(page(region(ReadLine((), Box(1, 1, 2, 2), choice(""))))) == ()


def test_every_line_comes_once() -> None:
    regions = [column(body(f"N{i}", urdu=i % 2 == 0), 100 + 450 * (i % 4), 500 + 450 * (i % 4), 300 + 37 * i * (i % 3))
               for i in range(12)]  # fmt: skip
    paragraphs = composed(page(*regions))
    assert sorted(id(p.line) for q in paragraphs for p in q.lines) == sorted(id(x) for r in regions for x in r.lines)
