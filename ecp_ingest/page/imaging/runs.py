"""Runs of pixel rows and columns, and the page as a grid of squares: what gutters and headlines are looked for on."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.page.imaging.components import Boxes, Indices, labelled

Mask = npt.NDArray[np.bool_]


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
    """The runs of at least ``least`` rows that are True in one column of the H×W array, and the column: from the left,
    and in each from above."""
    edges = np.diff(np.pad(marked.T.view(np.int8), ((0, 0), (1, 1))), axis=1)
    (columns, starts), (_, ends) = np.nonzero(edges > 0), np.nonzero(edges < 0)
    found = zip(columns.tolist(), starts.tolist(), ends.tolist(), strict=True)
    return [(column, Span(start, end)) for column, start, end in found if end - start >= least]


def cover(spans: npt.NDArray[np.int32], length: int) -> Mask:
    """Which of ``length`` positions the N×2 spans cover."""
    steps = np.zeros(length + 1, np.int32)
    np.add.at(steps, spans[:, 0], 1)
    np.add.at(steps, spans[:, 1], -1)
    return np.cumsum(steps[:-1]) > 0


def square(letter: float) -> int:
    """Pixels: the side of the squares in which a page with letters so high is looked at."""
    return max(2, int(letter / 8))


def occupied(boxes: Boxes, cell: int) -> Mask:
    """The page in squares of ``cell`` pixels: which of them a box reaches into."""
    first, last = boxes[:, :2] // cell, -(-boxes[:, 2:] // cell)
    grid = np.zeros((int(last[:, 1].max()), int(last[:, 0].max())), np.bool_)
    for (x0, y0), (x1, y1) in zip(first.tolist(), last.tolist(), strict=True):
        grid[y0:y1, x0:x1] = True
    return grid


def spread(rows: Mask, reach: int) -> Mask:
    """True wherever a row at most ``reach`` above or below is."""
    counted = np.cumsum(np.pad(rows, ((reach + 1, reach), (0, 0))), axis=0, dtype=np.int32)
    return np.asarray(counted[2 * reach + 1 :] > counted[: -2 * reach - 1])


def islands(boxes: Boxes, across: int, down: int, cell: int) -> list[Indices]:
    """Which of the boxes hang together when white between them, up to ``across`` wide and ``down`` high, is closed.

    Pixels, looked at in squares of ``cell``. Run-length smoothing, both ways at once, after Wong, Casey and Wahl,
    "Document analysis system" (1982).
    """
    window = np.ones((-(-down // cell), -(-across // cell)), np.uint8)
    smeared = np.asarray(cv2.dilate(occupied(boxes, cell).view(np.uint8), window), np.uint8)
    labels = labelled(smeared)[0][boxes[:, 1] // cell, boxes[:, 0] // cell]
    order = np.argsort(labels, kind="stable")
    return list(np.split(order, 1 + np.flatnonzero(np.diff(labels[order]))))
