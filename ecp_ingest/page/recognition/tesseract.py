"""Line images → words with boxes and confidences. The one caller of Tesseract, through pytesseract.

Many lines, one engine run: loading a model takes longer than reading a line, so the crops of one language are written
as raw PGM (nothing to compress, nothing to unpack) beside a text file that lists them, which is Tesseract's own batch
mode; its answer numbers them as pages. Lines were found before, hence ``--psm 13``: the crop is one line, taken as it
is, with none of the engine's own layout analysis or its guesses about the height of Latin letters.

Urdu comes out in logical order: the model reads ink from left to right, Tesseract turns the letters of words around,
and the order of the words is settled here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytesseract

from ecp_ingest.document import Box, LineImage, Pixels, Word, sureness
from ecp_ingest.errors import MissingModelError, MissingProgramError, PageTimeoutError, RecognitionError
from ecp_ingest.page.recognition.wide_gaps import closed, whole
from ecp_ingest.page.recognition.word_order import RawWord, is_arabic, right_to_left, with_marks_in_place

ENGINE_OPTIONS = "--psm 13 --oem 1 --dpi 300 -c tessedit_do_invert=0"
"""``tessedit_do_invert``: a line read with little confidence would be read again in negative, which costs half as much
again on aged pages and gains nothing, since white print was turned dark before. Dictionaries stay on: leaving them out
changed neither a letter nor the time. ``--psm 7`` on the same crops and ``--psm 6`` made half as many errors again."""

SMALLEST = 3
"""Pixels: a crop less wide or high holds no letter, and the engine complains about it."""

RTL = ("urd", "ara", "fas", "snd", "pus")


_BIDI_CONTROLS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_OWN_MODELS = (Path(__file__).parents[2] / "tessdata", Path(__file__).parents[3] / "tessdata")
"""Inside an installed wheel; beside the package in a checkout."""


@dataclass(frozen=True, slots=True)
class Model:
    """A traineddata file. ``language`` is ISO 639-3: what the name says before its first underscore."""

    name: str
    path: Path
    sha256: str
    language: str


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """Words in logical order, NFC, without bidi controls; boxes in the page image, confidence 0–1."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """As `sureness` has it."""
        return sureness(self.words)


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


def find_model(name: str, *, language: str | None = None, tessdata_dir: str | None) -> Model:
    """The model called ``name``: in ``tessdata_dir``, else among the package's own, else among the system's.

    ``language`` is what it reads (ISO 639-3); if it isn't told, the name's beginning is taken for it.
    """
    for folder in (*([Path(tessdata_dir)] if tessdata_dir else []), *_OWN_MODELS, *_system_folders()):
        path = folder / f"{name}.traineddata"
        if path.is_file():
            path = path.absolute()
            return Model(name, path, _sha256(path, path.stat().st_mtime_ns), language or name.partition("_")[0])
    raise MissingModelError(f"no Tesseract model '{name}': {_remedy(name)}")


def engine_version() -> str:
    """As Tesseract tells it, e.g. ``5.3.0``."""
    try:
        return str(pytesseract.get_tesseract_version(cached=True))
    except pytesseract.TesseractNotFoundError as error:
        raise _no_program() from error


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
        raise _no_program() from error
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
        return MissingModelError(f"Tesseract can't load {model.path}: {_remedy(model.name)}")
    if error.status < 0:
        return RecognitionError(f"Tesseract crashed (signal {-error.status}) with model '{model.name}': {message}")
    return RecognitionError(f"Tesseract refused (exit code {error.status}) with model '{model.name}': {message}")


def _no_program() -> MissingProgramError:
    return MissingProgramError("Tesseract isn't installed: sudo apt-get install tesseract-ocr")


def _remedy(name: str) -> str:
    if "_" in name:
        return "it comes with ecp-ingest; reinstall it, or name the folder that holds it with --tessdata-dir"
    return f"sudo apt-get install tesseract-ocr-{name}"


def _system_folders() -> tuple[Path, ...]:
    """Where the engine itself looks, as it tells."""
    told = os.environ.get("TESSDATA_PREFIX")
    return (*([Path(told)] if told else []), *_compiled_in(str(pytesseract.pytesseract.tesseract_cmd)))


@lru_cache
def _compiled_in(program: str) -> tuple[Path, ...]:
    """``tesseract --list-langs`` begins: List of available languages in "FOLDER" (3):"""
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=30)
    except OSError as error:
        raise _no_program() from error
    folder = re.search(r'"(.+)"', listed.stdout.partition("\n")[0])
    return (*([Path(folder[1])] if folder else []), Path("/usr/share/tesseract-ocr/5/tessdata"))


@lru_cache
def _sha256(path: Path, mtime_ns: int) -> str:
    del mtime_ns  # part of the cache's key only
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        text = unicodedata.normalize("NFC", cells[11].translate(_BIDI_CONTROLS)).strip()
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
    turned = rtl and any(is_arabic(text) for text, *_ in words)
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


def tightened(boxes: list[Box], pixels: Pixels) -> list[Box]:
    """Boxes from left to right, parted where the paper shows between them, each no higher than its ink.

    With ``--psm 13`` the engine knows the line only as one shape: it gives the first word the whole line's box,
    others the whole line's height, and parts words by the network's time steps, which are wider than a thin stroke.
    """
    ink = pixels < (int(pixels.min()) + int(pixels.max())) / 2
    inked = np.asarray(ink.any(axis=0))
    edges = [_white_gap(inked, before, after, near=len(ink) // 4) for before, after in pairwise(boxes)]
    starts = [boxes[0].left, *(after for _, after in edges)] if boxes else []
    ends = [*(before for before, _ in edges), boxes[-1].right] if boxes else []
    tight = []
    for start, end, box in zip(starts, ends, boxes, strict=True):
        columns = np.flatnonzero(inked[start:end])
        if len(columns):
            rows = np.flatnonzero(ink[:, start:end].any(axis=1))
            left, right = start + int(columns[0]), start + int(columns[-1]) + 1
            tight.append(Box(left, int(rows[0]), right, int(rows[-1]) + 1))
        else:
            tight.append(box)
    return tight


def _white_gap(inked: npt.NDArray[np.bool_], before: Box, after: Box, *, near: int) -> tuple[int, int]:
    """Where the one word ends and the next begins: the widest white gap near to where the engine parts them.

    ``inked``: the columns that hold ink; ``near``: pixels.
    """
    first = max(before.left, min(before.right, after.left) - near)
    columns = inked[first : after.left + near]
    change = np.flatnonzero(np.diff(columns.astype(np.int8), prepend=1, append=1))
    gaps = change[: len(change) // 2 * 2].reshape(-1, 2)
    if not len(gaps):  # Nastaliq words reach over each other
        return max(before.left, after.left), after.left
    left, right = gaps[np.argmax(gaps[:, 1] - gaps[:, 0])]
    return first + int(left), first + int(right)
