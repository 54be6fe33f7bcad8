"""Records as rows of tables: flat, named alike, and the same in CSV, Parquet and SQLite.

A row is a frozen dataclass; ``columns`` gives its names, types and descriptions. A list is a tuple here, and each
format writes it in its own way.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from ecp_ingest.export.items import Item
from ecp_ingest.language.text_metrics import text_in
from ecp_ingest.record.entries import FieldEntry

Texts = tuple[str, ...]
Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Any
    """str, int, float, bool, Texts or Numbers."""
    optional: bool
    about: str


def columns(row: type) -> tuple[Column, ...]:
    """The columns of a class of rows, in their order."""
    hints = get_type_hints(row, include_extras=True)
    return tuple(_column(field.name, hints[field.name]) for field in fields(row))


def _column(name: str, hint: Any) -> Column:
    about = ""
    if get_origin(hint) is Annotated:
        hint, about = get_args(hint)
    optional = get_origin(hint) in (Union, types.UnionType)
    if optional:
        hint = next(part for part in get_args(hint) if part is not types.NoneType)
    return Column(name, hint, optional, about)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    id: Annotated[str, "Stable: from the bytes of the source and the release's place in it; its second record: -copy2"]
    name: Annotated[str, "Of the record's file below the folder, without .json"]
    title: str | None
    date: Annotated[str | None, "ISO 8601"]
    date_islamic: Annotated[str | None, "Year-month-day of the Islamic calendar"]
    place: str | None
    issuer: str | None
    wing: str | None
    kind: Annotated[str | None, "What sort of paper it is: press_release …"]
    people: Annotated[Texts, "Names"]
    reference_numbers: Annotated[Texts, "Of offices"]
    laws: Annotated[Texts, "Laws cited, with the section"]
    constituencies: Annotated[Texts, "By their codes: NA-75"]
    languages: Annotated[Texts, "ISO 639-3, in order of appearance"]
    text_eng: Annotated[str, "The English half, a paragraph a line"]
    text_urd: Annotated[str, "The Urdu half, a paragraph a line"]
    status: Annotated[str, "ok; partial: a page failed; failed: no text"]
    failed_checks: Annotated[int, "How many comparisons of the two halves failed"]
    review_state: Annotated[str, "needed or done; done also where nothing needs a look"]
    review_reasons: Annotated[Texts, "Kinds of reasons why a person should look"]
    reviewed: Annotated[bool, "A person has changed it or marked it done; the text is then the reviewed one"]
    reviewer: Annotated[Texts, "Who"]
    reviewed_at: Annotated[str | None, "ISO 8601, of the last edit"]
    source: Annotated[str, "Name of the file that was converted"]
    source_sha256: str
    media_type: str
    pages: Annotated[Numbers, "1-based pages of the source"]
    tool_version: str


@dataclass(frozen=True, slots=True)
class ParagraphRow:
    id: Annotated[str, "Stable: the release's id and the paragraph's"]
    release_id: str
    place: Annotated[int, "1-based, in reading order"]
    kind: Annotated[str, "letterhead, heading, dateline, body, caption, signature, footer, other"]
    language: Annotated[str, "ISO 639-3: eng, urd"]
    text: Annotated[str, "Final: as repaired, and as reviewed where a person has reviewed it"]
    recognised: Annotated[str, "Exactly what the engine or the text layer gave"]
    confidence: Annotated[float | None, "0–1, mean over the words"]
    page: Annotated[int, "1-based page of the source"]
    box_left: Annotated[int | None, "Pixels of the page as scanned, origin top left"]
    box_top: int | None
    box_right: int | None
    box_bottom: int | None
    parallel_id: Annotated[str | None, "The paragraph that says the same in the other language"]
    parallel_score: Annotated[float | None, "Probability that it does"]
    edited: Annotated[bool, "A person has changed this paragraph"]
    reviewed: Annotated[bool, "A person has changed the release or marked it done"]


@dataclass(frozen=True, slots=True)
class PersonRow:
    release_id: str
    place: Annotated[int, "1-based, among those of the release"]
    name: str
    text: Annotated[str, "As printed"]
    name_eng: str | None
    name_urd: str | None
    honorific: str | None
    role: str | None
    organisation: str | None
    paragraph_id: Annotated[str | None, "Where it was read"]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class MentionRow:
    release_id: str
    place: Annotated[int, "1-based, among those of the release"]
    kind: Annotated[str, "reference_number, law, constituency"]
    value: Annotated[str, "Normalised"]
    text: Annotated[str, "As printed"]
    paragraph_id: Annotated[str | None, "Where it was read"]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    release_id: str
    place: Annotated[int, "1-based, among those of the release"]
    kind: Annotated[str, "date_agreement, number_agreement, name_agreement, paragraph_alignment …"]
    passed: bool
    detail: Annotated[str, "What was compared, and how it came out"]
    paragraph_ids: Texts


@dataclass(frozen=True, slots=True)
class RepairRow:
    release_id: str
    place: Annotated[int, "1-based, in the order in which they were made"]
    kind: Annotated[str, "duplicate_phrase, letterform, hyphenation, spacing …"]
    paragraph_id: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    release_id: str
    place: Annotated[int, "1-based, among those of the release"]
    kind: Annotated[str, "low_confidence, failed_check, printed_duplicate, failed_page …"]
    paragraph_id: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class EditRow:
    release_id: str
    place: Annotated[int, "1-based, in the order in which they were made"]
    kind: Annotated[str, "text, kind, language, order, merge, split, field, state"]
    reviewer: str
    time: Annotated[str, "ISO 8601"]
    paragraph_id: str | None
    before: str
    after: str


def distinct(items: Iterable[Item]) -> Iterator[Item]:
    """The items with distinct ids: a source in two folders has two records of one id, and the second gets ``-copy2``
    behind it."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.record.id] += 1
        times = seen[item.record.id]
        new_id = f"{item.record.id}-copy{times}"
        yield item if times == 1 else replace(item, record=item.record.model_copy(update={"id": new_id}))


