"""Columns: where white runs down the page between text on both sides.

White rectangles as separators follow Breuel, "Two geometric algorithms for layout analysis" (2002): a gutter is an
upright strip at least as wide as the least gutter that holds no ink at all and has text on both sides for several
lines, so a gap between two words never is one. The best gutter splits the page into what is above, left, right and
below; each part is looked at again. No row of the page need be white for it: a headline of Nastaliq may hang into the
rows of the columns under it, and the lines of a column into each other's.

Where the printer drew rules, they tell: an upright one with text on both sides is a gutter as long as it runs, and no
gutter runs through a level one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ecp_ingest.page.imaging.components import Boxes, Indices
from ecp_ingest.page.imaging.runs import Mask, Span, column_runs, cover, occupied, runs, spread, square
from ecp_ingest.page.layout.headlines import headlines
from ecp_ingest.page.layout.insets import find_islands, insets_of
from ecp_ingest.page.layout.ruling_lines import level, upright

WIDTH_COUNTS = 0.15
"""How much a gutter gains by each least width, against the height of the text beside it. Little: a dot that hangs into
the gutter makes it narrower, but no shorter."""


NARROWEST = 4.0
"""Letter heights: what is narrower is no column, but specks, bullets or the numbers of a list."""
FEWEST = 8
"""Pieces of print: fewer make no columns."""


class Gutter(NamedTuple):
    white: Span
    rows: Span


class Column(NamedTuple):
    path: tuple[int, ...]
    """Where the cuts that made it left it: at each gutter 0 above, 1 left of it, 2 right of it, 3 below, 4 set into it.
    """
    members: Indices


def find_columns(boxes: Boxes, letter: float, rules: Boxes | None = None) -> list[Column]:
    """Which of the N×4 ``boxes`` (print only) belong to which column; upper left ones first.

    ``letter`` is the page's letter height in pixels, ``rules`` are the printed rules' boxes (M×4).
    """
    known = np.zeros((0, 4), np.int32) if rules is None else rules
    return [column for column in split(boxes, np.arange(len(boxes)), known, letter, ()) if len(column.members)]


def split(boxes: Boxes, members: Indices, rules: Boxes, letter: float, path: tuple[int, ...]) -> list[Column]:
    own = boxes[members]
    gutter, inset = find_gutter(own, rules, letter) if len(members) >= FEWEST else (None, members[:0])
    if gutter is None:
        return [Column(path, members)]
    set_in = np.zeros(len(own), np.bool_)
    set_in[inset] = True
    middle = (gutter.white.start + gutter.white.end) / 2
    centre_x, centre_y = (own[:, 0] + own[:, 2]) / 2, (own[:, 1] + own[:, 3]) / 2
    above, below = centre_y < gutter.rows.start, centre_y >= gutter.rows.end
    between = ~above & ~below & ~set_in
    parts = (above, between & (centre_x < middle), between & (centre_x >= middle), below, set_in)
    return [
        column
        for place, part in enumerate(parts)
        for column in split(boxes, members[part], rules, letter, (*path, place))
    ]


def find_gutter(boxes: Boxes, rules: Boxes, letter: float) -> tuple[Gutter | None, Indices]:
    """The gutter to part the boxes at first, and which of them are set into it."""
    if (ruled := ruled_gutter(boxes, rules, letter)) is not None:
        return ruled, np.zeros(0, np.intp)
    islands = find_islands(boxes, min_gutter(letter), letter)
    while islands:
        members = np.concatenate([island.members for island in islands])
        rest = np.delete(boxes, members, axis=0)
        gutter = best_gutter(rest, rules, letter) if len(rest) >= FEWEST else None
        insets = insets_of(gutter.white, gutter.rows, islands, rest, letter) if gutter else []
        if len(insets) == len(islands):
            return gutter, members
        islands = insets  # what else seemed to be one may have been in the way of the right gutter
    return best_gutter(boxes, rules, letter), np.zeros(0, np.intp)


def min_gutter(letter: float) -> int:
    """Pixels. Wider than a justified line's gaps between words, narrower than any printed gutter."""
    return int(max(1.1 * letter, 30))


