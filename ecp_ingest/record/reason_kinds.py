"""The table of review reasons: meaning and urgency of each kind, and whether reading the paragraph settles it.

A new kind of ``ReviewReason`` is one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonKind:
    name: str
    meaning: str
    urgency: float
    """Added to the rank of the record in the queue, per reason of this kind. Chosen by hand: highest where text may be
    lost, then where it may be wrong, then where it is only doubtful."""
    settled_by_reading: bool = False
    """Settled when a person has accepted every word of the paragraph."""


REASON_KINDS = {
    kind.name: kind
    for kind in (
        ReasonKind("failed_source", "the source couldn't be read at all", 6.0),
        ReasonKind("failed_page", "a page couldn't be read", 6.0),
        ReasonKind("stale_edit", "a person's edit doesn't fit the text any more", 5.0),
        ReasonKind("failed_check", "the two halves, or the fields, disagree", 4.0),
        ReasonKind("printed_duplicate", "printed twice, possibly on purpose", 3.0),
        ReasonKind("garbled_repeat", "a phrase twice, with other words in or between the copies", 3.0, True),
        ReasonKind("suspected_duplicate_page", "a page much like an earlier one", 3.0),
        ReasonKind("low_confidence", "a paragraph that was read with low confidence", 2.0, True),
        ReasonKind("language", "a paragraph in another language than the one it was read in", 2.0, True),
    )
}
SETTLED_BY_READING = frozenset(name for name, kind in REASON_KINDS.items() if kind.settled_by_reading)
OTHER_URGENCY = 1.0
"""Urgency of a kind that isn't in the table, such as in a record of another version."""


def urgency(kind: str) -> float:
    known = REASON_KINDS.get(kind)
    return known.urgency if known else OTHER_URGENCY
