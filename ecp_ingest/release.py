"""What the release says of itself: issuer, wing, kind, place, date, title, people, references; and whether its
English and Urdu halves agree. What isn't there is None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ecp_ingest.agreement import Check, checks
from ecp_ingest.dates import find_dateline
from ecp_ingest.document import Paragraph
from ecp_ingest.fields import Field, Person, Release, Said, dates_and_places, sure
from ecp_ingest.letterforms import fold, fold_in_place
from ecp_ingest.lexicon import (
    ISSUER,
    ISSUER_FORMS,
    PROVINCES,
    PROVINCIAL_FORMS,
    WING,
    WINGS,
    kind_of_heading,
)
from ecp_ingest.mentions import Mention, find_people, find_references

__all__ = ["Check", "Field", "Person", "Release", "Said", "checks", "extract"]


def extract(paragraphs: Said) -> Release:
    """The fields of one release."""
    said = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
    dates, places = dates_and_places(said)
    return Release(
        issuer=_issuer(said),
        wing=_first(_wings(said)),
        kind=_agreed(list(_kinds(said))),
        place=_agreed(places),
        date=_agreed(dates),
        title=_first(field for field in _titles(said) if (field.confidence or 0.0) >= LEGIBLE),
        people=tuple(
            Person(m.value, m.text, p.id, sure(0.9, p), m.honorific, m.role, None)
            for p, m in _unique((p, m) for p, text in said if p.script == "Latn" for m in find_people(text))
        ),
        references=tuple(
            Field(m.value, m.text, p.id, sure(0.95, p))
            for p, m in _unique((p, m) for p, text in said for m in find_references(text))
        ),
    )


def _first(fields: Iterator[Field]) -> Field | None:
    return next(fields, None)


def _unique(found: Iterable[tuple[Paragraph, Mention]]) -> Iterator[tuple[Paragraph, Mention]]:
    seen: set[str] = set()
    for paragraph, mention in found:
        if mention.value not in seen:
            seen.add(mention.value)
            yield paragraph, mention


def _agreed(fields: Sequence[Field]) -> Field | None:
    """The surest of several; surer where another says the same; None where equals contradict each other."""
    if not fields:
        return None
    ranked = sorted(fields, key=lambda field: -(field.confidence or 0.0))
    best = ranked[0]
    others = [field for field in ranked[1:] if field.value != best.value]
    if others and (best.confidence or 0.0) - (others[0].confidence or 0.0) < 0.1:
        return None
    if others:
        return replace(best, confidence=round((best.confidence or 0.0) * 0.7, 4))
    doubt = 1.0
    for field in ranked:
        doubt *= 1.0 - (field.confidence or 0.0)
    return replace(best, confidence=round(min(0.99, max(best.confidence or 0.0, 1.0 - doubt)), 4))


# ── who and what ──────────────────────────────────────────────────────────────────────────────────────────────────

LEGIBLE = 0.4
"""Confidence below which a heading is noise more often than a title: it matches no table that could vouch for it."""
_HEADS = {"letterhead", "heading"}
_SHORT = 14
"""Words: a longer paragraph names the issuer as its subject, not as its sender."""


def _issuer(said: Said) -> Field | None:
    """From the letterhead; from the signature where there is none."""
    for kinds, certainty in ((_HEADS, 1.0), ({"signature"}, 0.85)):
        found = [f for p, text in said if p.kind in kinds for f in _issuers(p, text, certainty)]
        provincial = [field for field in found if field.value != ISSUER]
        # A provincial office writes the Commission's name above its own.
        if provincial or found:
            return _agreed([f for f in found if f.value == (provincial or found)[0].value])
    return None


def _issuers(paragraph: Paragraph, text: str, certainty: float) -> Iterator[Field]:
    if len(text.split()) > _SHORT + 6:
        return
    folded = fold(text)
    for form in PROVINCIAL_FORMS:
        if fuzz.partial_ratio(fold(form), folded) >= 88:
            province = next((name for name, forms in PROVINCES.items() if any(fold(f) in folded for f in forms)), None)
            if province:
                yield Field(
                    f"Provincial Election Commissioner, {province}", text, paragraph.id, sure(certainty, paragraph)
                )
                return
    for form in ISSUER_FORMS:
        found = fuzz.partial_ratio_alignment(fold(form), folded, score_cutoff=84)
        if found is not None and len(folded) >= 0.8 * len(fold(form)):
            printed = text if len(folded) <= 1.3 * len(form) else _part(text, folded, found.dest_start, found.dest_end)
            yield Field(ISSUER, printed, paragraph.id, sure(certainty * found.score / 100, paragraph))
            return


def _part(text: str, folded: str, start: int, end: int) -> str:
    """The words of ``text`` that ``folded[start:end]`` came from."""
    first, last = folded[:start].count(" "), folded[: end - 1].count(" ")
    words = [word for word in text.split() if fold(word)]
    return " ".join(words[first : last + 1]).strip(" ,،|-–")


def _wings(said: Said) -> Iterator[Field]:
    for certainty, kinds in ((1.0, _HEADS), (0.8, {"signature", "other"})):
        for paragraph, text in said:
            if paragraph.kind not in kinds or len(text.split()) > _SHORT + 6:
                continue
            match = WING.search(fold_in_place(text))
            if match is None:
                continue
            printed = text[match.start() : match.end()]
            named = [(fuzz.ratio(fold(urdu), fold(printed)), english) for urdu, english in WINGS.items()]
            # The letterhead may run on into the wing's name on the same line.
            named += [(fuzz.ratio(fold(english), fold(printed)), english) for english in WINGS.values()]
            score, english = max(named)
            value = english if score >= 80 else _without_issuer(" ".join(printed.split()))
            yield Field(
                value, printed, paragraph.id, sure(certainty * (score / 100 if score >= 80 else 0.9), paragraph)
            )


def _without_issuer(text: str) -> str:
    for form in ISSUER_FORMS:
        text = re.sub(re.escape(form), "", text, flags=re.IGNORECASE)
    return text.strip(" ,،|-–")


def _kinds(said: Said) -> Iterator[Field]:
    """From headings; where two kinds stand one under the other (order, then notification) the first names the paper."""
    for language in ("eng", "urd"):
        for paragraph, text in said:
            if paragraph.language == language and paragraph.kind in {"heading", "letterhead", "other"}:
                found = kind_of_heading(text)
                if found:
                    yield Field(found[0], text.strip(), paragraph.id, sure(found[1], paragraph))
                    break


_SUBJECT = re.compile(r"^\W*(?:subject|title|عنوان|موضوع)\W*[:\-–]\s*", re.IGNORECASE)


def _titles(said: Said) -> Iterator[Field]:
    for paragraph, text in said:
        if match := _SUBJECT.match(text):
            title = text[match.end() :].strip()
            if title:
                yield Field(title, title, paragraph.id, sure(0.95, paragraph))
    for paragraph, text in said:
        plain = text.strip()
        if paragraph.kind != "heading" or kind_of_heading(plain) or find_dateline(plain) or len(plain.split()) < 3:
            continue
        if any(fuzz.ratio(fold(form), fold(plain)) > 80 for form in ISSUER_FORMS) or WING.search(plain):
            continue
        if list(find_references(plain)) and len(plain.split()) <= 6:
            continue
        yield Field(plain, plain, paragraph.id, sure(0.8, paragraph))
