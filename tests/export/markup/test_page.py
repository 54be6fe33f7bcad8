"""PAGE XML by its schema, and what eScriptorium reads of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from ecp_ingest.record.schema import read_record, write_record
from tests.support.paper import HEIGHT, WIDTH, line_of, page_facts, paper, printed, turned
from tests.support.shipping import Exporting
from tests.support.standards import page_schema, words_by_page

PAGE = {"p": "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"}
Points = list[tuple[int, int]]


def found(path: Path, query: str) -> list[etree._Element]:
    return etree.parse(path).xpath(query, namespaces=PAGE)


def points(element: etree._Element | None) -> Points:
    assert element is not None
    pairs = (pair.split(",") for pair in element.get("points").split())
    return [(int(x), int(y)) for x, y in pairs]


def test_one_valid_file_a_page(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "page")
    names = ["born-digital.p1.page.xml", "born-digital.p2.page.xml", "stacked.p1.page.xml"]
    assert [path.name for path in files] == names
    for path in files:
        page_schema().assertValid(etree.parse(path))
        stem, number = path.name.removesuffix(".page.xml").split(".p")
        (source,) = converted.rglob(f"{stem}.json")
        words = words_by_page(read_record(source))[int(number)]
        by_level = {
            level: [one.text or "" for one in found(path, f"//p:{level}/p:TextEquiv/p:Unicode")]
            for level in ("Word", "TextLine", "TextRegion")
        }
        assert by_level["Word"] == words
        assert " ".join(by_level["TextLine"]).split() == words
        assert " ".join(by_level["TextRegion"]).split() == words


def test_lines_have_what_segmentation_needs(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "page"):
        (page,) = found(path, "//p:Page")
        for line in found(path, "//p:TextLine"):
            outline, base = points(line.find("p:Coords", PAGE)), points(line.find("p:Baseline", PAGE))
            xs, ys = zip(*outline, strict=True)
            assert 0 <= min(xs) < max(xs) <= int(page.get("imageWidth"))
            assert 0 <= min(ys) < max(ys) <= int(page.get("imageHeight"))
            assert base[0][0] < base[-1][0]
            assert all(min(ys) <= y <= max(ys) for _, y in base)


def test_reading_order_kinds_and_languages(converted: Path, exported: Exporting) -> None:
    *_, path = exported(converted, "page")
    record = read_record(converted / "scans" / "stacked.json")
    regions = found(path, "//p:TextRegion")
    assert [one.get("regionRef") for one in found(path, "//p:RegionRefIndexed")] == [one.get("id") for one in regions]
    assert [one.get("id") for one in regions] == [f"region_{one.id}" for one in record.paragraphs]
    for region, paragraph in zip(regions, record.paragraphs, strict=True):
        urdu = paragraph.language == "urd"
        assert f"structure {{type:{paragraph.kind};}}" in region.get("custom")
        assert region.get("readingDirection") == ("right-to-left" if urdu else "left-to-right")
        assert region.get("primaryLanguage") == ("Urdu" if urdu else "English")
    (edited,) = found(path, "//p:Word[@comments]")
    assert edited.find("p:TextEquiv/p:Unicode", PAGE).text == "begun"
    assert edited.find("p:TextEquiv", PAGE).get("conf") is None
    assert found(path, "//p:Comments")[0].text == "Reviewed by Amina, changes: 2."
    assert found(path, "//p:LastChange")[0].text == record.review.edits[-1].time


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_baselines_stand_on_the_words_however_the_scan_lies(rotation: int, tmp_path: Path, exported: Exporting) -> None:
    line = line_of("nose on xerox")
    lying = line.model_copy(
        update={
            "bbox": turned((100, 90, 300, 140), rotation),
            "words": tuple(word.model_copy(update={"bbox": turned(word.bbox, rotation)}) for word in line.words),
        }
    )
    record = paper(printed(lying), pages=[page_facts(rotation=rotation)])
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "page")
    page_schema().assertValid(etree.parse(path))
    (base,) = map(points, found(path, "//p:Baseline"))
    ends = [turned((x, 130, x, 130), rotation)[:2] for x in (100, 300)]
    assert base == ends
    orientation = {0: "0", 90: "90", 180: "180", 270: "-90"}[rotation]
    assert found(path, "//p:Page")[0].get("orientation") == orientation


def test_a_skewed_line_has_a_sloping_baseline(tmp_path: Path, exported: Exporting) -> None:
    line = line_of("nose on xerox an answer").model_copy(update={"bbox": (100, 60, 900, 160)})
    words = tuple(
        word.model_copy(update={"bbox": (left, 130 - (left - 100) // 20, right, 160 - (left - 100) // 20)})
        for word in line.words
        for left, _, right, _ in [word.bbox]
    )
    record = paper(printed(line.model_copy(update={"words": words})), pages=[page_facts(skew=2.862)])  # 1 in 20
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "page")
    ((x0, y0), (x1, y1)) = points(found(path, "//p:Baseline")[0])
    assert (x0, x1) == (100, 900)
    assert y0 == pytest.approx(160, abs=3)
    assert y1 == pytest.approx(120, abs=3)
    assert (WIDTH, HEIGHT) == (1000, 1400)
