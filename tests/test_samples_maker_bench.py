"""The degradation bench: boxes hold the ink that they say they hold, and the same names give the same bytes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import ageing
from tests.samples_maker.bench import marks, warps
from tests.samples_maker.bench.conditions import CONDITIONS
from tests.samples_maker.bench.filing import Filing
from tests.samples_maker.bench.located import MarkedPage, Print, print_release
from tests.samples_maker.bench.make import make_bench
from tests.samples_maker.bench.sets import PARTS, SEEN, part_of, releases_in
from tests.samples_maker.bench.sheet import CELL, Look
from tests.samples_maker.bench.table import with_table
from tests.samples_maker.printing import browser, rasterise
from tests.samples_maker.release_texts import FOLDER, load_release
from tests.samples_maker.truth import truth_path

needs_browser = pytest.mark.skipif(browser() is None, reason="Chromium is not installed; the bench is printed with it")

SQUARE = np.array([[30, 40], [90, 40], [90, 60], [30, 60]], dtype=np.float64)


def one_word() -> MarkedPage:
    """200 × 300 pixels, white, and one black word with a known box."""
    pixels = np.full((300, 200, 3), 255, dtype=np.uint8)
    pixels[40:60, 30:90] = 0
    return MarkedPage(pixels, {1: SQUARE}, ())


def dark(pixels: Pixels, level: int = 100) -> list[int]:
    """``[left, top, right, bottom]`` of what is darker than ``level``."""
    y, x = np.nonzero(ageing.grey(pixels) < level)
    return [int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1]


def bounds(page: MarkedPage) -> list[float]:
    return [*page.words[1].min(axis=0), *page.words[1].max(axis=0)]


@pytest.mark.parametrize(
    "warp",
    [
        lambda page: warps.turned(page, 90),
        lambda page: warps.turned(page, 180),
        lambda page: warps.turned(page, 270),
        lambda page: warps.skewed(page, 4.0),
        lambda page: warps.skewed(page, -3.0),
        lambda page: warps.rescaled(page, 1.0, 0.5),
        lambda page: warps.padded(page, 240),
        lambda page: warps.curled(page, rise=0.5, fall=-0.1, level=255),
        lambda page: warps.photographed(
            page, np.full((500, 400, 3), 255, np.uint8), tilt=(12, -8), spin=3, distance=1.5, fill=0.9
        ),
    ],
)
def test_boxes_go_where_the_ink_goes(warp: Any) -> None:
    moved = warp(one_word())
    assert bounds(moved) == pytest.approx(dark(moved.pixels), abs=2.5)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotation_tells_how_to_bring_a_page_upright(rotation: int) -> None:
    turned = warps.turned(one_word(), rotation)
    assert turned.rotation == rotation
    upright = np.rot90(turned.pixels, -rotation // 90)  # numpy turns counter-clockwise
    assert np.array_equal(upright, one_word().pixels)


def test_the_parts_share_no_release_and_leave_none_out() -> None:
    tuning, held_out = map(set, map(releases_in, PARTS))
    assert not tuning & held_out
    assert tuning | held_out == {path.stem for path in FOLDER.glob("*.txt")}
    assert tuning >= SEEN
    assert len(held_out) >= 10
    assert part_of("voters-day") == "held-out"


def test_a_stamp_is_a_figure_and_lets_the_text_through() -> None:
    page = one_word()
    stamp = marks.round_stamp("OFFICE · ", diameter=80, degrees=10, seed=1)
    stamped = marks.inked(page, stamp, (60, 50), (150, 30, 40))
    (corners,) = stamped.figures
    assert np.ptp(corners, axis=0) == pytest.approx(stamp.shape[::-1])
    assert stamped.pixels[40:60, 30:90].max() == 0
    assert (stamped.pixels != page.pixels).any()


def test_a_fax_tells_both_resolutions(tmp_path: Path) -> None:
    target = Filing((204, 98), bilevel=True).write(tmp_path / "a.pages", [ageing.bilevel(one_word().pixels)] * 2)
    with Image.open(target) as image:
        assert target.name == "a.pages.tif"
        assert (image.n_frames, image.info["compression"]) == (2, "group4")
        assert tuple(map(float, image.info["dpi"])) == (204, 98)


def test_a_table_says_the_same_in_both_halves() -> None:
    release = with_table(load_release("delegation"), seed=5)
    english, urdu = ([p.text.split(CELL) for p in release.half(half) if CELL in p.text] for half in ("eng", "urd"))
    assert len(english) == len(urdu) >= 6
    assert [row[1:] for row in english[1:]] == [row[1:] for row in urdu[1:]]


@pytest.fixture(scope="module")
def in_columns() -> Print:
    return print_release(load_release("polling-staff"), "two-columns", Look(), seal=True)


@needs_browser
def test_both_copies_are_laid_out_alike(in_columns: Print) -> None:
    first, second = rasterise(in_columns.pdf, 50)
    assert np.mean((ageing.grey(first) < 160) != (ageing.grey(second) < 160)) < 0.02  # colours differ, places don't
    (page,) = in_columns.pages(150)
    printed = ageing.grey(page.pixels)
    paper = printed.copy()
    for corners in (*page.words.values(), *page.figures):
        left, top = np.floor(corners[0]).astype(int) - 1
        right, bottom = np.ceil(corners[2]).astype(int) + 1
        assert printed[top:bottom, left:right].min() < 120
        paper[top:bottom, left:right] = 255
    assert (paper < 120).any(axis=1).sum() < 15  # nothing left but the rules: all the other ink was in a box


@needs_browser
def test_urdu_columns_run_right_to_left(in_columns: Print) -> None:
    release, (page,) = load_release("polling-staff"), in_columns.pages(72)
    words = [(p, word) for p in release.paragraphs for word in p.text.split()]
    middle = page.pixels.shape[1] / 2
    for language, first_is_left in (("eng", True), ("urd", False)):
        numbers = [n for n, (p, _) in enumerate(words, start=1) if (p.language, p.kind) == (language, "body")]
        left = [page.words[number].mean(axis=0)[0] < middle for number in numbers]
        assert left[0] == first_is_left
        assert left[-1] != first_is_left
        assert sum(a != b for a, b in pairwise(left)) == 1


@needs_browser
def test_a_small_bench(tmp_path: Path) -> None:
    def make(run: str, conditions: list[str]) -> list[Path]:
        made = make_bench(tmp_path / run, releases=["polling-staff"], conditions=conditions, arrangements=["pages"])
        return [path.relative_to(tmp_path / run) for path in made]

    first = make("first", ["office", "fax-204x98", "sideways-90"])
    assert [path.as_posix() for path in first] == [
        "office/polling-staff.pages.pdf", "fax-204x98/polling-staff.pages.tif", "sideways-90/polling-staff.pages.pdf",
    ]  # fmt: skip
    for path in first:
        truth = json.loads(truth_path(tmp_path / "first" / path).read_text(encoding="utf-8"))
        check_truth(truth, pictures(tmp_path / "first" / path))
    (again,) = make("again", ["fax-204x98"])
    for path in (again, truth_path(again)):
        assert (tmp_path / "first" / path).read_bytes() == (tmp_path / "again" / path).read_bytes()


def check_truth(truth: dict[str, Any], pages: list[Pixels]) -> None:
    assert truth["page_sizes"] == [[page.shape[1], page.shape[0]] for page in pages]
    assert truth["rotation"] == [90 if truth["kind"] == "sideways-90" else 0] * 2
    assert truth["kind"] in CONDITIONS
    assert truth["arrangement"] == "pages"
    for paragraph in truth["paragraphs"]:
        assert " ".join(line["text"] for line in paragraph["lines"]) == paragraph["text"]
        assert paragraph["page"] == paragraph["lines"][0]["page"]
        for part in (paragraph, *paragraph["lines"]):
            left, top, right, bottom = part["bbox"]
            assert pages[part["page"] - 1][top:bottom, left:right].min() < 90


def pictures(path: Path) -> list[Pixels]:
    """The pages of a file in grey, pixel for pixel."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return [np.array(next(page.get_objects()).get_bitmap().to_pil().convert("L")) for page in document]
    with Image.open(path) as image:
        found = []
        for number in range(image.n_frames):
            image.seek(number)
            found.append(np.array(image.convert("L")))
        return found
