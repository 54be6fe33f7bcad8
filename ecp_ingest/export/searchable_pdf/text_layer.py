"""The invisible text layer of a page: a content stream that puts each word where its ink is.

A line is painted from left to right, word after word, with the order inside of words that `visual_order` explains.
Words fill the line between its ends but for small gaps, all with one baseline and one size of font, each with its own
horizontal scale: that is how readers know them for one line, and how a word that is found is marked where it stands.
Lines are level also where the scan is skewed: no reader puts sloping ones together.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ecp_ingest.edits.word_positions import Line, Page, Passage
from ecp_ingest.export.searchable_pdf.invisible_font import ASCENT, DESCENT, WIDTH, InvisibleFont, is_mark
from ecp_ingest.export.searchable_pdf.visual_order import RLM, Piece, painted
from ecp_ingest.language.languages import ENGLISH, READ
from ecp_ingest.language.scripts import is_right_to_left
from ecp_ingest.record.entries import BBox, PageEntry
from ecp_ingest.record.source_scans import FULL, upright_box

FONT = "/Invisible"
"""Name of the font in the content stream."""
_GAP = 0.25
"""Of an em, between words."""
_MOST_GAP = 0.2
"""Of the word, on either side: the words of a crowded line."""
_NARROWEST = 0.2
"""Of an em, for a character and its share of the gap: below 0.1 poppler takes two equal ones for one painted twice."""
_STRONG_SKEW = 2.0
"""Degrees: beyond, lines are put in the order of a page that lies level rather than each about its own middle."""
_NO_WIDTH = "0.001 Tz"
_SPACE_FOR_POPPLER = f"{RLM} {RLM}"
"""What it finds where words touch: as one glyph, which as a format character is nothing to pdf.js."""
_MIDDLE = (ASCENT + DESCENT) / 2000
"""Of an em, from the baseline to the middle of a character."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line on the upright page, in points from its lower left corner."""

    rtl: bool
    words: tuple[str, ...]
    boxes: tuple[tuple[float, float], ...]
    """Left and right of each word."""
    bottom: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    @property
    def left(self) -> float:
        return min(left for left, _ in self.boxes)

    @property
    def right(self) -> float:
        return max(right for _, right in self.boxes)


def text_layer(page: Page, *, width: float, height: float, font: InvisibleFont) -> str:
    """The operators. ``width`` and ``height``: of the upright page, in points; its lower left corner is the origin."""
    lines = [
        (passage, placed)
        for passage in page.passages
        for line in passage.lines
        if (placed := _placed(passage, line, page.facts, width=width, height=height))
    ]
    surplus = _surplus_for_poppler([placed for _, placed in lines])
    marked = surplus is not None
    written = ["BT", "3 Tr"]
    heights = _heights([placed for _, placed in lines])
    for (passage, placed), most in zip(lines, heights, strict=True):
        language = READ.get(passage.paragraph.language, ENGLISH).tag
        written.append(f"/Span <</Lang ({language})>> BDC")
        written += _line(placed, font, most=most, marked=marked)
        written.append("EMC")
    if surplus:
        written.append(_weight(surplus, font, left=min(placed.left for _, placed in lines)))
    written.append("ET")
    return "\n".join(written)


def _placed(passage: Passage, line: Line, facts: PageEntry, *, width: float, height: float) -> _Placed | None:
    """The line, deskewed; None where no word has a box."""
    known = [(word.text, _in_points(word.bbox, facts, width=width, height=height)) for word in line.words if word.bbox]
    if not known:
        return None
    ends = tuple((left, right) for _, (left, _, right, _) in known)
    slope = math.tan(math.radians(facts.skew))
    middle = (min(left for left, _ in ends) + max(right for _, right in ends)) / 2
    pivot = width / 2 if abs(facts.skew) > _STRONG_SKEW else middle
    lower, upper = zip(*(_levelled(box, slope, pivot) for _, box in known), strict=True)
    return _Placed(
        rtl=passage.paragraph.direction == "rtl",
        words=tuple(text for text, _ in known),
        boxes=ends,
        bottom=min(lower),
        top=max(upper),
    )


def _in_points(box: BBox, facts: PageEntry, *, width: float, height: float) -> tuple[float, float, float, float]:
    """Left, bottom, right, top on the upright page."""
    left, top, right, bottom = upright_box(box, facts) or (0, 0, 0, 0)
    return left / FULL * width, (1 - bottom / FULL) * height, right / FULL * width, (1 - top / FULL) * height


