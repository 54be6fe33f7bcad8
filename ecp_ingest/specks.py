"""Dirt: what is too small for a letter and too far from any to be its dot."""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.components import ink_box, labelled, pixels_of
from ecp_ingest.document import Pixels


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
    larger[y[small & ~dust], x[small & ~dust]] = 1
    alone |= small & dust & (_grown(larger, usual * 0.5)[y, x] == 0)
    if not alone.any():
        return None
    specks = np.zeros_like(ink)
    specks[pixels_of(labels, stats, np.flatnonzero(alone))] = 255
    return specks


def _quartered(mask: Pixels, shape: tuple[int, ...]) -> Pixels:
    """1 for each square of four by four pixels of a page of that shape in which anything is set."""
    size = (max(1, shape[1] // 4), max(1, shape[0] // 4))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > 0, dtype=np.uint8)


def _grown(quarters: Pixels, reach: float) -> Pixels:
    """Set within ``reach`` full pixels of anything set."""
    side = 2 * max(1, round(reach / 4)) + 1
    return np.asarray(cv2.dilate(quarters, np.ones((side, side), np.uint8)), dtype=np.uint8)
