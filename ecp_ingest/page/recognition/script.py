"""Finds the script of each line from its ink, before recognition.

Reading a line with the wrong model takes time and gives useless text; reading all lines with both models is worse than
choosing. Nastaliq and Naskh differ from Latin print in most measurements: sloping curves instead of upright strokes,
ink along a diagonal instead of one baseline, few long joined shapes instead of many short ones. So each line is scaled
to one height, described by 108 features (``describe``) and classified by a small network. Its weights are in
``data/script.npz``; ``training.script_classifier`` fits them. Then the lines of a region are classified together,
because the script seldom changes from line to line: forward-backward over a two-state Markov chain (Rabiner, "A
tutorial on hidden Markov models", 1989, section III).
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.data import read_data
from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.layout import Region
from ecp_ingest.document.text import ScriptChoice
from ecp_ingest.language.languages import OF_SCRIPT, READ

Greys = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

SURE = 0.8
"""Below this confidence a line is read by both models before ``settle`` decides."""
STAY = 0.85
"""Probability that the next line of a region is in the same script. A higher value would let two neighbours overrule a
line that is plainly in the other script (a title, a caption)."""
SUREST = 0.998
"""Limit of the network's confidence: it was fitted to drawn lines, and scans hold what no drawing has."""

CONFIDENCE_WEIGHT, LETTERS_WEIGHT = 2.0, 7.0
"""Weights in ``settle`` of the difference of both mean confidences, and of the share of Arabic letters less a half.

A logistic fit to 240 aged lines of one to four words. 99.2 % of them are right; by confidence alone, with the weight
``CONFIDENCE_ONLY_WEIGHT``, 94.6 %. To fit them again: draw and age short lines as ``training.script_classifier`` does,
read each with both models, and regress the true script on these two differences, with the logit of
``arabic_probability`` as offset."""
CONFIDENCE_ONLY_WEIGHT = 7.0
"""Weight of the difference of both confidences where the Urdu model read no letter, from the same lines."""
CERTAIN_LOGIT = 20.0
"""Logit that stands for a probability of 0 or 1."""

WEIGHTS = "script.npz"
"""In the package's data; ``training.script_classifier`` makes it."""

