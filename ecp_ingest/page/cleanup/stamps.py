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

from ecp_ingest.document.geometry import Pixels

_REDUCED_SIDE = 1170
"""Longer side on which marks are looked for: A4 at 100 dpi."""
_PALE = 0.86
"""Of the paper's brightness: what is lighter in its brightest channel is tinted paper."""
_CHROMA, _SATURATION = 34, 0.26
_FAINT = 18
"""Chroma of strokes thinner than a pixel of the reduced page."""
_FEWEST = 0.0002
"""Of the page: less coloured ink is no stamp."""
_DARK = 0.6
"""Of the paper's brightness: black print is darker in every channel."""
_HUE = 15
"""OpenCV's steps of 2° either way that one ink takes."""
_MOST_INKS = 4
_SOFT = 0.85
"""Of the level of a stamp's ink: thin strokes are darker in JPEG files, which blur colours more than light."""
_CROSSED = 10
"""Pixels of a mark's outline that are black, at least."""
_FULL = 0.62
"""Of a mark's extent: a photograph has more ink."""
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
    # A few pixels do for a first look, and most pages go no further.
    step = max(1, round(1.5 / factor))
    sample = np.ascontiguousarray(pixels[::step, ::step])
    paper = np.maximum(np.percentile(sample[::2, ::2].reshape(-1, 3), 85, axis=0), 60.0)
    if _coloured(sample, paper).mean() < _FEWEST:
        return grey
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    brightest = _brightest(small, paper)
    coloured = _coloured(small, paper)
    dark = ((brightest < _DARK * paper.max()) & (coloured == 0)).astype(np.uint8)
    unit = max(small.shape) / 117  # a tenth of an inch on A4
    thick = np.asarray(cv2.morphologyEx(coloured, cv2.MORPH_OPEN, _square(1.8 * unit)), np.uint8)
    if (coloured & (1 - thick)).sum() > dark.sum():
        return grey  # printed in colour
    out = grey
    for ink, faint in _inks(small, coloured, paper):
        for mark in _marks(ink, faint, dark, coloured, thick, unit=unit):
            level = float(np.percentile(brightest[(ink & mark) > 0], 25)) * _SOFT
            out = grey.copy() if out is grey else out
            _take_off(out, pixels, paper, mark, level)
    return out


def _balanced(pixels: Pixels, paper: npt.NDArray[np.float64]) -> list[Pixels]:
    """Three channels in which the paper is grey."""
    steps = np.arange(256, dtype=np.float64)
    tables = [np.clip(steps * (paper.max() / level), 0, 255).astype(np.uint8) for level in paper]
    return [np.asarray(cv2.LUT(np.ascontiguousarray(pixels[..., i]), tables[i]), np.uint8) for i in range(3)]


def _brightest(pixels: Pixels, paper: npt.NDArray[np.float64]) -> Pixels:
    return _extremes(pixels, paper)[0]


def _extremes(pixels: Pixels, paper: npt.NDArray[np.float64]) -> tuple[Pixels, Pixels]:
    """The brightest and the darkest channel of each pixel, on paper made grey."""
    red, green, blue = _balanced(pixels, paper)
    high, low = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return np.asarray(high, np.uint8), np.asarray(low, np.uint8)


def _coloured(pixels: Pixels, paper: npt.NDArray[np.float64]) -> Pixels:
    """1 where there is ink of a colour."""
    high, low = _extremes(pixels, paper)
    chroma = cv2.subtract(high, low).astype(np.int16)
    found = (chroma > _CHROMA) & (chroma > _SATURATION * high) & (high < _PALE * paper.max())
    return np.asarray(found, dtype=np.uint8)


