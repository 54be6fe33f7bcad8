"""Tesseract on lines drawn here, its errors, and how its output is read."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytesseract
import pytest

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import LineImage
from ecp_ingest.errors import MissingModelError, MissingProgramError, PageTimeoutError, RecognitionError
from ecp_ingest.page.recognition import models
from ecp_ingest.page.recognition.models import Model, engine_version, find_model
from ecp_ingest.page.recognition.tesseract import RecognisedLine, recognise, right_to_left, words_by_page
from ecp_ingest.page.recognition.word_boxes import tightened
from ecp_ingest.training.script_classifier import draw

FONTS = Path("/usr/share/fonts/truetype")
SERIF = FONTS / "liberation/LiberationSerif-Regular.ttf"
NASKH = FONTS / "fonts-nafees/NafeesWeb.ttf"
NASTALIQ = FONTS / "noto/NotoNastaliqUrdu-Regular.ttf"
BLANK = np.full((60, 400), 255, np.uint8)


def line(pixels: Pixels, left: int = 0, top: int = 0) -> LineImage:
    return LineImage(Box(left, top, left + pixels.shape[1], top + pixels.shape[0]), pixels)


def drawn(text: str, face: Path, *, left: int = 0, top: int = 0) -> LineImage:
    if not face.exists():
        pytest.skip(f"{face.name} isn't installed")
    pixels = draw(text, face, points=14, rtl=not text.isascii(), latin=SERIF)
    assert pixels is not None
    return line(pixels, left, top)


@pytest.fixture(scope="module")
def english() -> Model:
    return find_model("eng", tessdata_dir=None)


@pytest.fixture(scope="module")
def urdu() -> Model:
    for name in ("urd_nastaliq", "urd"):
        try:
            return find_model(name, tessdata_dir=None)
        except MissingModelError:
            continue
    pytest.skip("no Urdu model is installed")


def one_word_program(folder: Path, script: str) -> str:
    """A program that replaces Tesseract."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    return str(program)


# ── with the engine ───────────────────────────────────────────────────────────────────────────────────────────────


def test_many_lines_in_one_run_keep_their_places(english: Model) -> None:
    texts = ["Islamabad, 28th May, 2022:", "Press Release", "No. F.3(12)/2023-Elec"]
    lines = [drawn(text, SERIF) for text in texts]
    read = recognise(
        [lines[0], line(BLANK), lines[1], line(np.zeros((2, 9), np.uint8)), line(BLANK), lines[2], line(BLANK)],
        model=english,
        timeout=60,
    )
    assert [found.text for found in read] == [texts[0], "", texts[1], "", "", texts[2], ""]
    assert [found.confidence > 0.8 for found in read] == [True, False, True, False, False, True, False]


def test_boxes_are_in_the_page_and_tight(english: Model) -> None:
    one = drawn("Islamabad, 28th May", SERIF, left=1000, top=500)
    words = recognise([one], model=english, timeout=60)[0].words
    assert [word.text for word in words] == ["Islamabad,", "28th", "May"]
    boxes = [word.bbox for word in words if word.bbox]
    assert len(boxes) == 3
    assert all(one.bbox.left <= box.left < box.right <= one.bbox.right for box in boxes)
    assert all(one.bbox.top <= box.top < box.bottom <= one.bbox.bottom for box in boxes)
    assert all(before.right < after.left for before, after in pairwise(boxes))
    assert boxes[1].height < one.bbox.height  # no descender in 28th


def test_urdu_comes_in_logical_order(urdu: Model) -> None:
    face = NASTALIQ if urdu.name == "urd_nastaliq" else NASKH  # what the model was trained on
    read = recognise([drawn("مورخہ: 28 مئی 2022 اسلام آباد", face)], model=urdu, timeout=60)[0]
    texts = read.text.split()
    assert texts[0].startswith("مورخ")
    assert (texts[1], texts[3]) == ("28", "2022")
    lefts = [word.bbox.left for word in read.words if word.bbox]
    assert lefts == sorted(lefts, reverse=True)


def test_nothing_to_read_starts_no_engine(monkeypatch: pytest.MonkeyPatch, english: Model) -> None:
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    assert recognise([], model=english, timeout=1) == ()
    assert recognise([line(np.zeros((1, 1), np.uint8))], model=english, timeout=1) == (RecognisedLine(()),)


def test_two_runs_agree(english: Model) -> None:
    lines = [drawn("Additional Director General", SERIF), drawn("Ms. Nighat", SERIF)]
    assert recognise(lines, model=english, timeout=60) == recognise(lines, model=english, timeout=60)
    assert recognise(lines[::-1], model=english, timeout=60)[::-1] == recognise(lines, model=english, timeout=60)


def test_a_model_in_a_folder_with_an_awkward_name(tmp_path: Path, english: Model) -> None:
    folder = tmp_path / 'it\'s a "model" folder'
    folder.mkdir()
    shutil.copy(english.path, folder / "mine_eng.traineddata")
    mine = find_model("mine_eng", tessdata_dir=str(folder))
    assert (mine.language, mine.sha256) == ("mine", english.sha256)
    assert recognise([drawn("Press Release", SERIF)], model=mine, timeout=60)[0].text == "Press Release"


