"""The rules for every record, beyond its schema. Each rule yields the places that break it, and what is wrong there.

The rules read no files. A place is a path into the JSON: ``paragraphs[3].lines[0].words[2].bbox``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ecp_ingest.document.geometry import holds
from ecp_ingest.language.folding import INVISIBLE, PRESENTATION_FORMS
from ecp_ingest.language.languages import DIRECTIONS, READ
from ecp_ingest.record.entries import BBox, FieldEntry, PageEntry, RepairEntry
from ecp_ingest.record.schema import Record, record_id
from ecp_ingest.release.repair.changes import undo
from ecp_ingest.settings import fingerprint

SCRIPTS = {code: language.script for code, language in READ.items()}

_UNSEEN = re.compile(f"[{INVISIBLE}]")
_FORMS = re.compile(f"[{PRESENTATION_FORMS}]")

Place = str
Found = Iterator[tuple[Place, str]]


@dataclass(frozen=True)
class Subject:
    """A record and, if a person has changed it, the record as recognised from which it was made."""

    record: Record
    recognised: Record | None = None

    @property
    def is_reviewed(self) -> bool:
        return self.recognised is not None

    @cached_property
    def ids(self) -> frozenset[str]:
        return frozenset(paragraph.id for paragraph in self.record.paragraphs)

    @cached_property
    def machine_ids(self) -> frozenset[str]:
        """Ids of the paragraphs as recognised, to which repairs refer even if paragraphs were merged since."""
        return frozenset(paragraph.id for paragraph in (self.recognised or self.record).paragraphs)

    @cached_property
    def pages(self) -> dict[int, PageEntry]:
        """The pages that were read, by number."""
        return {page.number: page for page in self.record.provenance.pages}


def ids(of: Subject) -> Found:
    record = of.record
    if record.id != (right := record_id(record.source.sha256, record.source.release_number)):
        yield "id", f"is {record.id}, but the source's sha256 and the release's place in it give {right}"
    seen: set[str] = set()
    for i, paragraph in enumerate(record.paragraphs):
        if paragraph.id in seen:
            yield f"paragraphs[{i}].id", f"{paragraph.id} is an earlier paragraph's id too"
        seen.add(paragraph.id)


def pages(of: Subject) -> Found:
    source = of.record.source
    if list(source.pages) != sorted(set(source.pages)):
        yield "source.pages", "aren't in order, each once"
    if source.page_count < max(source.pages, default=0):
        yield "source.pages", f"page {max(source.pages)} is beyond the source's {source.page_count} pages"
    if source.release_number > source.release_count:
        yield "source.release_number", f"is {source.release_number} of {source.release_count}"
    own = set(source.pages)
    for i, page in enumerate(of.record.provenance.pages):
        if page.number not in own:
            yield f"provenance.pages[{i}].number", f"page {page.number} isn't among source.pages"
    for i, error in enumerate(of.record.errors):
        if error.page is not None and error.page not in own:
            yield f"errors[{i}].page", f"page {error.page} isn't among source.pages"
    for i, paragraph in enumerate(of.record.paragraphs):
        if paragraph.page not in of.pages:
            yield f"paragraphs[{i}].page", f"page {paragraph.page} isn't among provenance.pages"
        if paragraph.lines and paragraph.page != paragraph.lines[0].page:
            yield (
                f"paragraphs[{i}].page",
                f"is {paragraph.page}, but its first line stands on {paragraph.lines[0].page}",
            )
        for j, line in enumerate(paragraph.lines):
            if line.page not in of.pages:
                yield f"paragraphs[{i}].lines[{j}].page", f"page {line.page} isn't among provenance.pages"


def boxes(of: Subject) -> Found:
    """A box has an area and is within its page, a word's box within its line's, a line's within its paragraph's."""
    for i, paragraph in enumerate(of.record.paragraphs):
        at = f"paragraphs[{i}]"
        yield from _box(of, f"{at}.bbox", paragraph.bbox, paragraph.page, within=None)
        for j, line in enumerate(paragraph.lines):
            within = paragraph.bbox if line.page == paragraph.page else None
            yield from _box(of, f"{at}.lines[{j}].bbox", line.bbox, line.page, within=within)
            for k, word in enumerate(line.words):
                yield from _box(of, f"{at}.lines[{j}].words[{k}].bbox", word.bbox, line.page, within=line.bbox)


def _box(of: Subject, place: Place, box: BBox | None, number: int, *, within: BBox | None) -> Found:
    if box is None:
        return
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        yield place, f"{list(box)} has no area"
    page = of.pages.get(number)
    if page is not None and (page.width is None or page.height is None):
        yield place, f"{list(box)} on page {number}, which has no size"
    elif page is not None and not holds((0, 0, page.width or 0, page.height or 0), box):
        yield place, f"{list(box)} reaches beyond page {number}, which is {page.width} × {page.height}"
    if within is not None and not holds(within, box):
        yield place, f"{list(box)} reaches beyond {list(within)}, the box of what it is a part of"


def references(of: Subject) -> Found:
    """Every paragraph that is referred to exists; a parallel is in another language."""
    record = of.record
    languages = {paragraph.id: paragraph.language for paragraph in record.paragraphs}
    answered = {paragraph.id: paragraph.parallel_all for paragraph in record.paragraphs}
    for i, paragraph in enumerate(record.paragraphs):
        at = f"paragraphs[{i}]"
        named = [(f"{at}.parallel", paragraph.parallel)] if paragraph.parallel is not None else []
        named += [(f"{at}.parallel_all[{j}]", one) for j, one in enumerate(paragraph.parallel_all)]
        for place, one in named:
            if one not in of.ids:
                yield place, f"there is no paragraph {one}"
            elif languages[one] == paragraph.language:
                yield place, f"{one} is in the same language"
            elif paragraph.parallel_all and paragraph.id not in answered[one]:
                yield place, f"{one} doesn't name {paragraph.id} among its own"
        if paragraph.parallel_all and paragraph.parallel not in paragraph.parallel_all:
            yield f"{at}.parallel", f"{paragraph.parallel} isn't among parallel_all"
    told = [(f"{place}.paragraph", entry.paragraph) for place, entry in _fields(record)]
    told += [
        (f"checks[{i}].paragraphs[{j}]", one) for i, c in enumerate(record.checks) for j, one in enumerate(c.paragraphs)
    ]
    for i, reason in enumerate(record.review.reasons):
        if reason.paragraph is not None:
            told.append((f"review.reasons[{i}].paragraph", reason.paragraph))
        if reason.suggestion is not None and reason.suggestion.paragraph is not None:
            told.append((f"review.reasons[{i}].suggestion.paragraph", reason.suggestion.paragraph))
    told += [(f"suggestions[{i}].paragraph", one.paragraph) for i, one in enumerate(record.suggestions)]
    yield from _unknown(told, of.ids)
    machine = [
        (f"repairs[{i}].paragraph", r.paragraph) for i, r in enumerate(record.repairs) if r.paragraph is not None
    ]
    yield from _unknown(machine, of.machine_ids)


def _unknown(named: Iterable[tuple[Place, str]], known: frozenset[str]) -> Found:
    for place, one in named:
        if one not in known:
            yield place, f"there is no paragraph {one}"


def _fields(record: Record) -> Iterator[tuple[Place, FieldEntry]]:
    for name in type(record.release).model_fields:
        value = getattr(record.release, name)
        if isinstance(value, FieldEntry):
            yield f"release.{name}", value
        elif isinstance(value, tuple):
            yield from ((f"release.{name}[{i}]", one) for i, one in enumerate(value))


def languages(of: Subject) -> Found:
    record = of.record
    told = tuple(dict.fromkeys(paragraph.language for paragraph in record.paragraphs if paragraph.text))
    if record.languages != told:
        yield "languages", f"are {list(record.languages)}, but the paragraphs' are {list(told)}"
    for i, paragraph in enumerate(record.paragraphs):
        if paragraph.script != (script := SCRIPTS.get(paragraph.language, paragraph.script)):
            yield f"paragraphs[{i}].script", f"is {paragraph.script}, but {paragraph.language} is written in {script}"
        if paragraph.direction != (direction := DIRECTIONS[paragraph.script]):
            yield f"paragraphs[{i}].direction", f"is {paragraph.direction}, but {paragraph.script} runs {direction}"


def letters(of: Subject) -> Found:
    """Final text is in NFC, without bidi controls, zero-width spaces or presentation forms."""
    record = of.record
    said = [(f"paragraphs[{i}].text", paragraph.text) for i, paragraph in enumerate(record.paragraphs)]
    for place, entry in _fields(record):
        said += [(f"{place}.value", entry.value), (f"{place}.text", entry.text)]
    for place, text in said:
        if not unicodedata.is_normalized("NFC", text):
            yield place, "isn't NFC"
        for what, pattern in (("a control that isn't seen", _UNSEEN), ("a presentation form", _FORMS)):
            if (found := pattern.search(text)) is not None:
                yield place, f"holds {what}, U+{ord(found.group()):04X}, at {found.start()}"


def fields(of: Subject) -> Found:
    """Dates are valid; a field's text is in the paragraph that it was read from, unless a person set the field."""
    record = of.record
    texts = {paragraph.id: paragraph.text for paragraph in record.paragraphs}
    by_hand = {edit.after.partition(":")[0] for edit in record.review.edits if edit.kind == "field"}
    for place, entry in _fields(record):
        name = place.removeprefix("release.").partition("[")[0]
        if name not in by_hand and entry.text not in texts.get(entry.paragraph, entry.text):
            yield f"{place}.text", f"{entry.text!r} doesn't stand in paragraph {entry.paragraph}"
    if record.release.date is not None:
        try:
            date.fromisoformat(record.release.date.value)
        except ValueError:
            yield "release.date.value", f"{record.release.date.value!r} is no date as ISO 8601 has it"


