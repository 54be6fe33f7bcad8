"""What a batch does to a source, as four functions that a test can stand in for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ecp_ingest import assembly, fetched
from ecp_ingest.document import FailedPage, ReadPage, Scan
from ecp_ingest.engine import Engine
from ecp_ingest.places import Place
from ecp_ingest.record import Record
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
class Work:
    """What is done to a source. All but the last are called in a worker, hence must pickle."""

    open_scan: OpenScan = fetched.open_scan
    ingest_page: IngestPage = fetched.ingest_page
    assemble: Assemble = assembly.assemble
    failed_record: FailedRecord = fetched.failed_record


THE_WORK = Work()
