"""Boxes of words, tightened to their ink."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels


def tightened(boxes: list[Box], pixels: Pixels) -> list[Box]:
    """Boxes from left to right, parted where the paper shows between them, each no higher than its ink.

    With ``--psm 13`` the engine knows the line only as one shape: it gives the first word the whole line's box,
    others the whole line's height, and parts words by the network's time steps, which are wider than a thin stroke.
    """
    ink = pixels < (int(pixels.min()) + int(pixels.max())) / 2
    inked = np.asarray(ink.any(axis=0))
    edges = [_white_gap(inked, before, after, near=len(ink) // 4) for before, after in pairwise(boxes)]
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
    """Where the one word ends and the next begins: the widest white gap near to where the engine parts them.

    ``inked``: the columns that hold ink; ``near``: pixels.
    """
    first = max(before.left, min(before.right, after.left) - near)
    columns = inked[first : after.left + near]
    change = np.flatnonzero(np.diff(columns.astype(np.int8), prepend=1, append=1))
    gaps = change[: len(change) // 2 * 2].reshape(-1, 2)
    if not len(gaps):  # Nastaliq words reach over each other
        return max(before.left, after.left), after.left
    left, right = gaps[np.argmax(gaps[:, 1] - gaps[:, 0])]
    return first + int(left), first + int(right)
