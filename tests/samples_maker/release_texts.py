"""Release texts as plain files: what was printed, paragraph by paragraph, and what a record should say of it.

    date: 2023-03-14
    place: Islamabad
    …
    person: Khalid Mahmood Anwar | خالد محمود انور | Mr | Secretary Election Commission |
    law: Section 58 of the Elections Act, 2017
    constituencies: NA-75 PP-38

    [eng letterhead]
    ELECTION COMMISSION OF PAKISTAN

    [eng body =2]
    …

    [picture]

    [urd caption]
    …

Keys first, one a line (an empty value is null), then paragraphs, each under its ``[language kind]``. A paragraph is one
line of text, however long: where its lines end is the printer's business.

``KEYS`` must stand there, ``title`` and ``date_islamic`` (year-month-day of that calendar) may. ``person`` (name in
English, name in Urdu, honorific, role, organisation, the last three in English; what isn't printed is empty) and
``law`` stand once for each that the release names, in any paragraph; ``constituencies`` has their codes.

``=2`` says which paragraphs of the two languages answer each other: all that bear the same mark, so that one may answer
two; ``=-`` answers none. Those without a mark pair by order within their kind where both languages have as many of them
(letterheads: the first of each); bodies that don't come out even have to be marked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from ecp_ingest.document.text import ParagraphKind

Language = Literal["eng", "urd"]

FOLDER = Path(__file__).parent / "releases"
KEYS = ("date", "place", "issuer", "wing", "kind", "reference")
OPTIONAL = ("title", "date_islamic")
REPEATED = ("person", "law", "constituencies")
KINDS = ("letterhead", "heading", "dateline", "body", "caption", "signature", "footer", "other")


@dataclass(frozen=True, slots=True)
class Printed:
    """A paragraph as printed, in logical order, NFC. ``kind`` is None for a photograph, which has no text."""

    language: Language
    kind: ParagraphKind | None
    text: str
    pair: str | None = None
    """Shared by the paragraphs of both languages that say the same."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person, by the name in both scripts; what isn't printed is empty."""

    eng: str
    urd: str
    honorific: str
    role: str
    organisation: str


@dataclass(frozen=True, slots=True)
class ReleaseText:
    name: str
    fields: dict[str, str | None]
    """``KEYS`` and ``OPTIONAL`` → value, normalised (dates ISO 8601)."""
    people: tuple[Named, ...]
    laws: tuple[str, ...]
    constituencies: tuple[str, ...]
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
    fields: dict[str, str | None] = dict.fromkeys(OPTIONAL)
    repeated: dict[str, list[str]] = {key: [] for key in REPEATED}
    paragraphs: list[Printed] = []
    tag: Printed | None = None
    for number, line in enumerate(unicodedata.normalize("NFC", text).splitlines(), start=1):
        if not line.strip():
            continue
        if line == "[picture]":
            paragraphs.append(Printed(paragraphs[-1].language, None, ""))
        elif match := re.fullmatch(r"\[(eng|urd) (\w+)(?: =(\S+))?\]", line):
            if match[2] not in KINDS:
                raise ValueError(f"{name}, line {number}: no kind of paragraph is called {match[2]!r}")
            tag = Printed(cast(Language, match[1]), cast(ParagraphKind, match[2]), "", match[3])
        elif tag:
            paragraphs.append(replace(tag, text=line.strip()))
            tag = None
        else:
            key, colon, value = line.partition(":")
            if paragraphs or not colon or key not in (*KEYS, *OPTIONAL, *REPEATED):
                raise ValueError(f"{name}, line {number}: text without a [language kind] over it")
            if key in repeated:
                repeated[key].append(value.strip())
            else:
                fields[key] = value.strip() or None
    if missing := set(KEYS) - fields.keys():
        raise ValueError(f"{name}: no line for {', '.join(sorted(missing))}")
    return ReleaseText(
        name,
        fields,
        tuple(_person(name, line) for line in repeated["person"]),
        tuple(repeated["law"]),
        tuple(code for line in repeated["constituencies"] for code in line.split()),
        _paired(name, paragraphs),
    )


def _person(name: str, line: str) -> Named:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 5 or not (parts[0] or parts[1]):
        raise ValueError(f"{name}: a person is English | Urdu | honorific | role | organisation, not {line!r}")
    return Named(*parts)


def _paired(name: str, paragraphs: list[Printed]) -> tuple[Printed, ...]:
    """``paragraphs`` with ``pair`` as marked, or by order where nothing is marked."""
    unmarked: dict[ParagraphKind, dict[Language, list[int]]] = defaultdict(lambda: {"eng": [], "urd": []})
    for place, paragraph in enumerate(paragraphs):
        if paragraph.kind is not None and paragraph.pair is None:
            unmarked[paragraph.kind][paragraph.language].append(place)
    paired = [replace(p, pair=None) if p.pair == "-" else p for p in paragraphs]
    for kind, places in unmarked.items():
        english, urdu = places["eng"], places["urd"]
        if kind == "letterhead":
            english, urdu = english[:1], urdu[:1]
        if len(english) != len(urdu):
            if kind == "body":
                raise ValueError(f"{name}: {len(english)} English bodies and {len(urdu)} Urdu ones; mark which answer")
            continue
        for number, pair in enumerate(zip(english, urdu, strict=True), start=1):
            for place in pair:
                paired[place] = replace(paired[place], pair=f"{kind}-{number}")
    return tuple(paired)
