"""Persons, file numbers, constituencies and laws that a text mentions. Pure patterns: few finds, sure ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.letterforms import fold_in_place


@dataclass(frozen=True, slots=True)
class Mention:
    """``value`` normalised, ``text`` as printed."""

    value: str
    text: str
    honorific: str | None = None
    role: str | None = None


# ── references ────────────────────────────────────────────────────────────────────────────────────────────────────

_FILE = re.compile(
    r"(?:No\.?\s*)?\bF\.?\s?(?:No\.?\s?)?(\d{1,3}\s?\(\d{1,4}\)(?:\s?/\s?\d{2,4})?(?:\s?[-–/]\s?[A-Z][\w().&]*)*)"
)
_SEAT = re.compile(r"\b(NA|PP|PS|PK|PB)\s?[-–.]\s?(\d{1,3})(?!\d)")
_SEAT_URDU = re.compile(r"(?<!\w)(این اے|پی پی|پی ایس|پی کے|پی بی)\s?[-–.]?\s?(\d{1,3})(?!\d)")
_SEATS = {"این اے": "NA", "پی پی": "PP", "پی ایس": "PS", "پی کے": "PK", "پی بی": "PB"}
_LAW = re.compile(
    r"\b(?:Section|Article|Rule)s?\s+\d+[A-Z]?(?:\(\w{1,3}\))*"
    r"(?:\s+of\s+(?:the\s+)?(?:Constitution(?:\s+of\s+Pakistan)?|(?:[A-Z]\w+\s){1,4}(?:Act|Rules|Ordinance)(?:,?\s\d{4})?))?"
    r"|\b(?:[A-Z]\w+\s){1,3}(?:Act|Rules|Ordinance),?\s\d{4}"
)


def find_references(text: str) -> Iterator[Mention]:
    """File numbers, constituencies, sections of laws, in order of kind and place."""
    for match in _FILE.finditer(text):
        number = re.sub(r"\s*([/()–-])\s*", lambda m: m[1].replace("–", "-"), match[1]).rstrip(".")
        yield Mention(f"F.{number}", match.group().rstrip("."))
    plain = fold_in_place(text)
    for match in _SEAT.finditer(plain):
        yield Mention(f"{match[1]}-{int(match[2])}", text[match.start() : match.end()])
    for match in _SEAT_URDU.finditer(plain):
        yield Mention(f"{_SEATS[match[1]]}-{int(match[2])}", text[match.start() : match.end()])
    for match in _LAW.finditer(text):
        value = re.sub(r",?\s(?=\d{4}$)", ", ", " ".join(match.group().split()))
        yield Mention(value.removeprefix("The "), match.group())


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

_ROLE_WORD = (
    r"(?:Chief|Secretary|Special|Additional|Deputy|Joint|Director|General|Commissioner|Election|Officer|Advisor|Adviser|"
    r"Representative|Resident|Ambassador|Minister|Member|Chairman|Chairperson|Provincial|Regional|District|Returning|"
    r"Technical|Political|Spokesperson|Head|Country|High|Senior|Programme|Project|Manager|Coordinator|Judge|President|"
    r"Governor|Inspector|Senator|Consultant|Federal)"
)
_NAME = rf"(?!{_ROLE_WORD}\b)[A-Z][a-z’'\-]*(?:[A-Z][a-z]+)*\.?"
_PERSON = re.compile(
    rf"\b(?P<honorific>(?:Mr\.? )?Justice(?: \(R\w{{0,4}}\.?\))?|Mr|Mrs|Ms|Miss|Dr|Barrister|Engr)\.?\s+"
    rf"(?P<name>{_NAME}(?:\s(?:{_NAME}|ul|ur|bin|al|de|van|ud)(?![a-z])){{0,4}})"
)
_ROLE = rf"{_ROLE_WORD}(?:\s(?:{_ROLE_WORD}|of|for|the|and|[A-Z]\w+))*"
_ROLE_BEFORE = re.compile(rf"(?P<role>{_ROLE}),?\s$")
_ROLE_AFTER = re.compile(rf"^,\s(?P<role>{_ROLE})")


def find_people(text: str) -> Iterator[Mention]:
    """Persons named with an honorific in English text, with the role that stands right beside the name."""
    for match in _PERSON.finditer(text):
        name = match["name"].rstrip(".").removesuffix("'s").removesuffix("’s").strip()
        if len(name) < 3:
            continue
        before = _ROLE_BEFORE.search(text[max(0, match.start() - 120) : match.start()])
        after = _ROLE_AFTER.match(text[match.end() :])
        role = (before or after)["role"] if before or after else None  # type: ignore[index]
        printed = text[match.start() : match.start("name")] + name
        yield Mention(name, printed, match["honorific"], role)
