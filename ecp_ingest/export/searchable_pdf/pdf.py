"""``<stem>.pdf``: the pages of a release as scanned, with its final text as an invisible layer to search and copy.

Pictures are kept as they are, pages shown upright. An English page whose own text layer was used and left as it was
keeps it; any other says what the record says, and its own text no longer. (Of pages with Urdu that were born digital,
readers get a fifth to a half of the characters wrong or out of order, although the record has them right.) How the
layer is laid, and what readers make of it, is told in `text_layer` and `visual_order`. A scan, and nothing else, comes
out as PDF/A-2b; so does a PDF that said so itself. (`archival` has the rules that are looked at.)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ecp_ingest._version import __version__
from ecp_ingest.edits.word_positions import Page, pages_with_words
from ecp_ingest.errors import PageError, SourceError, UnreadableSourceError
from ecp_ingest.export.items import ExportJob, Item
from ecp_ingest.export.markup.pages import language_tag, review_note
from ecp_ingest.export.markup.xml import allowed_in_xml
from ecp_ingest.export.searchable_pdf.archival import add_output_intent, obstacles
from ecp_ingest.export.searchable_pdf.earlier_text import remove_text
from ecp_ingest.export.searchable_pdf.invisible_font import InvisibleFont
from ecp_ingest.export.searchable_pdf.scan_pages import scan_as_pdf
from ecp_ingest.export.searchable_pdf.text_layer import FONT, text_layer
from ecp_ingest.files.atomic import written_whole
from ecp_ingest.language.scripts import has_arabic
from ecp_ingest.record.entries import PageEntry
from ecp_ingest.record.source_scans import Missing

_POINTS = 72.0
_USUAL_DPI = 150.0
"""Of a picture whose resolution nobody knows."""
_BROKEN = (
    pikepdf.PdfError,
    # What pikepdf lets through when objects are not of the type that they should be:
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)


def export(job: ExportJob, folder: Path) -> Iterator[Path]:
    # The releases of a stack follow each other: their scan is opened once.
    for _, items in groupby(job.items(), key=_source_of):
        yield from _of_one_source(list(items), job, folder)


def _source_of(item: Item) -> tuple[Path, str, str]:
    return item.path.parent, item.record.source.file_name, item.record.source.sha256


def _of_one_source(items: list[Item], job: ExportJob, folder: Path) -> Iterator[Path]:
    first = items[0]
    source = job.sources.find(first.record, first.path)
    if isinstance(source, Missing):
        for item in items:
            job.on_skipped(UnreadableSourceError(source.why, str(item.path)))
        return
    try:
        with scan_as_pdf(source, first.record.source.media_type, password=job.pdf_password) as scan:
            for item in items:
                try:
                    yield _write(item, scan, folder / f"{item.stem}.pdf")
                except (PageError, UnreadableSourceError) as error:
                    job.on_skipped(error)
    except SourceError as error:
        job.on_skipped(error)


def _write(item: Item, scan: pikepdf.Pdf, path: Path) -> Path:
    with pikepdf.new() as pdf:
        try:
            assemble(pdf, item, scan)
            with written_whole(path) as temporary:
                pdf.save(temporary, deterministic_id=True, min_version="1.7")
        except _BROKEN as error:
            why = f"its pages are broken ({error}); copy or scan it again"
            raise UnreadableSourceError(why, item.record.source.file_name) from error
    return path


def assemble(pdf: pikepdf.Pdf, item: Item, scan: pikepdf.Pdf) -> None:
    """Fill the empty ``pdf`` with the pages of the record. Raises PageError where the scan hasn't got them."""
    record = item.record
    if (last := max(record.source.pages, default=0)) > len(scan.pages):
        raise PageError("the source has no such page", record.source.file_name, last)
    pages = {page.facts.number: page for page in pages_with_words(record)}
    is_image = record.source.media_type != "application/pdf"
    font = InvisibleFont()
    layered = []
    for number in record.source.pages:
        pdf.pages.append(scan.pages[number - 1])
        target, page = pdf.pages[-1], pages.get(number)
        if is_image:
            _resize(target, page.facts if page else None)
        if page is None:  # it couldn't be read
            continue
        if not _says_it_itself(page):
            if not is_image:
                remove_text(pdf, target)
            _lay(target, page, font)
            layered.append(target)
        target.rotate(page.facts.rotation, relative=True)
    embedded = font.embedded(pdf)
    for target in layered:
        target.add_resource(embedded, Name.Font, Name(FONT))
    _describe(pdf, item, archival=_is_archival(pdf, scan))


