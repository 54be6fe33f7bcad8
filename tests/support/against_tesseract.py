"""What the built-in engine and Tesseract read in the same pictures, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.page.recognition import engine, tesseract
from ecp_ingest.page.recognition.models import Model

TOLERANCE = 1e-4
"""Of confidences from 0 to 100."""

Pixels = npt.NDArray[np.uint8]
Words = list[tuple[str, float]]


def tesseract_reads(pictures: Sequence[Pixels], model: Model, folder: Path) -> list[Words]:
    """In its own order, with confidences from 0 to 100."""
    paths = [folder / f"{n}.pgm" for n in range(len(pictures))]
    for path, pixels in zip(paths, pictures, strict=True):
        tesseract._write_pgm(path, pixels)
    listing = folder / "lines.txt"
    listing.write_text("".join(f"{path.absolute()}\n" for path in paths))
    table = tesseract._run(listing, model=model, timeout=600)
    (folder / "table.tsv").write_text(table)
    listing.unlink()
    return from_table(table, len(pictures))


def from_table(table: str, count: int) -> list[Words]:
    pages = tesseract.words_by_page(table)
    return [[(text, 100 * confidence) for text, _, confidence in pages.get(n + 1, [])] for n in range(count)]


def as_in_table(reading: engine.LineReading) -> Words:
    """What `tesseract.words_by_page` would make of it."""
    words = []
    for word in reading.words:
        if text := tesseract.plain_text(word.text):
            words.append((text, word.confidence))
    return words


def difference(expected: Words, found: Words) -> str:
    """What differs: words, order or confidences; empty if nothing does."""
    if [text for text, _ in expected] != [text for text, _ in found]:
        return "order" if sorted(t for t, _ in expected) == sorted(t for t, _ in found) else "words"
    close = all(abs(a - b) <= TOLERANCE for (_, a), (_, b) in zip(expected, found, strict=True))
    return "" if close else "confidences"


def odd_pictures(lines: Sequence[Pixels], count: int) -> Iterator[Pixels]:
    """Lines at heights where scaling takes a short cut, stretched and cut ones, tiny ones, flat ones, and noise."""
    random = np.random.default_rng(3)
    heights = (3, 4, 5, 8, 9, 12, 16, 18, 24, 25, 26, 32, 36, 45, 48, 51, 52, 60, 64, 70, 72, 90, 91, 96, 100, 128, 144)
    heights += (180, 192, 200, 256, 288, 300, 320, 384, 400, 512, 576, 768, 1024)
    for n in range(count):
        line = lines[int(random.integers(len(lines)))]
        height = heights[n % len(heights)] if n % 3 else int(random.integers(3, 400))
        width = round(line.shape[1] * height / line.shape[0] * random.choice([1, 1, 0.5, 1.7]))
        width = min(max(3, width), 4_000)  # of more than 32,767 Tesseract refuses the whole list
        how = cv2.INTER_AREA if height < line.shape[0] else cv2.INTER_LINEAR
        match n % 10:
            case 0:
                yield random.integers(0, 256, (height, min(width, 900))).astype(np.uint8)
            case 1:
                grey = int(random.choice([0, 1, 128, 254, 255]))
                yield np.full((height, int(random.integers(3, 500))), grey, np.uint8)
            case 2:
                left = int(random.integers(max(1, line.shape[1] - 3)))
                yield np.ascontiguousarray(line[:, left : left + int(random.integers(3, 40))])
            case 3:
                yield np.asarray(255 - cv2.resize(line, (width, height), interpolation=how), np.uint8)
            case 4:
                noisy = line + random.normal(0, random.uniform(1, 60), line.shape)
                yield np.clip(noisy, 0, 255).astype(np.uint8)
            case 5:
                yield np.ascontiguousarray(line[:: int(random.choice([1, -1])), :: int(random.choice([-1, 2]))])
            case _:
                yield np.asarray(cv2.resize(line, (width, height), interpolation=how), np.uint8)
