"""The fields of a release as values."""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.document.text import Paragraph


@dataclass(frozen=True, slots=True)
class Field:
    """``value`` is normalised (dates: ISO 8601), ``text`` as printed, ``paragraph`` the id of its paragraph."""

    value: str
    text: str
    paragraph: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Names:
    """One person's name in both scripts; None in a script in which the release doesn't have it."""

    eng: str | None = None
    urd: str | None = None


@dataclass(frozen=True, slots=True)
class Person(Field):
    """``value`` is the name in Latin letters, or the Urdu one where there is no Latin one."""

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
    """``value`` is year, month and day of the Islamic calendar, which no table converts with certainty."""
    title: Field | None = None
    people: tuple[Person, ...] = ()
    references: tuple[Field, ...] = ()
    laws: tuple[Field, ...] = ()
    constituencies: tuple[Field, ...] = ()


UNMEASURED = 0.95
"""Confidence of text that no engine read: a text layer or an earlier run's text is mostly right."""


def field_confidence(score: float, paragraph: Paragraph) -> float:
    """``score`` (how well the words match, 0–1) times the confidence with which the paragraph was read; 0–1."""
    read = paragraph.confidence if paragraph.confidence is not None else UNMEASURED
    return round(min(1.0, max(0.0, score * read)), 4)
