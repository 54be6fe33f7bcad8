"""Files of every kind, sound and broken: their pixels, their text, and the errors of those that are refused."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ecp_ingest.document.pages import PicturePage, TextPage
from ecp_ingest.errors import (
    EcpIngestError,
    EncryptedSourceError,
    PageError,
    SourceError,
    TooLargeError,
    UnreadableSourceError,
)
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.page.sources.images import plausible_dpi
from ecp_ingest.settings import ScanSettings
from tests.support.paths import SAMPLES

AUTO = ScanSettings()


def first_page(path: Path, settings: ScanSettings = AUTO, number: int = 1) -> TextPage | PicturePage:
    return load_page(open_scan(path, settings=settings), number, settings=settings)


def picture(path: Path, settings: ScanSettings = AUTO, number: int = 1) -> PicturePage:
    page = first_page(path, settings, number)
    assert isinstance(page, PicturePage)
    return page


def text(path: Path, settings: ScanSettings = AUTO, number: int = 1) -> TextPage:
    page = first_page(path, settings, number)
    assert isinstance(page, TextPage)
    return page


def words_of(page: TextPage) -> str:
    return " ".join(line.text for block in page.blocks for line in block)


def gradient(mode: str = "L", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Dark on the left, light on the right."""
    row = np.linspace(0, 255, size[0]).astype(np.uint8)
    return Image.fromarray(np.tile(row, (size[1], 1))).convert(mode)


# ── image files ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_type_digest_and_page_count(tmp_path: Path) -> None:
    path = tmp_path / "wrongly named.tif"
    gradient().save(path, format="PNG")
    scan = open_scan(path, settings=AUTO)
    assert scan.media_type == "image/png"
    assert scan.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (scan.byte_size, scan.page_count, scan.file_name) == (path.stat().st_size, 1, path.name)


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("1", "a.tif", {"compression": "group4"}),
        ("L", "a.tif", {"compression": "tiff_lzw"}),
        ("RGB", "a.tif", {"compression": "tiff_adobe_deflate"}),
        ("P", "a.tif", {}),
        ("CMYK", "a.tif", {}),
        ("I;16", "a.tif", {}),
        ("CMYK", "a.jpg", {"quality": 95}),
        ("RGB", "a.jpg", {"quality": 95}),
        ("P", "a.png", {}),
        ("I;16", "a.png", {}),
        ("L", "a.jp2", {}),
        ("RGB", "a.jp2", {}),
    ],
)
def test_every_kind_of_image_comes_out_in_eight_bits(
    tmp_path: Path, mode: str, name: str, options: dict[str, object]
) -> None:
    image = gradient("L")
    wide = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    image = wide if mode == "I;16" else image.convert(mode)
    image.save(tmp_path / name, **options)
    page = picture(tmp_path / name)
    assert page.pixels.dtype == np.uint8
    assert page.pixels.shape[:2] == (40, 60)
    assert not page.pixels.flags.writeable
    flat = page.pixels if page.pixels.ndim == 2 else page.pixels.mean(axis=2)
    if mode != "1":
        assert np.abs(flat.astype(float) - np.asarray(gradient())).mean() < 12
    assert flat[:, :5].mean() < 60
    assert flat[:, -5:].mean() > 195


