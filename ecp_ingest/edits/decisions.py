"""The decisions that a person can make about a record, as one type; in the log each is one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from ecp_ingest.document.text import ParagraphKind
from ecp_ingest.errors import ReviewError
from ecp_ingest.files.digests import text_digest
from ecp_ingest.language.languages import READ

Kind = Literal["text", "accept", "kind", "language", "order", "merge", "split", "field", "settle", "state", "undo"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PARAGRAPH_KINDS: tuple[ParagraphKind, ...] = get_args(ParagraphKind)
LANGUAGES = tuple(READ)
FIELDS = ("issuer", "wing", "kind", "place", "date", "title", "people", "references")
LIST_FIELDS = ("people", "references")
"""Fields that hold a list: one value a line."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. What the keys hold depends on ``kind``:

    ========== ===================================================================================================
    text       ``before`` at ``start`` of the paragraph becomes ``after``; ``target`` says where it came from, if not
               from a person's own typing: ``repair:3`` restored, or the key of a reason whose suggestion was applied
    accept     ``before`` at ``start`` is right as it is
    kind       of the paragraph
    language   of the paragraph: ``eng`` or ``urd``
    order      the paragraph moves behind the one called ``after`` (empty: to the top); it was behind ``before``
    merge      the paragraph is joined with ``before``, the one that follows it
    split      the paragraph is cut at ``start``; ``after`` is how the second half begins
    field      ``target`` of the release gets the value ``after``; empty: unknown
    settle     nobody has to look at the reason ``target`` any more: the text stays as it is
    state      of the record: ``needed`` or ``done``
    undo       edit number ``target`` no longer counts
    ========== ===================================================================================================
    """

    kind: Kind
    paragraph: str = ""
    start: int = 0
    """Offset in code points in the paragraph's text as it was seen."""
    before: str = ""
    after: str = ""
    target: str = ""
    seen: str = ""
    """``digest`` of the text that the person saw."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A decision as it was taken: a line of the log."""

    number: int
    """From 1, in the order in which they were taken."""
    time: str
    """ISO 8601, UTC."""
    reviewer: str
    decision: Decision
    base: str
    """``digest`` of the record as recognised that it was made on."""
    left: str = ""
    """The text before the place in its paragraph, to find it again where the offset no longer fits. Of ``order``: the
    digest of the paragraph that it was put behind."""
    right: str = ""


def digest(*texts: str) -> str:
    """The first 16 hexadecimal digits of the texts' sha256."""
    return text_digest("\n".join(texts))[:16]


def to_line(edit: Edit) -> str:
    """The edit as one line of JSON, with its line end."""
    flat = asdict(edit)
    flat |= flat.pop("decision")
    return json.dumps(flat, ensure_ascii=False) + "\n"


def from_line(line: str) -> Edit:
    """The edit in a line of the log.

    Raises:
        ValueError: the line holds no edit.
    """
    flat = json.loads(line)
    if not isinstance(flat, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  one kind of error for whatever is no edit
    own = {name: _checked(flat, name, kind) for name, kind in _EDIT_KEYS.items()}
    return Edit(decision=decision_from(flat), **own)


_EDIT_KEYS = {"number": int, "time": str, "reviewer": str, "base": str, "left": str, "right": str}
_DECISION_KEYS = {"paragraph": str, "start": int, "before": str, "after": str, "target": str, "seen": str}


def decision_from(given: dict[str, Any]) -> Decision:
    """The decision in JSON values from a browser or a log.

    Raises:
        ValueError: they hold no decision.
    """
    kind = given.get("kind")
    if kind not in KINDS:
        raise ValueError(f"no such kind of decision: {kind!r}")
    return Decision(kind=kind, **{name: _checked(given, name, of) for name, of in _DECISION_KEYS.items()})


def _checked(given: dict[str, Any], name: str, kind: type) -> Any:
    value = given.get(name, kind())
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is no {kind.__name__}: {value!r}")  # noqa: TRY004  as above
    return value


def undone(edits: Sequence[Edit]) -> frozenset[int]:
    """Numbers of the edits that were undone; an undo that was undone itself doesn't count."""
    gone: set[int] = set()
    for edit in reversed(edits):  # an undo only ever names an earlier edit
        if edit.decision.kind == "undo" and edit.number not in gone:
            gone.add(int(edit.decision.target))
    return frozenset(gone)


def last_active(edits: Sequence[Edit]) -> Edit:
    """The latest edit that isn't undone and is no undo: the one that "undo" without a number means.

    Raises:
        ReviewError: there is none.
    """
    gone = undone(edits)
    for edit in reversed(edits):
        if edit.decision.kind != "undo" and edit.number not in gone:
            return edit
    raise ReviewError("there is nothing to undo")
