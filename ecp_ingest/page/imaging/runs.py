"""Runs of pixel rows and columns, and the page as a grid of square cells, on which columns and headlines are found."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.page.imaging.components import BoxArray, Indices, labelled

Mask = npt.NDArray[np.bool_]

CELLS_PER_LETTER = 8
"""Cells in a letter height: fine enough for the white between two lines, and a page has few enough of them."""
MIN_CELL_SIZE = 2
"""Pixels."""


class Span(NamedTuple):
    """A run of pixel rows or columns; ``end`` is exclusive."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def runs(covered: Mask) -> list[Span]:
    """The runs of True in a one-dimensional array."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], covered.view(np.int8), [0]))))
    return [Span(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def column_runs(marked: Mask, least: int) -> list[tuple[int, Span]]:
    """The vertical runs of at least ``least`` True rows in an H×W array, each with its column.

    Columns come from left to right, the runs of one column from top to bottom.
    """
    edges = np.diff(np.pad(marked.T.view(np.int8), ((0, 0), (1, 1))), axis=1)
    (columns, starts), (_, ends) = np.nonzero(edges > 0), np.nonzero(edges < 0)
    found = zip(columns.tolist(), starts.tolist(), ends.tolist(), strict=True)
    return [(column, Span(start, end)) for column, start, end in found if end - start >= least]


def covered_positions(spans: npt.NDArray[np.int32], length: int) -> Mask:
    """Which of ``length`` positions at least one of the N×2 ``spans`` covers."""
    steps = np.zeros(length + 1, np.int32)
    np.add.at(steps, spans[:, 0], 1)
    np.add.at(steps, spans[:, 1], -1)
    return np.cumsum(steps[:-1]) > 0


def cell_size(letter_height: float) -> int:
    """The side of a grid cell in pixels, for a page with letters of ``letter_height`` pixels."""
    return max(MIN_CELL_SIZE, int(letter_height / CELLS_PER_LETTER))


def occupancy_grid(boxes: BoxArray, cell: int) -> Mask:
    """The page as a grid of cells of ``cell`` pixels: True where a box reaches into the cell."""
    first, last = boxes[:, :2] // cell, -(-boxes[:, 2:] // cell)
    grid = np.zeros((int(last[:, 1].max()), int(last[:, 0].max())), np.bool_)
    for (x0, y0), (x1, y1) in zip(first.tolist(), last.tolist(), strict=True):
        grid[y0:y1, x0:x1] = True
    return grid


def spread_down_and_up(marked: Mask, reach: int) -> Mask:
    """H×W: True wherever ``marked`` is True in the same column at most ``reach`` rows above or below."""
    counted = np.cumsum(np.pad(marked, ((reach + 1, reach), (0, 0))), axis=0, dtype=np.int32)
    return np.asarray(counted[2 * reach + 1 :] > counted[: -2 * reach - 1])


def group_boxes(boxes: BoxArray, across: int, down: int, cell: int) -> list[Indices]:
    """Groups of boxes with no more white between neighbours than ``across`` × ``down`` pixels.

    Run-length smoothing, both ways at once, after Wong, Casey and Wahl, "Document analysis system" (1982), on a grid
    of ``cell`` pixels.
    """
    window = np.ones((-(-down // cell), -(-across // cell)), np.uint8)
    smeared = np.asarray(cv2.dilate(occupancy_grid(boxes, cell).view(np.uint8), window), np.uint8)
    labels = labelled(smeared)[0][boxes[:, 1] // cell, boxes[:, 0] // cell]
    order = np.argsort(labels, kind="stable")
    return list(np.split(order, 1 + np.flatnonzero(np.diff(labels[order]))))
