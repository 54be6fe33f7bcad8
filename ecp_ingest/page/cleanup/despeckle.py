"""Dirt: what is too small for a letter and too far from any to be its dot."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.components import Indices, Labels, ink_box, labelled, pixels_of

Marks = npt.NDArray[np.bool_]

_DIRTY = 12
"""Specks far from all print that tell of more of them between the lines: clean pages have two at most."""
_CROWD = 4
"""So many such marks within three usual heights of each other are a halftone's dots or a row of full stops."""


def without_specks(pixels: Pixels, ink: Pixels) -> tuple[Pixels, Pixels]:
    """Both without dirt."""
    box = ink_box(ink)
    if box is None:
        return pixels, ink
    inked = np.s_[box.top : box.bottom, box.left : box.right]  # the margins hold no specks either
    specks = _specks(np.ascontiguousarray(ink[inked]))
    if specks is None:
        return pixels, ink
    cleaned, rest = pixels.copy(), ink.copy()
    # With the grey rim around them, which the threshold left out.
    cleaned[inked] = cv2.max(cleaned[inked], cv2.dilate(specks, np.ones((3, 3), np.uint8)))
    rest[inked] = cv2.subtract(rest[inked], specks)
    return cleaned, rest


def _specks(ink: Pixels) -> Pixels | None:
    """255 where there is dirt: what is too small for a letter and too far from any to be its dot or its full stop.

    A dot stands within a letter's height of its letter, a full stop nearer still. So of components smaller than
    half the usual height those go that have nothing larger within one and a half heights; nearer to print only
    those go that are far smaller than a dot (a Nastaliq dot is a quarter of that height across, a full stop a sixth).
    None where there is none.
    """
    labels, stats, centres = labelled(ink)
    if len(stats) < 2:
        return None
    centres = np.nan_to_num(centres)  # a page without any paper has no centre of it
    sizes, areas = np.maximum(stats[:, 2], stats[:, 3]), stats[:, 4]
    told = stats[1:, 3][stats[1:, 3] >= 8]
    usual = float(np.clip(np.median(told), 12, 48)) if told.size >= 10 else 24.0
    small = sizes < 0.45 * usual
    dust = areas <= max(2.0, (0.1 * usual) ** 2)
    small[0] = dust[0] = False
    if not small.any():
        return None
    # Distances to four pixels' precision, on a map of a sixteenth of the size. No letter is thinner than two pixels.
    x, y = (np.clip(centres[:, i] / 4, 0, max(1, ink.shape[1 - i] // 4) - 1).astype(np.intp) for i in (0, 1))
    shown = np.where(small, np.uint8(0), np.uint8(255))
    shown[0] = 0  # paper
    larger = _quartered(np.take(shown, labels[::2, ::2]), ink.shape)
    alone = small & (_grown(larger, usual * 1.5)[y, x] == 0)
    if np.count_nonzero(alone) >= _DIRTY:
        alone |= _between_lines(labels, stats, usual=usual, x=x, y=y)
    larger[y[small & ~dust], x[small & ~dust]] = 1
    alone |= small & dust & (_grown(larger, usual * 0.5)[y, x] == 0)
    if not alone.any():
        return None
    specks = np.zeros_like(ink)
    specks[pixels_of(labels, stats, np.flatnonzero(alone))] = 255
    return specks


def _between_lines(labels: Labels, stats: npt.NDArray[np.int32], *, usual: float, x: Indices, y: Indices) -> Marks:
    """Which components are specks even though there is print near, on a page that is full of them.

    Such are up to the size of a comma (of a coarse fax, whose pixels are high), and stand over or under all letters
    near; what else is as small stands within a letter's height over or under it, or beside other letters of its line,
    such as the zeros of Urdu figures.

    Args:
        usual: height of a letter, pixels.
        x: of each component's middle, in quarters of the page; so ``y``.
    """
    small = (stats[:, 2] < 0.5 * usual) & (stats[:, 3] < 0.7 * usual)
    small[0] = False
    shown = np.where(small, np.uint8(0), np.uint8(255))
    shown[0] = 0
    larger = _quartered(np.take(shown, labels[::2, ::2]), (labels.shape[0], labels.shape[1]))
    near = _grown(larger, usual * 1.5, down=usual) | _grown(larger, usual * 3, down=usual * 0.2)
    apart = small & (near[y, x] == 0)
    marks = np.zeros(larger.shape, np.float32)
    np.add.at(marks, (y[apart], x[apart]), 1)
    side = 2 * round(usual * 3 / 4) + 1
    crowd = cv2.boxFilter(marks, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(apart & (crowd[y, x] < _CROWD - 0.5))


def _quartered(mask: Pixels, shape: tuple[int, ...]) -> Pixels:
    """1 for each square of four by four pixels of a page of that shape in which anything is set."""
    size = (max(1, shape[1] // 4), max(1, shape[0] // 4))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0, dtype=np.uint8)


def _grown(quarters: Pixels, across: float, *, down: float | None = None) -> Pixels:
    """Set within so many full pixels of anything set, to its sides and (as many unless told) over and under it."""
    high, wide = (2 * max(1, round(reach / 4)) + 1 for reach in (across if down is None else down, across))
    return np.asarray(cv2.dilate(quarters, np.ones((high, wide), np.uint8)), dtype=np.uint8)
