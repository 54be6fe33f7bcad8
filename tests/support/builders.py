"""Small records, and what several test modules share."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ecp_ingest import __version__
from ecp_ingest.document.text import Paragraph, ParagraphKind, PlacedLine, ReadLine, ScriptChoice, Word
from ecp_ingest.files.record_files import records_in
from ecp_ingest.page.recognition.confidence import packaged
from ecp_ingest.record.entries import (
    ErrorEntry,
    ParagraphEntry,
    ProvenanceEntry,
    ReleaseEntry,
    ReviewEntry,
    SourceEntry,
)
from ecp_ingest.record.schema import Record, record_id
from ecp_ingest.settings import Settings

RunCli = Callable[..., "subprocess.CompletedProcess[str]"]
Said = list[tuple[Paragraph, str]]


def records_of(output: Path) -> list[Path]:
    """The records of a batch, without its report."""
    return [output / name for name in records_in(output)]


def said(*parts: tuple[ParagraphKind, str], confidence: float | None = 0.95, languages: Sequence[str] = ()) -> Said:
    """Paragraphs ``p1`` … as kinds and texts tell; those mostly in Arabic letters are Urdu,
    unless ``languages`` tells."""
    made: Said = []
    for number, (kind, text) in enumerate(parts, start=1):
        arabic = sum("\u0600" <= c <= "\u06ff" for c in text) > len(text) / 3
        if languages:
            arabic = languages[number - 1] == "urd"
        script = ScriptChoice("Arab", "urd", 1.0, "") if arabic else ScriptChoice("Latn", "eng", 1.0, "")
        line = ReadLine(tuple(Word(word, None, confidence) for word in text.split()), None, script)
        paragraph = Paragraph(f"p{number}", kind, script.language, script.script, (PlacedLine(1, line),), text)
        made.append((paragraph, text))
    return made


def paragraph(text: str, *, name: str = "p1", language: str = "urd") -> ParagraphEntry:
    urdu = language == "urd"
    return ParagraphEntry(
        id=name,
        kind="body",
        language=language,
        script="Arab" if urdu else "Latn",
        direction="rtl" if urdu else "ltr",
        text=text,
        recognised=text,
        confidence=0.9,
        page=1,
        bbox=(10, 20, 300, 60),
        lines=(),
        parallel=None,
    )


def make_record(
    *,
    file_name: str = "release.pdf",
    sha256: str = "ab" * 32,
    status: str = "ok",
    place: int = 1,
    count: int = 1,
    settings: Settings | None = None,
    text: str = "الیکشن کمیشن آف پاکستان",
    errors: tuple[ErrorEntry, ...] = (),
    review: ReviewEntry | None = None,
) -> Record:
    settings = settings or Settings()
    return Record(
        id=record_id(sha256, place),
        source=SourceEntry(
            file_name=file_name,
            sha256=sha256,
            media_type="application/pdf",
            byte_size=1,
            page_count=1,
            pages=(1,),
            release_number=place,
            release_count=count,
        ),
        status=status,  # type: ignore[arg-type]
        release=ReleaseEntry(),
        languages=("urd",),
        paragraphs=(paragraph(text),) if status != "failed" else (),
        repairs=(),
        checks=(),
        review=review or ReviewEntry(state="done"),
        provenance=ProvenanceEntry(
            tool_version=__version__,
            tesseract_version="5.3.0",
            models=(),
            settings=settings.recorded,
            settings_fingerprint=settings.fingerprint,
            calibration=packaged().sha256,
            pages=(),
        ),
        errors=errors,
    )


def contents(output: Path) -> dict[str, Any]:
    """The records, without what clocks say."""
    made = {}
    for path in sorted(output.glob("*.json")):
        record = json.loads(path.read_bytes())
        if "provenance" in record:
            for page in record["provenance"]["pages"]:
                page.pop("seconds")
            made[path.name] = record
    return made
