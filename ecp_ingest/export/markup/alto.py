"""``<stem>.p<page>.alto.xml``: ALTO 4.3, one file a page.

A paragraph is a ``TextBlock``. Words stand in logical order; ``BASEDIRECTION`` tells which way a line runs. ``WC`` is
left out where a person wrote the word, and ``CS`` says so. Baselines are derived (``pages.baseline``). The kind of a
paragraph is an ``OtherTag``, which is what eScriptorium takes for the type of a region; what the record's fields name
are ``NamedEntityTag``s of the words that name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ecp_ingest.edits.word_positions import Line, Passage, Word
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.entities import Entity, find_entities
from ecp_ingest.export.markup.pages import (
    Point,
    SizedPage,
    baseline,
    corners,
    export_pages,
    language_tag,
    passage_key,
    review_note,
    word_language,
)
from ecp_ingest.export.markup.xml import add, put, write_xml
from ecp_ingest.record.entries import BBox

_ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.loc.gov/standards/alto/v4/alto.xsd"
"""The latest of version 4, under the name that eScriptorium accepts; 4.3 brought the order of reading."""


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    return export_pages(
        job, folder, suffix="alto.xml", write=lambda path, item, page: write_xml(path, document(item, page))
    )


def document(item: Item, page: SizedPage) -> etree._Element:
    record = item.record
    root = etree.Element(f"{{{_ALTO}}}alto", nsmap={None: _ALTO, "xsi": _XSI})
    put(root, {f"{{{_XSI}}}schemaLocation": f"{_ALTO} {_SCHEMA}", "SCHEMAVERSION": "4.3"})
    _description(root, item, page)
    entities = _on_page(find_entities(record), page)
    _tags(root, page, entities)
    if page.passages:
        order = add(add(root, "ReadingOrder"), "OrderedGroup", {"ID": "order"})
        for number, passage in enumerate(page.passages, start=1):
            add(order, "ElementRef", {"ID": f"order_{number}", "REF": _block_id(passage)})
    number = page.facts.number
    made = add(
        add(root, "Layout"),
        "Page",
        {
            "ID": f"page_{number}",
            "PHYSICAL_IMG_NR": number,
            "WIDTH": page.width,
            "HEIGHT": page.height,
            "PROCESSINGREFS": " ".join(step.get("ID") for step in root.iter(f"{{{_ALTO}}}Processing")),
        },
    )
    space = add(made, "PrintSpace", {"ID": f"space_{number}", **_place((0, 0, page.width, page.height))})
    for passage in page.passages:
        _block(space, passage, page, entities)
    return root


# ── the description ──────────────────────────────────────────────────────────────────────────────────


def _description(root: etree._Element, item: Item, page: SizedPage) -> None:
    record = item.record
    description = add(root, "Description")
    add(description, "MeasurementUnit", text="pixel")
    source = add(description, "sourceImageInformation")
    add(source, "fileName", text=record.source.file_name)
    add(source, "fileIdentifier", text=f"sha256:{record.source.sha256}")
    add(source, "documentIdentifier", text=record.id)
    for key, category, said, software, when, agency in _steps(item, page):
        step = add(description, "Processing", {"ID": f"step_{key}"})
        add(step, "processingCategory", text=category)
        if when:
            add(step, "processingDateTime", text=when)
        if agency:
            add(step, "processingAgency", text=agency)
        add(step, "processingStepDescription", text=said)
        if key == "reading":
            add(step, "processingStepSettings", text=f"sha256:{record.provenance.settings_fingerprint}")
        if software:
            made = add(step, "processingSoftware")
            add(made, "softwareName", text=software[0])
            if software[1]:
                add(made, "softwareVersion", text=software[1])


_Step = tuple[str, str, str, tuple[str, str | None] | None, str | None, str | None]


def _steps(item: Item, page: SizedPage) -> Iterator[_Step]:
    """Key, category, description, software and its version, time, people: what was done to the page, in order."""
    provenance, facts = item.record.provenance, page.facts
    tool = ("ecp-ingest", provenance.tool_version)
    if facts.origin == "ocr":
        said = f"turned by {facts.rotation} degrees clockwise, {facts.skew:g} degrees of skew taken out"
        yield "cleanup", "preOperation", said, tool, None, None
        models = ", ".join(f"{m.name} ({m.language}, sha256:{m.sha256})" for m in provenance.models)
        said = f"recognised, because {facts.why}; models: {models}"
        yield "reading", "contentGeneration", said, ("Tesseract", provenance.tesseract_version), None, None
    else:
        yield "reading", "contentGeneration", f"text layer taken over: {facts.why}", tool, None, None
    here = {passage.paragraph.id for passage in page.passages}
    repairs = sum(repair.paragraph in here for repair in item.record.repairs)
    yield "repair", "contentModification", f"repairs in the paragraphs of this page: {repairs}", tool, None, None
    when, who = item.reviewed_at, ", ".join(item.reviewers)
    yield "review", "contentModification", review_note(item), None, when, who or None


# ── named entities ───────────────────────────────────────────────────────────────────────────────────────────


def _on_page(found: dict[str, tuple[Entity, ...]], page: SizedPage) -> dict[str, tuple[Entity, ...]]:
    """What is named by words of this page; of a paragraph, part of which stands on another, only those."""
    kept: dict[str, tuple[Entity, ...]] = {}
    for passage in page.passages:
        words = [word for line in passage.lines for word in line.words]
        kept[passage.paragraph.id] = tuple(
            entity for entity in found[passage.paragraph.id] if any(_names(entity, word) for word in words)
        )
    return kept


def _names(entity: Entity, word: Word) -> bool:
    return entity.start < word.start + len(word.text) and word.start < entity.end


def _tags(root: etree._Element, page: SizedPage, entities: dict[str, tuple[Entity, ...]]) -> None:
    kinds = dict.fromkeys(passage.paragraph.kind for passage in page.passages)
    named = _named(entities)
    if kinds:
        tags = add(root, "Tags")
        for kind in kinds:
            add(tags, "OtherTag", {"ID": f"kind_{kind}", "TYPE": "region", "LABEL": kind})
        for (kind_of, value), key in named.items():
            add(tags, "NamedEntityTag", {"ID": key, "TYPE": kind_of, "LABEL": value})


def _named(entities: dict[str, tuple[Entity, ...]]) -> dict[tuple[str, str], str]:
    """What is named → id of its tag."""
    every = dict.fromkeys((entity.kind, entity.value) for found in entities.values() for entity in found)
    return {one: f"entity_{number}" for number, one in enumerate(every, start=1)}


# ── the text ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _block(space: etree._Element, passage: Passage, page: SizedPage, entities: dict[str, tuple[Entity, ...]]) -> None:
    entry = passage.paragraph
    block = add(
        space,
        "TextBlock",
        {
            "ID": _block_id(passage),
            "TAGREFS": f"kind_{entry.kind}",
            **_place(passage.bbox),
            "ROTATION": page.facts.rotation or None,  # degrees by which the text is turned counter-clockwise
            "LANG": language_tag(entry.language),
            "BASEDIRECTION": entry.direction,
        },
    )
    keys = _named(entities)
    for number, line in enumerate(passage.lines, start=1):
        made = _line(block, line, f"{_block_id(passage)}_{number}", entry.direction, baseline(line, page))
        for place, word in enumerate(line.words, start=1):
            if place > 1:
                add(made, "SP")
            named = dict.fromkeys(keys[one.kind, one.value] for one in entities[entry.id] if _names(one, word))
            string = _string(made, word, f"{made.get('ID')}_{place}", entry.language)
            put(string, {"TAGREFS": " ".join(named) or None})


def _line(
    block: etree._Element, line: Line, key: str, direction: str, base: tuple[Point, Point] | None
) -> etree._Element:
    made = add(block, "TextLine", {"ID": key, **_place(line.bbox), "BASELINE": _points(base or ()) or None})
    put(made, {"BASEDIRECTION": direction})
    if line.bbox:
        add(add(made, "Shape"), "Polygon", {"POINTS": _points(corners(line.bbox))})
    return made


def _points(path: tuple[Point, ...]) -> str:
    """Without the commas between x and y that the standard recommends: eScriptorium and kraken read it so."""
    return " ".join(f"{x} {y}" for x, y in path)


def _string(line: etree._Element, word: Word, key: str, language: str) -> etree._Element:
    own = word_language(word.text)
    return add(
        line,
        "String",
        {
            "ID": key,
            **_place(word.bbox),
            "CONTENT": word.text,
            "WC": word.confidence,
            "CS": "true" if word.by_person else None,
            "LANG": language_tag(own) if own and own != language else None,
        },
    )


def _block_id(passage: Passage) -> str:
    return f"block_{passage_key(passage)}"


def _place(box: BBox | None) -> dict[str, int]:
    if box is None:
        return {}
    left, top, right, bottom = box
    return {"HEIGHT": bottom - top, "WIDTH": right - left, "HPOS": left, "VPOS": top}
