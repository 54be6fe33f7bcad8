"""The people of a release: named in either half, and one person where both halves name the same.

Names of the two scripts are held against each other by sound (``transliteration``: an edit distance over groups of
letters, Editex, Zobel & Dart 1996). A name that only an office stands before counts where the other half has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from ecp_ingest.document.text import Paragraph, Said
from ecp_ingest.entities.boilerplate import opens_with_office
from ecp_ingest.entities.gazetteer import current
from ecp_ingest.entities.persons import Mention, english_people, may_be_name, signer
from ecp_ingest.entities.persons_urdu import urdu_people
from ecp_ingest.language.folding import fold
from ecp_ingest.language.transliteration import SAME, find_name, sounds_alike
from ecp_ingest.release.fields.types import Names, Person, sure

SEEN, SIGNED, HELD = 0.9, 0.85, 0.6
"""Confidence in a name after an honorific, in a signature, after an office alone."""
_ONE_WORD = 0.85
"""A name of one word sounds like something by chance too easily for less."""
_MISREAD = 0.6
"""Likeness from which the likest pair of names is taken for one person's, a letter or two misread."""
_SAME_MISREAD = 0.45
"""Likeness from which two names of one release are one name misread rather than two persons."""


@dataclass(frozen=True, slots=True)
class _Found:
    paragraph: Paragraph
    mention: Mention
    certainty: float


def find_all_people(said: Said) -> tuple[Person, ...]:
    """In order of first mention, the English half first; each once."""
    english = _one_each([*_english(said)])
    urdu = _one_each([*_urdu(said)])
    two_halves = {"eng", "urd"} <= {paragraph.language for paragraph, _ in said if paragraph.kind == "body"}
    persons: list[Person] = []
    for found in english:
        heard = _in_urdu(found.mention.value, said) or _misheard(found, english, urdu)
        if heard is None and not found.mention.sure and (two_halves or found.certainty <= HELD):
            continue
        person = _person(found, heard, [one for one in urdu if heard and _is_part(one.mention.value, heard)])
        if not any(_said_before(person, other) for other in persons):
            persons.append(person)
    for found in urdu:
        name = found.mention.value
        if any(_known(name, person) for person in persons):
            continue
        latin = _in_english(name, said)
        if latin is not None:
            persons.append(_person(replace(found, mention=replace(found.mention, sure=True)), name, [], latin=latin))
        elif found.mention.sure and not (two_halves and any(_misread(name, person) for person in persons)):
            persons.append(_person(found, name, []))
    return tuple(persons)


def _english(said: Said) -> Iterator[_Found]:
    for place, (paragraph, text) in enumerate(said):
        for mention in english_people(text):
            yield _Found(paragraph, mention, SEEN if mention.sure else HELD)
        signature = _signed(said, place) if paragraph.language == "eng" else None
        if signature:
            yield _Found(paragraph, signature, SIGNED)


def _signed(said: Said, place: int) -> Mention | None:
    """A name in brackets, or with the office in the same or the next paragraph."""
    paragraph, text = said[place]
    if paragraph.kind not in ("signature", "other", "heading", "body") or len(text.split()) > 12:
        return None
    mention = signer(text)
    if mention is None or mention.role:
        return mention
    if paragraph.kind == "body":
        return None
    below = next((after for p, after in said[place + 1 : place + 2] if p.language == "eng"), "")
    role = below.strip() if opens_with_office(below) and len(below.split()) < 9 else None
    return replace(mention, role=role) if role or text.strip().startswith("(") else None


def _urdu(said: Said) -> Iterator[_Found]:
    for paragraph, text in said:
        if paragraph.language == "urd":
            for mention in urdu_people(text):
                yield _Found(paragraph, mention, SEEN if mention.sure else HELD)


def _one_each(found: Sequence[_Found]) -> list[_Found]:
    """The first mention of each person, with what later ones add; a misread name yields to the better read."""
    kept: list[_Found] = []
    for one in found:
        known = next((i for i, other in enumerate(kept) if _one_person(one.mention.value, other.mention.value)), None)
        if known is None:
            kept.append(one)
            continue
        first = kept[known]
        fuller = len(one.mention.value.split()) > len(first.mention.value.split())
        better = one.certainty * (one.paragraph.confidence or 1) > 1.05 * first.certainty * (
            first.paragraph.confidence or 1
        )
        best, other = (one, first) if (fuller and one.mention.sure) or better else (first, one)
        kept[known] = replace(
            best,
            certainty=max(one.certainty, first.certainty),
            mention=replace(
                best.mention,
                honorific=best.mention.honorific or other.mention.honorific,
                role=best.mention.role or other.mention.role,
                organisation=best.mention.organisation or other.mention.organisation,
                sure=one.mention.sure or first.mention.sure,
            ),
        )
    return kept


