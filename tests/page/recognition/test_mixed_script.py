"""Urdu words in English lines and Latin words in Urdu lines are cut out, read again and merged."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import LineImage, Region
from ecp_ingest.document.text import Word
from ecp_ingest.page.recognition.mixed_script import (
    from_left,
    latin_stretches,
    runs_from_left,
    urdu_stretches,
    with_latin,
    with_urdu,
)
from ecp_ingest.page.recognition.models import find_engine
from ecp_ingest.page.recognition.read_lines import Reading, recognise_regions
from ecp_ingest.page.recognition.script import choose_scripts
from ecp_ingest.settings import Settings
from ecp_ingest.training.script_classifier import draw
from tests.page.recognition.test_tesseract import NASTALIQ, SERIF

WORD, HIGH = 50, 40


def urdu_line(text: str, confidence: float = 0.6) -> tuple[Word, ...]:
    """The words of ``text`` in logical order, with boxes as in an Urdu line."""
    words = text.split()
    places = [*range(len(words))][::-1]
    for start in range(len(words)):  # Latin words run from the left among themselves
        end = start
        while end < len(words) and words[end].isascii():
            end += 1
        if end > start + 1 and (not start or not words[start - 1].isascii()):
            places[start:end] = sorted(places[start:end])
    return tuple(word(text, place, confidence) for text, place in zip(words, places, strict=True))


def english_line(text: str, confidence: float = 0.6) -> tuple[Word, ...]:
    return tuple(word(text, place, confidence) for place, text in enumerate(text.split()))


def word(text: str, place: int, confidence: float = 0.6) -> Word:
    return Word(text, Box(WORD * place, 10, WORD * place + WORD - 10, 10 + HIGH), confidence)


def blank(words: tuple[Word, ...]) -> LineImage:
    box = Box(0, 0, WORD * len(words), 60)
    return LineImage(box, np.full((box.height, box.width), 255, np.uint8))


def texts(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("سے رپورٹ Mr. Knut Ostby وصول", ["Mr. Knut Ostby"]),
        ("حلقہ NA-75 اور PP-38 میں", ["NA-75", "PP-38"]),
        ("رقم (Rs. 1.25 million) ہے", ["(Rs. 1.25 million)"]),
        ("تاریخ 12 مارچ 2023", []),
    ],
)
def test_latin_words_are_cut_out_of_urdu_lines(text: str, stretches: list[str]) -> None:
    words = urdu_line(text)
    found = latin_stretches(blank(words), words)
    assert [texts(words[one.start : one.end]) for one in found] == stretches
    assert all(one.image.pixels.shape == (one.image.bbox.height, one.image.bbox.width) for one in found)


def test_words_that_are_doubtful_and_look_urdu_are_cut_out_of_english_lines() -> None:
    words = english_line("The notice (#6) 4J was pasted")
    words = tuple(Word(w.text, w.bbox, 0.3 if w.text in {"(#6)", "4J", "was"} else 0.95) for w in words)

    def looks_urdu(pixels: Pixels) -> float:
        return 0.99 if pixels.min() == 0 else 0.02

    line = blank(words)
    line.pixels[20, WORD * 2 : WORD * 4 - 10] = 0
    assert [(one.start, one.end) for one in urdu_stretches(line, words, looks_urdu)] == [(2, 4)]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("language. Urdu the in election means انتخاب word The", True),
        ("سے رپورٹ Mr. Knut Ostby وصول کر رہے ہیں", False),
        ("مراسلہ بنام Secretary, Ministry of Interior, Islamabad ارسال کیا گیا", False),
        ("Mr. Knut Ostby نے کہا", False),
        ("called is village The چک نمبر", True),
        ("تاریخ 12 مارچ 2023", False),
        ("نمبر F.8(21)/2023-Elec-II", False),
        ("Islamabad", True),
        ("12-03-2024", False),
    ],
)
def test_direction_of_a_line(text: str, english: bool) -> None:
    words = text.split()
    if english:  # as an Urdu line has them, from the right
        words = words[::-1]
        line = tuple(word(text, place) for place, text in enumerate(words))
    else:
        line = urdu_line(text)
    assert runs_from_left(line) is english


@pytest.mark.parametrize(
    ("text", "read", "put"),
    [
        ("وفد Mr. 1ohn Smnith کا", "Mr. John Smith", "وفد Mr. John Smith کا"),
        ("دفتر Block G-5/2، شاہراہ", "«Block G-5/2", "دفتر Block G-5/2، شاہراہ"),
        ("رقم (RS. 1.25 milion) ہے", "(Rs.1.25 million)", "رقم (Rs.1.25 million) ہے"),
        ("نمبر F.23(1/2023-Law: میں", "F.23(1)/2023-Law", "نمبر F.23(1)/2023-Law: میں"),
        ("ادارہ (LiNDP) ہے", "xoxo", "ادارہ (LiNDP) ہے"),
        ("ادارہ ECP ہے", "", "ادارہ ECP ہے"),
    ],
)
def test_the_more_confident_reading_of_latin_words_is_taken(text: str, read: str, put: str) -> None:
    words = urdu_line(text)
    (stretch,) = latin_stretches(blank(words), words)
    assert texts(with_latin(words, stretch, english_line(read, 0.9))) == put
    assert with_latin(words, stretch, english_line(read, 0.5)) == words


@pytest.mark.parametrize(
    ("read", "put"),
    [
        ("(نوٹس)", "The notice (نوٹس) was"),
        (",ضابطہ اخلاق", "The notice ضابطہ اخلاق, was"),
        ("”ووٹ کی عزت“", "The notice “ووٹ کی عزت” was"),
        ("4J", "The notice (#6) was"),
    ],
)
def test_urdu_words_come_into_english_lines_with_the_marks_of_the_line(read: str, put: str) -> None:
    words = tuple(Word(w.text, w.bbox, 0.3 if w.text == "(#6)" else 0.95) for w in english_line("The notice (#6) was"))
    (stretch,) = urdu_stretches(blank(words), words, lambda _: 1.0)
    assert texts(with_urdu(words, stretch, english_line(read, 0.9))) == put


def test_an_english_line_read_as_urdu_is_put_in_its_order() -> None:
    visual = "A fine of 500 روپے) (پچاس was paid 8300."
    words = [word(text, place) for place, text in enumerate(visual.split())]
    urdu_order = [words[8], words[6], words[7], words[5], words[4], *words[:4]]
    assert texts(from_left(urdu_order)) == "A fine of 500 (پچاس روپے) was paid 8300."


# ── for real ──────────────────────────────────────────────────────────────────────────────────────────────────────


def beside(*parts: Pixels | None) -> Pixels:
    """The images of words side by side on one line, with a common baseline except for descenders."""
    known = [part for part in parts if part is not None]
    height = max(part.shape[0] for part in known)
    return np.hstack(
        [
            np.pad(
                part, (((height - part.shape[0]) // 2, (height - part.shape[0] + 1) // 2), (8, 8)), constant_values=255
            )
            for part in known
        ]
    )


def read(pixels: Pixels) -> Reading:
    line = LineImage(Box(0, 0, pixels.shape[1], pixels.shape[0]), pixels)
    region = Region(line.bbox, (line,))
    settings = Settings().recognise
    (found,) = recognise_regions(
        [region],
        [choose_scripts(region, languages=settings.languages)],
        settings=settings,
        engine=find_engine(settings=settings),
        deadline=time.monotonic() + 60,
    )
    return found.lines[0]


@pytest.mark.skipif(not NASTALIQ.exists(), reason="no Nastaliq face installed")
def test_lines_of_both_scripts_as_the_engine_reads_them() -> None:
    name = "سے رپورٹ Mr. Knut Ostby وصول کر رہے ہیں"
    caption = read(np.asarray(draw(name, NASTALIQ, points=14, rtl=True, latin=SERIF)))
    assert (caption.choice.language, caption.read.text) == ("urd", name)

    parts = ("The Urdu word", "انتخاب", "means election in English.")
    faces = (SERIF, NASTALIQ, SERIF)
    line = beside(*(draw(t, f, points=13, rtl=f == NASTALIQ) for t, f in zip(parts, faces, strict=True)))
    sentence = read(line)
    assert (sentence.choice.language, sentence.read.text) == ("eng", " ".join(parts))
