"""Columns: parts of the page between which a white strip (a gutter) runs down, with text on both sides.

White rectangles as separators follow Breuel, "Two geometric algorithms for layout analysis" (2002). A gutter is a
vertical strip without any ink, at least as wide as the least gutter, with several lines of text on both sides, so that
a gap between two words never is one. The best gutter splits the page into the parts above, left, right and below; each
part is split again in the same way. No row of the page needs to be white for this: a Nastaliq headline may reach down
into the rows of the columns under it, and the lines of one column into the rows of the other.

Ruling lines decide where the printer drew them: a vertical one with text on both sides is a gutter over its whole
length, and no gutter crosses a horizontal one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ecp_ingest.page.imaging.components import BoxArray, Indices
from ecp_ingest.page.imaging.runs import (
    Mask,
    Span,
    cell_size,
    column_runs,
    covered_positions,
    occupancy_grid,
    runs,
    spread_down_and_up,
)
from ecp_ingest.page.layout.headlines import find_headlines
from ecp_ingest.page.layout.insets import confirmed_insets, find_inset_candidates
from ecp_ingest.page.layout.ruling_lines import separating_rules, vertical_rules

# Lengths are in letter heights unless a unit is given.
MIN_GUTTER_WIDTH, MIN_GUTTER_PIXELS = 1.1, 30
"""Least width, and least width in pixels (a tenth of an inch): wider than the gaps between words of a justified line,
narrower than any printed gutter."""
MIN_GUTTER_HEIGHT = 6.0
"""Least height of a gutter, and least height over which text must face each other across it."""
MIN_FACING_TEXT = ((2.5, 6.0), (1.8, 9.0), (0.0, 16.0))
"""From a gutter width (in least widths), the height over which text must be on both sides of the gutter. A wide gutter
needs less evidence: two lines of "Name      Date" are no columns, four lines of anything are. In loosely set lines the
gaps between words lie above each other now and then: through four lines sometimes, through six hardly ever."""
WIDTH_BONUS, MAX_BONUS_WIDTH = 0.15, 3.0
"""How much a gutter's score grows with each least width, and the greatest width that counts. The bonus is small: a dot
that reaches into the gutter makes it narrower, but no shorter."""
HEIGHT_BONUS = 0.01
"""Score in pixels for each row of a gutter: decides between gutters that are otherwise equal."""
MIN_COLUMN_WIDTH = 4.0
"""What is narrower is no column, but specks, bullets or the numbers of a list."""
MIN_BOXES = 8
"""Fewer boxes of print make no columns."""
LINE_REACH = 0.8
"""A line of text counts as being beside a row also where, for so much above and below, it has no ink itself."""
HEADLINE_GAP_SHARE = 0.4
"""A gap this much narrower than the gutter's lower quartile is a gap between two words of a headline."""
NASTALIQ_OVERHANG = 0.7
"""How far letters of Nastaliq reach into the rows of the neighbouring lines."""
END_SLACK = 0.25
"""Gutter widths that a line beside the gutter's end may reach into it."""
RULE_SLACK = 0.5
"""How far letters may reach across a vertical rule, or hang out over its ends."""
MAX_CROSSING_SHARE = 0.01
"""Share of the boxes beside a vertical rule that may cross it."""
MIN_RULED_TEXT = 3.0
"""Least height of the text on both sides of a vertical rule."""


class Gutter(NamedTuple):
    white: Span
    """Its columns of pixels."""
    rows: Span


class Column(NamedTuple):
    path: tuple[int, ...]
    """Where the column lies at each split of the page: 0 above the gutter, 1 left of it, 2 right of it, 3 below it,
    4 inset into it."""
    members: Indices


def find_columns(boxes: BoxArray, letter_height: float, rules: BoxArray | None = None) -> list[Column]:
    """The columns, top left first.

    Args:
        boxes: of print only.
        letter_height: of the page, pixels.
        rules: boxes of the ruling lines.
    """
    known = np.zeros((0, 4), np.int32) if rules is None else rules
    return [column for column in split(boxes, np.arange(len(boxes)), known, letter_height, ()) if len(column.members)]


