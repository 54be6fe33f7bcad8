"""The font of the invisible text layer, made for each document: one glyph for each character that occurs in it.

All glyphs are the same box, half an em wide and one em high, from ``DESCENT`` to ``ASCENT``: the layer is never
painted, and readers take the place and size of a character from the box (pdfium leaves out a text object whose glyphs
are empty). Only marks on letters have no width: pdf.js moves on by none for them, whatever the font says. What a glyph
says stands in ``/ToUnicode``. PDF/A wants the program embedded and its widths told truly, even of a font that nobody
sees.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pikepdf import Array, Dictionary, Name

WIDTH, ASCENT, DESCENT = 500, 800, -200
"""In thousandths of an em."""
_EM = 1000
_MOST_IN_A_BLOCK = 100
_NAME = Name("/ECPING+Invisible")
_BITS_SYMBOLIC = 4
_MAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_MAP_FOOT = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


@dataclass(slots=True)
class InvisibleFont:
    """Gives each character (or string of one glyph) a code at its first use; call `embedded` after all text."""

    _codes: dict[str, int] = field(default_factory=dict)

    def encoded(self, said: Iterable[str]) -> str:
        """The operand of ``Tj``, a hexadecimal string: a glyph for each item, so for each character of a string."""
        codes = (self._codes.setdefault(one, len(self._codes) + 1) for one in said)
        return f"<{''.join(f'{code:04X}' for code in codes)}>"

    def embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font as an object of ``pdf``."""
        widths = [0 if is_mark(said) else WIDTH for said in self._codes]
        program = _program(widths)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=_NAME,
            Flags=_BITS_SYMBOLIC,
            FontBBox=Array([0, DESCENT, WIDTH, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=pdf.make_stream(program, Length1=len(program)),
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=_NAME,
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=WIDTH,
            W=Array([item for code, width in enumerate(widths, start=1) if not width for item in (code, Array([0]))]),
            CIDToGIDMap=Name.Identity,
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=_NAME,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream("".join(_to_unicode(self._codes)).encode("ascii")),
            )
        )


def is_mark(said: str) -> bool:
    """Whether it is a mark on a letter, such as a vowel sign."""
    return unicodedata.category(said[0]) == "Mn"


def _program(widths: Sequence[int]) -> bytes:
    """A TrueType font with ``.notdef`` and a box for each of ``widths``."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    for corner in ((0, ASCENT), (WIDTH, ASCENT), (WIDTH, DESCENT)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    names = [".notdef", *(f"g{number}" for number in range(1, len(widths) + 1))]
    builder = FontBuilder(_EM, isTTF=True)
    # FontBuilder dates a font by the clock; the same records must give the same bytes.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in zip(names, [WIDTH, *widths], strict=True)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": "Invisible", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=False)
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


def _to_unicode(codes: dict[str, int]) -> Iterator[str]:
    yield _MAP_HEAD
    pairs = list(codes.items())
    for start in range(0, len(pairs), _MOST_IN_A_BLOCK):
        block = pairs[start : start + _MOST_IN_A_BLOCK]
        yield f"{len(block)} beginbfchar\n"
        for text, code in block:
            yield f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>\n"
        yield "endbfchar\n"
    yield _MAP_FOOT
