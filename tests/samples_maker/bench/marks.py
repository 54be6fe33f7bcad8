"""What lies on a page besides its print: stamps and signatures, holes, staples, black borders, a desk under it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker.bench.located import MarkedPage

INKS = ((52, 40, 140), (120, 30, 110), (150, 30, 40), (30, 60, 150))
"""Blue, violet, red, ball-point."""


def inked(page: MarkedPage, mark: Pixels, at: tuple[int, int], colour: tuple[int, int, int]) -> MarkedPage:
    """``mark`` (H×W, 255 where there is ink) pressed on an RGB page with its middle ``at`` (x, y); what is under it
    shows through, as it does with ink. It is one more figure."""
    height, width = mark.shape
    left = int(np.clip(at[0] - width // 2, 0, page.pixels.shape[1] - width))
    top = int(np.clip(at[1] - height // 2, 0, page.pixels.shape[0] - height))
    pixels = page.pixels.copy()
    under = pixels[top : top + height, left : left + width]
    part = mark[..., None] / 255
    under[:] = np.rint(under * (1 - part * (1 - np.array(colour) / 255)))
    box = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], dtype=float)
    return replace(page, pixels=pixels, figures=(*page.figures, box))


def round_stamp(text: str, *, diameter: int, degrees: float, seed: int) -> Pixels:
    """Two rings, a star, and capitals that run around between the rings."""
    around, band = round(diameter * np.pi), diameter // 2
    strip = Image.new("L", (around, band))
    font = ImageFont.truetype("LiberationSerif-Bold.ttf", round(diameter * 0.105))
    drawing = ImageDraw.Draw(strip)
    for place, letter in enumerate(text):
        drawing.text((around * (place + 0.5) / len(text), band * 0.19), letter, fill=255, font=font, anchor="mm")
    for ring, thick in ((0.03, 0.022), (0.34, 0.012)):
        drawing.rectangle((0, band * ring, around, band * (ring + thick * 2)), fill=255)
    radial = np.ascontiguousarray(
        np.array(strip).T[:, ::-1]
    )  # rows: clockwise angle; columns: distance from the middle
    middle = (diameter / 2, diameter / 2)
    way = cv2.WARP_INVERSE_MAP | cv2.WARP_FILL_OUTLIERS
    stamp = cv2.warpPolar(radial, (diameter, diameter), middle, diameter / 2, way)
    angles = np.radians(np.arange(0, 360, 36) - 90)
    reach = np.tile([0.13, 0.055], 5)[:, None] * diameter
    star = np.column_stack([np.cos(angles), np.sin(angles)]) * reach + middle
    cv2.fillPoly(stamp, [star.astype(np.int32)], 255, cv2.LINE_AA)
    return _pressed(np.asarray(stamp, dtype=np.uint8), degrees, seed)


def box_stamp(lines: tuple[str, ...], *, width: int, degrees: float, seed: int) -> Pixels:
    """Lines of capitals in a frame: RECEIVED, and the day."""
    size = width // max(map(len, lines)) * 3 // 2
    stamp = Image.new("L", (width, round(size * (1.25 * len(lines) + 0.9))))
    drawing = ImageDraw.Draw(stamp)
    drawing.rectangle((2, 2, width - 3, stamp.height - 3), outline=255, width=max(2, size // 9))
    font = ImageFont.truetype("LiberationSerif-Bold.ttf", size)
    for place, line in enumerate(lines):
        drawing.text((width / 2, size * (1.05 + 1.25 * place)), line, fill=255, font=font, anchor="mm")
    return _pressed(np.array(stamp), degrees, seed)


def signature(*, width: int, seed: int) -> Pixels:
    """A pen's line: loops that grow smaller to the right, and a stroke under them."""
    rng = np.random.default_rng(seed)
    height = width * 2 // 5
    t = np.linspace(0, 1, 900)
    turns = rng.uniform(5, 8)
    size = (0.9 - 0.6 * t) * (0.55 + 0.45 * np.sin(2 * np.pi * t * rng.uniform(1.5, 2.6) + rng.uniform(0, 6)))
    x = width * (0.12 + 0.7 * t) + 0.09 * width * size * np.cos(2 * np.pi * turns * t)
    y = height * (0.5 - 0.08 * t) + 0.38 * height * size * np.sin(2 * np.pi * turns * t)
    under = np.column_stack([width * (0.15 + 0.75 * t), height * (0.85 - 0.3 * t + 0.1 * np.sin(5 * t))])
    paper = np.zeros((height, width), dtype=np.uint8)
    for line in (np.column_stack([x, y]), under):
        cv2.polylines(paper, [np.rint(line * 8).astype(np.int32)], False, 255, max(2, width // 130), cv2.LINE_AA, 3)
    return paper


def _pressed(stamp: Pixels, degrees: float, seed: int) -> Pixels:
    """Turned, and inked unevenly, as rubber does."""
    height, width = stamp.shape
    side = int(np.hypot(height, width)) + 2
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[:, 2] += (side - width) / 2, (side - height) / 2
    whole = cv2.warpAffine(stamp, turn, (side, side), flags=cv2.INTER_LINEAR)
    grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (side, side)), (0, 0), side / 40)
    uneven = np.clip(0.72 + 0.3 * grain / grain.std(), 0.35, 1)
    pressed: Pixels = np.rint(whole * uneven).astype(np.uint8)
    rows, columns = np.flatnonzero(pressed.any(axis=1)), np.flatnonzero(pressed.any(axis=0))
    return pressed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def punched(page: MarkedPage, *, dpi: int) -> MarkedPage:
    """Two holes at the left edge, 80 mm apart, 6 mm wide, through which the dark inside of the lid is seen."""
    pixels, unit = page.pixels.copy(), dpi / 25.4
    middle = pixels.shape[0] // 2
    for y in (middle - 40 * unit, middle + 40 * unit):
        centre = (round(10 * unit), round(y))
        cv2.circle(pixels, centre, round(3.2 * unit), (150,) * 3, -1, cv2.LINE_AA)
        cv2.circle(pixels, (centre[0] + 1, centre[1] + 1), round(2.9 * unit), (25,) * 3, -1, cv2.LINE_AA)
    return replace(page, pixels=pixels)


