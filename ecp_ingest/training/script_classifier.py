"""Fits the network by which ``page.recognition.script`` finds the script of a line.

    python -m ecp_ingest.training.script_classifier --help

It draws lines of English and Urdu in the given fonts, ages them as printers, photocopiers and scanners do, and fits
one hidden layer to their features. The same fonts, text and seed give the same weights. Faces named with ``--held-out``
are never trained on. The temperature is fitted on them (Guo et al., "On calibration of modern neural networks", 2017),
so that the network isn't too confident about new faces.

The weights in the package were fitted with: 24,000 lines, seed 1; Liberation Serif, Sans, Sans Narrow and
Mono, DejaVu Sans and Serif; Noto Nastaliq Urdu, Gulzar, Nafees Nastaleeq, Pak Nastaleeq, Mehr Nastaliq, Fajer Noori
Nastalique, Nafees Web Naskh, PakType Naskh Basic, Naqsh and Tehreer, Noto Naskh Arabic; words from makhzan
(zeerakahmed), the news texts of MaazAmjad/Datasets-for-Urdu-news, and wordfreq. Held out were Fajer Noori, PakType
Naqsh, DejaVu Serif and Sans Narrow: 99.8 % of their lines with three or more words were classified correctly, and
98.6 % of shorter ones.
"""

from __future__ import annotations

import argparse
import lzma
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ecp_ingest.data import FOLDER
from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.recognition.script import WEIGHTS, describe

Floats = npt.NDArray[np.float64]

T = TypeVar("T")

HIDDEN = 24
POINTS = (8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 16.0, 18.0, 22.0, 28.0)
SHORT_URDU = ["پریس ریلیز", "اسلام آباد", "الیکشن کمیشن آف پاکستان", "مورخہ", "نوٹیفکیشن", "ڈائریکٹر", "سیکرٹری"]
SHORT_ENGLISH = [
    "Press Release",
    "Islamabad",
    "ELECTION COMMISSION OF PAKISTAN",
    "Date",
    "NOTIFICATION",
    "Director",
    "No.",
]


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """A line's features; ``arabic`` is 1.0, 0.0, or 0.5 where the script is undecided (only digits)."""

    features: Floats
    arabic: float
    words: int
    held_out: bool


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def urdu_words(paths: Sequence[Path]) -> list[str]:
    """The Urdu words of UTF-8 text files (plain or .xz), in their order, with punctuation."""
    words: list[str] = []
    for path in paths:
        opener = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            words += [word for word in file.read(4_000_000).split() if re.search("[\u0600-\u06ff]", word)]
    return words


def _english(rng: np.random.Generator, vocabulary: list[str]) -> str:
    if rng.random() < 0.1:
        return _pick(rng, SHORT_ENGLISH)
    count = int(rng.choice([1, 2, 3, 4, 6, 9, 13]))
    # ranks follow Zipf's law, so that short common words are as frequent as in prose
    ranks = np.minimum(rng.zipf(1.25, count) - 1, len(vocabulary) - 1)
    words = [vocabulary[rank] for rank in ranks]
    style = rng.random()
    if style < 0.15:
        words = [word.upper() for word in words]
    elif style < 0.35:
        words = [word.capitalize() for word in words]
    else:
        words[0] = words[0].capitalize()
    return _sprinkled(rng, words, ",.;:")


def _urdu(rng: np.random.Generator, words: list[str], vocabulary: list[str]) -> str:
    if rng.random() < 0.1:
        return _pick(rng, SHORT_URDU)
    count = int(rng.choice([1, 2, 3, 4, 6, 9, 14, 18]))
    start = int(rng.integers(0, len(words) - count))
    chosen = words[start : start + count]
    if count > 6 and rng.random() < 0.1:  # a caption with a name in Latin letters
        place = int(rng.integers(1, count))
        chosen[place:place] = [vocabulary[int(rng.integers(0, 3000))].capitalize() for _ in range(2)]
    return _sprinkled(rng, chosen, "")


def _sprinkled(rng: np.random.Generator, words: list[str], marks: str) -> str:
    """The words with some punctuation and sometimes a number."""
    out = [word + (_pick(rng, list(marks)) if marks and rng.random() < 0.12 else "") for word in words]
    if rng.random() < 0.2:
        out.insert(int(rng.integers(0, len(out) + 1)), str(rng.integers(1, 2100)))
    return " ".join(out)


def _digits(rng: np.random.Generator) -> str:
    day, year = int(rng.integers(1, 32)), int(rng.integers(1970, 2040))
    return _pick(
        rng, [str(year), f"{day}.", f"{day}/{day % 12 + 1}/{year}", f"- {day} -", f"{day}-{day % 12 + 1}-{year}"]
    )


def _pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(0, len(choices)))]


# ── picture ───────────────────────────────────────────────────────────────────────────────────────────────────────


