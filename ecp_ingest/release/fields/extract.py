"""The fields of a release: issuer, wing, kind, place, date, title, people, references.

A field that the release doesn't have is None; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ecp_ingest.document.text import FinalParagraphs, Paragraph
from ecp_ingest.entities.boilerplate import ADDRESS, WING, issuer_forms, kind_of_heading
from ecp_ingest.entities.dates import find_dateline, find_dates
from ecp_ingest.entities.gazetteer import Entry, current
from ecp_ingest.entities.references import Reference, find_constituencies, find_laws, find_references
from ecp_ingest.language.folding import fold, fold_in_place
from ecp_ingest.release.fields.datelines import dates_and_places, islamic_dates_beside
from ecp_ingest.release.fields.people import find_all_people
from ecp_ingest.release.fields.types import Field, Person, Release, field_confidence

__all__ = ["Field", "Person", "Release", "extract"]


def extract(paragraphs: FinalParagraphs) -> Release:
    """The fields of one release."""
    paragraphs = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
    dates, places = dates_and_places(paragraphs)
    return Release(
        issuer=_issuer(paragraphs),
        wing=_first(_wings(paragraphs)),
        kind=_agreed(list(_kinds(paragraphs))),
        place=_agreed(places),
        date=_agreed(dates),
        title=_first(field for field in _titles(paragraphs) if (field.confidence or 0.0) >= LEGIBLE),
        date_islamic=_agreed(islamic_dates_beside(paragraphs)),
        people=find_all_people(paragraphs),
        references=_numbers(paragraphs),
        laws=_collected(_laws(paragraphs)),
        constituencies=_collected((p, reference) for p, text in paragraphs for reference in find_constituencies(text)),
    )


def _first(fields: Iterator[Field]) -> Field | None:
    return next(fields, None)


# ── references ────────────────────────────────────────────────────────────────────────────────────────────────────────


IN_ONE_HALF, IN_BOTH_HALVES = 0.95, 0.99
"""Score of a reference, by whether one half has it or both."""


def _collected(found: Iterable[tuple[Paragraph, Reference]]) -> tuple[Field, ...]:
    """Each value once, with the paragraph that has it first; with more confidence where both halves have it."""
    kept: dict[str, list[tuple[Paragraph, Reference]]] = {}
    for paragraph, reference in found:
        kept.setdefault(reference.value, []).append((paragraph, reference))
    fields = []
    for value, places in kept.items():
        paragraph, reference = places[0]
        score = IN_ONE_HALF * max(one.likeness for _, one in places)
        if len({p.language for p, _ in places}) > 1:
            score = IN_BOTH_HALVES
        fields.append(Field(value, reference.text, paragraph.id, field_confidence(score, paragraph)))
    return tuple(fields)


def _laws(paragraphs: FinalParagraphs) -> Iterator[tuple[Paragraph, Reference]]:
    """Laws cited. A law or a section alone counts only where nothing cites the two together."""
    found: list[tuple[Paragraph, Reference]] = []
    named: dict[str, str] = {}
    for paragraph, text in paragraphs:
        for reference in find_laws(text, named_before=named.get(paragraph.language)):
            found.append((paragraph, reference))
            law = reference.value.partition(" of the ")[2] or reference.value
            if law[-4:].isdecimal():
                named[paragraph.language] = law
    cited = {part for _, reference in found for part in reference.value.split(" of the ") if part != reference.value}
    yield from ((paragraph, reference) for paragraph, reference in found if reference.value not in cited)


def _numbers(paragraphs: FinalParagraphs) -> tuple[Field, ...]:
    """The reference numbers of the paper itself: those beside its date, or at the beginning of its body."""
    fields: list[Field] = []
    found = ((p, reference) for p, text in paragraphs for reference in find_references(text))
    for field in sorted(_collected(found), key=lambda field: -(field.confidence or 0.0)):
        # A similar number is the same number, misread in one of the halves.
        if not any(fuzz.ratio(field.value, other.value) >= SAME_NUMBER for other in fields):
            fields.append(field)
    order = {paragraph.id: place for place, (paragraph, _) in enumerate(paragraphs)}
    return tuple(sorted(fields, key=lambda field: order[field.paragraph]))


SAME_NUMBER = 85
"""Likeness (0–100) from which two reference numbers of one release are one number, once misread."""


CLEAR_LEAD = 0.1
"""Confidence by which a field must be ahead of one that contradicts it."""
CONTRADICTED = 0.7
"""What is left of a field's confidence if another one contradicts it."""


def _agreed(fields: Sequence[Field]) -> Field | None:
    """The field with the most confidence; with more where another agrees; None where two about as good contradict.

    Two fields that agree are independent witnesses: the chance that both are wrong is the product of their doubts.
    """
    if not fields:
        return None
    ranked = sorted(fields, key=lambda field: -(field.confidence or 0.0))
    best = ranked[0]
    others = [field for field in ranked[1:] if field.value != best.value]
    if others and (best.confidence or 0.0) - (others[0].confidence or 0.0) < CLEAR_LEAD:
        return None
    if others:
        return replace(best, confidence=round((best.confidence or 0.0) * CONTRADICTED, 4))
    doubt = 1.0
    for field in ranked:
        doubt *= 1.0 - (field.confidence or 0.0)
    return replace(best, confidence=round(min(IN_BOTH_HALVES, max(best.confidence or 0.0, 1.0 - doubt)), 4))


# ── issuer, wing, kind, title ─────────────────────────────────────────────────────────────────────────────────────────

