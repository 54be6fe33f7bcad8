"""The fields of a release as values."""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.document.text import Paragraph


@dataclass(frozen=True, slots=True)
class Field:
    """``value`` is normalised (dates: ISO 8601), ``text`` as printed, ``paragraph`` where it stands."""

    value: str
    text: str
    paragraph: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Names:
    """One person's name in both scripts, as far as the release has it."""

    eng: str | None = None
    urd: str | None = None


@dataclass(frozen=True, slots=True)
class Person(Field):
    """``value`` is the name in Latin letters, or the Urdu one where there is no other."""

    honorific: str | None = None
    role: str | None = None
    organisation: str | None = None
    names: Names = Names()


@dataclass(frozen=True, slots=True)
class Release:
    issuer: Field | None = None
    wing: Field | None = None
    kind: Field | None = None
    place: Field | None = None
    date: Field | None = None
    date_islamic: Field | None = None
    """``value`` is year, month and day of the Islamic calendar, which no table converts surely."""
    title: Field | None = None
    people: tuple[Person, ...] = ()
    references: tuple[Field, ...] = ()
    laws: tuple[Field, ...] = ()
    constituencies: tuple[Field, ...] = ()


def sure(score: float, paragraph: Paragraph) -> float:
    """How well the words fit, times how well they were read."""
    read = paragraph.confidence
    return round(min(1.0, max(0.0, score * (read if read is not None else 0.95))), 4)
