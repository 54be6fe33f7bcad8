"""Moves, merges and splits paragraphs, with their lines, words and marks."""

from __future__ import annotations

from dataclasses import replace

from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.document.text import mean_confidence
from ecp_ingest.edits.marks import Mark
from ecp_ingest.edits.state import Reviewed
from ecp_ingest.record.entries import BBox, LineEntry, ParagraphEntry


def moved(paragraphs: tuple[Reviewed, ...], at: int, anchor: int | None) -> tuple[Reviewed, ...]:
    """The paragraphs with the one at index ``at`` right behind the one at ``anchor``; None makes it the first."""
    one = paragraphs[at]
    rest = [other for i, other in enumerate(paragraphs) if i != at]
    to = 0 if anchor is None else next(i for i, other in enumerate(rest) if other is paragraphs[anchor]) + 1
    return (*rest[:to], one, *rest[to:])


def merged(first: Reviewed, second: Reviewed) -> Reviewed:
    """``first`` with ``second`` at its end, a space between the texts."""
    gap = " " if first.text and second.text else ""
    by = len(first.text) + len(gap)
    words = sum(len(line.words) for line in first.entry.lines)
    marks = tuple(
        replace(mark.moved(by), key=mark.key + words) if mark.kind == "word" else mark.moved(by)
        for mark in second.marks
    )
    recognised_gap = " " if first.entry.recognised and second.entry.recognised else ""
    entry = _with_lines(
        first.entry,
        first.entry.recognised + recognised_gap + second.entry.recognised,
        first.entry.lines + second.entry.lines,
    )
    return Reviewed(entry, first.text + gap + second.text, first.marks + marks)


def parted(one: Reviewed, start: int, new_id: str) -> tuple[Reviewed, Reviewed]:
    """The two halves of the paragraph, cut at ``start`` of the text; the second half gets the id ``new_id``."""
    text = one.text[:start].rstrip(), one.text[start:].lstrip()
    skipped = len(one.text) - len(text[1])
    words = [mark for mark in one.marks if mark.kind == "word"]
    keep = next((i for i, mark in enumerate(words) if mark.start >= skipped and mark.end > skipped), len(words))
    first_lines, second_lines = _parted_lines(one.entry.lines, keep)
    recognised = _recognised(first_lines), _recognised(second_lines)
    first = _with_lines(one.entry, recognised[0], first_lines)
    second = _with_lines(one.entry, recognised[1], second_lines).model_copy(update={"id": new_id, "parallel": None})
    before = tuple(
        replace(mark, start=min(mark.start, len(text[0])), end=min(mark.end, len(text[0])))
        for mark in one.marks
        if (mark.key < keep if mark.kind == "word" else mark.start < start)
    )
    after = tuple(
        _into_second(mark, skipped, keep)
        for mark in one.marks
        if (mark.key >= keep if mark.kind == "word" else mark.start >= start or mark.end > skipped)
    )
    return Reviewed(first, text[0], before), Reviewed(second, text[1], after)


def _into_second(mark: Mark, by: int, words_before: int) -> Mark:
    return replace(
        mark,
        key=mark.key - words_before if mark.kind == "word" else mark.key,
        start=max(0, mark.start - by),
        end=max(0, mark.end - by),
    )


def _recognised(lines: tuple[LineEntry, ...]) -> str:
    return " ".join(word.text for line in lines for word in line.words)


def _parted_lines(lines: tuple[LineEntry, ...], keep: int) -> tuple[tuple[LineEntry, ...], tuple[LineEntry, ...]]:
    """The lines of the first ``keep`` words, and the rest; a line that is cut gets a box around its words."""
    first: list[LineEntry] = []
    second: list[LineEntry] = []
    for line in lines:
        left = min(len(line.words), max(0, keep))
        keep -= len(line.words)
        if left == len(line.words):
            first.append(line)
        elif left == 0:
            second.append(line)
        else:
            first.append(_cut(line, 0, left))
            second.append(_cut(line, left, len(line.words)))
    return tuple(first), tuple(second)


def _cut(line: LineEntry, start: int, end: int) -> LineEntry:
    words = line.words[start:end]
    return line.model_copy(update={"words": words, "bbox": around_boxes(word.bbox for word in words) or line.bbox})


def _with_lines(entry: ParagraphEntry, recognised: str, lines: tuple[LineEntry, ...]) -> ParagraphEntry:
    page = lines[0].page if lines else entry.page
    box: BBox | None = around_boxes(line.bbox for line in lines if line.page == page)
    measured = mean_confidence(word for line in lines for word in line.words)
    return entry.model_copy(
        update={
            "recognised": recognised,
            "lines": lines,
            "page": page,
            "bbox": box or entry.bbox,
            "confidence": entry.confidence if measured is None else round(measured, 4),
        }
    )
