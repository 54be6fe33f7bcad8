"""Reads the text layer of a PDF page from its content stream: clusters of glyphs with their text and position.

The characters that pdfplumber gives lack what Urdu needs: the ``/ActualText`` of marked content (browsers and office
programs write it where glyphs and letters don't correspond one to one, as in most of Nastaliq), the text object that a
glyph belongs to, and whether the glyph is visible. The device below collects these from the interpreter of pdfminer,
which pdfplumber uses too.

Coordinates are points from the top left of the visible page (its crop box), turned as a viewer shows it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import resolve1
from pdfminer.utils import apply_matrix_pt, decode_text

# pdfminer logs every oddity of a font; those that matter show in the glyphs.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

UNKNOWN = "\ufffd"
_INVISIBLE = 3
_CLIP_ONLY = 7
"""Text rendering modes (ISO 32000-1, table 106)."""
_ASCENT = (0.7, 1.0)
_DESCENT = (-0.45, -0.2)
"""Limits of a glyph's extent above and below the baseline, in font sizes. Many fonts state 0, or far too much."""
_UPRIGHT = 0.1
"""Slope of the baseline up to which a glyph is upright: about 6°."""
NO_ADVANCE = 0.01
"""Points: glyphs that advance no more than this are marks."""


class Extent(NamedTuple):
    """``[left, top, right, bottom]`` in points."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One glyph, or the glyphs of one ``/ActualText``. Lengths in points."""

    text: str
    """In logical order; `UNKNOWN` for each glyph without Unicode text."""
    extent: Extent
    advance: float
    """0 for a mark."""
    baseline: float
    """Distance from the top of the page."""
    size: float
    """Font size as shown."""
    run: int
    """Number of the text object (BT … ET) that paints the cluster."""
    flipped: bool
    """Within ``/ReversedChars``: the producer marked the text as running right to left."""
    hidden: bool
    upright: bool


@dataclass(frozen=True, slots=True)
class Image:
    """Where an image is placed on the page, and its size in pixels."""

    extent: Extent
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class GlyphPage:
    """Clusters and images of a page, whose size is in points."""

    width: float
    height: float
    clusters: tuple[Cluster, ...]
    """In the order in which they are painted."""
    images: tuple[Image, ...]


class _Interpreter(PDFPageInterpreter):
    """Counts text objects for the device."""

    def do_BT(self) -> None:
        super().do_BT()
        if isinstance(self.device, _Device):
            self.device.run += 1


