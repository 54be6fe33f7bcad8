"""Words, lines, regions and paragraphs of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.layout import TableRow

Script = Literal["Latn", "Arab"]


Direction = Literal["ltr", "rtl"]


ParagraphKind = Literal["letterhead", "heading", "dateline", "body", "caption", "signature", "footer", "other"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in logical order, NFC; ``bbox`` is None where the source has no geometry (earlier OCR text)."""

    text: str
    bbox: Box | None
    confidence: float | None
    """0–1; None if it was not measured."""
    engine_confidence: float | None = None
    """Confidence of the engine, 0–1, if ``confidence`` was calibrated from it."""


class Measured(Protocol):
    """A word here or in a record."""

    @property
    def text(self) -> str: ...

    @property
    def confidence(self) -> float | None: ...


def mean_confidence(words: Iterable[Measured]) -> float | None:
    """Mean over the words whose confidence was measured, each weighted by its length; None where there are none."""
    weighted = [(word.confidence, len(word.text)) for word in words if word.confidence is not None]
    total = sum(length for _, length in weighted)
    return sum(confidence * length for confidence, length in weighted) / total if total else None


LineRef = tuple[int, int, int]
"""Which line of a source: 1-based page, 0-based region in the page, 0-based line in the region."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text layer or of an earlier run's text, words in logical order. Boxes in the scan frame."""

    words: tuple[Word, ...]
    bbox: Box | None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class ScriptChoice:
    """The script and language chosen for a line before recognition, and why."""

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
        """As ``mean_confidence`` has it."""
        return mean_confidence(word for placed in self.lines for word in placed.line.words)


FinalParagraphs = Sequence[tuple[Paragraph, str]]
"""Paragraphs with their final text, in reading order; the text of a paragraph that was taken out is empty."""
