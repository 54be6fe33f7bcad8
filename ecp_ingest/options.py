"""What a caller may ask for, on the command line or from Python, in the words in which it is asked → settings."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

from ecp_ingest.errors import UsageError
from ecp_ingest.settings import Limits, Mode, RecogniseSettings, ReleaseSettings, ScanSettings, Settings

SCAN = ScanSettings()
RECOGNISE = RecogniseSettings()
LIMITS = Limits()
LANGUAGES = "+".join(RECOGNISE.languages)


def settings_from(
    *,
    language: str = LANGUAGES,
    pages: str = "",
    mode: Mode = SCAN.mode,
    image_dpi: float | None = None,
    pdf_password: str | None = None,
    limits: Limits = LIMITS,
    max_image_mpixels: float = SCAN.max_image_mpixels,
    max_pages: int = SCAN.max_pages,
    urdu_model: str = RECOGNISE.urdu_model,
    tessdata_dir: Path | None = None,
    gazetteer: Path | None = None,
    no_split: bool = False,
) -> Settings:
    """Raises UsageError where an option can't be meant."""
    from ecp_ingest.entities.gazetteer import read_rows  # noqa: PLC0415  slow to import, and few need it

    if mode not in get_args(Mode):
        raise UsageError(f"'{mode}' is none of the modes {', '.join(get_args(Mode))}")
    if tessdata_dir and not tessdata_dir.is_dir():
        raise UsageError("is no folder: name one that holds models (*.traineddata)", str(tessdata_dir))
    return Settings(
        scan=ScanSettings(
            mode=mode,
            pages=page_ranges(pages),
            image_dpi=image_dpi,
            max_image_mpixels=max_image_mpixels,
            max_pages=max_pages,
            pdf_password=pdf_password,
        ),
        recognise=RecogniseSettings(
            languages=known_languages(language),
            urdu_model=urdu_model,
            tessdata_dir=str(tessdata_dir) if tessdata_dir else None,
        ),
        release=ReleaseSettings(gazetteer=read_rows(gazetteer) if gazetteer else "", split=not no_split),
        limits=limits,
    )


def known_languages(given: str) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(given.split("+")))
    unknown = [language for language in languages if language not in RECOGNISE.languages]
    if unknown:
        known = ", ".join(RECOGNISE.languages)
        raise UsageError(f"'{'+'.join(unknown)}' is none of {known}; join several with +")
    return languages


def page_ranges(given: str) -> tuple[tuple[int, int | None], ...]:
    """``1-3,7,9-`` → ((1, 3), (7, 7), (9, None))."""
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
    """Those that this process may use, which a container or taskset may have made fewer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
