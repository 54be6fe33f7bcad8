"""Illumination: one grey channel in which all ink is dark, and paper that is white all over the page.

Images are H×W uint8, dark ink on light paper where nothing else is stated. The reduced page has about 150 dpi.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.cleanup.adjacent_sheet import strip_beside
from ecp_ingest.page.imaging.greys import grey_at

Factors = npt.NDArray[np.float32]
"""H×W: brightness of the paper, relative to the paper around."""

# One grey channel.
_SAMPLE_SIDE = 600
"""Pixels: longer side of the sample from which colours are measured."""
_MIN_CHROMA, _CHROMA_PERCENTILE = 24, 99.5
"""Grey levels between the channels, and the percentile at which a page has them if it has any colour."""
_PAPER_PERCENTILE, _MIN_PAPER = 85, 60.0
"""Percentile of a channel's levels that is the level of its paper, and the least level that is believed."""
_DARKEST_SHARE, _GREEN_SHARE = 0.7, 0.3
"""The darkest of three channels is also the noisiest; green, the sharpest channel of most scanners, steadies it."""

# White print on black.
_INNER_MARGIN = 16
"""The margin that is left out is a page side divided by this."""
_MIN_DARK_SHARE, _ALL_DARK_SHARE = 0.6, 0.999
"""Share of dark pixels on an inverted page, and on a page scanned with the lid open, which is blank."""
_MAX_DARK_THRESHOLD, _MAX_DARK_LEVEL, _MIN_INVERTED_CONTRAST = 160, 110, 60
"""Grey levels: Otsu's threshold and the median of the dark pixels at most, light over dark pixels at least."""

# Black borders.
_BORDER_GREY = 100
"""Grey level: darker is black."""
_MIN_BORDER_THICKNESS, _BORDER_THICKNESS = 5, 60
"""Pixels, and the divisor of the page's shorter side: a border is thicker than any letter."""
_MIN_RIM, _RIM = 2, 100
"""Pixels, and the divisor of the page's shorter side: the rim where a border begins."""
_MIN_RIM_SHARE = 0.02
"""Share of black in the rim of a page with a border."""
_MIN_BORDER_SHARE, _MAX_BORDER_SHARE = 0.001, 0.4
"""Share of the page that a border covers."""
_BORDER_GROWTH = 7
"""Pixels, side of the dilation kernel: the soft edge of the border belongs to it."""

# Brightness of the paper.
_EVEN = 0.08
"""Paper whose brightness varies by less than this share is even."""
_BRIGHT = 228
"""Grey level: even paper darker than this is made white by one factor."""
_GRID = 2
"""The brightness of the paper is measured on the reduced page, reduced once more by this factor."""
_MAX_INPAINTED = 0.02
"""Share of the page: a larger border is filled with the median, which is much faster than inpainting."""
_PAPER_WINDOW, _PAPER_MEDIAN = 11, 31
"""Pixels of the grid: in the first window there is always some paper; the median over the second drops what is none."""
_MIN_SPAN, _SPAN = 15, 3
"""Pixels of the grid, and the divisor of its shorter side: what is spanned from its surroundings may be this large."""
_PHOTO_DEPTH = 0.6
"""Share of the brightness around: no shadow is darker, a photograph is."""
_SMOOTHING = 6
"""Pixels of the grid: standard deviation of the blur of uneven paper."""
_MIN_BACKGROUND = 64
"""Grey level: no place is brightened more than fourfold."""

# Tinted bands, in pixels of the grid, about 75 dpi.
_MIN_TINT, _MAX_TINT = 0.6, 0.955
"""Brightness of a band relative to the paper around."""
_MIN_BAND_HEIGHT, _MIN_BAND_WIDTH = 9, 40
_MIN_RECTANGLE_FILL = 0.85
"""Share of its smallest rectangle that a band fills."""
_BAND_MARGIN = 6
"""Paper around a band that is looked at."""
_MAX_TINT_DEVIATION = 0.03
"""Standard deviation of the relative brightness within a band."""
_MIN_STEP, _MIN_STEP_SHARE = 0.7, 0.9
"""Step of brightness at a band's edge in shares of the tint, and the share of the edge that has it."""
_PRINT_GREY, _MIN_PRINT_SHARE = 0.75, 0.01
"""Brightness of print relative to the band, and the share of a band that print covers."""

