"""Real lines with their text, ``x.png`` and ``x.gt.txt``; more useful than any number of rendered lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.model_alphabet import CHARACTERS, normalise
from ecp_ingest.training.model.tesseract_input import Grey

_PICTURES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".pgm")


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A line image (H×W uint8, dark ink) and its text in logical order."""

    image: Grey
    text: str


def load_pairs(folder: Path) -> tuple[Pair, ...]:
    """All pairs under ``folder``.

    Raises:
        TrainingError: an image can't be read, its text isn't UTF-8, is empty or has a character that the model lacks,
            or there is no pair.
    """
    pairs = []
    for picture in sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PICTURES):
        truth = picture.with_suffix(".gt.txt")
        if truth.exists():
            pairs.append(_load(picture, truth))
    if not pairs:
        raise TrainingError("no line picture with its text beside it (x.png and x.gt.txt)", str(folder))
    return tuple(pairs)


def _load(picture: Path, truth: Path) -> Pair:
    image = cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)
    if image is None or min(image.shape) < 8:
        raise TrainingError("can't read this line picture", str(picture))
    try:
        text = normalise(truth.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise TrainingError("this text isn't UTF-8", str(truth)) from error
    unknown = sorted(set(text) - set(CHARACTERS + " "))
    if not text or unknown:
        problem = f"characters that the model can't say: {' '.join(unknown)}" if unknown else "no text"
        raise TrainingError(problem, str(truth))
    return Pair(np.asarray(image, np.uint8), text)


def vary(image: Grey, rng: Random) -> Grey:
    """The line with small random changes in size, width, weight, levels and margins, against overfitting."""
    out: npt.NDArray[Any] = image
    paper = int(np.median(image))
    top, bottom, left, right = (rng.randint(0, max(1, image.shape[0] // 12)) for _ in range(4))
    out = cv2.copyMakeBorder(out, top, bottom, left, right, cv2.BORDER_CONSTANT, value=paper)
    scale = rng.uniform(0.7, 1.2)
    width = max(8, round(out.shape[1] * scale * rng.uniform(0.93, 1.07)))
    out = cv2.resize(out, (width, max(8, round(out.shape[0] * scale))), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.3:
        out = (cv2.erode if rng.random() < 0.5 else cv2.dilate)(out, np.ones((2, 2), np.uint8))
    if rng.random() < 0.4:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 0.9))
    gain, shift = rng.uniform(0.8, 1.1), rng.uniform(-15, 15)
    return np.asarray(np.clip(out.astype(np.float32) * gain + shift, 0, 255), np.uint8)
