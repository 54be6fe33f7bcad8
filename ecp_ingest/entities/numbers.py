"""Finds every number in a text, in digits or in words, English or Urdu, with its value and position. Pure.

``26,00,00,000``, ``260 million``, ``twenty-six crore`` and چھبیس کروڑ are one value; so are ``8:30 a.m.`` and
صبح ساڑھے آٹھ بجے. Hours count to twelve, because one language may have 5:00 p.m. and the other 17:00.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

from ecp_ingest.entities.number_words import ENGLISH_TENS, HALVES, MULTIPLIERS, ORDINALS, SHIFTS, UNITS
from ecp_ingest.language.folding import fold, fold_in_place
from ecp_ingest.language.scripts import VOWEL_SIGNS


@dataclass(frozen=True, slots=True)
class Number:
    """A number at ``text[start:end]``."""

    value: Fraction
    start: int
    end: int
    text: str
    digits: bool
    """Printed in digits, at least in part."""
    firm: bool
    """A translation must contain it too. False for small numbers in words, which a translator may word differently, and
    for words with a second meaning (سو, اسی, ``second``)."""


class _Token(NamedTuple):
    sort: Literal["digits", "word", "clock", "roman"]
    value: Fraction
    word: str
    """Folded."""
    start: int
    end: int


_ORDINAL_ENDING = r"(?:\s?(?:st|nd|rd|th|n[cd]|ih)\b|\s?(?:ویں|واں)(?!\w))?"
_TOKEN = re.compile(
    rf"""
    (?P<clock>(?<![\d:])\d{{1,2}}[:.]\d{{2}}(?=\s?(?:[ap]\.?\s?m\b|بجے))|(?<![\d:])\d{{1,2}}:\d{{2}}(?![\d:]))
    |(?P<digits>(?:
        \d{{1,3}}(?:[,،٬]\d{{3}})+(?:[.٫]\d+)?(?!\d)      # 1,250
        |\d{{1,2}}(?:[,،٬]\d{{2}})+[,،٬]\d{{3}}(?!\d)      # 12,34,567
        |[1-9]\d{{0,2}}(?:\.\d{{3}})+(?!\d)                # a comma that lost its tail: nothing counts in thousandths
        |\d+[.٫]\d+(?![.٫]?\d)
        |\d+
    )){_ORDINAL_ENDING}
    |(?P<roman>(?<=[^\W\d_][-–])[IVX]{{1,5}}\b|(?<=[^\W\d_]\s)[IVX]{{2,5}}\b)
    |(?P<word>[^\W\d_][^\W\d_{VOWEL_SIGNS}]*(?:[{VOWEL_SIGNS}]+[^\W\d_]*)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^\W*(?:[ivxIVX]{1,5}[.)۔]|0)(?=[\s(]|$)")
"""A zero is a misread bullet."""
_ITEM_NUMBER = re.compile(r"^\W*(\d{1,2})[.)۔](?=[\s(]|$)|(?<![\w)])\((\d{1,2})\)(?!\w)")
_ADDRESS = re.compile(r"\S*(?:www\.|://|@|\.(?:pk|com|org)\b)\S*", re.IGNORECASE)
_YEARS = re.compile(r"(?<!\d)([12]\d{3})\s?[-–/]\s?(\d{2})(?!\d)")
_OCLOCK = re.compile(r"\s?(?:بجے|بجکر|بج کر|[ap]\.?\s?m\b)", re.IGNORECASE)
_MINUTES = re.compile(r"\s?(?:بجکر|بج کر)\s?$")
_MILITARY = re.compile(r"\s?(?:hours|hrs)\b", re.IGNORECASE)
_FIRM_IN_WORDS = 100
_MOST_DIGITS = 40
"""A longer run of digits isn't a number."""


def find_numbers(text: str) -> tuple[Number, ...]:
    """Every number in ``text``, in order, except in web addresses. Item numbers of a list aren't ``firm``."""
    plain = _ADDRESS.sub(_blank, fold_in_place(text))
    plain = _LIST_MARK.sub(_blank, plain)
    items = {match.start(match.lastindex or 0) for match in _ITEM_NUMBER.finditer(plain)}
    numbers: list[Number] = []
    for one in _phrases(list(_tokens(plain)), plain):
        number = replace(one, firm=one.firm and one.start not in items)
        if numbers and _MINUTES.match(plain[numbers[-1].end : one.start]) and one.value < 60:
            hours = numbers.pop()
            number = replace(hours, value=hours.value + one.value / 60, end=one.end)
        numbers.append(replace(number, text=text[number.start : number.end]))
    return tuple(numbers)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _tokens(plain: str) -> Iterator[_Token]:
    years = [(match.end(), int(match[1]) + 1, int(match[2])) for match in _YEARS.finditer(plain)]
    ends = {end: later for end, later, printed in years if later % 100 == printed}
    for match in _TOKEN.finditer(plain):
        if len(match["digits"] or "") > _MOST_DIGITS:
            continue
        if match["clock"]:
            hours, minutes = map(int, re.split("[:.]", match["clock"]))
            sort, value = ("clock", hours + Fraction(minutes, 60)) if minutes < 60 else ("digits", Fraction(hours))
            yield _Token(sort, _to_twelve(value), "", match.start(), match.end())  # type: ignore[arg-type]
        elif match["digits"]:
            value = Fraction(ends.get(match.end("digits"), 0)) or _in_digits(match["digits"])
            yield _Token("digits", value, "", match.start(), match.end())
        elif match["roman"] and match["roman"].isupper():
            yield _Token("roman", Fraction(_roman(match["roman"])), "", match.start(), match.end())
        else:
            yield _Token("word", Fraction(0), fold(match.group()), match.start(), match.end())


def _in_digits(printed: str) -> Fraction:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", printed) and printed[0] != "0":
        return Fraction(printed.replace(".", ""))
    return Fraction(re.sub("[,،٬]", "", printed).replace("٫", "."))


def _to_twelve(hours: Fraction) -> Fraction:
    return hours - 12 if 13 <= hours < 25 else hours if hours >= 1 else hours + 12


def _roman(letters: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in letters]
    return sum(-v if any(later > v for later in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


# ── phrases: tokens that make one number ──────────────────────────────────────────────────────────────────────────


def _phrases(tokens: Sequence[_Token], plain: str) -> Iterator[Number]:
    i = 0
    while i < len(tokens):
        phrase = _Phrase()
        while i + phrase.tokens < len(tokens) and phrase.takes(tokens, i + phrase.tokens, plain):
            pass
        taken = phrase.complete
        if not taken:
            i += 1
            continue
        first, last = tokens[i], tokens[i + taken - 1]
        value = phrase.value
        rest = plain[last.end :]
        if _OCLOCK.match(rest) and value < 25:
            value = _to_twelve(value)
        elif _MILITARY.match(rest) and 100 <= value < 2400 and first.sort == "digits" and last.end - first.start == 4:
            value = _to_twelve(Fraction(value // 100) + Fraction(value % 100) / 60)
        yield Number(value, first.start, last.end, "", phrase.digits, phrase.firm)
        i += taken


class _Phrase:
    """A number that is read token by token: ``total`` is the part already multiplied, ``current`` the rest."""

    def __init__(self) -> None:
        self.total = Fraction(0)
        self.current: Fraction | None = None
        self.shift = Fraction(0)
        self.least = Fraction(10**15)
        """The last multiplier; the next must be smaller."""
        self.tokens = 0
        self.complete = 0
        """Tokens up to the last place at which the number could end."""
        self.value = Fraction(0)
        self.digits = False
        self.before = ""
        """Kind of the last token: ``digits``, ``tens``, ``unit``, ``hundred``, ``multiplier``, ``shift``, ``end`` …"""

    @property
    def firm(self) -> bool:
        return self.digits or (self.complete > 1 and self.value >= _FIRM_IN_WORDS)

    def takes(self, tokens: Sequence[_Token], at: int, plain: str) -> bool:
        """Whether the token at ``at`` belongs to the number; if so, adds it."""
        token = tokens[at]
        if self.before == "end":
            return False
        if self.tokens and not re.fullmatch(r"\s+|[-–]", plain[tokens[at - 1].end : token.start]):
            return False
        sort = self._sort(token, tokens[at + 1 : at + 3])
        if not sort:
            return False
        self.tokens += 1
        self.before = sort
        if sort not in ("shift", "and", "point"):
            self.complete = self.tokens
            self.value = self.total + (self.current or 0)
            self.digits = self.digits or token.sort in ("digits", "clock")
        return True

    def _sort(self, token: _Token, ahead: Sequence[_Token]) -> str:
        """The kind of ``token`` as a part of this number; empty if it isn't part of it."""
        following = ahead[0] if ahead else None
        word = token.word
        sort = ""
        if token.sort in ("clock", "roman"):
            sort = self._alone(token.value)
        elif token.sort == "digits":
            sort = self._digits(token.value, following)
        elif word in HALVES:
            sort = self._unit(HALVES[word], "unit")
        elif word in UNITS:
            sort = self._unit(Fraction(UNITS[word]), "tens" if word in ENGLISH_TENS else "unit")
        elif word in MULTIPLIERS:
            sort = self._multiplier(Fraction(MULTIPLIERS[word]))
        elif word in ORDINALS:
            sort = "end" if self._unit(Fraction(ORDINALS[word]), "unit") else ""
        elif word in SHIFTS and self.current is None and not self.shift and self._more(following):
            self.shift = SHIFTS[word]
            sort = "shift"
        elif word == "and" and self.before in ("hundred", "multiplier") and following and following.word in UNITS:
            # «five million and two hundred» is two numbers.
            apart = self.before == "multiplier" and len(ahead) > 1 and ahead[1].word in MULTIPLIERS
            sort = "" if apart else "and"
        elif word in ("اعشاریہ", "point") and self.current is not None and self._more(following):
            sort = "point"
        return sort

    @staticmethod
    def _more(following: _Token | None) -> bool:
        return following is not None and (
            following.sort == "digits" or following.word in UNITS or following.word in MULTIPLIERS
        )

    def _alone(self, value: Fraction) -> str:
        if self.tokens:
            return ""
        self.current = value
        return "end"

    def _digits(self, value: Fraction, following: _Token | None) -> str:
        if self.before == "point":
            return self._decimals(value)
        if self.total:
            # «1 کروڑ 32 لاکھ» is one number; digits after «13.2 ملین» are another.
            smaller = following is not None and 0 < MULTIPLIERS.get(following.word, 0) < self.least
            if self.total % self.least or not (smaller or self.least == 1000):
                return ""
        return self._unit(value, "digits")

    def _unit(self, value: Fraction, sort: str) -> str:
        if self.before == "point":
            return self._decimals(value)
        if self.current is None:
            if value >= self.least:
                return ""
            self.current, self.shift = value + self.shift, Fraction(0)
        elif (self.before == "tens" and value < 10) or (self.before in ("hundred", "and") and value < 100):
            self.current += value
        else:
            return ""
        return sort

    def _decimals(self, value: Fraction) -> str:
        self.current = (self.current or Fraction(0)) + value / 10 ** len(str(value))
        return "decimals"

    def _multiplier(self, value: Fraction) -> str:
        count = self.current if self.current is not None else 1 + self.shift
        if value == 100:
            if count >= 100:
                return ""
            self.current, self.shift = count * 100, Fraction(0)
            return "hundred"
        if value >= self.least or (self.current is None and self.total):
            return ""
        self.total += count * value
        self.current, self.shift, self.least = None, Fraction(0), value
        return "multiplier"
