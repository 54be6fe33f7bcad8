"""Light text on a dark ground, turned into dark text on a light ground."""

from __future__ import annotations

import numpy as np

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.pages import WORKING_DPI
from ecp_ingest.page.imaging.components import Components, find_components
from ecp_ingest.page.layout.pictures import PAPER

FINE = 0.03 * WORKING_DPI
"""Pixels: no letter is smaller, and hardly a dot; two pixels of the coarsest fax are."""


def restore_inverted(pixels: Pixels, ink: Pixels, components: Components) -> tuple[Pixels, Pixels] | None:
    """Pixels and ink with white print on a black bar made dark on light; None where there is no such bar.

    A bar is one component that fills most of its box, is wide, and has letter-like holes; a photograph's dark parts
    have mid-tones beside them, a bar has only two.
    """
    width, height = components.widths, components.heights
    solid = (components.areas > 0.5 * width * height) & (width > 150) & (height > 30) & (width > height)
    bars = [solid_part(components, int(i)) for i in np.flatnonzero(solid)]
    if not bars:
        return None
    new_pixels, new_ink = pixels.copy(), ink.copy()
    for bar in bars:
        inside = np.s_[bar.top : bar.bottom, bar.left : bar.right]
        grey = pixels[inside]
        dark, light = np.percentile(grey, (20, 99))
        if light - dark < 80 or not 0.03 < (grey > (dark + light) / 2).mean() < 0.45:
            continue
        middle = ((grey > dark + 0.25 * (light - dark)) & (grey < light - 0.25 * (light - dark))).mean()
        if middle > 0.22:
            continue
        stretched = (grey.astype(np.float32) - dark) * (255.0 / (light - dark))
        turned = without_edge((grey > (dark + light) / 2).astype(np.uint8))
        if is_halftone(turned):
            continue
        new_pixels[inside] = PAPER - np.clip(stretched, 0, 255).astype(np.uint8)
        new_ink[inside] = turned
    return new_pixels, new_ink


def is_halftone(ink: Pixels) -> bool:
    """Whether nearly all components, and there are many, are smaller than a dot of an i: what a fax makes of a dark
    photograph has only two levels, as print has."""
    found = find_components(ink)
    fine = np.maximum(found.widths, found.heights) < FINE
    return bool(len(fine) > 100 and fine.mean() > 0.7)


def solid_part(components: Components, index: int) -> Box:
    """The bar alone: letters of the next line that touch it don't fill their rows, nor do stray ends their columns."""
    left, top, right, bottom = map(int, components.boxes[index])
    own = components.labels[top:bottom, left:right] == index + 1
    rows, columns = (np.flatnonzero(own.mean(axis=axis) > 0.4) for axis in (1, 0))
    if not (len(rows) and len(columns)):
        return Box(left, top, right, bottom)
    return Box(left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)


def without_edge(ink: Pixels) -> Pixels:
    """The ink that doesn't touch the frame of the array: paper around a bar isn't print in it."""
    found = find_components(ink)
    height, width = ink.shape
    b = found.boxes
    inner = (b[:, 0] > 0) & (b[:, 1] > 0) & (b[:, 2] < width) & (b[:, 3] < height)
    keep = np.zeros(len(b) + 1, np.uint8)
    keep[1:][inner] = 1
    return keep[found.labels]