def draw(text: str, font: Path, *, points: float, rtl: bool, latin: Path | None = None) -> Pixels | None:
    """The line in black on white at 300 dpi, cropped to its ink with a margin of 4 pixels; None if empty or too wide.

    In a right-to-left line, Latin words and digits are set in ``latin``, as Nastaliq faces lack them.
    """
    size = max(8, round(points * 300 / 72))
    parts = [(text, font, size)]
    if rtl and latin is not None:
        pieces = [piece.strip() for piece in re.split(r"([!-~]*[A-Za-z0-9][ -~]*)", text)]
        parts = [
            (piece, latin, round(size * 0.8)) if piece.isascii() else (piece, font, size) for piece in pieces if piece
        ][::-1]
    gap = size // 3
    drawn = []
    for piece, face_path, face_size in parts:
        face = ImageFont.truetype(str(face_path), face_size, layout_engine=ImageFont.Layout.RAQM)
        direction = "ltr" if piece.isascii() else "rtl"
        drawn.append((piece, face, direction, face.getlength(piece, direction=direction)))
    width = sum(length for *_, length in drawn) + gap * (len(drawn) + 3)
    if width > 12000:
        return None
    picture = Image.new("L", (int(width), 5 * size), 255)
    x = 2.0 * gap
    for piece, face, direction, length in drawn:
        ImageDraw.Draw(picture).text((x, 3 * size), piece, font=face, fill=0, direction=direction, anchor="ls")
        x += length + gap
    return _cropped(np.asarray(picture))


def _cropped(pixels: Pixels) -> Pixels | None:
    ink = pixels < 160
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if len(rows) < 4 or len(columns) < 4:
        return None
    tight = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(tight, 4, constant_values=255)


