"""Light and ink: which grey to look at, how bright the paper is where, and what is ink.

For `cleanup`, and for the greys of a line in `layout`. Images are H×W uint8, dark ink on light paper unless said
otherwise.
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

_EVEN = 0.08
"""Paper whose brightness varies by less than this share is left as it is."""
_BRIGHT = 228
"""Even paper darker than this is brought to white by one factor."""
_FADED, _DARK = 130, 60
"""Print paler than the first, on white paper, is brought to the second."""
_GRID = 2
"""The background is found on the reduced page, reduced once more by this."""


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """What the reduced page tells about its light."""

    inverted: bool
    """White on black, all over."""
    background: Pixels | None
    """Brightness of the paper, on a coarse grid over the whole page; None where it is even and white."""
    border: Pixels | None
    """255 where a scanner's black border or another sheet's shadow is, on the reduced page's grid; None: nowhere."""
    faded: tuple[int, int] | None = None
    """Greys of the print and of its paper once that is light, where the print is too pale; None: dark enough."""


def dark_ink_grey(pixels: Pixels) -> Pixels:
    """One channel in which ink of any colour is dark, from H×W or H×W×3 RGB.

    Each channel is measured against its own paper level, so tinted paper turns white; then the darkest channel
    speaks, for green or red letters vanish in some channel but never in all three.
    """
    if pixels.ndim == 2:
        return pixels
    step = max(1, max(pixels.shape[:2]) // 600)
    sample = pixels[::step, ::step].reshape(-1, 3).astype(np.int16)
    chroma = sample.max(axis=1) - sample.min(axis=1)
    if np.percentile(chroma, 99.5) < 24:  # a grey page in RGB clothes: the mean of the three has the least noise
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    paper = np.maximum(np.percentile(sample, 85, axis=0), 60.0)
    table = np.arange(256, dtype=np.float64)
    levels = [np.clip(table * (paper.max() / level), 0, 255).astype(np.uint8) for level in paper]
    red, green, blue = (cv2.LUT(pixels[..., i], levels[i]) for i in range(3))
    darkest = cv2.min(cv2.min(red, green), blue)
    # The darkest of three is also the noisiest: green, the sharpest channel of most scanners, steadies it.
    return np.asarray(cv2.addWeighted(darkest, 0.7, green, 0.3, 0), dtype=np.uint8)


def measure_light(small: Pixels, *, flatten: bool) -> tuple[Light, Pixels]:
    """Of the reduced page, about 150 dpi; and that page as it is in good light, dark on white."""
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
    """White on black: most of the page is dark, and evenly so."""
    height, width = small.shape
    inner = small[height // 16 : height - height // 16, width // 16 : width - width // 16]
    if inner.size == 0:
        return False
    threshold, _ = cv2.threshold(inner, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = inner <= threshold
    share = float(dark.mean())
    if share < 0.6 or threshold > 160:
        return False
    dark_level = float(np.median(inner[dark]))
    if share > 0.999:
        return dark_level < 110  # the lid stood open: turned to white, a blank page
    return dark_level < 110 and float(inner[~dark].mean()) - dark_level > 60


def black_border(small: Pixels) -> Pixels | None:
    """255 where black comes in from the page's edges in bodies thicker than any letter, else 0."""
    height, width = small.shape
    thick = max(5, min(height, width) // 60)
    dark = (small < 100).astype(np.uint8)
    edge = max(2, min(height, width) // 100)
    rim = np.concatenate([dark[:edge].ravel(), dark[-edge:].ravel(), dark[:, :edge].ravel(), dark[:, -edge:].ravel()])
    if rim.mean() < 0.02:
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
    if inside.mean() < 0.001 or inside.mean() > 0.4:
        return None
    grown = cv2.dilate(inside, np.ones((7, 7), np.uint8)) * np.uint8(255)
    return np.asarray(grown, dtype=np.uint8)


def paper_brightness(small: Pixels, *, border: Pixels | None) -> Pixels | None:
    """Brightness of the paper on a coarse grid (`_GRID` times smaller); None where even and white.

    The brightest pixel near each place is paper, the median over a wider window drops what isn't. Where a basin
    deeper than any shadow remains, a photograph lies there: it is spanned from its surroundings by a closing, which
    leaves slopes towards a gutter or a page edge as they are.
    """
    size = tuple(max(1, side // _GRID) for side in small.shape[::-1])
    coarse: Pixels = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if border is not None:
        masked = cv2.resize(border, coarse.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
        filled = (
            cv2.inpaint(coarse, masked.astype(np.uint8), 3, cv2.INPAINT_TELEA)
            if masked.mean() < 0.02
            else (np.where(masked, np.uint8(np.median(coarse[~masked])), coarse))
        )
        coarse = np.asarray(filled, dtype=np.uint8)
    near, spanned = _near_and_spanned(coarse)
    bands = tinted_bands(coarse, spanned)
    if bands is not None:
        coarse = np.clip(coarse / bands, 0, 255).astype(np.uint8)
        near, spanned = _near_and_spanned(coarse)
    background = np.where(near < 0.6 * spanned, spanned, near).astype(np.uint8)
    low, middle, high = np.percentile(background, (2, 50, 98))
    if high <= 0:
        return None
    if (high - low) / high < _EVEN:
        if middle >= _BRIGHT and bands is None:
            return None
        background = np.full_like(background, int(middle))
    else:
        background = np.asarray(cv2.GaussianBlur(background, (0, 0), 6), dtype=np.uint8)
    return background if bands is None else np.rint(background * bands).astype(np.uint8)


def _near_and_spanned(coarse: Pixels) -> tuple[Pixels, Pixels]:
    near = cv2.medianBlur(cv2.dilate(cv2.blur(coarse, (3, 3)), np.ones((11, 11), np.uint8)), 31)
    span = max(15, min(coarse.shape) // 3) | 1
    spanned = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((span, span), np.uint8))
    return np.asarray(near, dtype=np.uint8), np.asarray(spanned, dtype=np.uint8)


def tinted_bands(coarse: Pixels, paper: Pixels) -> Factors | None:
    """How much darker than the paper it is where print stands on a tinted band, else 1; None where there is no band.

    A band is one straight rectangle of one pale tint, set off sharply all round, with print on it: shadows have no
    edge, and the pale parts of photographs no such shape.

    Args:
        coarse: H×W, about 75 dpi.
        paper: H×W, the brightness of the paper around.
    """
    ground = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    share = np.asarray(ground / np.maximum(paper, 1), dtype=np.float32)
    pale = ((share > 0.6) & (share < 0.955)).astype(np.uint8)
    pale = np.asarray(cv2.morphologyEx(pale, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), dtype=np.uint8)
    outlines, _ = cv2.findContours(pale, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    factors = None
    for outline in outlines:
        (_, sides, _) = cv2.minAreaRect(outline)
        if min(sides) < 9 or max(sides) < 40 or cv2.contourArea(outline) < 0.85 * (sides[0] - 1) * (sides[1] - 1):
            continue
        left, top, wide, high = cv2.boundingRect(outline)
        window = np.s_[max(0, top - 6) : top + high + 6, max(0, left - 6) : left + wide + 6]
        body = np.zeros_like(pale[window])
        origin = (-max(0, left - 6), -max(0, top - 6))
        cv2.drawContours(body, [outline], -1, 1, cv2.FILLED, offset=origin)
        inner = cv2.erode(body, np.ones((5, 5), np.uint8)) > 0
        wider = cv2.dilate(body, np.ones((3, 3), np.uint8))
        ring = (cv2.dilate(wider, np.ones((3, 3), np.uint8)) - wider) > 0
        tint = float(np.median(share[window][inner]))
        even = share[window][inner].std() < 0.03
        # No further across than the gap to the next band.
        lightest, darkest = (f(share[window], np.ones((7, 7), np.uint8)) for f in (cv2.dilate, cv2.erode))
        step = np.asarray(lightest, np.float32) - np.asarray(darkest, np.float32)
        set_off = (step[ring] > 0.7 * (1 - tint)).mean() > 0.9
        print_on_it = (coarse[window][inner] < 0.75 * ground[window][inner]).mean() > 0.01
        if even and set_off and print_on_it:
            factors = np.ones(coarse.shape, np.float32) if factors is None else factors
            factors[window][wider > 0] = tint
    return factors


def faded_print(flat: Pixels, *, border: Pixels | None) -> tuple[int, int] | None:
    """Greys of the print and of the light paper, if it is pale and yet stands out from the paper's grain.

    The darkest few pixels speak for the print: a page with two lines on it has no more of them, and where they are
    dust, nothing is done.
    """
    values = flat if border is None else flat[border == 0]
    print_, paper = grey_at(values, 0.002), grey_at(values, 0.5)
    grain = 1.48 * grey_at(np.asarray(cv2.absdiff(values, np.full_like(values, int(paper))), np.uint8), 0.5)
    pale = print_ > _FADED and paper - print_ > max(24.0, 6 * grain)
    return (round(print_), round(paper - grain)) if pale else None


def relit(grey: Pixels, light: Light, background: Pixels | None = None) -> Pixels:
    """``grey`` with its paper brought to white and faded print made dark.

    ``background``: the light's own, of ``grey``'s shape; by default spread over the whole of it.
    """
    if light.background is not None:
        if background is None:
            spread = cv2.resize(light.background, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
            background = np.asarray(spread, dtype=np.uint8)
        grey = divided(grey, background)
    return darkened(grey, light.faded)


def darkened(grey: Pixels, faded: tuple[int, int] | None) -> Pixels:
    """``grey`` with its print, of the first grey on paper of the second, made dark; as it is for None."""
    if faded is None:
        return grey
    print_, paper = faded
    greys = 255 - (paper - np.arange(256)) * ((255 - _DARK) / (paper - print_))
    return np.asarray(cv2.LUT(grey, np.clip(greys, 0, 255).astype(np.uint8)), dtype=np.uint8)


def divided(grey: Pixels, background: Pixels) -> Pixels:
    """``grey`` with its paper brought to white; both of one shape. No place is brightened more than fourfold."""
    flat = cv2.divide(grey, cv2.max(background, np.full_like(background, 64)), scale=255)
    return np.asarray(flat, dtype=np.uint8)