def recognised(of: Subject) -> Found:
    """``recognised`` consists of the words, and is what undoing all repairs, last first, makes of the final text."""
    by_paragraph: dict[str, list[RepairEntry]] = {}
    for repair in of.record.repairs:
        if repair.paragraph is not None:
            by_paragraph.setdefault(repair.paragraph, []).append(repair)
    for i, paragraph in enumerate(of.record.paragraphs):
        words = " ".join(word.text for line in paragraph.lines for word in line.words)
        if paragraph.lines and words != paragraph.recognised:
            yield f"paragraphs[{i}].recognised", "isn't what its words say"
        if of.is_reviewed:
            continue  # a person changed the final text: the record as recognised is checked instead
        text = paragraph.text
        try:
            for step in reversed(by_paragraph.get(paragraph.id, [])):
                text = undo(text, step)
        except ValueError as error:
            yield f"paragraphs[{i}].text", f"a repair can't be undone: {error}"
            continue
        if text != paragraph.recognised:
            yield f"paragraphs[{i}].recognised", "isn't what the text becomes when all repairs are undone"


def suggestions(of: Subject) -> Found:
    texts = {paragraph.id: paragraph.text for paragraph in of.record.paragraphs}
    for i, suggestion in enumerate(of.record.suggestions):
        text = texts.get(suggestion.paragraph)
        if text is not None and not text[suggestion.start :].startswith(suggestion.before):
            yield f"suggestions[{i}].start", f"{suggestion.before!r} doesn't stand at {suggestion.start} of the text"


def status(of: Subject) -> Found:
    record = of.record
    has_text = any(paragraph.text.strip() for paragraph in (of.recognised or record).paragraphs)
    right = "failed" if not has_text else "partial" if record.errors else "ok"
    if record.status != right:
        errors = f"{len(record.errors)} errors" if record.errors else "no errors"
        yield "status", f"is {record.status}, but there is {'text' if has_text else 'no text'}, and {errors}: {right}"
    if record.status == "failed" and not record.errors:
        yield "errors", "don't say why it failed"
    if not of.is_reviewed and (record.review.state == "needed") != bool(record.review.reasons):
        yield "review.state", f"is {record.review.state}, with {len(record.review.reasons)} reasons"


def settings(of: Subject) -> Found:
    provenance = of.record.provenance
    if provenance.settings_fingerprint != (right := fingerprint(provenance.settings)):
        yield "provenance.settings_fingerprint", f"isn't that of provenance.settings, {right[:12]}…"


Rule = Callable[[Subject], Found]
RULES: tuple[Rule, ...] = (
    ids,
    pages,
    boxes,
    references,
    languages,
    letters,
    fields,
    recognised,
    suggestions,
    status,
    settings,
)
