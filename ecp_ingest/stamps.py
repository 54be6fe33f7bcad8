"""Coloured stamps and signatures over black print: taken off it by their colour, before the page goes grey.

A stamp's ink is dark in some channels and fairly light in its brightest one, where black print is black beneath it
as well: in a window around the stamp that channel is stretched, from the black of the print to the level of the
stamp's ink. (Colour of stamps as a cue: Micenková & van Beusekom, "Stamp detection in color document images",
ICDAR 2011.) Print in colour looks alike, and must stay: so nothing is done but where black print crosses the
outline of a mark in colour, on a page that is mostly printed in black, and where the two levels are well apart.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document import Pixels

_REDUCED_SIDE = 1170
"""Longer side on which marks are looked for: A4 at 100 dpi."""
_PALE = 0.86
"""Of the paper's brightness: what is lighter in its brightest channel is tinted paper."""
_CHROMA, _SATURATION = 34, 0.26
_FEWEST = 0.0002
"""Of the page: less coloured ink is no stamp."""
_CROSSED = 10
"""Pixels of a mark's outline that are black, at least."""
_APART = 32
"""Grey levels between black print and a stamp's ink in its brightest channel."""


def without_stamps(pixels: Pixels, grey: Pixels) -> Pixels:
    """``grey`` with the stamps taken off; itself where there is none.

    Args:
        pixels: H×W or H×W×3 RGB, as scanned.
        grey: H×W, dark ink on light paper, made of ``pixels``.
    """
    if pixels.ndim == 2:
        return grey
    factor = min(1.0, _REDUCED_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    # Every second pixel would do for a first look, and most pages go no further.
    step = max(1, round(0.5 / factor))
    sample = np.ascontiguousarray(pixels[::step, ::step])
    paper = np.maximum(np.percentile(sample[::4, ::4].reshape(-1, 3), 85, axis=0), 60.0)
    if _coloured(sample, paper).mean() < _FEWEST:
        return grey
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    brightest = _brightest(small, paper)
    coloured = _coloured(small, paper)
    dark = (brightest < 0.6 * paper.max()) & (coloured == 0)
    if coloured.sum() > dark.sum():
        return grey  # printed in colour
    out = grey
    for mark in _marks(coloured, dark):
        levels = _levels(brightest, mark, coloured, dark)
        if levels is not None:
            out = grey.copy() if out is grey else out
            _take_off(out, pixels, paper, mark, levels)
    return out


def _balanced(pixels: Pixels, paper: npt.NDArray[np.float64]) -> list[Pixels]:
    """Three channels in which the paper is grey."""
    steps = np.arange(256, dtype=np.float64)
    tables = [np.clip(steps * (paper.max() / level), 0, 255).astype(np.uint8) for level in paper]
    return [np.asarray(cv2.LUT(np.ascontiguousarray(pixels[..., i]), tables[i]), np.uint8) for i in range(3)]


def _brightest(pixels: Pixels, paper: npt.NDArray[np.float64]) -> Pixels:
    red, green, blue = _balanced(pixels, paper)
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def _coloured(pixels: Pixels, paper: npt.NDArray[np.float64]) -> Pixels:
    """1 where there is ink of a colour."""
    red, green, blue = _balanced(pixels, paper)
    high, low = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    chroma = cv2.subtract(high, low).astype(np.int16)
    found = (chroma > _CHROMA) & (chroma > _SATURATION * high) & (high < _PALE * paper.max())
    return np.asarray(found, dtype=np.uint8)


def _marks(coloured: Pixels, dark: npt.NDArray[np.bool_]) -> list[Pixels]:
    """One mask of H×W for each mark that black print crosses: what lies on and between its strokes."""
    unit = max(coloured.shape) / 117  # a tenth of an inch on A4
    strokes = np.asarray(cv2.morphologyEx(coloured, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)
    reach = max(3, round(1.8 * unit)) | 1
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    bodies = cv2.dilate(joined, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bodies, connectivity=8)
    thick = cv2.morphologyEx(coloured, cv2.MORPH_OPEN, np.ones((max(3, round(1.8 * unit)),) * 2, np.uint8))
    print_or_mark = (dark | (coloured > 0)).astype(np.uint8)
    marks = []
    for label in range(1, count):
        left, top, wide, high, _ = stats[label]
        if min(wide, high) < 2 * unit or max(wide, high) > 60 * unit:
            continue
        inside = np.s_[top : top + high, left : left + wide]
        body = (labels[inside] == label).astype(np.uint8)
        ink = body & coloured[inside]
        solid = (body & thick[inside]).sum() > 0.35 * ink.sum() or (body & print_or_mark[inside]).sum() > 0.7 * body.sum()
        padded = cv2.copyMakeBorder(body, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        rim = (padded - cv2.erode(padded, np.ones((3, 3), np.uint8)))[1:-1, 1:-1]
        if solid or int((rim > 0)[dark[inside]].sum()) < _CROSSED:
            continue
        mark = np.zeros_like(coloured)
        mark[inside] = body
        marks.append(mark)
    return marks


def _levels(
    brightest: Pixels, mark: Pixels, coloured: Pixels, dark: npt.NDArray[np.bool_]
) -> tuple[float, float] | None:
    """Of black print around the mark, and of the mark's ink; None where they are too close to be told apart."""
    around = np.asarray(cv2.dilate(mark, np.ones((31, 31), np.uint8)), np.uint8) - mark
    black = brightest[dark & (around > 0)]
    ink = brightest[(coloured > 0) & (mark > 0)]
    if len(black) < 30 or len(ink) < 30:
        return None
    low, high = float(np.percentile(black, 25)), float(np.percentile(ink, 25))
    return (low, high) if high - low >= _APART else None


def _take_off(
    out: Pixels,
    pixels: Pixels,
    paper: npt.NDArray[np.float64],
    mark: Pixels,
    levels: tuple[float, float],
) -> None:
    """``out`` is written to within the mark."""
    height, width = out.shape
    rows, columns = np.flatnonzero(mark.any(axis=1)), np.flatnonzero(mark.any(axis=0))
    down, across = height / mark.shape[0], width / mark.shape[1]
    top, bottom = int(rows[0] * down), min(height, int(np.ceil((rows[-1] + 1) * down)))
    left, right = int(columns[0] * across), min(width, int(np.ceil((columns[-1] + 1) * across)))
    inside = np.s_[top:bottom, left:right]
    part = mark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    full = cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST) > 0
    black, ink = levels
    steps = np.clip((np.arange(256) - black) * ((paper.max() - black) / (ink - black)) + black, 0, 255)
    stretched = steps.astype(np.uint8)[_brightest(pixels[inside], paper)]
    out[inside][full] = stretched[full]
