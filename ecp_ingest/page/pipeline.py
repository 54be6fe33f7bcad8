"""The story of a page: load → clean → lay out → choose scripts → recognise → calibrate confidences.

It runs in a worker; ``release.assembly`` makes the pages of a source into its records. Stages don't import each other:
this module hands the result of one to the next.
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
from ecp_ingest.language.languages import OF_SCRIPT
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.imaging.thumbnails import thumbnail
from ecp_ingest.page.layout import lay_out
from ecp_ingest.page.recognition.confidence import calibrated, packaged
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.recognition.read_lines import RegionReading, recognise_regions
from ecp_ingest.page.recognition.script import choose_scripts
from ecp_ingest.page.sources import load_page
from ecp_ingest.settings import Settings

NO_MEMORY = "needs more memory than a worker may have: scan it at a lower resolution, or raise --max-memory"


class Stopwatch:
    """The stage that the page is in, and the seconds that each stage took."""

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
    """Read page ``number`` (1-based) of ``scan``. An error of the page becomes a FailedPage.

    Raises:
        MissingDependencyError: Tesseract or a model isn't installed, so no page can be read.
    """
    watch = Stopwatch()
    try:
        with watch.during("scan"):
            page = load_page(scan, number, settings=settings.scan)
        if isinstance(page, TextPage):
            return read_text_page(page, watch)
        return read_picture_page(page, settings, engine, watch, keep_thumbnail=scan.page_count > 1)
    except MissingDependencyError:
        raise
    except (EcpIngestError, MemoryError) as error:
        message = error.message if isinstance(error, EcpIngestError) else NO_MEMORY
        return FailedPage(number=number, stage=watch.stage, message=message)


def read_text_page(page: TextPage, watch: Stopwatch) -> ReadPage:
    """A page that has its text: only the script of each line is found, by its letters."""
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
        language=OF_SCRIPT[verdict.script].code,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
    )


def read_picture_page(
    page: PicturePage, settings: Settings, engine: Engine, watch: Stopwatch, *, keep_thumbnail: bool
) -> ReadPage:
    """A page that is recognised. ``keep_thumbnail``: other pages of the source will be compared with it."""
    with watch.during("cleanup"):
        image = clean(page, settings=settings.cleanup)
    with watch.during("layout"):
        layout = lay_out(image)
    with watch.during("script"):
        languages = settings.recognise.languages
        choices = [choose_scripts(region, languages=languages) for region in layout.regions]
    with watch.during("recognise"):
        deadline = watch.began + settings.limits.page_seconds
        readings = recognise_regions(
            layout.regions, choices, settings=settings.recognise, engine=engine, deadline=deadline
        )
    with watch.during("confidence"):
        regions = tuple(
            with_probabilities(region_in_scan(reading, image), dpi=image.dpi) for reading in readings if reading.lines
        )
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
        pictures=tuple(image.box_in_scan(box) for box in layout.pictures),
        upright_pictures=layout.pictures,
        thumbnail=thumbnail(page.pixels, dpi=image.dpi) if keep_thumbnail else None,
    )


def region_in_scan(reading: RegionReading, image: PageImage) -> ReadRegion:
    """The region with all boxes in the scan; lines without words are left out."""
    with_words = [i for i, line in enumerate(reading.lines) if line.read.words]
    kept = [reading.lines[i] for i in with_words]
    row = reading.region.row
    lines = tuple(
        ReadLine(
            words=(words := tuple(word_in_scan(word, image) for word in line.read.words)),
            # Around the words, which are tight around their ink: the line's image has a margin of paper.
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
        row=replace(row, cells=tuple(row.cells[i] for i in with_words)) if row else None,
        path=reading.region.path,
    )


def word_in_scan(word: Word, image: PageImage) -> Word:
    return Word(word.text, image.box_in_scan(word.bbox) if word.bbox else None, word.confidence)


def with_probabilities(region: ReadRegion, *, dpi: float) -> ReadRegion:
    """The region with the probability that each word is right instead of the engine's confidence.

    ``dpi`` is the scan's.
    """
    calibration = packaged()
    return replace(region, lines=tuple(calibrated(line, dpi=dpi, calibration=calibration) for line in region.lines))
