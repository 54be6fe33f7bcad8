"""Turning, straightening, light, scale, specks: pages are spoilt in a known way, and what cleanup finds is measured."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import PageImage, PicturePage
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.cleanup.illumination import measure_light, relit, tinted_bands
from ecp_ingest.settings import CleanupSettings
from tests.support.paths import SAMPLES

SETTINGS = CleanupSettings()


@cache
def sheet() -> Pixels:
    """A clean page at 300 dpi, English above Urdu."""
    page = cv2.imread(str(SAMPLES / "stacked.png"), cv2.IMREAD_GRAYSCALE)
    if page is None:
        pytest.skip("the samples are not here")
    return np.asarray(page, dtype=np.uint8)


@cache
def sheet_at_150() -> Pixels:
    return np.asarray(cv2.resize(sheet(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def cleaned(
    pixels: Pixels, *, dpi: float | None = 300.0, settings: CleanupSettings = SETTINGS, **more: float
) -> PageImage:
    return clean(PicturePage(number=1, pixels=pixels, dpi=dpi, why="test", **more), settings=settings)  # type: ignore[arg-type]


def on_the_sheet(page: PageImage, part: Pixels, paper: int = 0) -> Pixels:
    """``part``, which has the page image's size, where it lies on the upright sheet: margins aren't in page images."""
    whole = np.full(sheet().shape, paper, np.uint8)
    left, top = (-round(float(value)) for value in page.from_scan(np.zeros((1, 2)))[0])
    fits = part[: max(0, whole.shape[0] - top), : max(0, whole.shape[1] - left)]
    whole[top : top + fits.shape[0], left : left + fits.shape[1]] = fits
    return whole


def ink_of(page: PageImage) -> Pixels:
    return on_the_sheet(page, page.ink)


@cache
def expected_ink() -> Pixels:
    return ink_of(cleaned(sheet_at_150(), dpi=150))


def agreement(ink: Pixels, expected: Pixels) -> float:
    """F1 of two ink maps, one pixel of tolerance at their edges."""
    near = [cv2.dilate(one, np.ones((3, 3), np.uint8)) for one in (ink, expected)]
    precision = (ink & near[1]).sum() / max(1, ink.sum())
    recall = (expected & near[0]).sum() / max(1, expected.sum())
    return float(2 * precision * recall / (precision + recall))


def ink_box(ink: Pixels) -> tuple[int, int, int, int]:
    y, x = np.nonzero(ink)
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1


def rotated(pixels: Pixels, degrees: float) -> Pixels:
    """Counter-clockwise about the middle, on white."""
    height, width = pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return np.asarray(turned, dtype=np.uint8)


def test_a_good_page_is_left_alone() -> None:
    page = cleaned(sheet())
    assert (page.rotation, page.skew, page.dpi, page.dpi_source) == (0, 0.0, 300.0, "file")
    assert np.array_equal(on_the_sheet(page, page.pixels, 255), sheet())
    assert np.array_equal(page.to_scan[:, :2], [[1, 0], [0, 1]])
    assert not page.pixels.flags.writeable
    assert not page.ink.flags.writeable


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize("half", ["english", "urdu", "both"])
def test_quarter_turns_are_taken_back(turns: int, half: str) -> None:
    middle = sheet_at_150().shape[0] * 45 // 100
    page = {"english": sheet_at_150()[:middle], "urdu": sheet_at_150()[middle:], "both": sheet_at_150()}[half]
    turned = np.ascontiguousarray(np.rot90(page, turns))
    found = cleaned(turned, dpi=150)
    assert found.rotation == turns * 90
    assert (found.scan_width, found.scan_height) == turned.shape[::-1]


def test_turning_can_be_forbidden() -> None:
    turned = np.ascontiguousarray(np.rot90(sheet_at_150()))
    page = cleaned(turned, dpi=150, settings=CleanupSettings(rotate=False, deskew=False))
    assert (page.rotation, page.skew) == (0, 0.0)


@pytest.mark.parametrize("degrees", [-13.0, -3.3, -0.4, 0.25, 1.0, 6.2])
def test_skew_is_found_and_taken_out(degrees: float) -> None:
    page = cleaned(rotated(sheet_at_150(), degrees), dpi=150)
    assert page.skew == pytest.approx(degrees, abs=0.08)
    again = cleaned(page.pixels)
    assert abs(again.skew) < 0.15


@pytest.mark.parametrize(("turns", "degrees"), [(0, 0.0), (1, 0.0), (2, 2.0), (3, -4.0)])
def test_places_lead_back_to_the_scan(turns: int, degrees: float) -> None:
    scan = np.ascontiguousarray(np.rot90(rotated(sheet_at_150(), degrees), turns))
    page = cleaned(scan, dpi=150)
    y, x = np.nonzero(page.ink)
    points = np.stack([x + 0.5, y + 0.5, np.ones_like(x)]).astype(np.float64)
    back = np.floor(page.to_scan @ points).astype(int)
    inside = (back[0] >= 0) & (back[0] < scan.shape[1]) & (back[1] >= 0) & (back[1] < scan.shape[0])
    assert inside.mean() > 0.999
    assert np.mean(scan[back[1][inside], back[0][inside]] < 200) > 0.97


@pytest.mark.parametrize("dpi", [100.0, 150.0, 200.0, 600.0])
def test_every_scan_comes_to_working_resolution(dpi: float) -> None:
    scan = cv2.resize(sheet(), None, fx=dpi / 300, fy=dpi / 300, interpolation=cv2.INTER_AREA)
    page = cleaned(np.asarray(scan, dtype=np.uint8), dpi=dpi)
    assert page.pixels.shape == pytest.approx(cleaned(sheet()).pixels.shape, abs=12)
    if dpi >= 200:
        assert agreement(ink_of(page), expected_ink()) > 0.93


def test_resolution_is_estimated_by_sheet_and_by_print() -> None:
    whole = cleaned(sheet_at_150(), dpi=None)
    assert (whole.dpi, whole.dpi_source) == (150.0, "estimated")
    column = sheet_at_150()[150:900, 100:1150]
    by_print = cleaned(np.ascontiguousarray(column), dpi=None)
    assert 110 < by_print.dpi < 210


def test_a_fax_with_low_pixels_is_stretched() -> None:
    squat = cv2.resize(sheet(), None, fx=204 / 300, fy=98 / 300, interpolation=cv2.INTER_AREA)
    page = cleaned(np.asarray(squat, dtype=np.uint8), dpi=204.0, pixel_aspect=204 / 98)
    left, top, right, bottom = ink_box(ink_of(page))
    assert (left, top, right, bottom) == pytest.approx(ink_box(expected_ink()), abs=12)


def test_uneven_light_is_evened() -> None:
    height, width = sheet_at_150().shape
    shade = np.linspace(0.45, 1.0, width)[None, :] * np.linspace(1.0, 0.8, height)[:, None]
    noise = np.random.default_rng(3).normal(0, 4, (height, width))
    scan = np.clip(sheet_at_150() * shade + noise, 0, 255).astype(np.uint8)
    page = cleaned(scan, dpi=150)
    assert agreement(ink_of(page), expected_ink()) > 0.93
    assert np.percentile(page.pixels, 30) > 235


def test_a_photograph_keeps_its_shades() -> None:
    scan = sheet_at_150().copy()
    ramp = np.linspace(60, 190, 500).astype(np.uint8)
    scan[1200:1500, 350:850] = ramp
    shade = np.linspace(0.7, 1.0, scan.shape[1])[None, :]
    page = cleaned(np.clip(scan * shade, 0, 255).astype(np.uint8), dpi=150)
    middle = page.pixels[2500:2900, 800:1500]
    assert middle.mean() < 200
    assert middle.std() > 15


def test_white_on_black_is_inverted() -> None:
    page = cleaned(255 - sheet_at_150(), dpi=150)
    assert agreement(ink_of(page), expected_ink()) > 0.98
    assert np.median(page.pixels) > 240


def test_black_borders_are_no_ink() -> None:
    scan = sheet_at_150().copy()
    scan[:, :40] = 8
    scan[-25:] = 12
    page = cleaned(scan, dpi=150)
    assert page.ink[:, :60].mean() < 0.01
    assert page.ink[-40:].mean() < 0.01
    assert agreement(ink_of(page), expected_ink()) > 0.97


def test_specks_go_and_dots_stay() -> None:
    rng = np.random.default_rng(5)
    scan, margin = sheet().copy(), 120
    specks = [
        (int(y), int(x)) for y, x in zip(rng.integers(5, 3490, 60), rng.integers(5, margin - 10, 60), strict=True)
    ]
    for y, x in specks:
        scan[y : y + 4, x : x + 4] = 0
    page, expected = cleaned(scan), cleaned(sheet(), settings=CleanupSettings(despeckle=False))
    assert ink_of(page)[:, :margin].sum() == 0
    assert on_the_sheet(page, page.pixels, 255)[:, :margin].min() > 200
    kept, before = (cv2.connectedComponents(ink_of(p)[:, margin + 20 :])[0] for p in (page, expected))
    assert kept == before


def test_on_a_dirty_page_specks_between_lines_go_too() -> None:
    """As high as a comma, as those of a coarse fax; among them a figure's zeros, which stay."""
    rng = np.random.default_rng(7)
    page, dirt = sheet().copy(), np.zeros(sheet().shape, np.uint8)
    dirt[40:3440:120, 60:67] = 1
    print_ = (page < 128).astype(np.uint8)
    free = 1 - np.max([cv2.dilate(print_, np.ones(size, np.uint8)) for size in ((76, 100), (30, 180))], axis=0)
    among = np.argwhere((free > 0) & (cv2.dilate(print_, np.ones((86, 50), np.uint8)) > 0))
    places = among[rng.permutation(len(among))[:40]]
    for y, x in places:
        dirt[y - 7 : y + 8, x - 3 : x + 4] = 1
    figure = np.zeros_like(dirt)
    figure[110:140, 1000:1005] = 1
    for x in (1022, 1044, 1066):
        cv2.circle(figure, (x, 126), 4, 1, -1)
    page[(dirt | figure) > 0] = 0
    ink = ink_of(cleaned(page))
    assert sum(int(ink[y, x]) for y, x in places) == 0
    assert ink[figure > 0].all()
    assert ink[print_ > 0].mean() > 0.999


