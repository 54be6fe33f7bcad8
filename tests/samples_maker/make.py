"""Every sample, one function each: which release, how it was laid out, what happened to it, how it was filed."""

from __future__ import annotations

from pathlib import Path

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import ageing, files
from tests.samples_maker.earlier import earlier_run
from tests.samples_maker.printing import print_pdf, rasterise
from tests.samples_maker.release_texts import load_release
from tests.samples_maker.sheet import sheets
from tests.samples_maker.truth import broken_before, halves, one_page, write_truth

LEGAL = 356
"""Height in millimetres of the longer sheets that offices use."""


def make_samples(folder: Path) -> None:
    """Writes, and writes over, every sample and its ground truth."""
    folder.mkdir(exist_ok=True)
    for make in (
        stacked, pages, side_by_side, photo_caption, born_digital, scanned, fax, repeated, overlap, earlier, archive,
    ):  # fmt: skip
        make(folder)


def stacked(folder: Path) -> None:
    """Both halves on one sheet, grey, 300 dpi, as clean as it gets."""
    release = load_release("voter-registration")
    (page,) = rasterise(print_pdf(sheets(release, "stacked")), 300)
    files.write_image(folder / "stacked.png", ageing.grey(page), dpi=300)
    write_truth(folder / "stacked.png", release, pages=1, kind="clean", page_of=one_page)


def pages(folder: Path) -> None:
    """A sheet for each half, with a seal; both skewed, a little soft, the paper grey and its back faintly visible."""
    release = load_release("by-election")
    english, urdu = map(ageing.grey, rasterise(print_pdf(sheets(release, "separate", seal=True, leading=2.15)), 200))
    scans = [
        _copied(ageing.bleed(english, urdu, 0.06), degrees=0.9, seed=1),
        _copied(ageing.bleed(urdu, english, 0.06), degrees=-1.3, seed=2),
    ]
    files.write_tiff(folder / "pages.tif", scans, dpi=200, quality=80)
    write_truth(folder / "pages.tif", release, pages=2, kind="aged", page_of=halves(release))


def _copied(page: Pixels, *, degrees: float, seed: int) -> Pixels:
    page = ageing.blur(ageing.skew(page, degrees), 0.6)
    return ageing.specks(ageing.noise(ageing.tone(page, ink=38, paper=238), 3, seed=seed), 60, seed=seed)


def side_by_side(folder: Path) -> None:
    """English left, Urdu right, colour; yellowed paper, darker towards the lower right."""
    release = load_release("delimitation")
    (page,) = rasterise(print_pdf(sheets(release, "side-by-side", seal=True, leading=2.25)), 200)
    page = ageing.tint(ageing.tone(ageing.skew(page, 0.4), ink=30, paper=250), (250, 244, 226))
    page = ageing.noise(ageing.uneven_light(page, 0.62, towards=35), 2.5, seed=3)
    files.write_image(folder / "side-by-side.jpg", page, dpi=200, quality=78)
    write_truth(folder / "side-by-side.jpg", release, pages=1, kind="aged", page_of=one_page)


def photo_caption(folder: Path) -> None:
    """A photograph at the foot, and under it a caption in both scripts."""
    release = load_release("delegation")
    (page,) = rasterise(print_pdf(sheets(release, "stacked", height=LEGAL)), 200)
    page = ageing.noise(ageing.tone(ageing.skew(page, -0.5), ink=20, paper=246), 2, seed=4)
    files.write_image(folder / "photo-caption.jpg", page, dpi=200, quality=80)
    write_truth(folder / "photo-caption.jpg", release, pages=1, kind="aged", page_of=one_page)


def born_digital(folder: Path) -> None:
    """Never was on paper: the browser's PDF, text layer and all."""
    release = load_release("notification")
    files.write_printed_pdf(folder / "born-digital.pdf", print_pdf(sheets(release, "separate", seal=True)))
    write_truth(folder / "born-digital.pdf", release, pages=2, kind="clean", page_of=halves(release))


