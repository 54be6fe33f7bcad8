"""Boxes, affine matrices and meshes: all arithmetic with boxes is here.

Boxes are ``[left, top, right, bottom]`` in pixels, right and bottom exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


Matrix = npt.NDArray[np.float64]


class Box(NamedTuple):
    """``[left, top, right, bottom]`` in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    def shared_width(self, other: Box) -> int:
        """Pixels of width that both cover; negative where a gap of that width lies between them."""
        return min(self.right, other.right) - max(self.left, other.left)

    def shared_height(self, other: Box) -> int:
        """Pixels of height that both cover; negative where a gap of that height lies between them."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)

    def overlap(self, other: Box) -> int:
        """Shared area in square pixels."""
        width, height = self.shared_width(other), self.shared_height(other)
        return width * height if width > 0 and height > 0 else 0

    def intersection_over_union(self, other: Box) -> float:
        """Shared area over the area that either covers, 0–1."""
        shared = self.overlap(other)
        return shared / (self.area + other.area - shared) if shared else 0.0

    def moved(self, across: int, down: int) -> Box:
        """The same box, ``across`` pixels to the right and ``down`` pixels lower."""
        return Box(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def grown(self, margin: int, *, width: int, height: int) -> Box:
        """With ``margin`` pixels around it, as far as the page of ``width`` × ``height`` goes."""
        return Box(
            max(0, self.left - margin),
            max(0, self.top - margin),
            min(width, self.right + margin),
            min(height, self.bottom + margin),
        )


Sides = tuple[int, int, int, int]
"""A box as records have it."""


def around(boxes: Iterable[Sides]) -> Box:
    """The smallest box that holds all of ``boxes`` (at least one)."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def around_boxes(boxes: Iterable[Sides | None]) -> Box | None:
    """The smallest box that holds all boxes that are known; None where none is."""
    known = [box for box in boxes if box is not None]
    return around(known) if known else None


def holds(outer: Sides, inner: Sides) -> bool:
    """Whether no part of ``inner`` lies outside of ``outer``."""
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


Number = TypeVar("Number", int, float)


def turned(
    box: tuple[Number, Number, Number, Number], quarters: int, *, width: Number, height: Number
) -> tuple[Number, Number, Number, Number]:
    """Where ``box`` lies when its page of ``width`` × ``height`` was turned clockwise by ``quarters`` of a turn."""
    left, top, right, bottom = box
    for _ in range(quarters % 4):
        left, top, right, bottom = height - bottom, left, height - top, right
        width, height = height, width
    return left, top, right, bottom


def frozen(array: Pixels) -> Pixels:
    """The same array, set read-only."""
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False, slots=True)
class Mesh:
    """Where a sheet that was tilted or bent lies on the scan: flattened, it has the size ``width`` × ``height``."""

    nodes: Matrix
    """R×C×2: (x, y) on the scan of an even grid over the flattened sheet, edges included."""
    width: float
    height: float

    def in_scan(self, points: Matrix) -> Matrix:
        """N×2, (x, y) on the flattened sheet → on the scan; bilinear, and beyond the edges as in the last cells."""
        rows, columns = self.nodes.shape[:2]
        x = points[:, 0] * ((columns - 1) / self.width)
        y = points[:, 1] * ((rows - 1) / self.height)
        left = np.clip(np.floor(x), 0, columns - 2).astype(np.intp)
        top = np.clip(np.floor(y), 0, rows - 2).astype(np.intp)
        u, v = (x - left)[:, None], (y - top)[:, None]
        upper = self.nodes[top, left] * (1 - u) + self.nodes[top, left + 1] * u
        lower = self.nodes[top + 1, left] * (1 - u) + self.nodes[top + 1, left + 1] * u
        return np.asarray(upper * (1 - v) + lower * v, dtype=np.float64)

    def scaled(self, across: float, down: float) -> Mesh:
        """The mesh for a scan with ``across`` times the columns and ``down`` times the rows.

        The flattened sheet grows by ``across`` in both directions.
        """
        return Mesh(self.nodes * np.array([across, down]), self.width * across, self.height * across)
