"""``may.md``: a release to be read: what it says of itself, both halves, the checks, and what to review.

CommonMark, with HTML only for the direction of the Urdu half and for the places that the checks point to. Whatever in
the text Markdown would take for its own is escaped, so that it reads as it was printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.files.atomic import write_text
from ecp_ingest.language.languages import READ
from ecp_ingest.record.entries import FieldEntry, ParagraphEntry, PersonEntry

_SIGNS = re.compile(r"[\\`*_\[\]<>&|~#$]")
_BEFORE_LIST_SIGN = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=]))")
_PARAGRAPH = re.compile(r"\bp\d+(?:\.\d+)*\b")


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    for item in job.items():
        path = folder / f"{item.stem}.md"
        write_text(path, "\n\n".join(_parts(item)) + "\n")
        yield path


def _parts(item: Item) -> Iterator[str]:
    record = item.record
    yield f"# {_escaped(_title(item))}"
    yield "\n".join(f"- **{name}:** {value}" for name, value in _facts(item) if value)
    for language in record.languages:
        yield f"## {READ[language].own_name if language in READ else language}"
        own = [one for one in record.paragraphs if one.language == language and one.text]
        text = "\n\n".join(map(_paragraph, own))
        # The empty lines let Markdown in again behind the HTML.
        yield f'<div dir="rtl" lang="ur">\n\n{text}\n\n</div>' if own and own[0].direction == "rtl" else text
    if record.checks:
        yield "## Checks"
        yield "\n".join(
            f"- {'✓' if check.passed else '✗'} {_words(check.kind)}: {_linked(item, check.detail)}"
            for check in record.checks
        )
    if record.review.reasons:
        yield "## To review"
        yield "\n".join(
            f"- {_words(reason.kind)}{_linked(item, f' in {reason.paragraph}' if reason.paragraph else '')}"
            f": {_linked(item, reason.detail)}"
            for reason in record.review.reasons
        )
    if record.errors:
        yield "## What failed"
        yield "\n".join(
            f"- {f'page {error.page}, ' if error.page else ''}{_escaped(error.stage)}: {_escaped(error.message)}"
            for error in record.errors
        )


def _title(item: Item) -> str:
    said = item.record.release
    named = said.title.value if said.title else ", ".join(one.value for one in (said.issuer, said.date) if one)
    return named or item.record.source.file_name


def _facts(item: Item) -> Iterator[tuple[str, str]]:
    """Name and value, as Markdown; those that are unknown are empty."""
    record, said = item.record, item.record.release
    yield "Date", _value(said.date)
    yield "Islamic date", _value(said.date_islamic)
    yield "Place", _value(said.place)
    yield "Issuer", _value(said.issuer)
    yield "Wing", _value(said.wing)
    yield "Kind", _words(said.kind.value) if said.kind else ""
    yield "People", "; ".join(map(_person, said.people))
    yield "References", "; ".join(map(_value, said.references))
    yield "Laws", "; ".join(map(_value, said.laws))
    yield "Constituencies", "; ".join(map(_value, said.constituencies))
    pages = ", ".join(map(str, record.source.pages))
    yield "Source", _escaped(record.source.file_name) + (f", page {pages}" if pages else "")
    yield "Status", record.status
    by_whom = f"by {_escaped(', '.join(item.reviewers))}, {item.reviewed_at}" if item.reviewed else "no"
    yield "Reviewed", by_whom + ("; still to be looked at, see below" if record.review.reasons else "")
    yield "Record", record.id


def _person(person: PersonEntry) -> str:
    names = person.names
    urdu = f" ({names.urd})" if names and names.urd and names.urd != person.value else ""
    about = ", ".join(part for part in (person.role, person.organisation) if part)
    return _escaped(f"{person.value}{urdu}{f', {about}' if about else ''}")


def _value(entry: FieldEntry | None) -> str:
    return _escaped(entry.value) if entry else ""


def _paragraph(one: ParagraphEntry) -> str:
    lines = (line.strip() for line in one.text.splitlines())
    if one.kind == "heading":
        return f"### {_place(one)}{_escaped(' '.join(lines))}"
    text = "\\\n".join(_escaped(line) for line in lines if line)
    text = f"**{text}**" if one.kind == "letterhead" else f"*{text}*" if one.kind == "caption" else text
    return f"{_place(one)}{text}"


def _place(one: ParagraphEntry) -> str:
    return f'<a id="{one.id}"></a>'


def _linked(item: Item, text: str) -> str:
    """Ids of the record's paragraphs become links to them."""
    known = {one.id for one in item.record.paragraphs if one.text}
    return _PARAGRAPH.sub(lambda m: f"[{m[0]}](#{m[0]})" if m[0] in known else m[0], _escaped(text))


def _words(kind: str) -> str:
    return _escaped(kind.replace("_", " "))


def _escaped(text: str) -> str:
    """Reads in Markdown as it stands here."""
    return _BEFORE_LIST_SIGN.sub(r"\1\\", _SIGNS.sub(r"\\\g<0>", text))
