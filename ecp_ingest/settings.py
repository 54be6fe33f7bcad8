"""Every setting that changes a result, declared once, grouped by the stage that obeys it; and the limits.

What doesn't change a result (jobs, output folder, quietness) is an argument of the batch, not a setting.
The fingerprint of the settings goes into each record: same source, same fingerprint, same models → same record.
What keeps within a limit comes out the same whatever the limit is, hence limits aren't recorded: a run with wider ones
does again what failed, and only that. Nor are passwords, nor where models lie.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

Mode = Literal["auto", "text", "ocr"]
EngineChoice = Literal["auto", "builtin", "tesseract"]

_UNRECORDED = {"recorded": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take; the executor holds it to that. For pixels and pages see `ScanSettings`."""

    page_seconds: float = 180.0
    """From opening the page to its last word. So much also for opening a file, and for each page in making records."""
    file_seconds: float = 14_400.0
    """Since the file was opened: pages that were not begun by then are refused."""
    memory_mib: int = 3072
    """MiB that a worker may allocate once it stands, and again each Tesseract that it runs: a picture is unpacked
    within that, a document's compressed streams too."""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    mode: Mode = "auto"
    """``auto`` judges each page; ``text`` trusts every text layer; ``ocr`` recognises every page."""
    pages: tuple[tuple[int, int | None], ...] = ()
    """Inclusive 1-based ranges, an open end as None; empty: all pages."""
    image_dpi: float | None = None
    """Overrides what an image file says of its resolution."""
    max_image_mpixels: float = field(default=250.0, metadata=_UNRECORDED)
    """A page with more than this many million pixels is refused."""
    max_pages: int = field(default=5000, metadata=_UNRECORDED)
    """A source of which more pages than this are asked for is refused."""
    pdf_password: str | None = field(default=None, repr=False, metadata=_UNRECORDED)
    """Tried on PDFs that want one."""


@dataclass(frozen=True, slots=True)
class CleanupSettings:
    stamps: bool = True
    """Coloured stamps and signatures that lie over black print are taken off it."""
    rectify: bool = True
    """A sheet that was photographed aslant, or is bent, is made flat."""
    rotate: bool = True
    """A page that stands on its head, or lies on its side, is turned."""
    deskew: bool = True
    """Lines that run aslant are made level."""
    flatten: bool = True
    """Shadows, and light that falls off, are evened out."""
    despeckle: bool = True
    """Specks that are no print are taken away."""


@dataclass(frozen=True, slots=True)
class RecogniseSettings:
    languages: tuple[str, ...] = ("eng", "urd")
    """Those that are expected; no line is taken for another."""
    english_model: str = "eng"
    """Name of the traineddata file that reads English."""
    urdu_model: str = "urd_nastaliq"
    """Name of the one that reads Urdu."""
    engine: EngineChoice = field(default="tesseract", metadata=_UNRECORDED)
    """``tesseract`` starts that program; ``builtin`` reads in this process: the same words and confidences in less
    time; ``auto``: ``builtin`` for each model that it supports. A record shows which models ``builtin`` read with."""
    tessdata_dir: str | None = field(default=None, metadata=_UNRECORDED)
    """Looked into before the package's own models and the system's. What was found is known by its digest."""


@dataclass(frozen=True, slots=True)
class RepairSettings:
    duplicates: bool = True
    """What was scanned or recognised twice, and phrases that stand twice running."""
    letterforms: bool = True
    """Arabic letters where Urdu ones belong; controls and presentation forms go in any case."""
    spacing: bool = True
    """Spaces between Urdu words."""
    misreadings: bool = True
    """Urdu words that are none: put right where that is sure, else suggested."""


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    gazetteer: str = ""
    """Rows that are added to the package's table of names (``gazetteer.py``), as they stand in the user's file."""
    split: bool = True
    """Whether a source that holds several releases is parted into them."""


@dataclass(frozen=True, slots=True)
class Settings:
    scan: ScanSettings = field(default_factory=ScanSettings)
    cleanup: CleanupSettings = field(default_factory=CleanupSettings)
    recognise: RecogniseSettings = field(default_factory=RecogniseSettings)
    repair: RepairSettings = field(default_factory=RepairSettings)
    release: ReleaseSettings = field(default_factory=ReleaseSettings)
    limits: Limits = field(default_factory=Limits, metadata=_UNRECORDED)

    @property
    def recorded(self) -> dict[str, Any]:
        """What a record says of them: all but limits, passwords and where models lie."""
        return _recorded(self)

    @property
    def fingerprint(self) -> str:
        """Of what is recorded."""
        return fingerprint(self.recorded)


def fingerprint(recorded: dict[str, Any]) -> str:
    """sha256 over ``recorded`` in canonical JSON, as hexadecimal."""
    canonical = json.dumps(recorded, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _recorded(settings: Any) -> dict[str, Any]:
    kept = {f.name: getattr(settings, f.name) for f in fields(settings) if f.metadata.get("recorded", True)}
    return {name: _recorded(value) if is_dataclass(value) else value for name, value in kept.items()}
