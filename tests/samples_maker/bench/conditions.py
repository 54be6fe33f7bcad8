"""The conditions of the bench, one function each: pages as printed in, pages as they were scanned out.

A function gets the pages of one file as RGB, rasterised at the condition's ``dpi``, and a random generator of its own,
from which everything comes that is not fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import ageing
from tests.samples_maker.bench import marks, warps
from tests.samples_maker.bench.filing import Filing
from tests.samples_maker.bench.located import MarkedPage
from tests.samples_maker.bench.sheet import ARRANGEMENTS, Arrangement, Look

Pages = list[MarkedPage]
Happening = Callable[[Pages, np.random.Generator], Pages]

DPI = 200
"""What offices scan at; the conditions that aren't about resolution have it too."""


@dataclass(frozen=True, slots=True)
class Condition:
    happens: Happening
    dpi: int
    filing: Filing
    looks: tuple[Look, ...] = (Look(),)
    """One of them, drawn for each file."""
    table: bool = False
    arrangements: tuple[Arrangement, ...] = ARRANGEMENTS


def clean(pages: Pages, rng: np.random.Generator) -> Pages:
    return [_seen(page, ageing.grey) for page in pages]


def _scanned(page: MarkedPage, rng: np.random.Generator) -> MarkedPage:
    """An even, straight scan in colour: a little soft, a little grain."""
    page = _seen(page, lambda p: ageing.blur(p, 0.5), lambda p: ageing.tone(p, ink=28, paper=246))
    return _grainy(page, 2, rng)


def plain_scan(pages: Pages, rng: np.random.Generator) -> Pages:
    return [_scanned(page, rng) for page in pages]


def office(pages: Pages, rng: np.random.Generator) -> Pages:
    """Grey, crooked by 1 to 5 degrees either way, specks."""
    scans = []
    for page in pages:
        crooked = warps.skewed(_seen(page, ageing.grey), rng.uniform(1, 5) * rng.choice([-1, 1]))
        aged = _seen(crooked, lambda p: ageing.blur(p, 0.6), lambda p: ageing.tone(p, ink=38, paper=240))
        scans.append(_seen(_grainy(aged, 3, rng), partial(ageing.specks, count=60, seed=_seed(rng))))
    return scans


def low_dpi(pages: Pages, rng: np.random.Generator) -> Pages:
    return [_grainy(_seen(page, ageing.grey, lambda p: ageing.tone(p, ink=30, paper=244)), 2, rng) for page in pages]


def photographed(pages: Pages, rng: np.random.Generator) -> Pages:
    """By a telephone with 8 megapixels, held by hand over a desk, the lamp on one side, the hand's shadow across."""
    shots = []
    for page in pages:
        desk = marks.desk(2448, 3264, seed=_seed(rng))
        tilt = (rng.uniform(3, 13) * rng.choice([-1, 1]), rng.uniform(2, 8) * rng.choice([-1, 1]))
        shot = warps.photographed(page, desk, tilt=tilt, spin=rng.uniform(-4, 4), distance=1.5, fill=0.93)
        lamp = partial(ageing.uneven_light, darkest=rng.uniform(0.38, 0.6), towards=rng.uniform(0, 360))
        warm = _seen(shot, partial(ageing.blur, sigma=0.6), partial(ageing.tint, colour=(250, 242, 226)), lamp)
        shaded = np.rint(warm.pixels * _shadow(desk.shape[:2], rng)[..., None]).astype(np.uint8)
        shots.append(_grainy(replace(warm, pixels=shaded), 3.5, rng))
    return shots


