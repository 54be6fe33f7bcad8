"""The text of a paragraph in TEI, with page beginnings, line beginnings and marked names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from ecp_ingest.edits.word_positions import Page, Passage
from ecp_ingest.export.markup.entities import Entity
from ecp_ingest.export.markup.pages import passage_key
from ecp_ingest.export.markup.xml import add, allowed_in_xml
from ecp_ingest.record.entries import ParagraphEntry

_TAGS = {
    "person": "persName",
    "place": "placeName",
    "organisation": "orgName",
    "date": "date",
    "constituency": "placeName",
    "law": "rs",
    "reference": "rs",
}


@dataclass(slots=True)
class TextMaker:
    """Fills paragraphs in the order of the document: where a page begins depends on what was before."""

    entities: Mapping[str, Sequence[Entity]]
    page: int = field(default=0)
    """The page of the text written last."""

    def fill(self, element: etree._Element, paragraph: ParagraphEntry, parts: list[tuple[Page, Passage]]) -> None:
        """Write every character of the paragraph's text into ``element``."""
        text = paragraph.text
        begins = dict(_line_begins(parts))
        named = {entity.start: entity for entity in self.entities.get(paragraph.id, ())}
        ends = {entity.end for entity in named.values()}
        cuts = sorted({0, len(text), *begins, *named, *ends})
        inside = element
        inside.text = ""  # or it would be printed with line ends that aren't the text's
        for start, end in pairwise(cuts):
            if start in ends:
                inside = element
            if start in begins:
                self._begin(inside, *begins[start])
            if start in named:
                inside = _named(element, named[start])
            _append(inside, text[start:end])

    def _begin(self, parent: etree._Element, page: Page, zone: str | None) -> None:
        number = page.facts.number
        if number != self.page:
            add(parent, "pb", {"n": number, "facs": f"#surface_{number}" if page.size else None})
            self.page = number
        add(parent, "lb", {"facs": zone})


def _line_begins(parts: list[tuple[Page, Passage]]) -> Iterator[tuple[int, tuple[Page, str | None]]]:
    """Offset of each line's first word → its page, and a link to its zone."""
    for page, passage in parts:
        for place, line in enumerate(passage.lines, start=1):
            zone = f"#zone_{passage_key(passage)}_{place}" if page.size and line.bbox else None
            yield line.words[0].start, (page, zone)


def _named(parent: etree._Element, entity: Entity) -> etree._Element:
    value = {"when": entity.value} if entity.kind == "date" else {"key": entity.value}
    kind = {"type": entity.kind} if entity.kind in {"constituency", "law", "reference"} else {}
    return add(parent, _TAGS[entity.kind], {**kind, **value})


def _append(parent: etree._Element, text: str) -> None:
    last = parent[-1] if len(parent) else None
    if last is None:
        parent.text = (parent.text or "") + allowed_in_xml(text)
    else:
        last.tail = (last.tail or "") + allowed_in_xml(text)