def aged(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The line as scanned from paper: heavier or thinner, blurred, coarse, noisy, faded, black and white, cut off."""
    picture = Image.fromarray(pixels)
    width, height = picture.size
    if rng.random() < 0.25:
        picture = picture.filter(ImageFilter.MinFilter(3) if rng.random() < 0.7 else ImageFilter.MaxFilter(3))
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 2.2))))
    if rng.random() < 0.35:
        scale = float(rng.uniform(0.3, 0.8))
        small = picture.resize((max(8, int(width * scale)), max(8, int(height * scale))), Image.Resampling.BOX)
        if rng.random() < 0.4:
            small = small.point(lambda level: 255 if level > 150 else 0)
        picture = small.resize((width, height), Image.Resampling.BICUBIC)
    if rng.random() < 0.3:
        picture = picture.rotate(float(rng.uniform(-0.8, 0.8)), Image.Resampling.BILINEAR, fillcolor=255)
    out = np.asarray(picture).astype(np.float32)
    out = 255 - (255 - out) * float(rng.uniform(0.55, 1.0)) - float(rng.uniform(0, 25))
    if rng.random() < 0.5:
        out += rng.normal(0, float(rng.uniform(2, 22)), out.shape)
    if rng.random() < 0.3:
        out = np.where(out > float(rng.uniform(120, 200)), 255, 0)
    if rng.random() < 0.15:  # specks
        out[rng.random(out.shape) < 0.002] = 0
    if rng.random() < 0.1:  # an underline, or the edge of a frame or a photograph
        bar = np.full((int(rng.integers(2, 14)), out.shape[1]), float(rng.uniform(0, 60)), np.float32)
        gap = np.full((int(rng.integers(1, 12)), out.shape[1]), out.max(), np.float32)
        out = np.concatenate([bar, gap, out] if rng.random() < 0.3 else [out, gap, bar])
    if rng.random() < 0.15 and height > 30:  # the line finder cut off an edge
        cut = int(rng.integers(1, height // 8))
        out = out[cut:] if rng.random() < 0.5 else out[:-cut]
    return np.clip(out, 0, 255).astype(np.uint8)


def samples(
    *,
    count: int,
    latin: list[Path],
    arab: list[Path],
    held_out: list[str],
    urdu: list[str],
    english: list[str],
    seed: int,
) -> list[Sample]:
    """``count`` lines, half in each script, but one in twenty with only digits."""
    rng = np.random.default_rng(seed)
    made: list[Sample] = []
    while len(made) < count:
        arabic: float = float(rng.random() < 0.5)
        font = _pick(rng, arab if arabic else latin)
        text = _urdu(rng, urdu, english) if arabic else _english(rng, english)
        if rng.random() < 0.05:
            text, arabic, font = _digits(rng), 0.5, _pick(rng, latin)
        pixels = draw(text, font, points=_pick(rng, POINTS), rtl=arabic == 1, latin=_pick(rng, latin))
        if pixels is None:
            continue
        if rng.random() < 0.85:
            pixels = aged(pixels, rng)
        features = describe(pixels)
        if features is not None:
            made.append(Sample(features, arabic, len(text.split()), any(name in font.name for name in held_out)))
    return made


# ── fit ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def fit(train: list[Sample], *, seed: int, epochs: int = 60) -> dict[str, Floats]:
    """Fit by Adam (Kingma and Ba, 2015): cross-entropy, batches of 128, weight decay, small noise on the features."""
    rng = np.random.default_rng(seed)
    x = np.stack([sample.features for sample in train])
    y = np.array([sample.arabic for sample in train])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    x = (x - mean) / spread
    weights = [
        rng.normal(0, np.sqrt(2 / x.shape[1]), (x.shape[1], HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, np.sqrt(2 / HIDDEN), HIDDEN),
        np.zeros(()),
    ]
    first, second = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    step, total = 0, epochs * (len(x) // 128)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for i in range(len(x) // 128):
            step += 1
            batch = order[i * 128 : (i + 1) * 128]
            gradients = _gradients(weights, x[batch] + rng.normal(0, 0.15, (128, x.shape[1])), y[batch])
            rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / total))
            for k, gradient in enumerate(gradients):
                first[k] = 0.9 * first[k] + 0.1 * gradient
                second[k] = 0.999 * second[k] + 0.001 * gradient**2
                move = first[k] / (1 - 0.9**step) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
                weights[k] = weights[k] - rate * (move + 0.01 * weights[k])
    names = ("inner", "inner_bias", "outer", "outer_bias")
    return {"mean": mean, "spread": spread, **dict(zip(names, weights, strict=True))}


def _gradients(weights: list[Floats], x: Floats, y: Floats) -> list[Floats]:
    inner, inner_bias, outer, outer_bias = weights
    hidden = np.maximum(0, x @ inner + inner_bias)
    error = (1 / (1 + np.exp(-(hidden @ outer + outer_bias))) - y) / len(y)
    back = error[:, None] * outer * (hidden > 0)
    return [x.T @ back, back.sum(axis=0), hidden.T @ error, np.asarray(error.sum())]


def logits(net: dict[str, Floats], chosen: list[Sample]) -> Floats:
    """One logit per sample; positive means Arabic script."""
    x = (np.stack([sample.features for sample in chosen]) - net["mean"]) / net["spread"]
    out: Floats = np.maximum(0, x @ net["inner"] + net["inner_bias"]) @ net["outer"] + net["outer_bias"]
    return out


def cooled(net: dict[str, Floats], judged: list[Sample]) -> tuple[dict[str, Floats], float]:
    """The network with its logits divided by the temperature that makes ``judged`` likeliest; and that temperature."""
    raw, y = logits(net, judged), np.array([sample.arabic for sample in judged])

    def loss(temperature: float) -> float:
        return float(np.mean(np.logaddexp(0, raw / temperature) - y * raw / temperature))

    best = min(np.geomspace(0.7, 6, 60), key=lambda temperature: loss(float(temperature)))
    return {**net, "outer": net["outer"] / best, "outer_bias": net["outer_bias"] / best}, float(best)


def right(net: dict[str, Floats], judged: list[Sample]) -> str:
    """Accuracy as text, for lines of one or two words and for longer ones."""
    parts = []
    for name, chosen in (
        ("1-2 words", [s for s in judged if s.words < 3]),
        ("3 and more", [s for s in judged if s.words >= 3]),
    ):
        if chosen:
            good = np.mean((logits(net, chosen) > 0) == np.array([s.arabic > 0.5 for s in chosen]))
            parts.append(f"{name}: {good:.2%} of {len(chosen)}")
    return ", ".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, fit, report, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--latin", nargs="+", type=Path, required=True, help="font files with Latin letters")
    parser.add_argument("--arab", nargs="+", type=Path, required=True, help="font files with Urdu letters")
    parser.add_argument("--held-out", nargs="*", default=[], help="parts of the names of faces kept for the end")
    parser.add_argument("--urdu-text", nargs="+", type=Path, required=True, help="UTF-8 text, plain or .xz")
    parser.add_argument("--lines", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=FOLDER / WEIGHTS)
    options = parser.parse_args(arguments)

    from wordfreq import top_n_list  # noqa: PLC0415  # only training needs wordfreq

    english = [word for word in top_n_list("en", 20000) if word.isascii() and word.isalpha()]
    everything = samples(
        count=options.lines,
        latin=sorted(options.latin),
        arab=sorted(options.arab),
        held_out=options.held_out,
        urdu=urdu_words(options.urdu_text),
        english=english,
        seed=options.seed,
    )
    unseen = [s for s in everything if s.held_out and s.arabic != 0.5]
    known = [s for s in everything if not s.held_out]
    later = [s for s in known[: len(known) // 10] if s.arabic != 0.5]
    net = fit(known[len(known) // 10 :], seed=options.seed)
    net, temperature = cooled(net, unseen or later)
    report = [
        f"seen faces: {right(net, later)}",
        f"held-out faces: {right(net, unseen)}",
        f"temperature {temperature:.2f}",
    ]
    sys.stdout.write("\n".join(report) + "\n")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.output, **{name: array.astype(np.float32) for name, array in net.items()})  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
