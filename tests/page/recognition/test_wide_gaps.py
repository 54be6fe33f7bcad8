"""Wide gaps in the image of a line are narrowed for the engine, and its boxes mapped back."""

from __future__ import annotations

import shutil

import cv2
import numpy as np
import pytest

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import LineImage
from ecp_ingest.page.recognition.models import find_model
from ecp_ingest.page.recognition.tesseract import recognise
from ecp_ingest.page.recognition.wide_gaps import closed


def line(*words: tuple[str, int]) -> Pixels:
    """A line image with words that begin at the given columns."""
    pixels = np.full((60, 1500), 255, np.uint8)
    for word, left in words:
        cv2.putText(pixels, word, (left, 42), cv2.FONT_HERSHEY_COMPLEX, 1.1, 0, 2, cv2.LINE_AA)
    return pixels


def test_usual_gaps_stay() -> None:
    pixels = line(("polling stations", 20))
    assert (closed(pixels[:, :400]).pixels == pixels[:, :400]).all()


def test_wide_gaps_are_closed_and_no_ink_is_lost() -> None:
    pixels = line(("polling", 20), ("were", 500), ("up", 1200))
    narrow = closed(pixels).pixels
    assert narrow.shape[1] < 900
    assert (narrow < 128).sum() == (pixels < 128).sum()


def test_spaced_capitals_keep_their_words_apart() -> None:
    letters = [(letter, 20 + 45 * place) for place, letter in enumerate("ROOFS OF TOWNS") if letter != " "]
    gaps = np.diff(np.flatnonzero((closed(line(*letters)).pixels < 128).any(axis=0)))
    assert np.sort(gaps)[-2] > 1.8 * np.median(gaps[gaps > 1])


def test_boxes_are_mapped_back() -> None:
    pixels = line(("polling", 20), ("up", 1200))
    narrow = closed(pixels)
    ink = np.flatnonzero((narrow.pixels < 128).any(axis=0))
    gap = int(np.argmax(np.diff(ink)))
    second = Box(int(ink[gap + 1]), 5, int(ink[-1]) + 1, 55)
    true = np.flatnonzero((pixels[:, 1000:] < 128).any(axis=0)) + 1000
    assert narrow.in_line(second) == Box(int(true[0]), 5, int(true[-1]) + 1, 55)


@pytest.mark.parametrize("value", [0, 255])
def test_a_line_without_print_stays_as_it_is(value: int) -> None:
    blank = np.full((40, 300), value, np.uint8)
    assert closed(blank).pixels.shape == (40, 300)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_the_engine_reads_nothing_into_closed_gaps() -> None:
    pixels = closed(line(("highly", 10), ("sensitive", 400), ("Eight", 880), ("security", 1250))[:, :1450]).pixels
    height, width = pixels.shape
    model = find_model("eng", tessdata_dir=None)
    (read,) = recognise([LineImage(Box(0, 0, width, height), pixels)], model=model, timeout=30)
    assert read.text == "highly sensitive Eight security"
