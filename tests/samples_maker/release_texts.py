"""Release texts as plain files: what was printed, paragraph by paragraph, and what a record should say of it.

    date: 2023-03-14
    place: Islamabad
    …

    [eng letterhead]
    ELECTION COMMISSION OF PAKISTAN

    [picture]

    [urd caption]
    …

Keys first, one a line (an empty value is null); then paragraphs, each under its ``[language kind]``. A paragraph is one
line of text, however long: where its lines end is the printer's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from ecp_ingest.document import ParagraphKind

Language = Literal["eng", "urd"]

FOLDER = Path(__file__).parent / "releases"
KEYS = ("date", "place", "issuer", "wing", "kind", "reference")
KINDS = ("letterhead", "heading", "dateline", "body", "caption", "signature", "footer", "other")


@dataclass(frozen=True, slots=True)
class Printed:
    """A paragraph as printed, in logical order, NFC. ``kind`` is None for a photograph, which has no text."""

    language: Language
    kind: ParagraphKind | None
    text: str


@dataclass(frozen=True, slots=True)
class ReleaseText:
    name: str
    fields: dict[str, str | None]
    """``KEYS`` → value, normalised (dates ISO 8601)."""
    paragraphs: tuple[Printed, ...]
    """In reading order: the English half, then the Urdu half."""

    def half(self, language: Language) -> tuple[Printed, ...]:
        """The sheet half that is mostly in ``language``: the Urdu half begins with its letterhead."""
        start = next(i for i, p in enumerate(self.paragraphs) if p.language == "urd")
        return self.paragraphs[:start] if language == "eng" else self.paragraphs[start:]


def load_release(name: str) -> ReleaseText:
    return parse_release(name, (FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def parse_release(name: str, text: str) -> ReleaseText:
    """Raises ValueError, with the line number, for anything that isn't as the head of this module says."""
    fields: dict[str, str | None] = {}
    paragraphs: list[Printed] = []
    tag: tuple[Language, ParagraphKind] | None = None
    for number, line in enumerate(unicodedata.normalize("NFC", text).splitlines(), start=1):
        if not line.strip():
            continue
        if line == "[picture]":
            paragraphs.append(Printed(paragraphs[-1].language, None, ""))
        elif match := re.fullmatch(r"\[(eng|urd) (\w+)\]", line):
            if match[2] not in KINDS:
                raise ValueError(f"{name}, line {number}: no kind of paragraph is called {match[2]!r}")
            tag = cast(tuple[Language, ParagraphKind], (match[1], match[2]))
        elif tag:
            paragraphs.append(Printed(*tag, text=line.strip()))
            tag = None
        else:
            key, colon, value = line.partition(":")
            if paragraphs or not colon or key not in KEYS:
                raise ValueError(f"{name}, line {number}: text without a [language kind] over it")
            fields[key] = value.strip() or None
    if missing := set(KEYS) - fields.keys():
        raise ValueError(f"{name}: no line for {', '.join(sorted(missing))}")
    return ReleaseText(name, fields, tuple(paragraphs))
