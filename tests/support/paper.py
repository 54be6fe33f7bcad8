"""Records with boxes, made by hand: what scans would give, to the pixel."""

from __future__ import annotations

from collections.abc import Sequence

from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.record.entries import (
    BBox,
    EditEntry,
    LineEntry,
    PageEntry,
    ParagraphEntry,
    RepairEntry,
    ReviewEntry,
    WordEntry,
)
from ecp_ingest.record.schema import Record
from tests.support.builders import make_record

WIDTH, HEIGHT = 1000, 1400
LETTER, GAP, TALL = 10, 8, 30
"""Pixels: of a letter across, between words, and of a line."""


def line_of(text: str, *, top: int = 100, page: int = 1, rtl: bool = False) -> LineEntry:
    """Words of 10 pixels a letter from the left or the right margin (100 pixels), in logical order."""
    at = WIDTH - 100 if rtl else 100
    words = []
    for word in text.split():
        wide = LETTER * len(word)
        box = (at - wide, top, at, top + TALL) if rtl else (at, top, at + wide, top + TALL)
        words.append(WordEntry(text=word, bbox=box, confidence=0.9))
        at = at - wide - GAP if rtl else at + wide + GAP
    return LineEntry(page=page, bbox=around_boxes(word.bbox for word in words), words=tuple(words))


def printed(
    *lines: LineEntry, text: str | None = None, name: str = "p1", language: str = "eng", kind: str = "body"
) -> ParagraphEntry:
    """A paragraph recognised as ``lines``; ``text`` is what became of it."""
    recognised = " ".join(word.text for line in lines for word in line.words)
    urdu = language == "urd"
    return ParagraphEntry(
        id=name,
        kind=kind,  # type: ignore[arg-type]
        language=language,
        script="Arab" if urdu else "Latn",
        direction="rtl" if urdu else "ltr",
        text=recognised if text is None else text,
        recognised=recognised,
        confidence=0.9,
        page=lines[0].page,
        bbox=around_boxes(line.bbox for line in lines if line.page == lines[0].page),
        lines=lines,
        parallel=None,
    )


def page_facts(number: int = 1, *, rotation: int = 0, skew: float = 0.0) -> PageEntry:
    return PageEntry(
        number=number,
        width=WIDTH,
        height=HEIGHT,
        dpi=200,
        origin="ocr",
        why="a picture",
        rotation=rotation,
        skew=skew,
        seconds={},
    )


def paper(
    *paragraphs: ParagraphEntry,
    pages: Sequence[PageEntry] = (page_facts(),),
    repairs: Sequence[RepairEntry] = (),
    file_name: str = "may.png",
    place: int = 1,
    count: int = 1,
    edited: str = "",
) -> Record:
    """A record of these paragraphs; ``edited``: id of the one that Amina has changed."""
    made = make_record(file_name=file_name, place=place, count=count)
    edit = EditEntry(
        number=1, reviewer="Amina", time="2026-03-02T10:30:00+05:00", paragraph=edited, before="x", after="y"
    )
    return made.model_copy(
        update={
            "paragraphs": paragraphs,
            "repairs": tuple(repairs),
            "languages": tuple(dict.fromkeys(one.language for one in paragraphs)),
            "review": ReviewEntry(state="done", edits=(edit,) if edited else ()),
            "provenance": made.provenance.model_copy(update={"pages": tuple(pages)}),
        }
    )


def repair(kind: str, start: int, before: str, after: str, *, paragraph: str = "p1") -> RepairEntry:
    return RepairEntry(kind=kind, paragraph=paragraph, start=start, before=before, after=after, evidence={})


def turned(box: BBox, rotation: int) -> BBox:
    """Where a box of the upright page lies on a scan that has to be turned so much to stand upright."""
    width, height = WIDTH, HEIGHT
    left, top, right, bottom = box
    for _ in range((360 - rotation) // 90 % 4):
        left, top, right, bottom = height - bottom, left, height - top, right
        width, height = height, width
    return left, top, right, bottom
