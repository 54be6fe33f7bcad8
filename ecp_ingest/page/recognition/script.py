"""Which script each line is in, seen from its ink alone, before anything is recognised.

Reading a line with the wrong model costs time and gives rubbish, and reading all lines with both models is worse than
choosing. Nastaliq and Naskh differ from Latin print in whatever one measures: strokes that slope and curve against
upright ones, ink that hangs from a diagonal or sits on one line, few long joined shapes against many short ones. So
each line is scaled to one height, described by 108 numbers (``describe``), and judged by a small network whose weights
``training.script_classifier`` makes. Then the lines of a region are judged together, for scripts seldom change from
line to line: forward-backward over a two-state Markov chain (Rabiner, "A tutorial on hidden Markov models", 1989, III).
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
from ecp_ingest.document.text import Script, ScriptChoice

Greys = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

LANGUAGES: dict[str, Script] = {"eng": "Latn", "urd": "Arab"}
SURE = 0.8
"""Below this confidence a choice is worth reading with both engines."""
STAY = 0.85
"""Probability that the next line of a region is in the same script. Not higher, so that one line that is plainly in
the other script (a title, a caption) holds its own between two neighbours."""
SUREST = 0.998
"""The network has seen clean drawings; nothing that it says of a scan is surer than this."""

WEIGHTS = "script.npz"
"""In the package's data; ``training.script_classifier`` makes it."""
HEIGHT = 32
"""Rows to which a line's ink is scaled."""
WIDEST = 1280
"""Columns of the scaled line that are looked at: some 25 words, enough for any verdict."""
BANDS = 4
ANGLES = 12
LEVELS = 16
"""Shades of grey that gradients are taken of."""
SPAN = 2 * LEVELS + 1
RUN_EDGES = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""Lower ends of the bins that run lengths are counted in, in pixels of the scaled line."""


def choose_scripts(region: Region, *, languages: tuple[str, ...]) -> tuple[ScriptChoice, ...]:
    """One choice for each line of ``region``, from its ink and its neighbours."""
    if len(languages) == 1:
        only = ScriptChoice(LANGUAGES[languages[0]], languages[0], 1.0, "only language asked for")
        return (only,) * len(region.lines)
    if not region.lines:
        return ()
    own = np.array([arabic_probability(line.pixels) for line in region.lines])
    together = _with_neighbours(own)
    return tuple(_choice(float(alone), float(joint)) for alone, joint in zip(own, together, strict=True))


def doubtful(choice: ScriptChoice) -> bool:
    """Whether the line is worth reading with both engines before ``settle`` decides."""
    return choice.confidence < SURE


def settle(choice: ScriptChoice, *, english: float, urdu: float, urdu_text: str | None = None) -> ScriptChoice:
    """The choice once both engines have read the line with these mean confidences (0–1).

    ``urdu_text`` is what the Urdu model read: it knows Latin letters too, and writes them where it sees them, which
    tells more than the confidences do. The weights are a logistic fit to 240 aged lines of one to four words: right
    are 94.6 % by confidence alone, 99.2 % with the letters.
    """
    arabic = choice.confidence if choice.script == "Arab" else 1 - choice.confidence
    logit = math.log(arabic / (1 - arabic)) if 0 < arabic < 1 else math.copysign(20, arabic - 0.5)
    evidence = f"{choice.evidence}; read as English with {english:.2f}, as Urdu with {urdu:.2f}"
    letters = [c for c in urdu_text or "" if c.isalpha()]
    if letters:
        share = sum("\u0600" <= c <= "\u06ff" for c in letters) / len(letters)
        logit += 2 * (urdu - english) + 7 * (share - 0.5)
        evidence += f", {share:.0%} of its letters Arabic"
    else:
        logit += 7 * (urdu - english)
    return _named(1 / (1 + math.exp(-logit)), evidence)


def _choice(alone: float, together: float) -> ScriptChoice:
    return _named(together, f"shape of its ink: Arab {alone:.2f}; with its neighbours: {together:.2f}")


def _named(arabic: float, evidence: str) -> ScriptChoice:
    if arabic > 0.5:
        return ScriptChoice("Arab", "urd", arabic, evidence)
    return ScriptChoice("Latn", "eng", 1 - arabic, evidence)


def _with_neighbours(own: Floats) -> Floats:
    """Probabilities line by line → the same, each given all lines of the region (forward-backward)."""
    seen = np.stack([1 - own, own], axis=1)
    step = np.array([[STAY, 1 - STAY], [1 - STAY, STAY]])
    forward = np.empty_like(seen)
    backward = np.ones_like(seen)
    state = np.array([0.5, 0.5])
    for i, likelihood in enumerate(seen):
        state = (state @ step) * likelihood
        state /= state.sum()
        forward[i] = state
    for i in range(len(seen) - 2, -1, -1):
        backward[i] = step @ (seen[i + 1] * backward[i + 1])
        backward[i] /= backward[i].sum()
    joint = forward * backward
    together: Floats = joint[:, 1] / joint.sum(axis=1)
    return together


# ── one line ──────────────────────────────────────────────────────────────────────────────────────────────────────


def arabic_probability(pixels: Pixels) -> float:
    """The probability that a line (H×W uint8 grey) is in Arabic script; 0.5 where there is too little ink to tell."""
    features = describe(pixels)
    if features is None:
        return 0.5
    net = _network()
    hidden = np.maximum(0.0, (features - net.mean) / net.spread @ net.inner + net.inner_bias)
    logit = float(hidden @ net.outer + net.outer_bias)
    return float(np.clip(1 / (1 + np.exp(-logit)), 1 - SUREST, SUREST))


def describe(pixels: Pixels) -> Floats | None:
    """A line (H×W uint8 grey, dark ink) → its 108 features; None where there is hardly any ink.

    Orientation histograms of the gradient in ``BANDS`` bands of height (Dalal and Triggs, CVPR 2005, without their
    cells along the line), the profile of ink over the height, histograms of the lengths of ink and paper runs in both
    directions, and how often a column goes from paper to ink.
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
    changes = np.count_nonzero(ink[1:] & ~ink[:-1], axis=0)[ink.any(axis=0)]
    return np.concatenate(
        [
            oriented.ravel() / max(oriented.sum(), 1e-9),
            profile / profile.sum(),
            _runs(ink),
            _runs(ink.T),
            _runs(~ink),
            _runs(~ink.T),
            np.bincount(np.minimum(changes, 4), minlength=5)[1:] / max(1, len(changes)),
            [np.log(line.shape[1] / HEIGHT), line.mean(), np.log(pixels.shape[0]), ink.any(axis=0).mean()],
        ]
    )


