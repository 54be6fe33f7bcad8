"""Ruled tables: where their rules run, so that what they hold can be read cell by cell and row by row."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.page.imaging.components import Components
from ecp_ingest.page.imaging.runs import Span, runs
from ecp_ingest.page.layout.ruling_lines import opened

FEWEST_RULES = 3
"""Along and across: two of each are a frame."""
COVERED = 0.6
"""Of the table's width or height: what a rule covers, gaps of a worn print and joined cells apart."""


@dataclass(frozen=True, slots=True)
class Table:
    """Pixels of the page image. ``rows`` and ``columns`` are the white between two rules, from above and from left."""

    box: Box
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]


def find_tables(components: Components, letter: float) -> list[Table]:
    """The grids among the components, from above. Rules and what touches them make one component."""
    large = (components.widths > 12 * letter) & (components.heights > 4 * letter)
    tables = [table for i in np.flatnonzero(large) if (table := grid(components, int(i), letter)) is not None]
    return sorted(tables, key=lambda table: table.box.top)


def grid(components: Components, index: int, letter: float) -> Table | None:
    left, top, right, bottom = map(int, components.boxes[index])
    own = (components.labels[top:bottom, left:right] == index + 1).astype(np.uint8)
    rows = between(own, letter)
    columns = between(np.ascontiguousarray(own.T), letter)
    if len(rows) < FEWEST_RULES - 1 or len(columns) < FEWEST_RULES - 1:
        return None
    return Table(
        Box(left, top, right, bottom),
        tuple(Span(top + span.start, top + span.end) for span in rows),
        tuple(Span(left + span.start, left + span.end) for span in columns),
    )


def between(ink: Pixels, letter: float) -> list[Span]:
    """The spans of rows between long level strokes, at least half a letter high."""
    width = ink.shape[1]
    length = max(int(3 * letter), width // 8)
    # A rule that is a little crooked steps from row to row: thickened, it still holds a level stroke.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    strokes = opened(np.asarray(thick, np.uint8), (1, length))
    reach = max(3, int(0.3 * letter)) | 1
    near = cv2.dilate(strokes, np.ones((reach, 1), np.uint8))
    rules = near.mean(axis=1) > COVERED
    if not rules.any():
        return []
    first, last = (int(v) for v in np.flatnonzero(rules)[[0, -1]])
    white = runs(~rules[first : last + 1])
    return [Span(first + s.start, first + s.end) for s in white if s.length > 0.5 * letter]
