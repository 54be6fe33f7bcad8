"""``<stem>.tei.xml``: TEI P5, one file a record.

Each language is a ``div``, its paragraphs in reading order; ``@corresp`` leads to the paragraphs that say the same in
the other one. Lines and pages begin at ``lb`` and ``pb``, which lead to their zones in the facsimile where the source
has pages with a size. What the fields of the record name is marked where the text says it. ``revisionDesc`` has every
edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from ecp_ingest.edits.word_positions import Page, Passage, pages_with_words
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.entities import find_entities
from ecp_ingest.export.markup.pages import language_tag, passage_key, review_note
from ecp_ingest.export.markup.tei_text import TextMaker
from ecp_ingest.export.markup.xml import XML, add, name, write_xml
from ecp_ingest.language.languages import READ
from ecp_ingest.record.entries import BBox, FieldEntry, ParagraphEntry

_TEI = "http://www.tei-c.org/ns/1.0"
_ID, _LANG = f"{{{XML}}}id", f"{{{XML}}}lang"
_VERSION = re.compile(r"\d+[a-z]*\d*(\.\d+[a-z]*\d*){0,3}")
"""A version number that TEI allows."""
_HEADS = {"letterhead", "heading"}


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    for item in job.items():
        yield write_xml(folder / f"{item.stem}.tei.xml", document(item))


def document(item: Item) -> etree._Element:
    root = etree.Element(f"{{{_TEI}}}TEI", nsmap={None: _TEI})
    pages = pages_with_words(item.record)
    _header(root, item)
    if any(page.size for page in pages):
        _facsimile(root, item, pages)
    _text(root, item, pages)
    return root


# ── the header ────────────────────────────────────────────────────────────────────────────────────────────────────


def _header(root: etree._Element, item: Item) -> None:
    record, release = item.record, item.record.release
    header = add(root, "teiHeader")
    described = add(header, "fileDesc")
    titles = add(described, "titleStmt")
    add(titles, "title", text=_title(item))
    _responsible(titles, "read, repaired and aligned by machine", f"ecp-ingest {record.provenance.tool_version}")
    for number, reviewer in enumerate(item.reviewers, start=1):
        _responsible(titles, "reviewed", reviewer, key=f"reviewer_{number}")
    publication = add(described, "publicationStmt")
    add(publication, "p", text="Made from a record of ecp-ingest; not published by itself.")
    source = add(add(described, "sourceDesc"), "bibl", {"type": release.kind.value if release.kind else None})
    add(source, "title", text=_title(item))
    _field(source, "publisher", release.issuer)
    _field(source, "pubPlace", release.place)
    if release.date:
        add(source, "date", {"when": release.date.value}, release.date.text)
    if release.date_islamic:
        add(source, "date", {"when-custom": release.date_islamic.value}, release.date_islamic.text)
    for reference in release.references:
        add(source, "idno", {"type": "reference"}, reference.value)
    add(source, "idno", {"type": "file"}, record.source.file_name)
    add(source, "idno", {"type": "sha256"}, record.source.sha256)
    add(source, "idno", {"type": "record"}, record.id)
    _encoding(header, item)
    profile = add(header, "profileDesc")
    languages = add(profile, "langUsage")
    for language in record.languages or ("und",):
        add(
            languages,
            "language",
            {"ident": language_tag(language)},
            READ[language].name if language in READ else language,
        )
    _revisions(header, item)


def _title(item: Item) -> str:
    release = item.record.release
    title = release.title or release.kind
    stated = [entry.text for entry in (title, release.issuer) if entry]
    return ", ".join([*stated, *([release.date.value] if release.date else [])]) or item.record.source.file_name


def _responsible(parent: etree._Element, what: str, who: str, *, key: str | None = None) -> None:
    statement = add(parent, "respStmt")
    add(statement, "resp", text=what)
    add(statement, "name", {_ID: key}, who)


def _field(parent: etree._Element, tag: str, field: FieldEntry | None) -> None:
    if field:
        add(parent, tag, text=field.value)


def _encoding(header: etree._Element, item: Item) -> None:
    provenance = item.record.provenance
    encoding = add(header, "encodingDesc")
    programs = add(encoding, "appInfo")
    for ident, version in (("ecp-ingest", provenance.tool_version), ("tesseract", provenance.tesseract_version)):
        if version and (match := _VERSION.match(version)):
            add(add(programs, "application", {"ident": ident, "version": match.group()}), "label", text=ident)
    declared = add(encoding, "editorialDecl")
    models = ", ".join(f"{model.name} (sha256 {model.sha256})" for model in provenance.models)
    said = f"The text is the final one. Repairs by machine: {len(item.record.repairs)}. {review_note(item)}"
    add(add(declared, "correction"), "p", text=said)
    read = [f"page {page.number}: {page.origin}, {page.why}" for page in provenance.pages]
    add(
        add(declared, "interpretation"), "p", text="; ".join([*read, *([f"models: {models}"] if models else [])]) or "-"
    )


def _revisions(header: etree._Element, item: Item) -> None:
    """The latest first, as TEI recommends."""
    review = item.record.review
    keys = {reviewer: f"#reviewer_{number}" for number, reviewer in enumerate(item.reviewers, start=1)}
    revisions = add(header, "revisionDesc", {"status": "reviewed" if item.reviewed else "unreviewed"})
    for edit in reversed(review.edits):
        at = f" of {edit.paragraph}" if edit.paragraph else ""
        said = f"{edit.kind}{at}: “{edit.before}” → “{edit.after}”"
        add(revisions, "change", {"when": edit.time, "who": keys[edit.reviewer]}, said)
    add(revisions, "change", text=f"Made by ecp-ingest {item.record.provenance.tool_version}.")


# ── the facsimile ─────────────────────────────────────────────────────────────────────────────────────────────────


def _facsimile(root: etree._Element, item: Item, pages: Iterable[Page]) -> None:
    facsimile = add(root, "facsimile")
    for page in pages:
        if page.size is None:
            continue
        width, height = page.size
        number = page.facts.number
        surface = add(facsimile, "surface", {_ID: f"surface_{number}", "n": number, **_zone((0, 0, width, height))})
        url = re.sub(r"[^\w.~-]", lambda match: "".join(f"%{b:02X}" for b in match.group().encode()), _file_name(item))
        add(surface, "graphic", {"url": url, "width": f"{width}px", "height": f"{height}px"})
        for passage in page.passages:
            if passage.bbox:
                block = {_ID: f"zone_{passage_key(passage)}", "type": "paragraph", **_zone(passage.bbox)}
                made = add(surface, "zone", block)
                for place, line in enumerate(passage.lines, start=1):
                    if line.bbox:
                        key = f"zone_{passage_key(passage)}_{place}"
                        add(made, "zone", {_ID: key, "type": "line", **_zone(line.bbox)})


def _file_name(item: Item) -> str:
    return item.record.source.file_name or "unknown"


def _zone(box: BBox) -> dict[str, int]:
    return dict(zip(("ulx", "uly", "lrx", "lry"), box, strict=True))


# ── the text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(root: etree._Element, item: Item, pages: tuple[Page, ...]) -> None:
    record = item.record
    parts: dict[str, list[tuple[Page, Passage]]] = {}
    for page in pages:
        for passage in page.passages:
            parts.setdefault(passage.paragraph.id, []).append((page, passage))
    body = add(add(root, "text"), "body")
    maker = TextMaker(find_entities(record))
    shown = [paragraph for paragraph in record.paragraphs if paragraph.id in parts]
    for language in dict.fromkeys(paragraph.language for paragraph in shown):
        half = [paragraph for paragraph in shown if paragraph.language == language]
        division = add(body, "div", {"type": "half", _LANG: language_tag(language)})
        for tag, paragraph in _tagged(half):
            element = add(division, tag, _attributes(tag, paragraph, shown, parts[paragraph.id]))
            maker.fill(element, paragraph, parts[paragraph.id])
    if not shown:
        add(add(body, "div"), "p")


def _tagged(half: list[ParagraphEntry]) -> Iterator[tuple[str, ParagraphEntry]]:
    """(tag, paragraph): TEI has tags of its own for what opens and what closes a division, valid only there."""
    first = next((i for i, one in enumerate(half) if one.kind not in {*_HEADS, "dateline"}), len(half))
    after = [i for i, one in enumerate(half) if one.kind not in {"signature", "footer"}]
    last = max(after, default=-1)
    for i, paragraph in enumerate(half):
        if i < first <= last:
            yield ("head" if paragraph.kind in _HEADS else "dateline"), paragraph
        elif i > last >= first:
            yield ("signed" if paragraph.kind == "signature" else "trailer"), paragraph
        else:
            yield ("p" if paragraph.kind == "body" else "ab"), paragraph


def _attributes(
    tag: str, paragraph: ParagraphEntry, shown: list[ParagraphEntry], parts: list[tuple[Page, Passage]]
) -> dict[str, object]:
    there = {one.id for one in shown}
    same = [f"#{name(other)}" for other in paragraph.parallel_all if other in there]
    zones = [f"#zone_{passage_key(passage)}" for page, passage in parts if page.size and passage.bbox]
    return {
        _ID: name(paragraph.id),
        "type": paragraph.kind if tag in {"head", "ab", "trailer"} else None,
        "corresp": " ".join(same) or None,
        "facs": " ".join(zones) or None,
    }
