"""Checks whether the English and the Urdu half of a release state the same facts, paragraph by paragraph.

Compared are dates, constituencies, numbers and names. What differs was misread in one half, or printed wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ecp_ingest.document.text import FinalParagraphs
from ecp_ingest.entities.persons import find_people
from ecp_ingest.language.folding import fold
from ecp_ingest.language.transliteration import find_name
from ecp_ingest.release.bilingual.alignment import ACCEPTED, Bead
from ecp_ingest.release.bilingual.comparison import compare
from ecp_ingest.release.bilingual.stated_facts import Facts, find_facts
from ecp_ingest.release.fields.datelines import dates_and_places


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared, and the result; ``detail`` quotes both halves where they differ."""

    kind: str
    passed: bool
    detail: str
    paragraphs: tuple[str, ...]


def checks(paragraphs: FinalParagraphs, beads: Sequence[Bead]) -> tuple[Check, ...]:
    """The results of all comparisons; ``beads`` are those of ``alignment.align(paragraphs)``."""
    paragraphs = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
    texts = {paragraph.id: text for paragraph, text in paragraphs}
    kinds = {paragraph.id: paragraph.kind for paragraph, _ in paragraphs}
    pairs = [bead for bead in beads if bead.english and bead.urdu and bead.score >= ACCEPTED]
    return (
        *_alignment(beads, kinds),
        *_own_date(paragraphs),
        *_facts(paragraphs, pairs),
        *_names(pairs, texts),
    )


# ── paragraphs ────────────────────────────────────────────────────────────────────────────────────────────────────


def _alignment(beads: Sequence[Bead], kinds: Mapping[str, str]) -> Iterator[Check]:
    """Whether every body paragraph has a partner: one without was lost, or wasn't translated."""
    if not beads:
        return
    alone = tuple(
        name
        for bead in beads
        if not (bead.english and bead.urdu and bead.score >= ACCEPTED)
        for name in bead.english + bead.urdu
        if kinds[name] == "body"
    )
    paired = [bead for bead in beads if bead.english and bead.urdu]
    detail = f"{len(paired)} passages stand in both languages"
    if paired:
        detail += f", the least sure with {min(bead.score for bead in paired):.2f}"
    if alone:
        yield Check("paragraph_alignment", False, f"{detail}; not surely: {', '.join(alone)}", alone)
    else:
        yield Check("paragraph_alignment", True, detail, tuple(n for b in paired for n in b.english + b.urdu))


# ── dates, constituencies, numbers ────────────────────────────────────────────────────────────────────────────────


def _own_date(paragraphs: FinalParagraphs) -> Iterator[Check]:
    dates, _ = dates_and_places(paragraphs)
    if len(dates) >= 2:
        passed = len({field.value for field in dates}) == 1
        detail = ", ".join(f"{field.paragraph}: {field.value} ({field.text})" for field in dates)
        yield Check("date_agreement", passed, detail, tuple(field.paragraph for field in dates))


_Shown = Sequence[tuple[object, str]]
"""Values, each with its text as printed."""
_COMPARED_FACTS: tuple[tuple[str, str, Callable[[Facts], _Shown]], ...] = (
    ("date_agreement", "dates", lambda found: [(date.value, date.text) for date in found.dates]),
    ("constituency_agreement", "constituencies", lambda found: [(seat.value, seat.text) for seat in found.seats]),
    ("number_agreement", "numbers", lambda found: [(number.value, number.text) for number in found.numbers]),
)
_MAY_STATE_MORE = {"letterhead", "footer", "dateline"}
"""One half may write an address in words, or add the date of another calendar: here a fact in one half alone is no
difference."""


@dataclass(frozen=True, slots=True)
class _Compared:
    bead: Bead
    both: tuple[Facts, Facts]
    unmatched: tuple[Facts, Facts]
    """What only the English states, and what only the Urdu does."""


