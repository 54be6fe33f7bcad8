"""Columns, lines, pictures: on drawn pages, where every line's place is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import PageLayout
from ecp_ingest.document.pages import PageImage
from ecp_ingest.page.imaging.components import find_components, measure_letter_height
from ecp_ingest.page.layout import lay_out
from ecp_ingest.page.layout.columns import find_columns
from ecp_ingest.page.layout.line_images import with_full_contrast
from ecp_ingest.page.layout.ruling_lines import find_rules

LINE = "The Commission has issued the schedule for polling stations"


def blank(height: int = 1200, width: int = 1600) -> Pixels:
    return np.full((height, width), 255, np.uint8)


def write(page: Pixels, text: str, *, left: int, base: int, size: float = 1.1, colour: int = 0) -> None:
    cv2.putText(page, text, (left, base), cv2.FONT_HERSHEY_COMPLEX, size, colour, 2, cv2.LINE_AA)


def page_image(pixels: Pixels) -> PageImage:
    height, width = pixels.shape
    return PageImage(
        pixels=pixels,
        ink=(pixels < 128).astype(np.uint8),
        to_scan=np.array([[1.0, 0, 0], [0, 1.0, 0]]),
        rotation=0,
        skew=0.0,
        dpi=300.0,
        dpi_source="file",
        scan_width=width,
        scan_height=height,
        is_blank=False,
    )


def test_lines_stand_in_order_and_hold_all_their_ink() -> None:
    page = blank()
    for i in range(8):
        write(page, LINE, left=80, base=120 + 70 * i)
    layout = lay_out(page_image(page))
    lines = [line for region in layout.regions for line in region.lines]
    assert len(lines) == 8
    tops = [line.bbox.top for line in lines]
    assert tops == sorted(tops)
    ink_in_lines = sum(int((line.pixels < 128).sum()) for line in lines)
    assert ink_in_lines == pytest.approx(int((page < 128).sum()), rel=0.02)


def test_lines_that_touch_are_parted() -> None:
    """Ascenders of one line run into descenders of the line above: no white row is left anywhere."""
    page = blank()
    for i in range(6):
        write(page, "pgyjq hldkb pgyjq hldkb pgyjq hldkb", left=80, base=120 + 31 * i)
    column = page_image(page)
    assert column.ink[110:270].any(axis=1).all()
    lines = [line for region in lay_out(column).regions for line in region.lines]
    assert len(lines) == 6


def test_two_columns_are_read_apart() -> None:
    page = blank(width=2200)
    for i in range(10):
        write(page, "left hand words of line " + str(i), left=60, base=120 + 66 * i)
        write(page, "right hand words of line " + str(i), left=1150, base=120 + 66 * i)
    regions = lay_out(page_image(page)).regions
    assert len(regions) == 2
    assert [len(region.lines) for region in regions] == [10, 10]
    assert regions[0].bbox.right < regions[1].bbox.left


def test_a_heading_across_columns_belongs_to_neither() -> None:
    page = blank(width=2200)
    write(page, "ELECTION COMMISSION OF PAKISTAN", left=500, base=90, size=2.2)
    for i in range(10):
        write(page, "left hand words of line " + str(i), left=60, base=250 + 66 * i)
        write(page, "right hand words of line " + str(i), left=1150, base=250 + 66 * i)
    assert [len(region.lines) for region in lay_out(page_image(page)).regions] == [1, 10, 10]


def test_words_far_apart_in_one_line_are_no_columns() -> None:
    page = blank()
    for i in range(6):
        write(page, LINE, left=80, base=120 + 70 * i)
    write(page, "Director", left=80, base=600)
    write(page, "Islamabad", left=1200, base=600)
    components = find_components(page_image(page).ink)
    assert len(find_columns(components.boxes, measure_letter_height(components))) == 1


def test_white_print_on_a_black_bar_is_turned() -> None:
    page = blank()
    cv2.rectangle(page, (60, 60), (1400, 150), 0, -1)
    write(page, "POLLING SCHEDULE ANNOUNCED TODAY", left=120, base=120, colour=255)
    for i in range(4):
        write(page, LINE, left=80, base=260 + 70 * i)
    lines = [line for region in lay_out(page_image(page)).regions for line in region.lines]
    assert len(lines) == 5
    assert np.median(lines[0].pixels) == 255


def test_a_dark_photograph_of_two_levels_is_no_bar() -> None:
    """A fax has no greys: white grain on black, not white print."""
    page = blank()
    write(page, LINE, left=80, base=100)
    grain = np.random.default_rng(3).random((140, 250)) < 0.12
    photograph = np.kron(grain, np.ones((3, 3))) * 255
    page[200:620, 300:1050] = photograph
    layout = lay_out(page_image(page))
    assert len([line for region in layout.regions for line in region.lines]) == 1
    assert len(layout.pictures) == 1


def test_an_underline_goes_and_its_words_stay() -> None:
    page = blank()
    write(page, "Press Release going up", left=300, base=120)
    cv2.line(page, (290, 124), (800, 124), 0, 3)
    write(page, LINE, left=80, base=260)
    lines = [line for region in lay_out(page_image(page)).regions for line in region.lines]
    assert len(lines) == 2
    assert not (lines[0].pixels[-4:] < 128).any()
    longest = max(map(len, "".join("#" if x else " " for x in (lines[0].pixels < 128).any(axis=0)).split()))
    assert longest < 200


def test_seals_and_photographs_are_set_aside() -> None:
    page = blank(height=1600)
    cv2.circle(page, (800, 150), 100, 0, 8)
    cv2.circle(page, (800, 150), 60, 0, 4)
    for i in range(6):
        write(page, LINE, left=80, base=360 + 70 * i)
    noise = np.random.default_rng(1).integers(20, 190, (400, 700)).astype(np.uint8)
    page[900:1300, 400:1100] = cv2.GaussianBlur(noise, (0, 0), 9)
    layout = lay_out(page_image(page))
    assert sum(len(region.lines) for region in layout.regions) == 6
    assert len(layout.pictures) == 2
    assert layout.pictures[1].overlap(Box(400, 900, 1100, 1300)) > 0.95 * 400 * 700


def test_specks_make_no_lines() -> None:
    page = blank()
    for i in range(4):
        write(page, LINE, left=80, base=120 + 70 * i)
    for x, y in ((1500, 900), (300, 1000), (900, 1100), (1550, 200)):
        cv2.circle(page, (x, y), 3, 0, -1)
    lines = [line for region in lay_out(page_image(page)).regions for line in region.lines]
    assert len(lines) == 4
    assert max(line.bbox.right for line in lines) < 1450


def test_a_blank_page_has_no_layout() -> None:
    assert lay_out(page_image(blank())).regions == ()


def test_levels_spread_a_faint_line_over_all_greys() -> None:
    faint = np.full((40, 200), 200, np.uint8)
    faint[15:25, 50:150] = 130
    spread = with_full_contrast(faint, (faint < 165).astype(np.uint8))
    assert spread.max() == 255
    assert spread.min() == 0


def test_frame_of_dashes_is_no_line() -> None:
    page = blank()
    for i in range(6):
        write(page, LINE, left=80, base=160 + 70 * i)
    plain = lay_out(page_image(page))
    for x in range(40, 1560, 64):
        cv2.rectangle(page, (x, 60), (x + 34, 68), 0, -1)
        cv2.rectangle(page, (x, 640), (x + 34, 648), 0, -1)
    for y in range(80, 620, 64):
        cv2.rectangle(page, (40, y), (48, y + 34), 0, -1)
    framed = lay_out(page_image(page))
    assert lines_of(framed) == lines_of(plain)


def test_rule_with_dashes_on_it_goes_as_a_whole() -> None:
    """Broad dashes on a thin line: taking only the line away would leave the dashes."""
    page = blank()
    for i in range(6):
        write(page, LINE, left=80, base=160 + 70 * i)
    plain = lay_out(page_image(page))
    cv2.line(page, (40, 60), (1560, 60), 0, 2)
    for x in range(40, 1560, 70):
        cv2.rectangle(page, (x, 60), (x + 34, 70), 0, -1)
    assert lines_of(lay_out(page_image(page))) == lines_of(plain)


def test_row_of_hyphens_to_fill_in_stays() -> None:
    page = blank()
    write(page, "Name of the candidate", left=80, base=160)
    for x in range(700, 1000, 30):
        cv2.rectangle(page, (x, 150), (x + 16, 153), 0, -1)
    (line,) = lines_of(lay_out(page_image(page)))
    assert line.right > 980


def lines_of(layout: PageLayout) -> list[Box]:
    return [line.bbox for region in layout.regions for line in region.lines]


def test_headline_hanging_into_its_columns_keeps_them_apart() -> None:
    """As a descender of Nastaliq does: no white row is left between the headline and the first lines."""
    page = blank()
    write(page, "Headline", left=550, base=150, size=2)
    cv2.line(page, (690, 140), (700, 215), 0, 6)
    for i in range(10):
        write(page, "The Commission has issued it", left=80, base=210 + 70 * i)
        write(page, "Polling stations were set up", left=750, base=205 + 70 * i)
    regions = [region for region in lay_out(page_image(page)).regions if len(region.lines) > 5]
    assert [len(region.lines) for region in regions] == [10, 10]
    assert all(line.bbox.right < 740 for line in regions[0].lines)


def three_columns(page: Pixels, *, top: int) -> None:
    for i in range(9):
        for left, text in ((60, "The Commission has"), (580, "issued schedules"), (1080, "of polling station")):
            write(page, text, left=left, base=top + 60 * i)


def paths_of(page: Pixels, rules: list[tuple[int, int, int, int]] | None = None) -> dict[tuple[int, ...], Box]:
    """Where each column's print stands."""
    components = find_components((page < 128).astype(np.uint8))
    drawn = np.array(rules or np.zeros((0, 4)), np.int32)
    found = find_columns(components.boxes, measure_letter_height(components), drawn)
    boxes = {column.path: components.boxes[column.members] for column in found}
    return {path: Box(*map(int, (*b[:, :2].min(axis=0), *b[:, 2:].max(axis=0)))) for path, b in boxes.items()}


