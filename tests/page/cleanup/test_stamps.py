"""Stamps and signatures over print are taken off; whatever else is coloured stays."""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import PageImage, PicturePage
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.cleanup.illumination import dark_ink_grey
from ecp_ingest.page.cleanup.stamps import without_stamps
from ecp_ingest.settings import CleanupSettings
from tests.page.cleanup.test_page_image import agreement, sheet
from tests.samples_maker.bench import marks
from tests.samples_maker.bench.located import MarkedPage


@cache
def colour_sheet() -> Pixels:
    """200 dpi, H×W×3, ink and paper as scanned."""
    grey = cv2.resize(sheet(), None, fx=2 / 3, fy=2 / 3, interpolation=cv2.INTER_AREA)
    toned = 28 + grey.astype(np.float32) * (246 - 28) / 255
    return np.asarray(cv2.cvtColor(toned.astype(np.uint8), cv2.COLOR_GRAY2RGB), np.uint8)


def filed(pixels: Pixels) -> Pixels:
    """As JPEG leaves it: colours blurred more than light."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=80)
    return np.asarray(Image.open(out))


@cache
def half_empty() -> Pixels:
    """Nothing below the English text."""
    page = colour_sheet().copy()
    page[930:] = 246
    return page


def stamped(page: Pixels, colour: tuple[int, int, int], at: tuple[int, int]) -> Pixels:
    stamp = marks.round_stamp("OFFICE OF THE REGISTRAR · ", diameter=280, degrees=20, seed=3)
    return filed(marks.inked(MarkedPage(pixels=page, words={}, figures=()), stamp, at, colour).pixels)


@cache
def expected_ink() -> Pixels:
    return cleaned(filed(colour_sheet())).ink


def cleaned(pixels: Pixels, *, stamps: bool = True) -> PageImage:
    page = PicturePage(number=1, pixels=pixels, dpi=200.0, why="test")
    return clean(page, settings=CleanupSettings(stamps=stamps))


def untouched(pixels: Pixels) -> bool:
    grey = dark_ink_grey(pixels)
    return without_stamps(pixels, grey) is grey


@pytest.mark.parametrize(
    ("colour", "at"), [(ink, place) for ink, place in zip(marks.INKS, [(700, 520), (900, 1500)] * 2, strict=True)]
)
def test_a_stamp_is_taken_off_the_print(colour: tuple[int, int, int], at: tuple[int, int]) -> None:
    scan = stamped(colour_sheet(), colour, at)
    expected = expected_ink()
    around = np.s_[at[1] * 3 // 2 - 240 : at[1] * 3 // 2 + 240, at[0] * 3 // 2 - 240 : at[0] * 3 // 2 + 240]
    off, on = (agreement(cleaned(scan, stamps=step).ink[around], expected[around]) for step in (True, False))
    assert off > 0.93
    assert on < 0.85


def test_a_signature_is_taken_off_the_print() -> None:
    page = MarkedPage(pixels=colour_sheet(), words={}, figures=())
    scan = filed(marks.inked(page, marks.signature(width=380, seed=5), (800, 560), marks.INKS[3]).pixels)
    expected = expected_ink()
    around = np.s_[700:1000, 900:1500]
    off, on = (agreement(cleaned(scan, stamps=step).ink[around], expected[around]) for step in (True, False))
    assert off > max(0.93, on + 0.02)


def test_a_page_without_colour_is_untouched() -> None:
    assert untouched(filed(colour_sheet()))
    assert untouched(sheet())


def recoloured(rows: slice, columns: slice, colour: tuple[int, int, int]) -> Pixels:
    """Ink of the sheet's part in ``colour``."""
    page = colour_sheet().copy()
    part = page[rows, columns].astype(np.float32)
    darkness = (246 - part) / (246 - 28)
    page[rows, columns] = (246 - darkness * (246 - np.array(colour))).astype(np.uint8)
    return filed(page)


@pytest.mark.parametrize("colour", [(11, 93, 51), (20, 64, 140), (230, 20, 20)])
@pytest.mark.parametrize("part", [(slice(0, 235), slice(None)), (slice(520, 560), slice(500, 900))])
def test_print_in_colour_stays(colour: tuple[int, int, int], part: tuple[slice, slice]) -> None:
    """A letterhead; words in the middle of a paragraph."""
    assert untouched(recoloured(*part, colour))


def test_a_page_printed_in_blue_stays() -> None:
    assert untouched(recoloured(slice(None), slice(None), (30, 40, 150)))


def test_a_photograph_in_colour_stays() -> None:
    page = half_empty().copy()
    rng = np.random.default_rng(8)
    noise = rng.integers(0, 255, (18, 26, 3)).astype(np.uint8)
    page[1500:1680, 500:760] = cv2.resize(noise, (260, 180), interpolation=cv2.INTER_CUBIC)
    assert untouched(filed(page))


def test_a_stamp_on_free_paper_stays() -> None:
    """It is no hindrance, and layout tells it from print better than its colour does."""
    assert untouched(stamped(half_empty(), marks.INKS[0], (1300, 1500)))
