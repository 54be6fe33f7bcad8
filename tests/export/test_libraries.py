"""What holds for hOCR, ALTO, PAGE, TEI and IIIF alike."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree

from ecp_ingest.export.run import export
from ecp_ingest.record.schema import write_record
from tests.support.builders import RunCli
from tests.support.paper import line_of, page_facts, paper, printed
from tests.support.shipping import Exporting, files_in
from tests.support.standards import page_schema, tei_schema

PAGED = ("hocr", "alto", "page", "iiif-annotations")
ALL = (*PAGED, "tei")


def test_the_same_bytes_each_time(converted: Path, tmp_path: Path) -> None:
    for name in ("once", "again"):
        assert list(export(converted, formats=ALL, destination=tmp_path / name))
    assert files_in(tmp_path / "once") == files_in(tmp_path / "again")


def test_text_without_pages_is_left_out_and_told(converted: Path, tmp_path: Path, run_cli: RunCli) -> None:
    wanted = [part for name in ALL for part in ("--to", name)]
    result = run_cli("export", converted, *wanted, "-o", tmp_path)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "earlier-run.json: its source has no pages with a size" in result.stderr
    assert [path.name for path in tmp_path.rglob("earlier-run*")] == ["earlier-run.tei.xml"]
    assert result.stdout.splitlines()[0] == str(tmp_path / "born-digital.hocr")
    assert len(files_in(tmp_path)) == len(result.stdout.splitlines()) == 2 + 3 * 3 + 3


def test_what_xml_cant_hold(tmp_path: Path, exported: Exporting) -> None:
    line = line_of("a\x01b \x1b <&> \ufffe ]]> \"q'")
    name = "a;b\"c' <&>\x07.png"
    one = printed(line, name="1 p:7", language="urd").model_copy(update={"text": " ".join(w.text for w in line.words)})
    write_record(paper(one, file_name=name, edited="1 p:7"), tmp_path / "records" / "a.json")
    hocr, alto, page, iiif, tei = exported(tmp_path / "records", *ALL)
    shown = "a\ufffdb \ufffd <&> \ufffd ]]> \"q'"
    page_schema().assertValid(etree.parse(page))
    tei_schema().assertValid(etree.parse(tei))
    words = etree.parse(alto).xpath("//*[local-name()='String']/@CONTENT")
    assert " ".join(words) == shown
    (line_shown,) = etree.parse(hocr).xpath("//*[@class='ocr_line']")
    assert "".join(line_shown.itertext()) == shown
    (body,) = etree.parse(tei).xpath("//*[local-name()='p' and @*[local-name()='id']]")
    assert "".join(body.itertext()) == shown
    assert json.loads(iiif.read_bytes())["items"][0]["body"]["value"] == one.text


def test_a_stack_has_files_of_its_own_for_each_release(tmp_path: Path, exported: Exporting) -> None:
    for place in (1, 2):
        pages = [page_facts(2 * place - 1), page_facts(2 * place)]
        lines = (line_of("Polling day"), line_of("is near", page=2 * place, top=50))
        lines = (lines[0].model_copy(update={"page": 2 * place - 1}), lines[1])
        record = paper(printed(*lines), pages=pages, place=place, count=2, file_name="may.pdf")
        write_record(record, tmp_path / "records" / "2026" / f"may.{place}.json")
    names = {path.relative_to(tmp_path / "export").as_posix() for path in exported(tmp_path / "records", *ALL)}
    assert names == {
        f"2026/may.{place}.{rest}"
        for place, pages in ((1, (1, 2)), (2, (3, 4)))
        for rest in (
            "hocr",
            "tei.xml",
            *(f"p{page}.{suffix}" for page in pages for suffix in ("alto.xml", "page.xml", "iiif.json")),
        )
    }


def test_a_blank_page_has_a_file_without_text(tmp_path: Path, exported: Exporting) -> None:
    blank = page_facts(2).model_copy(update={"blank": True})
    write_record(paper(printed(line_of("Polling")), pages=[page_facts(), blank]), tmp_path / "records" / "a.json")
    files = {path.name: path for path in exported(tmp_path / "records", *ALL)}
    page_schema().assertValid(etree.parse(files["a.p2.page.xml"]))
    tei_schema().assertValid(etree.parse(files["a.tei.xml"]))
    assert json.loads(files["a.p2.iiif.json"].read_bytes())["items"] == []
    assert etree.parse(files["a.p2.alto.xml"]).xpath("//*[local-name()='String']") == []