def test_transparency_is_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 10))
    image.save(tmp_path / "a.png")
    pixels = picture(tmp_path / "a.png").pixels
    assert pixels.shape == (10, 20)
    assert (pixels[:, :10] == 0).all()
    assert (pixels[:, 10:] == 255).all()


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_a_camera_held_on_its_side(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient().save(tmp_path / name, exif=exif, dpi=(100, 200))
    pixels = picture(tmp_path / name).pixels
    assert pixels.shape == (60, 40)
    assert pixels[:5].mean() < pixels[-5:].mean()


def test_pages_of_a_tiff_by_number(tmp_path: Path) -> None:
    pages = [Image.new("L", (30 + i, 20), 50 * i) for i in range(4)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    scan = open_scan(tmp_path / "a.tif", settings=AUTO)
    assert scan.page_count == 4
    for number in (3, 1, 4):
        page = load_page(scan, number, settings=AUTO)
        assert isinstance(page, PicturePage)
        assert page.number == number
        assert page.pixels.shape == (20, 29 + number)
        assert (page.pixels == 50 * (number - 1)).all()
    for number in (0, 5):
        with pytest.raises(PageError, match="the source has 4") as caught:
            load_page(scan, number, settings=AUTO)
        assert caught.value.page == number


@pytest.mark.parametrize(
    ("dpi", "width", "height", "believed"),
    [
        (300, 2480, 3508, True),
        (600, 4960, 7016, True),
        (200, 1700, 2200, True),
        (72, 2480, 3508, False),  # 49 inches high
        (96, 1240, 1754, False),  # 18 inches: what programs write when they know nothing
        (96, 794, 1123, True),
        (1, 2480, 3508, False),
        (2400, 2480, 3508, False),
    ],
)
def test_resolutions_that_give_a_usual_sheet_are_plausible(dpi: float, width: int, height: int, believed: bool) -> None:
    assert plausible_dpi(dpi, width=width, height=height) is believed


def test_resolution_from_the_file_or_the_setting(tmp_path: Path) -> None:
    sheet = Image.new("1", (1728, 1078), 1)
    sheet.save(tmp_path / "fax.tif", dpi=(204, 98), compression="group4")
    page = picture(tmp_path / "fax.tif")
    assert page.dpi == pytest.approx(204)
    assert page.dpi_source == "file"
    assert page.pixel_aspect == pytest.approx(204 / 98, abs=0.01)
    forced = picture(tmp_path / "fax.tif", ScanSettings(image_dpi=150))
    assert (forced.dpi, forced.dpi_source) == (150, "setting")


def huge_png(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_bombs_are_refused_by_their_header(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(huge_png(30_000))
    with pytest.raises(TooLargeError, match=r"30,000 × 30,000.*--max-image-mpixels") as caught:
        open_scan(tmp_path / "bomb.png", settings=AUTO)
    assert caught.value.file == "bomb.png"
    gradient().save(tmp_path / "small.png")
    with pytest.raises(TooLargeError):
        open_scan(tmp_path / "small.png", settings=ScanSettings(max_image_mpixels=0.001))


@pytest.mark.parametrize("kind", ["tif", "png", "jpg", "jp2"])
@pytest.mark.parametrize("share", [0.03, 0.3, 0.6, 0.9])
def test_images_cut_short_are_our_errors(tmp_path: Path, kind: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (90, 120), dtype=np.uint8))
    whole = io.BytesIO()
    noise.save(whole, format={"tif": "TIFF", "png": "PNG", "jpg": "JPEG", "jp2": "JPEG2000"}[kind])
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * share)])
    with pytest.raises(UnreadableSourceError) as caught:
        picture(path)
    assert caught.value.file == path.name


@pytest.mark.parametrize("kind", ["tif", "png", "jpg", "jp2", "pdf"])
def test_damaged_files_never_raise_anything_else(tmp_path: Path, kind: str) -> None:
    whole = io.BytesIO()
    if kind == "pdf":
        whole.write((SAMPLES / "born-digital.pdf").read_bytes()[:120_000] if SAMPLES.exists() else b"%PDF-1.4\n%%EOF")
    else:
        gradient("RGB").save(whole, format={"tif": "TIFF", "png": "PNG", "jpg": "JPEG", "jp2": "JPEG2000"}[kind])
    rng = np.random.default_rng(4)
    for attempt in range(25):
        data = bytearray(whole.getvalue())
        for place in rng.integers(8, len(data), 12):
            data[place] = int(rng.integers(0, 256))
        path = tmp_path / f"{attempt}.{kind}"
        path.write_bytes(bytes(data))
        with contextlib.suppress(EcpIngestError):
            first_page(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "empty"),
        ("a.png", b"plain words, no picture", "something else"),
        ("a.docx", b"PK\x03\x04 and so on", "unknown type"),
        ("a", b"GIF89a", "unknown type"),
        ("a.txt", bytes(range(32)) * 4, "control codes"),
    ],
)
def test_useless_files_are_refused(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableSourceError, match=words):
        open_scan(tmp_path / name, settings=AUTO)


def test_a_missing_file_is_our_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        open_scan(tmp_path / "nowhere.pdf", settings=AUTO)


# ── text of an earlier run ────────────────────────────────────────────────────────────────────────────────────────

