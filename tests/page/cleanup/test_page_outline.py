"""Sheets on a desk, aslant and bent: what is flattened is known by construction, and so are all its places."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ecp_ingest.document.geometry import Box, Matrix, Pixels
from ecp_ingest.document.pages import PageImage, PicturePage
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.cleanup.page_outline import find_sheet
from ecp_ingest.settings import CleanupSettings
from tests.page.cleanup.test_page_image import sheet_at_150
from tests.samples_maker.bench import marks, warps
from tests.samples_maker.bench.located import MarkedPage


def grid(page: Pixels) -> Matrix:
    """N×2: places all over the page."""
    height, width = page.shape[:2]
    across, down = np.linspace(0.06, 0.94, 7) * width, np.linspace(0.06, 0.94, 9) * height
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)


def marked(page: Pixels) -> MarkedPage:
    """With the places of `grid` in the stead of its words."""
    return MarkedPage(pixels=page, words={0: grid(page)}, figures=())


def photographed(tilt: tuple[float, float], spin: float, *, fill: float = 0.93, shade: float = 1.0) -> MarkedPage:
    page = cv2.cvtColor(sheet_at_150(), cv2.COLOR_GRAY2RGB)
    desk = marks.desk(1200, 1600, seed=4)
    shot = warps.photographed(marked(np.asarray(page, np.uint8)), desk, tilt=tilt, spin=spin, distance=1.5, fill=fill)
    light = np.linspace(shade, 1.0, 1200)[None, :, None]
    return MarkedPage(pixels=(shot.pixels * light).astype(np.uint8), words=shot.words, figures=())


def cleaned(pixels: Pixels, *, dpi: float | None = None, rectify: bool = True) -> PageImage:
    page = PicturePage(number=1, pixels=pixels, dpi=dpi, why="test")
    return clean(page, settings=CleanupSettings(rectify=rectify))


def distortion(image: PageImage, seen: Matrix) -> float:
    """Where the places of `grid` come to lie on the page image: how far, in thousandths of its height, from where a
    scale for each axis, a small angle and a shift would put them. Root mean square."""
    flat = np.column_stack([grid(sheet_at_150()), np.ones(len(seen))])
    found = image.from_scan(seen)
    best, *_ = np.linalg.lstsq(flat, found, rcond=None)
    return float(np.sqrt(np.square(found - flat @ best).sum(axis=1).mean()) / image.pixels.shape[0] * 1000)


@pytest.mark.parametrize(
    ("tilt", "spin", "shade", "rotation"),
    [((9, -6), 3, 1.0, 0), ((-12, 7), -4, 0.45, 0), ((-3, 3), 88, 1.0, 270), ((5, -5), 178, 0.7, 180)],
)
def test_a_photographed_sheet_is_flattened(tilt: tuple[float, float], spin: float, shade: float, rotation: int) -> None:
    shot = photographed(tilt, spin, shade=shade)
    page = cleaned(shot.pixels)
    assert page.sheet is not None
    assert page.rotation == rotation
    assert abs(page.skew) < 0.5
    assert distortion(page, shot.words[0]) < 1.5
    assert max(page.sheet.height, page.sheet.width) / min(page.sheet.height, page.sheet.width) == pytest.approx(
        2**0.5, rel=0.04
    )
    assert page.ink[:, :20].mean() + page.ink[:, -20:].mean() < 0.01  # the desk is gone


@pytest.mark.parametrize(("rise", "fall"), [(0.5, 0.1), (-0.08, 0.4)])
def test_a_curled_page_is_flattened(rise: float, fall: float) -> None:
    scan = warps.curled(marked(sheet_at_150()), rise=rise, fall=fall)
    page = cleaned(scan.pixels, dpi=150)
    assert page.sheet is not None
    flat, found = grid(sheet_at_150()), page.from_scan(scan.words[0])
    rows = found[:, 1].reshape(9, 7)
    assert np.ptp(rows, axis=1).max() < 0.004 * page.pixels.shape[0]  # lines are straight
    assert np.corrcoef(flat[:, 0], found[:, 0])[0, 1] > 0.9995


@pytest.mark.parametrize("curled", [False, True])
def test_places_lead_back_to_the_scan(curled: bool) -> None:
    scan = warps.curled(marked(sheet_at_150()), rise=0.4, fall=0) if curled else photographed((8, -5), 2)
    page = cleaned(scan.pixels)
    there = page.from_scan(scan.words[0])
    assert page.in_scan(there) == pytest.approx(scan.words[0], abs=0.05)
    y, x = np.nonzero(page.ink)
    ink = np.floor(page.in_scan(np.column_stack([x, y]) + 0.5)).astype(int)
    assert np.mean(scan.pixels.reshape(*scan.pixels.shape[:2], -1)[ink[:, 1], ink[:, 0], 0] < 190) > 0.95
    box = Box(500, 700, 1900, 760)
    around, corners = page.box_in_scan(box), page.in_scan(np.array([[500.0, 700], [1900, 760], [1200, 700]]))
    assert (corners[:, 0] >= around.left).all()
    assert (corners[:, 0] <= around.right).all()
    assert (corners[:, 1] >= around.top).all()
    assert (corners[:, 1] <= around.bottom).all()


def test_what_is_no_sheet_on_a_desk_is_left() -> None:
    page = sheet_at_150()
    bordered = page.copy()
    bordered[:, :40], bordered[-25:] = 8, 12
    cut_off = photographed((6, 4), 2).pixels[:, 300:]
    dark_frame = np.full_like(page, 60)
    dark_frame[300:500, 200:900] = 240
    shaded = (page * np.linspace(0.3, 1.0, page.shape[1])[None, :]).astype(np.uint8)
    for scan in (page, bordered, cut_off, dark_frame, shaded, 255 - page, np.zeros_like(page)):
        assert cleaned(scan, dpi=150).sheet is None


def test_flattening_is_measured_and_given_up_where_lines_would_bend() -> None:
    """Print that doesn't follow the sheet's edges: a straight page seen through a slanting hole."""
    page = sheet_at_150()
    height, width = page.shape
    hole = np.zeros_like(page)
    corners = np.array([[60, 20], [width - 60, 150], [width - 30, height - 140], [20, height - 20]])
    cv2.fillPoly(hole, [corners], 255)
    scan = np.where(hole > 0, page, np.uint8(50))
    assert find_sheet(np.asarray(scan, np.uint8)) is not None
    found = cleaned(np.asarray(scan, np.uint8), dpi=150)
    assert found.sheet is None
    assert found.skew == 0.0
