"""PDFs as those read them who get them: poppler, pdfium and pdf.js."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from pathlib import Path
from statistics import mean

import numpy as np
import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Browser

from ecp_ingest.edits.word_positions import Page, pages_with_words
from ecp_ingest.export.searchable_pdf.archival import obstacles
from ecp_ingest.export.searchable_pdf.text_layer import FONT
from ecp_ingest.language.text_metrics import character_error_rate, compose, fold_controls, fold_spaces
from ecp_ingest.record.schema import Record, read_record, write_record
from ecp_ingest.record.source_scans import FULL, upright_box
from tests.support.builders import RunCli
from tests.support.paper import HEIGHT, WIDTH, line_of, page_facts, paper, printed, turned
from tests.support.paths import REPOSITORY
from tests.support.pdf_readers import PdfJs, boxes_by_poppler, by_pdfium, by_poppler, opened, painted, size_of
from tests.support.shipping import Exporting

plain = compose(fold_controls, fold_spaces)


@pytest.fixture(scope="session")
def exports(
    tmp_path_factory: pytest.TempPathFactory, converted: Path, run_cli: RunCli
) -> dict[str, tuple[Path, Record]]:
    """Name of a sample → its PDF and the record: scans of several kinds, and two that others test with."""
    folder = tmp_path_factory.mktemp("pdfs")
    samples = [REPOSITORY / "samples" / name for name in ("scanned.pdf", "side-by-side.jpg")]
    assert run_cli("convert", *samples, "-o", folder / "records", "-q").returncode == 0
    made = {}
    for number, records in enumerate((folder / "records", converted)):
        destination = folder / f"pdfs{number}"
        result = run_cli("export", records, "--to", "pdf", "-o", destination)
        assert sorted(result.stdout.split()) == sorted(map(str, destination.rglob("*.pdf")))
        for path in destination.rglob("*.pdf"):
            (source,) = records.rglob(f"{path.stem}.json")
            made[path.stem] = path, read_record(source)
    assert sorted(made) == SAMPLES
    return made


@pytest.fixture(scope="session")
def firefox(browser: Browser) -> PdfJs:
    return PdfJs(browser.new_page())


Exports = dict[str, tuple[Path, Record]]
SAMPLES = ["born-digital", "scanned", "side-by-side", "stacked"]


def lines_of(record: Record) -> list[tuple[str, str]]:
    """Language and text of every line, in reading order."""
    pages = pages_with_words(record)
    return [
        (passage.paragraph.language, line.text) for page in pages for passage in page.passages for line in passage.lines
    ]


def errors(record: Record, text: str) -> float:
    truth = "\n".join(text for _, text in lines_of(record))
    return character_error_rate(truth, text, normalise=plain).rate or 0.0


@pytest.mark.parametrize("name", SAMPLES)
def test_pdf_js_has_the_text_in_logical_order(exports: Exports, firefox: PdfJs, name: str) -> None:
    path, record = exports[name]
    text = plain(firefox.text(path))
    assert errors(record, text) < 0.004
    # What it gets wrong within Urdu are vowel marks, and numbers with a sign in them.
    wrong = [line for _, line in lines_of(record) if plain(line) not in text]
    assert all(re.search(r"[\u064b-\u0655\u0670]|\d[-%./(]", line) for line in wrong), wrong


@pytest.mark.parametrize("name", SAMPLES)
def test_poppler_has_the_text_in_logical_order(exports: Exports, name: str) -> None:
    path, record = exports[name]
    for options in ((), ("-layout",)):
        text = by_poppler(path, *options)
        if name != "side-by-side":
            assert errors(record, text) < 0.011, options  # a heading may come before what stands over it
        elif not options:  # the right half first, but every line whole
            missing = [line for _, line in lines_of(record) if line not in plain(text)]
            assert missing == []


@pytest.mark.parametrize("name", SAMPLES)
def test_pdfium_has_the_text_in_logical_order(exports: Exports, name: str) -> None:
    path, record = exports[name]
    text = by_pdfium(path)
    assert errors(record, text) < 0.02
    # What it gets wrong are brackets, quotation marks, and codes like NA-24 within Urdu.
    wrong = [line for _, line in lines_of(record) if line not in plain(text)]
    assert all(set(line) & set("()[]“”-/،:") for line in wrong), wrong


def test_it_can_be_converted_again(exports: Exports, run_cli: RunCli, tmp_path: Path) -> None:
    path, record = exports["scanned"]
    assert run_cli("convert", path, "--mode", "text", "-o", tmp_path, "-q").returncode == 0
    again = read_record(tmp_path / "scanned.json")
    assert errors(record, "\n".join(paragraph.text for paragraph in again.paragraphs)) < 0.002


@pytest.mark.parametrize("language", ["eng", "urd"])
def test_what_is_searched_is_found_in_its_place(exports: Exports, language: str) -> None:
    path, record = exports["stacked"]
    (page,) = pages_with_words(record)
    _, line, *_ = (  # the first has the issuer's name, which stands above it too
        line
        for passage in page.passages
        for line in passage.lines
        if passage.paragraph.language == language and len(line.words) > 6
    )
    words = line.words[1:5]
    with opened(path) as pdf:
        text = pdf[0].get_textpage()
        start, count = text.search(" ".join(word.text for word in words)).get_next()
        lefts, bottoms, rights, tops = zip(*(text.get_charbox(at) for at in range(start, start + count)), strict=True)
    width, height = size_of(path)
    found = min(lefts), height - max(tops), max(rights), height - min(bottoms)
    assert share(found, around([placed(word.bbox, page, width, height) for word in words])) > 0.5


def placed(box: tuple[int, int, int, int] | None, page: Page, width: float, height: float) -> tuple[float, ...]:
    """A word's box on the page as shown, in points from its upper left corner."""
    assert box is not None
    upright = upright_box(box, page.facts)
    assert upright is not None
    return tuple(value / FULL * size for value, size in zip(upright, (width, height) * 2, strict=True))


