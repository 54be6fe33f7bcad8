"""What ALTO, PAGE, hOCR, TEI and IIIF have in common: pages with sizes, languages, baselines, the note on review."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.document.geometry import Box, turned
from ecp_ingest.edits.word_positions import Line, Page, Passage, pages_with_words
from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.xml import name
from ecp_ingest.language.languages import ENGLISH, READ, URDU
from ecp_ingest.language.scripts import has_arabic
from ecp_ingest.record.entries import BBox, PageEntry

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SizedPage:
    """A page with its size, in pixels."""

    page: Page
    width: int
    height: int

    @property
    def facts(self) -> PageEntry:
        return self.page.facts

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.page.passages


def export_pages(
    job: ExportJob, folder: Path, *, suffix: str, write: Callable[[Path, Item, SizedPage], Path]
) -> Iterator[Path]:
    """Write one file a page, ``<stem>.p<page>.<suffix>`` below ``folder``; yields the path of each."""
    for item in job.items():
        for page in sized_pages(item, job):
            yield write(folder / f"{item.stem}.p{page.facts.number}.{suffix}", item, page)


def sized_pages(item: Item, job: ExportJob) -> tuple[SizedPage, ...]:
    """The pages whose size is known. A record without any is reported to ``job.on_skipped``."""
    pages = tuple(SizedPage(page, *page.size) for page in pages_with_words(item.record) if page.size)
    if not pages:
        job.on_skipped(
            UnreadableSourceError(
                "its source has no pages with a size, so there are no boxes, which hocr, alto, page and "
                "iiif-annotations are made of: tei and jsonl can hold its text",
                str(item.path),
            )
        )
    return pages


def passage_key(passage: Passage) -> str:
    """An XML name made of the paragraph's id: ``p7``, and ``p7_part2`` for its part on the next page, or in the next
    column."""
    return name(passage.paragraph.id) + (f"_part{passage.part}" if passage.part > 1 else "")


# ── languages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def language_tag(language: str) -> str:
    """The BCP 47 tag of a language: ``urd`` → ``ur``."""
    return READ[language].tag if language in READ else language


def word_language(text: str) -> str | None:
    """ISO 639-3 code by the letters of a word; None for numbers and punctuation, which belong to their context."""
    return URDU.code if has_arabic(text) else ENGLISH.code if re.search("[A-Za-z]", text) else None


def page_languages(page: Page) -> tuple[str, ...]:
    """ISO 639-3 codes, the one with most words first."""
    words = Counter[str]()
    for passage in page.passages:
        words[passage.paragraph.language] += len(passage.text.split())
    return tuple(language for language, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0])))


# ── review ────────────────────────────────────────────────────────────────────────────────────────────────────────


def review_note(item: Item) -> str:
    """A sentence that says whether a person has reviewed the text."""
    review = item.record.review
    open_still = "" if review.state == "done" else "; a person should look at it"
    if not item.reviewed:
        return f"Read and repaired by machine, not reviewed{open_still}."
    return f"Reviewed by {', '.join(item.reviewers)}, changes: {len(review.edits)}{open_still}."


# ── where a line runs ─────────────────────────────────────────────────────────────────────────────────────────────


def corners(box: BBox) -> tuple[Point, ...]:
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


def baseline(line: Line, page: SizedPage) -> tuple[Point, Point] | None:
    """The left and the right end of the line's baseline on the upright page, as points of the scan; also for Urdu.

    Records have no baselines, so it is derived. Its slope is the skew of the page. Its height is the first quartile of
    the words' bottom edges (a quarter of them end above it), for most words have no descenders; in Nastaliq, where each
    word has a slope of its own, that is near the bottom of most words.
    """
    if line.bbox is None:
        return None
    upright = _upright(line.bbox, page)
    slope = -math.tan(math.radians(page.facts.skew))
    feet = sorted(
        box.bottom - slope * (box.left + box.right) / 2
        for box in (_upright(word.bbox, page) for word in line.words if word.bbox)
    )
    foot = feet[len(feet) // 4] if feet else upright.bottom

    def point(across: int) -> Point:
        down = min(max(round(foot + slope * across), upright.top), upright.bottom)
        return _as_scanned(across, down, page)

    return point(upright.left), point(upright.right)


def _turns(page: SizedPage) -> int:
    """Quarter turns, clockwise, that make the scan upright."""
    return page.facts.rotation // 90 % 4


def _upright(box: BBox, page: SizedPage) -> Box:
    return Box(*turned(box, _turns(page), width=page.width, height=page.height))


def _as_scanned(across: int, down: int, page: SizedPage) -> Point:
    width, height = (page.width, page.height) if _turns(page) % 2 == 0 else (page.height, page.width)
    return turned((across, down, across, down), -_turns(page), width=width, height=height)[:2]
