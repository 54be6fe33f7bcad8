"""Every word of the final text, with the box of what was recognised in its place.

``pages_with_words(record)`` gives the record's pages. A page has its passages in reading order: a paragraph, or the
part of one that is on this page, or in one of its columns. A passage has its lines, top to bottom, and a line its words
in logical order: ``text``, ``bbox``, ``confidence``, ``changed``, ``by_person``, ``start``. The words of a paragraph's
passages, one after the other, are exactly the words of its final text. Paragraphs whose text was taken out, and lines
without words, don't appear.

The lines of a record hold what was *recognised*. How the final text came from it is followed change by change where the
record has the changes (repairs), and by alignment of words where the record has only the result (edits).

- A word made of several has the box around them, on the line where it begins: ``elec-`` and ``tion`` are one word at
  ``elec-``.
- Where several words were made of one, each has its share of the box, by an alignment of the letters.
- A word that a person wrote where nothing was recognised has the gap between its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from rapidfuzz.distance import Levenshtein

from ecp_ingest.document.geometry import around_boxes, turned
from ecp_ingest.edits.marks import Mark
from ecp_ingest.edits.state import Reviewed, begin
from ecp_ingest.language.scripts import has_arabic
from ecp_ingest.record.entries import BBox, LineEntry, PageEntry, ParagraphEntry, WordEntry
from ecp_ingest.record.schema import Record


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    bbox: BBox | None
    """Pixels of the page as scanned; None only where its line has no box either (text of an earlier OCR run)."""
    confidence: float | None
    """The lowest of the words that it was recognised as; None where there is none, or a person wrote it."""
    changed: bool
    """Whether it differs from what was recognised."""
    by_person: bool
    """Whether a person changed it. A word that is ``changed`` and not this was changed by a repair."""
    start: int
    """Offset in code points in the paragraph's final text."""


@dataclass(frozen=True, slots=True)
class Line:
    bbox: BBox | None
    """Around the line as recognised and its words."""
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or the part of it that is on one page and in one column."""

    paragraph: ParagraphEntry
    part: int
    """1 where the paragraph begins, 2 on the next page or in the next column, and so on."""
    bbox: BBox | None
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Page:
    facts: PageEntry
    passages: tuple[Passage, ...]

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels; None for plain text."""
        width, height = self.facts.width, self.facts.height
        return (width, height) if width and height else None


def pages_with_words(record: Record) -> tuple[Page, ...]:
    """The pages that were read, blank ones too, in their order."""
    rotations = {page.number: page.rotation for page in record.provenance.pages}
    passages: dict[int, list[Passage]] = {}
    for one in begin(record).paragraphs:
        for number, passage in _passages(one, record, rotations):
            passages.setdefault(number, []).append(passage)
    return tuple(Page(facts, tuple(passages.get(facts.number, ()))) for facts in record.provenance.pages)


def _passages(one: Reviewed, record: Record, rotations: dict[int, int]) -> Iterator[tuple[int, Passage]]:
    # A paragraph that a person split off may hold only words that this person wrote.
    lines = one.entry.lines or (LineEntry(page=one.entry.page, bbox=one.entry.bbox, words=()),)
    by_line = groupby(_words(one, lines, record, rotations), key=lambda placed: placed[0])
    filled = [
        (lines[number], tuple(_in_gaps([word for _, word in words], lines[number], one.entry, rotations)))
        for number, words in by_line
    ]
    begins = [0, *(at for at in range(1, len(filled)) if _begins_anew(filled[at - 1][0], filled[at][0], rotations))]
    for part, (start, end) in enumerate(pairwise([*begins, len(filled)]), start=1):
        made = tuple(
            Line(around_boxes([entry.bbox, *(w.bbox for w in words)]), words) for entry, words in filled[start:end]
        )
        if made:
            yield filled[start][0].page, Passage(one.entry, part, around_boxes(line.bbox for line in made), made)


