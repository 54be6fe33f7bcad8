"""Ink → a line image as a press, photocopier, fax and scanner leave it, cut out as our line finder does."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.page.layout.line_images import with_full_contrast
from ecp_ingest.training.lines.fonts import Bitmap
from ecp_ingest.training.model.tesseract_input import Grey

Array = npt.NDArray[Any]
"""Between two steps of OpenCV, whose stubs give no narrower type."""

_NOISE = np.random.default_rng(0).standard_normal((512, 6000)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Ink:
    """Coverage (H×W uint8, 255 for ink) and the em at which it was drawn, in pixels."""

    image: Bitmap
    em: float


class Neighbours:
    """The last lines drawn; parts of them are added at the edges of others."""

    def __init__(self, size: int = 40) -> None:
        self._lines: deque[Ink] = deque(maxlen=size)

    def add(self, ink: Ink) -> None:
        self._lines.append(ink)

    def pick(self, em: float, rng: Random) -> Bitmap | None:
        if not self._lines:
            return None
        line = rng.choice(self._lines)
        return line.image if abs(line.em - em) < em / 3 else None


def clean(ink: Ink, rng: Random) -> Grey:
    """Black on white with a narrow margin, as on a digital page."""
    top, bottom, left, right = (max(1, round(rng.uniform(0.05, 0.2) * ink.em)) for _ in range(4))
    padded = cv2.copyMakeBorder(ink.image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(255 - padded, np.uint8)


def age(ink: Ink, rng: Random, neighbours: Neighbours, *, strength: float = 1.0, office: bool = False) -> Grey:
    """The line with the random wear of print, copying and scanning (H×W uint8, dark ink).

    Args:
        strength: of the wear, 0–1.
        office: only the wear of a letter from a copier and a scanner at 200–300 dpi: nothing cut off, no frames, no
            negatives, no newspaper sizes.
    """
    if office:
        return _age_in_office(ink, rng, strength)
    drawn = _shorter(ink.image, rng) if rng.random() < 0.3 * strength else ink.image
    image = _cut_out(Ink(drawn, ink.em), rng, neighbours)
    image = _press(image, ink.em, rng, strength)
    image = _bend(image, ink.em, rng, strength)
    image, scale = _resample(image, ink.em, rng)
    grey = _scan(image, ink.em * scale, rng, strength)
    if ink.em * scale < 26 and rng.random() < 0.6 * strength:
        grey = _enlarge(grey, rng)
    if rng.random() < 0.03:
        grey = np.asarray(255 - grey, np.uint8)
    return grey


def level(grey: Grey) -> Grey:
    """The line with white paper, black ink and a soft slope between, as the pipeline makes every line it cuts out."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(with_full_contrast(grey, (grey <= threshold).astype(np.uint8)), np.uint8)