def stapled(page: MarkedPage, *, dpi: int) -> MarkedPage:
    """At the upper left: the staple, its shadow, and the shade of the corner that was folded."""
    unit, height, width = dpi / 25.4, *page.pixels.shape[:2]
    x, y = (np.array([0.045, 0.035]) * [width, height]).astype(int)
    shade = np.ones((height, width), dtype=np.float32)
    cv2.line(shade, (int(x + 9 * unit), 0), (0, int(y + 9 * unit)), 0.72, round(1.2 * unit))
    cv2.line(shade, (x + 4, y + 6), (x + int(8 * unit), y - int(5 * unit) + 6), 0.5, round(1.1 * unit))
    soft = cv2.GaussianBlur(shade, (0, 0), unit * 0.5)
    pixels = np.rint(page.pixels * (soft[..., None] if page.pixels.ndim == 3 else soft)).astype(np.uint8)
    cv2.line(
        pixels, (int(x), int(y)), (x + int(8 * unit), y - int(5 * unit)), (60,) * 3, round(0.6 * unit), cv2.LINE_AA
    )
    return replace(page, pixels=pixels)


def bordered(page: MarkedPage, *, dpi: int, seed: int) -> MarkedPage:
    """The lid stood open: black along two or three edges, up to 8 mm wide, wedges rather than bars."""
    rng, unit, pixels = np.random.default_rng(seed), dpi / 25.4, page.pixels.copy()
    height, width = pixels.shape[:2]
    edges = (
        ((0, 0), (width, 0), (0, 1)),
        ((width, 0), (width, height), (-1, 0)),
        ((width, height), (0, height), (0, -1)),
        ((0, height), (0, 0), (1, 0)),
    )
    for place in rng.permutation(4)[: rng.integers(2, 4)]:
        start, end, inward = map(np.array, edges[place])
        deep = rng.uniform(1, 8, 2) * unit
        wedge = np.array([start, end, end + inward * deep[0], start + inward * deep[1]])
        cv2.fillPoly(pixels, [wedge.astype(np.int32)], (18,) * 3, cv2.LINE_AA)
    return replace(page, pixels=pixels)


def desk(width: int, height: int, *, seed: int) -> Pixels:
    """H×W×3 RGB: a table top of wood, with its grain."""
    rng = np.random.default_rng(seed)
    streaks = cv2.GaussianBlur(rng.normal(0, 1, (height, width // 8)).astype(np.float32), (0, 0), sigmaX=25, sigmaY=2)
    patches = cv2.GaussianBlur(rng.normal(0, 1, (height // 16, width // 16)).astype(np.float32), (0, 0), 12)
    grain = sum(
        cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) / part.std() * weight
        for part, weight in ((streaks, 9.0), (patches, 12.0))
    )
    wood = np.array([118, 84, 58], dtype=np.float32) * rng.uniform(0.7, 1.2) + np.asarray(grain)[..., None]
    return np.asarray(np.clip(wood, 0, 255), dtype=np.uint8)
