"""PDF/A-2b (ISO 19005-2): what a file needs for it, and what on a page prevents it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import ImageCms

_FILTERS = {
    "/FlateDecode", "/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", "/RunLengthDecode",
    "/ASCII85Decode", "/ASCIIHexDecode",
}  # fmt: skip
_DEVICE_SPACES = {"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/Lab", "/ICCBased"}
"""Colours that the output intent, or their own profile, says how to show."""
_DATED = slice(24, 36)
"""Bytes of a profile's header that hold its time of creation."""
_FIRST_OF_2000 = bytes.fromhex("07D0 0001 0001 0000 0000 0000")


def add_output_intent(pdf: pikepdf.Pdf) -> None:
    """Say that device colours are sRGB."""
    profile = pdf.make_stream(srgb_profile(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


@cache
def srgb_profile() -> bytes:
    """The same bytes whenever it is made."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_DATED] = _FIRST_OF_2000
    return bytes(made)


def obstacles(page: pikepdf.Page, *, ours: str) -> Iterator[str]:
    """The reasons why a page can't be part of a PDF/A-2b file, as far as they apply to scans.

    Any font other than ``ours`` is one: its program and widths aren't checked. So a scanned page passes, and a
    born-digital page doesn't.
    """
    for key in ("/Annots", "/AA", "/Group", "/PresSteps", "/Trans"):
        if key in page.obj:
            yield f"the page has {key}"
    resources = page.resources
    for key in ("/Pattern", "/Shading", "/ExtGState", "/Properties"):
        if len(resources.get(key, Dictionary())):
            yield f"the page uses {key}"
    if set(dict(resources.get("/Font", Dictionary()))) - {ours}:
        yield "the page has fonts"
    for picture in dict(resources.get("/XObject", Dictionary())).values():
        yield from _in_picture(picture)


def _in_picture(picture: pikepdf.Object) -> Iterator[str]:
    if picture.get("/Subtype") != Name.Image:
        yield "the page has forms"
        return
    for key in ("/Alternates", "/OPI", "/SMask"):
        if key in picture:
            yield f"a picture has {key}"
    if picture.get("/Interpolate", False):
        yield "a picture is interpolated"
    filters = picture.get("/Filter", Array())
    names = [str(name) for name in filters] if isinstance(filters, Array) else [str(filters)]
    if not set(names) <= _FILTERS:
        yield f"a picture is packed with {', '.join(names)}"
    if not picture.get("/ImageMask", False) and "/JPXDecode" not in names:
        space = picture.get("/ColorSpace", Name.DeviceCMYK)
        if _name_of(space) == "/Indexed":
            space = space[1]
        if _name_of(space) not in _DEVICE_SPACES:
            yield f"a picture has colours in {_name_of(space)}"


def _name_of(space: pikepdf.Object) -> str:
    return str(space[0]) if isinstance(space, Array) else str(space)
