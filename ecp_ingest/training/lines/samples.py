"""Makes training lines: chooses text, face, spacing and ageing → network input and label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np

from ecp_ingest.language.model_alphabet import ARABIC_LETTERS
from ecp_ingest.training.lines.ageing import Ink, Neighbours, age, clean, level
from ecp_ingest.training.lines.fonts import Face, Faces
from ecp_ingest.training.lines.pairs import Pair, vary
from ecp_ingest.training.lines.render import PLAIN, Spacing, can_draw, draw
from ecp_ingest.training.model.tesseract_input import Floats, Grey, network_input, scale_to_height
from ecp_ingest.training.text import compose
from ecp_ingest.training.text.corpus import display_order, excerpt

_SIZES = (28, 36, 44, 56)
"""Pixels per em at which lines are drawn; only a few values, so that cached glyphs are used again."""
MAX_WIDTH = 1400
_USUAL_ALEF = 0.7
"""In ems. In Nastaliq faces, letters of the same em differ much in size, so sizes are scaled by the alef."""
_LEVELLED = 0.8
"""Share of the aged lines whose contrast is stretched, as the pipeline does with lines that it cuts out."""
STRIDE = 3
_WIDTH_STEP = 24
"""Pixels. Batches are padded to a multiple of this width, because torch keeps buffers for every new shape."""
_FAVOURED = {
    "fajer": 4.5,
    "awami": 0.8,
    "bold": 0.7,
    "500": 0.5,
    "600": 0.5,
    "naskh": 0.5,
    "nafeesweb": 1.0,
    "web-naskh": 1.0,
}
"""Weights of faces by part of the name. Fajer Noori is closest to the faces of offices and newspapers in Pakistan."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Sources of text: running text, single words in the spelling of labels, English words."""

    lines: Sequence[str]
    words: Sequence[str]
    english: Sequence[str]


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """``values``: H×W float32 network input; ``label``: classes in display order."""

    values: Floats
    label: tuple[int, ...]


def pick_text(texts: Texts, rng: Random) -> str:
    draw_ = rng.random()
    if draw_ < 0.05:
        return " ".join(rng.choice(texts.english) for _ in range(rng.randint(1, 7)))
    if draw_ < 0.11:
        return " ".join(rng.choice(texts.words) for _ in range(rng.randint(1, 9)))
    if draw_ < 0.18:
        return compose.list_of_numbers(rng)
    if draw_ < 0.21:
        return compose.heading(rng)
    if draw_ < 0.28:
        return compose.spoken(rng)
    text = excerpt(rng.choice(texts.lines), rng)
    return compose.insert(text, texts.english, rng) if draw_ < 0.60 else text


def pick_face(faces: Faces, rng: Random) -> Face:
    pool = faces.naskh if faces.naskh and rng.random() < 0.10 else faces.nastaliq
    weights = [next((w for name, w in _FAVOURED.items() if name in face.name.lower()), 1.5) for face in pool]
    return rng.choices(pool, weights)[0]


def pick_spacing(face: Face, rng: Random) -> Spacing:
    """Spaces from none to wide, gaps inside words as large: spaces are a third of the errors on real print.

    Newspapers and offices set Nastaliq much tighter than the face's own space, which differs threefold between faces.
    So gaps are drawn relative to the height of the face's letters. Digits are about as high as an alef, in newspapers
    higher.
    """
    unit = face.alef / _USUAL_ALEF
    latin = unit * (rng.uniform(0.7, 1.15) if rng.random() < 0.7 else rng.uniform(1.1, 1.6))
    tracking = rng.choice((0.0, 0.0, rng.uniform(0, 0.2) * unit))
    if rng.random() < 0.15:
        return Spacing(latin=latin, tracking=tracking)
    kind = rng.random()
    if kind < 0.5:
        gap, piece = unit * rng.uniform(-0.02, 0.12), unit * rng.uniform(-0.04, 0.03)
    elif kind < 0.8:
        gap, piece = face.blank + rng.gauss(0, 0.06) * unit, unit * rng.uniform(-0.03, 0.08)
    else:
        gap, piece = unit * rng.uniform(0.1, 0.6), unit * rng.uniform(0.0, 0.14)
    return Spacing(
        word=gap - face.blank,
        word_jitter=rng.choice((0.0, 0.02, 0.03, 0.08)) * unit,
        piece=rng.choice((0.0, piece)),
        piece_jitter=rng.choice((0.0, 0.0, 0.02, 0.05)) * unit,
        rise=rng.choice((0.0, 0.0, 0.012, 0.03)),
        latin=latin,
        tracking=tracking,
        slope=rng.choice((1.0, 1.0, rng.uniform(0.65, 1.0))),
    )