@pytest.mark.parametrize("kind", ["white", "noisy", "shaded", "black"])
def test_blank_pages_are_blank(kind: str) -> None:
    rng, shape = np.random.default_rng(9), (1754, 1240)
    paper = {
        "white": np.full(shape, 255.0),
        "noisy": 225 + rng.normal(0, 7, shape),
        "shaded": np.linspace(120, 240, shape[1])[None, :] + rng.normal(0, 4, shape),
        "black": np.zeros(shape),
    }[kind]
    page = cleaned(np.clip(paper, 0, 255).astype(np.uint8), dpi=150)
    assert page.is_blank
    assert (page.rotation, page.skew) == (0, 0.0)


def test_a_page_with_two_words_is_not_blank() -> None:
    paper = np.full((1754, 1240), 255, dtype=np.uint8)
    cv2.putText(paper, "Page two", (500, 800), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert not cleaned(paper, dpi=150).is_blank


def test_coloured_print_on_tinted_paper_is_ink() -> None:
    grey = sheet_at_150().astype(np.float32) / 255
    green, cream = np.array([20, 140, 60], np.float32), np.array([250, 240, 200], np.float32)
    scan = (grey[..., None] * cream + (1 - grey[..., None]) * green).astype(np.uint8)
    page = cleaned(scan, dpi=150)
    assert agreement(ink_of(page), expected_ink()) > 0.95


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (40, 30), (2000, 3)])
def test_scraps_do_no_harm(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        page = cleaned(np.full(shape, value, dtype=np.uint8), dpi=None)
        assert page.pixels.shape == page.ink.shape


def on_a_band(top: int, bottom: int, tint: float) -> Pixels:
    """The sheet at 150 dpi with a tinted band from margin to margin, its print on top."""
    scan = sheet_at_150().astype(np.float32)
    scan[top:bottom, 100:1140] *= tint
    return scan.astype(np.uint8)


def test_print_on_a_tinted_band_gets_white_paper() -> None:
    page = cleaned(on_a_band(70, 125, 0.8), dpi=150)
    assert np.median(on_the_sheet(page, page.pixels)[150:240, 220:2260]) > 245
    assert agreement(ink_of(page), expected_ink()) > 0.97
    before = cleaned(on_a_band(70, 125, 0.8), dpi=150, settings=CleanupSettings(flatten=False))
    assert np.median(on_the_sheet(before, before.pixels)[150:240, 220:2260]) < 215


def halved(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def test_only_bands_with_print_on_them_are_bands() -> None:
    paper = np.full_like(halved(sheet_at_150()), 255)
    found = tinted_bands(halved(on_a_band(70, 125, 0.8)), paper)
    assert found is not None
    assert found[40:58, 60:560] == pytest.approx(0.8, abs=0.02)
    assert (found == 1).mean() > 0.9
    plain = paper.copy()
    plain[100:130, 100:500] = 200
    shaded = halved(sheet_at_150()) * np.linspace(0.7, 1.0, paper.shape[1])[None, :]
    rounded = halved(on_a_band(70, 1600, 0.8))
    cv2.ellipse(rounded, (310, 430), (300, 420), 0, 0, 360, 255, 150)
    for page in (paper, plain, shaded.astype(np.uint8), rounded, halved(sheet_at_150())):
        assert tinted_bands(page, paper) is None


def test_faded_print_is_made_dark_and_two_lines_on_a_sheet_are_not_taken_for_it() -> None:
    rng = np.random.default_rng(3)
    paper = np.clip(rng.normal(246, 3, (1600, 1200)), 0, 255).astype(np.uint8)
    pale, sparse = paper.copy(), paper.copy()
    for row in range(100, 1500, 60):
        cv2.putText(pale, "The Commission has issued the schedule", (80, row), cv2.FONT_HERSHEY_COMPLEX, 1, 200, 2)
    cv2.putText(sparse, "By order", (80, 300), cv2.FONT_HERSHEY_COMPLEX, 1, 20, 2)
    faded, lit = measure_light(pale, flatten=True)
    assert faded.faded is not None
    assert relit(pale, faded).min() < 90
    assert np.median(relit(pale, faded)) > 240
    assert np.array_equal(lit, relit(pale, faded))
    assert measure_light(sparse, flatten=True)[0].faded is None