LEGIBLE = 0.4
"""Confidence below which a heading is more often noise than a title: no table of known titles can confirm it."""
_HEADS = {"letterhead", "heading"}
_LONGEST_LETTERHEAD = 20
"""Words; a longer paragraph is about the issuer, not from it."""


def _issuer(paragraphs: FinalParagraphs) -> Field | None:
    """From the letterhead; from the signature where there is none."""
    commission = issuer_forms()[0]
    for kinds, certainty in ((_HEADS, 1.0), ({"signature"}, 0.85)):
        found = [f for p, text in paragraphs if p.kind in kinds for f in _issuers(p, text, certainty)]
        # A provincial or district office writes the Commission's name above its own.
        local = [field for field in found if field.value != commission]
        if found:
            return _agreed([f for f in found if f.value == (local or found)[0].value])
    return None


def _issuers(paragraph: Paragraph, text: str, certainty: float) -> Iterator[Field]:
    if len(text.split()) > _LONGEST_LETTERHEAD:
        return
    folded = fold(text)
    for office in current().of("issuer")[1:]:
        for form in office.english + office.urdu:
            found = fuzz.partial_ratio_alignment(fold(form), folded, score_cutoff=88)
            if found is None or len(folded) < 0.8 * len(fold(form)):
                continue
            place = _place_of_office(folded[found.dest_end :]) or _place_of_office(folded[: found.dest_start])
            if place:
                score = certainty * found.score / 100
                yield Field(f"{office.name}, {place.name}", text, paragraph.id, field_confidence(score, paragraph))
                return
    for form in issuer_forms():
        found = fuzz.partial_ratio_alignment(fold(form), folded, score_cutoff=84)
        if found is not None and len(folded) >= 0.8 * len(fold(form)):
            printed = text if len(folded) <= 1.3 * len(form) else _part(text, folded, found.dest_start, found.dest_end)
            score = certainty * found.score / 100
            yield Field(issuer_forms()[0], printed, paragraph.id, field_confidence(score, paragraph))
            return


def _place_of_office(beside: str) -> Entry | None:
    """The province, district or town that the words beside an office name; one letter may be wrong."""
    words = beside.split()
    for first in range(len(words)):
        for length in (3, 2, 1):
            named = current().named(" ".join(words[first : first + length]), "province", "district", "town")
            if named:
                return named[0]
    return None


def _part(text: str, folded: str, start: int, end: int) -> str:
    """The words of ``text`` that ``folded[start:end]`` came from."""
    first, last = folded[:start].count(" "), folded[: end - 1].count(" ")
    words = [word for word in text.split() if fold(word)]
    return " ".join(words[first : last + 1]).strip(" ,،|-–")


def _wings(paragraphs: FinalParagraphs) -> Iterator[Field]:
    for certainty, kinds in ((1.0, _HEADS), (0.8, {"signature", "other"})):
        for paragraph, text in paragraphs:
            if paragraph.kind not in kinds or len(text.split()) > _LONGEST_LETTERHEAD:
                continue
            match = WING.search(fold_in_place(text))
            if match is None:
                continue
            printed = text[match.start() : match.end()]
            # The issuer may be on the same line.
            score, entry = max(
                ((fuzz.ratio(form, fold(printed)), wing) for form, wing in current().forms("wing").items()),
                key=lambda one: one[0],
            )
            value = entry.name if score >= 80 else _without_issuer(" ".join(printed.split()))
            yield Field(
                value,
                printed,
                paragraph.id,
                field_confidence(certainty * (score / 100 if score >= 80 else 0.9), paragraph),
            )


def _without_issuer(text: str) -> str:
    for form in issuer_forms():
        text = re.sub(re.escape(form), "", text, flags=re.IGNORECASE)
    return text.strip(" ,،|-–")


def _kinds(paragraphs: FinalParagraphs) -> Iterator[Field]:
    """From headings; of two, one under the other (order, then notification), the first is the paper's kind."""
    for language in ("eng", "urd"):
        for paragraph, text in paragraphs:
            if paragraph.language == language and paragraph.kind in {"heading", "letterhead", "other"}:
                found = kind_of_heading(text)
                if found:
                    yield Field(found[0], text.strip(), paragraph.id, field_confidence(found[1], paragraph))
                    break


_SUBJECT = re.compile(r"^\W*(?:subject|title|عنوان|موضوع)\W*[:\-–]\s*", re.IGNORECASE)


_DATED = re.compile(r"^\W*(?:dated?|مورخ\w?)\W", re.IGNORECASE)
"""A dateline whose date couldn't be read."""


def _titles(paragraphs: FinalParagraphs) -> Iterator[Field]:
    for paragraph, text in paragraphs:
        if match := _SUBJECT.match(text):
            title = text[match.end() :].strip()
            if title:
                yield Field(title, title, paragraph.id, field_confidence(0.95, paragraph))
    in_body: set[str] = set()
    for paragraph, text in paragraphs:
        plain = text.strip()
        in_body |= {paragraph.language} if paragraph.kind == "body" else set()
        if paragraph.language in in_body:
            continue  # below the body there are addresses and names
        if paragraph.kind != "heading" or kind_of_heading(plain) or find_dateline(plain) or len(plain.split()) < 3:
            continue
        if any(fuzz.ratio(fold(form), fold(plain)) > 80 for form in issuer_forms()) or WING.search(plain):
            continue
        if any(fuzz.ratio(form, fold(plain)) > 75 for form in current().forms("paper")):
            continue  # the name of the kind of paper, misread
        if ADDRESS.search(plain) or _DATED.match(plain):
            continue
        if any(find_references(plain)) and (len(plain.split()) <= 6 or find_dates(plain)):
            continue
        yield Field(plain, plain, paragraph.id, field_confidence(0.8, paragraph))