# Faded print.
_FADED, _DARK = 130, 60
"""Grey levels: print paler than the first, on white paper, is brought to the second."""
_PRINT_SHARE = 0.002
"""Share of the darkest pixels that are surely print: a page with two lines has no more."""
_DEVIATION_OF_MEDIAN = 1.48
"""Standard deviation over median absolute deviation, of a normal distribution."""
_MIN_PRINT_CONTRAST, _MIN_GRAINS = 24.0, 6
"""Faded print differs from the paper by so many grey levels and by so many standard deviations of the paper's grain;
what differs less is dust."""


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """Illumination of a page, measured on the reduced page."""

    inverted: bool
    """White on black, all over."""
    background: Pixels | None
    """Brightness of the paper, on a coarse grid over the whole page; None where it is even and white."""
    border: Pixels | None
    """255 where there is a scanner's black border or another sheet, on the reduced page; None where there is none."""
    faded: tuple[int, int] | None = None
    """Grey levels of pale print and of its paper, once that is light; None where the print is dark enough."""


def dark_ink_grey(pixels: Pixels) -> Pixels:
    """One channel in which ink of any colour is dark, from H×W or H×W×3 RGB.

    Each channel is scaled by the level of its paper, so that tinted paper becomes white. Then the darkest channel
    counts: green or red letters vanish in some channel, but never in all three.
    """
    if pixels.ndim == 2:
        return pixels
    step = max(1, max(pixels.shape[:2]) // _SAMPLE_SIDE)
    sample = pixels[::step, ::step].reshape(-1, 3).astype(np.int16)
    chroma = sample.max(axis=1) - sample.min(axis=1)
    if np.percentile(chroma, _CHROMA_PERCENTILE) < _MIN_CHROMA:  # grey, stored as RGB: the mean has the least noise
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    paper = np.maximum(np.percentile(sample, _PAPER_PERCENTILE, axis=0), _MIN_PAPER)
    table = np.arange(256, dtype=np.float64)
    levels = [np.clip(table * (paper.max() / level), 0, 255).astype(np.uint8) for level in paper]
    red, green, blue = (cv2.LUT(pixels[..., i], levels[i]) for i in range(3))
    darkest = cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.addWeighted(darkest, _DARKEST_SHARE, green, _GREEN_SHARE, 0), dtype=np.uint8)


def measure_light(small: Pixels, *, flatten: bool) -> tuple[Light, Pixels]:
    """The illumination of the reduced page, and that page evenly lit, dark on white."""
    inverted = is_inverted(small)
    if inverted:
        small = 255 - small
    border = black_border(small)
    if (beside := strip_beside(small)) is not None:
        border = beside if border is None else border | beside
    background = paper_brightness(small, border=border) if flatten else None
    light = Light(inverted=inverted, background=background, border=border)
    lit = relit(small, light)
    faded = faded_print(lit, border=border) if flatten else None
    return replace(light, faded=faded), darkened(lit, faded)


