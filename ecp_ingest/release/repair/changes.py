"""The types of a repair, and how a repair is applied and undone.

A rule yields ``Change``s. A ``Change`` made in a paragraph is a ``Repair``. Offsets count code points.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ecp_ingest.document.text import Paragraph
from ecp_ingest.record.entries import ReviewReason
from ecp_ingest.settings import RepairSettings


@dataclass(frozen=True, slots=True)
class Draft:
    """A paragraph after the rules that have run so far: what a rule is given."""

    paragraph: Paragraph
    text: str
    confidences: Sequence[float | None]
    """One for each code point of ``text``; None for spaces and where nothing was measured."""
    vocabulary: Collection[str]
    """English words that this release has inside its lines, in lower case, compounds with their hyphens."""
    settings: RepairSettings

    @property
    def is_urdu(self) -> bool:
        return self.paragraph.language == "urd" and self.paragraph.script == "Arab"


@dataclass(frozen=True, slots=True)
class Change:
    """``before``, which is at ``start`` of the draft's text, is to become ``after``."""

    kind: str
    start: int
    before: str
    after: str
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only: rule, score, boxes in the scan frame."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A change that was made in a paragraph; ``start`` counts in the text just before this repair."""

    kind: str
    paragraph: str
    start: int
    before: str
    after: str
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only: rule, score, boxes in the scan frame."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``before``, at ``start`` of the final text, is not a word; ``alternatives`` are, likeliest first."""

    kind: str
    paragraph: str
    start: int
    before: str
    alternatives: tuple[Alternative, ...]
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alternative:
    text: str
    share: float
    """Of the likelihood of all alternatives together, 0–1."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What repairing the paragraphs of a release gives."""

    texts: tuple[str, ...]
    """The final text of each paragraph, in the order of the paragraphs."""
    repairs: tuple[Repair, ...]
    reasons: tuple[ReviewReason, ...]
    suggestions: tuple[Suggestion, ...] = ()


class Exchange(Protocol):
    """A ``Change``, a ``Repair``, or a repair as the record has it."""

    @property
    def start(self) -> int | None: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


def apply(text: str, change: Exchange) -> str:
    """``text`` with the change made.

    Raises:
        ValueError: ``before`` is not at ``start``.
    """
    return _exchange(text, change.start or 0, change.before, change.after)


def undo(text: str, change: Exchange) -> str:
    """``text`` as it was before the change.

    Raises:
        ValueError: ``after`` is not at ``start``.
    """
    return _exchange(text, change.start or 0, change.after, change.before)


def _exchange(text: str, start: int, old: str, new: str) -> str:
    end = start + len(old)
    if start < 0 or end > len(text) or text[start:end] != old:
        raise ValueError(f"{old!r} doesn't stand at {start} of {text[max(0, start - 10) : end + 10]!r}")
    return text[:start] + new + text[end:]
