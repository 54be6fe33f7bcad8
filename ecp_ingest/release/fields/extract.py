"""What the release says of itself: issuer, wing, kind, place, date, title, people, references; and whether its
English and Urdu halves agree. What isn't there is None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ecp_ingest.document.text import Paragraph, Said
from ecp_ingest.entities.boilerplate import ADDRESS, WING, issuer_forms, kind_of_heading
from ecp_ingest.entities.dates import find_dateline, find_dates
from ecp_ingest.entities.gazetteer import Entry, current
from ecp_ingest.entities.references import Reference, find_constituencies, find_laws, find_references
from ecp_ingest.language.folding import fold, fold_in_place
from ecp_ingest.release.fields.datelines import dates_and_places, islamic_dates
from ecp_ingest.release.fields.people import find_all_people
from ecp_ingest.release.fields.types import Field, Person, Release, sure

__all__ = ["Field", "Person", "Release", "Said", "extract"]


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
        date_islamic=_agreed(islamic_dates(said)),
        people=find_all_people(said),
        references=_numbers(said),
        laws=_collected(_laws(said)),
        constituencies=_collected((p, reference) for p, text in said for reference in find_constituencies(text)),
    )


def _first(fields: Iterator[Field]) -> Field | None:
    return next(fields, None)


# ── what the release names ────────────────────────────────────────────────────────────────────────────────────────


def _collected(found: Iterable[tuple[Paragraph, Reference]]) -> tuple[Field, ...]:
    """Each value once, where it stands first; surer where the other half has it too."""
    kept: dict[str, list[tuple[Paragraph, Reference]]] = {}
    for paragraph, reference in found:
        kept.setdefault(reference.value, []).append((paragraph, reference))
    fields = []
    for value, places in kept.items():
        paragraph, reference = places[0]
        score = 0.95 * max(one.likeness for _, one in places)
        if len({p.language for p, _ in places}) > 1:
            score = 0.99
        fields.append(Field(value, reference.text, paragraph.id, sure(score, paragraph)))
    return tuple(fields)


def _laws(said: Said) -> Iterator[tuple[Paragraph, Reference]]:
    """A law without a section, or a section whose law wasn't read, comes only where the two aren't cited together."""
    found: list[tuple[Paragraph, Reference]] = []
    named: dict[str, str] = {}
    for paragraph, text in said:
        for reference in find_laws(text, named_before=named.get(paragraph.language)):
            found.append((paragraph, reference))
            law = reference.value.partition(" of the ")[2] or reference.value
            if law[-4:].isdecimal():
                named[paragraph.language] = law
    cited = {part for _, reference in found for part in reference.value.split(" of the ") if part != reference.value}
    yield from ((paragraph, reference) for paragraph, reference in found if reference.value not in cited)


def _numbers(said: Said) -> tuple[Field, ...]:
    """The reference numbers of the paper itself: those beside its date, or at the opening of its body."""
    fields: list[Field] = []
    found = ((p, reference) for p, text in said for reference in find_references(text))
    for field in sorted(_collected(found), key=lambda field: -(field.confidence or 0.0)):
        # The same number, misread in one of the halves.
        if not any(fuzz.ratio(field.value, other.value) >= SAME_NUMBER for other in fields):
            fields.append(field)
    order = {paragraph.id: place for place, (paragraph, _) in enumerate(said)}
    return tuple(sorted(fields, key=lambda field: order[field.paragraph]))


SAME_NUMBER = 85
"""Likeness of 100 between two reference numbers of one release from which they are one, misread."""


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
    commission = issuer_forms()[0]
    for kinds, certainty in ((_HEADS, 1.0), ({"signature"}, 0.85)):
        found = [f for p, text in said if p.kind in kinds for f in _issuers(p, text, certainty)]
        # A provincial or district office writes the Commission's name above its own.
        local = [field for field in found if field.value != commission]
        if found:
            return _agreed([f for f in found if f.value == (local or found)[0].value])
    return None


def _issuers(paragraph: Paragraph, text: str, certainty: float) -> Iterator[Field]:
    if len(text.split()) > _SHORT + 6:
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
                yield Field(f"{office.name}, {place.name}", text, paragraph.id, sure(score, paragraph))
                return
    for form in issuer_forms():
        found = fuzz.partial_ratio_alignment(fold(form), folded, score_cutoff=84)
        if found is not None and len(folded) >= 0.8 * len(fold(form)):
            printed = text if len(folded) <= 1.3 * len(form) else _part(text, folded, found.dest_start, found.dest_end)
            score = certainty * found.score / 100
            yield Field(issuer_forms()[0], printed, paragraph.id, sure(score, paragraph))
            return


def _place_of_office(beside: str) -> Entry | None:
    """The province or district that the words beside an office name, a letter of which may be wrong."""
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


def _wings(said: Said) -> Iterator[Field]:
    for certainty, kinds in ((1.0, _HEADS), (0.8, {"signature", "other"})):
        for paragraph, text in said:
            if paragraph.kind not in kinds or len(text.split()) > _SHORT + 6:
                continue
            match = WING.search(fold_in_place(text))
            if match is None:
                continue
            printed = text[match.start() : match.end()]
            # The letterhead may run on into the wing's name on the same line.
            score, entry = max(
                ((fuzz.ratio(form, fold(printed)), wing) for form, wing in current().forms("wing").items()),
                key=lambda one: one[0],
            )
            value = entry.name if score >= 80 else _without_issuer(" ".join(printed.split()))
            yield Field(
                value, printed, paragraph.id, sure(certainty * (score / 100 if score >= 80 else 0.9), paragraph)
            )


def _without_issuer(text: str) -> str:
    for form in issuer_forms():
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


_DATED = re.compile(r"^\W*(?:dated?|مورخ\w?)\W", re.IGNORECASE)
"""A dateline whose date couldn't be read."""


def _titles(said: Said) -> Iterator[Field]:
    for paragraph, text in said:
        if match := _SUBJECT.match(text):
            title = text[match.end() :].strip()
            if title:
                yield Field(title, title, paragraph.id, sure(0.95, paragraph))
    begun: set[str] = set()
    for paragraph, text in said:
        plain = text.strip()
        begun |= {paragraph.language} if paragraph.kind == "body" else set()
        if paragraph.language in begun:
            continue  # below the body stand addresses and names
        if paragraph.kind != "heading" or kind_of_heading(plain) or find_dateline(plain) or len(plain.split()) < 3:
            continue
        if any(fuzz.ratio(fold(form), fold(plain)) > 80 for form in issuer_forms()) or WING.search(plain):
            continue
        if any(fuzz.ratio(form, fold(plain)) > 75 for form in current().forms("paper")):
            continue  # what the paper is called, misread
        if ADDRESS.search(plain) or _DATED.match(plain):
            continue
        if any(find_references(plain)) and (len(plain.split()) <= 6 or find_dates(plain)):
            continue
        yield Field(plain, plain, paragraph.id, sure(0.8, paragraph))
