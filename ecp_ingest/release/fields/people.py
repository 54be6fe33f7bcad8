"""The people of a release: named in either half, and one person where both halves name the same.

Names in the two scripts are compared by sound (``transliteration``: an edit distance over groups of letters, Editex,
Zobel & Dart 1996). A name after an office alone, without an honorific, counts only where the other half has it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from ecp_ingest.document.text import FinalParagraphs, Paragraph
from ecp_ingest.entities.boilerplate import opens_with_office
from ecp_ingest.entities.gazetteer import current
from ecp_ingest.entities.persons import Mention, english_people, may_be_name, signer
from ecp_ingest.entities.persons_urdu import urdu_people
from ecp_ingest.language.folding import fold
from ecp_ingest.language.transliteration import SAME, find_name, sounds_alike
from ecp_ingest.release.fields.types import Names, Person, field_confidence

AFTER_HONORIFIC, IN_SIGNATURE, AFTER_OFFICE = 0.9, 0.85, 0.6
"""Score of a name by where it was found."""
_ONE_WORD = 0.85
"""Likeness in sound for a name of one word, which is more easily alike by chance."""
_MISREAD = 0.6
"""Likeness from which the most similar English and Urdu names are one person's, a letter or two misread."""
_SAME_MISREAD = 0.45
"""Likeness from which an Urdu name is a misread form of a known person's, rather than another person's."""


@dataclass(frozen=True, slots=True)
class _Found:
    paragraph: Paragraph
    mention: Mention
    score: float


def find_all_people(paragraphs: FinalParagraphs) -> tuple[Person, ...]:
    """In order of first mention, the English half first; each once."""
    english = _one_each([*_english(paragraphs)])
    urdu = _one_each([*_urdu(paragraphs)])
    two_halves = {"eng", "urd"} <= {paragraph.language for paragraph, _ in paragraphs if paragraph.kind == "body"}
    persons: list[Person] = []
    for found in english:
        urdu_name = _in_urdu(found.mention.value, paragraphs) or _misread_in_urdu(found, english, urdu)
        if urdu_name is None and not found.mention.sure and (two_halves or found.score <= AFTER_OFFICE):
            continue
        person = _person(
            found, urdu_name, [one for one in urdu if urdu_name and _is_part(one.mention.value, urdu_name)]
        )
        if not any(_is_known_better(person, other) for other in persons):
            persons.append(person)
    for found in urdu:
        name = found.mention.value
        if any(_is_named(name, person) for person in persons):
            continue
        latin = _in_english(name, paragraphs)
        if latin is not None:
            persons.append(_person(replace(found, mention=replace(found.mention, sure=True)), name, [], latin=latin))
        elif found.mention.sure and not (two_halves and any(_is_misread_form(name, person) for person in persons)):
            persons.append(_person(found, name, []))
    return tuple(persons)


def _english(paragraphs: FinalParagraphs) -> Iterator[_Found]:
    for place, (paragraph, text) in enumerate(paragraphs):
        for mention in english_people(text):
            yield _Found(paragraph, mention, AFTER_HONORIFIC if mention.sure else AFTER_OFFICE)
        signature = _signer(paragraphs, place) if paragraph.language == "eng" else None
        if signature:
            yield _Found(paragraph, signature, IN_SIGNATURE)


def _signer(paragraphs: FinalParagraphs, place: int) -> Mention | None:
    """The signer's name: in brackets, or with the office in the same or the next paragraph."""
    paragraph, text = paragraphs[place]
    if paragraph.kind not in ("signature", "other", "heading", "body") or len(text.split()) > 12:
        return None
    mention = signer(text)
    if mention is None or mention.role:
        return mention
    if paragraph.kind == "body":
        return None
    below = next((after for p, after in paragraphs[place + 1 : place + 2] if p.language == "eng"), "")
    role = below.strip() if opens_with_office(below) and len(below.split()) < 9 else None
    return replace(mention, role=role) if role or text.strip().startswith("(") else None


def _urdu(paragraphs: FinalParagraphs) -> Iterator[_Found]:
    for paragraph, text in paragraphs:
        if paragraph.language == "urd":
            for mention in urdu_people(text):
                yield _Found(paragraph, mention, AFTER_HONORIFIC if mention.sure else AFTER_OFFICE)


BETTER_READ = 1.05
"""Factor by which a later mention must be better, in score times confidence, to replace the first."""


