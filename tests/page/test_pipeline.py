"""The samples become records with the real engine, which are compared with their known text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecp_ingest.document.pages import Scan
from ecp_ingest.language.text_metrics import (
    ErrorRate,
    compose,
    error_rate,
    fold_digits,
    fold_letterforms,
    fold_marks,
    fold_spaces,
)
from ecp_ingest.page.pipeline import ingest_page
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.record.schema import Record, json_schema, to_json
from ecp_ingest.release.assembly import assemble
from ecp_ingest.release.repair.changes import undo
from ecp_ingest.settings import Settings
from tests.support.paths import REPOSITORY
from tests.support.seeds import Seed, each_seed

SAMPLES = sorted(
    path for path in (REPOSITORY / "samples").iterdir() if not path.name.endswith(".gt.json") and path.suffix != ".md"
)
URDU = compose(fold_letterforms, fold_marks, fold_digits, fold_spaces)


@dataclass(frozen=True)
class Converted:
    scan: Scan
    record: Record
    truth: dict[str, Any]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return find_engine(settings=Settings().recognise)


@pytest.fixture(scope="session")
def converted(engine: Engine) -> dict[str, Converted]:
    return {path.name: convert(path, engine) for path in SAMPLES}


def convert(path: Path, engine: Engine) -> Converted:
    settings = Settings()
    scan = open_scan(path, settings=settings.scan)
    pages = [ingest_page(scan, n, settings=settings, engine=engine) for n in range(1, scan.page_count + 1)]
    (record,) = assemble(scan, pages, settings=settings, engine=engine)
    return Converted(scan, record, json.loads((path.parent / f"{path.stem}.gt.json").read_text(encoding="utf-8")))


def character_errors(converted: Converted, language: str) -> ErrorRate:
    truth = " ".join(p["text"] for p in converted.truth["paragraphs"] if p["language"] == language)
    read = " ".join(p.text for p in converted.record.paragraphs if p.language == language and p.text)
    return error_rate(truth, read, normalise=URDU if language == "urd" else fold_spaces)


def test_every_sample_is_read_whole(converted: dict[str, Converted]) -> None:
    assert {name: c.record.status for name, c in converted.items()} == dict.fromkeys(converted, "ok")
    assert [name for name, c in converted.items() if set(c.record.languages) != {"eng", "urd"}] == []


def test_records_keep_to_the_schema(converted: dict[str, Converted]) -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    for c in converted.values():
        validator.validate(json.loads(to_json(c.record)))


def test_english_is_right(converted: dict[str, Converted]) -> None:
    rates: dict[str, ErrorRate] = {"clean": ErrorRate(), "aged": ErrorRate()}
    for c in converted.values():
        rates[c.truth["kind"]] += character_errors(c, "eng")
    assert rates["clean"].rate < 0.005
    assert rates["aged"].rate < 0.02


def test_urdu_is_read(converted: dict[str, Converted]) -> None:
    total = sum((character_errors(c, "urd") for c in converted.values()), ErrorRate())
    assert total.rate < 0.04


def test_fields_are_those_of_the_release(converted: dict[str, Converted]) -> None:
    for name, c in converted.items():
        for key in ("date", "place", "issuer", "wing", "kind"):
            found = getattr(c.record.release, key)
            assert (found.value if found else None) == c.truth["release"][key], f"{name}: {key}"
            if found:
                assert found.paragraph in {p.id for p in c.record.paragraphs}


def test_repairs_undone_give_what_was_recognised(converted: dict[str, Converted]) -> None:
    assert any(c.record.repairs for c in converted.values())
    for c in converted.values():
        for paragraph in c.record.paragraphs:
            text = paragraph.text
            for entry in reversed([r for r in c.record.repairs if r.paragraph == paragraph.id]):
                assert entry.start is not None
                text = undo(text, entry)
            assert text == paragraph.recognised


def test_repeats_are_removed(converted: dict[str, Converted]) -> None:
    kinds = {name: {r.kind for r in c.record.repairs} for name, c in converted.items()}
    assert "duplicate_page" in kinds["repeated.tif"]
    assert "duplicate_line" in kinds["overlap.tif"]
    assert "duplicate_phrase" in kinds["earlier-run.txt"]
    others = set(kinds) - {"repeated.tif", "overlap.tif", "earlier-run.txt"}
    assert not [name for name in others if any(kind.startswith("duplicate") for kind in kinds[name])]


def test_boxes_lie_on_the_ink_of_the_scan(converted: dict[str, Converted]) -> None:
    """Boxes are in the scan, not in the cleaned page: 4 % of nearly every box's pixels are ink."""
    for name in ("stacked.png", "pages.tif", "scanned.pdf"):
        c = converted[name]
        for facts in c.record.provenance.pages:
            page = load_page(c.scan, facts.number, settings=Settings().scan)
            pixels = page.pixels if page.pixels.ndim == 2 else page.pixels.mean(axis=2)  # type: ignore[union-attr]
            assert (facts.width, facts.height) == (pixels.shape[1], pixels.shape[0])
            boxes = [
                word.bbox
                for paragraph in c.record.paragraphs
                for line in paragraph.lines
                if line.page == facts.number
                for word in line.words
                if word.bbox and len(word.text) > 3
            ]
            inked = 0
            for left, top, right, bottom in boxes:
                assert 0 <= left < right <= pixels.shape[1]
                assert 0 <= top < bottom <= pixels.shape[0]
                inked += (pixels[top:bottom, left:right] < pixels.max() * 0.6).mean() > 0.04
            assert inked > 0.97 * len(boxes), f"{name}, page {facts.number}"


def test_line_boxes_keep_close_to_their_ink(converted: dict[str, Converted]) -> None:
    """The engine gets a margin of paper; the record doesn't. The page is straight, so there is ink at every edge."""
    c = converted["stacked.png"]
    page = load_page(c.scan, 1, settings=Settings().scan)
    ink = page.pixels.reshape(*page.pixels.shape[:2], -1).mean(axis=2) < 140  # type: ignore[union-attr]
    boxes = [line.bbox for paragraph in c.record.paragraphs for line in paragraph.lines if line.bbox]
    close = [
        all(side.any() for side in (own[:4], own[-4:], own[:, :4], own[:, -4:]))
        for left, top, right, bottom in boxes
        for own in [ink[top:bottom, left:right]]
    ]
    assert sum(close) > 0.95 * len(close)


def test_reading_twice_gives_the_same_record(converted: dict[str, Converted], engine: Engine) -> None:
    def without_times(record: Record) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(to_json(record))
        for page in content["provenance"]["pages"]:
            del page["seconds"]
        return content

    again = convert(REPOSITORY / "samples" / "photo-caption.jpg", engine)
    assert without_times(again.record) == without_times(converted["photo-caption.jpg"].record)


@each_seed
def test_the_release_that_an_earlier_run_left(seed: Seed, engine: Engine) -> None:
    settings = Settings()
    scan = open_scan(seed.path, settings=settings.scan)
    page = ingest_page(scan, 1, settings=settings, engine=engine)
    (record,) = assemble(scan, [page], settings=settings, engine=engine)
    assert record.release.date is not None
    assert record.release.date.value == seed.date
    assert record.release.place is not None
    assert record.release.place.value == "Islamabad"
    bodies = [p for p in record.paragraphs if p.language == "urd" and p.kind == "body"]
    assert bodies[3].recognised.count(seed.twice) == 2
    assert bodies[3].text.count(seed.twice) == 1
    assert record.paragraphs[8].text == "الیکشن کمیشن آف پاکستان"
