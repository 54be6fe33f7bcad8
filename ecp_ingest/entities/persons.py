"""Persons that an English text names, with the honorific and the office beside the name. Pure.

No dictionary holds all names: a name is the words after an honorific (``Mr.``) or an office, up to the first word that
can't be in a name. After an honorific it is almost certain; after an office (``sure=False``) it needs confirmation,
such as the same name in the other language's half of the release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.entities.gazetteer import Gazetteer, current
from ecp_ingest.language.folding import fold


@dataclass(frozen=True, slots=True)
class Mention:
    """``value`` is the name, in the script of the text; ``text`` is the name with its honorific, from ``start`` on."""

    value: str
    text: str
    honorific: str | None = None
    role: str | None = None
    organisation: str | None = None
    start: int = 0
    sure: bool = True


def find_people(text: str) -> Iterator[Mention]:
    """Persons named with an honorific in English text, with the role right beside the name."""
    return (mention for mention in english_people(text) if mention.sure)


_PARTICLE = r"(?:ul|ur|us|un|uz|ud|bin|bint|al|de|van|von)(?![a-z])"
_WORD = r"(?:[A-Z]\.|[A-Z][a-zà-ÿ]*(?:[-’'](?:[a-z]{1,3}-)?[A-Za-z][a-zà-ÿ]+)*(?:[A-Z][a-z]+)*)"
_SPECK = r"[_~|·`´]"
_RETIRED = r"(?:\s?\([RK]\w{0,4}\.?\))?"


@dataclass(frozen=True, slots=True)
class _Patterns:
    addressed: re.Pattern[str]
    """``Mr. Khalid Mahmood``."""
    styled: re.Pattern[str]
    """``Syed Masroor Ahmed Gilani``."""
    held: re.Pattern[str]
    """``Technical Adviser, Ali Al-Bayati``."""
    signed: re.Pattern[str]
    whole: re.Pattern[str]
    """A name and nothing else."""
    office: re.Pattern[str]
    role_before: re.Pattern[str]
    """Words that end at a name and may be the person's office; ``role_after``: words that begin after the name."""
    role_after: re.Pattern[str]
    body_before: re.Pattern[str]
    """An organisation just before a role; ``body_after``: one just after a role or a name."""
    body_after: re.Pattern[str]


@lru_cache(maxsize=4)
def _english(table: Gazetteer) -> _Patterns:
    offices = [form for entry in table.of("office") for form in entry.english + entry.abbreviations]
    bodies = [form for entry in table.of("organisation") for form in entry.english]
    words = {word for form in (*offices, *bodies) for word in re.findall(r"[A-Z][a-z]+", form)}
    places = {word for entry in table.of("district", "town") for form in entry.english for word in form.split()}
    provinces = {word for entry in table.of("province") for word in entry.name.replace("-", " ").split()}
    # ``Mohmand`` is a district and a family name, ``Azad`` and ``Mengal`` are names too; ``Election`` is never a name.
    never = "|".join(sorted((words - places | provinces | {"Affair", "Government", "Division"}) - {"Azad"}))
    name = rf"(?!(?:{never})\b){_WORD}"
    full = rf"{name}(?:\s(?:{_SPECK}\s)?(?:{name}|{_PARTICLE})){{0,4}}"
    role_words = "|".join(sorted({word for form in offices for word in re.findall(r"[A-Z]\w+", form)}))
    role = (
        rf"\b(?:{role_words})(?:/(?:{role_words}))?(?:\s\([A-Z][^()]{{1,40}}\)|\s(?:of|for|the|to|and)(?=\s)"
        rf"|\s[A-Z]\w+(?:/[A-Z]\w+)?)*"
    )
    body = "|".join(re.escape(form) for form in sorted(_bodies(table), key=len, reverse=True))
    titles = sorted({_title(form) for entry in table.of("honorific") for form in entry.english}, key=len, reverse=True)
    styles = "|".join(re.escape(form) for entry in table.of("style") for form in entry.english)
    held = "|".join(re.escape(form) for form in sorted(offices, key=len, reverse=True) if form[:1].isupper())
    small = "|".join(
        sorted({re.escape(form.lower()) for form in offices if " " not in form and form.istitle()} | {"counsel"})
    )
    return _Patterns(
        addressed=re.compile(rf"(?<![\w-])(?P<honorific>(?:(?:{'|'.join(titles)}){_RETIRED}[.,]?\s+){{1,3}})(?P<name>{full})"),
        styled=re.compile(rf"(?<![\w-])(?P<name>(?:{styles})\s{name}\s{full})"),
        held=re.compile(rf"(?<![\w-])(?:{held})(?:\s\([^()]{{2,40}}\))?,?\s(?P<name>{name}\s{full})"),
        signed=re.compile(rf"\W*\(?(?P<name>{name}(?:\s(?:{name}|{_PARTICLE})){{1,4}})\)?\W*(?P<role>(?:{role_words})\b.*)?$"),
        whole=re.compile(rf"{name}(?:\s(?:{name}|{_PARTICLE})){{0,5}}"),
        office=re.compile(rf"(?:{held}|(?:{small}))\b"),
        role_before=re.compile(rf"(?P<role>{role}|(?:{small})),?\s$"),
        role_after=re.compile(rf"\s(?P<beside>{role})|,\s(?:an?\s|the\s)?(?P<role>{role}|(?:{small})(?:\sfor\sthe\s[a-z]+)?\b)"),
        body_before=re.compile(rf"\b(?P<body>{body})(?:\s[A-Z]\w+)?,?\s$"),
        body_after=re.compile(rf"(?:,?\s(?:of|from|at)|,|(?<=\w))\s(?:the\s)?(?P<body>{body})(?!\w)"),
    )  # fmt: skip


