"""``<stem>.p<page>.iiif.json``: a IIIF Presentation 3 AnnotationPage for each page, an annotation for each line.

The annotations are W3C Web Annotations that supplement a canvas with its text, as viewers search and overlay it. Which
canvas that is nobody can know here, so ids are made of the record's own, under a host that exists nowhere
(``.invalid``, RFC 2606):

    https://ecp-ingest.invalid/<first 32 digits of the source's sha256>/canvas/p<page>
    https://ecp-ingest.invalid/<id of the record>/annotations/p<page>

A manifest takes them by the same ids, or with those replaced. The canvas has the width and height of the page as
scanned, in pixels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecp_ingest.edits.word_positions import Line, Passage
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.pages import SizedPage, export_pages, language_tag, passage_key, review_note
from ecp_ingest.files.atomic import write_text
from ecp_ingest.record.entries import BBox

BASE = "https://ecp-ingest.invalid"
CONTEXT = (
    "http://iiif.io/api/extension/text-granularity/context.json",
    "http://iiif.io/api/presentation/3/context.json",
)


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    return export_pages(job, folder, suffix="iiif.json", write=_write)


def _write(path: Path, item: Item, page: SizedPage) -> Path:
    write_text(path, json.dumps(annotation_page(item, page), ensure_ascii=False, indent=1) + "\n")
    return path


def annotation_page(item: Item, page: SizedPage) -> dict[str, Any]:
    source, number = item.record.source, page.facts.number
    key = f"{BASE}/{item.record.id}/annotations/p{number}"
    canvas = f"{BASE}/{item.record.id.rpartition('-')[0]}/canvas/p{number}"
    return {
        "@context": list(CONTEXT),
        "id": key,
        "type": "AnnotationPage",
        "label": {"en": [f"{source.file_name}, page {number}. {review_note(item)}"]},
        "items": [
            _annotation(f"{key}/{passage_key(passage)}-{place}", passage, line, canvas, page)
            for passage in page.passages
            for place, line in enumerate(passage.lines, start=1)
        ],
    }


def _annotation(key: str, passage: Passage, line: Line, canvas: str, page: SizedPage) -> dict[str, Any]:
    return {
        "id": key,
        "type": "Annotation",
        "motivation": "supplementing",
        "textGranularity": "line",
        "body": {
            "type": "TextualBody",
            "value": line.text,
            "format": "text/plain",
            "language": language_tag(passage.paragraph.language),
        },
        "target": f"{canvas}#xywh={_xywh(line.bbox or (0, 0, page.width, page.height))}",
    }


def _xywh(box: BBox) -> str:
    left, top, right, bottom = box
    return f"{left},{top},{right - left},{bottom - top}"
