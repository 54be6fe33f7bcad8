"""Lines cut out of the page image as the engine wants them: ink black, paper white, a margin around."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Box, Pixels, frozen
from ecp_ingest.document.layout import LineImage
from ecp_ingest.page.imaging.greys import grey_at
from ecp_ingest.page.layout.pictures import PAPER, SOFT_EDGE
from ecp_ingest.page.layout.text_lines import Line

MARGIN = 8
"""Pixels of paper left around a line. Both models read best with four to eight; the more paper, the faster."""


BLACK, WHITE = 0.2, 0.86
"""Where black and white are set between a line's ink (0) and its paper (1)."""


def with_margin(box: Box, page: Pixels) -> Box:
    """``box`` and ``MARGIN`` around it, as far as the page goes."""
    height, width = page.shape
    return box.grown(MARGIN, width=width, height=height)


def cut_line(pixels: Pixels, ink: Pixels, line: Line) -> LineImage:
    """The line's box with a margin of paper; ink of its neighbours is painted over with paper."""
    box = with_margin(line.bbox, pixels)
    inside = np.s_[box.top : box.bottom, box.left : box.right]
    own = np.zeros((box.height, box.width), np.uint8)
    y, x = line.bbox.top - box.top, line.bbox.left - box.left
    own[y : y + line.bbox.height, x : x + line.bbox.width] = line.mask
    around_own = np.asarray(cv2.dilate(own, SOFT_EDGE), np.uint8)
    foreign = np.asarray(cv2.dilate(ink[inside] & (1 - own), SOFT_EDGE), np.uint8) & (1 - around_own)
    crop = cv2.max(levelled(pixels[inside], own), foreign * np.uint8(PAPER))
    return LineImage(bbox=box, pixels=frozen(np.ascontiguousarray(crop)))


def levelled(grey: Pixels, own: Pixels) -> Pixels:
    """The line's greys spread so that its paper is white and its ink black, with a soft slope between.

    The engine takes black and white from the extremes along the middle row of a line. On noisy paper those are the
    noise, the ink falls far outside what the network knows, and the error on Nastaliq is several times as high.
    """
    if not own.any() or own.all():
        return grey
    paper, ink = grey_at(grey, 0.5, where=1 - own), grey_at(grey, 0.1, where=own)
    span = max(paper - ink, 1.0)
    black, white = ink + BLACK * span, ink + WHITE * span
    steps = np.clip((np.arange(256) - black) * (PAPER / (white - black)), 0, PAPER)
    return np.asarray(cv2.LUT(grey, steps.astype(np.uint8)), np.uint8)
