"""Reads line images with Tesseract, through pytesseract: words with boxes and confidences. Its only caller.

One engine run reads many lines, because loading a model takes longer than reading a line. The line images of one
language are written as raw PGM (no compression) with a text file that lists them: Tesseract's own batch mode, which
numbers them as pages. The lines were found before, hence ``--psm 13``: the image is one line, without Tesseract's own
layout analysis or its assumptions about the height of Latin letters.

Urdu words come in logical order: the model reads ink from left to right, Tesseract reverses the letters of each word,
and this module orders the words.
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
from ecp_ingest.language.languages import KNOWN
from ecp_ingest.language.scripts import is_mostly_arabic
from ecp_ingest.page.recognition.models import Model, how_to_install, no_program
from ecp_ingest.page.recognition.wide_gaps import closed, whole
from ecp_ingest.page.recognition.word_boxes import tightened
from ecp_ingest.page.recognition.word_order import RawWord, right_to_left, with_marks_in_place

ENGINE_OPTIONS = "--psm 13 --oem 1 --dpi 300 -c tessedit_do_invert=0"
"""``tessedit_do_invert=0``: otherwise Tesseract reads each line of low confidence again in negative. That takes 50 %
more time on aged pages and gains nothing, because white print was inverted before. Dictionaries stay on: without them
neither a letter nor the time changed. ``--psm 7`` and ``--psm 6`` on the same images made 50 % more errors."""

SMALLEST = 3
"""Pixels: a line image less wide or high holds no letter, and Tesseract reports an error about it."""

_TSV_COLUMNS = 12
_WORD_LEVEL = "5"
"""Value of the column ``level`` in a row of Tesseract's TSV that holds a word."""

_BIDI_CONTROL = re.compile(f"[{BIDI_CONTROLS}]")


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """The words of a line in logical order, NFC, without bidi controls; boxes in the page image, confidence 0–1."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words; 0 without words."""
        return mean_confidence(self.words) or 0.0


def recognise(lines: Sequence[LineImage], *, model: Model, timeout: float) -> tuple[RecognisedLine, ...]:
    """Read ``lines`` with ``model``; one ``RecognisedLine`` for each, without words if its image is blank or tiny.

    ``timeout`` is in seconds, for all lines together.

    Raises:
        PageTimeoutError: Tesseract took longer than ``timeout``.
        RecognitionError: Tesseract crashed or failed.
        MissingModelError: Tesseract can't load the model.
        MissingProgramError: Tesseract isn't installed.
    """
    read: list[tuple[Word, ...]] = [()] * len(lines)
    readable = [i for i, line in enumerate(lines) if min(line.pixels.shape[:2]) >= SMALLEST]
    if not readable:
        return tuple(map(RecognisedLine, read))
    rtl = reads_right_to_left(model)
    with tempfile.TemporaryDirectory(prefix="ecp_ingest_") as folder:
        paths = [Path(folder, f"{i}.pgm") for i in readable]
        # Wide gaps belong to the typesetting of Nastaliq; only Latin is read better without them.
        images = [whole(lines[i].pixels) if rtl else closed(lines[i].pixels) for i in readable]
        for image, path in zip(images, paths, strict=True):
            _write_pgm(path, image.pixels)
        listing = Path(folder, "lines.txt")
        listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        table = _run(listing, model=model, timeout=timeout)
    for page, words in words_by_page(table).items():
        placed = [(text, images[page - 1].in_line(box), confidence) for text, box, confidence in words]
        read[readable[page - 1]] = placed_words(placed, lines[readable[page - 1]], rtl=rtl)
    return tuple(map(RecognisedLine, read))


# ── the engine ────────────────────────────────────────────────────────────────────────────────────────────────────


def _run(listing: Path, *, model: Model, timeout: float) -> str:
    """Tesseract's table (TSV) for the images that ``listing`` names."""
    # Tesseract's OpenMP threads wait for each other in a busy loop: a page takes longer and uses all cores.
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
        raise _as_ours(error, model) from error
    except RuntimeError as error:  # pytesseract has no exception class of its own for a timeout
        if "timeout" not in str(error):
            raise
        raise PageTimeoutError(
            f"Tesseract took longer than {timeout:.3g} s with model '{model.name}'; allow more with --page-timeout"
        ) from error
    return table


def _as_ours(error: pytesseract.TesseractError, model: Model) -> RecognitionError | MissingModelError:
    """The error of this package for an error of Tesseract."""
    message = re.sub(r"Page \d+ : \S+\s*", "", str(error.message)).strip()
    if "Failed loading language" in message or "Error opening data file" in message:
        return MissingModelError(f"Tesseract can't load {model.path}: {how_to_install(model.name)}")
    if error.status < 0:
        return RecognitionError(f"Tesseract crashed (signal {-error.status}) with model '{model.name}': {message}")
    return RecognitionError(f"Tesseract refused (exit code {error.status}) with model '{model.name}': {message}")


# ── the engine's input and output ─────────────────────────────────────────────────────────────────────────────────


def _write_pgm(path: Path, pixels: Pixels) -> None:
    height, width = pixels.shape
    with path.open("wb") as file:
        file.write(b"P5 %d %d 255\n" % (width, height))
        file.write(np.ascontiguousarray(pixels).data)


def words_by_page(table: str) -> dict[int, list[RawWord]]:
    """Tesseract's TSV as page number (1-based) → words in Tesseract's order, with boxes in the line image."""
    pages: dict[int, list[RawWord]] = {}
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) != _TSV_COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        text = plain_text(cells[11])
        if text:
            left, top, width, height = map(int, cells[6:10])
            box = Box(left, top, left + width, top + height)
            pages.setdefault(int(cells[1]), []).append((text, box, min(1.0, max(0.0, float(cells[10]) / 100))))
    return pages


def reads_right_to_left(model: Model) -> bool:
    return model.language in KNOWN and KNOWN[model.language].direction == "rtl"


def plain_text(text: str) -> str:
    """NFC, without bidi controls, and without spaces at both ends."""
    return unicodedata.normalize("NFC", _BIDI_CONTROL.sub("", text)).strip()


def placed_words(words: list[RawWord], line: LineImage, *, rtl: bool) -> tuple[Word, ...]:
    """The words in logical order, with boxes in the page image that are tight around the ink."""
    visual = sorted(words, key=lambda word: word[1].left)
    boxes = tightened([box for _, box, _ in visual], line.pixels)
    tight = {id(word): (word[0], box, word[2]) for word, box in zip(visual, boxes, strict=True)}
    reverse = rtl and any(is_mostly_arabic(text) for text, *_ in words)
    logical = right_to_left([tight[id(w)] for w in visual]) if reverse else [tight[id(w)] for w in words]
    left, top = line.bbox.left, line.bbox.top
    return tuple(
        Word(
            with_marks_in_place(text) if rtl else text,
            Box(left + box.left, top + box.top, left + box.right, top + box.bottom),
            confidence,
        )
        for text, box, confidence in logical
    )
