"""Fixed test sets of lines and pages with their ground truth, rendered from a seed, to measure models on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from ecp_ingest.training.lines.ageing import Ink, Neighbours, age, clean, level
from ecp_ingest.training.lines.fonts import Face
from ecp_ingest.training.lines.render import can_draw, draw
from ecp_ingest.training.model.tesseract_input import Grey
from ecp_ingest.training.text import compose
from ecp_ingest.training.text.corpus import Corpus, excerpt

_MARGIN = 120
"""Pixels of paper around a page's text, at 300 dpi."""


@dataclass(frozen=True, eq=False, slots=True)
class LineSet:
    """Line images (H×W uint8) and the text of each."""

    name: str
    images: tuple[Grey, ...]
    truth: tuple[str, ...]


def running_text(corpus: Corpus, rng: Random) -> str:
    """Four to fourteen consecutive words that were held out of training."""
    return excerpt(rng.choice(corpus.held), rng, low=4, high=13, mode=9)


def figures(rng: Random) -> str:
    """A sentence around a date, a number or a code."""
    maker: Callable[[Random], str] = rng.choice((compose.date, compose.number, compose.code))
    before, after = rng.choice(_BEFORE), rng.choice(_AFTER)
    return f"{before} {maker(rng)} {after}"


_BEFORE = ("اجلاس", "حلقہ", "الیکشن کمیشن نے", "ووٹوں کی تعداد", "اعلان کے مطابق", "درخواست گزار", "کل", "ضلع میں")
_AFTER = ("کو منعقد ہوا", "میں پولنگ ہوگی", "کا اعلان کیا", "رہی جبکہ باقی", "کے تحت", "کی گئی ہے", "جاری کیا گیا")


def line_set(
    name: str,
    faces: Sequence[Face],
    latin: Face,
    make_text: Callable[[Random], str],
    *,
    aged: bool,
    count: int,
    seed: int,
) -> LineSet:
    """``count`` lines with the faces in turn; the same seed gives the same lines.

    The contrast of aged lines is stretched, as the pipeline does with every line that it cuts out.
    """
    rng, neighbours = Random(seed), Neighbours()
    images: list[Grey] = []
    truth: list[str] = []
    while len(images) < count:
        face, text, px = faces[len(images) % len(faces)], make_text(rng), rng.choice((44, 56))
        if not can_draw(text, face, latin):
            continue
        image = draw(text, face, latin, px, rng=rng)
        if image is None:
            continue
        ink = Ink(image, px)
        grey = level(age(ink, rng, neighbours, office=True)) if aged else clean(ink, rng)
        neighbours.add(ink)
        images.append(grey)
        truth.append(text)
    return LineSet(name, tuple(images), tuple(truth))


def page(face: Face, latin: Face, corpus: Corpus, *, lines: int, px: int, seed: int) -> tuple[Grey, str]:
    """A clean page of one column at 300 dpi, with the narrow leading of Nastaliq, and its text, line by line."""
    rng = Random(seed)
    inks: list[Grey] = []
    truth: list[str] = []
    while len(inks) < lines:
        text = excerpt(rng.choice(corpus.held), rng, low=9, high=13, mode=11)
        if can_draw(text, face, latin):
            image = draw(text, face, latin, px, rng=rng)
            if image is not None:
                inks.append(image)
                truth.append(text)
    step = round(max(1.9 * px, float(np.median([i.shape[0] for i in inks])) * 1.05))
    width = max(i.shape[1] for i in inks) + 2 * _MARGIN
    sheet = np.zeros((step * (lines + 1) + 2 * _MARGIN, width), np.uint8)
    for row, ink in enumerate(inks):
        top = _MARGIN + row * step
        right = width - _MARGIN
        view = sheet[top : top + ink.shape[0], right - ink.shape[1] : right]
        np.maximum(view, ink, out=view)
    return np.asarray(255 - sheet, np.uint8), "\n".join(truth)


def worn(sheet: Grey, *, seed: int) -> Grey:
    """The page as from an office scanner: 200 dpi, slightly skewed, grey, noisy, JPEG."""
    rng = np.random.default_rng(seed)
    height, width = sheet.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-0.7, 0.7)), 1.0)
    turned = cv2.warpAffine(sheet, turn, (width, height), borderValue=255)
    small = cv2.resize(turned, None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.7).astype(np.float32)
    light = np.linspace(225, 190, soft.shape[1], dtype=np.float32)[None]
    grey = 50 + (light - 50) * (soft / 255) + rng.normal(0, 7, soft.shape)
    data = cv2.imencode(".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
