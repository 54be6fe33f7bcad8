"""``Repeat``: lines that repeat other lines, with the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import LineRef


@dataclass(frozen=True, slots=True)
class Repeat:
    """``lines`` repeat ``of``; for strips and ink, each line repeats the one at its place.

    If it isn't ``certain``, the lines stay and a person is asked.
    """

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
    """The box as JSON."""
    return None if box is None else list(box)
