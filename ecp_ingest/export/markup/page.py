"""``<stem>.p<page>.page.xml``: PAGE XML 2019-07-15, one file a page, as eScriptorium and Transkribus import it.

A paragraph is a ``TextRegion``, its kind stands in ``custom`` (``structure {type:dateline;}``). Words stand in logical
order; regions tell which way they run. ``conf`` is left out where a person wrote the word. Baselines, which both
programs want, are derived (``pages.baseline``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ecp_ingest.edits.word_positions import Line, Passage, Word
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.pages import (
    Point,
    SizedPage,
    baseline,
    corners,
    export_pages,
    page_languages,
    passage_key,
    review_note,
    word_language,
)
from ecp_ingest.export.markup.xml import add, name, put, write_xml
from ecp_ingest.language.languages import READ
from ecp_ingest.record.entries import BBox

_PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LANGUAGES = {code: language.name for code, language in READ.items()}
_SCRIPTS = {"Arab": "Arab - Arabic", "Latn": "Latn - Latin"}
_DIRECTIONS = {"ltr": "left-to-right", "rtl": "right-to-left"}
_KINDS = {"letterhead": "header", "heading": "heading", "body": "paragraph", "caption": "caption", "footer": "footer"}
"""The kinds that PAGE has a name for. For the others, eScriptorium reads ``custom``."""
_NO_TIME = "1970-01-01T00:00:00Z"
"""PAGE requires a time of creation; records have none, so that the same source always gives the same bytes."""


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    return export_pages(
        job, folder, suffix="page.xml", write=lambda path, item, page: write_xml(path, document(item, page))
    )


def document(item: Item, page: SizedPage) -> etree._Element:
    record, facts = item.record, page.facts
    root = etree.Element(f"{{{_PAGE}}}PcGts", nsmap={None: _PAGE, "xsi": _XSI})
    put(root, {f"{{{_XSI}}}schemaLocation": f"{_PAGE} {_PAGE}/pagecontent.xsd", "pcGtsId": name(f"r{record.id}")})
    _metadata(root, item, page)
    languages = page_languages(page.page)
    made = add(
        root,
        "Page",
        {
            "imageFilename": record.source.file_name,
            "imageWidth": page.width,
            "imageHeight": page.height,
            "imageXResolution": facts.dpi,
            "imageYResolution": facts.dpi,
            "imageResolutionUnit": "PPI" if facts.dpi else None,
            "custom": f"page {{number:{facts.number};}}",
            "orientation": _orientation(page),
            "primaryLanguage": _LANGUAGES.get(languages[0]) if languages else None,
            "secondaryLanguage": _LANGUAGES.get(languages[1]) if len(languages) > 1 else None,
        },
    )
    if page.passages:
        order = add(add(made, "ReadingOrder"), "OrderedGroup", {"id": "order"})
        for index, passage in enumerate(page.passages):
            add(order, "RegionRefIndexed", {"index": index, "regionRef": _region_id(passage)})
    for index, passage in enumerate(page.passages):
        _region(made, passage, page, index)
    return root


def _orientation(page: SizedPage) -> float:
    """Degrees by which the page is to be turned clockwise to stand upright and straight, above -180, up to 180."""
    turn = page.facts.rotation + page.facts.skew
    return turn - 360 if turn > 180 else turn


def _metadata(root: etree._Element, item: Item, page: SizedPage) -> None:
    record, facts = item.record, page.facts
    metadata = add(root, "Metadata", {"externalRef": record.id})
    add(metadata, "Creator", text=f"ecp-ingest {record.provenance.tool_version}")
    add(metadata, "Created", text=_NO_TIME)
    add(metadata, "LastChange", text=item.reviewed_at or _NO_TIME)
    add(metadata, "Comments", text=review_note(item))
    models = [f"{model.name} sha256:{model.sha256}" for model in record.provenance.models]
    engine = f"Tesseract {record.provenance.tesseract_version}" if facts.origin == "ocr" else "text layer"
    for kind, key, value in (
        ("imageProperties", "source", f"{record.source.file_name} sha256:{record.source.sha256}"),
        ("processingStep", "reading", f"{engine}: {facts.why}"),
        *(("processingStep", "model", model) for model in models if facts.origin == "ocr"),
    ):
        add(metadata, "MetadataItem", {"type": kind, "name": key, "value": value})
    for edit in record.review.edits:
        value = f"{edit.kind} by {edit.reviewer}"
        add(metadata, "MetadataItem", {"type": "processingStep", "name": "edit", "value": value, "date": edit.time})


def _region(parent: etree._Element, passage: Passage, page: SizedPage, index: int) -> None:
    entry = passage.paragraph
    region = add(
        parent,
        "TextRegion",
        {
            "id": _region_id(passage),
            "custom": f"readingOrder {{index:{index};}} structure {{type:{entry.kind};}}",
            "continuation": "true" if passage.part > 1 else None,
            "type": _KINDS.get(entry.kind),
            "readingDirection": _DIRECTIONS[entry.direction],
            "textLineOrder": "top-to-bottom",
            "primaryLanguage": _LANGUAGES.get(entry.language),
            "primaryScript": _SCRIPTS[entry.script],
        },
    )
    _coords(region, passage.bbox, page)
    for number, line in enumerate(passage.lines, start=1):
        _line(region, line, f"{_region_id(passage)}_{number}", passage, page)
    _text(region, "\n".join(line.text for line in passage.lines))


def _line(region: etree._Element, line: Line, key: str, passage: Passage, page: SizedPage) -> None:
    index = int(key.rpartition("_")[2]) - 1
    made = add(region, "TextLine", {"id": key, "custom": f"readingOrder {{index:{index};}}"})
    _coords(made, line.bbox, page)
    if base := baseline(line, page):
        add(made, "Baseline", {"points": _points(base)})
    for number, word in enumerate(line.words, start=1):
        _word(made, word, f"{key}_{number}", passage, page)
    _text(made, line.text)


def _word(line: etree._Element, word: Word, key: str, passage: Passage, page: SizedPage) -> None:
    own = word_language(word.text)
    other = own is not None and own != passage.paragraph.language
    made = add(
        line,
        "Word",
        {
            "id": key,
            "language": _LANGUAGES[own] if own and other else None,
            "readingDirection": _DIRECTIONS[READ[own].direction] if own and other else None,
            "comments": "corrected by a person" if word.by_person else None,
        },
    )
    _coords(made, word.bbox, page)
    _text(made, word.text, word.confidence)


def _text(parent: etree._Element, text: str, confidence: float | None = None) -> None:
    add(add(parent, "TextEquiv", {"conf": confidence}), "Unicode", text=text)


def _coords(parent: etree._Element, box: BBox | None, page: SizedPage) -> None:
    """PAGE requires coordinates everywhere: an unknown box becomes the whole page."""
    add(parent, "Coords", {"points": _points(corners(box or (0, 0, page.width, page.height)))})


def _points(path: tuple[Point, ...]) -> str:
    return " ".join(f"{x},{y}" for x, y in path)


def _region_id(passage: Passage) -> str:
    return f"region_{passage_key(passage)}"
