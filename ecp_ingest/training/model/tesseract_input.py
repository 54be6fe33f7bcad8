"""Prepares a line image for the network as Tesseract 5.3 does: scaling, then normalisation of black and white.

It follows ``Input::PrepareLSTMInputs``, ``Leptonica pixScale`` and ``NetworkIO::ComputeBlackWhite``: a network trained
on other input gets unfamiliar strokes in use.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def scale_to_height(image: Grey, height: int) -> Grey:
    """Scale a line (H×W uint8, dark ink) to ``height`` pixels, sharpened as ``pixScale`` does."""
    rows, columns = image.shape
    factor = height / rows
    width = max(3, round(columns * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(image, (width, height), interpolation=method)
    kernel, amount = (3, 0.2) if factor < 0.7 else (5, 0.4)
    blurred = cv2.blur(scaled, (kernel, kernel))
    return np.asarray(cv2.addWeighted(scaled, 1 + amount, blurred, -amount, 0), np.uint8)


def black_and_white(image: Grey) -> tuple[float, float]:
    """Grey levels of ink and paper: quartiles of the local minima and maxima along the middle row."""
    row = image[image.shape[0] // 2].astype(np.int32)
    if len(row) < 3:
        return 0.0, 255.0
    before, here, after = row[:-2], row[1:-1], row[2:]
    low = here[((here < before) & (here <= after)) | ((here <= before) & (here < after))]
    high = here[((here > before) & (here >= after)) | ((here >= before) & (here > after))]
    black = float(np.quantile(low, 0.25)) if len(low) else 0.0
    white = float(np.quantile(high, 0.75)) if len(high) else 255.0
    return black, white


def network_input(image: Grey, *, clip: bool) -> Floats:
    """A scaled line as network input (H×W float32, ink −1, paper 1); the int8 engine clips it at ±1."""
    black, white = black_and_white(image)
    contrast = (white - black) / 2 or 1.0
    if contrast < 0:
        contrast = 1.0
    values = (image.astype(np.float32) - black) / contrast - 1
    return np.clip(values, -1, 1) if clip else values
