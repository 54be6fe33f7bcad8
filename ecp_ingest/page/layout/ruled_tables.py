"""Ruled tables: the rows and columns between their rules, so that they can be read cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.page.imaging.components import Components
from ecp_ingest.page.imaging.masks import opened
from ecp_ingest.page.imaging.runs import Span, runs

MIN_RULES = 3
"""Both horizontal and vertical rules: two of each are a frame."""
MIN_WIDTH, MIN_HEIGHT = 12.0, 4.0
"""Letter heights: the least size of a table."""
MIN_COVERAGE = 0.6
"""Share of the table's width (or height) that a rule covers; the rest may be worn print or joined cells."""
MIN_STROKE_LENGTH, MIN_STROKE_SHARE = 3.0, 1 / 8
"""Letter heights, and share of the table's width: the least length of one unbroken piece of a rule."""
SLANT_REACH, MIN_SLANT_PIXELS = 0.3, 3
"""Letter heights, but not less than the second, in pixels: rows over which the pieces of a slanting rule may lie."""
MIN_CELL_SIZE = 0.5
"""Letter heights between two rules; less is a double rule."""


@dataclass(frozen=True, slots=True)
class Table:
    box: Box
    """In pixels of the page image, as all here."""
    rows: tuple[Span, ...]
    """The white between two horizontal rules, from top to bottom."""
    columns: tuple[Span, ...]
    """The white between two vertical rules, from left to right."""


def find_tables(components: Components, letter_height: float) -> list[Table]:
    """The ruled tables, top to bottom. The rules of a table and what touches them are one component."""
    large = components.widths > MIN_WIDTH * letter_height
    large &= components.heights > MIN_HEIGHT * letter_height
    tables = [table_of(components, int(i), letter_height) for i in np.flatnonzero(large)]
    return sorted((table for table in tables if table is not None), key=lambda table: table.box.top)


def table_of(components: Components, index: int, letter_height: float) -> Table | None:
    """The table that component ``index`` is, or None where it is none."""
    box = components.box(index)
    own = components.mask(index)
    rows = spans_between_rules(own, letter_height)
    columns = spans_between_rules(np.ascontiguousarray(own.T), letter_height)
    if len(rows) < MIN_RULES - 1 or len(columns) < MIN_RULES - 1:
        return None
    return Table(
        box,
        tuple(Span(box.top + span.start, box.top + span.end) for span in rows),
        tuple(Span(box.left + span.start, box.left + span.end) for span in columns),
    )


def spans_between_rules(ink: Pixels, letter_height: float) -> list[Span]:
    """The spans of rows between horizontal rules across the H×W ``ink``."""
    width = ink.shape[1]
    length = max(int(MIN_STROKE_LENGTH * letter_height), int(width * MIN_STROKE_SHARE))
    # A slanting rule steps from row to row: thickened, it still holds a horizontal stroke.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    strokes = opened(np.asarray(thick, np.uint8), (1, length))
    reach = max(MIN_SLANT_PIXELS, int(SLANT_REACH * letter_height)) | 1
    near = cv2.dilate(strokes, np.ones((reach, 1), np.uint8))
    rules = near.mean(axis=1) > MIN_COVERAGE
    if not rules.any():
        return []
    first, last = (int(v) for v in np.flatnonzero(rules)[[0, -1]])
    white = runs(~rules[first : last + 1])
    return [Span(first + s.start, first + s.end) for s in white if s.length > MIN_CELL_SIZE * letter_height]
