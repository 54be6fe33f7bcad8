"""Finds the people, places, organisations, dates, laws … of a record's fields everywhere in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ecp_ingest.entities.dates import find_dates
from ecp_ingest.entities.gazetteer import current
from ecp_ingest.record.entries import FieldEntry, ReleaseEntry
from ecp_ingest.record.schema import Record

Kind = Literal["person", "place", "organisation", "date", "law", "constituency", "reference"]
SHORTEST = 3
"""Letters: a shorter name would be found in other words too."""


@dataclass(frozen=True, slots=True)
class Entity:
    """``text[start:end]`` of the paragraph names ``value``."""

    kind: Kind
    value: str
    """Normalised, as the record's field has it; dates as ISO 8601."""
    paragraph: str
    start: int
    end: int


def find_entities(record: Record) -> dict[str, tuple[Entity, ...]]:
    """Paragraph id → its entities, in order. Where two overlap, the longer name counts."""
    names = sorted(set(_names(record.release)), key=lambda name: (-len(name[2]), name))
    patterns = [(kind, value, _pattern(form)) for kind, value, form in names if len(form) >= SHORTEST]
    found: dict[str, tuple[Entity, ...]] = {}
    for paragraph in record.paragraphs:
        here: list[Entity] = []
        for kind, value, pattern in patterns:
            for match in pattern.finditer(paragraph.text):
                _keep(Entity(kind, value, paragraph.id, *match.span()), here)
        for date in find_dates(paragraph.text):
            if date.value:
                _keep(Entity("date", date.value.isoformat(), paragraph.id, date.start, date.end), here)
        found[paragraph.id] = tuple(sorted(here, key=lambda entity: entity.start))
    return found


def _keep(entity: Entity, here: list[Entity]) -> None:
    if all(entity.end <= other.start or entity.start >= other.end for other in here):
        here.append(entity)


def _pattern(form: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, form.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _names(release: ReleaseEntry) -> Iterator[tuple[Kind, str, str]]:
    """(kind, value, form) for each form in which the text may have the name."""
    for person in release.people:
        names = (person.names.eng, person.names.urd) if person.names else ()
        yield from (("person", person.value, form) for form in (person.value, *names) if form)
        if person.organisation:
            yield from _known("organisation", person.organisation, (), "issuer", "organisation", "party")
    for field in (release.issuer, release.wing):
        yield from _known("organisation", *_of(field), "issuer", "wing")
    yield from _known("place", *_of(release.place), "town", "district", "division", "province")
    several: tuple[tuple[Kind, tuple[FieldEntry, ...]], ...] = (
        ("law", release.laws),
        ("constituency", release.constituencies),
        ("reference", release.references),
    )
    for kind, entries in several:
        yield from ((kind, entry.value, form) for entry in entries for form in (entry.value, entry.text))


def _of(field: FieldEntry | None) -> tuple[str, tuple[str, ...]]:
    return (field.value, (field.text,)) if field else ("", ())


def _known(kind: Kind, value: str, printed: Iterable[str], *kinds: str) -> Iterator[tuple[Kind, str, str]]:
    """The same for the forms in the gazetteer too, in both languages."""
    known = next((entry.forms for entry in current().of(*kinds) if entry.name == value), ())
    yield from ((kind, value, form) for form in (value, *printed, *known) if form)
