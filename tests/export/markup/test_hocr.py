"""hOCR as hocr-tools read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from ecp_ingest.record.schema import read_record, write_record
from tests.support.paper import line_of, page_facts, paper, printed
from tests.support.shipping import Exporting
from tests.support.standards import run_tool, words_by_page


def of(element: html.HtmlElement, name: str) -> list[float]:
    found = re.search(rf"\b{name} ([\d. ]+)", element.get("title"))
    return [float(number) for number in found[1].split()] if found else []


def test_one_file_a_record_with_its_pages(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "hocr")
    assert [path.name for path in files] == ["born-digital.hocr", "stacked.hocr"]
    for path, pages in zip(files, (2, 1), strict=True):
        document = html.parse(path)
        assert len(document.findall(".//div[@class='ocr_page']")) == pages
        # Boxes of lines in Nastaliq overlap, and the check compares those of different pages: hence no check for that.
        checked = run_tool("hocr-check", "--nooverlap", path).stderr
        assert checked.count("ok") > 20
        assert "not ok" not in checked


def test_text_and_places(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "hocr"):
        (source,) = converted.rglob(f"{path.stem}.json")
        record = read_record(source)
        expected = [word for words in words_by_page(record).values() for word in words]
        assert run_tool("hocr-lines", path).stdout.split() == expected
        for page in html.parse(path).findall(".//div[@class='ocr_page']"):
            _, _, width, height = of(page, "bbox")
            paragraphs = [p for p in record.paragraphs if p.page == of(page, "ppageno")[0] + 1]
            for shown, paragraph in zip(page.findall(".//p"), paragraphs, strict=True):
                assert (shown.get("dir"), shown.get("lang")) == (
                    paragraph.direction,
                    "ur" if paragraph.language == "urd" else "en",
                )
            for line in page.findall(".//span[@class='ocr_line']"):
                left, top, right, bottom = of(line, "bbox")
                assert 0 <= left < right <= width
                assert 0 <= top < bottom <= height
                for word in line:
                    a, b, c, d = of(word, "bbox")
                    assert left <= a < c <= right
                    assert top <= b < d <= bottom


def test_confidence_and_review(converted: Path, exported: Exporting) -> None:
    plain, reviewed = map(html.parse, exported(converted, "hocr"))
    notes = [one.find(".//meta[@name='ecp-review']").get("content") for one in (plain, reviewed)]
    assert notes[0].startswith("Read and repaired by machine, not reviewed")
    assert notes[1] == "Reviewed by Amina, changes: 2."
    words = {word.text: word for word in reviewed.findall(".//span[@class='ocrx_word']")}
    assert of(words["begun"], "x_wconf") == []
    assert 80 < of(words["Pakistan"], "x_wconf")[0] <= 100


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_line_of_both_scripts_on_a_lying_page(rotation: int, tmp_path: Path, exported: Exporting) -> None:
    line = line_of("حلقہ NA-75 میں 48 پولنگ", rtl=True)
    record = paper(printed(line, language="urd"), pages=[page_facts(rotation=rotation)])
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "hocr")
    (shown,) = html.parse(path).findall(".//span[@class='ocr_line']")
    assert [(word.text, word.get("lang"), word.get("dir")) for word in shown] == [
        ("حلقہ", None, None),
        ("NA-75", "en", "ltr"),
        ("میں", None, None),
        ("48", None, None),
        ("پولنگ", None, None),
    ]
    assert of(shown, "textangle") == ([90.0] if rotation else [])