def ruled_gutter(boxes: Boxes, rules: Boxes, letter: float) -> Gutter | None:
    """The longest upright rule with text on both sides and none across, or None."""
    drawn = upright(rules)
    slack = int(0.5 * letter)
    for left, top, right, bottom in drawn[np.argsort(drawn[:, 1] - drawn[:, 3])].tolist():
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        beside = (y >= top) & (y < bottom)
        across = beside & (boxes[:, 0] < left - slack) & (boxes[:, 2] > right + slack)
        before, after = (boxes[beside & side] for side in (x < (left + right) / 2, x >= (left + right) / 2))
        if across.sum() > 0.01 * beside.sum() or min(map(_breadth, (before, after))) < NARROWEST * letter:
            continue
        both = spread(
            np.stack([cover(side[:, [1, 3]], int(boxes[:, 3].max())) for side in (before, after)], axis=1), int(letter)
        ).all(axis=1)
        if both.sum() > 3.0 * letter:
            white, rows = Span(left, right), Span(top, bottom)
            start, end = with_lines(rows, white, boxes)
            # Letters that hang out over the rule's ends are no further away than that.
            return Gutter(white, Span(max(start, top - slack), min(end, bottom + slack)))
    return None


def _breadth(boxes: Boxes) -> int:
    return int(boxes[:, 2].max() - boxes[:, 0].min()) if len(boxes) else 0


