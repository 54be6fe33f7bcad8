"""The samples and their ground truth belong together, and can be made again."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import ageing
from tests.samples_maker.earlier import earlier_run
from tests.samples_maker.printing import browser, print_pdf, rasterise
from tests.samples_maker.release_texts import FOLDER, KINDS, load_release, parse_release
from tests.samples_maker.sheet import sheets
from tests.samples_maker.truth import truth_path
from tests.support.paths import SAMPLES

FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix not in {".json", ".md"})
RELEASES = sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_samples_are_there_and_small() -> None:
    assert len(FILES) >= 10
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 8_000_000


@pytest.mark.parametrize("sample", FILES, ids=lambda path: path.name)
def test_each_sample_has_its_ground_truth(sample: Path) -> None:
    truth = json.loads(truth_path(sample).read_text(encoding="utf-8"))
    assert truth["schema"] == 1
    assert truth["kind"] in {"clean", "aged"}
    assert truth["release"]["issuer"] == "Election Commission of Pakistan"
    assert {paragraph["language"] for paragraph in truth["paragraphs"]} == {"eng", "urd"}
    for paragraph in truth["paragraphs"]:
        assert paragraph["kind"] in KINDS
        assert 1 <= paragraph["page"] <= truth["pages"]
        assert unicodedata.is_normalized("NFC", paragraph["text"])
    assert [p["page"] for p in truth["paragraphs"]] == sorted(p["page"] for p in truth["paragraphs"])


def test_no_ground_truth_without_its_sample() -> None:
    assert {truth_path(sample) for sample in FILES} == set(SAMPLES.glob("*.gt.json"))


@pytest.mark.parametrize("name", RELEASES)
def test_release_texts_parse(name: str) -> None:
    release = load_release(name)
    for language in ("eng", "urd"):
        kinds = [paragraph.kind for paragraph in release.half(language) if paragraph.language == language]
        assert kinds[0] == "letterhead"
        assert {"heading", "dateline", "body"} <= set(kinds)
    english = sum(len(p.text.split()) for p in release.half("eng") if p.kind == "body")
    assert 60 <= english <= 260
    assert {p.pair for p in release.half("eng") if p.kind == "body"} - {None} <= {
        p.pair for p in release.half("urd") if p.kind == "body"
    }
    assert {p.pair for p in release.paragraphs if p.pair is not None and p.language == "urd"} == {
        p.pair for p in release.paragraphs if p.pair is not None and p.language == "eng"
    }
    printed = " ".join(p.text for p in release.paragraphs)
    assert all(name in printed for person in release.people for name in (person.eng, person.urd))


@pytest.mark.parametrize("name", RELEASES)
def test_release_texts_are_urdu_and_not_arabic(name: str) -> None:
    assert not set("يكهةى") & set("".join(paragraph.text for paragraph in load_release(name).paragraphs))


KEYS = "date:\nplace:\nissuer:\nwing:\nkind:\nreference:"


def test_paragraphs_pair_by_order_or_as_marked() -> None:
    tags = {"h": "eng heading", "j": "urd heading", "a": "eng body =1", "b": "eng body =1", "c": "eng body =-"}
    text = "\n\n".join(f"[{tag}]\n{name}" for name, tag in {**tags, "d": "urd body =1"}.items())
    pairs = [(p.text, p.pair) for p in parse_release("made", f"{KEYS}\n\n{text}").paragraphs]
    assert pairs == [("h", "heading-1"), ("j", "heading-1"), ("a", "1"), ("b", "1"), ("c", None), ("d", "1")]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("date: 2023-01-01\nstray words", "line 2"),
        ("[eng sermon]\nx", "sermon"),
        ("date: 2023-01-01\n[eng body]\nx", "issuer, kind, place, reference, wing"),
        (f"{KEYS}\nperson: Somebody", "Somebody"),
        (f"{KEYS}\n[eng body]\nx\n\n[eng body]\ny\n\n[urd body]\nz", "2 English bodies and 1 Urdu"),
    ],
)
def test_a_wrong_release_text_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_release("wrong", text)


def test_earlier_run_says_a_phrase_twice() -> None:
    text = earlier_run(load_release("delegation"))
    assert text.count("پولنگ اسٹیشنوں پر تصویری") == 2
    assert "اليكشن كميشن" in text
    assert text == (SAMPLES / "earlier-run.txt").read_text(encoding="utf-8")


def test_ageing_is_deterministic_and_leaves_its_page_alone() -> None:
    page = np.full((80, 120), 255, dtype=np.uint8)
    page[30:50, 20:100] = 0
    before = page.copy()

    def aged() -> Pixels:
        soft = ageing.bleed(ageing.uneven_light(ageing.skew(page, 1.5), 0.6, towards=90), page, 0.1)
        return ageing.specks(ageing.noise(soft, 5, seed=1), 10, seed=2)

    assert np.array_equal(aged(), aged())
    assert np.array_equal(page, before)
    assert set(np.unique(ageing.bilevel(aged()))) == {0, 255}


def test_strips_share_their_rows() -> None:
    page = np.full((100, 10), 255, dtype=np.uint8)
    page[::7] = 0
    upper, lower = ageing.strips(page, height=60, shared=20)
    shared = len(upper) + len(lower) - len(page)
    assert shared == pytest.approx(20, abs=2)
    assert np.array_equal(upper[-shared:], lower[:shared])


@pytest.mark.skipif(browser() is None, reason="Chromium is not installed; the samples are printed with it")
def test_a_sheet_printed_twice_is_the_same() -> None:
    page = sheets(load_release("polling-staff"), "stacked")
    first, second = (rasterise(print_pdf(page), 72) for _ in range(2))
    assert len(first) == 1
    assert np.array_equal(first[0], second[0])
    assert first[0].min() < 80
