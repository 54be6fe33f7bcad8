"""Line noise: specks that lie in the rows of a line, smaller than a letter and far from any letter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import find_components, ink_box
from ecp_ingest.page.layout.text_lines import Line

MAX_SPECK_WIDTH, MAX_SPECK_HEIGHT, MIN_DISTANCE = 0.5, 0.7, 4.5
"""Letter heights. Smaller marks that are farther from the line's letters than the third are dirt. Dots and full stops
are nearer, and so is the bullet of a list."""


def without_line_noise(line: Line, letter_height: float) -> Line:
    """The line without specks before, behind and between its words, its box tight again.

    Args:
        letter_height: of the page, pixels.
    """
    parts = find_components(np.asarray(line.mask, np.uint8))
    small = (parts.widths < MAX_SPECK_WIDTH * letter_height) & (parts.heights < MAX_SPECK_HEIGHT * letter_height)
    if small.all() or not small.any():
        return line
    lefts, rights = parts.boxes[:, 0, None], parts.boxes[:, 2, None]
    letters = parts.boxes[~small]
    distance = np.maximum(letters[:, 0] - rights, lefts - letters[:, 2]).min(axis=1)
    specks = small & (distance > MIN_DISTANCE * letter_height)
    if not specks.any():
        return line
    keep = np.concatenate([[False], ~specks])
    mask = line.mask & keep[parts.labels]
    box = ink_box(mask)
    assert box is not None  # there are letters
    left, top = line.bbox.left + box.left, line.bbox.top + box.top
    return replace(
        line,
        bbox=Box(left, top, left + box.width, top + box.height),
        mask=mask[box.top : box.bottom, box.left : box.right],
    )
