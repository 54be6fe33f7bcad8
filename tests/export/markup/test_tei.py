"""TEI P5 by its schema."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from ecp_ingest.record.entries import FieldEntry, ReleaseEntry
from ecp_ingest.record.schema import Record, read_record, write_record
from tests.support.paper import line_of, page_facts, paper, printed
from tests.support.shipping import Exporting
from tests.support.standards import ID, tei_schema

TEI = {"t": "http://www.tei-c.org/ns/1.0"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def found(path: Path, query: str) -> list[etree._Element]:
    return etree.parse(path).xpath(query, namespaces=TEI)


def text_of(element: etree._Element) -> str:
    return "".join(element.itertext())


def valid(path: Path) -> etree._ElementTree:
    document = etree.parse(path)
    tei_schema().assertValid(document)
    return document


def written(record: Record, folder: Path, exported: Exporting) -> Path:
    write_record(record, folder / "records" / "a.json")
    (path,) = exported(folder / "records", "tei")
    valid(path)
    return path


def test_both_halves_word_for_word(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "tei")
    assert [path.name for path in files] == ["born-digital.tei.xml", "earlier-run.tei.xml", "stacked.tei.xml"]
    for path in files:
        valid(path)
        (source,) = converted.rglob(f"{path.name.removesuffix('.tei.xml')}.json")
        record = read_record(source)
        halves = found(path, "//t:body/t:div")
        assert [half.get(LANG) for half in halves] == ["en", "ur"]
        for half, language in zip(halves, ("eng", "urd"), strict=True):
            paragraphs = [p for p in record.paragraphs if p.language == language and p.text]
            assert [(one.get(ID), text_of(one)) for one in half] == [(p.id, p.text) for p in paragraphs]


def test_links_lead_somewhere_and_back(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "tei"):
        document = valid(path)
        ids = {one.get(ID) for one in document.iter() if one.get(ID)}
        pointers = document.xpath("//@corresp | //@facs | //@who")
        assert pointers
        assert {part for pointer in pointers for part in pointer.split()} <= {f"#{one}" for one in ids}
        pairs = {
            (one.get(ID), other.removeprefix("#"))
            for one in found(path, "//t:body//*[@corresp]")
            for other in one.get("corresp").split()
        }
        assert len(pairs) > 8
        assert pairs == {(b, a) for a, b in pairs}


def test_lines_and_pages_lead_to_the_facsimile(converted: Path, exported: Exporting) -> None:
    digital, plain, stacked = exported(converted, "tei")
    assert [one.get("n") for one in found(digital, "//t:pb")] == ["1", "2"]
    assert found(plain, "//t:facsimile") == []
    record = read_record(converted / "scans" / "stacked.json")
    lines = [line.bbox for paragraph in record.paragraphs for line in paragraph.lines]
    zones = {one.get(ID): one for one in found(stacked, "//t:zone[@type='line']")}
    led = [zones[one.get("facs").removeprefix("#")] for one in found(stacked, "//t:lb")]
    assert [tuple(int(one.get(side)) for side in ("ulx", "uly", "lrx", "lry")) for one in led] == lines
    assert found(stacked, "//t:graphic")[0].get("url") == "stacked.png"


def test_what_is_named(converted: Path, exported: Exporting) -> None:
    *_, path = exported(converted, "tei")
    people = {(one.get("key"), text_of(one)) for one in found(path, "//t:persName")}
    assert people == {
        ("Saima Javed", "Saima Javed"),
        ("Saima Javed", "صائمہ جاوید"),
        ("Tariq Nadeem", "Tariq Nadeem"),
        ("Tariq Nadeem", "طارق ندیم"),
    }
    dates = [one.get("when") for one in found(path, "//t:body//t:dateline//t:date")]
    assert dates == ["2023-02-07", "2023-02-07"]
    places = {text_of(one) for one in found(path, "//t:placeName")}
    assert {"Islamabad", "اسلام آباد"} <= places


def test_every_edit_is_told(converted: Path, exported: Exporting) -> None:
    *_, path = exported(converted, "tei")
    (revisions,) = found(path, "//t:revisionDesc")
    assert revisions.get("status") == "reviewed"
    changes = [(one.get("who"), one.get("when")) for one in revisions]
    edits = read_record(converted / "scans" / "stacked.json").review.edits
    assert changes == [("#reviewer_1", edit.time) for edit in reversed(edits)] + [(None, None)]
    assert "“started” → “begun”" in text_of(revisions)
    assert found(path, "//t:respStmt/t:name[@xml:id='reviewer_1']")[0].text == "Amina"


def test_a_name_over_a_line_end_and_a_paragraph_over_a_page_end(tmp_path: Path, exported: Exporting) -> None:
    one = printed(line_of("visited Dera Ghazi"), line_of("Khan today", page=2, top=50))
    place = FieldEntry(value="Dera Ghazi Khan", text="Dera Ghazi Khan", paragraph="p1", confidence=0.9)
    record = paper(one, pages=[page_facts(1), page_facts(2)])
    path = written(record.model_copy(update={"release": ReleaseEntry(place=place)}), tmp_path, exported)
    (name,) = found(path, "//t:placeName")
    assert text_of(name) == "Dera Ghazi Khan"
    assert [etree.QName(child).localname for child in name] == ["pb", "lb"]
    (paragraph,) = found(path, "//t:body//t:p")
    assert paragraph.get("facs") == "#zone_p1 #zone_p1_part2"
    assert text_of(paragraph) == one.text


def test_kinds_in_any_order_are_valid(tmp_path: Path, exported: Exporting) -> None:
    for kinds in (
        ["letterhead", "heading"],
        ["signature", "footer"],
        ["dateline"],
        ["body", "heading", "dateline", "body", "signature", "footer"],
        ["heading", "dateline", "caption", "signature", "body", "other"],
        ["letterhead", "signature"],
    ):
        paragraphs = [
            printed(line_of("some words", top=100 + 50 * i), name=f"p{i}", kind=kind) for i, kind in enumerate(kinds)
        ]
        path = written(paper(*paragraphs), tmp_path, exported)
        assert [one.get(ID) for one in found(path, "//t:body/t:div/*")] == [one.id for one in paragraphs]


def test_a_record_without_text_is_still_valid(tmp_path: Path, exported: Exporting) -> None:
    path = written(paper(printed(line_of("x"), text="")), tmp_path, exported)
    assert text_of(found(path, "//t:text")[0]).strip() == ""
