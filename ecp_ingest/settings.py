"""Every setting that changes a result, declared once, grouped by the stage that obeys it.

What doesn't change a result (jobs, output folder, quietness) is an argument of the batch, not a setting.
The fingerprint of the settings goes into each record: same source, same fingerprint, same models → same record.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Literal

Mode = Literal["auto", "text", "ocr"]


@dataclass(frozen=True, slots=True)
class ScanSettings:
    mode: Mode = "auto"
    """``auto`` judges each page; ``text`` trusts every text layer; ``ocr`` recognises every page."""
    pages: tuple[tuple[int, int | None], ...] = ()
    """Inclusive 1-based ranges, an open end as None; empty: all pages."""
    image_dpi: float | None = None
    """Overrides what an image file says of its resolution."""
    max_image_mpixels: float = 250.0
    """A page with more than this many million pixels is refused."""


@dataclass(frozen=True, slots=True)
class CleanupSettings:
    stamps: bool = True
    """Coloured stamps and signatures that lie over black print are taken off it."""
    rectify: bool = True
    """A sheet that was photographed aslant, or is bent, is made flat."""
    rotate: bool = True
    deskew: bool = True
    flatten: bool = True
    despeckle: bool = True


@dataclass(frozen=True, slots=True)
class RecogniseSettings:
    languages: tuple[str, ...] = ("eng", "urd")
    english_model: str = "eng"
    urdu_model: str = "urd_nastaliq"
    tessdata_dir: str | None = None
    """Looked into before the package's own models and the system's."""
    timeout: float = 180.0
    """Seconds that the engine may take for one page."""


@dataclass(frozen=True, slots=True)
class RepairSettings:
    duplicates: bool = True
    letterforms: bool = True
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

    @property
    def fingerprint(self) -> str:
        """sha256 over the settings in canonical JSON, as hexadecimal."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