def _scaled(pixels: Pixels) -> Greys | None:
    """The rows that hold the ink, scaled to ``HEIGHT`` rows by averaging; 1 for ink, 0 for paper; None without ink."""
    levels = np.cumsum(cv2.calcHist([pixels[::2, ::2]], [0], None, [256], [0, 256]))
    low, high = (int(np.searchsorted(levels, share * levels[-1])) for share in (0.005, 0.9))
    if high - low < 40:
        return None
    dark = pixels < (low + high) / 2
    rows = np.cumsum(np.count_nonzero(dark, axis=1))
    if rows[-1] < 30:
        return None
    # Half a percent of the ink lies above, and as much below: what neighbours have left behind doesn't count.
    top, bottom = np.searchsorted(rows, (0.005 * rows[-1], 0.995 * rows[-1]))
    columns = np.flatnonzero(dark[top : bottom + 1].any(axis=0))
    if bottom - top < 4 or len(columns) < 4:
        return None
    own = pixels[top : bottom + 1, columns[0] : columns[-1] + 1]
    share = np.clip((high - np.arange(256, dtype=np.float32)) / np.float32(high - low), 0, 1)
    ink: Greys = np.asarray(cv2.LUT(own, share), np.float32)
    width = int(np.clip(round(ink.shape[1] * HEIGHT / ink.shape[0]), 8, WIDEST))
    ink = ink[:, : max(8, round(width * ink.shape[0] / HEIGHT))]
    if ink.shape[0] >= HEIGHT and ink.shape[1] >= width:
        return np.asarray(cv2.resize(ink, (width, HEIGHT), interpolation=cv2.INTER_AREA), np.float32)
    return _enlarged(_enlarged(ink, HEIGHT).T, width).T


def _enlarged(image: Greys, rows: int) -> Greys:
    """Area averaging also where it enlarges, as OpenCV's doesn't: the image at ``rows`` rows, each the mean of those
    that it covers, partly covered ones by their share."""
    total = np.concatenate([np.zeros((1, image.shape[1]), np.float32), np.cumsum(image, axis=0, dtype=np.float32)])
    edges = np.linspace(0, image.shape[0], rows + 1)
    whole = np.minimum(edges.astype(np.intp), image.shape[0] - 1)
    part = (edges - whole).astype(np.float32)[:, None]
    upto = total[whole] * (1 - part) + total[whole + 1] * part
    mean: Greys = np.diff(upto, axis=0) * np.float32(rows / image.shape[0])
    return mean


def _runs(ink: npt.NDArray[np.bool_]) -> Floats:
    """How long the runs of True along the rows are: their shares in the bins of ``RUN_EDGES``."""
    padded = np.zeros((ink.shape[0], ink.shape[1] + 2), np.int8)
    padded[:, 1:-1] = ink
    change = np.diff(padded, axis=1).ravel()
    lengths = np.flatnonzero(change < 0) - np.flatnonzero(change > 0)
    shares = np.bincount(np.searchsorted(RUN_EDGES, lengths, side="right") - 1, minlength=len(RUN_EDGES))
    return shares / max(1, len(lengths))


@lru_cache(maxsize=1)
def _orientations() -> Floats:
    """For each (down, across) difference of levels, its strength in the bin of its angle: SPAN² × ANGLES.

    A table, for there are few differences and many pixels.
    """
    down, across = (grid.ravel() - LEVELS for grid in np.mgrid[:SPAN, :SPAN])
    angle = (np.arctan2(down, across) % np.pi / np.pi * ANGLES).astype(np.intp) % ANGLES
    table = np.zeros((SPAN**2, ANGLES))
    table[np.arange(SPAN**2), angle] = np.hypot(across, down)
    return table


@dataclass(frozen=True, eq=False, slots=True)
class _Network:
    """Features, brought to mean 0 and spread 1 → one hidden layer of rectified units → one logit."""

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