def around(boxes: list[tuple[float, ...]]) -> tuple[float, ...]:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def share(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Common area by area of both."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0.0, across) * max(0.0, down)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return common / (sum(areas) - common)


@pytest.mark.parametrize(("name", "number"), [("scanned", 1), ("scanned", 2), ("stacked", 1), ("side-by-side", 1)])
def test_words_lie_on_their_ink(exports: Exports, name: str, number: int) -> None:
    """Skewed, upside down, in columns: the words of a line by poppler's boxes, along the line, are the record's."""
    path, record = exports[name]
    page = pages_with_words(record)[number - 1]
    width, height = size_of(path, number)
    found = boxes_by_poppler(path, number)
    overlaps = []
    in_lines = [(word, line) for passage in page.passages for line in passage.lines for word in line.words]
    for word, line in in_lines:
        left, _, right, _ = placed(word.bbox, page, width, height)
        _, top, _, bottom = placed(line.bbox, page, width, height)
        common = [
            (min(right, box[2]) - max(left, box[0])) / max(right - left, box[2] - box[0])
            for _, box in found
            if top < (box[1] + box[3]) / 2 < bottom
        ]
        overlaps.append(max(common, default=0.0))
    assert mean(overlaps) > 0.8
    assert mean(overlap > 0.4 for overlap in overlaps) > 0.97


def test_pages_stand_upright_and_look_as_they_did(exports: Exports) -> None:
    path, record = exports["scanned"]
    assert [page.rotation for page in record.provenance.pages] == [0, 180]
    for number, quarters in ((1, 0), (2, 2)):
        before = painted(REPOSITORY / "samples" / "scanned.pdf", number)
        assert np.abs(np.rot90(before, quarters).astype(int) - painted(path, number)).mean() < 2


def test_text_that_was_born_digital_is_replaced_unseen(exports: Exports) -> None:
    """Its own Urdu comes out of readers in pieces."""
    path, record = exports["born-digital"]
    original = REPOSITORY / "samples" / "born-digital.pdf"
    assert errors(record, by_poppler(original)) > 0.1
    assert errors(record, by_pdfium(original)) > 0.2
    assert errors(record, by_poppler(path)) < 0.002
    for number in (1, 2):
        assert np.array_equal(painted(original, number), painted(path, number))


def test_edits_are_in_it(exports: Exports) -> None:
    path, record = exports["stacked"]
    assert record.review.edits
    text = plain(by_poppler(path))
    assert " has begun a " in text
    assert " has started " not in text


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pictures_are_what_they_were(exports: Exports) -> None:
    samples = REPOSITORY / "samples"
    (photograph,) = pictures(exports["side-by-side"][0])
    assert photograph == ("/DCTDecode", (samples / "side-by-side.jpg").read_bytes())
    assert pictures(exports["scanned"][0]) == pictures(samples / "scanned.pdf")


def pictures(path: Path) -> list[tuple[str, bytes]]:
    """How each picture is packed, and its data as it stands in the file."""
    found = []
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            for picture in dict(page.resources.XObject).values():
                filters = picture.Filter
                how = filters if isinstance(filters, pikepdf.Name) else filters[0]
                found.append((str(how), picture.read_raw_bytes()))
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_pdf_a_where_it_is_a_scan(exports: Exports, name: str) -> None:
    path, record = exports[name]
    with pikepdf.open(path) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == ("" if name == "born-digital" else "2B")
            assert metadata["dc:title"] == str(pdf.docinfo.Title)
            assert metadata["dc:description"] == str(pdf.docinfo.Subject)
            by_whom = "Reviewed by Amina" if name == "stacked" else "Read and repaired by machine, not reviewed"
            assert str(pdf.docinfo.Subject).startswith(by_whom)
            assert metadata["pdf:Producer"] == str(pdf.docinfo.Producer)
            assert record.release.date is not None
            assert metadata["dc:date"] == [record.release.date.value]
        assert str(pdf.Root.Lang) in ("en", "ur")
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        assert not pdf.is_encrypted
        assert "/ID" in pdf.trailer
        if name == "born-digital":
            assert "the page has fonts" in obstacles(pdf.pages[0], ours=FONT)
            return
        assert [why for page in pdf.pages for why in obstacles(page, ours=FONT)] == []
        (font,) = {page.resources.Font[FONT].objgen: page.resources.Font[FONT] for page in pdf.pages}.values()
        assert_sound(font)


def assert_sound(font: pikepdf.Object) -> None:
    """Embedded, and as wide as the PDF says."""
    from fontTools.ttLib import TTFont

    (descendant,) = font.DescendantFonts
    program = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
    widths = [program["hmtx"][name][0] for name in program.getGlyphOrder()]
    told = dict.fromkeys(range(1, len(widths)), int(descendant.DW))
    listed = list(descendant.get("/W", []))
    told |= {int(code): int(some[0]) for code, some in zip(listed[::2], listed[1::2], strict=True)}
    assert told == dict(enumerate(widths[1:], start=1))
    assert program["head"].unitsPerEm == 1000


def test_the_same_record_gives_the_same_bytes(exports: Exports, exported: Exporting) -> None:
    path, _ = exports["scanned"]
    again, _ = exported(path.parents[1] / "records", "pdf")
    assert again.read_bytes() == path.read_bytes()


MIXED = (
    "مورخہ: 28 مئی 2022 اسلام آباد",
    "حلقہ NA-75 سیالکوٹ 4 اور PP-38 میں ضمنی انتخاب، 10 فیصد سے زیادہ",
    "چیف الیکشن کمشنر (ریٹائرڈ) ECP نے کہا: ”ووٹ ۱۲ مئی کو ہے۔“",
    "رقم 1,250 اور 45.7 فیصد، شق 58/2017 کے تحت؛ نوٹس: 16",
)


@pytest.mark.parametrize("text", MIXED)
def test_numbers_names_and_signs_in_urdu(tmp_path: Path, exported: Exporting, firefox: PdfJs, text: str) -> None:
    english = printed(line_of("The Election Commission of Pakistan, 28th May, 2022:"), name="p1")
    urdu = printed(line_of(text, rtl=True, top=200), name="p2", language="urd")
    ink().save(tmp_path / "may.png")
    (path,) = exported(lay_out(tmp_path, paper(english, urdu), tmp_path / "may.png", media_type="image/png"), "pdf")
    expected = f"{english.text} {text}"
    assert plain(by_poppler(path)) == plain(by_poppler(path, "-layout")) == expected
    assert plain(firefox.text(path)) == expected


# ── scans of other kinds, made here ───────────────────────────────────────────────────────────────────────────────


def lay_out(folder: Path, record: Record, source: Path, **changes: object) -> Path:
    """A folder in ``folder``, where the source lies, with the record of it."""
    data = source.read_bytes()
    entry = record.source.model_copy(
        update={
            "file_name": source.name,
            "path": f"../{source.name}",
            "sha256": hashlib.sha256(data).hexdigest(),
            "byte_size": len(data),
            **changes,
        }
    )
    records = folder / "records"
    stem = source.stem if entry.release_count == 1 else f"{source.stem}.{entry.release_number}"
    write_record(record.model_copy(update={"source": entry}), records / f"{stem}.json")
    return records


def ink(mode: str = "L", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Paper with a dark bar where the first line stands: it shows which way up a page is."""
    image = Image.new("L", size, 250)
    image.paste(10, (100, 100, 500, 130))
    return image.convert(mode)


LINE = printed(line_of("The Commission met"))


@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_cameras_may_lie_on_their_side(tmp_path: Path, exported: Exporting, orientation: int) -> None:
    from PIL import ImageOps

    stored = {1: 0, 3: 180, 5: 0, 6: 90, 8: 270}[orientation]
    picture = ink("RGB").rotate(stored, expand=True)
    if orientation == 5:
        picture = picture.transpose(Image.Transpose.TRANSPOSE)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "may.jpg", exif=exif, quality=95)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / "may.jpg")).convert("L"))
    assert upright[115, 200] < 40
    (path,) = exported(lay_out(tmp_path, paper(LINE), tmp_path / "may.jpg", media_type="image/jpeg"), "pdf")
    assert plain(by_poppler(path)) == "The Commission met"
    assert size_of(path) == pytest.approx((WIDTH * 0.36, HEIGHT * 0.36), abs=0.01)
    shown = painted(path, scale=1 / 0.36)
    assert np.abs(shown[:HEIGHT, :WIDTH].astype(int) - upright).mean() < 2
    ((_, box), *_) = boxes_by_poppler(path, 1)
    assert box[0] == pytest.approx(100 * 0.36, abs=0.5)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_scans_are_turned_back(tmp_path: Path, exported: Exporting, rotation: int) -> None:
    line = line_of("کمیشن کا اجلاس", rtl=True)
    words = tuple(w.model_copy(update={"bbox": turned(w.bbox, rotation)}) for w in line.words if w.bbox)
    entry = line.model_copy(update={"words": words, "bbox": turned(line.bbox or (0, 0, 0, 0), rotation)})
    picture = ink().rotate(rotation, expand=True)
    picture.save(tmp_path / "may.png")
    facts = page_facts(rotation=rotation).model_copy(update={"width": picture.width, "height": picture.height})
    record = paper(printed(entry, language="urd"), pages=[facts])
    (path,) = exported(lay_out(tmp_path, record, tmp_path / "may.png", media_type="image/png"), "pdf")
    assert plain(by_poppler(path)) == plain(by_pdfium(path)) == "کمیشن کا اجلاس"
    assert painted(path, scale=1 / 0.36)[115, 200] < 40
    right = max(box[2] for _, box in boxes_by_poppler(path, 1))
    assert right == pytest.approx((WIDTH - 100) * 0.36, abs=0.5)


def test_transparent_pictures_stand_on_white_paper(tmp_path: Path, exported: Exporting) -> None:
    picture = ink("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    picture.save(tmp_path / "may.png")
    (path,) = exported(lay_out(tmp_path, paper(LINE), tmp_path / "may.png", media_type="image/png"), "pdf")
    assert painted(path).min() == 255
    with pikepdf.open(path).open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"


def test_faxes_have_fewer_pixels_down(tmp_path: Path, exported: Exporting) -> None:
    low = ink("1").resize((WIDTH, HEIGHT // 2))
    low.save(tmp_path / "may.tif", dpi=(200, 100), compression="group4")
    facts = page_facts().model_copy(update={"height": HEIGHT // 2})
    (path,) = exported(
        lay_out(tmp_path, paper(LINE, pages=[facts]), tmp_path / "may.tif", media_type="image/tiff"), "pdf"
    )
    assert size_of(path) == pytest.approx((WIDTH * 0.36, HEIGHT * 0.36), abs=0.01)
    ((how, _),) = pictures(path)
    assert how == "/CCITTFaxDecode"


@pytest.mark.parametrize("mode", ["L", "RGB", "YCbCr"])
def test_jpeg_in_tiff_is_not_decoded(tmp_path: Path, exported: Exporting, mode: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 70, 3)).astype(np.uint8)
    picture = Image.fromarray(noise).resize((WIDTH, HEIGHT)).convert(mode)
    picture.save(tmp_path / "may.tif", compression="jpeg", dpi=(200, 200))
    (path,) = exported(lay_out(tmp_path, paper(LINE), tmp_path / "may.tif", media_type="image/tiff"), "pdf")
    ((how, data),) = pictures(path)
    assert how == "/DCTDecode"
    with Image.open(tmp_path / "may.tif") as before, Image.open(io.BytesIO(data)) as after:
        assert np.array_equal(np.asarray(before.convert("RGB")), np.asarray(after.convert("RGB")))


# ── PDFs that say something already ───────────────────────────────────────────────────────────────────────────────


def scan_that_says(path: Path, text: str, *, hidden: bool, in_form: bool = False, instead: str = "") -> None:
    """A page with a picture, and ``text`` in Helvetica over it, which may be hidden; readers are told another one."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        picture = pdf.make_stream(
            ink().tobytes(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=WIDTH, Height=HEIGHT,
            ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        says = f"q BT {3 if hidden else 0} Tr /F 20 Tf 40 300 Td ({text}) Tj ET Q".encode()
        fonts = pikepdf.Dictionary(F=pdf.make_indirect(font))
        page = pdf.add_blank_page(page_size=(360, 504))
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture), Font=fonts)
        if in_form:
            form = pdf.make_stream(
                says, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=pikepdf.Array([0, 0, 360, 504]),
                Resources=pikepdf.Dictionary(Font=fonts),
            )  # fmt: skip
            page.resources.XObject.Fm = form
            says = b"/Fm Do"
        if instead:
            says = f"/Span <</ActualText ({instead})>> BDC ".encode() + says + b" EMC"
        page.contents_add(b"q 360 0 0 504 0 0 cm /Im Do Q " + says + b" q")
        pdf.save(path)


@pytest.mark.parametrize("in_form", [False, True])
@pytest.mark.parametrize("hidden", [False, True])
def test_bad_text_is_gone(tmp_path: Path, exported: Exporting, firefox: PdfJs, hidden: bool, in_form: bool) -> None:
    source = tmp_path / "may.pdf"
    scan_that_says(source, "Tlie Comrnission", hidden=hidden, in_form=in_form, instead="rnet")
    assert {plain(by_poppler(source)), plain(firefox.text(source))} == {"rnet", "Tlie Comrnission"}
    (path,) = exported(lay_out(tmp_path, paper(LINE), source), "pdf")
    for text in (by_poppler(path), by_pdfium(path), firefox.text(path)):
        assert plain(text) == "The Commission met"
    assert np.array_equal(painted(source, scale=2.0), painted(path, scale=2.0))
    with pikepdf.open(path).open_metadata() as metadata:
        assert bool(metadata.pdfa_status) == (hidden and not in_form)


def test_good_english_text_stays(tmp_path: Path, exported: Exporting) -> None:
    scan_that_says(tmp_path / "may.pdf", "The Commission met", hidden=False)
    facts = page_facts().model_copy(update={"origin": "text_layer"})
    for record, expected in (
        (paper(LINE, pages=[facts]), ["F"]),
        (paper(printed(line_of("The Commission met"), text="The Commission sat"), pages=[facts]), ["F", "Invisible"]),
    ):
        (path,) = exported(lay_out(tmp_path, record, tmp_path / "may.pdf"), "pdf")
        assert plain(by_poppler(path)) == record.paragraphs[0].text
        with pikepdf.open(path) as pdf:
            assert sorted(key.strip("/") for key in dict(pdf.pages[0].resources.Font)) == expected


def test_only_pages_of_the_release(tmp_path: Path, exported: Exporting) -> None:
    pages = [ink("1") for _ in range(4)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:], compression="group4", dpi=(200, 200))
    for place, numbers in ((1, (1, 2)), (2, (4,))):
        entries = [printed(line_of(f"Page {n}", page=n), name=f"p{n}") for n in numbers]
        record = paper(*entries, pages=[page_facts(n) for n in numbers], place=place, count=2)
        more = {"pages": numbers, "page_count": 4, "media_type": "image/tiff"}
        records = lay_out(tmp_path, record, tmp_path / "stack.tif", **more)
    files = exported(records, "pdf")
    assert [path.name for path in files] == ["stack.1.pdf", "stack.2.pdf"]
    assert [plain(by_poppler(path)) for path in files] == ["Page 1 Page 2", "Page 4"]


