"""The values that flow through the stages, in the order in which they come to be.

    Scan → TextPage | PicturePage → PageImage → PageLayout → ReadPage → Paragraph

All are frozen; arrays in them are read-only. Two frames of coordinates exist, and every box says which it is in:

* **scan**: pixels of the page as scanned, origin top left. Records hold only these.
* **page image**: pixels of the cleaned page (turned, straightened, brought to ``WORKING_DPI``). Between cleanup and
  recognition only; ``PageImage.to_scan`` leads back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
Script = Literal["Latn", "Arab"]
Direction = Literal["ltr", "rtl"]
ParagraphKind = Literal["letterhead", "heading", "dateline", "body", "caption", "signature", "footer", "other"]

WORKING_DPI = 300
"""Resolution of every page image: what Tesseract's models and ours were trained near."""


class Box(NamedTuple):
    """``[left, top, right, bottom]`` in pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    def overlap(self, other: Box) -> int:
        """Shared area in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0


def around(boxes: list[Box]) -> Box:
    """The smallest box that holds all of ``boxes`` (at least one)."""
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


def frozen(array: Pixels) -> Pixels:
    """The same array, set read-only."""
    array.setflags(write=False)
    return array


# ── the source ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Scan:
    """A source that was opened and is worth reading. Cheap to pickle: pages are loaded by number, where needed."""

    path: str
    file_name: str
    sha256: str
    media_type: str
    byte_size: int
    page_count: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word in logical order, NFC; ``bbox`` is None where the source has no geometry (earlier OCR text)."""

    text: str
    bbox: Box | None
    confidence: float | None
    """0–1; None where nothing measured it."""
    engine_confidence: float | None = None
    """What the engine said, 0–1, where ``confidence`` is what was made of it."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text layer or of an earlier run's text, words in logical order. Boxes in the scan frame."""

    words: tuple[Word, ...]
    bbox: Box | None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page whose text is there already and can be trusted.

    ``blocks`` are groups of lines that stand together (a PDF's column or paragraph, a text file's paragraph), in the
    order in which they stand. ``width``, ``height`` and ``dpi`` are those of the page rasterised at ``dpi``;
    None for plain text.
    """

    number: int
    width: int | None
    height: int | None
    dpi: float | None
    blocks: tuple[tuple[TextLine, ...], ...]
    why: str


@dataclass(frozen=True, eq=False, slots=True)
class PicturePage:
    """A page that must be recognised: H×W (grey) or H×W×3 (RGB) uint8, exactly as scanned."""

    number: int
    pixels: Pixels
    dpi: float | None
    """Across the page, as the file says, where that is plausible; else None, and cleanup estimates it."""
    why: str
    dpi_source: Literal["file", "setting"] = "file"
    pixel_aspect: float = 1.0
    """Height of a pixel over its width: 2.08 for a fax of 204 × 98 dpi, which cleanup stretches."""


# ── the cleaned page ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class PageImage:
    """The page as the engine should see it: upright, straight, evenly lit, at ``WORKING_DPI``."""

    pixels: Pixels
    """H×W uint8 grey, dark ink on light paper."""
    ink: Pixels
    """H×W uint8, 1 where there is ink, else 0."""
    to_scan: Matrix
    """2×3 affine: (x, y, 1) in the page image → (x, y) in the scan."""
    rotation: int
    """Quarter turns taken back, in degrees clockwise that the scan was turned to stand upright: 0, 90, 180, 270."""
    skew: float
    """Degrees (counter-clockwise positive) that were taken out after that."""
    dpi: float
    """Of the scan, as told or estimated."""
    dpi_source: Literal["file", "estimated", "setting"]
    scan_width: int
    scan_height: int
    is_blank: bool

    def box_in_scan(self, box: Box) -> Box:
        """The scan-frame box around a page-image box, clipped to the page."""
        corners = np.array(
            [[box.left, box.top, 1], [box.right, box.top, 1], [box.left, box.bottom, 1], [box.right, box.bottom, 1]],
            dtype=np.float64,
        )
        x, y = (corners @ self.to_scan.T).T
        return Box(
            int(np.clip(np.floor(x.min()), 0, self.scan_width - 1)),
            int(np.clip(np.floor(y.min()), 0, self.scan_height - 1)),
            int(np.clip(np.ceil(x.max()), 1, self.scan_width)),
            int(np.clip(np.ceil(y.max()), 1, self.scan_height)),
        )


# ── layout ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class LineImage:
    """One line of ink, cut out, with the ink of its neighbours erased."""

    bbox: Box
    """In the page image, ``pixels`` covers exactly this."""
    pixels: Pixels
    """H×W uint8 grey, paper-coloured margin included."""


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """Lines that stand together in one column, top to bottom."""

    bbox: Box
    """In the page image."""
    lines: tuple[LineImage, ...]


@dataclass(frozen=True, eq=False, slots=True)
class PageLayout:
    regions: tuple[Region, ...]
    """Top to bottom, left to right: reading order is decided when the languages are known."""
    pictures: tuple[Box, ...]
    """Photographs and seals, in the page image."""


# ── what was read ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ScriptChoice:
    """What a line was taken for before it was recognised, and why."""

    script: Script
    language: str
    """``eng`` or ``urd``: the model's language, ISO 639-3."""
    confidence: float
    evidence: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as recognised or as the text layer has it. Boxes in the scan frame."""

    words: tuple[Word, ...]
    bbox: Box | None
    choice: ScriptChoice

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class ReadRegion:
    """Lines that stand together. Boxes in the scan frame; ``upright`` is the box with the page's rotation and skew
    taken out (page-image frame for recognised pages), which is what reading order and indents are judged by."""

    bbox: Box | None
    upright: Box | None
    lines: tuple[ReadLine, ...]
    upright_lines: tuple[Box | None, ...]
    """One for each of ``lines``."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What provenance says of one page."""

    number: int
    width: int | None
    height: int | None
    dpi: float | None
    origin: Literal["text_layer", "ocr", "earlier_ocr"]
    why: str
    rotation: int = 0
    skew: float = 0.0
    dpi_source: str | None = None
    blank: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    """Per stage."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small grey picture of the page as scanned, as JPEG; it never gets into a record."""

    jpeg: bytes
    scale: float
    """Its pixels per pixel of the scan."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    facts: PageFacts
    regions: tuple[ReadRegion, ...]
    pictures: tuple[Box, ...]
    """Scan frame."""
    upright_pictures: tuple[Box, ...]
    thumbnail: Thumbnail | None = None
    """What the sheet looks like, to hold it against others of its source; None where nothing was scanned."""


@dataclass(frozen=True, slots=True)
class FailedPage:
    number: int
    stage: str
    message: str


# ── the release ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a paragraph, and the page on which it stands."""

    page: int
    line: ReadLine


@dataclass(frozen=True, slots=True)
class Paragraph:
    """In reading order, possibly over a page end. ``recognised`` is what engine or text layer gave, unchanged."""

    id: str
    kind: ParagraphKind
    language: str
    script: Script
    lines: tuple[PlacedLine, ...]
    recognised: str

    @property
    def direction(self) -> Direction:
        return "rtl" if self.script == "Arab" else "ltr"

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def confidence(self) -> float | None:
        """Mean over the words, each weighed by its length; None where nothing was measured."""
        weighed = [(w.confidence, len(w.text)) for p in self.lines for w in p.line.words if w.confidence is not None]
        total = sum(length for _, length in weighed)
        return sum(c * length for c, length in weighed) / total if total else None
