"""Changes to text, applied and undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Repair:
    """``before`` at ``start`` becomes ``after``. ``start`` counts code points in the text when the repair is made."""

    kind: str
    paragraph: str
    start: int
    before: str
    after: str
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only: rule, score, boxes in the scan frame."""


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why a person should look; ``suggestion`` is a repair that was not made."""

    kind: str
    paragraph: str | None
    detail: str
    suggestion: Repair | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``before`` at ``start`` of the final text is no word; ``alternatives`` are, the likeliest first."""

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
    """``texts`` has the final text of each paragraph, in their order."""

    texts: tuple[str, ...]
    repairs: tuple[Repair, ...]
    reasons: tuple[ReviewReason, ...]
    suggestions: tuple[Suggestion, ...] = ()


def apply(text: str, repair: Repair) -> str:
    """``text`` with the repair made. Raises ValueError where ``before`` doesn't stand at ``start``."""
    return _exchange(text, repair.start, repair.before, repair.after)


def undo(text: str, repair: Repair) -> str:
    """``text`` as it was before the repair. Raises ValueError where ``after`` doesn't stand at ``start``."""
    return _exchange(text, repair.start, repair.after, repair.before)


def _exchange(text: str, start: int, old: str, new: str) -> str:
    end = start + len(old)
    if start < 0 or end > len(text) or text[start:end] != old:
        raise ValueError(f"{old!r} doesn't stand at {start} of {text[max(0, start - 10) : end + 10]!r}")
    return text[:start] + new + text[end:]