def make_image(text: str, faces: Faces, rng: Random, neighbours: Neighbours) -> Grey | None:
    """An aged (85 %) or clean image of ``text``; None if the chosen faces can't draw it."""
    face, latin, px = pick_face(faces, rng), rng.choice(faces.latin), rng.choice(_SIZES)
    if not can_draw(text, face, latin):
        return None
    if not any(c in ARABIC_LETTERS for c in text) and rng.random() < 0.5:
        face = latin
    aged = rng.random() < 0.85
    image = draw(text, face, latin, px, spacing=pick_spacing(face, rng) if aged else PLAIN, rng=rng)
    if image is None or min(image.shape) < 4:
        return None
    ink = Ink(image, px * face.alef / _USUAL_ALEF)
    if not aged:
        return clean(ink, rng)
    grey = age(ink, rng, neighbours)
    neighbours.add(ink)
    return level(grey) if rng.random() < _LEVELLED else grey


def make_sample(image: Grey, text: str, classes: Mapping[str, int], *, height: int, clip: bool) -> Sample | None:
    """The line as input and label; None if it is too wide, or its label too long or with an unknown character."""
    shown = display_order(text)
    if any(c not in classes for c in shown):
        return None
    label = tuple(classes[c] for c in shown)
    scaled = scale_to_height(image, height)
    needed = len(label) + sum(a == b for a, b in pairwise(label))
    if scaled.shape[1] // STRIDE < needed + 1 or scaled.shape[1] > MAX_WIDTH:
        return None
    return Sample(network_input(scaled, clip=clip), label)


def samples(
    texts: Texts,
    faces: Faces,
    classes: Mapping[str, int],
    rng: Random,
    neighbours: Neighbours,
    *,
    height: int,
    count: int,
    pairs: Sequence[Pair] = (),
    pairs_share: float = 0.0,
) -> list[Sample]:
    """``count`` new lines, each random; if there are ``pairs``, the share ``pairs_share`` is made from them."""
    out: list[Sample] = []
    while len(out) < count:
        if pairs and rng.random() < pairs_share:
            pair = rng.choice(pairs)
            text: str = pair.text
            image: Grey | None = vary(pair.image, rng)
        else:
            text = pick_text(texts, rng)
            image = make_image(text, faces, rng, neighbours)
        if image is None or min(image.shape) < 8:
            continue
        sample = make_sample(image, text, classes, height=height, clip=rng.random() < 0.7)
        if sample is not None:
            out.append(sample)
    return out


def pad_batch(batch: Sequence[Sample], rng: Random) -> tuple[Floats, list[int], list[int]]:
    """Lines of different widths in one array (B×1×H×W, padded with paper), their labels in sequence, label lengths."""
    height = batch[0].values.shape[0]
    width = -(-max(s.values.shape[1] for s in batch) // _WIDTH_STEP) * _WIDTH_STEP
    array = np.ones((len(batch), 1, height, width), np.float32)
    for i, sample in enumerate(batch):
        room = width - sample.values.shape[1]
        at = rng.randrange(room + 1) if rng.random() < 0.5 else 0
        array[i, 0, :, at : at + sample.values.shape[1]] = sample.values
    return array, [c for s in batch for c in s.label], [len(s.label) for s in batch]
