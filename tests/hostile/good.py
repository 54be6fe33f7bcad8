"""Small good files of every kind: two lines of a release, cut from a sample."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import pikepdf
from PIL import Image

from tests.support.paths import SAMPLES

WORDS = "Press Release\n\nIslamabad, 28th May, 2022:\n\nThe Election Commission of Pakistan met today.\n"


@cache
def strip() -> Image.Image:
    """The head of a release, grey, about 950 × 170 pixels at 200 dpi."""
    with Image.open(SAMPLES / "stacked.png") as page:
        head = page.convert("L").crop((550, 170, 1980, 430))
    return head.resize((head.width * 2 // 3, head.height * 2 // 3))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def text_pdf(content: bytes, *, size: tuple[int, int] = (420, 200)) -> pikepdf.Pdf:
    """A page of Helvetica with ``content`` as its content stream."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=size)
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    pdf.pages[0].Contents = pdf.make_stream(content)
    return pdf


def shown(*lines: str) -> bytes:
    """A content stream that paints ``lines``."""
    told = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    return f"BT /F1 12 Tf 30 150 Td {told}ET".encode()


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    stream = BytesIO()
    pdf.save(stream, static_id=True, **options)
    return stream.getvalue()


@cache
def good_files() -> dict[str, bytes]:
    image = strip()
    dpi = (200, 200)
    two = {"save_all": True, "append_images": [image.convert("1")], "dpi": dpi}
    lines = [line for line in WORDS.splitlines() if line]
    return {
        "scan.pdf": encoded(image, "PDF", resolution=200),
        "fax.tif": encoded(image.convert("1"), "TIFF", compression="group4", dpi=dpi),
        "photo.jpg": encoded(image.convert("RGB"), "JPEG", dpi=dpi),
        "scan.png": encoded(image, "PNG", dpi=dpi),
        "run.txt": WORDS.encode(),
        "text.pdf": saved(text_pdf(shown(*lines))),
        "pages.tif": encoded(image, "TIFF", compression="tiff_lzw", **two),
        "progressive.jpg": encoded(image, "JPEG", progressive=True, dpi=dpi),
        "palette.png": encoded(image.convert("P"), "PNG", dpi=dpi),
        "two.txt": f"{WORDS}\f{WORDS}".encode("utf-16"),
        "packed.pdf": saved(text_pdf(shown(*lines)), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "deflate.tif": encoded(image, "TIFF", compression="tiff_adobe_deflate", dpi=dpi),
        "archive.jp2": encoded(image.convert("RGB"), "JPEG2000", quality_layers=[40], quality_mode="rates"),
    }
