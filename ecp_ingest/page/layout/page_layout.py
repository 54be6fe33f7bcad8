"""Layout analysis of a page: pictures and ruling lines are removed, columns are found and cut into text lines.

    page image → components → without pictures and ruling lines → columns → lines → regions

Everything is measured in letter heights of the page itself, so that small print and headlines are treated alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ecp_ingest.document.geometry import Box, Pixels, around
from ecp_ingest.document.layout import LineImage, PageLayout, Region, TableRow
from ecp_ingest.document.pages import PageImage
from ecp_ingest.page.imaging.components import Components, Indices, find_components, ink_box, measure_letter_height
from ecp_ingest.page.imaging.runs import Span
from ecp_ingest.page.layout.columns import find_columns
from ecp_ingest.page.layout.inverted_text import restore_inverted
from ecp_ingest.page.layout.line_images import cut_line, with_margin
from ecp_ingest.page.layout.line_noise import without_line_noise
from ecp_ingest.page.layout.pictures import find_pictures, without_touched_pictures
from ecp_ingest.page.layout.print_components import find_print
from ecp_ingest.page.layout.ruled_tables import Table, find_tables
from ecp_ingest.page.layout.ruling_lines import find_rules, without_rules
from ecp_ingest.page.layout.text_lines import Line, find_lines

REGION_GAP = 1.6
"""Median line heights: a taller white gap between two lines of a column separates two regions."""
MIN_LINE_SIZE = 0.8
"""Letter heights: a line whose width and height are both less is one mark smaller than any letter."""


def lay_out(page: PageImage) -> PageLayout:
    """Regions with their lines, and the boxes of pictures. A blank page gives an empty layout."""
    inked = None if page.is_blank else ink_box(page.ink)
    if inked is None:
        return PageLayout(regions=(), pictures=())
    # The rest of the sheet, often half of it, is white.
    window = with_margin(inked, page.ink)
    inside = np.s_[window.top : window.bottom, window.left : window.right]
    pixels, ink = page.pixels[inside], np.ascontiguousarray(page.ink[inside])
    components = find_components(ink)
    if (restored := restore_inverted(pixels, ink, components)) is not None:
        pixels, ink = restored
        components = find_components(ink)
    letter_height = measure_letter_height(components)
    tables = find_tables(components, letter_height)
    if (unruled := without_rules(ink, components, letter_height)) is not None:
        components = find_components(unruled)
    pictures, covered = find_pictures(pixels, components, letter_height)
    remaining = ink if unruled is None else unruled
    if (cut_free := without_touched_pictures(remaining, components, pictures, letter_height)) is not None:
        components = find_components(cut_free)
    rules = None if unruled is None else find_rules(ink, unruled, pictures, letter_height)
    text = find_print(components, covered, letter_height)
    table_regions = []
    for number, table in enumerate(tables):
        held = components_in(components, text, table.box)
        rows = table_rows(components, held, table, letter_height)
        table_regions.append([row_region(pixels, ink, cells, number) for cells in rows])
        text = np.setdiff1d(text, held)
    # A table takes part in the search for columns as one box.
    boxes = np.vstack([components.boxes[text], *(np.array([table.box], np.int32) for table in tables)])
    regions: list[Region] = []
    for column in find_columns(boxes, letter_height, rules) if len(boxes) else ():
        own = column.members[column.members < len(text)]
        lines = clean_lines(components, text[own], letter_height)
        tables_here = [table_regions[i - len(text)] for i in column.members if i >= len(text)]
        parts = [group_into_regions([cut_line(pixels, ink, line) for line in lines], tables_here), *tables_here]
        found = sorted((region for part in parts for region in part), key=lambda region: region.bbox.top)
        regions += [replace(region, path=column.path) for region in found]
    return PageLayout(
        regions=tuple(region_on_page(region, window) for region in regions),
        pictures=tuple(box_on_page(box, window) for box in pictures),
    )


def box_on_page(box: Box, window: Box) -> Box:
    """A box of the window, in pixels of the page image."""
    return box.moved(window.left, window.top)


def region_on_page(region: Region, window: Box) -> Region:
    """A region of the window, in pixels of the page image."""
    lines = tuple(LineImage(bbox=box_on_page(line.bbox, window), pixels=line.pixels) for line in region.lines)
    return replace(region, bbox=box_on_page(region.bbox, window), lines=lines)


def components_in(components: Components, members: Indices, box: Box) -> Indices:
    """Those of ``members`` whose centre lies in ``box``."""
    b = components.boxes[members]
    x, y = (b[:, 0] + b[:, 2]) // 2, (b[:, 1] + b[:, 3]) // 2
    return np.asarray(members[(x >= box.left) & (x < box.right) & (y >= box.top) & (y < box.bottom)])


def clean_lines(components: Components, members: Indices, letter_height: float) -> list[Line]:
    """The lines that ``members`` make up, top to bottom, without specks."""
    found = find_lines(components, members) if len(members) else []
    return [without_line_noise(line, letter_height) for line in found if not is_speck(line.bbox, letter_height)]


def is_speck(line: Box, letter_height: float) -> bool:
    return max(line.width, line.height) < MIN_LINE_SIZE * letter_height


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


def table_rows(components: Components, members: Indices, table: Table, letter_height: float) -> list[list[list[Line]]]:
    """Rows from top to bottom, each a list of cells from left to right, each a list of lines. Empty rows are left out.

    ``members`` are the components inside the table.
    """
    rows = []
    for row in table.rows:
        inside = components_in(components, members, Box(table.box.left, row.start, table.box.right, row.end))
        lines = clean_lines(components, inside, letter_height)
        if len(lines) == 1:
            rows.append([part_in_column(lines[0], column) for column in table.columns])
        elif lines:
            boxes = [Box(column.start, row.start, column.end, row.end) for column in table.columns]
            rows.append([clean_lines(components, components_in(components, inside, b), letter_height) for b in boxes])
    return rows


def part_in_column(line: Line, column: Span) -> list[Line]:
    """The part of ``line`` inside the column: one line, or none.

    It keeps the height of the whole line: a figure cut out at its own height would look like a headline.
    """
    left, right = max(0, column.start - line.bbox.left), max(0, column.end - line.bbox.left)
    inked = np.flatnonzero(line.mask[:, left:right].any(axis=0))
    if not len(inked):
        return []
    left, right = left + int(inked[0]), left + int(inked[-1]) + 1
    box = Box(line.bbox.left + left, line.bbox.top, line.bbox.left + right, line.bbox.bottom)
    return [Line(bbox=box, mask=line.mask[:, left:right])]


def row_region(pixels: Pixels, ink: Pixels, cells: list[list[Line]], table: int) -> Region:
    """One row of table number ``table`` as a region; ``cells`` hold its lines."""
    lines = tuple(cut_line(pixels, ink, line) for cell in cells for line in cell)
    places = tuple(place for place, cell in enumerate(cells) for _ in cell)
    return Region(bbox=around([line.bbox for line in lines]), lines=lines, row=TableRow(table, places))


# ── lines to regions ──────────────────────────────────────────────────────────────────────────────────────────────


def group_into_regions(lines: Sequence[LineImage], tables: Sequence[Sequence[Region]] = ()) -> list[Region]:
    """The lines of a column as regions.

    A new region begins after a white gap that is much taller than those between other lines, and after each of the
    ``tables`` (given as their rows).
    """
    if not lines:
        return []
    line_height = float(np.median([line.bbox.height for line in lines]))
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        table_between = any(before.bbox.top < row.bbox.top < line.bbox.top for rows in tables for row in rows[:1])
        if table_between or line.bbox.top - before.bbox.bottom > REGION_GAP * line_height:
            groups.append([])
        groups[-1].append(line)
    return [Region(bbox=around([line.bbox for line in group]), lines=tuple(group)) for group in groups]