def _inks(pixels: Pixels, coloured: Pixels, paper: npt.NDArray[np.float64]) -> list[tuple[Pixels, Pixels]]:
    """Two masks for each ink, whose hue is one of the commonest: where it is plainly seen, and where at all."""
    high, low = _extremes(pixels, paper)
    tinted = np.asarray(cv2.subtract(high, low) > _FAINT, np.uint8)
    hue = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV), np.uint8)[..., 0]
    left = np.bincount(hue[coloured > 0], minlength=180).astype(np.float64)
    near = np.abs((np.arange(180)[:, None] - np.arange(180) + 90) % 180 - 90) <= _HUE
    inks: list[tuple[Pixels, Pixels]] = []
    while len(inks) < _MOST_INKS and (sums := near @ left).max() >= _FEWEST / 2 * hue.size:
        own = near[int(sums.argmax())]
        alike = own.astype(np.uint8)[hue]
        inks.append((coloured & alike, tinted & alike))
        left[own] = 0
    return inks


def _marks(ink: Pixels, faint: Pixels, dark: Pixels, coloured: Pixels, thick: Pixels, *, unit: float) -> list[Pixels]:
    """One H×W mask for each mark that black print crosses: what lies on and close between its strokes.

    Args:
        ink: of one colour; ``faint``: with its fainter pixels.
        dark: print in black.
        coloured: ink of any colour; ``thick``: what of it is broader than strokes are.
        unit: a tenth of an inch in pixels.
    """
    near = np.asarray(cv2.dilate(ink, _square(6 * unit)), np.uint8)
    joined = cv2.morphologyEx(faint & near, cv2.MORPH_CLOSE, _square(1.6 * unit))
    bodies = np.asarray(cv2.dilate(joined, np.ones((3, 3), np.uint8)), np.uint8)
    shown = dark | coloured
    rims = bodies - np.asarray(cv2.erode(bodies, np.ones((3, 3), np.uint8)), np.uint8)
    together = np.asarray(cv2.dilate(bodies, _square(5 * unit)), np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(together, connectivity=8)
    counted = [
        np.bincount(labels[found > 0], minlength=count)
        for found in (bodies, ink & bodies, ink & thick & bodies, rims & dark, bodies & dark, bodies & shown)
    ]
    marks = []
    for label in range(1, count):
        area, own, solid, crossed, black, inked = (int(of_label[label]) for of_label in counted)
        wide, high = stats[label][2:4]
        a_mark = max(wide, high) < 60 * unit and solid < 0.35 * own and inked < _FULL * area
        if a_mark and crossed >= _CROSSED and black > 0.05 * own:
            marks.append(np.where(labels == label, bodies, np.uint8(0)))
    return marks


def _square(across: float) -> Pixels:
    side = max(3, round(across)) | 1
    return np.ones((side, side), np.uint8)


def _take_off(out: Pixels, pixels: Pixels, paper: npt.NDArray[np.float64], mark: Pixels, level: float) -> None:
    """``out`` is written to within the mark; ``level``: of its ink, in the brightest channel."""
    height, width = out.shape
    rows, columns = np.flatnonzero(mark.any(axis=1)), np.flatnonzero(mark.any(axis=0))
    down, across = height / mark.shape[0], width / mark.shape[1]
    top, bottom = int(rows[0] * down), min(height, int(np.ceil((rows[-1] + 1) * down)))
    left, right = int(columns[0] * across), min(width, int(np.ceil((columns[-1] + 1) * across)))
    inside = np.s_[top:bottom, left:right]
    part = mark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    covered = cv2.resize(part, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST) > 0
    brightest, darkest = _extremes(pixels[inside], paper)
    # Print between the mark's strokes stays as it is; half an inked pixel beside a stroke doesn't.
    tinted = (cv2.subtract(brightest, darkest) > _FAINT).astype(np.uint8)
    covered &= cv2.dilate(tinted, np.ones((5, 5), np.uint8)) > 0
    black = float(np.percentile(brightest[brightest < _DARK * paper.max()], 5))
    if level - black < _APART:
        return
    steps = black + np.clip((np.arange(256) - black) * ((paper.max() - black) / (level - black)), -black, 255 - black)
    stretched = steps.astype(np.uint8)[brightest]
    out[inside][covered] = np.maximum(stretched, out[inside])[covered]
