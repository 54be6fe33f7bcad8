"""HTML of the bench → pages with a box for every word, as the printed PDF itself tells them."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pikepdf
import pypdfium2

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker.bench.sheet import (
    FIRST_FIGURE,
    PAPERS,
    WORD_LINK,
    Arrangement,
    Look,
    bench_sheets,
    wanted_sheets,
)
from tests.samples_maker.printing import print_pdf, rasterise
from tests.samples_maker.release_texts import ReleaseText

Corners = npt.NDArray[np.float64]
"""4×2, (x, y), clockwise from the top left as printed: a box that was turned or bent is no longer one."""

INK_DPI = 300


@dataclass(frozen=True, slots=True, eq=False)
class MarkedPage:
    """A page, and where on it everything stands, in its own pixels."""

    pixels: Pixels
    words: dict[int, Corners]
    """Number of the word (from 1, in reading order) → its ink."""
    figures: tuple[Corners, ...]
    """Seals, photographs, stamps, signatures."""
    rotation: int = 0
    """Degrees clockwise (0, 90, 180, 270) that would bring it upright."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A release as printed, before any scanner. Boxes in points, ``[left, top, right, bottom]``."""

    pdf: bytes
    words: tuple[dict[int, tuple[float, float, float, float]], ...]
    """One for each page."""
    figures: tuple[tuple[tuple[float, float, float, float], ...], ...]
    lines: dict[int, tuple[int, float]]
    """Number of the word → (0-based page, height of its line on it): words of a paragraph with the same stand in one
    line."""

    def pages(self, dpi: int) -> list[MarkedPage]:
        """RGB, with nothing done to it."""
        return [
            MarkedPage(
                pixels,
                {number: _corners(box, dpi / 72) for number, box in words.items()},
                tuple(_corners(box, dpi / 72) for box in figures),
            )
            for pixels, words, figures in zip(
                rasterise(self.pdf, dpi)[: len(self.words)], self.words, self.figures, strict=True
            )
        ]


def print_release(release: ReleaseText, arrangement: Arrangement, look: Look, *, seal: bool) -> Print:
    """On the first paper that holds it without a sheet more than the arrangement wants; ValueError where none does."""
    for paper in PAPERS:
        pdf = print_pdf(bench_sheets(release, arrangement, look, paper, seal=seal))
        with pypdfium2.PdfDocument(pdf) as document:
            fits = len(document) == 2 * wanted_sheets(arrangement)
        if fits:
            return _read(pdf, release)
    raise ValueError(f"{release.name} is too long for any paper, {arrangement}")


def _read(pdf: bytes, release: ReleaseText) -> Print:
    """Raises RuntimeError where a word isn't to be seen, or runs over the edge of a page: then there is an error in the
    style sheet."""
    total = sum(len(paragraph.text.split()) for paragraph in release.paragraphs)
    lines = _lines(pdf)
    with pypdfium2.PdfDocument(pdf) as document:
        half = len(document) // 2
        inks = [_ink(document[page]) for page in range(half, len(document))]
    words = tuple({n: box for n, box in ink.items() if 0 < n <= total} for ink in inks)
    seen = Counter(number for ink in words for number in ink)
    lost = [n for n in range(1, total + 1) if seen[n] != 1 or n not in lines or n not in words[lines[n][0] - half]]
    if lost:
        raise RuntimeError(f"{release.name}: words not once there in print: {lost}")
    return Print(
        pdf=pdf,
        words=words,
        figures=tuple(tuple(box for n, box in ink.items() if n >= FIRST_FIGURE) for ink in inks),
        lines={number: (page - half, height) for number, (page, height) in lines.items()},
    )


def _lines(pdf: bytes) -> dict[int, tuple[int, float]]:
    """Number of the word → (page of the PDF, upper edge of the link in points): links in one line have one height,
    whatever the letters in them."""
    lines: dict[int, tuple[int, float]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for place, page in enumerate(document.pages):
            for link in page.get("/Annots", ()):
                number = int(str(link.A.URI).removeprefix(WORD_LINK))
                lines[number] = (place, round(float(link.Rect[3]), 1))
    return lines


def _ink(page: pypdfium2.PdfPage) -> dict[int, tuple[float, float, float, float]]:
    """Colour as a number → box of all that has it, in points. Drawn without smoothing, a colour is never mixed."""
    drawn = page.render(
        scale=INK_DPI / 72, no_smoothtext=True, no_smoothimage=True, no_smoothpath=True, draw_annots=False
    )
    red, green, blue = np.moveaxis(np.array(drawn.to_pil().convert("RGB"), dtype=np.int64), -1, 0)
    colours = red << 16 | green << 8 | blue
    y, x = np.nonzero(colours != 0xFFFFFF)
    found, which = np.unique(colours[y, x], return_inverse=True)
    edges = np.empty((len(found), 4), dtype=np.int64)
    edges[:] = (*colours.shape[::-1], 0, 0)
    for column, (value, fold) in enumerate(
        ((x, np.minimum), (y, np.minimum), (x + 1, np.maximum), (y + 1, np.maximum))
    ):
        fold.at(edges[:, column], which, value)
    points = (edges * 72 / INK_DPI).tolist()
    return {int(n): (box[0], box[1], box[2], box[3]) for n, box in zip(found, points, strict=True)}


def _corners(box: tuple[float, float, float, float], scale: float) -> Corners:
    left, top, right, bottom = (edge * scale for edge in box)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
