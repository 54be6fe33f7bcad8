"""A batch with stand-ins for the stages: what a source does is written in its file, one word per page."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from ecp_ingest.batch.convert import BatchOptions, run
from ecp_ingest.batch.discover import discover
from ecp_ingest.batch.events import Outcome, Report
from ecp_ingest.batch.steps import Steps
from ecp_ingest.document.pages import FailedPage, PageFacts, ReadPage, Scan
from ecp_ingest.errors import EncryptedSourceError, MissingProgramError
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.entries import ErrorEntry
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import ScanSettings, Settings
from ecp_ingest.workers.executors import InlineExecutor
from tests.support.builders import make_record

ENGINE = Engine("5.3.0", ())


def open_scan(path: Path, *, settings: ScanSettings) -> Scan:
    data = path.read_bytes()
    if data.startswith(b"encrypted"):
        raise EncryptedSourceError("needs a password", path.name)
    return Scan(str(path), path.name, hashlib.sha256(data).hexdigest(), "text/plain", len(data), len(data.split()))


def ingest_page(scan: Scan, number: int, *, settings: Settings, engine: Engine) -> ReadPage | FailedPage:
    match Path(scan.path).read_text().split()[number - 1]:
        case "bad":
            return FailedPage(number, "recognise", "can't be recognised")
        case "bug":
            raise ZeroDivisionError("division by zero")
        case "die":
            os._exit(9)
        case "interrupt":
            raise KeyboardInterrupt
        case "missing":
            raise MissingProgramError("Tesseract isn't installed")
    return ReadPage(PageFacts(number, None, None, None, "ocr", ""), (), (), ())


def assemble(
    scan: Scan, pages: Sequence[ReadPage | FailedPage], *, settings: Settings, engine: Engine
) -> tuple[Record, ...]:
    """As many releases as the source has pages that say "release"; one where none does."""
    words = Path(scan.path).read_text().split()
    if "nothing" in words:
        return ()
    errors = tuple(
        ErrorEntry(page=p.number, stage=p.stage, message=p.message) for p in pages if isinstance(p, FailedPage)
    )
    status = "ok" if not errors else "failed" if len(errors) == len(pages) else "partial"
    count = words.count("release") or 1
    return tuple(
        make_record(
            file_name=scan.file_name,
            sha256=scan.sha256,
            status=status,
            place=place,
            count=count,
            settings=settings,
            errors=errors,
        )
        for place in range(1, count + 1)
    )


def failed_record(path: Path, *, stage: str, message: str, settings: Settings, engine: Engine) -> Record:
    error = ErrorEntry(page=None, stage=stage, message=message)
    return make_record(file_name=path.name, status="failed", settings=settings, errors=(error,))


STEPS = Steps(open_scan, ingest_page, assemble, failed_record)


def put(folder: Path, **sources: str) -> None:
    """``put(folder, a_pdf="page page")`` makes a.pdf with two pages."""
    for name, text in sources.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text)


def convert(folder: Path, *inputs: Path | str, executor: Executor | None = None, **options: Any) -> Report:
    output = folder.parent / "out"
    chosen = {name: options.pop(name) for name in ("settings", "force", "overwrite") if name in options}
    batch = BatchOptions(output, **{"settings": Settings(), **chosen})
    options = {"in_flight": 3, "engine": ENGINE, "steps": STEPS, **options}
    found = discover(inputs or [folder], output=output)
    return run(found, batch, executor=executor or InlineExecutor(), **options)


def outcome(report: Report, name: str) -> Outcome:
    return next(outcome for outcome in report.outcomes if outcome.source.name == name)


def records(folder: Path) -> list[str]:
    output = folder.parent / "out"
    return sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())