EARLIER = "PRESS RELEASE\n\nاليكشن كميشن  آف پاکستان\nمورخہ: 28 مئی\n\n\n  end  \n\fsecond page\n\f"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("cp1256", "cp1256"),
    ],
)
def test_earlier_text_in_any_encoding(tmp_path: Path, encoding: str, named: str) -> None:
    content = EARLIER if encoding != "cp1256" else EARLIER.replace("ی", "ي")
    (tmp_path / "a.txt").write_bytes(content.encode(encoding))
    page = text(tmp_path / "a.txt")
    lines = [[line.text for line in block] for block in page.blocks]
    urdu = [" ".join(line.split()) for line in content.splitlines()[2:4]]
    assert lines == [["PRESS RELEASE"], urdu, ["end"]]
    assert named in page.why
    assert all(w.bbox is None and w.confidence is None for b in page.blocks for line in b for w in line.words)
    assert words_of(text(tmp_path / "a.txt", number=2)) == "second page"
    assert open_scan(tmp_path / "a.txt", settings=AUTO).page_count == 2


def test_letterforms_are_left_to_a_later_stage(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("اليكشن كميشن \u200fﻻ می\u200cخواہم", encoding="utf-8")
    assert words_of(text(tmp_path / "a.txt")) == "اليكشن كميشن \u200fﻻ می\u200cخواہم"


# ── PDF ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pdf_with(
    path: Path,
    content: bytes,
    *,
    image: Image.Image | None = None,
    rotate: int = 0,
    size: tuple[int, int] = (595, 842),
) -> Path:
    """One page (A4 by default) painting ``content`` with /F1 (Helvetica), and perhaps /Im all over it."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=size)
        page = pdf.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        if image is not None:
            stream = pikepdf.Stream(pdf, image.tobytes())
            stream.update(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.XObject,
                    Subtype=pikepdf.Name.Image,
                    Width=image.width,
                    Height=image.height,
                    ColorSpace=pikepdf.Name.DeviceGray,
                    BitsPerComponent=8,
                )
            )
            resources.XObject = pikepdf.Dictionary(Im=pdf.make_indirect(stream))
            content = f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im Do Q\n".encode() + content
        page.Resources = resources
        page.Contents = pdf.make_stream(content)
        if rotate:
            page.Rotate = rotate
        pdf.save(path)
    return path


ENGLISH = (
    "The Election Commission of Pakistan met today in Islamabad with the Chief Election Commissioner in the chair",
    "and decided that the results of the polling stations will be published on the website of the Commission.",
)


def shown(*lines: str, mode: int = 0) -> bytes:
    painted = "".join(f"1 0 0 1 40 {760 - 16 * i} Tm ({line}) Tj\n" for i, line in enumerate(lines))
    return f"BT /F1 10 Tf {mode} Tr\n{painted}ET\n".encode()


def scanned_sheet(dpi: int, size: tuple[int, int] = (595, 842)) -> Image.Image:
    return Image.new("L", (round(size[0] / 72 * dpi), round(size[1] / 72 * dpi)), 230)


def test_a_good_text_layer_is_read(tmp_path: Path) -> None:
    page = text(pdf_with(tmp_path / "a.pdf", shown(*ENGLISH)))
    assert words_of(page) == " ".join(ENGLISH)
    assert (page.width, page.height, page.dpi) == (2479, 3508, 300)
    assert len(page.blocks) == 1
    first = page.blocks[0][0].words[0]
    assert first.bbox is not None
    assert first.bbox.left == pytest.approx(40 / 72 * 300, abs=3)
    assert first.bbox.top < (842 - 760) / 72 * 300 < first.bbox.bottom
    assert "words" in page.why


def test_modes_overrule_the_judgement(tmp_path: Path) -> None:
    path = pdf_with(tmp_path / "a.pdf", shown(*ENGLISH, mode=3), image=scanned_sheet(100))
    judged = picture(path)
    assert "invisible" in judged.why
    assert words_of(text(path, ScanSettings(mode="text"))) == " ".join(ENGLISH)
    good = pdf_with(tmp_path / "b.pdf", shown(*ENGLISH))
    assert "asked for" in picture(good, ScanSettings(mode="ocr")).why
    assert "there is none" in picture(pdf_with(tmp_path / "c.pdf", b""), ScanSettings(mode="text")).why


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("xkcdfg qwrtzp lkjhgf mnbvcx " * 4, "look like words"),
        ("\\267\\001\\002\\003 " * 30, "no Unicode|characters are letters"),
        ("%&/$!# =?+*# " * 10, "letters or digits"),
    ],
)
def test_gibberish_is_not_believed(tmp_path: Path, line: str, words: str) -> None:
    page = picture(pdf_with(tmp_path / "a.pdf", shown(line, line)))
    assert re.search(words, page.why), page.why


def test_a_layer_that_covers_half_the_ink_is_not_believed(tmp_path: Path) -> None:
    sheet = Image.new("L", (1240, 1754), 255)
    for top in range(500, 1600, 30):
        for left in range(100, 1100, 24):
            sheet.paste(0, (left, top, left + 12, top + 14))
    page = picture(pdf_with(tmp_path / "a.pdf", shown(*ENGLISH), image=sheet))
    assert "outside the text layer" in page.why


@pytest.mark.parametrize(("dpi", "expected"), [(100, 150), (200, 200), (400, 400), (900, 600)])
def test_scans_are_rasterised_pixel_by_pixel(tmp_path: Path, dpi: int, expected: float) -> None:
    card = (298, 421)
    page = picture(pdf_with(tmp_path / "a.pdf", b"", image=scanned_sheet(dpi, card), size=card))
    assert page.dpi == pytest.approx(expected, rel=0.003)
    assert page.pixels.shape == pytest.approx((421 / 72 * expected, 298 / 72 * expected), abs=2)


def test_a_page_shown_turned_is_rasterised_turned(tmp_path: Path) -> None:
    page = picture(pdf_with(tmp_path / "a.pdf", b"", image=scanned_sheet(200), rotate=90))
    assert page.pixels.shape == pytest.approx((595 / 72 * 200, 842 / 72 * 200), abs=2)
    assert page.dpi == pytest.approx(200, rel=0.002)


def test_actual_text_replaces_its_glyphs(tmp_path: Path) -> None:
    """A browser paints right-to-left text from the left: ``(28) مئی`` as ``ئیم (28)`` with mirrored brackets."""

    def span(letters: str, glyph: str) -> str:
        return f"/Span <</ActualText <FEFF{letters.encode('utf-16-be').hex()}> >> BDC ({glyph}) Tj EMC\n"

    content = (
        "BT /F1 10 Tf 1 0 0 1 300 700 Tm\n/ReversedChars BMC\n"
        + span("ئی", "a")
        + span("م", "b")
        + span(" ", " ")
        + "EMC ET\n"
        "BT /F1 10 Tf 1 0 0 1 313.9 700 Tm (28) Tj ET\n"
        "BT /F1 10 Tf 1 0 0 1 325.02 700 Tm\n/ReversedChars BMC\n"
        + span(" ", " ")
        + span("خہ", "c")
        + span("مور", "d")
        + "EMC ET\n"
    )
    assert words_of(text(pdf_with(tmp_path / "a.pdf", content.encode()))) == "مورخہ 28 مئی"


@pytest.mark.skipif(not (SAMPLES / "born-digital.pdf").exists(), reason="the samples are not here")
def test_urdu_from_a_browser_comes_out_as_it_went_in() -> None:
    truth = json.loads((SAMPLES / "born-digital.gt.json").read_text(encoding="utf-8"))
    for number in (1, 2):
        page = text(SAMPLES / "born-digital.pdf", number=number)
        expected = " ".join(p["text"] for p in truth["paragraphs"] if p["page"] == number)
        assert words_of(page).split() == expected.split()
        assert all(w.bbox is not None for b in page.blocks for line in b for w in line.words)


ENGLISH_COLUMN = (
    "Islamabad, 28th May, 2022: The Secretary of the Election Commission was called on by the Resident Representative, "
    "who said (“in brief”) that NA-122 has 1,250 voters, or 25% of all in the district, and that this is a first step."
)
URDU_COLUMN = (
    "مورخہ: 28 مئی 2022 اسلام آباد۔ سیکرٹری الیکشن کمیشن سے اقوامِ متحدہ (UNDP) کے نمائندے Mr. Knut Ostby نے ملاقات کی، "
    "اور 25% خواتین کے لیے رپورٹ پیش کی۔ حلقہ NA-122 میں ۲۸ مئی کو 1,250 ووٹ؛ تاریخ 28-05-2022، دفعہ Section 57(1) "
    "کے تحت «ضابطۂ اخلاق» مؤثر ہے۔"
)


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no browser to print with")
def test_columns_side_by_side_from_a_browser(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<meta charset=utf-8><style>td{width:50%;vertical-align:top;text-align:justify;padding:3mm}"
        ".u{font:14pt 'Noto Nastaliq Urdu';line-height:2;direction:rtl}</style>"
        f"<table><tr><td>{ENGLISH_COLUMN}<td class=u>{URDU_COLUMN}</table>",
        encoding="utf-8",
    )
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         f"--print-to-pdf={tmp_path / 'a.pdf'}", "--no-pdf-header-footer", (tmp_path / "a.html").as_uri()],
        check=True,
        capture_output=True,
        timeout=60,
    )  # fmt: skip
    page = text(tmp_path / "a.pdf")
    english, urdu = ("", "")
    for block in page.blocks:
        for line in block:
            if line.bbox is not None and page.width is not None and line.bbox.left < page.width * 0.45:
                english += " " + line.text
            else:
                urdu += " " + line.text
    # A browser may break lines after a hyphen: such a break looks like a space.
    assert english.replace("- ", "-").split() == ENGLISH_COLUMN.split()
    assert urdu.replace("- ", "-").split() == URDU_COLUMN.split()


def test_encrypted_and_broken_pdfs(tmp_path: Path) -> None:
    whole = pdf_with(tmp_path / "whole.pdf", shown(*ENGLISH)).read_bytes()
    with pikepdf.open(tmp_path / "whole.pdf") as pdf:
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="secret", owner="secret"))
        pdf.save(tmp_path / "open.pdf", encryption=pikepdf.Encryption(user="", owner="secret"))
    with pytest.raises(EncryptedSourceError, match=r"password.*--pdf-password"):
        open_scan(tmp_path / "locked.pdf", settings=AUTO)
    assert words_of(text(tmp_path / "open.pdf")) == " ".join(ENGLISH)
    (tmp_path / "cut.pdf").write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UnreadableSourceError, match="cut short"):
        open_scan(tmp_path / "cut.pdf", settings=AUTO)
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.4\nnothing at all\n%%EOF\n")
    with pytest.raises(UnreadableSourceError, match="cannot be opened"):
        open_scan(tmp_path / "none.pdf", settings=AUTO)
    with pikepdf.new() as pdf:
        pdf.save(tmp_path / "empty.pdf")
    with pytest.raises(UnreadableSourceError):
        open_scan(tmp_path / "empty.pdf", settings=AUTO)


def pdf_of_picture(path: Path, data: bytes, coded_as: str | None, *, share: float = 1.0) -> Path:
    """A page of 800 × 1000 points; a grey image of 400 × 500 pixels covers ``share`` of it."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(800, 1000))
        name = pikepdf.Name
        picture = pikepdf.Stream(
            pdf, data, Type=name.XObject, Subtype=name.Image, Width=400, Height=500, BitsPerComponent=8,
            ColorSpace=name.DeviceGray,
        )  # fmt: skip
        if coded_as:
            picture.Filter = name(coded_as)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        side = share**0.5
        page.Contents = pikepdf.Stream(pdf, b"q %f 0 0 %f 0 0 cm /P Do Q" % (800 * side, 1000 * side))
        pdf.save(path)
    return path


