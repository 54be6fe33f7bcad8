"""The options of a conversion, declared once: their names, types and defaults, and the settings that they give.

The commands ``convert`` and ``watch`` and the Python function ``convert`` all fill one `ConvertOptions`. How the
command line spells and describes an option is in ``cli.options``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from ecp_ingest.errors import UsageError
from ecp_ingest.settings import EngineChoice, Limits, Mode, RecogniseSettings, ReleaseSettings, ScanSettings, Settings

_SCAN = ScanSettings()
_RECOGNISE = RecogniseSettings()
_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What a user can ask of a conversion, in the user's words. The order is that of ``--help``."""

    language: str = "+".join(_RECOGNISE.languages)
    """Languages to expect, joined by ``+``."""
    jobs: int = 0
    """Pages read at the same time, each in a process of its own; 0: one for each core."""
    dask: str | None = None
    """Address of a Dask cluster that does the work instead."""
    pages: str = ""
    """Pages of each source, such as ``1-3,7,9-``; empty: all."""
    mode: Mode = _SCAN.mode
    image_dpi: float | None = _SCAN.image_dpi
    pdf_password: str | None = field(default=_SCAN.pdf_password, repr=False)
    max_image_mpixels: float = _SCAN.max_image_mpixels
    """Millions of pixels."""
    max_pages: int = _SCAN.max_pages
    max_memory: int = _LIMITS.memory_mib
    """MiB for a worker, and as much again for its Tesseract."""
    page_timeout: float = _LIMITS.page_seconds
    """Seconds."""
    file_timeout: float = _LIMITS.file_seconds
    """Seconds."""
    engine: EngineChoice = _RECOGNISE.engine
    urdu_model: str = _RECOGNISE.urdu_model
    tessdata_dir: Path | None = None
    gazetteer: Path | None = None
    split: bool = True
    """Whether a source with several releases gives one record for each."""
    force: bool = False
    """Convert again what an earlier run converted in the same way."""
    overwrite: bool = True
    """Whether a record may replace an existing file."""

    @property
    def workers(self) -> int:
        """Number of processes."""
        return self.jobs or cores()

    def settings(self) -> Settings:
        """The settings that these options give.

        Raises:
            UsageError: an option has a value that makes no sense.
            BadGazetteerError: the gazetteer does not have the form of one.
        """
        from ecp_ingest.entities.gazetteer import read_rows  # noqa: PLC0415  slow to import, and rarely needed

        if self.mode not in get_args(Mode):
            raise UsageError(f"'{self.mode}' is none of the modes {', '.join(get_args(Mode))}")
        if self.engine not in get_args(EngineChoice):
            raise UsageError(f"'{self.engine}' is none of the engines {', '.join(get_args(EngineChoice))}")
        if self.tessdata_dir and not self.tessdata_dir.is_dir():
            raise UsageError("is not a folder: name one that holds models (*.traineddata)", str(self.tessdata_dir))
        return Settings(
            scan=ScanSettings(
                mode=self.mode,
                pages=page_ranges(self.pages),
                image_dpi=self.image_dpi,
                max_image_mpixels=self.max_image_mpixels,
                max_pages=self.max_pages,
                pdf_password=self.pdf_password,
            ),
            recognise=RecogniseSettings(
                languages=known_languages(self.language),
                engine=self.engine,
                urdu_model=self.urdu_model,
                tessdata_dir=str(self.tessdata_dir) if self.tessdata_dir else None,
            ),
            release=ReleaseSettings(gazetteer=read_rows(self.gazetteer) if self.gazetteer else "", split=self.split),
            limits=Limits(page_seconds=self.page_timeout, file_seconds=self.file_timeout, memory_mib=self.max_memory),
        )


def known_languages(given: str) -> tuple[str, ...]:
    """``eng+urd`` → ("eng", "urd").

    Raises:
        UsageError: a language is unknown.
    """
    languages = tuple(dict.fromkeys(given.split("+")))
    unknown = [language for language in languages if language not in _RECOGNISE.languages]
    if unknown:
        known = ", ".join(_RECOGNISE.languages)
        raise UsageError(f"'{'+'.join(unknown)}' is none of {known}; join several with +")
    return languages


def page_ranges(given: str) -> tuple[tuple[int, int | None], ...]:
    """``1-3,7,9-`` → ((1, 3), (7, 7), (9, None)).

    Raises:
        UsageError: a part is no page or range of pages.
    """
    ranges = []
    for part in given.split(",") if given else []:
        match = re.fullmatch(r"\s*([1-9]\d*)\s*(-\s*([1-9]\d*)?)?\s*", part)
        if match is None:
            raise UsageError(f"'{part}' is no page or range of pages; pages count from 1: 1-3,7,9-")
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else None
        if last is not None and last < first:
            raise UsageError(f"'{part}' runs backwards")
        ranges.append((first, last))
    return tuple(ranges)


def cores() -> int:
    """The number of cores that this process may use: a container or taskset may allow fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
