"""Whether the English and the Urdu half of a release say the same: their dates, and the numbers in their bodies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ecp_ingest.fields import Said, dates_and_places, own_datelines
from ecp_ingest.letterforms import fold_in_place


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared and how it came out."""

    kind: str
    passed: bool
    detail: str
    paragraphs: tuple[str, ...]


def checks(paragraphs: Said) -> tuple[Check, ...]:
    """How the two halves compare: their dates, and the numbers in their bodies."""
    said = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
    return (*_date_agreement(said), *_number_agreement(said))


def _date_agreement(said: Said) -> Iterator[Check]:
    dates, _ = dates_and_places(said)
    if len(dates) >= 2:
        passed = len({field.value for field in dates}) == 1
        detail = ", ".join(f"{field.paragraph}: {field.value} ({field.text})" for field in dates)
        yield Check("date_agreement", passed, detail, tuple(field.paragraph for field in dates))


def _number_agreement(said: Said) -> Iterator[Check]:
    """The same numbers, as often, in both halves' bodies (the datelines aside)."""
    openings = {paragraph.id: found.end for paragraph, _, found in own_datelines(said)}
    numbers: dict[str, Counter[str]] = {"eng": Counter(), "urd": Counter()}
    where: dict[str, list[str]] = {"eng": [], "urd": []}
    for paragraph, text in said:
        if paragraph.kind != "body" or paragraph.language not in numbers:
            continue
        found = _numbers(text[openings.get(paragraph.id, 0) :])
        numbers[paragraph.language] += Counter(found)
        where[paragraph.language].append(paragraph.id)
    if not where["eng"] or not where["urd"] or not (numbers["eng"] or numbers["urd"]):
        return
    only = {"English": numbers["eng"] - numbers["urd"], "Urdu": numbers["urd"] - numbers["eng"]}
    passed = not any(only.values())
    missing = "; ".join(
        f"only in {half}: {', '.join(sorted(counted.elements()))}" for half, counted in only.items() if counted
    )
    paragraphs = tuple(where["eng"] + where["urd"])
    yield Check("number_agreement", passed, missing or f"{numbers['eng'].total()} numbers agree", paragraphs)


_NUMBER = re.compile(r"\d{1,3}(?:[.,،٬]\d{3})+(?![\d])|\d+(?:,\d{2,3})*(?:[.٫]\d+)?")
"""A full stop before three digits is a comma that lost its tail: no release counts in thousandths."""


def _numbers(text: str) -> list[str]:
    """Numbers with European digits and no thousands separators; list numbers and full hours' minutes aside."""
    plain = re.sub(r"^\W*\(?\d{1,2}[.)۔]\s", "", fold_in_place(text))
    plain = re.sub(r"(?<=\d):00\b", "", plain)
    numbers = []
    for match in _NUMBER.finditer(plain):
        grouped = re.fullmatch(r"\d{1,3}(?:[.,،٬]\d{3})+", match.group())
        number = re.sub(r"[.,،٬]" if grouped else r"[,،٬]", "", match.group())
        numbers.append(number.lstrip("0") or "0")
    return numbers