@pytest.mark.parametrize("size", [1.1, 2.0])
def test_headings_over_the_middle_column_are_none_of_its_lines(size: float) -> None:
    page = blank()
    write(page, "Election Commission of Pakistan", left=480, base=80, size=1.2)
    write(page, "Notice", left=745 - int(52 * size), base=160, size=size)
    three_columns(page, top=240)
    columns = paths_of(page)
    heads = [box for box in columns.values() if box.bottom < 200]
    assert len(columns) == 4
    assert len(heads) == 1
    assert all(box.top > 200 for box in columns.values() if box not in heads)


def test_an_upright_rule_tells_where_columns_begin() -> None:
    """The headings hang into the columns' rows and stand over the middle one: white alone doesn't tell."""
    page = blank()
    write(page, "Notice", left=700, base=60, size=1.1)
    three_columns(page, top=110)
    rules = [(540, 75, 544, 600), (1040, 75, 1044, 600)]
    columns = paths_of(page, rules)
    assert sorted(box.left // 500 for box in columns.values() if box.top > 70) == [0, 1, 2]
    assert [box.bottom < 75 for box in columns.values()].count(True) == 1


def test_printed_rules_part_the_columns_of_a_page() -> None:
    page = blank()
    write(page, "Notice", left=700, base=60, size=1.1)
    three_columns(page, top=110)
    for x in (540, 1040):
        cv2.line(page, (x, 80), (x, 600), 0, 3)
    counts = [len(region.lines) for region in lay_out(page_image(page)).regions]
    assert sorted(counts) == [1, 9, 9, 9]


def test_no_gutter_runs_through_a_level_rule() -> None:
    page = blank()
    for top in (80, 640):
        for i in range(9):
            write(page, "The Commission has issued it", left=80, base=top + 55 * i)
            write(page, "Polling stations were set up", left=820, base=top + 55 * i)
    across = (70, 575, 1500, 579)
    assert len(paths_of(page)) == 2
    assert len(paths_of(page, [across])) == 4


def test_a_streak_through_a_line_is_no_rule() -> None:
    page = blank()
    for i in range(12):
        write(page, "The Commission has issued it", left=80, base=80 + 55 * i)
        write(page, "Polling stations were set up", left=820, base=80 + 55 * i)
    page[342:346] = 255  # as it is left when the streak was taken out of the letters
    assert len(paths_of(page, [(70, 342, 1500, 346)])) == 2


def test_specks_beside_a_rule_are_no_column() -> None:
    page = blank()
    for i in range(10):
        write(page, LINE, left=120, base=120 + 70 * i)
    for i in range(3, 6):
        cv2.circle(page, (60, 105 + 70 * i), 5, 0, -1)
    assert len(paths_of(page, [(80, 60, 84, 800)])) == 1


def test_rules_are_found_outside_pictures() -> None:
    ink = np.zeros((800, 800), np.uint8)
    ink[100:700, 300:304] = 1
    ink[750:753, 50:750] = 1
    ink[200:500, 500:504] = 1
    found = find_rules(ink, np.zeros_like(ink), [Box(450, 150, 700, 550)], 30)
    assert sorted(map(tuple, found.tolist())) == [(50, 750, 750, 753), (300, 100, 304, 700)]


def around_an_inset(*, photograph: int, below: int) -> Pixels:
    """Two columns, and between them a photograph (so many lines high) with a caption of four lines under it. The text
    is set round both; above them stand ten lines, ``below`` so many."""
    page = blank(height=1900)
    for i in range(16 + photograph + below):
        base = 120 + 50 * i
        if 10 <= i < 16 + photograph:
            write(page, "The body has", left=80, base=base)
            write(page, "were set up", left=1180, base=base)
        else:
            write(page, "The body has issued a schedule", left=80, base=base)
            write(page, "polling stations were set up", left=840, base=base)
    for i, text in enumerate(("Officers at the", "training in Multan", "look at the new", "ballot boxes")):
        write(page, text, left=560, base=670 + 50 * (photograph + i), size=1.2)
    if photograph:
        noise = np.random.default_rng(1).integers(20, 190, (50 * photograph - 30, 560)).astype(np.uint8)
        page[590 : 560 + 50 * photograph, 500:1060] = cv2.GaussianBlur(noise, (0, 0), 9)
    return page


@pytest.mark.parametrize(("photograph", "below"), [(0, 10), (9, 6), (9, 0)])
def test_what_is_set_into_a_gutter_does_not_end_it(photograph: int, below: int) -> None:
    regions = lay_out(page_image(around_an_inset(photograph=photograph, below=below))).regions
    lines: dict[tuple[int, ...] | None, int] = {}
    for region in regions:
        lines[region.path] = lines.get(region.path, 0) + len(region.lines)
    text = 16 + photograph + below
    assert lines == {(1,): text, (2,): text, (4,): 4}


def test_the_middle_one_of_three_columns_is_no_inset() -> None:
    """Though two columns go on below the three, and are nearer to each other than it is wide."""
    page = blank(height=1800)
    three_columns(page, top=120)
    for i in range(18):
        write(page, "The Commission has issued some", left=60, base=720 + 55 * i)
        write(page, "Polling stations were set up in", left=830, base=720 + 55 * i)
    assert not [path for path in paths_of(page) if 4 in path]


def test_specks_beside_text_are_no_column() -> None:
    page = blank()
    for i in range(16):
        write(page, LINE, left=80, base=120 + 60 * i)
        cv2.line(page, (1540, 90 + 60 * i), (1542, 125 + 60 * i), 0, 3)
    assert len(paths_of(page)) == 1


def test_a_round_letter_of_a_headline_is_no_seal() -> None:
    page = blank()
    cv2.putText(page, "DOUBTS", (80, 230), cv2.FONT_HERSHEY_SIMPLEX, 4, 0, 8, cv2.LINE_AA)
    for i in range(12):
        write(page, LINE, left=80, base=340 + 60 * i, size=0.9)
    layout = lay_out(page_image(page))
    assert layout.pictures == ()
    assert min(line.left for line in lines_of(layout) if line.bottom < 300) < 100


def test_a_photograph_in_black_and_white_is_set_aside_in_its_shape() -> None:
    """A dark figure with light marks in it; text stands in the corner of its box."""
    page = blank(height=1500)
    figure = np.array([[80, 1400], [80, 900], [700, 500], [760, 560], [420, 1400]], np.int32)
    cv2.fillPoly(page, [figure], 0)
    for x, y in ((150, 1000), (260, 1250), (210, 1120), (330, 1340), (500, 800)):
        cv2.circle(page, (x, y), 22, 255, -1)
        cv2.circle(page, (x, y), 8, 0, -1)
    for i in range(10):
        write(page, "The body has issued a schedule", left=690, base=900 + 50 * i)
    layout = lay_out(page_image(page))
    assert [picture.overlap(Box(80, 500, 760, 1400)) > 500_000 for picture in layout.pictures] == [True]
    assert [line.left // 20 for line in lines_of(layout)] == [34] * 10


def test_gaps_between_words_that_stand_in_step_are_no_gutter() -> None:
    page = blank()
    for i in range(12):
        left = 80 if 3 <= i < 7 else 150
        write(page, "The Commission has issued", left=left, base=120 + 70 * i)
        write(page, "the schedule of the polls", left=left + 490, base=120 + 70 * i)
    (region,) = lay_out(page_image(page)).regions
    assert len(region.lines) == 12


def test_table_is_read_row_by_row() -> None:
    page = blank()
    write(page, LINE, left=80, base=120)
    columns, rows = (100, 500, 900, 1300), (200, 280, 360, 440, 520)
    for x in columns:
        cv2.line(page, (x, rows[0]), (x, rows[-1]), 0, 3)
    for y in rows:
        cv2.line(page, (columns[0], y), (columns[-1], y), 0, 3)
    for i, y in enumerate(rows[:-1]):
        for x, text in zip(columns, ("District", str(478 + i), "57.9"), strict=False):
            write(page, text, left=x + 40, base=y + 55)
    write(page, LINE, left=80, base=620)
    layout = lay_out(page_image(page))
    in_table = [region for region in layout.regions if region.row]
    assert [region.row.cells for region in in_table if region.row] == [(0, 1, 2)] * 4
    assert [len(region.lines) for region in layout.regions if not region.row] == [1, 1]
    assert len({line.bbox.height for region in in_table[:1] for line in region.lines}) == 1


def test_frame_is_no_table() -> None:
    page = blank()
    cv2.rectangle(page, (60, 60), (1560, 640), 0, 4)
    for i in range(6):
        write(page, LINE, left=100, base=160 + 80 * i)
    assert all(region.row is None for region in lay_out(page_image(page)).regions)


def test_letters_that_reach_into_the_photograph_above_them_are_letters() -> None:
    page = blank()
    page[200:600, 400:1200] = np.random.default_rng(3).integers(40, 190, (400, 800))
    for left in range(420, 1180, 30):  # a caption whose letters have high strokes, every other one into the photograph
        page[640:670, left : left + 20] = 0
        page[(590 if left % 60 == 0 else 630) : 650, left + 8 : left + 12] = 0
    layout = lay_out(page_image(page))
    (picture,) = layout.pictures
    assert abs(picture.bottom - 600) < 12
    (line,) = (line for region in layout.regions for line in region.lines)
    assert line.bbox.left <= 420
    assert line.bbox.right >= 1190
    assert 590 <= line.bbox.top <= 632
