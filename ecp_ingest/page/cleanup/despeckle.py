"""Despeckling: removes marks that are too small for a letter and too far from any letter to be its dot."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.imaging.components import Indices, Labels, ink_box, labelled, pixels_of
from ecp_ingest.page.imaging.masks import SOFT_EDGE

Marks = npt.NDArray[np.bool_]
"""One for each label of the ink: True where it is chosen."""

_QUARTER = 4
"""Distances are measured on maps reduced by this factor: to four pixels, in a sixteenth of the time."""
_MIN_LETTER_PIXELS, _MIN_LETTERS = 8, 10
"""Pixels of height from which a component counts for the usual height, and how many it takes to measure it."""
_USUAL_LIMITS, _DEFAULT_USUAL = (12, 48), 24.0
"""Pixels: limits of the usual height, and its value on a page with too few letters."""

# In usual heights.
_SPECK_SIZE = 0.45
"""A smaller component may be dirt."""
_DUST_SIZE, _MIN_DUST_AREA = 0.1, 2.0
"""Side of a square that is far smaller than a dot, and the least area of dust in pixels. A Nastaliq dot is a quarter of
the usual height across, a full stop a sixth."""
_LETTER_REACH = 1.5
"""A dot or a full stop is nearer than this to something larger."""
_PRINT_REACH = 0.5
"""Dust this near to print may be part of it."""
_MARK_WIDTH, _MARK_HEIGHT = 0.5, 0.7
"""Size of a comma on a coarse fax, whose pixels are high."""
_ABOVE, _LINE_REACH, _LINE_DEPTH = 1.0, 3.0, 0.2
"""How far above or below its letter a small mark is, how far it is from other letters of its line, and by how much
it may then be above or below them."""
_CROWD_SIZE = 3.0
"""Size of the square in which marks of a crowd are counted."""
_CROWD = 4
"""This many marks in it are the dots of a halftone or a row of full stops."""

_DIRTY_PAGE = 12
"""Specks far from all print on a page that also has specks between its lines; clean pages have two at most."""


def without_specks(pixels: Pixels, ink: Pixels) -> tuple[Pixels, Pixels]:
    """Grey pixels and ink without specks."""
    box = ink_box(ink)
    if box is None:
        return pixels, ink
    inked = np.s_[box.top : box.bottom, box.left : box.right]  # the margins hold no specks
    specks = _specks(np.ascontiguousarray(ink[inked]))
    if specks is None:
        return pixels, ink
    cleaned, rest = pixels.copy(), ink.copy()
    cleaned[inked] = cv2.max(cleaned[inked], cv2.dilate(specks, SOFT_EDGE))
    rest[inked] = cv2.subtract(rest[inked], specks)
    return cleaned, rest


def _specks(ink: Pixels) -> Pixels | None:
    """255 where there is dirt; None where there is none.

    A dot is within a letter's height of its letter, a full stop is nearer still. So components that are smaller than
    half the usual height are dirt if nothing larger is near; nearer to print only those far smaller than a dot are.
    """
    labels, stats, centres = labelled(ink)
    if len(stats) < 2:
        return None
    centres = np.nan_to_num(centres)  # a page without any paper has no centre of it
    sizes, areas = np.maximum(stats[:, 2], stats[:, 3]), stats[:, 4]
    letters = stats[1:, 3][stats[1:, 3] >= _MIN_LETTER_PIXELS]
    enough = letters.size >= _MIN_LETTERS
    usual = float(np.clip(np.median(letters), *_USUAL_LIMITS)) if enough else _DEFAULT_USUAL
    small = sizes < _SPECK_SIZE * usual
    dust = areas <= max(_MIN_DUST_AREA, (_DUST_SIZE * usual) ** 2)
    small[0] = dust[0] = False
    if not small.any():
        return None
    x, y = (
        np.clip(centres[:, i] / _QUARTER, 0, max(1, ink.shape[1 - i] // _QUARTER) - 1).astype(np.intp) for i in (0, 1)
    )
    larger = _quartered_without(labels, small)
    alone = small & (_grown(larger, usual * _LETTER_REACH)[y, x] == 0)
    if np.count_nonzero(alone) >= _DIRTY_PAGE:
        alone |= _between_lines(labels, stats, usual=usual, x=x, y=y)
    larger[y[small & ~dust], x[small & ~dust]] = 1
    alone |= small & dust & (_grown(larger, usual * _PRINT_REACH)[y, x] == 0)
    if not alone.any():
        return None
    specks = np.zeros_like(ink)
    specks[pixels_of(labels, stats, np.flatnonzero(alone))] = 255
    return specks


def _between_lines(labels: Labels, stats: npt.NDArray[np.int32], *, usual: float, x: Indices, y: Indices) -> Marks:
    """Which components are specks although print is near, on a page that is full of specks.

    Such specks are up to the size of a comma and above or below all letters near them. Other marks of that size are
    within a letter's height above or below a letter, or beside letters of their own line, such as the zeros of Urdu
    figures.

    Args:
        usual: height of a letter, pixels.
        x, y: centre of each component, in quarters of the page.
    """
    small = (stats[:, 2] < _MARK_WIDTH * usual) & (stats[:, 3] < _MARK_HEIGHT * usual)
    small[0] = False
    larger = _quartered_without(labels, small)
    near = _grown(larger, usual * _LETTER_REACH, down=usual * _ABOVE)
    near |= _grown(larger, usual * _LINE_REACH, down=usual * _LINE_DEPTH)
    apart = small & (near[y, x] == 0)
    marks = np.zeros(larger.shape, np.float32)
    np.add.at(marks, (y[apart], x[apart]), 1)
    side = 2 * round(usual * _CROWD_SIZE / _QUARTER) + 1
    crowd = cv2.boxFilter(marks, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(apart & (crowd[y, x] < _CROWD - 0.5))  # the sums are whole numbers, but for rounding


def _quartered_without(labels: Labels, left_out: Marks) -> Pixels:
    """1 for each square of 4×4 pixels of the page that holds ink of other components than those ``left_out``."""
    shown = np.where(left_out, np.uint8(0), np.uint8(255))
    shown[0] = 0  # paper
    high, wide = labels.shape
    size = (max(1, wide // _QUARTER), max(1, high // _QUARTER))
    half = np.take(shown, labels[::2, ::2])  # no letter is thinner than two pixels
    return np.asarray(cv2.resize(half, size, interpolation=cv2.INTER_AREA) > 0, dtype=np.uint8)


def _grown(quarters: Pixels, across: float, *, down: float | None = None) -> Pixels:
    """1 within ``across`` pixels of the page left and right of anything set, and ``down`` (else ``across``) above and
    below."""
    reaches = (across if down is None else down, across)
    high, wide = (2 * max(1, round(reach / _QUARTER)) + 1 for reach in reaches)
    return np.asarray(cv2.dilate(quarters, np.ones((high, wide), np.uint8)), dtype=np.uint8)
