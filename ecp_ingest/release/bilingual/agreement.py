"""Whether the English and the Urdu half of a release say the same: paragraph by paragraph, by dates, constituencies,
numbers and names. What differs was misread in one of the halves, or printed wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ecp_ingest.document.text import Said
from ecp_ingest.entities.persons import find_people
from ecp_ingest.language.folding import fold
from ecp_ingest.language.transliteration import find_name
from ecp_ingest.release.bilingual.alignment import SURE, Bead
from ecp_ingest.release.bilingual.comparison import compare
from ecp_ingest.release.bilingual.stated_facts import Facts, find_facts
from ecp_ingest.release.fields.datelines import dates_and_places


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared and how it came out; ``detail`` has both places where they differ."""

    kind: str
    passed: bool
    detail: str
    paragraphs: tuple[str, ...]


def checks(paragraphs: Said, beads: Sequence[Bead]) -> tuple[Check, ...]:
    """How the two halves compare; ``beads`` are those of ``alignment.align(paragraphs)``."""
    said = [(paragraph, text) for paragraph, text in paragraphs if text.strip()]
    texts = {paragraph.id: text for paragraph, text in said}
    kinds = {paragraph.id: paragraph.kind for paragraph, _ in said}
    pairs = [bead for bead in beads if bead.english and bead.urdu and bead.score >= SURE]
    return (
        *_alignment(beads, kinds),
        *_own_date(said),
        *_statements(said, pairs),
        *_names(pairs, texts),
    )


# ── paragraphs ────────────────────────────────────────────────────────────────────────────────────────────────────


def _alignment(beads: Sequence[Bead], kinds: Mapping[str, str]) -> Iterator[Check]:
    """Every body paragraph has a partner: one without was lost, or wasn't translated."""
    if not beads:
        return
    alone = tuple(
        name
        for bead in beads
        if not (bead.english and bead.urdu and bead.score >= SURE)
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


def _own_date(said: Said) -> Iterator[Check]:
    dates, _ = dates_and_places(said)
    if len(dates) >= 2:
        passed = len({field.value for field in dates}) == 1
        detail = ", ".join(f"{field.paragraph}: {field.value} ({field.text})" for field in dates)
        yield Check("date_agreement", passed, detail, tuple(field.paragraph for field in dates))


_Shown = Sequence[tuple[object, str]]
"""Values with their text."""
_SORTS: tuple[tuple[str, str, Callable[[Facts], _Shown]], ...] = (
    ("date_agreement", "dates", lambda found: [(date.value, date.text) for date in found.dates]),
    ("constituency_agreement", "constituencies", lambda found: [(seat.value, seat.text) for seat in found.seats]),
    ("number_agreement", "numbers", lambda found: [(number.value, number.text) for number in found.numbers]),
)
_FREE = {"letterhead", "footer", "dateline"}
"""One half may put an address into words, or add the date of another calendar: only what both say can differ."""


@dataclass(frozen=True, slots=True)
class _Compared:
    bead: Bead
    both: tuple[Facts, Facts]
    odd: tuple[Facts, Facts]
    """What only the English and only the Urdu states."""


def _statements(said: Said, beads: Sequence[Bead]) -> Iterator[Check]:
    facts = {paragraph.id: find_facts(text) for paragraph, text in said}
    kinds = {paragraph.id: paragraph.kind for paragraph, _ in said}
    compared = []
    for bead in beads:
        both = _together(facts[name] for name in bead.english), _together(facts[name] for name in bead.urdu)
        compared.append(_Compared(bead, both, compare(*both)))
    paired = {name for bead in beads for name in bead.english + bead.urdu}
    unpaired = [
        [facts[paragraph.id] for paragraph, _ in said if paragraph.language == language and paragraph.id not in paired]
        for language in ("eng", "urd")
    ]
    for one in compared:
        odd = one.odd
        contradict = all(side != Facts() for side in odd)
        if not contradict:
            # Only one half has it here: the other may say it in another paragraph, where it is odd too. A date may
            # stand there in full, and here without its year.
            others = [other for other in compared if other is not one]
            spare = [
                _together(
                    [*unpaired[half], *(replace(other.odd[half], dates=other.both[half].dates) for other in others)]
                )
                for half in (0, 1)
            ]
            odd = compare(odd[0], spare[1])[0], compare(spare[0], odd[1])[1]
        yield from _outcomes(one, odd, {kinds[name] for name in one.bead.english + one.bead.urdu}, contradict)


def _together(found: Iterable[Facts]) -> Facts:
    all_found = list(found)
    return Facts(
        tuple(date for facts in all_found for date in facts.dates),
        tuple(seat for facts in all_found for seat in facts.seats),
        tuple(number for facts in all_found for number in facts.numbers),
    )


def _outcomes(one: _Compared, odd: tuple[Facts, Facts], kinds: set[str], contradict: bool) -> Iterator[Check]:
    names = one.bead.english + one.bead.urdu
    for kind, plural, shown in _SORTS:
        english, urdu = map(shown, odd)
        if kinds == {"dateline"} and kind == "date_agreement" and english and urdu:
            continue  # these are the release's own, which have been compared
        common = {value for value, _ in shown(one.both[0])} & {value for value, _ in shown(one.both[1])}
        if (english or urdu) and (contradict or not kinds & _FREE):
            detail = "; ".join(
                f"{half} ({', '.join(ids)}): {', '.join(text for _, text in side) or f'no such {plural}'}"
                for half, ids, side in (("English", one.bead.english, english), ("Urdu", one.bead.urdu, urdu))
            )
            yield Check(kind, False, detail, names)
        elif common:
            yield Check(kind, True, f"{plural} in both: {len(common)}", names)


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_SOMEWHAT_ALIKE = 0.55
"""Likeness from which an Urdu name is the English one, misspelt or misread, rather than another's."""


def _names(beads: Sequence[Bead], texts: Mapping[str, str]) -> Iterator[Check]:
    """Every person whom the English names is named alike in the Urdu; who isn't named there at all doesn't count."""
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