def split(
    boxes: BoxArray, members: Indices, rules: BoxArray, letter_height: float, path: tuple[int, ...]
) -> list[Column]:
    """The columns of the part of the page that holds the boxes ``members``; ``path`` leads to this part."""
    own = boxes[members]
    gutter, inset = find_gutter(own, rules, letter_height) if len(members) >= MIN_BOXES else (None, members[:0])
    if gutter is None:
        return [Column(path, members)]
    is_inset = np.zeros(len(own), np.bool_)
    is_inset[inset] = True
    middle = (gutter.white.start + gutter.white.end) / 2
    centre_x, centre_y = (own[:, 0] + own[:, 2]) / 2, (own[:, 1] + own[:, 3]) / 2
    above, below = centre_y < gutter.rows.start, centre_y >= gutter.rows.end
    beside = ~above & ~below & ~is_inset
    parts = (above, beside & (centre_x < middle), beside & (centre_x >= middle), below, is_inset)
    return [
        column
        for place, part in enumerate(parts)
        for column in split(boxes, members[part], rules, letter_height, (*path, place))
    ]


def find_gutter(boxes: BoxArray, rules: BoxArray, letter_height: float) -> tuple[Gutter | None, Indices]:
    """The gutter at which to split the boxes first, and which boxes are inset into it."""
    if (ruled := ruled_gutter(boxes, rules, letter_height)) is not None:
        return ruled, np.zeros(0, np.intp)
    candidates = find_inset_candidates(boxes, min_gutter_width(letter_height), letter_height)
    while candidates:
        members = np.concatenate([candidate.members for candidate in candidates])
        rest = np.delete(boxes, members, axis=0)
        gutter = best_gutter(rest, rules, letter_height) if len(rest) >= MIN_BOXES else None
        insets = confirmed_insets(gutter.white, gutter.rows, candidates, rest, letter_height) if gutter else []
        if len(insets) == len(candidates):
            return gutter, members
        candidates = insets  # without the refuted candidates another gutter may be the best one
    return best_gutter(boxes, rules, letter_height), np.zeros(0, np.intp)


def min_gutter_width(letter_height: float) -> int:
    """Pixels."""
    return int(max(MIN_GUTTER_WIDTH * letter_height, MIN_GUTTER_PIXELS))


# ── at a ruling line ──────────────────────────────────────────────────────────────────────────────────────────────


def ruled_gutter(boxes: BoxArray, rules: BoxArray, letter_height: float) -> Gutter | None:
    """The longest vertical rule with text on both sides and none across it, or None."""
    drawn = vertical_rules(rules)
    slack = int(RULE_SLACK * letter_height)
    for left, top, right, bottom in drawn[np.argsort(drawn[:, 1] - drawn[:, 3])].tolist():
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        beside = (y >= top) & (y < bottom)
        across = beside & (boxes[:, 0] < left - slack) & (boxes[:, 2] > right + slack)
        before, after = (boxes[beside & side] for side in (x < (left + right) / 2, x >= (left + right) / 2))
        narrowest = min(map(_width, (before, after)))
        if across.sum() > MAX_CROSSING_SHARE * beside.sum() or narrowest < MIN_COLUMN_WIDTH * letter_height:
            continue
        height = int(boxes[:, 3].max())
        sides = np.stack([covered_positions(side[:, [1, 3]], height) for side in (before, after)], axis=1)
        facing = spread_down_and_up(sides, int(letter_height)).all(axis=1)
        if facing.sum() > MIN_RULED_TEXT * letter_height:
            white, rows = Span(left, right), Span(top, bottom)
            start, end = extended_to_whole_lines(rows, white, boxes)
            return Gutter(white, Span(max(start, top - slack), min(end, bottom + slack)))
    return None


def _width(boxes: BoxArray) -> int:
    return int(boxes[:, 2].max() - boxes[:, 0].min()) if len(boxes) else 0