def _one_each(found: Sequence[_Found]) -> list[_Found]:
    """The first mention of each person, with what later mentions add; a better read mention replaces a misread one."""
    kept: list[_Found] = []
    for one in found:
        known = next((i for i, other in enumerate(kept) if _one_person(one.mention.value, other.mention.value)), None)
        if known is None:
            kept.append(one)
            continue
        first = kept[known]
        fuller = len(one.mention.value.split()) > len(first.mention.value.split())
        better = one.score * (one.paragraph.confidence or 1) > BETTER_READ * first.score * (
            first.paragraph.confidence or 1
        )
        best, other = (one, first) if (fuller and one.mention.sure) or better else (first, one)
        kept[known] = replace(
            best,
            score=max(one.score, first.score),
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


def _is_known_better(person: Person, other: Person) -> bool:
    """Whether ``person`` is ``other`` under a misread name.

    So it is if both have the same Urdu name, or if all words but one are the same and ``person`` has no Urdu name.
    """
    words = fold(person.value).split(), fold(other.value).split()
    same = len(set(words[0]) & set(words[1]))
    if person.names.urd:
        return person.names.urd == other.names.urd and same > 0
    return len(words[0]) == len(words[1]) and same == len(words[0]) - 1 and fuzz.ratio(person.value, other.value) >= 75


# ── across the halves ─────────────────────────────────────────────────────────────────────────────────────────────


def _in_urdu(name: str, paragraphs: FinalParagraphs) -> str | None:
    """The Urdu half's spelling of an English name; None where it isn't there."""
    least = SAME if " " in name else _ONE_WORD
    found = [
        (match.likeness, _without_honorific(text[match.start : match.end]))
        for paragraph, text in paragraphs
        if paragraph.language == "urd" and (match := find_name(name, text, least=least))
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _without_honorific(name: str) -> str:
    words = name.split()
    while len(words) > 1 and fold(words[0]) in current().forms("honorific"):
        words = words[1:]
    return " ".join(words)


def _misread_in_urdu(found: _Found, english: Sequence[_Found], urdu: Sequence[_Found]) -> str | None:
    """A misread Urdu name that sounds more like this English one than like any other English name of the release."""
    likely = [one.mention.value for one in urdu if one.mention.sure]
    names = [one.mention.value for one in english]
    for name in likely:
        scores = {other: sounds_alike(other, name) for other in names}
        best = max(scores, key=lambda other: scores[other])
        if best == found.mention.value and _MISREAD <= scores[best] < SAME:
            return name
    return None


def _in_english(name: str, paragraphs: FinalParagraphs) -> str | None:
    """The English half's spelling of an Urdu name: the run of capitalised words that sounds most like it."""
    best: tuple[float, str] | None = None
    count = len(name.split())
    for paragraph, text in paragraphs:
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


def _is_named(urdu: str, person: Person) -> bool:
    if person.names.urd and (_is_part(urdu, person.names.urd) or _one_person(urdu, person.names.urd)):
        return True
    words, latin = urdu.split(), person.names.eng or ""
    if latin and sounds_alike(latin.split()[0], words[0]) >= _ONE_WORD:
        return True  # the first name is enough: the rest was joined to other words, or lost
    return any(sounds_alike(latin, " ".join(words[:count])) >= SAME for count in range(1, len(words) + 1))


def _is_misread_form(urdu: str, person: Person) -> bool:
    return bool(person.names.eng) and sounds_alike(person.names.eng or "", urdu) >= _SAME_MISREAD


IN_BOTH = 3
"""A name that both halves have is this many times less likely to be wrong."""


def _person(found: _Found, urdu: str | None, same: Sequence[_Found], *, latin: str | None = None) -> Person:
    mention = found.mention
    in_english = found.paragraph.language == "eng" or mention.value.isascii()
    names = Names(mention.value if in_english else latin, urdu)
    score = found.score if mention.sure else AFTER_OFFICE
    if names.eng and names.urd:
        score = 1 - (1 - score) / IN_BOTH
    other = next(iter(same), None)
    return Person(
        value=names.eng or names.urd or mention.value,
        text=mention.text,
        paragraph=found.paragraph.id,
        confidence=field_confidence(score, found.paragraph),
        honorific=mention.honorific or (other.mention.honorific if other else None),
        role=mention.role or (other.mention.role if other else None),
        organisation=mention.organisation,
        names=names,
    )
