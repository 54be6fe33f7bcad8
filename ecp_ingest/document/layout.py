"""Layout of a page image: lines, regions, pictures."""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.document.geometry import Box, Pixels


@dataclass(frozen=True, eq=False, slots=True)
class LineImage:
    """One line of ink, cut out, with the ink of its neighbours erased."""

    bbox: Box
    """In the page image, ``pixels`` covers exactly this."""
    pixels: Pixels
    """H×W uint8 grey, paper-coloured margin included."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Which table of the page (0-based) a region is a row of, and in which of its columns (0-based, from the left)
    each of the region's lines stands."""

    table: int
    cells: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """Lines of one column, top to bottom, or of one row of a table."""

    bbox: Box
    """In the page image."""
    lines: tuple[LineImage, ...]
    row: TableRow | None = None
    path: tuple[int, ...] | None = None
    """Of the column, as ``page.layout.columns.Column`` has it."""


@dataclass(frozen=True, eq=False, slots=True)
class PageLayout:
    regions: tuple[Region, ...]
    """Top to bottom, left to right: reading order is decided when the languages are known."""
    pictures: tuple[Box, ...]
    """Photographs and seals, in the page image."""
