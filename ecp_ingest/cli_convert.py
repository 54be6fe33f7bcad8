"""The commands that convert. What they have in common, each option once, stands at the top.

Whatever is slow to import is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from ecp_ingest.settings import Mode, RecogniseSettings, ReleaseSettings, ScanSettings, Settings

SCAN = ScanSettings()
RECOGNISE = RecogniseSettings()
LANGUAGES = "+".join(RECOGNISE.languages)

# ── options: how pages are read ───────────────────────────────────────────────────────────────────────────────────

LanguageOption = Annotated[
    str, typer.Option("-l", "--language", metavar="LANGS", help="Languages to expect: eng, urd, eng+urd.")
]
PagesOption = Annotated[str, typer.Option(metavar="RANGES", help="Only these pages of each source, such as 1-3,7,9-.")]
ModeOption = Annotated[
    Mode, typer.Option(help="auto judges each page; text trusts text layers; ocr recognises every page.")
]
ImageDpiOption = Annotated[
    float | None,
    typer.Option(min=30, max=2400, metavar="DPI", help="Resolution of images, whatever they say themselves."),
]
MaxImageOption = Annotated[
    float, typer.Option(min=0.01, metavar="N", help="Refuse pages with more than N million pixels.")
]
TesseractTimeoutOption = Annotated[
    float, typer.Option(min=0.1, metavar="SECONDS", help="Longest that Tesseract may take for a page.")
]
UrduModelOption = Annotated[
    str, typer.Option(metavar="NAME", help="Model for Urdu: urd_nastaliq, or Tesseract's own urd.")
]
TessdataOption = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to look for models first.")]
GazetteerOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="More names of offices, places, parties …; the README has the form."),
]
NoSplitOption = Annotated[
    bool, typer.Option("--no-split", help="One record for each source, however many releases it seems to hold.")
]

# ── options: how the batch runs and is seen ───────────────────────────────────────────────────────────────────────

OutputOption = Annotated[
    Path, typer.Option("-o", "--output", metavar="FOLDER", help="Where the records go; made if missing.")
]
JobsOption = Annotated[
    int, typer.Option("-j", "--jobs", min=0, metavar="N", help="Pages read at a time; 0: one per core.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Also print each record on stdout, one per line.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what went wrong.")]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="Name every source and page as it is done.")]


def convert(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders (with all below them), patterns.")
    ],
    output: OutputOption,
    language: LanguageOption = LANGUAGES,
    jobs: JobsOption = 0,
    pages: PagesOption = "",
    mode: ModeOption = SCAN.mode,
    image_dpi: ImageDpiOption = SCAN.image_dpi,
    max_image_mpixels: MaxImageOption = SCAN.max_image_mpixels,
    tesseract_timeout: TesseractTimeoutOption = RECOGNISE.timeout,
    urdu_model: UrduModelOption = RECOGNISE.urdu_model,
    tessdata_dir: TessdataOption = None,
    gazetteer: GazetteerOption = None,
    no_split: NoSplitOption = False,
    force: Annotated[bool, typer.Option("--force", help="Convert again what was done before in the same way.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Convert releases into records: one JSON file each, in the folder tree of the input."""
    settings = settings_from(
        language=language,
        pages=pages,
        mode=mode,
        image_dpi=image_dpi,
        max_image_mpixels=max_image_mpixels,
        tesseract_timeout=tesseract_timeout,
        urdu_model=urdu_model,
        tessdata_dir=tessdata_dir,
        gazetteer=gazetteer,
        no_split=no_split,
    )
    from ecp_ingest.batch import convert as convert_all
    from ecp_ingest.terminal import Front

    with Front(as_json=as_json, quiet=quiet, verbose=verbose) as front:
        report = convert_all(
            inputs, output=output, settings=settings, workers=jobs or cores(), force=force, tell=front.tell
        )
    if not quiet:
        front.summarise(report, output)
    raise typer.Exit(report.exit_code)


# ── what the options mean ─────────────────────────────────────────────────────────────────────────────────────────


def settings_from(
    *,
    language: str,
    pages: str,
    mode: Mode,
    image_dpi: float | None,
    max_image_mpixels: float,
    tesseract_timeout: float,
    urdu_model: str,
    tessdata_dir: Path | None,
    gazetteer: Path | None,
    no_split: bool,
) -> Settings:
    """Raises typer.BadParameter where an option can't be meant."""
    from ecp_ingest.gazetteer import read_rows

    return Settings(
        scan=ScanSettings(
            mode=mode, pages=page_ranges(pages), image_dpi=image_dpi, max_image_mpixels=max_image_mpixels
        ),
        recognise=RecogniseSettings(
            languages=known_languages(language),
            urdu_model=urdu_model,
            tessdata_dir=str(tessdata_dir) if tessdata_dir else None,
            timeout=tesseract_timeout,
        ),
        release=ReleaseSettings(gazetteer=read_rows(gazetteer) if gazetteer else "", split=not no_split),
    )


def known_languages(given: str) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(given.split("+")))
    unknown = [language for language in languages if language not in RECOGNISE.languages]
    if unknown:
        known = ", ".join(RECOGNISE.languages)
        raise typer.BadParameter(f"'{'+'.join(unknown)}' is none of {known}; join several with +")
    return languages


def page_ranges(given: str) -> tuple[tuple[int, int | None], ...]:
    """``1-3,7,9-`` → ((1, 3), (7, 7), (9, None))."""
    ranges = []
    for part in given.split(",") if given else []:
        match = re.fullmatch(r"\s*([1-9]\d*)\s*(-\s*([1-9]\d*)?)?\s*", part)
        if match is None:
            raise typer.BadParameter(f"'{part}' is no page or range of pages; pages count from 1: 1-3,7,9-")
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else None
        if last is not None and last < first:
            raise typer.BadParameter(f"'{part}' runs backwards")
        ranges.append((first, last))
    return tuple(ranges)


def cores() -> int:
    """Those that this process may use, which a container or taskset may have made fewer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
