"""The values that flow through the stages, in the order in which they come to be.

    Scan → TextPage | PicturePage → PageImage → PageLayout → ReadPage → Paragraph

All are frozen; arrays in them are read-only. Two frames of coordinates exist, and every box says which it is in:

* **scan**: pixels of the page as scanned, origin top left. Records hold only these.
* **page image**: pixels of the cleaned page (turned, straightened, brought to ``WORKING_DPI``). Between cleanup and
  recognition only; ``PageImage.to_scan`` leads back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def sureness(words: Sequence[Word]) -> float:
    """Mean confidence, words weighed by their lengths, 0 where nothing was measured; 0 without any words."""
    total = sum(len(word.text) for word in words)
    return sum((word.confidence or 0.0) * len(word.text) for word in words) / total if total else 0.0


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
class Mesh:
    """Where a sheet that was tilted or bent lies on the scan: flattened, it has the size ``width`` × ``height``."""

    nodes: Matrix
    """R×C×2: (x, y) on the scan of an even grid over the flattened sheet, edges included."""
    width: float
    height: float

    def in_scan(self, points: Matrix) -> Matrix:
        """N×2, (x, y) on the flattened sheet → on the scan; bilinear, and beyond the edges as in the last cells."""
        rows, columns = self.nodes.shape[:2]
        x = points[:, 0] * ((columns - 1) / self.width)
        y = points[:, 1] * ((rows - 1) / self.height)
        left = np.clip(np.floor(x), 0, columns - 2).astype(np.intp)
        top = np.clip(np.floor(y), 0, rows - 2).astype(np.intp)
        u, v = (x - left)[:, None], (y - top)[:, None]
        upper = self.nodes[top, left] * (1 - u) + self.nodes[top, left + 1] * u
        lower = self.nodes[top + 1, left] * (1 - u) + self.nodes[top + 1, left + 1] * u
        return np.asarray(upper * (1 - v) + lower * v, dtype=np.float64)

    def scaled(self, across: float, down: float) -> Mesh:
        """For a scan whose pixels are so much finer; the flattened sheet is finer by ``across`` both ways."""
        return Mesh(self.nodes * np.array([across, down]), self.width * across, self.height * across)


@dataclass(frozen=True, eq=False, slots=True)
class PageImage:
    """The page as the engine should see it: upright, straight, evenly lit, at ``WORKING_DPI``."""

    pixels: Pixels
    """H×W uint8 grey, dark ink on light paper."""
    ink: Pixels
    """H×W uint8, 1 where there is ink, else 0."""
    to_scan: Matrix
    """2×3 affine: (x, y, 1) in the page image → (x, y) in the scan, or on the flattened sheet where there is one."""
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
    sheet: Mesh | None = None
    """The sheet that was flattened; None where the whole scan is the page."""

    def in_scan(self, points: Matrix) -> Matrix:
        """N×2, (x, y) in the page image → in the scan."""
        flat = points @ self.to_scan[:, :2].T + self.to_scan[:, 2]
        return flat if self.sheet is None else self.sheet.in_scan(flat)

    def from_scan(self, points: Matrix) -> Matrix:
        """N×2, (x, y) in the scan → in the page image."""
        back = np.linalg.inv(self.to_scan[:, :2])
        found = (points - self.to_scan[:, 2]) @ back.T
        if self.sheet is None:
            return found
        # Newton's method: from the middle of the page image, with the slope at each place.
        found = np.broadcast_to(np.array(self.pixels.shape[::-1]) / 2, points.shape).astype(np.float64)
        for _ in range(12):
            here = self.in_scan(found)
            slopes = np.stack([self.in_scan(found + step) - here for step in np.eye(2)], axis=-1)
            found = found + np.linalg.solve(slopes, (points - here)[..., None])[..., 0]
        return found

    def box_in_scan(self, box: Box) -> Box:
        """The scan-frame box around a page-image box, clipped to the page."""
        if self.sheet is None:  # corners do; a page has hundreds of words, and numpy is slow with so few numbers
            (a, b, c), (d, e, f) = self.to_scan.tolist()
            corners = [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
            xs, ys = [a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners]
        else:
            along = np.linspace(0, 1, 9)
            across, down = box.left + along * box.width, box.top + along * box.height
            edges = [(across, np.full_like(along, y)) for y in (box.top, box.bottom)]
            edges += [(np.full_like(along, x), down) for x in (box.left, box.right)]
            xs, ys = self.in_scan(np.concatenate([np.column_stack(edge) for edge in edges])).T.tolist()
        return Box(
            min(max(math.floor(min(xs)), 0), self.scan_width - 1),
            min(max(math.floor(min(ys)), 0), self.scan_height - 1),
            min(max(math.ceil(max(xs)), 1), self.scan_width),
            min(max(math.ceil(max(ys)), 1), self.scan_height),
        )


# ── layout ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False, slots=True)
class LineImage:
    """One line of ink, cut out, with the ink of its neighbours erased."""

    bbox: Box
    """In the page image, ``pixels`` covers exactly this."""
    pixels: Pixels
    """H×W uint8 grey, paper-coloured margin included."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """Which table of the page (0-based) a region is a row of, and in which of its columns (0-based, from the left)
    each of the region's lines stands."""

    table: int
    cells: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Region:
    """Lines that stand together in one column, top to bottom, or in one row of a table."""

    bbox: Box
    """In the page image."""
    lines: tuple[LineImage, ...]
    row: TableRow | None = None
    path: tuple[int, ...] | None = None
    """Of the column, as ``columns.Column`` has it."""


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
    row: TableRow | None = None
    path: tuple[int, ...] | None = None
    """The cuts of the page that made the region's column: at each gutter 0 above it, 1 left, 2 right, 3 below, 4 set
    into it. None where the page wasn't cut: a text layer brings its blocks."""


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
    """What the sheet looks like, to hold it against others of its source; None where there are none, or nothing was
    scanned."""


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