def _age_in_office(ink: Ink, rng: Random, strength: float) -> Grey:
    pad = max(2, round(0.15 * ink.em))
    image = cv2.copyMakeBorder(ink.image, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    image = _bend(_press(image, ink.em, rng, strength * 0.6), ink.em, rng, strength)
    scale = rng.uniform(30, 56) / ink.em
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return _scan(np.asarray(image, np.uint8), ink.em * scale, rng, strength)


def _shorter(image: Bitmap, rng: Random) -> Bitmap:
    """The line with its top compressed, as in faces with short tall strokes: letters fill more of its height."""
    bound = round(image.shape[0] * rng.uniform(0.35, 0.6))
    left = round(bound * rng.uniform(0.5, 0.9))
    if left < 2:
        return image
    top = cv2.resize(image[:bound], (image.shape[1], left), interpolation=cv2.INTER_AREA)
    return np.vstack((top, image[bound:])).astype(np.uint8)


def _cut_out(ink: Ink, rng: Random, neighbours: Neighbours) -> Array:
    """Add margins as in our line images or Tesseract's; sometimes a neighbour's ink, ruling lines or a lost edge."""
    tight = rng.random() < 0.6
    top, bottom, left, right = (
        max(1, round(ink.em * (rng.uniform(0.06, 0.2) if tight else rng.uniform(0.0, 0.45)))) for _ in range(4)
    )
    image = cv2.copyMakeBorder(ink.image, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    height, width = image.shape
    if rng.random() < 0.28:
        for side in rng.choice((("top",), ("bottom",), ("top", "bottom"))):
            other = neighbours.pick(ink.em, rng)
            depth = int(rng.uniform(0.03, 0.2) * height)
            if other is None or depth < 1 or depth >= other.shape[0]:
                continue
            strip = other[-depth:] if side == "top" else other[:depth]
            if rng.random() < 0.5:  # our line images keep single strokes of a neighbour, not whole edges
                start = rng.randrange(max(1, strip.shape[1] - 8))
                strip = strip[:, start : start + rng.randint(8, max(9, int(ink.em * 3)))]
            x = rng.randint(-strip.shape[1] // 2, max(1, width - strip.shape[1] // 2))
            a, b = max(0, x), min(width, x + strip.shape[1])
            if b > a:
                view = image[:depth, a:b] if side == "top" else image[height - depth :, a:b]
                np.maximum(view, strip[:, a - x : b - x], out=view)
    if rng.random() < 0.04:  # a ruling line at a headline or frame
        thick = max(1, round(ink.em * rng.uniform(0.02, 0.1)))
        space = round(ink.em * rng.uniform(0.0, 0.25))
        above = rng.random() < 0.3
        rule = cv2.copyMakeBorder(
            np.full((thick, width), 255, np.uint8),
            *((0, space) if above else (space, 0)),
            0,
            0,
            cv2.BORDER_CONSTANT,
            value=0,
        )
        image = np.vstack((rule, image) if above else (image, rule))
    if rng.random() < 0.04:
        upright = _upright(image.shape[0], ink.em, rng)
        image = np.hstack((upright, image) if rng.random() < 0.5 else (image, upright[:, ::-1]))
    if rng.random() < 0.05:
        lost = int(rng.uniform(0.01, 0.06) * height) + top
        image = image[lost:] if rng.random() < 0.5 else image[: image.shape[0] - lost]
    return np.ascontiguousarray(image)


def _upright(height: int, em: float, rng: Random) -> Array:
    """The side of a frame and the paper between it and the text: unbroken, starting in mid-line, or dashed."""
    thick = max(1, round(em * rng.uniform(0.02, 0.12)))
    side = np.zeros((height, thick + round(em * rng.uniform(0.1, 1.2))), np.uint8)
    kind = rng.random()
    if kind < 0.4:
        side[:, :thick] = 255
    elif kind < 0.7:
        side[rng.randrange(max(1, height // 2)) :, :thick] = 255
    else:
        dash = max(2, round(em * rng.uniform(0.15, 0.5)))
        for start in range(rng.randrange(-dash, dash), height, dash + max(2, round(em * rng.uniform(0.1, 0.5)))):
            side[max(0, start) : max(0, start + dash), :thick] = 255
    return side


def _press(image: Array, em: float, rng: Random, strength: float) -> Array:
    """Heavier or lighter ink; sometimes the small counters of و م ق ہ are filled, as in heavy print."""
    image = _heavier_or_lighter(image, em, rng, strength)
    if rng.random() < 0.3 * strength:
        return _without_counters(image, em * em * rng.uniform(0.002, 0.03))
    return image


def _without_counters(image: Array, largest: float) -> Array:
    """Fill white holes inside letters with an area of up to ``largest`` pixels."""
    paper = (image < 128).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= largest
    small[0] = False  # label 0 is the ink
    return np.where(small[labels], np.uint8(255), image)


def _heavier_or_lighter(image: Array, em: float, rng: Random, strength: float) -> Array:
    draw = rng.random()
    if draw < 0.45 * strength:
        size = max(2, round(em * rng.uniform(0.03, 0.085)))  # the largest are bold headlines
        shape = rng.choice(((size, size), (size, size), (size, 1), (1, size)))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE if min(shape) > 1 else cv2.MORPH_RECT, shape)
        heavier = cv2.dilate(image, kernel)
        part = rng.uniform(0.3, 1)
        return np.asarray(cv2.addWeighted(heavier, part, image, 1 - part, 0), np.uint8)
    if draw < 0.53 * strength and em >= 36:
        return np.asarray(cv2.erode(image, np.ones(rng.choice(((2, 2), (2, 1), (1, 2))), np.uint8)), np.uint8)
    return image


def _bend(image: Array, em: float, rng: Random, strength: float) -> Array:
    """Skew, slant and a smooth local warp, in one resampling."""
    if rng.random() > 0.6 * strength:
        return image
    height, width = image.shape
    slant = rng.gauss(0, 0.04)
    tilt = np.tan(np.deg2rad(rng.gauss(0, 0.25)))
    tilt = float(np.clip(tilt, -em * 0.5 / width, em * 0.5 / width))
    room = int(abs(tilt) * width / 2) + 1
    if rng.random() < 0.5:
        matrix = np.array([[1, slant, -slant * height / 2], [tilt, 1, room - tilt * width / 2]], np.float32)
        return np.asarray(cv2.warpAffine(image, matrix, (width, height + 2 * room), flags=cv2.INTER_LINEAR), np.uint8)
    image = cv2.copyMakeBorder(image, room, room, 0, 0, cv2.BORDER_CONSTANT, value=0)
    height = image.shape[0]
    noise = np.random.default_rng(rng.getrandbits(32))
    grid = (2 + height // max(8, int(em / 2)), 2 + width // max(8, int(em / 2)))
    size = rng.uniform(0.0, 0.035) * em
    dx = cv2.resize(noise.normal(0, size, grid).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    dy = cv2.resize(noise.normal(0, size, grid).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    columns = np.arange(width, dtype=np.float32)[None, :]
    rows = np.arange(height, dtype=np.float32)[:, None]
    map_x = columns + slant * (rows - height / 2) + dx
    map_y = rows + tilt * (columns - width / 2) + dy
    return np.asarray(cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR), np.uint8)


def _resample(image: Array, em: float, rng: Random) -> tuple[Array, float]:
    """Resample to the resolution of a scan (an em of 17–70 px), condensed or extended; also returns the scale."""
    small = rng.random() < 0.35
    scale = (rng.uniform(17, 28) if small else rng.uniform(26, 64)) / em
    scale = min(scale, 1.15)
    stretch = rng.uniform(0.88, 1.14) if rng.random() < 0.8 else rng.uniform(0.68, 1.3)
    width = max(8, round(image.shape[1] * scale * stretch))
    height = max(10, round(image.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8), scale


def _scan(image: Array, em: float, rng: Random, strength: float) -> Array:
    """Blur, ink and paper levels, uneven light, noise, specks, JPEG, a threshold."""
    grey: Array = image.astype(np.float32)
    if rng.random() < 0.6 * strength:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 0.35 + em * 0.022))
    if rng.random() < 0.2 * strength:  # ink fades in patches
        patches = np.random.default_rng(rng.getrandbits(32)).uniform(
            rng.uniform(0.35, 0.9), 1, (3, 2 + grey.shape[1] // 40)
        )
        grey *= cv2.resize(patches.astype(np.float32), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    white_paper = rng.random() < 0.35
    ink = rng.uniform(0, 40) if white_paper else rng.uniform(0, 110)
    paper: Array = np.full((1, grey.shape[1]), 255 if white_paper else rng.uniform(max(150, ink + 70), 255), np.float32)
    if rng.random() < 0.25 * strength:  # the light is weaker at one side
        paper *= np.linspace(rng.uniform(0.78, 1), rng.uniform(0.78, 1), grey.shape[1], dtype=np.float32)[None]
    grey = paper + (ink - paper) * (grey / 255)
    if rng.random() < 0.6 * strength:
        grey = grey + _grain(grey.shape, rng)
    grey = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < 0.12 * strength:
        specks = np.random.default_rng(rng.getrandbits(32)).random(grey.shape) < rng.uniform(0.0005, 0.006)
        grey[specks] = rng.choice((20, 240))
    if rng.random() < 0.4 * strength:
        grey = _jpeg(grey, rng.randint(25, 90))
    if rng.random() < 0.15 * strength and em > 22:  # smaller print is illegible after a threshold
        threshold = ink + (float(np.median(grey)) - ink) * rng.uniform(0.5, 0.8)
        grey = np.where(grey > threshold, 255, 0).astype(np.uint8)
    return np.asarray(grey, np.uint8)


def _grain(shape: tuple[int, ...], rng: Random) -> Array:
    height, width = shape
    if height >= _NOISE.shape[0] or width >= _NOISE.shape[1]:
        return np.zeros(shape, np.float32)
    y, x = rng.randrange(_NOISE.shape[0] - height), rng.randrange(_NOISE.shape[1] - width)
    grain: Array = _NOISE[y : y + height, x : x + width]
    if rng.random() < 0.4:
        grain = cv2.GaussianBlur(grain, (0, 0), 1.0) * 2
    return grain * rng.uniform(1, 16)


def _jpeg(grey: Array, quality: int) -> Array:
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _enlarge(grey: Array, rng: Random) -> Array:
    """Enlarge a small image, as newspapers do: smooth, then often sharpened."""
    factor = rng.uniform(1.5, 3)
    method = rng.choice((cv2.INTER_CUBIC, cv2.INTER_LANCZOS4, cv2.INTER_LINEAR))
    grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=method)
    if rng.random() < 0.6:
        soft = cv2.GaussianBlur(grey, (0, 0), factor * rng.uniform(0.4, 0.8))
        if rng.random() < 0.6:  # as a super-resolution filter does: smooth blobs with hard edges
            low, high = np.percentile(soft, (2, 98))
            middle = low + (high - low) * rng.uniform(0.4, 0.6)
            gain = rng.uniform(1.5, 4)
            grey = np.clip((soft - middle) * gain + (low + high) / 2, 0, 255).astype(np.uint8)
        else:
            amount = rng.uniform(0.5, 1.5)
            grey = cv2.addWeighted(grey, 1 + amount, soft, -amount, 0)
    return np.asarray(grey, np.uint8)
