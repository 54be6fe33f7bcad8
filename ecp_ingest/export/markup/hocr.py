"""``<stem>.hocr``: hOCR 1.2, one file a record, its pages inside.

A paragraph is one ``ocr_carea`` with one ``ocr_par``. Words stand in logical order, whichever way they run on the page;
``x_wconf`` is the confidence in per cent, left out where a person wrote the word.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ecp_ingest._version import __version__
from ecp_ingest.edits.word_positions import Line, Passage, Word
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.pages import SizedPage, language_tag, passage_key, review_note, sized_pages, word_language
from ecp_ingest.export.markup.xml import XML, add, allowed_in_xml, write_xml
from ecp_ingest.language.languages import READ
from ecp_ingest.record.entries import BBox

_XHTML = "http://www.w3.org/1999/xhtml"
_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
_CAPABILITIES = "ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_lang ocrp_dir ocrp_wconf"


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    for item in job.items():
        if pages := sized_pages(item, job):
            yield write_xml(folder / f"{item.stem}.hocr", document(item, pages), doctype=_DOCTYPE)


def document(item: Item, pages: tuple[SizedPage, ...]) -> etree._Element:
    record = item.record
    title = record.release.title or record.release.kind
    root = etree.Element(f"{{{_XHTML}}}html", nsmap={None: _XHTML})
    root.set("lang", language_tag(record.languages[0]) if record.languages else "und")
    root.set(f"{{{XML}}}lang", root.get("lang"))
    head = add(root, "head")
    add(head, "title", text=title.text if title else record.source.file_name)
    add(head, "meta", {"http-equiv": "Content-Type", "content": "text/html;charset=utf-8"})
    tesseract = record.provenance.tesseract_version
    system = f"ecp-ingest {record.provenance.tool_version}" + (f", tesseract {tesseract}" if tesseract else "")
    for key, value in (
        ("ocr-system", system),
        ("ocr-capabilities", _CAPABILITIES),
        ("ocr-number-of-pages", len(pages)),
        ("ocr-langs", " ".join(map(language_tag, record.languages))),
        ("ocr-scripts", " ".join(dict.fromkeys(p.script for p in record.paragraphs))),
        ("generator", f"ecp-ingest {__version__}"),
        ("ecp-record", record.id),
        ("ecp-review", review_note(item)),
    ):
        add(head, "meta", {"name": key, "content": value})
    body = add(root, "body")
    for page in pages:
        _page(body, page, record.source.file_name)
    return root


def _page(body: etree._Element, page: SizedPage, file_name: str) -> None:
    number = page.facts.number
    # A quotation mark or a semicolon would end the name, and the format has no way to escape them.
    image = allowed_in_xml(file_name).translate({ord('"'): "_", ord(";"): "_"})
    title = f'image "{image}"; bbox 0 0 {page.width} {page.height}; ppageno {number - 1}'
    if page.facts.dpi:
        title += f"; scan_res {page.facts.dpi:.0f} {page.facts.dpi:.0f}"
    made = add(body, "div", {"class": "ocr_page", "id": f"page_{number}", "title": title})
    for passage in page.passages:
        _passage(made, passage, page)


def _passage(parent: etree._Element, passage: Passage, page: SizedPage) -> None:
    entry = passage.paragraph
    key = passage_key(passage)
    box = {"title": _box(passage.bbox)}
    area = add(parent, "div", {"class": "ocr_carea", "id": f"block_{key}", **box})
    tag = language_tag(entry.language)
    languages = {"lang": tag, f"{{{XML}}}lang": tag, "dir": entry.direction}
    made = add(area, "p", {"class": "ocr_par", "id": f"par_{key}", **languages, **box})
    for number, line in enumerate(passage.lines, start=1):
        _line(made, line, f"{key}_{number}", passage, page)


def _line(parent: etree._Element, line: Line, key: str, passage: Passage, page: SizedPage) -> None:
    title = _box(line.bbox)
    if page.facts.rotation:
        title += (
            f"; textangle {page.facts.rotation}"  # counter-clockwise is how the text lies: so much it is turned back
        )
    made = add(parent, "span", {"class": "ocr_line", "id": f"line_{key}", "title": title})
    for number, word in enumerate(line.words, start=1):
        shown = _word(made, word, f"word_{key}_{number}", passage.paragraph.language)
        if number < len(line.words):
            shown.tail = " "


def _word(parent: etree._Element, word: Word, key: str, language: str) -> etree._Element:
    title = _box(word.bbox)
    if word.confidence is not None:
        title += f"; x_wconf {word.confidence * 100:.0f}"
    own = word_language(word.text)
    other = own is not None and own != language
    tag = language_tag(own) if own and other else None
    direction = READ[own].direction if own and other else None
    attributes = {"class": "ocrx_word", "id": key, "title": title, "lang": tag, f"{{{XML}}}lang": tag, "dir": direction}
    return add(parent, "span", attributes, word.text)


def _box(box: BBox | None) -> str:
    return "bbox {} {} {} {}".format(*box) if box else ""
