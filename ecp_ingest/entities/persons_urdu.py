"""Persons that an Urdu text names; ``persons`` finds those in English text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ecp_ingest.entities.gazetteer import Gazetteer, alternatives, current
from ecp_ingest.entities.persons import Mention, is_place
from ecp_ingest.language.folding import fold, fold_in_place
from ecp_ingest.language.function_words import FUNCTION_WORDS
from ecp_ingest.language.scripts import ARABIC_WORD

_LETTERS = f"[{ARABIC_WORD}]+"
_NO_PERSONS = ("office", "organisation", "issuer")
_MOST = 5
"""Maximum number of words in a name."""


@lru_cache(maxsize=4)
def _urdu(table: Gazetteer) -> tuple[re.Pattern[str], re.Pattern[str]]:
    def forms(*kinds: str) -> str:
        names = (fold_in_place(form) for entry in table.of(*kinds) for form in entry.urdu)
        return "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))

    office = rf"(?:{forms('office')})"
    between = rf"(?:\s+\([^()]{{2,30}}\)|\s+(?:{forms('province', 'district', 'town', 'organisation')})(?!\w))*"
    addressed = re.compile(
        rf"(?:(?P<office>{office}){between}،?\s+)?(?<!\w)(?P<honorific>(?:{forms('honorific')})(?:\s+(?:{forms('honorific')}))*)(?!\w)\s*"
    )
    return addressed, re.compile(rf"(?<!\w)(?P<office>{office}){between}\s+(?={_LETTERS})")


def urdu_people(text: str) -> Iterator[Mention]:
    """Persons named in Urdu text after an honorific, or after an office only (``sure=False``)."""
    plain = fold_in_place(text)
    taken: list[tuple[int, int]] = []
    for pattern, sure in zip(_urdu(current()), (True, False), strict=True):
        for match in pattern.finditer(plain):
            end = _name_end(plain, match.end())
            name = text[match.end() : end]
            if any(begin < end and match.start() < until for begin, until in taken) or _is_office(plain, match):
                continue
            if (
                not name
                or (len(name.split()) < 2 and not sure)
                or current().named(name, *_NO_PERSONS)
                or is_place(name)
            ):
                continue
            taken.append((match.start(), end))
            office = current().forms("office").get(fold(match["office"])) if match["office"] else None
            start = match.start("honorific") if sure else match.end()
            honorific = match["honorific"].strip() if sure else None
            yield Mention(name, text[start:end], honorific, office.name if office else None, None, start, sure)


def _is_office(plain: str, match: re.Match[str]) -> bool:
    """Whether the honorific is the second word of an office: چیف جسٹس."""
    return plain[: match.start()].endswith("چیف ")


def _name_end(plain: str, start: int) -> int:
    """Where the name that begins at ``start`` ends: before the first word that can't be in a name."""
    end, position = start, start
    for _ in range(_MOST):
        word = re.compile(rf"\s?({_LETTERS})").match(plain, position)
        if (
            word is None
            or fold(word[1]) in FUNCTION_WORDS
            or fold(word[1]) in _AFTER_NAMES
            or _opens_office(plain, word.start(1))
        ):
            break
        end = position = word.end()
    return end


_AFTER_NAMES = frozenset(
    fold(word)
    for word in [
        "صاحب",
        "صاحبہ",
        "صاحبان",
        "شامل",
        "موجود",
        "سمیت",
        "ان",
        "اپنے",
        "انہوں",
        "جنہوں",
        "جبکہ",
        "کہ",
        "برائے",
        "بطور",
        "تھے",
        "اب",
    ]
)


@lru_cache(maxsize=4)
def _office_pattern(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{names})(?!\w)")


def _opens_office(plain: str, start: int) -> bool:
    return _office_pattern(alternatives("office")).match(plain, start) is not None
