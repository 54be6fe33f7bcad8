"""Finds reference numbers, laws with their sections, and constituencies, in both languages. Pure.

Values are in English for both languages: ``Section 58 of the Elections Act, 2017`` is also the value of
``الیکشنز ایکٹ ۲۰۱۷ کی دفعہ ۵۸``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from ecp_ingest.entities.dates import find_dates
from ecp_ingest.entities.gazetteer import Gazetteer, alternatives, current
from ecp_ingest.language.folding import fold, fold_in_place


@dataclass(frozen=True, slots=True)
class Reference:
    """``value`` is normalised, ``text`` as printed at ``start``; ``likeness`` 0–1 of ``text`` and a known name."""

    value: str
    text: str
    start: int
    likeness: float = 1.0


# ── reference numbers ─────────────────────────────────────────────────────────────────────────────────────────────

_FILE = re.compile(
    r"(?:\bNo\.?\s*|نمبر\s*:?\s*)?\bF\.?\s?(?:No\.?\s?)?"
    r"(?P<number>\d{1,3}\s?\(\d{1,4}\)(?:\s?/\s?\d{2,4})?(?:\s?[-–/]\s?(?=[A-Z])[\w().&]+)*)"
)
_LETTER = re.compile(
    r"(?:\b(?:Ref(?:erence)?|Letter|Notification|Memo)\.?\s*(?:No\.?)?|\bNo\.|نمبر)\s*:?\s*"
    r"(?P<number>(?=[\w()./–-]*\d)(?=[\w().–-]*/)[A-Z\d][\w().&–-]*(?:/[\w().&–-]+)+)"
)


def find_references(text: str) -> Iterator[Reference]:
    """File numbers (``No. F.1(5)/2022-Elec(I)`` → ``F.1(5)/2022-Elec(I)``), then numbers of letters with a slash."""
    taken: list[tuple[int, int]] = []
    for pattern, prefix in ((_FILE, "F."), (_LETTER, "")):
        for match in pattern.finditer(fold_in_place(text)):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            number = re.sub(r"\s*([/()–-])\s*", lambda m: m[1].replace("–", "-"), match["number"])
            printed = text[match.start() : match.end()]
            yield Reference(prefix + _closed(number), _closed(printed), match.start())


def _closed(number: str) -> str:
    """``number`` without the full stop that ends the sentence, and without an unopened closing bracket."""
    number = number.rstrip(".,")
    return number[:-1] if number.endswith(")") and number.count(")") > number.count("(") else number


# ── constituencies ────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=8)
def _seat_pattern(names: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    spaced = names.replace(r"\s+", r"[\s.۔]{0,2}")
    return (
        re.compile(rf"(?<!\w)(?P<code>{spaced})\s?[-–—.۔]?\s?(?P<number>\d{{1,3}})(?![\d,])(?!\.\d)"),
        # Right-to-left text whose parts were stored in visual order.
        re.compile(rf"(?<![\w.,-])(?P<number>\d{{1,3}})[-–](?P<code>{names})\b"),
    )


def find_constituencies(text: str) -> Iterator[Reference]:
    """Constituencies, such as ``NA-75`` or ``حلقہ این اے 75``, in order; the value is the code with the number."""
    plain = fold_in_place(text)
    seats = {fold(form).replace(" ", ""): entry.name for form, entry in current().forms("seat").items()}
    found: dict[int, Reference] = {}
    for pattern in _seat_pattern(alternatives("seat")):
        for match in pattern.finditer(plain):
            code = seats[fold(match["code"]).replace(" ", "")]
            value = f"{code}-{int(match['number'])}"
            found.setdefault(match.start(), Reference(value, text[match.start() : match.end()], match.start()))
    yield from (found[start] for start in sorted(found))


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = r"\d{1,3}(?!\d)(?:-?[A-Z](?![a-z]))?(?:\s?\(\w{1,4}\))*"
_SECTION = re.compile(
    r"(?<!\w)(?P<unit>[Ss]ections?|[Ss]ec\.|[Aa]rticles?|[Aa]rt\.|[Rr]ules?|دفعہ|دفعات|آرٹیکلز?|قاعدہ|قواعد|رولز?)"
    rf"\s+(?:No\.?\s+|نمبر\s+)?(?P<numbers>{_NUMBER}(?:\s?(?:,|،|and|&|or|اور|و|یا)\s?{_NUMBER})*)"
)
_UNITS = {
    **{"section": "Section", "sec": "Section", "article": "Article", "art": "Article", "rule": "Rule"},
    **{"دفعہ": "Section", "دفعات": "Section", "آرٹیکل": "Article", "آرٹیکلز": "Article"},
    **{"قاعدہ": "Rule", "قواعد": "Rule", "رول": "Rule", "رولز": "Rule"},
}
_CONSTITUTION = "Constitution"
_YEAR = r"[\dlIO]{4}(?!\w)"
_SOME_LAW = re.compile(
    rf"(?<!\w)(?:[A-Z(][\w()]*\s(?:(?:of|the|and)\s)*){{1,7}}(?:Act|Rules|Ordinance|Order|Code),?\s{_YEAR}"
    rf"|(?<!\w)(?:[^\W\d_()]+\s){{1,5}}(?:ایکٹ|رولز|آرڈیننس|آرڈر)\s{_YEAR}"
)
"""Words that look like a law's name: perhaps a misread name, or one that isn't in the gazetteer."""
_POINTER = re.compile(r"\b(?:said\s+)?(?:Act|Rules|Ordinance)\b|(?<!\w)(?:مذکورہ\s+)?(?:ایکٹ|رولز|آرڈیننس)(?!\w)")
_OF = re.compile(r",?\s+(?:of|under|to|in)\s+(?:the\s+)?(?:said\s+)?")
_OF_URDU = re.compile(r"\s*(?:کی|کے|کا|میں)?\s+")


@dataclass(frozen=True, slots=True)
class _Law:
    """A law named at ``start``; ``name`` is None for a phrase such as ``the said Act`` if no law was named before."""

    name: str | None
    start: int
    end: int
    likeness: float


def find_laws(text: str, *, named_before: str | None = None) -> Iterator[Reference]:
    """Sections, articles and rules in order, each with its law, then laws named without a section.

    ``the said Act`` is the act named last, which may be in an earlier text (``named_before``).
    """
    plain = fold_in_place(text)
    laws = _laws(plain, named_before)
    cited: set[_Law] = set()
    for match in _SECTION.finditer(plain):
        law = next((law for law in laws if _belongs(law, match, plain)), None)
        if law is None and find_dates(plain[match.start("numbers") : match.end() + 20]):
            continue  # ``the rules by 20 December``
        printed = match["unit"]
        unit = _UNITS[printed.casefold().rstrip(".").removesuffix("s") if printed.isascii() else printed]
        # An article without a law belongs to the Constitution: no other law has articles.
        name = law.name if law else _CONSTITUTION if unit == "Article" else None
        if law:
            cited.add(law)
        start, end = (min(law.start, match.start()), max(law.end, match.end())) if law else match.span()
        for number in re.findall(_NUMBER, match["numbers"]):
            value = f"{unit} {''.join(number.split())}" + (f" of the {name}" if name else "")
            yield Reference(value, text[start:end], start, law.likeness if law else 0.9)
    for law in laws:
        if (
            law.name
            and law.name != _CONSTITUTION
            and law not in cited
            and not _POINTER.fullmatch(plain, law.start, law.end)
        ):
            yield Reference(law.name, text[law.start : law.end], law.start, law.likeness)


def _belongs(law: _Law, match: re.Match[str], plain: str) -> bool:
    """Whether section ``match`` is of ``law``: ``section 9 of the Elections Act``, ``الیکشنز ایکٹ کی دفعہ 9``."""
    if law.end <= match.start():
        return _OF_URDU.fullmatch(plain, law.end, match.start()) is not None
    return law.start >= match.end() and _OF.fullmatch(plain, match.end(), law.start) is not None


def _laws(plain: str, named_before: str | None) -> list[_Law]:
    found: list[_Law] = []
    for pattern, resolve in ((_known_laws(current()), _known), (_SOME_LAW, _likely), (_POINTER, None)):
        for match in pattern.finditer(plain):
            law = resolve(match) if resolve else _Law(None, match.start(), match.end(), 0.8)
            if law and not any(law.start < other.end and other.start < law.end for other in found):
                found.append(law)
    last = named_before
    for place, law in enumerate(found := sorted(found, key=lambda law: law.start)):
        if law.name is None:
            found[place] = replace(law, name=last)
        elif law.name != _CONSTITUTION:
            last = law.name
    return found


@lru_cache(maxsize=4)
def _known_laws(table: Gazetteer) -> re.Pattern[str]:
    forms = sorted({fold_in_place(form) for entry in table.of("law") for form in entry.forms}, key=len, reverse=True)
    spelt = "|".join(re.escape(form).replace(r"\ ", r"[\s,،]+").replace(",", ",?") for form in forms)
    return re.compile(rf"(?<!\w)(?:{spelt})(?!\w)")


def _known(match: re.Match[str]) -> _Law:
    return _Law(current().forms("law")[fold(match.group())].name, match.start(), match.end(), 1.0)


def _likely(match: re.Match[str]) -> _Law | None:
    """The law that the last words of ``match`` name, with a letter or two misread; in English also an unknown law."""
    printed = re.sub(r"[lIO]", lambda m: "0" if m[0] == "O" else "1", match.group()[-4:])
    text = match.group()[:-4] + printed
    for word in re.finditer(r"\S+", text):
        named = current().named(text[word.start() :], "law")
        if named and named[0].name.endswith(printed):
            return _Law(named[0].name, match.start() + word.start(), match.end(), named[1])
    if not text[:1].isascii() or not printed.isdecimal():
        return None
    name = re.sub(r",?\s(?=\d{4}$)", ", ", " ".join(text.split())).removeprefix("The ")
    return _Law(name, match.start(), match.end(), 0.9)