def _shadow(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """H×W factors: an arm that reaches in from one side."""
    height, width = shape
    light = np.ones((height // 8, width // 8), dtype=np.float32)
    start = rng.uniform(0, light.shape[1])
    tip = rng.uniform([0.2, 0.3], [0.8, 0.7]) * light.shape[::-1]
    cv2.line(light, (int(start), light.shape[0]), tuple(map(int, tip)), 0.72, light.shape[1] // 5)
    return np.asarray(cv2.resize(cv2.GaussianBlur(light, (0, 0), 9), (width, height)))


def fax(pages: Pages, rng: np.random.Generator, *, lines: int, dots: int) -> Pages:
    """Black or white, 215 mm wide (A3: wider): ``dots`` to the inch across, ``lines`` down."""
    sent = []
    for page in pages:
        across = warps.padded(warps.skewed(_seen(page, ageing.grey), rng.uniform(-0.7, 0.7)), round(dots * 8.47))
        soft = _grainy(_seen(across, partial(ageing.blur, sigma=0.6)), 14, rng)
        rough = _seen(warps.rescaled(soft, 1.0, lines / dots), partial(ageing.bilevel, threshold=165))
        sent.append(_seen(rough, partial(ageing.specks, count=120, seed=_seed(rng)), ageing.bilevel))
    return sent


def turned(pages: Pages, rng: np.random.Generator, *, rotation: int) -> Pages:
    return [warps.turned(page, rotation) for page in plain_scan(pages, rng)]


def mixed_orientations(pages: Pages, rng: np.random.Generator) -> Pages:
    """No two neighbours alike."""
    ways = rng.permutation([0, 90, 180, 270])
    return [warps.turned(page, int(ways[place % 4])) for place, page in enumerate(plain_scan(pages, rng))]


def bleed_through(pages: Pages, rng: np.random.Generator) -> Pages:
    """Thin paper, printed on both sides: behind each page lies the next one, or the same text further down."""
    scans = []
    for place, page in enumerate(pages):
        behind = pages[(place + 1) % len(pages)].pixels
        behind = np.roll(
            behind if behind.shape == page.pixels.shape else page.pixels, page.pixels.shape[0] // 7, axis=0
        )
        through = _seen(page, partial(ageing.bleed, back=behind, strength=rng.uniform(0.14, 0.24)))
        scans.append(_scanned(_seen(through, ageing.grey), rng))
    return scans


def borders(pages: Pages, rng: np.random.Generator) -> Pages:
    """Holes, a staple, the paper a little crooked on a black ground, the lid open."""
    scans = []
    for page in pages:
        sheet = marks.stapled(marks.punched(page, dpi=DPI), dpi=DPI)
        sheet = warps.skewed(_scanned(sheet, rng), rng.uniform(-1.5, 1.5), level=18)
        scans.append(_seen(marks.bordered(sheet, dpi=DPI, seed=_seed(rng)), ageing.grey))
    return scans


def stamped(pages: Pages, rng: np.random.Generator) -> Pages:
    """A round stamp, a receipt stamp and a signature on each page, each over words."""
    scans, unit = [], DPI / 25.4
    for page in pages:
        middles = [corners.mean(axis=0) for corners in page.words.values()]
        spots = [(int(x), int(y)) for x, y in np.array(middles)[rng.permutation(len(middles))[:3]]]
        colours = [marks.INKS[ink] for ink in rng.permutation(len(marks.INKS))[:3]]
        drawn = (
            marks.round_stamp(
                "OFFICE OF THE PROVINCIAL ELECTION COMMISSIONER · ",
                diameter=round(36 * unit), degrees=rng.uniform(-40, 40), seed=_seed(rng),
            ),
            marks.box_stamp(
                ("RECEIVED", f"{rng.integers(1, 29):02d} MAR 2023", f"DIARY No. {rng.integers(100, 9999)}"),
                width=round(42 * unit), degrees=rng.uniform(-15, 15), seed=_seed(rng),
            ),
            marks.signature(width=round(48 * unit), seed=_seed(rng)),
        )  # fmt: skip
        for mark, spot, colour in zip(drawn, spots, colours, strict=True):
            page = marks.inked(page, mark, spot, colour)  # noqa: PLW2901 – one mark upon the other
        scans.append(_scanned(page, rng))
    return scans


def coloured_paper(pages: Pages, rng: np.random.Generator) -> Pages:
    """Green, pink, blue, yellow or grey office paper."""
    papers = ((190, 222, 186), (240, 190, 200), (178, 204, 232), (244, 226, 140), (196, 196, 190))
    paper = papers[rng.integers(len(papers))]
    return [_grainy(_seen(page, lambda p: ageing.tint(ageing.blur(p, 0.5), paper)), 3, rng) for page in pages]


def low_contrast(pages: Pages, rng: np.random.Generator) -> Pages:
    """The toner was at its end: ink hardly darker than the grey paper."""
    faint = (_seen(page, ageing.grey, lambda p: ageing.blur(p, 0.5)) for page in pages)
    ink = rng.uniform(118, 138)
    return [_grainy(_seen(page, lambda p: ageing.tone(p, ink=ink, paper=186)), 4, rng) for page in faint]


def curled(pages: Pages, rng: np.random.Generator) -> Pages:
    """From a bound volume, seen from above; the binding left or right."""
    scans = []
    for page in pages:
        mirrored = rng.random() < 0.5
        slopes = rng.uniform([0.25, -0.1], [0.5, 0.12])
        rise, fall = slopes if not mirrored else slopes[::-1]
        bent = warps.curled(_seen(page, ageing.grey), rise=float(rise), fall=float(fall))
        scans.append(_grainy(_seen(bent, lambda p: ageing.blur(p, 0.5)), 2.5, rng))
    return scans


def _seen(page: MarkedPage, *steps: Callable[[Pixels], Pixels]) -> MarkedPage:
    """Only the light changes; everything stays where it is."""
    pixels = page.pixels
    for step in steps:
        pixels = step(pixels)
    return replace(page, pixels=pixels)


def _grainy(page: MarkedPage, strength: float, rng: np.random.Generator) -> MarkedPage:
    return _seen(page, partial(ageing.noise, strength=strength, seed=_seed(rng)))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


LETTERHEADS = (
    Look(
        style=".plain .letterhead { color: #0b5d33 } .plain .heading { color: #8a1c1c } .plain .rule { color: #b08d2e }"
    ),
    Look(style=".plain .letterhead { color: #fff; background: #14603a }"),
    Look(style=".plain .letterhead { color: #7a1530; background: #f3e3b5 } .plain .heading { color: #14406e }"),
)
JPEG, FINE = Filing((DPI, DPI), quality=50), Filing((DPI, DPI), quality=80)

CONDITIONS: dict[str, Condition] = {
    "clean": Condition(clean, 300, Filing((300, 300))),
    "office": Condition(office, DPI, JPEG),
    "low-dpi": Condition(low_dpi, 150, Filing((150, 150), quality=75)),
    # 72 is what telephones write, whatever the page's true resolution; their programs make PDFs of about A4.
    "photographed": Condition(photographed, 300, Filing((72, 72), quality=80, pdf_dpi=300)),
    "fax-204x98": Condition(partial(fax, lines=98, dots=204), 204, Filing((204, 98), bilevel=True)),
    "fax-200": Condition(partial(fax, lines=200, dots=200), 200, Filing((200, 200), bilevel=True)),
    "upside-down": Condition(partial(turned, rotation=180), DPI, FINE),
    "sideways-90": Condition(partial(turned, rotation=90), DPI, FINE),
    "sideways-270": Condition(partial(turned, rotation=270), DPI, FINE),
    "mixed-orientations": Condition(mixed_orientations, DPI, FINE, arrangements=("pages",)),
    "bleed-through": Condition(bleed_through, DPI, FINE),
    "borders": Condition(borders, DPI, FINE),
    "stamped": Condition(stamped, DPI, FINE),
    "coloured-letterhead": Condition(plain_scan, DPI, FINE, looks=LETTERHEADS),
    "coloured-paper": Condition(coloured_paper, DPI, FINE),
    "low-contrast": Condition(low_contrast, DPI, FINE),
    "small-print": Condition(plain_scan, 300, Filing((300, 300), quality=80), looks=(Look(scale=8 / 11.5),)),
    "table": Condition(plain_scan, DPI, FINE, table=True),
    "curled": Condition(curled, DPI, FINE),
}