def best_gutter(boxes: Boxes, rules: Boxes, letter: float) -> Gutter | None:
    """The white strip with the tallest text on both sides, or None where there is none worth the name."""
    cell = square(letter)
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    corner = np.array([left, top, left, top], np.int32)
    inside = boxes - corner
    grid = occupied(inside, cell)
    least = -(-min_gutter(letter) // cell)
    ink_before = np.cumsum(np.pad(grid, ((0, 0), (1, 0))), axis=1, dtype=np.int32)  # ink left of each cell
    columns = grid.shape[1] - least
    if columns < 2:
        return None
    free = ink_before[:, least:] == ink_before[:, :-least]
    over = headlines(grid, inside, cell, letter)
    for rows in over:
        free[rows.start : rows.end] = False
    across = level(rules, boxes)
    for x0, y0, x1, y1 in ((across - corner) // cell).tolist():
        if y1 > 0 and x1 > 0:
            free[max(0, y0) : y1 + 1, max(0, x0 - least + 1) : x1 + 1] = False
    # A line of text is there also where, for a few rows, only its neighbour on the other side has ink.
    near = np.maximum(1, int(0.8 * letter / cell))
    on_left = spread(ink_before[:, :-least] > 0, near)
    on_right = spread(ink_before[:, -1:] - ink_before[:, least:] > 0, near)
    both = on_left & on_right
    best: Gutter | None = None
    best_score = 0.0
    least_rows = int(np.ceil(6.0 * letter / cell))
    so_far = np.cumsum(np.pad(free, ((1, 0), (0, 0))), axis=0, dtype=np.int32)
    long = (so_far[least_rows:] - so_far[:-least_rows] == least_rows).any(axis=0)  # most places fall out by this
    places = 1 + np.flatnonzero(long[1:columns])
    for at, rows in column_runs(free[:, places], least_rows):
        x = int(places[at])
        proof = np.count_nonzero(both[rows.start : rows.end, x]) * cell
        if proof < 6.0 * letter or (best and proof * (1 + WIDTH_COUNTS * 3) <= best_score):
            continue
        first = first_of_gutter(grid, both[:, x], rows, x, least)
        white = widest(grid[first : rows.end], x, least)
        width = white.length / least
        score = proof * (1 + WIDTH_COUNTS * min(width, 3.0)) + 0.01 * rows.length
        if proof < needed(width, letter) or score <= best_score:
            continue
        beside = grid[first : rows.end]
        if min(inked_breadth(beside[:, :x]), inked_breadth(beside[:, x:])) * cell >= NARROWEST * letter:
            best = Gutter(
                Span(left + white.start * cell, left + white.end * cell),
                Span(top + first * cell, top + rows.end * cell),
            )
            best_score = score
    if best is None:
        return None
    above = [Span(top + rows.start * cell, top + rows.end * cell) for rows in over]
    return best._replace(rows=rows_between(best, boxes, across, above, letter))


def inked_breadth(grid: Mask) -> int:
    """From the first to the last column of squares with ink."""
    inked = np.flatnonzero(grid.any(axis=0))
    return int(inked[-1] - inked[0]) + 1 if len(inked) else 0


def first_of_gutter(grid: Mask, both: Mask, rows: Span, x: int, least: int) -> int:
    """The first of the rows that has text on both sides and isn't the gap between two words of a headline, which is
    much narrower than what follows."""
    told = np.flatnonzero(both[rows.start : rows.end]) + rows.start
    left, right = grid[told, :x][:, ::-1], grid[told, x + least :]
    widths = np.where(left.any(axis=1), left.argmax(axis=1), left.shape[1]) + np.where(
        right.any(axis=1), right.argmax(axis=1), right.shape[1]
    )
    fits = widths + least >= 0.4 * (np.percentile(widths, 25) + least)
    return int(told[np.argmax(fits)])


def needed(width: float, letter: float) -> float:
    """Pixels of text that a gutter ``width`` times the least must have on both sides. A wide one needs less proof: two
    lines of "Name      Date" are no columns, four lines of anything are. The gaps between the words of loosely set
    lines do stand one under the other now and then, through four lines and hardly ever through six."""
    return letter * (6.0 if width >= 2.5 else 9.0 if width >= 1.8 else 16.0)


def widest(grid: Mask, x: int, least: int) -> Span:
    """The columns without ink around ``x`` … ``x + least``."""
    ink = np.flatnonzero(grid.any(axis=0))
    before, after = ink[ink < x], ink[ink >= x + least]
    return Span(int(before[-1]) + 1 if len(before) else 0, int(after[0]) if len(after) else grid.shape[1])


def rows_between(gutter: Gutter, boxes: Boxes, across: Boxes, over: list[Span], letter: float) -> Span:
    """The gutter's rows with the lines that stand beside its ends, as far as nothing is in their way: a printed rule
    or letters that run across it (``across`` are the level rules), or a headline's rows (``over``), whose letters to
    its left and right stay together."""
    slack = gutter.white.length // 4  # those lines may reach a little further than the ones beside the gutter
    first, last = gutter.rows
    start, end = with_lines(gutter.rows, gutter.white, boxes)
    reach = int(0.7 * letter)  # Nastaliq hangs into the rows of its neighbours
    letters = np.concatenate([crossing(boxes, gutter.white, slack), np.array(over, np.int32).reshape(-1, 2)])
    rules = crossing(across, gutter.white, 0)
    foot = max(letters[letters[:, 0] < first, 1].tolist(), default=-reach)
    head = min(letters[letters[:, 1] > last, 0].tolist(), default=end + reach)
    if start < foot + reach:
        start = least_cut(boxes, foot - reach, foot + reach)
    if end > head - reach:
        end = least_cut(boxes, head - reach, head + reach)
    start = max([start, *rules[rules[:, 0] < first, 1].tolist()])
    return Span(start, min([end, *rules[rules[:, 1] > last, 0].tolist()]))


def crossing(boxes: Boxes, white: Span, slack: int) -> Boxes:
    """Top and bottom of the boxes that run across the gutter."""
    return boxes[(boxes[:, 2] > white.start + slack) & (boxes[:, 0] < white.end - slack)][:, [1, 3]]


def least_cut(boxes: Boxes, top: int, bottom: int) -> int:
    """The row from ``top`` to ``bottom`` at which the boxes are cut least deep."""
    rows = np.arange(top, bottom + 1)
    near = boxes[(boxes[:, 1] < bottom) & (boxes[:, 3] > top)]
    depth = np.minimum(rows[:, None] - near[:, 1], near[:, 3] - rows[:, None]).clip(0).sum(axis=1)
    return int(rows[np.argmin(depth)])


def with_lines(rows: Span, white: Span, boxes: Boxes) -> Span:
    """The rows, from the top of the lines that stand beside their first to the foot of those beside their last."""
    start, end = rows
    slack = white.length / 4
    for side in (boxes[:, 2] <= white.start + slack, boxes[:, 0] >= white.end - slack):
        beside = boxes[side]
        lines = runs(cover(beside[:, [1, 3]], int(boxes[:, 3].max()))) if len(beside) else []
        start = min([start, *(line.start for line in lines if line.start <= start < line.end)])
        end = max([end, *(line.end for line in lines if line.start < end <= line.end)])
    return Span(start, end)