def _title(form: str) -> str:
    """``Lt Gen (R)`` as a pattern: full stops are optional, and ``retired`` may be written in any way."""
    words = r"[.,]?\s".join(re.escape(word.rstrip(".")) for word in form.split() if not word.startswith("("))
    return words + r"[.,]?\s?\([RK]\w{0,4}\.?\)" if "(" in form else words


def english_people(text: str) -> Iterator[Mention]:
    """Persons that an English text names, in order of certainty, then of position; no two overlap."""
    patterns = _english(current())
    taken: list[tuple[int, int]] = []
    for pattern in (patterns.addressed, patterns.styled, patterns.held):
        addressed = pattern is patterns.addressed
        for match in pattern.finditer(text):
            honorific = _own_honorific(match, text) if addressed else None
            printed = match["name"].rstrip(".").removesuffix("’s").removesuffix("'s")
            name = " ".join(word for word in printed.split() if not re.fullmatch(_SPECK, word))
            start, end = match.start("name"), match.start("name") + len(printed)
            opening = text.index(honorific, match.start()) if honorific else start
            if (addressed and not honorific) or not _may_be_name(name, addressed):
                continue
            if any(opening < other and begin < end for begin, other in taken):
                continue
            taken.append((opening, end))
            role, body = _office(text, opening, end)
            told = honorific.rstrip(".,") if honorific else None
            yield Mention(name, text[opening:end], told, role, body, opening, sure=pattern is not patterns.held)


def _office(text: str, start: int, end: int) -> tuple[str | None, str | None]:
    """Role and organisation of the person named at ``text[start:end]``, from the words next to the name."""
    patterns = _english(current())
    before = patterns.role_before.search(text, max(0, start - _BESIDE), start)
    after = patterns.role_after.match(text, end)
    role, begin, finish = "", start, end
    if before and patterns.office.search(before["role"]):
        role, begin = before["role"], before.start()
    elif after and patterns.office.search(told := after["role"] or after["beside"]):
        role, finish = told, after.end()
    else:
        role = _misread_office(text[max(0, start - _BESIDE) : start])
    inside = [form for form in _bodies(current()) if re.search(rf"(?<!\w){re.escape(form)}(?!\w)", role)]
    beside = patterns.body_before.search(text, max(0, begin - _BESIDE), begin) or patterns.body_after.match(
        text, finish
    )
    body = max(inside, key=len) if inside else beside["body"] if beside and (role or finish == end) else None
    return _role(role) or None, _bodies(current())[body] if body else None


def _misread_office(before: str) -> str:
    """The office that the last words of ``before`` name, if letters were misread; ``""`` if there is none."""
    words = before.rstrip(" ,").split()[-_LONGEST_OFFICE:]
    # In a mixed caption the Urdu office may be another person's: چیف الیکشن کمشنر Mr. John Carter سے ملاقات کر رہے ہیں
    if not words or not words[-1].isascii() or words[-1].endswith((".", ";", ":")):
        return ""
    for first in range(len(words)):
        if office := current().named(" ".join(words[first:]), "office"):
            return office[0].name
    return ""


_LONGEST_OFFICE = 6
"""Words."""
_BESIDE = 160
"""Characters before a name in which its office is searched for."""


@lru_cache(maxsize=4)
def _bodies(table: Gazetteer) -> dict[str, str]:
    """English names and abbreviations of organisations and parties → the name used in records."""
    return {
        form: entry.name
        for entry in table.of("organisation", "party")
        for form in (*entry.english, *(short for short in entry.abbreviations if len(short) > 2))
    }


def _own_honorific(match: re.Match[str], text: str) -> str | None:
    """The honorific without a first word that ends the office before it: ``Chief Justice Mr. …``."""
    honorific = match["honorific"].strip()
    if re.search(r"(?:Chief|Associate|Assistant)\s$", text[: match.start()]):
        honorific = " ".join(honorific.split()[1:])
    return honorific or None


def _may_be_name(name: str, addressed: bool) -> bool:
    words = name.split()
    if (
        len(name) < 3
        or current().named(name, "honorific", "office")
        or (len(words) == 1 and (not addressed or is_place(name)))
    ):
        return False
    return addressed or not any(is_place(" ".join(words[:count])) for count in (1, 2, 3))


def _role(text: str) -> str:
    return re.sub(r"(?:\s(?:of|for|the|to|and))+$", "", text.strip(" ,"))


def is_place(text: str) -> bool:
    """Whether ``text`` is a place's name, compared letter by letter: ``Malik`` is not a misread Malir."""
    return fold(text) in current().forms("district", "town", "province")


def may_be_name(text: str) -> bool:
    """Whether Latin words may be a person's name."""
    return _english(current()).whole.fullmatch(text) is not None and _may_be_name(text, addressed=False)


def signer(text: str) -> Mention | None:
    """The name in a signature, ``(Imtiaz Gul Swati)``, perhaps with the office after it."""
    match = _english(current()).signed.match(text)
    if match is None or not _may_be_name(match["name"], addressed=False):
        return None
    if match["role"] and not _english(current()).office.match(match["role"]):
        return None
    return Mention(
        match["name"], match["name"], None, match["role"] and _role(match["role"]), None, match.start("name")
    )