def test_a_pdf_with_an_incomplete_image_is_refused(tmp_path: Path) -> None:
    grey = np.random.default_rng(4).integers(0, 255, (500, 400)).astype(np.uint8)
    jpeg, jpeg2000 = io.BytesIO(), io.BytesIO()
    Image.fromarray(grey).save(jpeg, "JPEG")
    Image.fromarray(grey).save(jpeg2000, "JPEG2000")
    samples = grey.tobytes()
    for data, coded_as in [
        (jpeg.getvalue(), "/DCTDecode"), (jpeg.getvalue()[:-2], "/DCTDecode"), (jpeg2000.getvalue(), "/JPXDecode"),
        (samples, None), (zlib.compress(samples), "/FlateDecode"),
    ]:  # fmt: skip
        assert picture(pdf_of_picture(tmp_path / "whole.pdf", data, coded_as)).pixels.std() > 30
    for data, coded_as, fault in [
        (jpeg.getvalue()[:20_000], "/DCTDecode", "cut short"), (b"no picture", "/DCTDecode", "broken"),
        (jpeg2000.getvalue()[:40], "/JPXDecode", "broken"), (samples[:150_000], None, "cut short"),
        (zlib.compress(samples[:150_000]), "/FlateDecode", "cut short"), (b"", None, "cut short"),
    ]:  # fmt: skip
        with pytest.raises(UnreadableSourceError, match=f"a picture on the page is {fault}: .*scan the sheet again"):
            first_page(pdf_of_picture(tmp_path / "broken.pdf", data, coded_as))
    # A logo that is broken doesn't cost the page.
    first_page(pdf_of_picture(tmp_path / "logo.pdf", b"", None, share=0.005))


def test_sheets_the_size_of_a_wall_are_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(14_000, 14_000))
        pdf.save(tmp_path / "wall.pdf")
    with pytest.raises(TooLargeError, match="194 × 194 inches"):
        first_page(tmp_path / "wall.pdf")
