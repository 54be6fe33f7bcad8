"""The commands ``convert`` and ``watch``.

Modules that are slow to import are imported inside the functions that need them, so that ``--help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecp_ingest.cli.options import OutputOptions, RecordsFolder, flat_options
from ecp_ingest.files.locations import Place, place
from ecp_ingest.options import ConvertOptions

if TYPE_CHECKING:
    from ecp_ingest.batch.convert import BatchOptions
    from ecp_ingest.batch.events import Listener
    from ecp_ingest.cli.console import Front
    from ecp_ingest.reporting.on_record import RecordCommand
    from ecp_ingest.reporting.report_file import ReportWriter


@flat_options
def convert(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders (with all below them), patterns; also s3://….")
    ],
    output: RecordsFolder,
    *,
    options: ConvertOptions,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be converted, and why; write nothing.")
    ] = False,
    shown: OutputOptions,
) -> None:
    """Convert releases into records: one JSON file each, in the folder tree of the input."""
    batch = batch_options(options, output)
    if dry_run:
        from ecp_ingest.batch.convert import plan
        from ecp_ingest.cli.console import show_plan

        show_plan(plan(inputs, batch), verbose=shown.verbose)
        return
    from ecp_ingest.batch.convert import convert as convert_all
    from ecp_ingest.cli.console import Front

    front = Front(as_json=shown.as_json, quiet=shown.quiet, verbose=shown.verbose)
    with listening(front, batch.output, shown) as listeners:
        result = convert_all(inputs, batch, notify=listeners.notify)
        exit_code = listeners.end(result.exit_code)
        front.summarise(batch.output, unfinished=result.unfinished, interrupted=result.interrupted)
    raise typer.Exit(exit_code)


@flat_options
def watch(
    inbox: Annotated[Path, typer.Argument(metavar="INBOX", help="The folder in which files arrive.")],
    output: RecordsFolder,
    *,
    settle: Annotated[
        float,
        typer.Option(
            min=0, max=3600, metavar="SECONDS", help="A file is complete when it has not changed for this time."
        ),
    ] = 3.0,
    options: ConvertOptions,
    shown: OutputOptions,
) -> None:
    """Convert what arrives in a folder, until Ctrl-C or SIGTERM ends it."""
    batch = batch_options(options, output)
    from ecp_ingest.batch.convert import conversion
    from ecp_ingest.batch.watch import watch as watch_folder
    from ecp_ingest.cli.console import Front

    front = Front(as_json=shown.as_json, quiet=shown.quiet, verbose=shown.verbose, idle="waiting for files")
    with listening(front, batch.output, shown) as listeners:
        with conversion(batch, notify=listeners.notify) as convert_sources:
            unfinished = watch_folder(
                inbox,
                output=batch.output,
                settle=settle,
                convert=convert_sources,
                warn=front.warn,
                when_idle=listeners.report.save_if_due,
            )
        exit_code = listeners.end(0)
        front.summarise(batch.output, unfinished=unfinished)
    raise typer.Exit(exit_code)


# ── what both commands do before and around the work ──────────────────────────────────────────────────────────────


def batch_options(options: ConvertOptions, output: str) -> BatchOptions:
    """The options of the batch that the user asked for.

    Raises:
        UsageError: an option has a value that makes no sense.
        typer.BadParameter: two options exclude each other.
    """
    settings = options.settings()
    folder = place(output)
    if options.force and not options.overwrite:
        raise typer.BadParameter("--force and --no-overwrite exclude each other")
    from ecp_ingest.batch.convert import BatchOptions

    return BatchOptions(
        output=folder,
        settings=settings,
        workers=options.workers,
        dask=options.dask,
        force=options.force,
        overwrite=options.overwrite,
    )


@dataclass(frozen=True, slots=True)
class Listeners:
    """Everything that receives the events of a batch."""

    notify: Listener
    report: ReportWriter
    command: RecordCommand

    def end(self, exit_code: int) -> int:
        """Wait for the user's commands on records, then send the last event; return the exit code."""
        from ecp_ingest.batch.events import Ended

        exit_code = self.command.finish(exit_code)
        self.notify(Ended(exit_code))
        return exit_code


@contextmanager
def listening(front: Front, folder: Place, shown: OutputOptions) -> Iterator[Listeners]:
    """``front``, the event log, the report in ``folder`` and the user's command listen; signals end the work."""
    from ecp_ingest.batch.events import Ended, to_all
    from ecp_ingest.cli.termination import signals_as_interrupt
    from ecp_ingest.errors import EcpIngestError
    from ecp_ingest.reporting.event_log import EventLog
    from ecp_ingest.reporting.on_record import RecordCommand
    from ecp_ingest.reporting.report_file import ReportWriter

    with (
        signals_as_interrupt(),
        front,
        EventLog(shown.log_json, warn=front.warn) as log,
        ReportWriter(folder) as report,
        RecordCommand(shown.on_record, warn=front.warn) as command,
    ):
        try:
            yield Listeners(to_all(front.notify, log.notify, report.notify, command.notify), report, command)
        except EcpIngestError as error:  # nothing can go on; for the report it is an interruption
            log.notify(Ended(error.exit_code))
            front.stop_early(folder)
            raise