class _Device(PDFTextDevice):
    """Collects clusters and images. pdfminer gives positions in points from the bottom left of the turned page."""

    def __init__(self, manager: PDFResourceManager, *, crop: tuple[float, float, float, float]) -> None:
        super().__init__(manager)
        self.run = 0
        self.clusters: list[Cluster] = []
        self.images: list[Image] = []
        self._left, self._top = crop[0], crop[3]
        self._tags: list[tuple[str, str | None]] = []
        self._span: list[Cluster] = []
        self._hidden = False

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        value = resolve1(props.get("ActualText")) if isinstance(props, dict) else None
        actual_text = decode_text(value) if isinstance(value, bytes) else None
        self._tags.append((str(getattr(tag, "name", tag)), actual_text))

    def end_tag(self) -> None:
        if not self._tags:
            return  # an EMC without its BDC: common and harmless
        _, actual_text = self._tags.pop()
        if actual_text is None or self._within_actual_text():
            return
        if self._span:
            self.clusters.append(_merged(self._span, actual_text))
            self._span = []

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self._hidden = textstate.render in (_INVISIBLE, _CLIP_ONLY)
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(  # noqa: PLR0917
        self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, cid: int, *_: Any
    ) -> float:
        try:
            text = font.to_unichr(cid)
        except PDFUnicodeNotDefined:
            text = UNKNOWN
        width = font.char_width(cid) * fontsize * scaling
        a, b, c, d, _e, _f = matrix
        size = abs(fontsize) * ((c * c + d * d) ** 0.5)
        x0, y = apply_matrix_pt(matrix, (0, rise))
        x1, _y1 = apply_matrix_pt(matrix, (width, rise))
        left, right = min(x0, x1) - self._left, max(x0, x1) - self._left
        baseline = self._top - y
        ascent = min(max(font.get_ascent(), _ASCENT[0]), _ASCENT[1]) * size
        descent = max(min(font.get_descent(), _DESCENT[1]), _DESCENT[0]) * size
        cluster = Cluster(
            text="".join(UNKNOWN if is_unknown(c) else c for c in text) or UNKNOWN,
            extent=Extent(left, baseline - ascent, right, baseline - descent),
            advance=right - left,
            baseline=baseline,
            size=size,
            run=self.run,
            flipped=any(name == "ReversedChars" for name, _ in self._tags),
            hidden=self._hidden,
            upright=abs(b) < _UPRIGHT * abs(a) and a * fontsize > 0,
        )
        (self._span if self._within_actual_text() else self.clusters).append(cluster)
        return float(width)

    def render_image(self, name: str, stream: Any) -> None:
        if self.ctm is None:
            return
        corners = [apply_matrix_pt(self.ctm, point) for point in ((0, 0), (1, 0), (0, 1), (1, 1))]
        xs, ys = [x - self._left for x, _ in corners], [self._top - y for _, y in corners]
        columns, rows = (resolve1(stream.get_any(keys)) for keys in (("W", "Width"), ("H", "Height")))
        if isinstance(columns, int) and isinstance(rows, int):
            self.images.append(Image(Extent(min(xs), min(ys), max(xs), max(ys)), columns, rows))

    def _within_actual_text(self) -> bool:
        return any(actual_text is not None for _, actual_text in self._tags)


def read_glyphs(page: Any, manager: PDFResourceManager) -> GlyphPage:
    """Clusters and images of a pdfminer page. Raises what pdfminer raises on broken content."""
    box, media = page.cropbox or page.mediabox, page.mediabox
    matrix = {
        90: (0, -1, 1, 0, -media[1], media[2]),
        180: (-1, 0, 0, -1, media[2], media[3]),
        270: (0, 1, -1, 0, media[3], -media[0]),
    }.get(page.rotate % 360, (1, 0, 0, 1, -media[0], -media[1]))
    ends = [apply_matrix_pt(matrix, (box[0], box[1])), apply_matrix_pt(matrix, (box[2], box[3]))]
    xs, ys = sorted(x for x, _ in ends), sorted(y for _, y in ends)
    device = _Device(manager, crop=(xs[0], ys[0], xs[1], ys[1]))
    _Interpreter(manager, device).process_page(page)
    return GlyphPage(
        width=xs[1] - xs[0],
        height=ys[1] - ys[0],
        clusters=tuple(device.clusters),
        images=tuple(device.images),
    )


def is_unknown(character: str) -> bool:
    """Whether a character says nothing: the replacement character, a private code or a control code."""
    return (
        character == UNKNOWN
        or (character < " " and character not in "\t\n\r")
        or "\ue000" <= character <= "\uf8ff"
        or character >= "\U000f0000"
    )


def _merged(glyphs: list[Cluster], actual_text: str) -> Cluster:
    """One cluster of the glyphs of a marked span, with its text. Marks don't count for extent and baseline."""
    bodies = [g for g in glyphs if g.advance > NO_ADVANCE] or glyphs
    lead = max(bodies, key=lambda g: g.advance)
    return Cluster(
        text="".join(UNKNOWN if is_unknown(c) else c for c in actual_text if c != "\ufeff"),
        extent=Extent(
            min(g.extent.left for g in bodies),
            min(g.extent.top for g in bodies),
            max(g.extent.right for g in bodies),
            max(g.extent.bottom for g in bodies),
        ),
        advance=max(g.extent.right for g in bodies) - min(g.extent.left for g in bodies),
        baseline=lead.baseline,
        size=lead.size,
        run=lead.run,
        flipped=lead.flipped,
        hidden=all(g.hidden for g in glyphs),
        upright=lead.upright,
    )