def _facts(paragraphs: FinalParagraphs, beads: Sequence[Bead]) -> Iterator[Check]:
    facts = {paragraph.id: find_facts(text) for paragraph, text in paragraphs}
    kinds = {paragraph.id: paragraph.kind for paragraph, _ in paragraphs}
    compared = []
    for bead in beads:
        both = _together(facts[name] for name in bead.english), _together(facts[name] for name in bead.urdu)
        compared.append(_Compared(bead, both, compare(*both)))
    paired = {name for bead in beads for name in bead.english + bead.urdu}
    unpaired = [
        [
            facts[paragraph.id]
            for paragraph, _ in paragraphs
            if paragraph.language == language and paragraph.id not in paired
        ]
        for language in ("eng", "urd")
    ]
    for one in compared:
        unmatched = one.unmatched
        contradict = all(side != Facts() for side in unmatched)
        if not contradict:
            # Only one half states it here: the other may state it in another paragraph, where it is unmatched too. The
            # date may be complete there and without its year here.
            others = [other for other in compared if other is not one]
            elsewhere = [
                _together(
                    [
                        *unpaired[half],
                        *(replace(other.unmatched[half], dates=other.both[half].dates) for other in others),
                    ]
                )
                for half in (0, 1)
            ]
            unmatched = compare(unmatched[0], elsewhere[1])[0], compare(elsewhere[0], unmatched[1])[1]
        yield from _results(one, unmatched, {kinds[name] for name in one.bead.english + one.bead.urdu}, contradict)


def _together(found: Iterable[Facts]) -> Facts:
    all_found = list(found)
    return Facts(
        tuple(date for facts in all_found for date in facts.dates),
        tuple(seat for facts in all_found for seat in facts.seats),
        tuple(number for facts in all_found for number in facts.numbers),
    )


def _results(one: _Compared, unmatched: tuple[Facts, Facts], kinds: set[str], contradict: bool) -> Iterator[Check]:
    names = one.bead.english + one.bead.urdu
    for kind, plural, shown in _COMPARED_FACTS:
        english, urdu = map(shown, unmatched)
        if kinds == {"dateline"} and kind == "date_agreement" and english and urdu:
            continue  # these are the release's own dates, compared in _own_date
        common = {value for value, _ in shown(one.both[0])} & {value for value, _ in shown(one.both[1])}
        if (english or urdu) and (contradict or not kinds & _MAY_STATE_MORE):
            detail = "; ".join(
                f"{half} ({', '.join(ids)}): {', '.join(text for _, text in side) or f'no such {plural}'}"
                for half, ids, side in (("English", one.bead.english, english), ("Urdu", one.bead.urdu, urdu))
            )
            yield Check(kind, False, detail, names)
        elif common:
            yield Check(kind, True, f"{plural} in both: {len(common)}", names)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_SOMEWHAT_ALIKE = 0.55
"""Likeness in sound from which an Urdu name is the English one, misspelt or misread, rather than another person's."""


def _names(beads: Sequence[Bead], texts: Mapping[str, str]) -> Iterator[Check]:
    """Whether people named in the English have the same name in the Urdu; who isn't named there doesn't count."""
    whole = " ۔ ".join(texts[name] for bead in beads for name in bead.urdu)
    for bead in beads:
        urdu = " ۔ ".join(texts[name] for name in bead.urdu)
        people = dict.fromkeys(mention.value for name in bead.english for mention in find_people(texts[name]))
        agreed: list[str] = []
        doubtful: list[str] = []
        for person in people:
            if fold(person) in fold(urdu) or find_name(person, urdu) or find_name(person, whole):
                agreed.append(person)
            elif near := find_name(person, urdu, least=_SOMEWHAT_ALIKE):
                doubtful.append(f"English: {person}; Urdu: {urdu[near.start : near.end]}")
        names = bead.english + bead.urdu
        if doubtful:
            yield Check("name_agreement", False, ". ".join(doubtful), names)
        elif agreed:
            yield Check("name_agreement", True, f"named in both: {', '.join(agreed)}", names)
