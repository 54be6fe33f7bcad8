"""Boxes, affine matrices and meshes.

Boxes are ``[left, top, right, bottom]`` in pixels, right and bottom exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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

    def overlap(self, other: Box) -> int:
        """Shared area in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds all of ``boxes`` (at least one)."""
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


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
        """For a scan whose pixels are so much finer; the flattened sheet is finer by ``across`` both ways."""
        return Mesh(self.nodes * np.array([across, down]), self.width * across, self.height * across)
