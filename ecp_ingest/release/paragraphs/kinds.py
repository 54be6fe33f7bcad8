"""Classifies paragraphs by kind: from their place on the page, their layout and their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ecp_ingest.document.geometry import Box, around_boxes
from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import ParagraphKind, Script
from ecp_ingest.entities.boilerplate import (
    ADDRESS,
    PAGE_NUMBER,
    SIGN_OFF,
    WING,
    is_issuer_line,
    kind_of_heading,
    opens_with_office,
)
from ecp_ingest.entities.dates import find_dateline
from ecp_ingest.release.paragraphs.breaks import ends_sentence, is_mixed
from ecp_ingest.release.paragraphs.flow import FlowLine

_SHORT = 14
"""Words; a longer block isn't a heading, letterhead or signature."""
_LONGEST_CAPTION = 60
"""Words."""
_HEAD, _FOOT = 0.25, 0.12
"""Parts of the page's height in which a block is at the head, and at the foot, of the page."""
_HEAD_BLOCKS, _FOOT_BLOCKS = 4, 2
"""The same in blocks, where there are no boxes."""
_CAPITALS = 0.8
"""Share of the letters from which a line is in capitals."""
_PHOTOGRAPH = 0.2
"""Width of a photograph, at least, in page widths: a seal in the letterhead is smaller and has no caption."""
_BELOW_PICTURE = 3
"""Line heights between a photograph and its caption, at most."""
_UNDER_WIDTH = 0.6
"""Share of the smaller width that a photograph and its caption have in common, at least."""
_SIGNED_WORDS = 7
"""Words of a block beside a signature that belongs to it, at most."""
_OFFICE = re.compile(
    r"^\W*(?:government of|secretariat|office of|islamic republic|provincial election|حکومت|دفتر|صوبائی الیکشن|"
    r"سیکرٹریٹ)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that make one paragraph, or the part of one in one column."""

    lines: tuple[FlowLine, ...]
    language: str
    script: Script

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def box(self) -> Box | None:
        """Upright."""
        return around_boxes(line.box for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the blocks of one page are compared with; boxes are upright, None where there are none."""

    extent: Box | None
    pictures: tuple[Box, ...]
    first: int
    last: int
    """Indices of the page's first and last block."""


def classify(blocks: Sequence[Block], *, pages: Sequence[ReadPage]) -> list[ParagraphKind]:
    """One kind for each of ``blocks``, which are in reading order."""
    by_number = {page.facts.number: _page(page, blocks) for page in pages}
    kinds: list[ParagraphKind] = []
    # The letterhead of a half (or page) is above its first body block, the signature below the last one.
    begun: dict[str, bool] = {}
    for place, block in enumerate(blocks):
        if place and (block.page != blocks[place - 1].page or _opens_half(block)):
            begun[block.language] = begun.get(block.language, False) and not _opens_half(block)
        ends = _ends_column(block, blocks[place + 1] if place + 1 < len(blocks) else None)
        kind = _kind(block, place=place, begun=begun.get(block.language, False), ends=ends, page=by_number[block.page])
        begun[block.language] = begun.get(block.language, False) or kind == "body"
        kinds.append(kind)
    return _with_signatures(blocks, _with_captions(blocks, kinds, by_number))


def _page(page: ReadPage, blocks: Sequence[Block]) -> _Page:
    extent = around_boxes([*(region.upright for region in page.regions), *page.upright_pictures])
    places = [i for i, block in enumerate(blocks) if block.page == page.facts.number] or [0]
    return _Page(extent, page.upright_pictures, places[0], places[-1])


def _opens_half(block: Block) -> bool:
    return len(block.lines) <= 2 and (is_issuer_line(block.text) or kind_of_heading(block.text) is not None)


def _ends_column(block: Block, after: Block | None) -> bool:
    """Whether no text in its language is below the block in its column: then it can't be a heading."""
    if after is None:
        return True
    return after.language != block.language or after.lines[0].column != block.lines[0].column


def _kind(block: Block, *, place: int, begun: bool, ends: bool, page: _Page) -> ParagraphKind:
    if block.lines[0].in_table:
        return "other"
    text, words = block.text.strip(), len(block.text.split())
    top, foot = _at_edges(block, place, page)
    dateline = find_dateline(text) if words <= _SHORT else None
    rules: list[tuple[bool, ParagraphKind]] = [
        ((top or foot) and PAGE_NUMBER.match(text) is not None, "footer"),
        (kind_of_heading(text) is not None, "heading"),
        (is_issuer_line(text), "signature" if begun and foot and not top else "letterhead"),
        (words <= _SHORT and WING.fullmatch(text.strip(" .")) is not None, "letterhead"),
        (dateline is not None and dateline.whole, "dateline"),
        (ADDRESS.search(text) is not None and begun and words <= (3 * _SHORT if foot else 10), "footer"),
        (words <= 3 * _SHORT and ADDRESS.search(text) is not None and (top or not begun), "letterhead"),
        (not begun and words <= _SHORT and _OFFICE.match(text) is not None, "letterhead"),
        (begun and _is_signature(block, words), "signature"),
        (block.lines[0].is_item and words > 2, "body"),
        (_is_heading(block, words, begun), "footer" if begun and ends and re.search("[,،]", text) else "heading"),
    ]  # fmt: skip
    for holds, kind in rules:
        if holds:
            return kind
    if words >= 6 or (words >= 3 and ends_sentence(text)):
        return "body"
    return "other"


def _is_signature(block: Block, words: int) -> bool:
    """Whether a block below the body is the sender's sign, name or office."""
    text = block.text.strip()
    if words > _SHORT or text.endswith(("۔", ".", ";", "؛", ":", ",")):
        return False
    # The name is above the office, each on a line of its own.
    named = 1 < len(block.lines) <= 3 and all(1 < len(line.text.split()) <= 5 for line in block.lines)
    office = words <= 8 and not is_mixed(text) and opens_with_office(text)
    office = office or (named and any(opens_with_office(line.text) for line in block.lines[1:]))
    return office or SIGN_OFF.match(text) is not None or re.fullmatch(r"\([^()]{4,40}\)", text) is not None


def _at_edges(block: Block, place: int, page: _Page) -> tuple[bool, bool]:
    """Whether the block is at the head, and whether at the foot, of its page."""
    if block.box is None or page.extent is None:
        return place - page.first < _HEAD_BLOCKS, page.last - place < _FOOT_BLOCKS
    height = max(1, page.extent.height)
    return (
        (block.box.top - page.extent.top) / height < _HEAD,
        (page.extent.bottom - block.box.bottom) / height < _FOOT,
    )


def _is_centred(block: Block) -> bool:
    """Whether the lines are centred in the column; those before the last may fill it."""
    *others, last = block.lines
    return last.is_centred and all(line.is_centred or (line.is_full and line.indent < 1.2) for line in others)


def _is_heading(block: Block, words: int, begun: bool) -> bool:
    text = block.text.strip()
    if len(block.lines) > 3 or words > 2 * _SHORT or ends_sentence(text.rstrip(":")) or text.endswith((",", "،")):
        return False
    if re.match(r"\W*(?:subject|title|عنوان|موضوع)\W*:", text, re.IGNORECASE):
        return True
    centred = _is_centred(block)
    if words > _SHORT and not centred:
        return False
    if centred and words >= 2:
        return True
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters) > _CAPITALS * len(letters) if letters else False
    if capitals and block.script == "Latn" and words >= 2:
        return True
    # A short line before the body that isn't a sentence.
    return not begun and 2 <= words <= 10 and len(block.lines) == 1


# ── kinds that depend on the neighbours ───────────────────────────────────────────────────────────────────────────


def _with_captions(
    blocks: Sequence[Block], kinds: Sequence[ParagraphKind], by_number: Mapping[int, _Page]
) -> list[ParagraphKind]:
    """The kinds, with captions found.

    A short block right below a photograph is a caption, and so is a short block alone beside one. In a source without
    boxes, a last block with words of both scripts is.
    """
    kinds = list(kinds)
    for i, block in enumerate(blocks):
        if kinds[i] in ("body", "other", "heading") and _under_picture(block, by_number[block.page]):
            kinds[i] = "caption"
    for i in range(1, len(blocks)):
        # A caption with centred lines may have been divided; it continues as long as its sentence does.
        one_column = (
            blocks[i].lines[0].column is not None and blocks[i].lines[0].column == blocks[i - 1].lines[0].column
        )
        continues = kinds[i - 1] == "caption" and one_column and not ends_sentence(blocks[i - 1].text)
        if continues and kinds[i] in ("body", "other", "heading") and _may_caption(blocks[i]):
            kinds[i] = "caption"
    for number, page in by_number.items():
        for picture in _photographs(page):
            beside = [i for i, block in enumerate(blocks) if block.page == number and _is_beside(block, picture)]
            # Text that flows around a photograph is longer, or begins above it, or ends below it.
            if [kinds[i] for i in beside] in (["body"], ["other"], ["heading"]) and _may_caption(blocks[beside[0]]):
                kinds[beside[0]] = "caption"
    texts = [i for i, kind in enumerate(kinds) if kind not in ("footer", "signature")]
    if texts and all(block.box is None for block in blocks):
        block = blocks[texts[-1]]
        open_end = not ends_sentence(block.text) and len(block.text.split()) <= _LONGEST_CAPTION
        if kinds[texts[-1]] == "body" and is_mixed(block.text) and open_end:
            kinds[texts[-1]] = "caption"
    return kinds


def _may_caption(block: Block) -> bool:
    return len(block.text.split()) <= _LONGEST_CAPTION


def _photographs(page: _Page) -> list[Box]:
    """The pictures of the page that may have a caption."""
    if page.extent is None:
        return []
    return [picture for picture in page.pictures if picture.width >= _PHOTOGRAPH * page.extent.width]


def _under_picture(block: Block, page: _Page) -> bool:
    box, height = block.box, block.lines[0].height
    if box is None or height is None or not _may_caption(block):
        return False
    for picture in _photographs(page):
        near = picture.bottom <= box.top + height and box.top - picture.bottom < _BELOW_PICTURE * height
        if near and picture.shared_width(box) > _UNDER_WIDTH * min(box.width, picture.width):
            return True
    return False


def _is_beside(block: Block, picture: Box) -> bool:
    """Whether the block is between the picture's upper and lower edges, close to its left or right edge."""
    box, height = block.box, block.lines[0].height
    if box is None or height is None:
        return False
    level = box.top > picture.top - height and box.bottom < picture.bottom + height
    return level and -height < max(box.left - picture.right, picture.left - box.right) < _BELOW_PICTURE * height


def _with_signatures(blocks: Sequence[Block], kinds: list[ParagraphKind]) -> list[ParagraphKind]:
    """The kinds, with short blocks next to a signature, in its language, made part of it."""
    kinds = list(kinds)
    for i in range(len(blocks)):
        if kinds[i] != "signature":
            continue
        for step in (-1, 1):
            j = i + step
            while (
                0 <= j < len(blocks)
                and blocks[j].page == blocks[i].page
                and (blocks[j].language == blocks[i].language and _may_sign(blocks[j], kinds[j]))
            ):
                kinds[j] = "signature"
                j += step
    return kinds


def _may_sign(block: Block, kind: ParagraphKind) -> bool:
    short = len(block.text.split()) <= _SIGNED_WORDS and kind_of_heading(block.text) is None
    return short and kind in ("other", "letterhead", "heading")