def _levelled(box: tuple[float, float, float, float], slope: float, pivot: float) -> tuple[float, float]:
    """Bottom and top of a word, turned level about ``pivot``; a sloping word is not as high as the box around it."""
    left, bottom, right, top = box
    middle = (bottom + top) / 2 - slope * ((left + right) / 2 - pivot)
    tall = max((top - bottom) / 2, top - bottom - abs(slope) * (right - left))
    return middle - tall / 2, middle + tall / 2


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _heights(lines: Sequence[_Placed]) -> list[float]:
    """The most that a line's characters may be high: pdfium takes lines for one where they reach into each other."""
    return [
        min(
            [line.top - line.bottom, *(abs(line.middle - other.middle) for other in lines if _are_stacked(line, other))]
        )
        for line in lines
    ]


def _are_stacked(one: _Placed, other: _Placed) -> bool:
    return one is not other and one.left < other.right and other.left < one.right


def _line(line: _Placed, font: InvisibleFont, *, most: float, marked: bool) -> Iterator[str]:
    inside = painted(line.words, rtl=line.rtl, marked=marked)
    order = sorted(range(len(inside)), key=lambda i: sum(line.boxes[i]))
    words, boxes = [inside[i] for i in order], [line.boxes[i] for i in order]
    narrowest = min((right - left) / _length(word) for word, (left, right) in zip(words, boxes, strict=True))
    size = max(1.0, min(most, narrowest / _NARROWEST))
    gaps = [0.0 if is_mark(word[0].text) else _GAP * size for word in words[1:]]
    cells = list(_cells(boxes, gaps))
    baseline = line.middle - _MIDDLE * size
    yield f"{FONT} {size:.2f} Tf"
    for number, (word, (left, right)) in enumerate(zip(words, cells, strict=True)):
        scale = _scale(right - left, _length(word), size)
        yield f"1 0 0 1 {left:.2f} {baseline:.2f} Tm {scale} {' '.join(_shown(word, font, scale))}"
        if number < len(gaps):
            gap = cells[number + 1][0] - right
            if not gaps[number]:
                # pdfium orders by where things begin: the space must do so before the word that it touches.
                yield f"{_NO_WIDTH} {font.encoded([_SPACE_FOR_POPPLER])} Tj 1 0 0 1 {right - 0.1:.2f} {baseline:.2f} Tm"
                gap = _GAP * size
            yield f"{_scale(gap, 1, size)} {font.encoded(' ')} Tj"


def _length(word: Sequence[Piece]) -> int:
    """Number of characters that have a width."""
    return max(1, sum(not is_mark(character) for piece in word for character in piece.text))


def _cells(boxes: Sequence[tuple[float, float]], gaps: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Left and right of every word of a line, from left to right, ``gaps`` between: none overlap."""
    edges = [boxes[0][0]]
    for (_, right), (left, _) in pairwise(boxes):
        edges.append(max(edges[-1] + 1, (right + left) / 2))
    edges.append(max(edges[-1] + 1, boxes[-1][1]))
    for (left, right), before, after in zip(pairwise(edges), [0.0, *gaps], [*gaps, 0.0], strict=True):
        most = _MOST_GAP * (right - left)
        yield left + min(before / 2, most), right - min(after / 2, most)


def _scale(length: float, characters: int, size: float) -> str:
    """The operator that makes ``characters`` fill ``length`` points at font size ``size``."""
    return f"{length / (characters * size * WIDTH / 1000) * 100:.3f} Tz"


def _shown(pieces: Sequence[Piece], font: InvisibleFont, scale: str) -> Iterator[str]:
    for piece in pieces:
        yield from _mark(piece.before, font, scale)
        yield f"{font.encoded(piece.text)} Tj"
        yield from _mark(piece.after, font, scale)


def _mark(mark: str, font: InvisibleFont, scale: str) -> Iterator[str]:
    if mark:
        yield f"{_NO_WIDTH} {font.encoded(mark)} Tj {scale}"


# ── poppler's direction ───────────────────────────────────────────────────────────────────────────────────────────


def _surplus_for_poppler(lines: Sequence[_Placed]) -> int | None:
    """How many letters the left-to-right ones are more, where poppler should take the page for right-to-left.

    It should where there is any Urdu: English comes out right either way, but for the order of columns. Else None.
    """
    if not any(line.rtl for line in lines):
        return None
    letters = [c for line in lines for word in line.words for c in word]
    latin = sum(unicodedata.bidirectional(c) == "L" for c in letters)
    marks = len(lines)  # one ends every left-to-right line
    return max(0, latin + marks - sum(map(is_right_to_left, letters)) + 1)


def _weight(surplus: int, font: InvisibleFont, *, left: float) -> str:
    """Right-to-left marks, as many as tip the balance: one glyph of no width at the page's foot.

    Not between the halves: poppler takes what stands below both for a sign that they belong together.
    """
    says = (RLM * surplus).encode("utf-16-be").hex().upper()
    at = f"{FONT} 1 Tf 1 0 0 1 {left + 1:.2f} 1 Tm {_NO_WIDTH}"
    return f"/Span <</ActualText <FEFF{says}>>> BDC {at} {font.encoded(RLM)} Tj EMC"
