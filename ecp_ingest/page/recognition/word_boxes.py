"""Tightens the boxes of words to their ink."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels

NEAR = 4
"""The gap between two words is looked for within the height of the line image divided by this on both sides of the
engine's border: that is about the width of a letter."""


def tightened(boxes: list[Box], pixels: Pixels) -> list[Box]:
    """The boxes of a line's words, from left to right, separated at white gaps and tight around the ink.

    With ``--psm 13`` the engine knows the line only as one shape. It gives the first word the box of the whole line
    and the others its height, and separates words by the time steps of its network, which are wider than a thin stroke.

    Args:
        boxes: the engine's, in ``pixels``, from left to right.
        pixels: H×W uint8 grey, the line with dark ink.
    """
    ink = pixels < (int(pixels.min()) + int(pixels.max())) / 2
    inked = np.asarray(ink.any(axis=0))
    edges = [_white_gap(inked, before, after, near=len(ink) // NEAR) for before, after in pairwise(boxes)]
    starts = [boxes[0].left, *(after for _, after in edges)] if boxes else []
    ends = [*(before for before, _ in edges), boxes[-1].right] if boxes else []
    tight = []
    for start, end, box in zip(starts, ends, boxes, strict=True):
        columns = np.flatnonzero(inked[start:end])
        if len(columns):
            rows = np.flatnonzero(ink[:, start:end].any(axis=1))
            left, right = start + int(columns[0]), start + int(columns[-1]) + 1
            tight.append(Box(left, int(rows[0]), right, int(rows[-1]) + 1))
        else:
            tight.append(box)
    return tight


def _white_gap(inked: npt.NDArray[np.bool_], before: Box, after: Box, *, near: int) -> tuple[int, int]:
    """End of one word and start of the next: the widest white gap near the border that the engine gives.

    ``inked`` says for each column whether it holds ink; ``near`` is in pixels.
    """
    first = max(before.left, min(before.right, after.left) - near)
    columns = inked[first : after.left + near]
    change = np.flatnonzero(np.diff(columns.astype(np.int8), prepend=1, append=1))
    gaps = change[: len(change) // 2 * 2].reshape(-1, 2)
    if not len(gaps):  # Nastaliq words may overlap
        return max(before.left, after.left), after.left
    left, right = gaps[np.argmax(gaps[:, 1] - gaps[:, 0])]
    return first + int(left), first + int(right)