# ── at a white strip ──────────────────────────────────────────────────────────────────────────────────────────────


def best_gutter(boxes: BoxArray, rules: BoxArray, letter_height: float) -> Gutter | None:
    """The white strip with the tallest text on both sides, or None where no strip has enough of it."""
    cell = cell_size(letter_height)
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    corner = np.array([left, top, left, top], np.int32)
    inside = boxes - corner
    grid = occupancy_grid(inside, cell)
    least = -(-min_gutter_width(letter_height) // cell)
    ink_before = np.cumsum(np.pad(grid, ((0, 0), (1, 0))), axis=1, dtype=np.int32)  # ink left of each cell
    columns = grid.shape[1] - least
    if columns < 2:  # a strip has text on its left and on its right
        return None
    # free[y, x]: the cells x … x + least of row y are white.
    free = ink_before[:, least:] == ink_before[:, :-least]
    headlines = find_headlines(grid, inside, cell, letter_height)
    for rows in headlines:
        free[rows.start : rows.end] = False
    horizontal = separating_rules(rules, boxes)
    for x0, y0, x1, y1 in ((horizontal - corner) // cell).tolist():
        if y1 > 0 and x1 > 0:
            free[max(0, y0) : y1 + 1, max(0, x0 - least + 1) : x1 + 1] = False
    reach = np.maximum(1, int(LINE_REACH * letter_height / cell))
    on_left = spread_down_and_up(ink_before[:, :-least] > 0, reach)
    on_right = spread_down_and_up(ink_before[:, -1:] - ink_before[:, least:] > 0, reach)
    facing = on_left & on_right
    best: Gutter | None = None
    best_score = 0.0
    least_rows = int(np.ceil(MIN_GUTTER_HEIGHT * letter_height / cell))
    # Most places have no run of free rows that is long enough; they need no closer look.
    so_far = np.cumsum(np.pad(free, ((1, 0), (0, 0))), axis=0, dtype=np.int32)
    long = (so_far[least_rows:] - so_far[:-least_rows] == least_rows).any(axis=0)
    places = 1 + np.flatnonzero(long[1:columns])
    for at, rows in column_runs(free[:, places], least_rows):
        x = int(places[at])
        evidence = np.count_nonzero(facing[rows.start : rows.end, x]) * cell
        if evidence < MIN_GUTTER_HEIGHT * letter_height:
            continue
        if best and evidence * (1 + WIDTH_BONUS * MAX_BONUS_WIDTH) <= best_score:
            continue
        first = first_gutter_row(grid, facing[:, x], rows, x, least)
        beside = grid[first : rows.end]
        white = white_columns_around(beside, x, least)
        width = white.length / least
        score = evidence * (1 + WIDTH_BONUS * min(width, MAX_BONUS_WIDTH)) + HEIGHT_BONUS * rows.length
        if evidence < letter_height * min_facing_text(width) or score <= best_score:
            continue
        narrowest = min(inked_width(beside[:, :x]), inked_width(beside[:, x:])) * cell
        if narrowest >= MIN_COLUMN_WIDTH * letter_height:
            best = Gutter(
                Span(left + white.start * cell, left + white.end * cell),
                Span(top + first * cell, top + rows.end * cell),
            )
            best_score = score
    if best is None:
        return None
    headline_rows = [Span(top + rows.start * cell, top + rows.end * cell) for rows in headlines]
    return best._replace(rows=extended_rows(best, boxes, horizontal, headline_rows, letter_height))


def min_facing_text(width: float) -> float:
    """Letter heights of text that must be on both sides of a gutter; ``width`` in least widths."""
    return next(height for at_least, height in MIN_FACING_TEXT if width >= at_least)


def inked_width(grid: Mask) -> int:
    """Cells from the first to the last column with ink."""
    inked = np.flatnonzero(grid.any(axis=0))
    return int(inked[-1] - inked[0]) + 1 if len(inked) else 0


def white_columns_around(grid: Mask, x: int, least: int) -> Span:
    """The run of columns without ink that holds ``x`` … ``x + least``."""
    ink = np.flatnonzero(grid.any(axis=0))
    before, after = ink[ink < x], ink[ink >= x + least]
    return Span(int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else grid.shape[1])


def first_gutter_row(grid: Mask, facing: Mask, rows: Span, x: int, least: int) -> int:
    """The first of ``rows`` that has text on both sides and is no gap between two words of a headline.

    Such a gap is much narrower than the gutter below it. ``facing`` marks the rows with text on both sides.
    """
    candidates = np.flatnonzero(facing[rows.start : rows.end]) + rows.start
    left, right = grid[candidates, :x][:, ::-1], grid[candidates, x + least :]
    widths = np.where(left.any(axis=1), left.argmax(axis=1), left.shape[1]) + np.where(
        right.any(axis=1), right.argmax(axis=1), right.shape[1]
    )
    fits = widths + least >= HEADLINE_GAP_SHARE * (np.percentile(widths, 25) + least)
    return int(candidates[np.argmax(fits)])


# ── where a gutter ends ───────────────────────────────────────────────────────────────────────────────────────────


def extended_rows(
    gutter: Gutter, boxes: BoxArray, horizontal: BoxArray, headlines: list[Span], letter_height: float
) -> Span:
    """The gutter's rows, extended by the lines beside its ends as far as nothing is in their way.

    In their way are horizontal rules, letters that cross the gutter, and headlines, whose letters left and right of
    the gutter stay together.
    """
    slack = int(gutter.white.length * END_SLACK)
    first, last = gutter.rows
    start, end = extended_to_whole_lines(gutter.rows, gutter.white, boxes)
    reach = int(NASTALIQ_OVERHANG * letter_height)
    letters = np.concatenate(
        [rows_of_crossing(boxes, gutter.white, slack), np.array(headlines, np.int32).reshape(-1, 2)]
    )
    rules = rows_of_crossing(horizontal, gutter.white, 0)
    foot_above = max(letters[letters[:, 0] < first, 1].tolist(), default=-reach)
    head_below = min(letters[letters[:, 1] > last, 0].tolist(), default=end + reach)
    if start < foot_above + reach:
        start = row_of_least_cut(boxes, foot_above - reach, foot_above + reach)
    if end > head_below - reach:
        end = row_of_least_cut(boxes, head_below - reach, head_below + reach)
    start = max([start, *rules[rules[:, 0] < first, 1].tolist()])
    return Span(start, min([end, *rules[rules[:, 1] > last, 0].tolist()]))


def rows_of_crossing(boxes: BoxArray, white: Span, slack: int) -> BoxArray:
    """Top and bottom of the boxes that cross the gutter by more than ``slack`` pixels: M×2."""
    return boxes[(boxes[:, 2] > white.start + slack) & (boxes[:, 0] < white.end - slack)][:, [1, 3]]


def row_of_least_cut(boxes: BoxArray, top: int, bottom: int) -> int:
    """The row from ``top`` to ``bottom`` where a horizontal cut goes least deep into the boxes."""
    rows = np.arange(top, bottom + 1)
    near = boxes[(boxes[:, 1] < bottom) & (boxes[:, 3] > top)]
    depth = np.minimum(rows[:, None] - near[:, 1], near[:, 3] - rows[:, None]).clip(0).sum(axis=1)
    return int(rows[np.argmin(depth)])


def extended_to_whole_lines(rows: Span, white: Span, boxes: BoxArray) -> Span:
    """The rows, from the top of the lines beside the first row to the foot of the lines beside the last."""
    start, end = rows
    slack = white.length * END_SLACK
    for side in (boxes[:, 2] <= white.start + slack, boxes[:, 0] >= white.end - slack):
        beside = boxes[side]
        lines = runs(covered_positions(beside[:, [1, 3]], int(boxes[:, 3].max()))) if len(beside) else []
        start = min([start, *(line.start for line in lines if line.start <= start < line.end)])
        end = max([end, *(line.end for line in lines if line.start < end <= line.end)])
    return Span(start, end)