def scanned(folder: Path) -> None:
    """Pictures only, and the Urdu sheet was fed in upside down."""
    release = load_release("code-of-conduct")
    english, urdu = map(ageing.grey, rasterise(print_pdf(sheets(release, "separate")), 200))
    scans = [_copied(english, degrees=-0.6, seed=5), ageing.turned(_copied(urdu, degrees=0.7, seed=6))]
    files.write_scanned_pdf(folder / "scanned.pdf", scans, dpi=200, quality=70)
    write_truth(folder / "scanned.pdf", release, pages=2, kind="aged", page_of=halves(release))


def fax(folder: Path) -> None:
    """Black and white, 200 dpi, broken edges and specks."""
    release = load_release("delimitation")
    (page,) = rasterise(print_pdf(sheets(release, "stacked", height=LEGAL)), 200)
    page = ageing.noise(ageing.blur(ageing.grey(page), 0.7), 18, seed=7)
    page = ageing.specks(ageing.bilevel(ageing.skew(page, 0.5), 165), 150, seed=7)
    files.write_tiff(folder / "fax.tif", [ageing.bilevel(page)], dpi=200)
    write_truth(folder / "fax.tif", release, pages=1, kind="aged", page_of=one_page)


def repeated(folder: Path) -> None:
    """The same sheet went through the feeder twice: the second time it lay otherwise and came out darker."""
    release = load_release("polling-staff")
    (page,) = map(ageing.grey, rasterise(print_pdf(sheets(release, "stacked")), 200))
    first = ageing.noise(ageing.tone(ageing.skew(page, 0.3), ink=45, paper=246), 2.5, seed=8)
    second = ageing.noise(ageing.tone(ageing.blur(ageing.skew(page, -1.1), 0.7), ink=10, paper=205), 2.5, seed=9)
    files.write_tiff(folder / "repeated.tif", [first, second], dpi=200, quality=75)
    write_truth(folder / "repeated.tif", release, pages=2, kind="aged", page_of=one_page)


def overlap(folder: Path) -> None:
    """Too long for the glass: the foot of the first scan stands again at the head of the second."""
    release, dpi = load_release("local-government"), 300
    (page,) = map(ageing.grey, rasterise(print_pdf(sheets(release, "stacked", height=475)), dpi))
    upper, lower = ageing.strips(page, height=round(290 / 25.4 * dpi), shared=round(45 / 25.4 * dpi))
    scans = [ageing.bilevel(ageing.skew(upper, 0.15), 170), ageing.bilevel(ageing.skew(lower, -0.2), 140)]
    files.write_tiff(folder / "overlap.tif", scans, dpi=dpi)
    # Where the first scan ends, as one sees in it; the two paragraphs before that stand in both.
    page_of = broken_before("اجلاس کو بتایا گیا", release)
    write_truth(folder / "overlap.tif", release, pages=2, kind="aged", page_of=page_of)


def earlier(folder: Path) -> None:
    """Text from an earlier OCR run, with what such runs get wrong."""
    release = load_release("delegation")
    (folder / "earlier-run.txt").write_text(earlier_run(release), encoding="utf-8")
    write_truth(folder / "earlier-run.txt", release, pages=1, kind="aged", page_of=one_page)


def archive(folder: Path) -> None:
    """From an image archive: JPEG 2000, colour, side by side, with nothing that tells its resolution (which is 200)."""
    release = load_release("voter-registration")
    (page,) = rasterise(print_pdf(sheets(release, "side-by-side")), 200)
    page = ageing.tint(ageing.tone(page, ink=35, paper=250), (246, 242, 232))
    files.write_jp2(folder / "archive.jp2", page, ratio=40)
    write_truth(folder / "archive.jp2", release, pages=1, kind="aged", page_of=one_page)
