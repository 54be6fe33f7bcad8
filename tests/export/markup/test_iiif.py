"""IIIF annotations as iiif-prezi3 reads them."""

from __future__ import annotations

from pathlib import Path

from iiif_prezi3 import AnnotationPage

from ecp_ingest.record.schema import read_record, write_record
from tests.support.paper import line_of, page_facts, paper, printed
from tests.support.shipping import Exporting

HOST = "https://ecp-ingest.invalid"


def read(path: Path) -> AnnotationPage:
    return AnnotationPage.model_validate_json(path.read_bytes())


def test_a_page_of_annotations_for_each_page(converted: Path, exported: Exporting) -> None:
    files = exported(converted, "iiif-annotations")
    names = ["born-digital.p1.iiif.json", "born-digital.p2.iiif.json", "stacked.p1.iiif.json"]
    assert [path.name for path in files] == names
    for path in files:
        stem, number = path.name.removesuffix(".iiif.json").split(".p")
        (source,) = converted.rglob(f"{stem}.json")
        record = read_record(source)
        page = read(path)
        assert str(page.id) == f"{HOST}/{record.id}/annotations/p{number}"
        here = [paragraph for paragraph in record.paragraphs if paragraph.page == int(number)]
        assert " ".join(one.body.value for one in page.items) == " ".join(p.text for p in here)
        assert {one.motivation for one in page.items} == {"supplementing"}
        assert {one["body"]["format"] for one in page.model_dump(mode="json")["items"]} == {"text/plain"}
        languages = [("ur" if paragraph.language == "urd" else "en") for paragraph in here for _ in paragraph.lines]
        assert [one.body.language for one in page.items] == languages
        boxes = [line.bbox for paragraph in here for line in paragraph.lines]
        canvas = f"{HOST}/{record.source.sha256[:32]}/canvas/p{number}"
        assert [one.target for one in page.items] == [
            f"{canvas}#xywh={left},{top},{right - left},{bottom - top}" for left, top, right, bottom in boxes
        ]
        assert len({str(one.id) for one in page.items}) == len(page.items)


def test_review_is_told(converted: Path, exported: Exporting) -> None:
    labels = [read(path).model_dump()["label"]["en"][0] for path in exported(converted, "iiif-annotations")]
    assert labels[-1] == "stacked.png, page 1. Reviewed by Amina, changes: 2."
    assert labels[0].startswith("born-digital.pdf, page 1. Read and repaired by machine, not reviewed")


def test_releases_of_one_stack_share_its_canvases(tmp_path: Path, exported: Exporting) -> None:
    for place in (1, 2):
        record = paper(printed(line_of("Polling day", page=place)), pages=[page_facts(place)], place=place, count=2)
        write_record(record, tmp_path / "records" / f"may.{place}.json")
    first, second = map(read, exported(tmp_path / "records", "iiif-annotations"))
    canvases = [str(page.items[0].target).partition("#")[0] for page in (first, second)]
    assert canvases == [f"{HOST}/{'ab' * 16}/canvas/p{place}" for place in (1, 2)]
    assert first.id != second.id
