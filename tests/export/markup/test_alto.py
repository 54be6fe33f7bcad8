"""ALTO as alto-tools read it, and what the standard asks for."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from ecp_ingest.record.entries import FieldEntry, NamesEntry, PersonEntry, ReleaseEntry
from ecp_ingest.record.schema import read_record, write_record
from tests.support.paper import HEIGHT, WIDTH, line_of, page_facts, paper, printed
from tests.support.shipping import Exporting
from tests.support.standards import run_tool, words_by_page

ALTO = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
REFERENCES = {"TAGREFS", "PROCESSINGREFS", "REF"}


def found(path: Path, query: str) -> list[etree._Element]:
    return etree.parse(path).xpath(query, namespaces=ALTO)


def test_one_file_a_page(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "alto")
    names = ["born-digital.p1.alto.xml", "born-digital.p2.alto.xml", "stacked.p1.alto.xml"]
    assert [path.name for path in files] == names
    for path in files:
        stem, number = path.name.removesuffix(".alto.xml").split(".p")
        (source,) = converted.rglob(f"{stem}.json")
        words = words_by_page(read_record(source))[int(number)]
        assert words
        assert run_tool("alto-tools", "-t", path).stdout.split() == words
        (page,) = found(path, "//a:Page")
        assert page.get("PHYSICAL_IMG_NR") == number
        assert found(path, "//a:fileName")[0].text == read_record(source).source.file_name


def test_references_lead_somewhere(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "alto"):
        elements = found(path, "//*")
        ids = [one.get("ID") for one in elements if one.get("ID")]
        assert len(ids) == len(set(ids))
        named = {name for one in elements for key in REFERENCES for name in (one.get(key) or "").split()}
        assert named <= set(ids)
        blocks = [one.get("ID") for one in found(path, "//a:TextBlock")]
        assert [one.get("REF") for one in found(path, "//a:ReadingOrder/a:OrderedGroup/a:ElementRef")] == blocks


def test_reviewed_words_say_so(converted: Path, exported: Exporting) -> None:
    *_, path = exported(converted, "alto")
    (word,) = found(path, "//a:String[@CS]")
    assert (word.get("CONTENT"), word.get("CS"), word.get("WC")) == ("begun", "true", None)
    (review,) = found(path, "//a:Processing[@ID='step_review']")
    assert review.find("a:processingAgency", ALTO).text == "Amina"
    assert review.find("a:processingDateTime", ALTO).text.startswith("20")
    assert "Reviewed by Amina, changes: 2." in review.find("a:processingStepDescription", ALTO).text
    (reading,) = found(path, "//a:Processing[@ID='step_reading']")
    assert reading.find("a:processingSoftware/a:softwareName", ALTO).text == "Tesseract"
    assert "urd_nastaliq" in reading.find("a:processingStepDescription", ALTO).text
    assert all(0.5 < float(one.get("WC")) <= 1 for one in found(path, "//a:String[@WC]"))


def test_words_are_tagged_with_what_they_name(tmp_path: Path, exported: Exporting) -> None:
    person = PersonEntry(
        value="Saima Javed",
        text="Ms. Saima Javed",
        paragraph="p1",
        confidence=0.9,
        names=NamesEntry(eng="Saima Javed", urd="صائمہ جاوید"),
        organisation="Citizens Forum",
    )
    place = FieldEntry(value="Islamabad", text="Islamabad", paragraph="p1", confidence=0.9)
    record = paper(
        printed(line_of("Islamabad, 7th February, 2023: Ms. Saima Javed")),
        printed(line_of("محترمہ صائمہ جاوید نے", top=200, rtl=True), name="p2", language="urd"),
    ).model_copy(update={"release": ReleaseEntry(people=(person,), place=place)})
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "alto")
    tags = {tag.get("ID"): (tag.get("TYPE"), tag.get("LABEL")) for tag in found(path, "//a:NamedEntityTag")}
    named = [(one.get("CONTENT"), tags[one.get("TAGREFS")]) for one in found(path, "//a:String[@TAGREFS]")]
    assert named == [
        ("Islamabad,", ("place", "Islamabad")),
        ("7th", ("date", "2023-02-07")),
        ("February,", ("date", "2023-02-07")),
        ("2023:", ("date", "2023-02-07")),
        ("Saima", ("person", "Saima Javed")),
        ("Javed", ("person", "Saima Javed")),
        ("صائمہ", ("person", "Saima Javed")),
        ("جاوید", ("person", "Saima Javed")),
    ]


def test_lines_of_a_page_that_lies(tmp_path: Path, exported: Exporting) -> None:
    box = (200, 100, 240, 700)
    line = line_of("حلقہ NA-75", rtl=True)
    lying = line.model_copy(
        update={"bbox": box, "words": tuple(word.model_copy(update={"bbox": box}) for word in line.words)}
    )
    record = paper(printed(lying, language="urd"), pages=[page_facts(rotation=90)])
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "alto")
    (block,) = found(path, "//a:TextBlock")
    assert (block.get("ROTATION"), block.get("LANG"), block.get("BASEDIRECTION")) == ("90", "ur", "rtl")
    (shown,) = found(path, "//a:TextLine")
    # Turned clockwise, the foot of the line is where its right edge is now, and its left end where its bottom is.
    assert shown.get("BASELINE") == "240 700 240 100"
    assert found(path, "//a:TextLine/a:Shape/a:Polygon")[0].get("POINTS") == "200 100 240 100 240 700 200 700"
    assert [one.get("LANG") for one in found(path, "//a:String")] == [None, "en"]
    (page,) = found(path, "//a:Page")
    assert (page.get("WIDTH"), page.get("HEIGHT")) == (str(WIDTH), str(HEIGHT))