def _one_person(name: str, other: str) -> bool:
    a, b = fold(name).split(), fold(other).split()
    if a[-1] == b[-1] and (set(a) <= set(b) or set(b) <= set(a)):
        return True
    return fuzz.ratio("".join(a), "".join(b)) >= 88


def _said_before(person: Person, other: Person) -> bool:
    """Whether ``other`` is the same one under a name less well read: only one Urdu name answers both, or all words but
    one are the same and no Urdu name answers this one."""
    words = fold(person.value).split(), fold(other.value).split()
    same = len(set(words[0]) & set(words[1]))
    if person.names.urd:
        return person.names.urd == other.names.urd and same > 0
    return len(words[0]) == len(words[1]) and same == len(words[0]) - 1 and fuzz.ratio(person.value, other.value) >= 75


# ── across the halves ─────────────────────────────────────────────────────────────────────────────────────────────


def _in_urdu(name: str, said: Said) -> str | None:
    """How the Urdu half writes an English name."""
    least = SAME if " " in name else _ONE_WORD
    found = [
        (heard.likeness, _unaddressed(text[heard.start : heard.end]))
        for paragraph, text in said
        if paragraph.language == "urd" and (heard := find_name(name, text, least=least))
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _unaddressed(name: str) -> str:
    words = name.split()
    while len(words) > 1 and fold(words[0]) in current().forms("honorific"):
        words = words[1:]
    return " ".join(words)


def _misheard(found: _Found, english: Sequence[_Found], urdu: Sequence[_Found]) -> str | None:
    """The Urdu name, misread, that sounds more like this English one than like any other of the release."""
    likely = [one.mention.value for one in urdu if one.mention.sure]
    names = [one.mention.value for one in english]
    for name in likely:
        scores = {other: sounds_alike(other, name) for other in names}
        best = max(scores, key=lambda other: scores[other])
        if best == found.mention.value and _MISREAD <= scores[best] < SAME:
            return name
    return None


def _in_english(name: str, said: Said) -> str | None:
    """How the English half writes an Urdu name: the run of capitalised words that sounds most like it."""
    best: tuple[float, str] | None = None
    count = len(name.split())
    for paragraph, text in said:
        if paragraph.language != "eng" or paragraph.kind == "letterhead":
            continue
        words = text.split()
        for first in range(len(words)):
            for length in range(max(2, count - 1), count + 2):
                run = [word.strip(".,;:()“”") for word in words[first : first + length]]
                if len(run) < length or not may_be_name(" ".join(run)):
                    continue
                likeness = sounds_alike(" ".join(run), name)
                if likeness >= SAME and (best is None or likeness > best[0]):
                    best = (likeness, " ".join(run))
    return best[1] if best else None


def _is_part(name: str, other: str) -> bool:
    return name in other or other in name


def _known(urdu: str, person: Person) -> bool:
    if person.names.urd and (_is_part(urdu, person.names.urd) or _one_person(urdu, person.names.urd)):
        return True
    words, latin = urdu.split(), person.names.eng or ""
    if latin and sounds_alike(latin.split()[0], words[0]) >= _ONE_WORD:
        return True  # the rest ran into other words, or was lost
    return any(sounds_alike(latin, " ".join(words[:count])) >= SAME for count in range(1, len(words) + 1))


def _misread(urdu: str, person: Person) -> bool:
    return bool(person.names.eng) and sounds_alike(person.names.eng or "", urdu) >= _SAME_MISREAD


def _person(found: _Found, urdu: str | None, same: Sequence[_Found], *, latin: str | None = None) -> Person:
    mention = found.mention
    in_english = found.paragraph.language == "eng" or mention.value.isascii()
    names = Names(mention.value if in_english else latin, urdu)
    certainty = found.certainty if mention.sure else HELD
    if names.eng and names.urd:
        certainty = 1 - (1 - certainty) / 3
    other = next(iter(same), None)
    return Person(
        value=names.eng or names.urd or mention.value,
        text=mention.text,
        paragraph=found.paragraph.id,
        confidence=sure(certainty, found.paragraph),
        honorific=mention.honorific or (other.mention.honorific if other else None),
        role=mention.role or (other.mention.role if other else None),
        organisation=mention.organisation,
        names=names,
    )