def _begins_anew(before: LineEntry, line: LineEntry, rotations: dict[int, int]) -> bool:
    """Whether the line is on another page than the one before, or above it: at the top of the next column."""
    if line.page != before.page:
        return True
    if line.bbox is None or before.bbox is None:
        return False
    rotation = rotations.get(line.page, 0)
    return _down(line.bbox, rotation)[1] <= _down(before.bbox, rotation)[0]


def _down(box: BBox, rotation: int) -> tuple[int, int]:
    """Top and bottom of the box on the upright page, from any origin."""
    _, top, _, bottom = turned(box, rotation // 90, width=0, height=0)
    return top, bottom


# ── words, and what they were recognised as ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Part:
    """A recognised word, or a part of it: from ``start`` to ``end``, as shares (0–1) of its letters."""

    entry: WordEntry
    line: int
    start: float = 0.0
    end: float = 1.0


def _words(
    one: Reviewed, lines: Sequence[LineEntry], record: Record, rotations: dict[int, int]
) -> Iterator[tuple[int, Word]]:
    """(index of the line, word) for every word of the final text; with a box where something was recognised."""
    sources = [_Part(word, number) for number, line in enumerate(lines) for word in line.words]
    found: list[tuple[int | None, Word]] = []
    for tokens, marks in _together(one):
        texts = [one.text[start:end] for start, end in tokens]
        shares = _shares(texts, [sources[mark.key] for mark in marks])
        by_machine = _is_repaired(one, record, tokens[0][0], tokens[-1][1])
        for (start, _), text, parts in zip(tokens, texts, shares, strict=True):
            changed = [(part.entry.text, part.start, part.end) for part in parts] != [(text, 0.0, 1.0)]
            by_person = changed and not by_machine
            confidences = [p.entry.confidence for p in parts if p.entry.confidence is not None and not by_person]
            on_line = [part for part in parts if part.line == parts[0].line]
            boxes = [_cut(part, rotations.get(lines[part.line].page, 0)) for part in on_line]
            confidence = min(confidences, default=None)
            word = Word(text, around_boxes(boxes), confidence, changed, by_person, start)
            found.append((parts[0].line if parts else None, word))
    # A word that a person added is on the line of the word before it; at the very beginning, on that of the next word.
    at = next((line for line, _ in found if line is not None), 0)
    for line, word in found:
        at = at if line is None else max(at, line)
        yield at, word


def _together(one: Reviewed) -> Iterator[tuple[list[tuple[int, int]], list[Mark]]]:
    """Words of the final text (start, end) with the recognised words that they came from, in the smallest groups."""
    tokens = [match.span() for match in re.finditer(r"\S+", one.text)]
    marks = [mark for mark, _, _ in one.words() if mark.end > mark.start]
    spans = sorted([*((start, end, None) for start, end in tokens), *((m.start, m.end, m) for m in marks)], key=_place)
    group: list[tuple[int, int, Mark | None]] = []
    reach = 0
    for span in [*spans, (len(one.text), len(one.text), None)]:
        if span[0] >= reach and group:
            here = [(start, end) for start, end, mark in group if mark is None]
            if here:
                yield here, [mark for _, _, mark in group if mark is not None]
            group = []
        group.append(span)
        reach = max(reach, span[1])


def _place(span: tuple[int, int, Mark | None]) -> tuple[int, int]:
    return span[0], span[2].key if span[2] else -1


def _shares(texts: Sequence[str], read: Sequence[_Part]) -> list[list[_Part]]:
    """What each of ``texts`` was recognised as; letters are aligned where several words came from the same."""
    if len(texts) == 1 or not read:
        return [list(read) for _ in texts]
    old = "".join(part.entry.text for part in read)
    steps = Levenshtein.opcodes(old, "".join(texts))

    def before(place: int) -> float:
        """How many letters of ``old`` come before ``place`` of the texts."""
        step = next(step for step in steps if step.dest_end >= place)
        length = step.dest_end - step.dest_start
        passed = (place - step.dest_start) / length if length else 0.0
        return step.src_start + passed * (step.src_end - step.src_start)

    shares: list[list[_Part]] = []
    end = 0
    for text in texts:
        start, end = end, end + len(text)
        shares.append(list(_between(read, before(start) if start else 0.0, before(end))))
    return shares


def _between(read: Sequence[_Part], start: float, end: float) -> Iterator[_Part]:
    """The words, or parts of them, that hold the letters from ``start`` to ``end``."""
    at = 0
    for part in read:
        length = len(part.entry.text)
        first, last = max(start, at), min(end, at + length)
        if first < last:
            yield replace(part, start=(first - at) / length, end=(last - at) / length)
        at += length


def _is_repaired(one: Reviewed, record: Record, start: int, end: int) -> bool:
    """Whether a repair made these words, and nobody has changed them since."""
    key = one.marked("repair", start, end)
    if key is None:
        return False
    mark = next(mark for mark in one.marks if mark.kind == "repair" and mark.key == key)
    return one.text[mark.start : mark.end] == record.repairs[key].after


# ── boxes along a line ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Direction:
    """The direction in which text runs on the scan, before the page is turned by ``rotation`` to be upright."""

    axis: int
    """0 across the scan, 1 down."""
    sign: int
    """-1 from right to left, or upwards."""

    @classmethod
    def of(cls, rotation: int, *, rtl: bool) -> _Direction:
        forward = (rotation % 360 in (0, 270)) != rtl
        return cls(0 if rotation % 180 == 0 else 1, 1 if forward else -1)

    def stretch(self, box: BBox) -> tuple[int, int]:
        """Where the box begins and ends in this direction."""
        low, high = box[self.axis], box[self.axis + 2]
        return (low, high) if self.sign > 0 else (-high, -low)

    def part(self, box: BBox, start: float, end: float) -> BBox:
        """The box from ``start`` to ``end`` in this direction, one pixel long at least."""
        first = round(start)
        last = max(first + 1, round(end))
        low, high = (first, last) if self.sign > 0 else (-last, -first)
        low, high = (low, high) if low >= 0 else (0, high - low)
        sides = list(box)
        sides[self.axis], sides[self.axis + 2] = low, high
        return sides[0], sides[1], sides[2], sides[3]


def _cut(part: _Part, rotation: int) -> BBox | None:
    box = part.entry.bbox
    if box is None or (part.start == 0.0 and part.end == 1.0):
        return box
    direction = _Direction.of(rotation, rtl=has_arabic(part.entry.text))
    start, end = direction.stretch(box)
    return direction.part(box, start + part.start * (end - start), start + part.end * (end - start))


def _in_gaps(
    words: Sequence[Word], line: LineEntry, paragraph: ParagraphEntry, rotations: dict[int, int]
) -> Iterator[Word]:
    """The words of a line; those without a box share the gap that they are in, each by its number of letters."""
    if line.bbox is None:
        yield from words
        return
    direction = _Direction.of(rotations.get(line.page, 0), rtl=paragraph.direction == "rtl")
    line_start, line_end = direction.stretch(line.bbox)
    boxed = [direction.stretch(word.bbox) if word.bbox else None for word in words]
    for has_box, run in groupby(range(len(words)), key=lambda i: boxed[i] is not None):
        places = list(run)
        if has_box:
            yield from (words[i] for i in places)
            continue
        before = boxed[places[0] - 1] if places[0] else None
        after = boxed[places[-1] + 1] if places[-1] + 1 < len(words) else None
        if before and after and after[0] < before[0]:
            before, after = after, before  # between words of the other direction
        start, end = before[1] if before else line_start, after[0] if after else line_end
        letters = sum(len(words[i].text) for i in places)
        for i in places:
            length = max(0, end - start) * len(words[i].text) / letters
            yield replace(words[i], bbox=direction.part(line.bbox, start, start + length))
            letters -= len(words[i].text)
            start += max(1, round(length))
