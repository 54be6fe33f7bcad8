"""A source and its pages, from opened to read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ecp_ingest.document.geometry import Box, Matrix, Mesh, Pixels
from ecp_ingest.document.text import ReadRegion, TextLine

WORKING_DPI = 300
"""Resolution of every page image: what Tesseract's models and ours were trained near."""


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
    """Resolution of the scan, from the file or the settings, or estimated."""
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
    """To compare the sheet with others of its source; None if there are no others, or nothing was scanned."""


@dataclass(frozen=True, slots=True)
class FailedPage:
    number: int
    stage: str
    message: str