def release_row(item: Item) -> ReleaseRow:
    record, said = item.record, item.record.release
    texts = [(one.language, one.text) for one in record.paragraphs if one.text]
    return ReleaseRow(
        id=record.id,
        name=item.stem,
        title=_value(said.title),
        date=_value(said.date),
        date_islamic=_value(said.date_islamic),
        place=_value(said.place),
        issuer=_value(said.issuer),
        wing=_value(said.wing),
        kind=_value(said.kind),
        people=_values(said.people),
        reference_numbers=_values(said.references),
        laws=_values(said.laws),
        constituencies=_values(said.constituencies),
        languages=record.languages,
        text_eng=text_in("eng", texts),
        text_urd=text_in("urd", texts),
        status=record.status,
        failed_checks=sum(not check.passed for check in record.checks),
        review_state=record.review.state,
        review_reasons=tuple(dict.fromkeys(reason.kind for reason in record.review.reasons)),
        reviewed=item.reviewed,
        reviewer=item.reviewers,
        reviewed_at=item.reviewed_at,
        source=record.source.file_name,
        source_sha256=record.source.sha256,
        media_type=record.source.media_type,
        pages=record.source.pages,
        tool_version=record.provenance.tool_version,
    )


def paragraph_rows(item: Item) -> Iterator[ParagraphRow]:
    """In reading order; a paragraph that was taken out as a repeat has an empty text."""
    edited = {edit.paragraph for edit in item.record.review.edits}
    for place, one in enumerate(item.record.paragraphs, start=1):
        left, top, right, bottom = one.bbox or (None, None, None, None)
        yield ParagraphRow(
            id=paragraph_id(item, one.id),
            release_id=item.record.id,
            place=place,
            kind=one.kind,
            language=one.language,
            text=one.text,
            recognised=one.recognised,
            confidence=one.confidence,
            page=one.page,
            box_left=left,
            box_top=top,
            box_right=right,
            box_bottom=bottom,
            parallel_id=_known_paragraph(item, one.parallel),
            parallel_score=one.parallel_score,
            edited=one.id in edited,
            reviewed=item.reviewed,
        )


def person_rows(item: Item) -> Iterator[PersonRow]:
    for place, one in enumerate(item.record.release.people, start=1):
        yield PersonRow(
            release_id=item.record.id,
            place=place,
            name=one.value,
            text=one.text,
            name_eng=one.names.eng if one.names else None,
            name_urd=one.names.urd if one.names else None,
            honorific=one.honorific,
            role=one.role,
            organisation=one.organisation,
            paragraph_id=_known_paragraph(item, one.paragraph),
            confidence=one.confidence,
        )


def mention_rows(item: Item) -> Iterator[MentionRow]:
    said = item.record.release
    kinds = {"reference_number": said.references, "law": said.laws, "constituency": said.constituencies}
    found = ((kind, one) for kind, entries in kinds.items() for one in entries)
    for place, (kind, one) in enumerate(found, start=1):
        paragraph = _known_paragraph(item, one.paragraph)
        yield MentionRow(item.record.id, place, kind, one.value, one.text, paragraph, one.confidence)


def check_rows(item: Item) -> Iterator[CheckRow]:
    for place, one in enumerate(item.record.checks, start=1):
        paragraphs = tuple(paragraph_id(item, name) for name in one.paragraphs)
        yield CheckRow(item.record.id, place, one.kind, one.passed, one.detail, paragraphs)


def repair_rows(item: Item) -> Iterator[RepairRow]:
    for place, one in enumerate(item.record.repairs, start=1):
        paragraph = _known_paragraph(item, one.paragraph)
        yield RepairRow(item.record.id, place, one.kind, paragraph, one.before, one.after)


def reason_rows(item: Item) -> Iterator[ReasonRow]:
    for place, one in enumerate(item.record.review.reasons, start=1):
        yield ReasonRow(item.record.id, place, one.kind, _known_paragraph(item, one.paragraph), one.detail)


def edit_rows(item: Item) -> Iterator[EditRow]:
    for place, one in enumerate(item.record.review.edits, start=1):
        paragraph = _known_paragraph(item, one.paragraph)
        yield EditRow(item.record.id, place, one.kind, one.reviewer, one.time, paragraph, one.before, one.after)


def paragraph_id(item: Item, name: str) -> str:
    """Of all paragraphs of all releases: ``…-1-p3``."""
    return f"{item.record.id}-{name}"


def _known_paragraph(item: Item, name: str | None) -> str | None:
    """Its id, if the record (still) has it: a person may have merged it with another."""
    return paragraph_id(item, name) if name and any(one.id == name for one in item.record.paragraphs) else None


def _value(entry: FieldEntry | None) -> str | None:
    return entry.value if entry else None


def _values(entries: Iterable[FieldEntry]) -> Texts:
    return tuple(entry.value for entry in entries)
