"""The four functions that a batch applies to a source. A test passes others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ecp_ingest.batch import remote_sources
from ecp_ingest.document.pages import FailedPage, ReadPage, Scan
from ecp_ingest.files.locations import Place
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.schema import Record
from ecp_ingest.release import assembly
from ecp_ingest.settings import ScanSettings, Settings


class OpenScan(Protocol):
    def __call__(self, path: Place, /, *, settings: ScanSettings) -> Scan: ...


class IngestPage(Protocol):
    def __call__(self, scan: Scan, number: int, /, *, settings: Settings, engine: Engine) -> ReadPage | FailedPage: ...


class Assemble(Protocol):
    def __call__(
        self, scan: Scan, pages: Sequence[ReadPage | FailedPage], /, *, settings: Settings, engine: Engine
    ) -> tuple[Record, ...]: ...


class FailedRecord(Protocol):
    def __call__(self, path: Place, /, *, stage: str, message: str, settings: Settings, engine: Engine) -> Record: ...


@dataclass(frozen=True, slots=True)
class Steps:
    """The functions applied to a source. All but the last run in a worker, so they must pickle."""

    open_scan: OpenScan = remote_sources.open_scan
    ingest_page: IngestPage = remote_sources.ingest_page
    assemble: Assemble = assembly.assemble
    failed_record: FailedRecord = remote_sources.failed_record


STEPS = Steps()
