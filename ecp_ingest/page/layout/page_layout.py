"""Where the text stands: pictures set aside, columns found, each cut into lines.

    page image → components → pictures and rules set aside → columns → lines → regions

Everything is measured in letter heights of the page itself, so that small print and headlines go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ecp_ingest.document.geometry import Box, Pixels, around
from ecp_ingest.document.layout import LineImage, PageLayout, Region, TableRow
from ecp_ingest.document.pages import PageImage
from ecp_ingest.page.imaging.components import Components, Indices, find_components, ink_box, letter_height
from ecp_ingest.page.imaging.runs import Span
from ecp_ingest.page.layout.columns import find_columns
from ecp_ingest.page.layout.inverted_text import restore_inverted
from ecp_ingest.page.layout.line_images import cut_line, with_margin
from ecp_ingest.page.layout.line_noise import without_strays
from ecp_ingest.page.layout.pictures import find_pictures, parted_from_pictures, set_aside
from ecp_ingest.page.layout.ruled_tables import Table, find_tables
from ecp_ingest.page.layout.ruling_lines import find_rules, without_rules
from ecp_ingest.page.layout.text_lines import Line, find_lines

REGION_GAP = 1.6
"""A white gap between two lines of a column taller than this many line heights parts two regions."""


def lay_out(page: PageImage) -> PageLayout:
    """Regions with their lines, and the pictures. A blank page gives an empty layout."""
    inked = None if page.is_blank else ink_box(page.ink)
    if inked is None:
        return PageLayout(regions=(), pictures=())
    # The rest of the sheet, often half of it, needs no looking at.
    window = with_margin(inked, page.ink)
    inside = np.s_[window.top : window.bottom, window.left : window.right]
    pixels, ink = page.pixels[inside], np.ascontiguousarray(page.ink[inside])
    components = find_components(ink)
    if (restored := restore_inverted(pixels, ink, components)) is not None:
        pixels, ink = restored
        components = find_components(ink)
    letter = letter_height(components)
    tables = find_tables(components, letter)
    if (unruled := without_rules(ink, components, letter)) is not None:
        components = find_components(unruled)
    pictures, covered = find_pictures(pixels, components, letter)
    if (parted := parted_from_pictures(ink if unruled is None else unruled, components, pictures, letter)) is not None:
        components = find_components(parted)
    rules = None if unruled is None else find_rules(ink, unruled, pictures, letter)
    text = set_aside(components, covered, letter)
    in_tables = []
    for number, table in enumerate(tables):
        held = within(components, text, table.box)
        rows = table_rows(components, held, table, letter)
        in_tables.append([row_region(pixels, ink, cells, number) for cells in rows])
        text = np.setdiff1d(text, held)
    boxes = np.vstack([components.boxes[text], *(np.array([table.box], np.int32) for table in tables)])
    regions: list[Region] = []
    for column in find_columns(boxes, letter, rules) if len(boxes) else ():
        own = column.members[column.members < len(text)]
        lines = printed_lines(components, text[own], letter)
        held_here = [in_tables[i - len(text)] for i in column.members if i >= len(text)]
        parts = [cut_regions([cut_line(pixels, ink, line) for line in lines], held_here), *held_here]
        found = sorted((region for part in parts for region in part), key=lambda region: region.bbox.top)
        regions += [replace(region, path=column.path) for region in found]
    return PageLayout(
        regions=tuple(moved_region(region, window) for region in regions),
        pictures=tuple(moved(box, window) for box in pictures),
    )


def moved(box: Box, window: Box) -> Box:
    """A box of the window, in the page image."""
    return box.moved(window.left, window.top)


def moved_region(region: Region, window: Box) -> Region:
    lines = tuple(LineImage(bbox=moved(line.bbox, window), pixels=line.pixels) for line in region.lines)
    return replace(region, bbox=moved(region.bbox, window), lines=lines)


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


def within(components: Components, members: Indices, box: Box) -> Indices:
    """Those of ``members`` whose middle lies in ``box``."""
    b = components.boxes[members]
    x, y = (b[:, 0] + b[:, 2]) // 2, (b[:, 1] + b[:, 3]) // 2
    return np.asarray(members[(x >= box.left) & (x < box.right) & (y >= box.top) & (y < box.bottom)])


def table_rows(components: Components, members: Indices, table: Table, letter: float) -> list[list[list[Line]]]:
    """Rows from above, each a list of its cells from the left, each of those its lines; rows without print left out."""
    rows = []
    for row in table.rows:
        inside = within(components, members, Box(table.box.left, row.start, table.box.right, row.end))
        lines = printed_lines(components, inside, letter)
        if len(lines) == 1:
            rows.append([part_of(lines[0], column) for column in table.columns])
        elif lines:
            boxes = [Box(column.start, row.start, column.end, row.end) for column in table.columns]
            rows.append([printed_lines(components, within(components, inside, box), letter) for box in boxes])
    return rows


def printed_lines(components: Components, members: Indices, letter: float) -> list[Line]:
    found = find_lines(components, members) if len(members) else []
    return [without_strays(line, letter) for line in found if not is_speck(line.bbox, letter)]


def part_of(line: Line, column: Span) -> list[Line]:
    """What of the line stands in the column, as high as the whole line: a figure cut out at its own height would look
    like a headline. One line, or none."""
    left, right = max(0, column.start - line.bbox.left), max(0, column.end - line.bbox.left)
    inked = np.flatnonzero(line.mask[:, left:right].any(axis=0))
    if not len(inked):
        return []
    left, right = left + int(inked[0]), left + int(inked[-1]) + 1
    box = Box(line.bbox.left + left, line.bbox.top, line.bbox.left + right, line.bbox.bottom)
    return [Line(bbox=box, mask=line.mask[:, left:right])]


def row_region(pixels: Pixels, ink: Pixels, cells: list[list[Line]], table: int) -> Region:
    lines = tuple(cut_line(pixels, ink, line) for cell in cells for line in cell)
    places = tuple(place for place, cell in enumerate(cells) for _ in cell)
    return Region(bbox=around([line.bbox for line in lines]), lines=lines, row=TableRow(table, places))


# ── lines to regions ──────────────────────────────────────────────────────────────────────────────────────────────


def cut_regions(lines: Sequence[LineImage], tables: Sequence[Sequence[Region]] = ()) -> list[Region]:
    """A column's lines, parted where the white between two is much more than between its other lines, or where one of
    the ``tables`` (as their rows) stands between them."""
    if not lines:
        return []
    usual = float(np.median([line.bbox.height for line in lines]))
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        between = any(before.bbox.top < row.bbox.top < line.bbox.top for rows in tables for row in rows[:1])
        if between or line.bbox.top - before.bbox.bottom > REGION_GAP * usual:
            groups.append([])
        groups[-1].append(line)
    return [Region(bbox=around([line.bbox for line in group]), lines=tuple(group)) for group in groups]


def is_speck(line: Box, letter: float) -> bool:
    """A line that holds one mark smaller than any letter."""
    return max(line.width, line.height) < 0.8 * letter
