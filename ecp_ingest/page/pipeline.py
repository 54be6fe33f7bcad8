"""The whole story of a page, in a worker; ``assembly`` makes a source's pages into its records.

    source → page → clean → lay out → choose the script → recognise → judge how sure each word is

Stages don't know each other; what one needs of another is handed over here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ecp_ingest.document.geometry import around
from ecp_ingest.document.pages import FailedPage, PageFacts, PageImage, PicturePage, ReadPage, Scan, TextPage
from ecp_ingest.document.text import ReadLine, ReadRegion, ScriptChoice, TextLine, Word
from ecp_ingest.errors import EcpIngestError, MissingDependencyError
from ecp_ingest.language import identification
from ecp_ingest.page.cleanup import clean as cleaning
from ecp_ingest.page.imaging.thumbnails import thumbnail
from ecp_ingest.page.layout import page_layout
from ecp_ingest.page.recognition import confidence, script
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.recognition.read_lines import RegionReading, recognise_regions
from ecp_ingest.page.sources import open_source as scans
from ecp_ingest.settings import Settings

NO_MEMORY = "needs more memory than a worker may have: scan it at a lower resolution, or raise --max-memory"


class Stopwatch:
    """Which stage the page is in, and how many seconds each took."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.stage = "scan"
        self.seconds: dict[str, float] = {}

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        self.stage = stage
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - began, 4)


def ingest_page(scan: Scan, number: int, *, settings: Settings, engine: Engine) -> ReadPage | FailedPage:
    """Read page ``number`` (1-based). What goes wrong with the page is told in a FailedPage."""
    watch = Stopwatch()
    try:
        with watch.during("scan"):
            page = scans.load_page(scan, number, settings=settings.scan)
        if isinstance(page, TextPage):
            return read_text_page(page, watch)
        return read_picture_page(page, settings, engine, watch, alone=scan.page_count == 1)
    except MissingDependencyError:
        raise
    except (EcpIngestError, MemoryError) as error:
        message = error.message if isinstance(error, EcpIngestError) else NO_MEMORY
        return FailedPage(number=number, stage=watch.stage, message=message)


def read_text_page(page: TextPage, watch: Stopwatch) -> ReadPage:
    """The text is there: only its scripts are told apart, by its letters."""
    regions = tuple(text_region(block) for block in page.blocks)
    facts = PageFacts(
        number=page.number,
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        origin="earlier_ocr" if page.width is None else "text_layer",
        why=page.why,
        blank=not regions,
        seconds=watch.seconds,
    )
    return ReadPage(facts=facts, regions=regions, pictures=(), upright_pictures=())


def text_region(block: tuple[TextLine, ...]) -> ReadRegion:
    lines = tuple(ReadLine(words=line.words, bbox=line.bbox, choice=choice_from_letters(line.text)) for line in block)
    boxes = [line.bbox for line in lines if line.bbox is not None]
    bbox = around(boxes) if boxes else None
    return ReadRegion(bbox=bbox, upright=bbox, lines=lines, upright_lines=tuple(line.bbox for line in lines))


def choice_from_letters(text: str) -> ScriptChoice:
    verdict = identification.identify(text, "Latn")
    return ScriptChoice(
        script=verdict.script,
        language="urd" if verdict.script == "Arab" else "eng",
        confidence=verdict.confidence,
        evidence=verdict.evidence,
    )


def read_picture_page(
    page: PicturePage, settings: Settings, engine: Engine, watch: Stopwatch, *, alone: bool
) -> ReadPage:
    """``alone``: its source has no other page to hold it against."""
    with watch.during("cleanup"):
        image = cleaning.clean(page, settings=settings.cleanup)
    with watch.during("layout"):
        found = page_layout.lay_out(image)
    with watch.during("script"):
        languages = settings.recognise.languages
        choices = [script.choose_scripts(region, languages=languages) for region in found.regions]
    with watch.during("recognise"):
        deadline = watch.began + settings.limits.page_seconds
        readings = recognise_regions(
            found.regions, choices, settings=settings.recognise, engine=engine, deadline=deadline
        )
    with watch.during("confidence"):
        regions = tuple(judged(region_in_scan(reading, image), dpi=image.dpi) for reading in readings if reading.lines)
    facts = PageFacts(
        number=page.number,
        width=image.scan_width,
        height=image.scan_height,
        dpi=image.dpi,
        origin="ocr",
        why=page.why,
        rotation=image.rotation,
        skew=image.skew,
        dpi_source=image.dpi_source,
        blank=image.is_blank,
        seconds=watch.seconds,
    )
    return ReadPage(
        facts=facts,
        regions=regions,
        pictures=tuple(image.box_in_scan(box) for box in found.pictures),
        upright_pictures=found.pictures,
        thumbnail=None if alone else thumbnail(page.pixels, dpi=image.dpi),
    )


def region_in_scan(reading: RegionReading, image: PageImage) -> ReadRegion:
    """Every box led back to the page as scanned; lines in which nothing was read are left out."""
    places = [i for i, line in enumerate(reading.lines) if line.read.words]
    kept = [reading.lines[i] for i in places]
    row = reading.region.row
    lines = tuple(
        ReadLine(
            words=(words := tuple(word_in_scan(word, image) for word in line.read.words)),
            # The line's picture has a margin of paper; the words keep close to their ink.
            bbox=around([word.bbox for word in words if word.bbox is not None]),
            choice=line.choice,
        )
        for line in kept
    )
    return ReadRegion(
        bbox=around([line.bbox for line in lines if line.bbox is not None])
        if lines
        else image.box_in_scan(reading.region.bbox),
        upright=reading.region.bbox,
        lines=lines,
        upright_lines=tuple(line.line.bbox for line in kept),
        row=replace(row, cells=tuple(row.cells[i] for i in places)) if row else None,
        path=reading.region.path,
    )


def word_in_scan(word: Word, image: PageImage) -> Word:
    return Word(word.text, image.box_in_scan(word.bbox) if word.bbox else None, word.confidence)


def judged(region: ReadRegion, *, dpi: float) -> ReadRegion:
    """With the probability that each word is right, in place of what the engine said; ``dpi`` is the scan's."""
    known = confidence.packaged()
    return replace(
        region, lines=tuple(confidence.calibrated(line, dpi=dpi, calibration=known) for line in region.lines)
    )
