"""Inverted text: light print on a dark bar, made dark print on light paper."""

from __future__ import annotations

import numpy as np

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.pages import WORKING_DPI
from ecp_ingest.page.imaging.components import Components, find_components
from ecp_ingest.page.imaging.greys import PAPER

MIN_BAR_WIDTH, MIN_BAR_HEIGHT = 150, 30
"""Pixels: half an inch, a tenth of an inch."""
MIN_BAR_FILL = 0.5
"""Share of its box that a bar's ink fills; the rest are letters."""
MIN_SOLID_LINE = 0.4
"""Share of ink in the rows and columns of the bar itself. In what only touches it, such as letters of the next line, it
is less."""
DARK_QUANTILE, LIGHT_QUANTILE = 20, 99
"""Percentiles of a bar's greys that stand for its ground and for its letters."""
MIN_CONTRAST = 80
"""Grey levels between them."""
MIN_LIGHT_SHARE, MAX_LIGHT_SHARE = 0.03, 0.45
"""Share of a bar that its letters cover."""
MID_TONE, MAX_MID_TONE_SHARE = 0.25, 0.22
"""Mid-tones are further than the first from both ground and letters, in shares of their distance. A bar has them at the
edges of its letters only; a photograph has more than the second, in shares of its area."""
MAX_HALFTONE_DOT = 0.03 * WORKING_DPI
"""Pixels: no letter is smaller, and hardly any dot; two pixels of the coarsest fax are as large."""
MIN_HALFTONE_DOTS, MIN_HALFTONE_SHARE = 100, 0.7
"""From so many components, and from such a share of tiny ones among them, they are a halftone."""


def restore_inverted(pixels: Pixels, ink: Pixels, components: Components) -> tuple[Pixels, Pixels] | None:
    """Pixels and ink with white print on black bars made dark on light; None where there is no bar.

    A bar is a wide component that fills most of its box and has holes in the shape of letters. It has only two grey
    levels, where a photograph has mid-tones beside its dark parts.
    """
    width, height = components.widths, components.heights
    solid = components.areas > MIN_BAR_FILL * width * height
    solid &= (width > MIN_BAR_WIDTH) & (height > MIN_BAR_HEIGHT) & (width > height)
    bars = [solid_part(components, int(i)) for i in np.flatnonzero(solid)]
    if not bars:
        return None
    new_pixels, new_ink = pixels.copy(), ink.copy()
    for bar in bars:
        inside = np.s_[bar.top : bar.bottom, bar.left : bar.right]
        grey = pixels[inside]
        dark, light = np.percentile(grey, (DARK_QUANTILE, LIGHT_QUANTILE))
        is_light = grey > (dark + light) / 2
        if light - dark < MIN_CONTRAST or not MIN_LIGHT_SHARE < is_light.mean() < MAX_LIGHT_SHARE:
            continue
        rim = MID_TONE * (light - dark)
        if ((grey > dark + rim) & (grey < light - rim)).mean() > MAX_MID_TONE_SHARE:
            continue
        stretched = (grey.astype(np.float32) - dark) * (255.0 / (light - dark))
        letters = without_frame_parts(is_light.astype(np.uint8))
        if is_halftone(letters):
            continue
        new_pixels[inside] = PAPER - np.clip(stretched, 0, 255).astype(np.uint8)
        new_ink[inside] = letters
    return new_pixels, new_ink


def is_halftone(ink: Pixels) -> bool:
    """Whether there are many components and nearly all are smaller than the dot of an i.

    A fax makes such a pattern of a dark photograph; like print it has only two grey levels.
    """
    found = find_components(ink)
    tiny = np.maximum(found.widths, found.heights) < MAX_HALFTONE_DOT
    return bool(len(tiny) > MIN_HALFTONE_DOTS and tiny.mean() > MIN_HALFTONE_SHARE)


def solid_part(components: Components, index: int) -> Box:
    """The box of the bar without what touches it: letters of the next line, ends of strokes."""
    box = components.box(index)
    own = components.mask(index)
    rows, columns = (np.flatnonzero(own.mean(axis=axis) > MIN_SOLID_LINE) for axis in (1, 0))
    if not (len(rows) and len(columns)):
        return box
    return Box(
        box.left + int(columns[0]), box.top + int(rows[0]), box.left + int(columns[-1]) + 1, box.top + int(rows[-1]) + 1
    )


def without_frame_parts(ink: Pixels) -> Pixels:
    """The components of ``ink`` that don't touch the edges of the array: paper around a bar is no print in it."""
    found = find_components(ink)
    height, width = ink.shape
    b = found.boxes
    inner = (b[:, 0] > 0) & (b[:, 1] > 0) & (b[:, 2] < width) & (b[:, 3] < height)
    keep = np.zeros(len(b) + 1, np.uint8)
    keep[1:][inner] = 1
    return keep[found.labels]
