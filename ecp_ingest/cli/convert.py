"""The commands that convert. What they have in common, each option once, stands at the top.

Whatever is slow to import is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecp_ingest.cli.options import (
    DaskOption,
    FileTimeoutOption,
    ForceOption,
    GazetteerOption,
    ImageDpiOption,
    JobsOption,
    JsonOption,
    LanguageOption,
    LogJsonOption,
    MaxImageOption,
    MaxMemoryOption,
    MaxPagesOption,
    ModeOption,
    NoOverwriteOption,
    NoSplitOption,
    OnRecordOption,
    PagesOption,
    PageTimeoutOption,
    PasswordOption,
    QuietOption,
    TessdataOption,
    ToOption,
    UrduModelOption,
    VerboseOption,
)
from ecp_ingest.files.locations import Place, place
from ecp_ingest.options import LANGUAGES, LIMITS, RECOGNISE, SCAN, cores, settings_from
from ecp_ingest.settings import Limits

if TYPE_CHECKING:
    from ecp_ingest.batch.events import Listener
    from ecp_ingest.cli.console import Front
    from ecp_ingest.reporting.on_record import Feed
    from ecp_ingest.reporting.report_file import Book

# ── options: how pages are read ───────────────────────────────────────────────────────────────────────────────────


# ── options: how much a source may ask for ────────────────────────────────────────────────────────────────────────


# ── options: how the batch runs and is seen ───────────────────────────────────────────────────────────────────────


def convert(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders (with all below them), patterns; also s3://….")
    ],
    output: ToOption,
    language: LanguageOption = LANGUAGES,
    jobs: JobsOption = 0,
    dask: DaskOption = None,
    pages: PagesOption = "",
    mode: ModeOption = SCAN.mode,
    image_dpi: ImageDpiOption = SCAN.image_dpi,
    pdf_password: PasswordOption = None,
    max_image_mpixels: MaxImageOption = SCAN.max_image_mpixels,
    max_pages: MaxPagesOption = SCAN.max_pages,
    max_memory: MaxMemoryOption = LIMITS.memory_mib,
    page_timeout: PageTimeoutOption = LIMITS.page_seconds,
    file_timeout: FileTimeoutOption = LIMITS.file_seconds,
    urdu_model: UrduModelOption = RECOGNISE.urdu_model,
    tessdata_dir: TessdataOption = None,
    gazetteer: GazetteerOption = None,
    no_split: NoSplitOption = False,
    force: ForceOption = False,
    no_overwrite: NoOverwriteOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be converted, and why; nothing is written.")
    ] = False,
    as_json: JsonOption = False,
    on_record: OnRecordOption = "",
    log_json: LogJsonOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Convert releases into records: one JSON file each, in the folder tree of the input."""
    settings = settings_from(
        language=language,
        pages=pages,
        mode=mode,
        image_dpi=image_dpi,
        pdf_password=pdf_password,
        limits=Limits(page_seconds=page_timeout, file_seconds=file_timeout, memory_mib=max_memory),
        max_image_mpixels=max_image_mpixels,
        max_pages=max_pages,
        urdu_model=urdu_model,
        tessdata_dir=tessdata_dir,
        gazetteer=gazetteer,
        no_split=no_split,
    )
    folder = place(output)
    refuse_both(force=force, no_overwrite=no_overwrite)
    if dry_run:
        from ecp_ingest.batch.convert import plan
        from ecp_ingest.cli.console import show_plan

        show_plan(
            plan(inputs, output=folder, settings=settings, force=force, overwrite=not no_overwrite), verbose=verbose
        )
        return
    from ecp_ingest.batch.convert import convert as convert_all
    from ecp_ingest.cli.console import Front

    front = Front(as_json=as_json, quiet=quiet, verbose=verbose)
    with seen_and_fed(front, folder, on_record=on_record, log_json=log_json) as seen:
        report = convert_all(
            inputs,
            output=folder,
            settings=settings,
            workers=jobs or cores(),
            dask=dask,
            force=force,
            overwrite=not no_overwrite,
            tell=seen.tell,
        )
        exit_code = seen.end(report.exit_code)
        front.summarise(folder, unfinished=report.unfinished, interrupted=report.interrupted)
    raise typer.Exit(exit_code)


