"""Line images → words with boxes and confidences. The one caller of Tesseract, through pytesseract.

Many lines, one engine run: loading a model takes longer than reading a line, so the crops of one language are written
as raw PGM (nothing to compress, nothing to unpack) beside a text file that lists them, which is Tesseract's own batch
mode; its answer numbers them as pages. Lines were found before, hence ``--psm 13``: the crop is one line, taken as it
is, with none of the engine's own layout analysis or its guesses about the height of Latin letters.

Urdu comes out in logical order: the model reads ink from left to right, Tesseract turns the letters of words around,
and the order of the words is settled here.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytesseract

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import LineImage
from ecp_ingest.document.text import Word, mean_confidence
from ecp_ingest.errors import MissingModelError, PageTimeoutError, RecognitionError
from ecp_ingest.language.folding import BIDI_CONTROLS
from ecp_ingest.language.scripts import is_mostly_arabic
from ecp_ingest.page.recognition.models import Model, how_to_install, no_program
from ecp_ingest.page.recognition.wide_gaps import closed, whole
from ecp_ingest.page.recognition.word_boxes import tightened
from ecp_ingest.page.recognition.word_order import RawWord, right_to_left, with_marks_in_place

ENGINE_OPTIONS = "--psm 13 --oem 1 --dpi 300 -c tessedit_do_invert=0"
"""``tessedit_do_invert``: a line read with little confidence would be read again in negative, which costs half as much
again on aged pages and gains nothing, since white print was turned dark before. Dictionaries stay on: leaving them out
changed neither a letter nor the time. ``--psm 7`` on the same crops and ``--psm 6`` made half as many errors again."""

SMALLEST = 3
"""Pixels: a crop less wide or high holds no letter, and the engine complains about it."""

RTL = ("urd", "ara", "fas", "snd", "pus")


_BIDI_CONTROL = re.compile(f"[{BIDI_CONTROLS}]")


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """Words in logical order, NFC, without bidi controls; boxes in the page image, confidence 0–1."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """As ``mean_confidence`` has it; 0 without words."""
        return mean_confidence(self.words) or 0.0


def recognise(lines: Sequence[LineImage], *, model: Model, timeout: float) -> tuple[RecognisedLine, ...]:
    """One ``RecognisedLine`` for each of ``lines``, in their order; blank or tiny crops give no words.

    ``timeout`` is in seconds, for all lines together. Raises PageTimeoutError, RecognitionError,
    MissingModelError or MissingProgramError.
    """
    read: list[tuple[Word, ...]] = [()] * len(lines)
    asked = [i for i, line in enumerate(lines) if min(line.pixels.shape[:2]) >= SMALLEST]
    if not asked:
        return tuple(map(RecognisedLine, read))
    rtl = model.language in RTL
    with tempfile.TemporaryDirectory(prefix="ecp_ingest_") as folder:
        paths = [Path(folder, f"{i}.pgm") for i in asked]
        # Gaps are part of how Nastaliq is set; only Latin is better read without wide ones.
        shown = [whole(lines[i].pixels) if rtl else closed(lines[i].pixels) for i in asked]
        for line, path in zip(shown, paths, strict=True):
            _write_pgm(path, line.pixels)
        listing = Path(folder, "lines.txt")
        listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        table = _run(listing, model=model, timeout=timeout)
    for page, words in words_by_page(table).items():
        placed = [(text, shown[page - 1].in_line(box), confidence) for text, box, confidence in words]
        read[asked[page - 1]] = _place(placed, lines[asked[page - 1]], rtl=rtl)
    return tuple(map(RecognisedLine, read))


# ── the engine ────────────────────────────────────────────────────────────────────────────────────────────────────


def _run(listing: Path, *, model: Model, timeout: float) -> str:
    """Tesseract's table (TSV) for the images that ``listing`` names."""
    # Its OpenMP threads wait for each other by spinning: with them a page takes longer and eats all cores.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        table: str = pytesseract.image_to_data(
            str(listing),
            lang=model.name,
            config=f"--tessdata-dir {shlex.quote(str(model.path.parent))} {ENGINE_OPTIONS}",
            timeout=timeout,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise no_program() from error
    except pytesseract.TesseractError as error:
        raise _complaint(error, model) from error
    except RuntimeError as error:  # pytesseract has no class of its own for this
        if "timeout" not in str(error):
            raise
        raise PageTimeoutError(
            f"Tesseract took longer than {timeout:.3g} s with model '{model.name}'; allow more with --page-timeout"
        ) from error
    return table


def _complaint(error: pytesseract.TesseractError, model: Model) -> RecognitionError | MissingModelError:
    message = re.sub(r"Page \d+ : \S+\s*", "", str(error.message)).strip()
    if "Failed loading language" in message or "Error opening data file" in message:
        return MissingModelError(f"Tesseract can't load {model.path}: {how_to_install(model.name)}")
    if error.status < 0:
        return RecognitionError(f"Tesseract crashed (signal {-error.status}) with model '{model.name}': {message}")
    return RecognitionError(f"Tesseract refused (exit code {error.status}) with model '{model.name}': {message}")


# ── its input and its answer ──────────────────────────────────────────────────────────────────────────────────────


def _write_pgm(path: Path, pixels: Pixels) -> None:
    height, width = pixels.shape
    with path.open("wb") as file:
        file.write(b"P5 %d %d 255\n" % (width, height))
        file.write(np.ascontiguousarray(pixels).data)


def words_by_page(table: str) -> dict[int, list[RawWord]]:
    """Tesseract's TSV → page number (1-based) → text, box in the crop, confidence 0–1, in the engine's order."""
    pages: dict[int, list[RawWord]] = {}
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5":
            continue
        text = unicodedata.normalize("NFC", _BIDI_CONTROL.sub("", cells[11])).strip()
        if text:
            left, top, width, height = map(int, cells[6:10])
            box = Box(left, top, left + width, top + height)
            pages.setdefault(int(cells[1]), []).append((text, box, min(1.0, max(0.0, float(cells[10]) / 100))))
    return pages


def _place(words: list[RawWord], line: LineImage, *, rtl: bool) -> tuple[Word, ...]:
    """The words in logical order, their boxes tight around the ink and in the page image."""
    visual = sorted(words, key=lambda word: word[1].left)
    boxes = tightened([box for _, box, _ in visual], line.pixels)
    tight = {id(word): (word[0], box, word[2]) for word, box in zip(visual, boxes, strict=True)}
    turned = rtl and any(is_mostly_arabic(text) for text, *_ in words)
    logical = right_to_left([tight[id(w)] for w in visual]) if turned else [tight[id(w)] for w in words]
    left, top = line.bbox.left, line.bbox.top
    return tuple(
        Word(
            with_marks_in_place(text) if rtl else text,
            Box(left + box.left, top + box.top, left + box.right, top + box.bottom),
            confidence,
        )
        for text, box, confidence in logical
    )