# ── what can't be had ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_had_is_told_and_the_rest_goes_on(tmp_path: Path, run_cli: RunCli) -> None:
    ink().save(tmp_path / "good.png")
    lay_out(tmp_path, paper(LINE), tmp_path / "good.png", media_type="image/png")
    for name in ("changed", "gone"):
        shutil.copy(tmp_path / "good.png", tmp_path / f"{name}.png")
        lay_out(tmp_path, paper(LINE), tmp_path / f"{name}.png", media_type="image/png")
    ink().rotate(180).save(tmp_path / "changed.png")
    (tmp_path / "gone.png").unlink()
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing\n%%EOF\n")
    lay_out(tmp_path, paper(LINE), tmp_path / "broken.pdf")
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="secret", owner="secret"))
    lay_out(tmp_path, paper(LINE), tmp_path / "locked.pdf")
    (tmp_path / "text.txt").write_text("The Commission met", encoding="utf-8")
    lay_out(tmp_path, paper(LINE), tmp_path / "text.txt", media_type="text/plain")
    result = run_cli("export", tmp_path / "records", "--to", "pdf", "-o", tmp_path / "out")
    assert result.returncode == 1, result.stderr
    assert result.stdout.split() == [str(tmp_path / "out" / "good.pdf")]
    told = dict(line.split(": ", 1) for line in result.stderr.splitlines())
    assert "wasn't found" in told[str(tmp_path / "records" / "gone.json")]
    assert "bytes have changed" in told[str(tmp_path / "records" / "changed.json")]
    assert "broken" in told["broken.pdf"]
    assert "wants a password: give it with --pdf-password" in told["locked.pdf"]
    assert "no pages to show" in told["text.txt"]


def test_a_password_opens_what_it_locks(tmp_path: Path, run_cli: RunCli) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="secret", owner="secret"))
    records = lay_out(tmp_path, paper(LINE), tmp_path / "locked.pdf")
    asked = ("export", records, "--to", "pdf", "-o", tmp_path / "out")
    result = run_cli(*asked, ECP_INGEST_PDF_PASSWORD="secret")
    assert result.returncode == 0, result.stderr
    assert plain(by_poppler(tmp_path / "out" / "locked.pdf")) == LINE.text
    result = run_cli(*asked, "--pdf-password", "guessed")
    assert result.returncode == 1
    assert "wants another password" in result.stderr