def _says_it_itself(page: Page) -> bool:
    """Whether the page's own text layer gave the final text, word for word, and readers make of it what we did."""
    words = (word for passage in page.passages for line in passage.lines for word in line.words)
    return page.facts.origin == "text_layer" and not any(word.changed or has_arabic(word.text) for word in words)


def _resize(target: pikepdf.Page, facts: PageEntry | None) -> None:
    """To the size of the sheet, from a point for each pixel."""
    _, _, width, height = map(float, target.mediabox)
    shown = width if int(target.obj.get("/Rotate", 0)) % 180 == 0 else height
    pixels, dpi = (facts.width, facts.dpi) if facts else (None, None)
    scale = (pixels or shown) / shown * _POINTS / (dpi or _USUAL_DPI)
    target.contents_add(f"{scale:.6f} 0 0 {scale:.6f} 0 0 cm".encode("ascii"), prepend=True)
    target.mediabox = Array([0, 0, round(width * scale, 3), round(height * scale, 3)])


def _lay(target: pikepdf.Page, page: Page, font: InvisibleFont) -> None:
    """Put the page's final text over it."""
    turned = (int(target.obj.get("/Rotate", 0)) + page.facts.rotation) % 360
    left, bottom, right, top = map(float, target.cropbox)
    width, height = (right - left, top - bottom) if turned % 180 == 0 else (top - bottom, right - left)
    matrix = {
        0: f"1 0 0 1 {left} {bottom}",
        90: f"0 1 -1 0 {right} {bottom}",
        180: f"-1 0 0 -1 {right} {top}",
        270: f"0 -1 1 0 {left} {top}",
    }[turned]
    layer = text_layer(page, width=width, height=height, font=font)
    target.contents_add(b"q", prepend=True)
    target.contents_add(f"Q q {matrix} cm\n{layer}\nQ".encode("ascii"))


def _is_archival(pdf: pikepdf.Pdf, scan: pikepdf.Pdf) -> bool:
    with scan.open_metadata() as metadata:
        said_so = metadata.pdfa_status in ("2A", "2B", "2U")
    if said_so and "/OutputIntents" in scan.Root:
        intents = [pdf.copy_foreign(scan.make_indirect(intent)) for intent in scan.Root.OutputIntents]
        pdf.Root.OutputIntents = Array(intents)
        return True
    add_output_intent(pdf)
    return not any(True for page in pdf.pages for _ in obstacles(page, ours=FONT))


def _describe(pdf: pikepdf.Pdf, item: Item, *, archival: bool) -> None:
    record, release = item.record, item.record.release
    named = [entry.text for entry in (release.title or release.kind, release.date) if entry]
    languages = [language_tag(language) for language in record.languages]
    if languages:
        pdf.Root.Lang = pikepdf.String(languages[0])
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"] = allowed_in_xml(", ".join(named) or record.source.file_name)
        metadata["dc:description"] = allowed_in_xml(review_note(item))
        if release.issuer:
            metadata["dc:creator"] = [allowed_in_xml(release.issuer.value)]
        if release.date:
            metadata["dc:date"] = [release.date.value]
        if languages:
            metadata["dc:language"] = set(languages)
        metadata["dc:identifier"] = record.id
        metadata["xmp:CreatorTool"] = f"ecp-ingest {__version__}"
        metadata["pdf:Producer"] = f"ecp-ingest {__version__}"
        if archival:
            metadata["pdfaid:part"] = "2"
            metadata["pdfaid:conformance"] = "B"