def is_inverted(small: Pixels) -> bool:
    """Whether the page is white on black: most of it is dark, and evenly dark."""
    height, width = small.shape
    down, across = height // _INNER_MARGIN, width // _INNER_MARGIN
    inner = small[down : height - down, across : width - across]
    if inner.size == 0:
        return False
    threshold, _ = cv2.threshold(inner, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = inner <= threshold
    share = float(dark.mean())
    if share < _MIN_DARK_SHARE or threshold > _MAX_DARK_THRESHOLD:
        return False
    dark_level = float(np.median(inner[dark]))
    if share > _ALL_DARK_SHARE:
        return dark_level < _MAX_DARK_LEVEL
    return dark_level < _MAX_DARK_LEVEL and float(inner[~dark].mean()) - dark_level > _MIN_INVERTED_CONTRAST


def black_border(small: Pixels) -> Pixels | None:
    """255 where black areas thicker than any letter touch the page's edges, else 0; None where there are none."""
    height, width = small.shape
    thick = max(_MIN_BORDER_THICKNESS, min(height, width) // _BORDER_THICKNESS)
    dark = (small < _BORDER_GREY).astype(np.uint8)
    edge = max(_MIN_RIM, min(height, width) // _RIM)
    rim = np.concatenate([dark[:edge].ravel(), dark[-edge:].ravel(), dark[:, :edge].ravel(), dark[:, -edge:].ravel()])
    if rim.mean() < _MIN_RIM_SHARE:
        return None
    # Padding with black lets a border thinner than the kernel survive the opening.
    padded = cv2.copyMakeBorder(dark, thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (thick, thick))
    body = cv2.morphologyEx(padded, cv2.MORPH_OPEN, kernel)
    count, labels = cv2.connectedComponents(body, connectivity=4)
    if count < 2:
        return None
    outer = labels == labels[0, 0]
    inside = outer[thick:-thick, thick:-thick].astype(np.uint8)
    if not _MIN_BORDER_SHARE <= inside.mean() <= _MAX_BORDER_SHARE:
        return None
    grown = cv2.dilate(inside, np.ones((_BORDER_GROWTH, _BORDER_GROWTH), np.uint8)) * np.uint8(255)
    return np.asarray(grown, dtype=np.uint8)


def paper_brightness(small: Pixels, *, border: Pixels | None) -> Pixels | None:
    """Brightness of the paper on a coarse grid, ``_GRID`` times smaller; None where it is even and white.

    The brightest pixel near each place is paper; the median over a wider window drops what is not. What then is still
    darker than any shadow is a photograph: it gets the brightness of its surroundings by a closing, which leaves the
    shading towards a book's fold or a page edge as it is.
    """
    size = tuple(max(1, side // _GRID) for side in small.shape[::-1])
    coarse: Pixels = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if border is not None:
        masked = cv2.resize(border, coarse.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        filled = (
            cv2.inpaint(coarse, masked.astype(np.uint8), 3, cv2.INPAINT_TELEA)
            if masked.mean() < _MAX_INPAINTED
            else (np.where(masked, np.uint8(np.median(coarse[~masked])), coarse))
        )
        coarse = np.asarray(filled, dtype=np.uint8)
    near, spanned = _near_and_spanned(coarse)
    bands = tinted_bands(coarse, spanned)
    if bands is not None:
        coarse = np.clip(coarse / bands, 0, 255).astype(np.uint8)
        near, spanned = _near_and_spanned(coarse)
    background = np.where(near < _PHOTO_DEPTH * spanned, spanned, near).astype(np.uint8)
    low, middle, high = np.percentile(background, (2, 50, 98))
    if high <= 0:
        return None
    if (high - low) / high < _EVEN:
        if middle >= _BRIGHT and bands is None:
            return None
        background = np.full_like(background, int(middle))
    else:
        background = np.asarray(cv2.GaussianBlur(background, (0, 0), _SMOOTHING), dtype=np.uint8)
    return background if bands is None else np.rint(background * bands).astype(np.uint8)


def _near_and_spanned(coarse: Pixels) -> tuple[Pixels, Pixels]:
    """Brightness of the paper near each place, and the same with what is darker than its surroundings spanned."""
    brightest = cv2.dilate(cv2.blur(coarse, (3, 3)), np.ones((_PAPER_WINDOW, _PAPER_WINDOW), np.uint8))
    near = cv2.medianBlur(brightest, _PAPER_MEDIAN)
    span = max(_MIN_SPAN, min(coarse.shape) // _SPAN) | 1
    spanned = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((span, span), np.uint8))
    return np.asarray(near, dtype=np.uint8), np.asarray(spanned, dtype=np.uint8)


def tinted_bands(coarse: Pixels, paper: Pixels) -> Factors | None:
    """Brightness of tinted bands under print relative to the paper around, elsewhere 1; None where there is no band.

    A band is a rectangle of one pale tint with sharp edges and print on it. Shadows have no sharp edge, and the pale
    parts of photographs are no rectangles.

    Args:
        coarse: H×W, the grid.
        paper: H×W, the brightness of the paper around.
    """
    ground = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    share = np.asarray(ground / np.maximum(paper, 1), dtype=np.float32)
    pale = ((share > _MIN_TINT) & (share < _MAX_TINT)).astype(np.uint8)
    pale = np.asarray(cv2.morphologyEx(pale, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), dtype=np.uint8)
    outlines, _ = cv2.findContours(pale, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    factors = None
    for outline in outlines:
        (_, sides, _) = cv2.minAreaRect(outline)
        if min(sides) < _MIN_BAND_HEIGHT or max(sides) < _MIN_BAND_WIDTH:
            continue
        if cv2.contourArea(outline) < _MIN_RECTANGLE_FILL * (sides[0] - 1) * (sides[1] - 1):
            continue
        left, top, wide, high = cv2.boundingRect(outline)
        first_row, first_column = max(0, top - _BAND_MARGIN), max(0, left - _BAND_MARGIN)
        window = np.s_[first_row : top + high + _BAND_MARGIN, first_column : left + wide + _BAND_MARGIN]
        body = np.zeros_like(pale[window])
        origin = (-first_column, -first_row)
        cv2.drawContours(body, [outline], -1, 1, cv2.FILLED, offset=origin)
        inner = cv2.erode(body, np.ones((5, 5), np.uint8)) > 0
        wider = cv2.dilate(body, np.ones((3, 3), np.uint8))
        ring = (cv2.dilate(wider, np.ones((3, 3), np.uint8)) - wider) > 0
        tint = float(np.median(share[window][inner]))
        even = share[window][inner].std() < _MAX_TINT_DEVIATION
        # The kernel is no larger than the gap to the next band.
        lightest, darkest = (f(share[window], np.ones((7, 7), np.uint8)) for f in (cv2.dilate, cv2.erode))
        step = np.asarray(lightest, np.float32) - np.asarray(darkest, np.float32)
        sharp = (step[ring] > _MIN_STEP * (1 - tint)).mean() > _MIN_STEP_SHARE
        printed = coarse[window][inner] < _PRINT_GREY * ground[window][inner]
        has_print = printed.mean() > _MIN_PRINT_SHARE
        if even and sharp and has_print:
            factors = np.ones(coarse.shape, np.float32) if factors is None else factors
            factors[window][wider > 0] = tint
    return factors


def faded_print(flat: Pixels, *, border: Pixels | None) -> tuple[int, int] | None:
    """Grey levels of the print and of the paper, where the print is pale but differs from the paper's grain; else None.

    The darkest few pixels are taken for print.
    """
    values = flat if border is None else flat[border == 0]
    print_, paper = grey_at(values, _PRINT_SHARE), grey_at(values, 0.5)
    grain = _DEVIATION_OF_MEDIAN * grey_at(
        np.asarray(cv2.absdiff(values, np.full_like(values, int(paper))), np.uint8), 0.5
    )
    pale = print_ > _FADED and paper - print_ > max(_MIN_PRINT_CONTRAST, _MIN_GRAINS * grain)
    return (round(print_), round(paper - grain)) if pale else None


def relit(grey: Pixels, light: Light, background: Pixels | None = None) -> Pixels:
    """``grey`` with white paper, and with faded print made dark.

    Args:
        grey: H×W.
        light: of the page.
        background: brightness of the paper, of the shape of ``grey``; None: that of ``light``, enlarged to this shape.
    """
    if light.background is not None:
        if background is None:
            spread = cv2.resize(light.background, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
            background = np.asarray(spread, dtype=np.uint8)
        grey = divided(grey, background)
    return darkened(grey, light.faded)


def darkened(grey: Pixels, faded: tuple[int, int] | None) -> Pixels:
    """``grey`` with faded print made dark; ``faded``: grey levels of print and paper, None: no change."""
    if faded is None:
        return grey
    print_, paper = faded
    greys = 255 - (paper - np.arange(256)) * ((255 - _DARK) / (paper - print_))
    return np.asarray(cv2.LUT(grey, np.clip(greys, 0, 255).astype(np.uint8)), dtype=np.uint8)


def divided(grey: Pixels, background: Pixels) -> Pixels:
    """``grey`` over the brightness of the paper, so that the paper is white; both have one shape."""
    flat = cv2.divide(grey, cv2.max(background, np.full_like(background, _MIN_BACKGROUND)), scale=255)
    return np.asarray(flat, dtype=np.uint8)
