"""Traps that are PDFs: cycles, bombs, absurd sizes, and what would like to run, read or write something."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from tests.hostile.good import WORDS, saved, shown, text_pdf
from tests.hostile.images import bomb

LINES = [line for line in WORDS.splitlines() if line]


def plain() -> Pdf:
    return text_pdf(shown(*LINES))


def with_picture(stream: bytes, **keys: object) -> Pdf:
    """A page that shows one picture, whose dictionary has ``keys``."""
    pdf = text_pdf(b"q 400 0 0 180 10 10 cm /Im Do Q")
    told = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 100, "Height": 100, "BitsPerComponent": 8}
    told |= {"ColorSpace": Name.DeviceGray, **keys}
    picture = pikepdf.Stream(pdf, stream)
    for key, value in told.items():
        picture[f"/{key}"] = value
    pdf.pages[0].Resources["/XObject"] = Dictionary(Im=pdf.make_indirect(picture))
    return pdf


def child_of_itself(dice: random.Random) -> bytes:
    pdf = plain()
    pages = pdf.Root.Pages
    pages.Kids.append(dice.choice([pages, pdf.Root]))
    pages.Count = dice.choice([2, 10**9, -1])
    return saved(pdf)


def form_in_itself(_: random.Random) -> bytes:
    pdf = text_pdf(b"/Fm Do " + shown(*LINES))
    form = pdf.make_indirect(pikepdf.Stream(pdf, b"/Fm Do /Fm Do"))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    form.Resources = Dictionary(XObject=Dictionary(Fm=form))
    pdf.pages[0].Resources["/XObject"] = Dictionary(Fm=form)
    return saved(pdf)


def laughs(dice: random.Random) -> bytes:
    """Each form shows the next one ten times."""
    pdf = text_pdf(b"/Fm Do")
    inner = pdf.make_indirect(pikepdf.Stream(pdf, shown(*LINES)))
    inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
    for _ in range(dice.choice([3, 8])):
        form = pdf.make_indirect(pikepdf.Stream(pdf, b"/Fm Do " * 10))
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 100])
        form.Resources = Dictionary(XObject=Dictionary(Fm=inner))
        inner = form
    pdf.pages[0].Resources["/XObject"] = Dictionary(Fm=inner)
    return saved(pdf)


def stream_bomb(dice: random.Random) -> bytes:
    """Content that unpacks to gigabytes; packed twice it is but kilobytes on the disk."""
    pdf = plain()
    content = pikepdf.Stream(pdf, zlib.compress(bomb(dice.choice([1 << 24, 1 << 32])), 9))
    content.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    pdf.pages[0].Contents = Array([pdf.pages[0].Contents, pdf.make_indirect(content)])
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def absurd_page(dice: random.Random) -> bytes:
    pdf = plain()
    pdf.pages[0].MediaBox = Array(
        dice.choice([[0, 0, 1e7, 1e7], [0, 0, 0, 0], [5, 5, -5, -5], [0, 0, 14_400, 14_400], [0, 0, 1e-5, 500], [1, 2]])
    )
    if dice.random() < 0.3:
        pdf.pages[0].UserUnit = 1e6
    return saved(pdf)


def absurd_picture(dice: random.Random) -> bytes:
    wide, high = dice.choice([(10**6, 10**6), (2**31 - 1, 2**31 - 1), (0, 0), (-5, 7), (15_000, 15_000)])
    return saved(with_picture(b"\x80" * 1000, Width=wide, Height=high))


def odd_filter(dice: random.Random) -> bytes:
    name = dice.choice(["JBIG2Decode", "JPXDecode", "DCTDecode", "CCITTFaxDecode", "LZWDecode", "RunLengthDecode", "X"])
    pdf = with_picture(dice.randbytes(2000), Filter=Name(f"/{name}"))
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def deep_nesting(dice: random.Random) -> bytes:
    depth = dice.choice([400, 60_000])
    body = b"[" * depth + b"]" * depth
    return saved(plain()).replace(b"/Type /Catalog", b"/Type /Catalog /Deep " + body, 1)


def many_operators(dice: random.Random) -> bytes:
    return saved(text_pdf(b"q " * dice.choice([1000, 400_000]) + shown(*LINES)))


def many_glyphs(dice: random.Random) -> bytes:
    return saved(text_pdf(shown(*LINES * dice.choice([100, 5000]))))


def many_paths(dice: random.Random) -> bytes:
    lines = b"".join(b"%d %d m %d %d l S\n" % tuple(dice.randrange(400) for _ in range(4)) for _ in range(20_000))
    return saved(text_pdf(lines + shown(*LINES)))


def wants_password(_: random.Random) -> bytes:
    return saved(plain(), encryption=pikepdf.Encryption(user="secret", owner="owner", R=6))


def acts(*, url: str, program: str, told: str) -> bytes:
    """Scripts that call ``url``, and launches of ``program`` with ``told``: on opening, and on the page."""
    pdf = plain()
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.launchURL('{url}'); this.exportDataObject()"))
    launch = Dictionary(S=Name.Launch, F=String(program), P=String(told))
    fetch = Dictionary(S=Name.SubmitForm, F=String(url))
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=script.JS, Next=Array([launch, fetch]))
    pdf.Root.AA = Dictionary(WC=script)
    pdf.pages[0].AA = Dictionary(O=launch)
    return saved(pdf)


def reads_files(target: str) -> bytes:
    """Wants ``target`` as its content, as its picture, as a form of data and as an import of pages."""
    pdf = with_picture(b"", F=String(target), FFilter=Array([]))
    outside = pikepdf.Stream(pdf, b"")
    outside.F = Dictionary(Type=Name.Filespec, F=String(target), UF=String(target))
    pdf.pages[0].Contents = Array([pdf.pages[0].Contents, pdf.make_indirect(outside)])
    xml = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{target}">]><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">&e;</xdp:xdp>'
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(xml.encode()), Fields=Array([]))
    reference = Dictionary(F=String(target), Page=0)
    form = pikepdf.Stream(pdf, b"")
    form.Type, form.Subtype, form.BBox, form.Ref = Name.XObject, Name.Form, Array([0, 0, 400, 180]), reference
    pdf.pages[0].Resources.XObject["/Fm"] = pdf.make_indirect(form)
    pdf.attachments["../../outside.txt"] = b"embedded"
    return saved(pdf)


TRAPS: dict[str, Callable[[random.Random], bytes]] = {
    "child-of-itself.pdf": child_of_itself,
    "form-in-itself.pdf": form_in_itself,
    "laughs.pdf": laughs,
    "stream-bomb.pdf": stream_bomb,
    "absurd-page.pdf": absurd_page,
    "absurd-picture.pdf": absurd_picture,
    "odd-filter.pdf": odd_filter,
    "deep-nesting.pdf": deep_nesting,
    "many-operators.pdf": many_operators,
    "many-glyphs.pdf": many_glyphs,
    "many-paths.pdf": many_paths,
    "wants-password.pdf": wants_password,
    "acts.pdf": lambda _: acts(url="http://127.0.0.1:9/", program="/bin/true", told="x"),
    "reads-files.pdf": lambda _: reads_files(str(Path(__file__).resolve())),
}