# ── its complaints ────────────────────────────────────────────────────────────────────────────────────────────────


def test_too_long(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, english: Model) -> None:
    engine_version()  # asked before, once for all
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", one_word_program(tmp_path, "exec sleep 20"))
    with pytest.raises(PageTimeoutError, match=r"longer than 0\.3 s"):
        recognise([line(BLANK)], model=english, timeout=0.3)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("kill -SEGV $$", "crashed .signal 11."),
        ("echo 'Page 0 : /somewhere/0.pgm' >&2; echo 'Image too large' >&2; exit 1", "exit code 1.*: Image too large$"),
        ("kill -9 $$", "crashed .signal 9."),
    ],
)
def test_crash_and_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, english: Model, script: str, message: str
) -> None:
    engine_version()
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", one_word_program(tmp_path, script))
    with pytest.raises(RecognitionError, match=message) as caught:
        recognise([line(BLANK)], model=english, timeout=10)
    assert "/somewhere" not in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_a_broken_model(tmp_path: Path) -> None:
    (tmp_path / "eng.traineddata").write_bytes(b"this is no model")
    broken = find_model("eng", tessdata_dir=str(tmp_path))
    with pytest.raises((MissingModelError, RecognitionError), match="eng"):
        recognise([line(BLANK)], model=broken, timeout=60)


def test_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, english: Model) -> None:
    engine_version()
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(tmp_path / "nothing"))
    with pytest.raises(MissingProgramError, match="apt-get install tesseract-ocr"):
        recognise([line(BLANK)], model=english, timeout=10)


def test_version() -> None:
    assert engine_version()[0].isdigit()


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_model_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="sudo apt-get install tesseract-ocr-xyz"):
        find_model("xyz", tessdata_dir=str(tmp_path))


def test_our_model_is_never_replaced_by_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models, "_OWN_MODELS", (tmp_path,))
    with pytest.raises(MissingModelError, match="comes with ecp-ingest"):
        find_model("urd_nastaliq", tessdata_dir=None)


def test_the_folder_named_comes_first_then_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named, own = tmp_path / "named", tmp_path / "own"
    for folder in (named, own):
        folder.mkdir()
        (folder / "eng.traineddata").write_text(folder.name, encoding="utf-8")
    monkeypatch.setattr(models, "_OWN_MODELS", (own,))
    assert find_model("eng", tessdata_dir=str(named)).path.parent == named
    ours = find_model("eng", tessdata_dir=None)
    assert ours.path.parent == own
    (own / "eng.traineddata").write_text("another", encoding="utf-8")
    os.utime(own / "eng.traineddata", ns=(1, 1))
    assert find_model("eng", tessdata_dir=None).sha256 != ours.sha256


# ── its answer ────────────────────────────────────────────────────────────────────────────────────────────────────

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def table(*words: tuple[int, int, str, float]) -> str:
    rows = [f"5\t{page}\t1\t1\t1\t1\t{left}\t2\t10\t20\t{conf}\t{text}" for page, left, text, conf in words]
    return "\n".join([HEADER, "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t", *rows, ""])


def test_table() -> None:
    pages = words_by_page(
        table((1, 5, "سے\u200f", 91.5), (1, 40, "\u200e\u202a", 50), (3, 7, "cafe\u0301", 120), (3, 9, "x", -1))
    )
    assert pages == {
        1: [("سے", Box(5, 2, 15, 22), 0.915)],
        3: [("caf\u00e9", Box(7, 2, 17, 22), 1.0), ("x", Box(9, 2, 19, 22), 0.0)],
    }


@pytest.mark.parametrize(
    ("visual", "logical"),
    [
        ("ہیں رہے کر", "کر رہے ہیں"),
        ("آباد اسلام 2022 مئی 28 مورخہ:", "مورخہ: 28 مئی 2022 اسلام آباد"),
        ("سے Mr. Knut Ostby نمائندے", "نمائندے Mr. Knut Ostby سے"),
        ("Mr. Omar Hamid Khan رپورٹ", "رپورٹ Mr. Omar Hamid Khan"),
        ("کہا نے Mr. Knut Ostby", "Mr. Knut Ostby نے کہا"),
        ("Khan کو Section 12 of Act", "Section 12 of Act کو Khan"),
        ("۔ ہے NA-128 میں 12", "12 میں NA-128 ہے ۔"),
    ],
)
def test_words_in_logical_order(visual: str, logical: str) -> None:
    words = [(text, Box(10 * i, 0, 10 * i + 8, 9), 0.9) for i, text in enumerate(visual.split())]
    assert " ".join(text for text, _, _ in right_to_left(words)) == logical


def test_the_first_box_ends_where_the_second_word_begins() -> None:
    pixels = np.full((40, 300), 255, np.uint8)
    pixels[10:30, 5:60] = 0
    pixels[15:25, 100:150] = 0
    boxes = tightened([Box(4, 4, 296, 36), Box(98, 0, 160, 40), Box(200, 0, 240, 40)], pixels)
    assert boxes == [Box(5, 10, 60, 30), Box(100, 15, 150, 25), Box(200, 0, 240, 40)]