def watch(
    inbox: Annotated[Path, typer.Argument(metavar="INBOX", help="The folder in which files arrive.")],
    output: ToOption,
    settle: Annotated[
        float,
        typer.Option(min=0, max=3600, metavar="SECONDS", help="A file is whole when it hasn't changed for so long."),
    ] = 3.0,
    language: LanguageOption = LANGUAGES,
    jobs: JobsOption = 0,
    dask: DaskOption = None,
    pages: PagesOption = "",
    mode: ModeOption = SCAN.mode,
    image_dpi: ImageDpiOption = SCAN.image_dpi,
    pdf_password: PasswordOption = None,
    max_image_mpixels: MaxImageOption = SCAN.max_image_mpixels,
    max_pages: MaxPagesOption = SCAN.max_pages,
    max_memory: MaxMemoryOption = LIMITS.memory_mib,
    page_timeout: PageTimeoutOption = LIMITS.page_seconds,
    file_timeout: FileTimeoutOption = LIMITS.file_seconds,
    urdu_model: UrduModelOption = RECOGNISE.urdu_model,
    tessdata_dir: TessdataOption = None,
    gazetteer: GazetteerOption = None,
    no_split: NoSplitOption = False,
    force: ForceOption = False,
    no_overwrite: NoOverwriteOption = False,
    as_json: JsonOption = False,
    on_record: OnRecordOption = "",
    log_json: LogJsonOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Convert what arrives in a folder, until it is ended: by Ctrl-C, or by SIGTERM."""
    settings = settings_from(
        language=language,
        pages=pages,
        mode=mode,
        image_dpi=image_dpi,
        pdf_password=pdf_password,
        limits=Limits(page_seconds=page_timeout, file_seconds=file_timeout, memory_mib=max_memory),
        max_image_mpixels=max_image_mpixels,
        max_pages=max_pages,
        urdu_model=urdu_model,
        tessdata_dir=tessdata_dir,
        gazetteer=gazetteer,
        no_split=no_split,
    )
    folder = place(output)
    refuse_both(force=force, no_overwrite=no_overwrite)
    from ecp_ingest.batch.convert import conversion
    from ecp_ingest.batch.watch import watch as watch_folder
    from ecp_ingest.cli.console import Front

    front = Front(as_json=as_json, quiet=quiet, verbose=verbose, idle="waiting for files")
    with seen_and_fed(front, folder, on_record=on_record, log_json=log_json) as seen:
        with conversion(
            output=folder,
            settings=settings,
            workers=jobs or cores(),
            dask=dask,
            force=force,
            overwrite=not no_overwrite,
            tell=seen.tell,
        ) as convert_found:
            unfinished = watch_folder(
                inbox, output=folder, settle=settle, convert=convert_found, say=front.say, rest=seen.book.save_if_due
            )
        exit_code = seen.end(0)
        front.summarise(folder, unfinished=unfinished)
    raise typer.Exit(exit_code)


# ── what both do around the work ──────────────────────────────────────────────────────────────────────────────────


def refuse_both(*, force: bool, no_overwrite: bool) -> None:
    if force and no_overwrite:
        raise typer.BadParameter("--force and --no-overwrite exclude each other")


@dataclass(frozen=True, slots=True)
class Seen:
    """Those who hear of a batch."""

    tell: Listener
    book: Book
    feed: Feed

    def end(self, exit_code: int) -> int:
        """Wait for what records were handed to, and tell of the end; the exit code with that."""
        from ecp_ingest.batch.events import Ended

        exit_code = self.feed.finish(exit_code)
        self.tell(Ended(exit_code))
        return exit_code


@contextmanager
def seen_and_fed(front: Front, folder: Place, *, on_record: str, log_json: Path | None) -> Iterator[Seen]:
    """``front``, the log, the report in ``folder`` and the user's command, all listening; signals end the work."""
    from ecp_ingest.batch.events import Ended, to_all
    from ecp_ingest.cli.termination import asked_to_end
    from ecp_ingest.errors import EcpIngestError
    from ecp_ingest.reporting.event_log import EventLog
    from ecp_ingest.reporting.on_record import Feed
    from ecp_ingest.reporting.report_file import Book

    with (
        asked_to_end(),
        front,
        EventLog(log_json, complain=front.say) as log,
        Book(folder) as book,
        Feed(on_record, say=front.say) as feed,
    ):
        try:
            yield Seen(to_all(front.tell, log.tell, book.tell, feed.tell), book, feed)
        except EcpIngestError as error:  # nothing can go on; to the report it is an interruption
            log.tell(Ended(error.exit_code))
            front.break_off(folder)
            raise
