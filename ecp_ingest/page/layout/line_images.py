"""Line images, cut out of the page image as the engine needs them: black ink, white paper, a margin around."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Box, Pixels, frozen
from ecp_ingest.document.layout import LineImage
from ecp_ingest.page.imaging.greys import PAPER, grey_at
from ecp_ingest.page.imaging.masks import SOFT_EDGE
from ecp_ingest.page.layout.text_lines import Line

MARGIN = 8
"""Pixels of paper around a line. Both models read best with four to eight; more paper is read faster."""
PAPER_GREY, INK_GREY = 0.5, 0.1
"""Quantiles of the greys of the paper and of the ink that stand for them."""
BLACK, WHITE = 0.2, 0.86
"""Where black and white are set on the scale from a line's ink (0) to its paper (1)."""


def with_margin(box: Box, page: Pixels) -> Box:
    """``box`` with ``MARGIN`` around it, as far as the page goes."""
    height, width = page.shape
    return box.grown(MARGIN, width=width, height=height)


def cut_line(pixels: Pixels, ink: Pixels, line: Line) -> LineImage:
    """The line with a margin of paper; ink of its neighbours is painted over with paper."""
    box = with_margin(line.bbox, pixels)
    inside = np.s_[box.top : box.bottom, box.left : box.right]
    own = np.zeros((box.height, box.width), np.uint8)
    y, x = line.bbox.top - box.top, line.bbox.left - box.left
    own[y : y + line.bbox.height, x : x + line.bbox.width] = line.mask
    own_with_edge = np.asarray(cv2.dilate(own, SOFT_EDGE), np.uint8)
    foreign = np.asarray(cv2.dilate(ink[inside] & (1 - own), SOFT_EDGE), np.uint8) & (1 - own_with_edge)
    crop = cv2.max(with_full_contrast(pixels[inside], own), foreign * np.uint8(PAPER))
    return LineImage(bbox=box, pixels=frozen(np.ascontiguousarray(crop)))


def with_full_contrast(grey: Pixels, own: Pixels) -> Pixels:
    """The line's greys stretched so that its paper is white and its ink black, with a soft slope between.

    The engine takes black and white from the extremes along the middle row of a line. On noisy paper these are the
    noise: the ink is then far from what the network was trained on, and the error on Nastaliq is several times as high.

    Args:
        grey: H×W.
        own: H×W, 1 where the line has ink.
    """
    if not own.any() or own.all():
        return grey
    paper, ink = grey_at(grey, PAPER_GREY, where=1 - own), grey_at(grey, INK_GREY, where=own)
    span = max(paper - ink, 1.0)
    black, white = ink + BLACK * span, ink + WHITE * span
    steps = np.clip((np.arange(256) - black) * (PAPER / (white - black)), 0, PAPER)
    return np.asarray(cv2.LUT(grey, steps.astype(np.uint8)), np.uint8)
