"""Removes the text layer of a PDF page that isn't trusted; the page looks as before.

Hidden text (rendering modes 3 and 7: the text of an earlier OCR run) is removed. Painted text has to stay visible; its
fonts are replaced by copies that map every character to a space. Other pages keep their fonts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, Operator

_SHOWING = {"Tj", "TJ", "'", '"'}
_HIDDEN = {3, 7}
_DEEPEST = 8
"""Levels of forms within forms: only a hostile file has more."""
_BLANKS = " ".join(["<0020>"] * 256)


def remove_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Remove the text of ``page``; its resources become a copy of its own.

    Raises:
        pikepdf.PdfError: the page is broken.
    """
    page.contents_coalesce()
    resources = Dictionary(dict(page.resources))
    page.obj.Resources = resources
    written, paints = _without_hidden(page)
    page.obj.Contents = pdf.make_stream(written)
    for form in _forms(resources):
        written, form_paints = _without_hidden(form)
        form.write(written)
        paints |= form_paints
    if paints:
        _blank(pdf, resources, {length: pdf.make_stream(_only_blanks(length)) for length in (1, 2)})
    elif "/Font" in resources:
        del resources.Font


def _forms(resources: pikepdf.Object, *, depth: int = 1) -> Iterator[pikepdf.Object]:
    """The forms that are painted, and those that they paint."""
    for form in _own_forms(resources):
        yield form
        if depth < _DEEPEST:
            yield from _forms(form.get("/Resources", Dictionary()), depth=depth + 1)


def _own_forms(resources: pikepdf.Object) -> list[pikepdf.Object]:
    painted = dict(resources.get("/XObject", Dictionary())).values()
    return [form for form in painted if form.get("/Subtype") == Name.Form]


def _without_hidden(holder: pikepdf.Page | pikepdf.Object) -> tuple[bytes, bool]:
    """The content without hidden text, every saved state restored; and whether it still paints text."""
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    modes = [0]
    paints = False
    for instruction in pikepdf.parse_content_stream(holder):
        if not isinstance(instruction, pikepdf.ContentStreamInstruction):
            kept.append(instruction)  # a picture in the content itself
            continue
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "q":
            modes.append(modes[-1])
        elif operator == "Q" and len(modes) > 1:
            modes.pop()
        elif operator == "Tr" and operands:
            modes[-1] = int(operands[0])
        elif operator == "BDC" and operands[0] != Name.OC:  # what it tells of the content may be another text
            kept.append(pikepdf.ContentStreamInstruction([operands[0]], Operator("BMC")))
            continue
        elif operator in _SHOWING:
            if modes[-1] in _HIDDEN:
                continue
            paints = True
        kept.append(instruction)
    kept += [pikepdf.ContentStreamInstruction([], Operator("Q")) for _ in modes[1:]]
    return pikepdf.unparse_content_stream(kept), paints


def _blank(pdf: pikepdf.Pdf, resources: pikepdf.Object, blanks: dict[int, pikepdf.Object], *, depth: int = 1) -> None:
    """Replace every font by a copy that maps all characters to a space."""
    fonts = Dictionary()
    for key, font in dict(resources.get("/Font", Dictionary())).items():
        copy = Dictionary(dict(font))
        copy.ToUnicode = blanks[2 if font.get("/Subtype") == Name.Type0 else 1]
        fonts[key] = pdf.make_indirect(copy)
    resources.Font = fonts
    for form in _own_forms(resources):
        if "/Resources" in form and depth < _DEEPEST:
            form.Resources = Dictionary(dict(form.Resources))
            _blank(pdf, form.Resources, blanks, depth=depth + 1)


def _only_blanks(length: int) -> bytes:
    """A map to Unicode for codes of one or two bytes."""
    firsts = [""] if length == 1 else [f"{first:02X}" for first in range(256)]
    ranges = [f"<{first}00> <{first}FF> [{_BLANKS}]" for first in firsts]
    blocks = [ranges[start : start + 100] for start in range(0, len(ranges), 100)]
    body = "\n".join(f"{len(block)} beginbfrange\n{chr(10).join(block)}\nendbfrange" for block in blocks)
    low, high = "00" * length, "FF" * length
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Blank def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<{low}> <{high}>\nendcodespacerange\n{body}\nendcmap\nend\nend\n"
    ).encode("ascii")
