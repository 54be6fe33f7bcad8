"""Sheets that went over the glass twice, and sheets that only look like it: printed, aged and read.

Every pair is two pages of one source. ``true``: one sheet scanned twice, or the foot of one scan again at the head of
the next. Not ``true``: two sheets from one template, which differ in a digit or in a name. Pairs that are ``held``
come from other releases and from other mishaps than those that thresholds were chosen on.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.document.pages import FailedPage, ReadPage
from ecp_ingest.page.pipeline import ingest_page
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.page.sources import open_scan
from ecp_ingest.settings import Settings
from tests.samples_maker import ageing, files
from tests.samples_maker.printing import print_pdf, rasterise
from tests.samples_maker.release_texts import ReleaseText, load_release
from tests.samples_maker.sheet import sheets

DPI = 200
Mishap = Callable[[Pixels], tuple[Pixels, int]]
"""A clean page at ``DPI`` → the scan, and its resolution."""


def first_scan(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.tone(ageing.skew(page, 0.3), ink=40, paper=244), 2.5, seed=1), DPI


def _crooked(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.tone(ageing.skew(page, -1.8), ink=35, paper=240), 2.5, seed=2), DPI


def _darker(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.tone(ageing.blur(ageing.skew(page, 0.8), 0.8), ink=5, paper=190), 3, seed=3), DPI


def _shifted(page: Pixels) -> tuple[Pixels, int]:
    return ageing.tone(_moved(page, 45, 60), ink=30, paper=250), DPI


def _coarser(page: Pixels) -> tuple[Pixels, int]:
    return ageing.tone(_resized(page, 0.75), ink=30, paper=245), round(DPI * 0.75)


def _upside_down(page: Pixels) -> tuple[Pixels, int]:
    return ageing.turned(ageing.noise(ageing.skew(page, 0.5), 4, seed=4)), DPI


def _shaded(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.uneven_light(ageing.blur(page, 0.7), 0.55, towards=120), 2, seed=5), DPI


def _crooked_and_dark(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.tone(ageing.skew(page, 2.4), ink=0, paper=170), 3, seed=6), DPI


def _faxed(page: Pixels) -> tuple[Pixels, int]:
    return ageing.bilevel(ageing.skew(ageing.blur(page, 0.6), -0.6), 140), DPI


def _finer(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(_resized(_moved(page, -30, 25), 1.5), 3, seed=7), round(DPI * 1.5)


def _faded(page: Pixels) -> tuple[Pixels, int]:
    return ageing.noise(ageing.tone(page, ink=120, paper=240), 3, seed=8), DPI


def _dusty(page: Pixels) -> tuple[Pixels, int]:
    return ageing.specks(ageing.bleed(ageing.skew(page, -0.9), page, 0.1), 250, seed=9), DPI


def _sideways(page: Pixels) -> tuple[Pixels, int]:
    return np.ascontiguousarray(np.rot90(ageing.tone(page, ink=30, paper=235))), DPI


def _moved(page: Pixels, right: int, down: int) -> Pixels:
    height, width = page.shape
    move = np.array([[1, 0, right], [0, 1, down]], dtype=np.float64)
    return np.asarray(cv2.warpAffine(page, move, (width, height), borderValue=(255,)), dtype=np.uint8)


def _resized(page: Pixels, factor: float) -> Pixels:
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=kind), dtype=np.uint8)


TUNED = (("by-election", "code-of-conduct", "local-government", "polling-staff"),
         (_crooked, _darker, _shifted, _coarser, _upside_down, _shaded))  # fmt: skip
HELD = (("delegation", "delimitation", "notification", "voter-registration"),
        (_crooked_and_dark, _faxed, _finer, _faded, _dusty, _sideways))  # fmt: skip
RESCANS = 3
"""Of each sheet."""


@dataclass(frozen=True, slots=True)
class Pair:
    name: str
    true: bool
    held: bool
    pages: tuple[ReadPage, ReadPage]


def scanned_pairs(*, held: bool) -> Iterator[Pair]:
    """All pairs of one half, sheet by sheet; a page is read in about a second and a half."""
    names, mishaps = HELD if held else TUNED
    with tempfile.TemporaryDirectory(prefix="scanned-duplicates-") as folder:
        for number, name in enumerate(names):
            release = load_release(name)
            clean = printed(release)
            firsts = [read(Path(folder), *first_scan(page), number=1) for page in clean]
            for side, page in enumerate(clean):
                for turn in range(RESCANS):
                    mishap = mishaps[(number + 2 * turn + side * 3) % len(mishaps)]
                    again = read(Path(folder), *mishap(page), number=2)
                    yield Pair(f"{name} {'eu'[side]} {mishap.__name__[1:]}", True, held, (firsts[side], again))
                foot = int(np.flatnonzero((page < 128).any(axis=1))[-1])
                upper, lower = ageing.strips(page, height=round(0.62 * foot), shared=round(0.2 * foot))
                strips = (first_scan(upper), mishaps[number % 2](lower))
                first, second = (read(Path(folder), *strip, number=i) for i, strip in enumerate(strips, start=1))
                yield Pair(f"{name} {'eu'[side]} strip", True, held, (first, second))
            for what, change in (("digit", other_digit), ("name", other_name)):
                for side, page in enumerate(printed(change(release))):
                    other = read(Path(folder), *mishaps[(number + side) % len(mishaps)](page), number=2)
                    yield Pair(f"{name} {'eu'[side]} other {what}", False, held, (firsts[side], other))


def printed(release: ReleaseText) -> list[Pixels]:
    """The English and the Urdu sheet, grey, at ``DPI``."""
    return [ageing.grey(page) for page in rasterise(print_pdf(sheets(release, "separate")), DPI)]


def other_digit(release: ReleaseText) -> ReleaseText:
    """The same, with one digit of the last number of either half changed."""
    return _changed(release, lambda text: re.sub(r"(\d)(?=\D*$)", lambda m: str((int(m[1]) + 3) % 10), text))


NAMES = {"Islamabad": "Rawalpindi", "اسلام آباد": "راولپنڈی", "Lahore": "Multan", "لاہور": "ملتان",
         "Karachi": "Quetta", "کراچی": "کوئٹہ", "Peshawar": "Mardan", "پشاور": "مردان",
         "Pakistan on": "Pakistan of", "Commission has": "Commission had", "Secretary": "Director",
         "سیکرٹری": "ڈائریکٹر", "Punjab": "Sindh", "پنجاب": "سندھ"}  # fmt: skip


def other_name(release: ReleaseText) -> ReleaseText:
    """The same, with another place or office in it, once in either half."""

    def change(text: str) -> str:
        old = next((old for old in NAMES if old in text), None)
        return text if old is None else text.replace(old, NAMES[old], 1)

    return _changed(release, change)


def _changed(release: ReleaseText, change: Callable[[str], str]) -> ReleaseText:
    paragraphs = list(release.paragraphs)
    for language in ("eng", "urd"):
        places = [i for i, p in enumerate(paragraphs) if p.language == language and p.kind in ("body", "dateline")]
        place = next(i for i in reversed(places) if change(paragraphs[i].text) != paragraphs[i].text)
        paragraphs[place] = replace(paragraphs[place], text=change(paragraphs[place].text))
    return replace(release, paragraphs=tuple(paragraphs))


@lru_cache(maxsize=1)
def _engine() -> tuple[Settings, Engine]:
    settings = Settings()
    return settings, find_engine(settings=settings.recognise)


def read(folder: Path, page: Pixels, dpi: int, *, number: int) -> ReadPage:
    """The scan, filed and read by the real pipeline; it comes back as page ``number`` of a source."""
    path = folder / "page.png"
    files.write_image(path, page, dpi=dpi)
    settings, engine = _engine()
    scan = replace(open_scan(path, settings=settings.scan), page_count=2)  # as if the other followed
    done = ingest_page(scan, 1, settings=settings, engine=engine)
    if isinstance(done, FailedPage):
        raise RuntimeError(f"page {number}: {done.message}")  # noqa: TRY004
    return replace(done, facts=replace(done.facts, number=number))
