"""``convert`` for Python programs.

    from ecp_ingest import convert

    for record in convert("may.pdf"):
        print(record.release.date.value if record.release.date else "no date")

It runs the same batch as the command ``convert``, so it makes the same records.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event as Flag
from threading import Semaphore, Thread

from ecp_ingest.batch.convert import BatchOptions, conversion, run
from ecp_ingest.batch.discover import Discovered, Source, discover
from ecp_ingest.batch.events import Event, Finished, Listener
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.errors import NameClashError, OutputError, UsageError
from ecp_ingest.files.locations import Place, place
from ecp_ingest.options import ConvertOptions
from ecp_ingest.page.recognition.models import find_engine
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import EngineChoice, Mode, Settings
from ecp_ingest.workers.executors import InlineExecutor

_LOG = logging.getLogger("ecp_ingest")

DEFAULTS = ConvertOptions()

_NOWHERE = Path(os.devnull)
"""A path below which there is no source."""

_AHEAD = 4
"""Sources whose records may wait for the caller while the workers continue."""


def convert(
    inputs: str | Path | Iterable[str | Path],
    *,
    output: str | Path | None = None,
    language: str = DEFAULTS.language,
    jobs: int = 1,
    in_process: bool = False,
    pages: str = "",
    mode: Mode = DEFAULTS.mode,
    image_dpi: float | None = None,
    pdf_password: str | None = None,
    max_image_mpixels: float = DEFAULTS.max_image_mpixels,
    max_pages: int = DEFAULTS.max_pages,
    max_memory: int = DEFAULTS.max_memory,
    page_timeout: float = DEFAULTS.page_timeout,
    file_timeout: float = DEFAULTS.file_timeout,
    engine: EngineChoice = DEFAULTS.engine,
    urdu_model: str = DEFAULTS.urdu_model,
    tessdata_dir: str | Path | None = None,
    gazetteer: str | Path | None = None,
    split: bool = True,
    force: bool = False,
) -> Iterator[Record]:
    """The records of ``inputs`` (files, folders with all below them, patterns), each source's as soon as it is done.

    Without ``output`` nothing is written. With it, records are written to that folder as the command does: a source
    that was converted before is not converted again (unless ``force``), and the record that you get is the one in the
    folder, with a person's edits. ``source.path`` is the path of the source: relative to the record's folder, or
    absolute without ``output``.

    ``jobs`` is the number of pages read at the same time, each in a process of its own; 0: one for each core. At most
    a few records wait for the caller; if the loop ends early (``break``), the work ends too. ``in_process`` is for
    debuggers and profilers: everything runs in this process, one page after the other, and the time and memory of a
    page have no limit.

    All other options are those of the command with the same names; ``split=False`` is its ``--no-split``. Limits are in
    millions of pixels, pages, MiB and seconds.

    A source that can't be read gives a record too: its ``status`` is ``"failed"``, and its ``errors`` say why. Warnings
    go to the logger ``ecp_ingest``.

    Raises, before any work:
        UsageError: an option has a value that makes no sense, an input does not exist (NoInputError), or two sources
            would write the same record (NameClashError).
        MissingDependencyError: Tesseract or a model is missing.
        OutputError: ``output`` can't be written to.

    Raises, later:
        OutputError, NameClashError: a record can't be written. What is done is kept, and the same call continues from
            there.
    """
    if jobs < 0:
        raise UsageError(f"jobs can't be {jobs}: 0 is one per core")
    if in_process and jobs != 1:
        raise UsageError(f"in_process does one page after the other: leave out jobs={jobs}")
    options = ConvertOptions(
        language=language,
        jobs=jobs,
        pages=pages,
        mode=mode,
        image_dpi=image_dpi,
        pdf_password=pdf_password,
        max_image_mpixels=max_image_mpixels,
        max_pages=max_pages,
        max_memory=max_memory,
        page_timeout=page_timeout,
        file_timeout=file_timeout,
        engine=engine,
        urdu_model=urdu_model,
        tessdata_dir=Path(tessdata_dir) if tessdata_dir else None,
        gazetteer=Path(gazetteer) if gazetteer else None,
        split=split,
        force=force,
    )
    settings = options.settings()
    given = [inputs] if isinstance(inputs, str | Path) else list(inputs)
    folder = place(output) if output is not None else None
    found = _sources(given, output=folder)
    find_engine(settings=settings.recognise)  # raises here, before any work, if something is missing
    if folder is not None:
        prepare(folder)
    call = _Conversion(found, folder, settings, workers=options.workers, in_process=in_process, force=force)
    return _one_by_one(call, ahead=_AHEAD if options.workers > 1 else 0)


def _sources(inputs: Sequence[str | Path], *, output: Place | None) -> Discovered:
    """Raises NoInputError and NameClashError."""
    found = discover(inputs, output=output or _NOWHERE)
    clashing = [refused for refused in found.refused if isinstance(refused.error, NameClashError)]
    for refused in found.refused:
        if output is not None or refused not in clashing:
            raise refused.error
    if output is not None:
        return found
    # No record is written, so names can't clash.
    paths = sorted([source.path for source in found.sources] + [refused.path for refused in clashing], key=str)
    return Discovered(tuple(Source(f"{number}/{path.stem}", path) for number, path in enumerate(paths)))


@dataclass(frozen=True, slots=True)
class _Conversion:
    """One call of `convert`, checked and ready to run."""

    found: Discovered
    output: Place | None
    """None: nothing stays on the disk."""
    settings: Settings
    workers: int
    in_process: bool
    force: bool

    def run(self, notify: Listener) -> None:
        with ExitStack() as stack:
            output = self.output or Path(stack.enter_context(TemporaryDirectory(prefix="ecp_ingest_")))
            batch = BatchOptions(output, self.settings, workers=self.workers, force=self.force)
            if self.in_process:
                engine = find_engine(settings=self.settings.recognise)
                run(self.found, batch, engine=engine, executor=InlineExecutor(), in_flight=1, notify=notify)
            else:
                stack.enter_context(conversion(batch, notify=notify))(self.found)

    def records(self, finished: Finished) -> tuple[Record, ...]:
        """The records to hand to the caller.

        Raises:
            NameClashError, OutputError: they could not be written.
        """
        outcome = finished.outcome
        for problem in outcome.problems:
            _LOG.warning("%s", problem)
        if outcome.status == "refused":
            raise NameClashError(outcome.problems[-1])
        if outcome.status == "unwritten":
            raise OutputError(outcome.problems[-1])
        if self.output is not None:
            return tuple(finished.records)
        path = outcome.source.absolute().as_posix() if isinstance(outcome.source, Path) else str(outcome.source)
        return tuple(
            record.model_copy(update={"source": record.source.model_copy(update={"path": path})})
            for record in finished.records
        )


# ── one after the other ───────────────────────────────────────────────────────────────────────────────────────────


class _CallerLeft(BaseException):
    """The caller has left the loop. It passes through the batch as an interrupt does."""


def _one_by_one(call: _Conversion, *, ahead: int) -> Iterator[Record]:
    """Run the batch in a thread, at most ``ahead`` sources ahead of the caller, and yield its records.

    With 0 either the batch works or the caller does, never both: so in one process nothing needs to be thread-safe.
    """
    results: SimpleQueue[tuple[Record, ...] | BaseException | None] = SimpleQueue()
    may_go_on = Semaphore(ahead)
    left = Flag()

    def notify(event: Event) -> None:
        if isinstance(event, Finished):
            results.put(call.records(event))
            may_go_on.acquire()
        if left.is_set():
            raise _CallerLeft

    def work() -> None:
        try:
            call.run(notify)
        except _CallerLeft:
            pass
        except BaseException as error:  # the caller's thread raises it
            results.put(error)
        finally:
            results.put(None)

    thread = Thread(target=work, name="ecp-ingest", daemon=True)
    thread.start()
    try:
        while (result := results.get()) is not None:
            if isinstance(result, BaseException):
                raise result
            yield from result
            may_go_on.release()
    finally:
        left.set()
        may_go_on.release()
        thread.join()
