"""Assembles the records of one source from its read pages.

pages → repeats → releases → paragraphs → repairs → fields and checks → records
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ecp_ingest._version import __version__
from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.document.text import FinalParagraphs, Paragraph, Word
from ecp_ingest.entities.gazetteer import extended_by
from ecp_ingest.files.digests import file_digest_or_unread
from ecp_ingest.files.names import in_unicode
from ecp_ingest.language import identification
from ecp_ingest.page.recognition.confidence import packaged
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.entries import (
    CheckEntry,
    ErrorEntry,
    LineEntry,
    ModelEntry,
    PageEntry,
    ParagraphEntry,
    ProvenanceEntry,
    ReleaseEntry,
    RepairEntry,
    ReviewEntry,
    ReviewReason,
    SourceEntry,
    SuggestionEntry,
    WordEntry,
    failed_checks,
)
from ecp_ingest.record.schema import Record, record_id
from ecp_ingest.release.bilingual.agreement import checks
from ecp_ingest.release.bilingual.alignment import Parallel, align, parallels
from ecp_ingest.release.collation.duplicates import repeated_lines
from ecp_ingest.release.collation.release_boundaries import NO_PAGES, ReleasePages, split_into_releases
from ecp_ingest.release.collation.repeats import Repeat
from ecp_ingest.release.fields.extract import extract
from ecp_ingest.release.paragraphs.compose import compose
from ecp_ingest.release.repair.changes import Repaired
from ecp_ingest.release.repair.repair_text import repair_paragraphs
from ecp_ingest.settings import Settings

LOW_CONFIDENCE = 0.8
"""Confidence of a paragraph below which a person should look at it: more than a fifth of its words are likely wrong. On
aged sheets that is one paragraph in 25, and two thirds of these have errors."""


def assemble(
    scan: Scan, pages: Sequence[ReadPage | FailedPage], *, settings: Settings, engine: Engine
) -> tuple[Record, ...]:
    """One record for each release in ``pages`` (in order); at least one, even if no page could be read."""
    with extended_by(settings.release.gazetteer):
        return _assembled(scan, pages, settings=settings, engine=engine)


def _assembled(
    scan: Scan, pages: Sequence[ReadPage | FailedPage], *, settings: Settings, engine: Engine
) -> tuple[Record, ...]:
    failed = tuple(page for page in pages if isinstance(page, FailedPage))
    read = [page for page in pages if isinstance(page, ReadPage)]
    repeats = repeated_lines(read, settings=settings.repair)
    repeated = {repeat.lines[0][0] for repeat in repeats if repeat.kind == "duplicate_page" and repeat.certain}
    releases = split_into_releases(read, repeated=repeated, split=settings.release.split) or (NO_PAGES,)
    starts = [release.pages[0].facts.number if release.pages else 0 for release in releases]
    records = []
    for place, release in enumerate(releases, start=1):
        # A page that failed belongs to the release whose pages it is among.
        end = starts[place] if place < len(starts) else scan.page_count + 1
        begin = 0 if place == 1 else starts[place - 1]
        lost = tuple(page for page in failed if begin <= page.number < end)
        records.append(
            release_record(
                scan, release, lost, repeats, place=place, of=len(releases), settings=settings, engine=engine
            )
        )
    return tuple(records)


def release_record(
    scan: Scan,
    release: ReleasePages,
    failed: Sequence[FailedPage],
    repeats: Sequence[Repeat],
    *,
    place: int,
    of: int,
    settings: Settings,
    engine: Engine,
) -> Record:
    """The record of the ``place``-th (1-based) of the ``of`` releases in ``scan``."""
    pages = release.pages
    numbers = {page.facts.number for page in pages}
    own = [repeat for repeat in repeats if {ref[0] for ref in repeat.lines} <= numbers]
    composition = compose(pages, apart={ref: repeat.id for repeat in own if repeat.certain for ref in repeat.lines})
    paragraphs = composition.paragraphs
    repaired = repair_paragraphs(paragraphs, settings=settings.repair, repeats=own, apart=composition.apart)
    final = tuple(zip(paragraphs, repaired.texts, strict=True))
    beads = align(final)
    checked = tuple(CheckEntry.model_validate(check) for check in checks(final, beads))
    parallel = parallels(beads)
    has_text = any(text.strip() for text in repaired.texts)
    errors = tuple(ErrorEntry(page=page.number, stage=page.stage, message=page.message) for page in failed)
    if not has_text and not errors:
        errors = (ErrorEntry(page=None, stage="recognise", message="no text was found: is the sheet blank?"),)
    reasons = tuple(review_reasons(final, repaired, checked, failed))
    return Record(
        id=record_id(scan.sha256, place),
        source=SourceEntry(
            file_name=scan.file_name,
            sha256=scan.sha256,
            media_type=scan.media_type,
            byte_size=scan.byte_size,
            page_count=scan.page_count,
            pages=tuple(sorted(numbers | {page.number for page in failed})),
            release_number=place,
            release_count=of,
            boundary=release.evidence,
        ),
        status="failed" if not has_text else "partial" if failed else "ok",
        release=ReleaseEntry.model_validate(extract(final)),
        languages=tuple(dict.fromkeys(paragraph.language for paragraph, text in final if text)),
        paragraphs=tuple(
            paragraph_entry(paragraph, text=text, parallel=parallel.get(paragraph.id)) for paragraph, text in final
        ),
        repairs=tuple(RepairEntry.model_validate(repair) for repair in repaired.repairs),
        suggestions=tuple(SuggestionEntry.model_validate(suggestion) for suggestion in repaired.suggestions),
        checks=checked,
        review=ReviewEntry(state="needed" if reasons else "done", reasons=reasons),
        provenance=provenance(pages, settings=settings, engine=engine),
        errors=errors,
    )


def review_reasons(
    final: FinalParagraphs,
    repaired: Repaired,
    checked: Sequence[CheckEntry],
    failed: Sequence[FailedPage],
) -> Iterator[ReviewReason]:
    """Why a person should look, the most important first."""
    for page in failed:
        yield ReviewReason(kind="failed_page", detail=f"page {page.number}: {page.message}")
    yield from failed_checks(checked)
    yield from repaired.reasons
    for paragraph, text in final:
        if not text:
            continue
        verdict = identification.identify(text, paragraph.script)
        if doubt := identification.disagrees(verdict, paragraph.language):
            yield ReviewReason(kind="language", paragraph=paragraph.id, detail=doubt)
        if paragraph.confidence is not None and paragraph.confidence < LOW_CONFIDENCE:
            yield ReviewReason(
                kind="low_confidence", paragraph=paragraph.id, detail=f"read with {paragraph.confidence:.2f} on average"
            )


# ── provenance ────────────────────────────────────────────────────────────────────────────────────────────────────


def provenance(pages: Sequence[ReadPage], *, settings: Settings, engine: Engine) -> ProvenanceEntry:
    return ProvenanceEntry(
        tool_version=__version__,
        tesseract_version=engine.version,
        models=tuple(
            ModelEntry(name=m.name, language=m.language, sha256=m.sha256, engine=m.engine) for m in engine.models
        ),
        settings=settings.recorded,
        settings_fingerprint=settings.fingerprint,
        calibration=packaged().sha256,
        pages=tuple(PageEntry.model_validate(page.facts) for page in pages),
    )


def made_with(*, settings: Settings, engine: Engine) -> dict[str, Any]:
    """The provenance of a record made now, as JSON, without its pages.

    The same provenance and the same bytes of the source give the same record.
    """
    return provenance((), settings=settings, engine=engine).model_dump(mode="json", exclude={"pages"})


def failed_record(path: Path, *, stage: str, message: str, settings: Settings, engine: Engine) -> Record:
    """The record of a source that couldn't be read at all: no text, and why."""
    digest = file_digest_or_unread(path)
    scan = Scan(
        path=str(path),
        file_name=in_unicode(path.name),
        sha256=digest.sha256,
        media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        byte_size=digest.size,
        page_count=0,
    )
    (record,) = assemble(scan, (), settings=settings, engine=engine)
    error = ErrorEntry(page=None, stage=stage, message=message)
    reason = ReviewReason(kind="failed_source", detail=message)
    return record.model_copy(
        update={"errors": (error,), "review": ReviewEntry(state="needed", reasons=(reason,))},
    )


def word_entry(word: Word) -> WordEntry:
    return WordEntry(
        text=word.text, bbox=word.bbox, confidence=word.confidence, engine_confidence=word.engine_confidence
    )


def paragraph_entry(paragraph: Paragraph, *, text: str, parallel: Parallel | None = None) -> ParagraphEntry:
    """``paragraph`` as the record holds it; ``text`` is the final text, after all repairs."""
    lines = tuple(
        LineEntry(page=placed.page, bbox=placed.line.bbox, words=tuple(map(word_entry, placed.line.words)))
        for placed in paragraph.lines
    )
    return ParagraphEntry(
        id=paragraph.id,
        kind=paragraph.kind,
        language=paragraph.language,
        script=paragraph.script,
        direction=paragraph.direction,
        text=text,
        recognised=paragraph.recognised,
        confidence=paragraph.confidence,
        page=paragraph.page,
        bbox=around_boxes(line.bbox for line in lines if line.page == paragraph.page),
        lines=lines,
        parallel=parallel.nearest if parallel else None,
        parallel_all=parallel.all if parallel else (),
        parallel_score=parallel.score if parallel else None,
    )
