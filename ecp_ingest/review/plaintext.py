"""A record as plain text for an editor, and the changes in the edited text as decisions.

A header line for each paragraph (its id, kind and language, which may be changed), its text below on one line. Doubtful
words are in ⟦brackets⟧: to delete the brackets says that the word is right, to change the word in them corrects it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.edits.decisions import LANGUAGES, PARAGRAPH_KINDS, Decision
from ecp_ingest.edits.marks import exchange
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.edits.typed_text import typed
from ecp_ingest.errors import ReviewError
from ecp_ingest.review.doubts import Token
from ecp_ingest.review.requests import accepting, reworded

OPEN, CLOSE = "⟦", "⟧"
_HEADER = re.compile(r"^=== (\S+) (\S+) (\S+)(?: .*)?===$")
_MARKS = re.compile(f"[{OPEN}{CLOSE}]")
INTRODUCTION = (
    "# Doubtful words stand in ⟦brackets⟧. Correct a word, or take its brackets away if it is right; leave the rest.",
    "# The kind and the language in a header may be changed; the header itself stays. Lines with # don't count.",
)


def as_text(state: State, tokens: tuple[Token, ...], *, introduction: bool = True) -> str:
    """The record for a person to read or to edit."""
    by_paragraph: dict[str, list[Token]] = {}
    for token in tokens:
        by_paragraph.setdefault(token.paragraph, []).append(token)
    lines = [*INTRODUCTION, ""] if introduction else []
    for one in state.paragraphs:
        lines.append(f"=== {one.id} {one.entry.kind} {one.entry.language} page {one.entry.page} ===")
        lines += [_escaped(" ".join(map(_shown, by_paragraph.get(one.id, [])))), ""]
    return "\n".join(lines)


def _shown(token: Token) -> str:
    plain = _MARKS.sub("", token.text) or "?"
    return f"{OPEN}{plain}{CLOSE}" if token.is_doubtful else plain


def _escaped(text: str) -> str:
    """The text with a backslash before what looks like a header or a comment."""
    return f"\\{text}" if text.startswith(("=== ", "#", "\\")) else text


@dataclass(frozen=True, slots=True)
class _Written:
    kind: str
    language: str
    text: str


def _read(text: str) -> dict[str, _Written]:
    found: dict[str, _Written] = {}
    name, kind, language = "", "", ""
    lines: list[str] = []

    def close() -> None:
        if name:
            found[name] = _Written(kind, language, " ".join(" ".join(lines).split()))

    for line in text.splitlines():
        if header := _HEADER.match(line):
            close()
            name, kind, language = header[1], header[2], header[3]
            lines = []
            if name in found:
                raise ReviewError(f"paragraph {name} stands there twice")
        elif not line.startswith("#"):
            lines.append(line.removeprefix("\\"))
    close()
    return found


def decisions_from(state: State, tokens: tuple[Token, ...], edited: str) -> Iterator[Decision]:
    """The decisions that make the record read as the edited text does, one at a time.

    The caller takes each before it asks for the next: a paragraph's words come before its kind, and ``seen`` is the
    digest after each decision.

    Raises:
        ReviewError: a header is missing, unknown or has no valid kind or language.
    """
    written = _read(edited)
    missing = [one.id for one in state.paragraphs if one.id not in written]
    unknown = [name for name in written if state.place(name) is None]
    if missing or unknown:
        what = f"the header of {missing[0]} is gone" if missing else f"there is no paragraph {unknown[0]}"
        raise ReviewError(f"{what}: headers have to stay as they are (to take a text out, delete only the text)")
    for one in state.paragraphs:
        new = written[one.id]
        if new.kind not in PARAGRAPH_KINDS or new.language not in LANGUAGES:
            raise ReviewError(f"{one.id}: no such kind or language: {new.kind} {new.language}")
    for one in state.paragraphs:
        yield from _paragraph(one, written[one.id], [t for t in tokens if t.paragraph == one.id])


def _paragraph(one: Reviewed, new: _Written, tokens: list[Token]) -> Iterator[Decision]:
    text = typed(_MARKS.sub("", new.text))
    shown = typed(_MARKS.sub("", " ".join(map(_shown, tokens))))
    change = reworded(one, text) if text != shown else None
    after, marks = one.text, one.marks
    if change is not None:
        after, marks = exchange(one.text, one.marks, change.start, change.before, change.after)
        yield change
    now = Reviewed(one.entry, after, marks)
    still = {piece.strip() for piece in re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", new.text)}
    for token in tokens:
        if token.is_doubtful and token.text not in still:
            places = [m.start() for m in re.finditer(rf"(?<!\S){re.escape(token.text)}(?!\S)", after)]
            if places:
                start = min(places, key=lambda place: abs(place - token.start))
                yield accepting(now, start, start + len(token.text))
    for kind, before, value in (("kind", one.entry.kind, new.kind), ("language", one.entry.language, new.language)):
        if before != value:
            yield Decision(kind=kind, paragraph=one.id, before=before, after=value)  # type: ignore[arg-type]
