"""Records for Python: the command line's ``convert`` without the command line.

    from ecp_ingest import convert

    for record in convert("may.pdf"):
        print(record.release.date.value if record.release.date else "no date")

It is the same batch that the command runs, so records come out the same.
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
from ecp_ingest.batch.discover import Found, Source, discover
from ecp_ingest.batch.events import Event, Finished, Listener
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.errors import NameClashError, OutputError, UsageError
from ecp_ingest.files.locations import Place, place
from ecp_ingest.options import ConvertOptions
from ecp_ingest.page.recognition.models import find_engine
from ecp_ingest.record.schema import Record
from ecp_ingest.settings import Mode, Settings
from ecp_ingest.workers.executors import InlineExecutor

_LOG = logging.getLogger("ecp_ingest")

DEFAULTS = ConvertOptions()

_NOWHERE = Path(os.devnull)
"""No source lies below it."""

_AHEAD = 4
"""Sources whose records may wait for the caller while workers go on."""


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
    urdu_model: str = DEFAULTS.urdu_model,
    tessdata_dir: str | Path | None = None,
    gazetteer: str | Path | None = None,
    split: bool = True,
    force: bool = False,
) -> Iterator[Record]:
    """The records of ``inputs``: files, folders with all below them, patterns; each source's as soon as it is done.

    Nothing is written unless ``output`` names a folder: then records are written there as on the command line, what
    was done before is not done again (unless ``force``), and what comes is what stands there, a person's edits
    included. ``source.path`` leads to the source: from the record's folder, or from anywhere where there is none.

    ``jobs`` is how many pages are read at a time, each in a process of its own; 0: one for each core. At most a few
    records wait for the caller; who asks for no more (``break``) ends the work. ``in_process`` is for debuggers and
    profilers: all is done in this process, one page after the other, and nothing limits a page's time and memory.

    All others are options of the command by the same name; ``split=False`` is its ``--no-split``. Limits are in
    millions of pixels, pages, MiB and seconds.

    A source that can't be read gives a record all the same, whose ``status`` is ``"failed"`` and whose ``errors`` say
    why; warnings go to the logger ``ecp_ingest``.

    Raises, before any work:
        UsageError: an option can't be meant, an input doesn't exist (NoInputError), two sources would write one record
            (NameClashError).
        MissingDependencyError: Tesseract or a model is missing.
        OutputError: ``output`` can't be written to.
    And later OutputError or NameClashError where a record can't be written: what is done is kept, and the same call
    goes on from there.
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


def _sources(inputs: Sequence[str | Path], *, output: Place | None) -> Found:
    """Raises NoInputError and NameClashError."""
    found = discover(inputs, output=output or _NOWHERE)
    clashing = [refused for refused in found.refused if isinstance(refused.error, NameClashError)]
    for refused in found.refused:
        if output is not None or refused not in clashing:
            raise refused.error
    if output is not None:
        return found
    # Where no names are written none can clash.
    paths = sorted([source.path for source in found.sources] + [refused.path for refused in clashing], key=str)
    return Found(tuple(Source(f"{number}/{path.stem}", path) for number, path in enumerate(paths)))


@dataclass(frozen=True, slots=True)
class _Conversion:
    """One call of `convert`, checked and ready to run."""

    found: Found
    output: Place | None
    """None: nothing stays on the disk."""
    settings: Settings
    workers: int
    in_process: bool
    force: bool

    def run(self, tell: Listener) -> None:
        with ExitStack() as stack:
            output = self.output or Path(stack.enter_context(TemporaryDirectory(prefix="ecp_ingest_")))
            batch = BatchOptions(output, self.settings, workers=self.workers, force=self.force)
            if self.in_process:
                engine = find_engine(settings=self.settings.recognise)
                run(self.found, batch, engine=engine, executor=InlineExecutor(), in_flight=1, tell=tell)
            else:
                stack.enter_context(conversion(batch, tell=tell))(self.found)

    def records(self, finished: Finished) -> tuple[Record, ...]:
        """Raises NameClashError and OutputError."""
        outcome = finished.outcome
        for problem in outcome.problems:
            _LOG.warning("%s", problem)
        if outcome.status == "refused":
            raise NameClashError(outcome.problems[-1])
        if outcome.status == "unwritten":
            raise OutputError(outcome.problems[-1])
        if self.output is not None:
            return tuple(finished.records)
        way = outcome.source.absolute().as_posix() if isinstance(outcome.source, Path) else str(outcome.source)
        return tuple(
            record.model_copy(update={"source": record.source.model_copy(update={"path": way})})
            for record in finished.records
        )


# ── one after the other ───────────────────────────────────────────────────────────────────────────────────────────


class _NoMoreWanted(BaseException):
    """Passes through the batch as an interrupt does."""


def _one_by_one(call: _Conversion, *, ahead: int) -> Iterator[Record]:
    """The batch tells what it has done, and here it is asked: it runs in a thread, never more than ``ahead`` sources
    before the caller. With 0 either it works or the caller does, never both: in one process, what they use needn't be
    safe in threads.
    """
    told: SimpleQueue[tuple[Record, ...] | BaseException | None] = SimpleQueue()
    may_go_on = Semaphore(ahead)
    left = Flag()

    def tell(event: Event) -> None:
        if isinstance(event, Finished):
            told.put(call.records(event))
            may_go_on.acquire()
        if left.is_set():
            raise _NoMoreWanted

    def work() -> None:
        try:
            call.run(tell)
        except _NoMoreWanted:
            pass
        except BaseException as error:  # the caller's thread raises it
            told.put(error)
        finally:
            told.put(None)

    thread = Thread(target=work, name="ecp-ingest", daemon=True)
    thread.start()
    try:
        while (found := told.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield from found
            may_go_on.release()
    finally:
        left.set()
        may_go_on.release()
        thread.join()