# What `describe` measures. The weights belong to these values: after a change, fit them again.
HEIGHT = 32
"""Rows to which a line's ink is scaled."""
WIDEST = 1280
"""Columns of the scaled line that are used: some 25 words, enough to decide."""
NARROWEST = 8
"""Columns of the scaled line at least."""
BANDS = 4
"""Parts of the height that have a histogram of gradients each."""
ANGLES = 12
"""Bins of such a histogram, over half a turn."""
LEVELS = 16
"""Grey levels from which gradients are taken."""
SPAN = 2 * LEVELS + 1
"""Number of possible differences of two levels."""
RUN_EDGES = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""Lower ends of the bins for run lengths, in pixels of the scaled line."""
MOST_STROKES = 4
"""Strokes in a column are counted up to this number."""
INK_SHARE, PAPER_SHARE = 0.005, 0.9
"""Percentiles of the grey levels that are taken for full ink and for paper."""
LEAST_CONTRAST = 40
"""Grey levels between ink and paper: with fewer there is no ink."""
LEAST_INK = 30
"""Dark pixels of a line: with fewer there is nothing to classify."""
SMALLEST = 4
"""Rows and columns that the ink must cover."""
STRAY_SHARE = 0.005
"""Share of the ink cut off above and below: remains of neighbouring lines."""
TINY = 1e-9
"""Keeps a sum of no gradients from dividing by 0."""


def choose_scripts(region: Region, *, languages: tuple[str, ...]) -> tuple[ScriptChoice, ...]:
    """One choice for each line of ``region``, from its ink and its neighbours."""
    if len(languages) == 1:
        only = ScriptChoice(READ[languages[0]].script, languages[0], 1.0, "only language asked for")
        return (only,) * len(region.lines)
    if not region.lines:
        return ()
    alone = np.array([arabic_probability(line.pixels) for line in region.lines])
    together = _with_neighbours(alone)
    return tuple(_choice(float(own), float(joint)) for own, joint in zip(alone, together, strict=True))


def doubtful(choice: ScriptChoice) -> bool:
    """Whether both models should read the line before ``settle`` decides."""
    return choice.confidence < SURE


def settle(choice: ScriptChoice, *, english: float, urdu: float, urdu_text: str | None = None) -> ScriptChoice:
    """The choice after both models have read the line.

    Args:
        choice: from the ink and the neighbours.
        english: mean confidence (0–1) of the English model.
        urdu: mean confidence (0–1) of the Urdu model.
        urdu_text: what the Urdu model read. It knows Latin letters too and writes them where it sees them, which says
            more than the confidences do.
    """
    arabic = choice.confidence if choice.script == "Arab" else 1 - choice.confidence
    logit = math.log(arabic / (1 - arabic)) if 0 < arabic < 1 else math.copysign(CERTAIN_LOGIT, arabic - 0.5)
    evidence = f"{choice.evidence}; read as English with {english:.2f}, as Urdu with {urdu:.2f}"
    letters = [c for c in urdu_text or "" if c.isalpha()]
    if letters:
        share = sum("\u0600" <= c <= "\u06ff" for c in letters) / len(letters)
        logit += CONFIDENCE_WEIGHT * (urdu - english) + LETTERS_WEIGHT * (share - 0.5)
        evidence += f", {share:.0%} of its letters Arabic"
    else:
        logit += CONFIDENCE_ONLY_WEIGHT * (urdu - english)
    return _named(1 / (1 + math.exp(-logit)), evidence)


def _choice(alone: float, together: float) -> ScriptChoice:
    return _named(together, f"shape of its ink: Arab {alone:.2f}; with its neighbours: {together:.2f}")


def _named(arabic: float, evidence: str) -> ScriptChoice:
    if arabic > 0.5:
        return ScriptChoice("Arab", OF_SCRIPT["Arab"].code, arabic, evidence)
    return ScriptChoice("Latn", OF_SCRIPT["Latn"].code, 1 - arabic, evidence)


def _with_neighbours(own: Floats) -> Floats:
    """Probability of Arabic script of each line alone → given all lines of the region (forward-backward)."""
    emitted = np.stack([1 - own, own], axis=1)
    transition = np.array([[STAY, 1 - STAY], [1 - STAY, STAY]])
    forward = np.empty_like(emitted)
    backward = np.ones_like(emitted)
    state = np.array([0.5, 0.5])
    for i, likelihood in enumerate(emitted):
        state = (state @ transition) * likelihood
        state /= state.sum()
        forward[i] = state
    for i in range(len(emitted) - 2, -1, -1):
        backward[i] = transition @ (emitted[i + 1] * backward[i + 1])
        backward[i] /= backward[i].sum()
    joint = forward * backward
    together: Floats = joint[:, 1] / joint.sum(axis=1)
    return together


# ── one line ──────────────────────────────────────────────────────────────────────────────────────────────────────


def arabic_probability(pixels: Pixels) -> float:
    """Probability that a line (H×W uint8 grey) is in Arabic script; 0.5 where there is too little ink."""
    features = describe(pixels)
    if features is None:
        return 0.5
    net = _network()
    hidden = np.maximum(0.0, (features - net.mean) / net.spread @ net.inner + net.inner_bias)
    logit = float(hidden @ net.outer + net.outer_bias)
    return float(np.clip(1 / (1 + np.exp(-logit)), 1 - SUREST, SUREST))


def describe(pixels: Pixels) -> Floats | None:
    """The 108 features of a line (H×W uint8 grey, dark ink); None where there is too little ink.

    Histograms of the gradient's orientation in ``BANDS`` bands of the height (Dalal and Triggs, CVPR 2005, without
    their cells along the line), the profile of ink over the height, histograms of the lengths of ink and paper runs in
    both directions, the number of strokes in a column, and four measures of the whole line.
    """
    line = _scaled(pixels)
    if line is None:
        return None
    ink = line > 0.5
    levels = (line * LEVELS).astype(np.intp)
    across = levels[1:-1, 2:] - levels[1:-1, :-2] + LEVELS
    down = levels[2:, 1:-1] - levels[:-2, 1:-1] + LEVELS
    band = (np.arange(HEIGHT - 2) * BANDS // (HEIGHT - 2))[:, None]
    gradients = (band * SPAN + down) * SPAN + across
    counted = np.bincount(gradients.ravel(), minlength=BANDS * SPAN**2)
    oriented = counted.reshape(BANDS, -1) @ _orientations()
    profile = line.reshape(HEIGHT // 2, -1).sum(axis=1)
    strokes = np.count_nonzero(ink[1:] & ~ink[:-1], axis=0)[ink.any(axis=0)]
    return np.concatenate(
        [
            oriented.ravel() / max(oriented.sum(), TINY),
            profile / profile.sum(),
            _runs(ink),
            _runs(ink.T),
            _runs(~ink),
            _runs(~ink.T),
            np.bincount(np.minimum(strokes, MOST_STROKES), minlength=MOST_STROKES + 1)[1:] / max(1, len(strokes)),
            [np.log(line.shape[1] / HEIGHT), line.mean(), np.log(pixels.shape[0]), ink.any(axis=0).mean()],
        ]
    )


def _scaled(pixels: Pixels) -> Greys | None:
    """The part of a line that holds ink, scaled by averaging to ``HEIGHT`` rows: 1 for ink, 0 for paper.

    None where there is too little ink.
    """
    levels = np.cumsum(cv2.calcHist([pixels[::2, ::2]], [0], None, [256], [0, 256]))
    low, high = (int(np.searchsorted(levels, share * levels[-1])) for share in (INK_SHARE, PAPER_SHARE))
    if high - low < LEAST_CONTRAST:
        return None
    dark = pixels < (low + high) / 2
    rows = np.cumsum(np.count_nonzero(dark, axis=1))
    if rows[-1] < LEAST_INK:
        return None
    top, bottom = np.searchsorted(rows, (STRAY_SHARE * rows[-1], (1 - STRAY_SHARE) * rows[-1]))
    columns = np.flatnonzero(dark[top : bottom + 1].any(axis=0))
    if bottom - top < SMALLEST or len(columns) < SMALLEST:
        return None
    inked = pixels[top : bottom + 1, columns[0] : columns[-1] + 1]
    share = np.clip((high - np.arange(256, dtype=np.float32)) / np.float32(high - low), 0, 1)
    ink: Greys = np.asarray(cv2.LUT(inked, share), np.float32)
    width = int(np.clip(round(ink.shape[1] * HEIGHT / ink.shape[0]), NARROWEST, WIDEST))
    ink = ink[:, : max(NARROWEST, round(width * ink.shape[0] / HEIGHT))]
    if ink.shape[0] >= HEIGHT and ink.shape[1] >= width:
        return np.asarray(cv2.resize(ink, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
    return _enlarged(_enlarged(ink, HEIGHT).T, width).T


def _enlarged(image: Greys, rows: int) -> Greys:
    """The image with ``rows`` rows, each the mean of the rows that it covers, weighted by the part that it covers.

    OpenCV's ``INTER_AREA`` doesn't average when it enlarges.
    """
    total = np.concatenate([np.zeros((1, image.shape[1]), np.float32), np.cumsum(image, axis=0, dtype=np.float32)])
    edges = np.linspace(0, image.shape[0], rows + 1)
    whole = np.minimum(edges.astype(np.intp), image.shape[0] - 1)
    part = (edges - whole).astype(np.float32)[:, None]
    upto = total[whole] * (1 - part) + total[whole + 1] * part
    mean: Greys = np.diff(upto, axis=0) * np.float32(rows / image.shape[0])
    return mean


def _runs(ink: npt.NDArray[np.bool_]) -> Floats:
    """Histogram of the lengths of runs of True along the rows: their shares in the bins of ``RUN_EDGES``."""
    padded = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    padded[:, 1:-1] = ink
    change = np.diff(padded, axis=1).ravel()
    lengths = np.flatnonzero(change < 0) - np.flatnonzero(change > 0)
    shares = np.bincount(np.searchsorted(RUN_EDGES, lengths, side="right") - 1, minlength=len(RUN_EDGES))
    return shares / max(1, len(lengths))


@lru_cache(maxsize=1)
def _orientations() -> Floats:
    """SPAN² × ANGLES: for each (down, across) difference of levels, its length in the bin of its angle.

    A table, because there are few different differences and many pixels.
    """
    down, across = (grid.ravel() - LEVELS for grid in np.mgrid[:SPAN, :SPAN])
    angle = (np.arctan2(down, across) % np.pi / np.pi * ANGLES).astype(np.intp) % ANGLES
    table = np.zeros((SPAN**2, ANGLES))
    table[np.arange(SPAN**2), angle] = np.hypot(across, down)
    return table


@dataclass(frozen=True, eq=False, slots=True)
class _Network:
    """Features, scaled to mean 0 and spread 1 → one hidden layer of rectified linear units → one logit."""

    mean: Floats
    spread: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: float


@lru_cache(maxsize=1)
def _network() -> _Network:
    with np.load(io.BytesIO(read_data(WEIGHTS))) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files}
    bias = float(arrays.pop("outer_bias"))
    return _Network(**arrays, outer_bias=bias)
