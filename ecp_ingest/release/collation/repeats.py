"""What a search for duplicates finds: lines that say again what other lines have said, and how one knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import LineRef


@dataclass(frozen=True, slots=True)
class Repeat:
    """``lines`` repeat ``of``, pair by pair in the case of strips and ink. Where it isn't ``certain``, nothing goes:
    a person is asked."""

    id: str
    kind: Literal["duplicate_page", "duplicate_line"]
    lines: tuple[LineRef, ...]
    of: tuple[LineRef, ...]
    score: float
    """Likeness, 0–1."""
    certain: bool = True
    evidence: dict[str, Any] = field(default_factory=dict)
    """JSON values only; boxes in the scan frame."""


def plain_box(box: Box | None) -> list[int] | None:
    """As evidence holds it."""
    return None if box is None else list(box)
