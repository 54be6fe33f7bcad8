"""Specks that have come into a line because they lie in its rows: what is smaller than a letter and far from any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import find_components, ink_box
from ecp_ingest.page.layout.text_lines import Line

NARROW, LOW, AWAY = 0.5, 0.7, 4.5
"""Letter heights: marks smaller than the first two that stand further than the third from the line's letters are dirt.
Dots and full stops stand nearer, and so does the sign before an item of a list."""


def without_strays(line: Line, letter: float) -> Line:
    """The line without specks before, behind and between its words, its box as tight as before.

    Args:
        letter: the page's letter height in pixels.
    """
    parts = find_components(np.asarray(line.mask, np.uint8))
    small = (parts.widths < NARROW * letter) & (parts.heights < LOW * letter)
    if small.all() or not small.any():
        return line
    lefts, rights = parts.boxes[:, 0, None], parts.boxes[:, 2, None]
    letters = parts.boxes[~small]
    away = np.maximum(letters[:, 0] - rights, lefts - letters[:, 2]).min(axis=1)
    stray = small & (away > AWAY * letter)
    if not stray.any():
        return line
    keep = np.concatenate([[False], ~stray])
    mask = line.mask & keep[parts.labels]
    box = ink_box(mask)
    assert box is not None  # there are letters
    left, top = line.bbox.left + box.left, line.bbox.top + box.top
    return replace(
        line,
        bbox=Box(left, top, left + box.width, top + box.height),
        mask=mask[box.top : box.bottom, box.left : box.right],
    )
