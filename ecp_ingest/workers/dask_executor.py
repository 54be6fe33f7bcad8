"""The same work on a Dask cluster that exists already, behind the same ``concurrent.futures.Executor``.

Every thread of a Dask worker gives its jobs to a process of its own (``executors.Slot``), as a local run does: with the
same limits on time and memory, and a decoder that crashes takes no Dask worker with it. A Dask worker that dies costs
the jobs that it held; Dask gives them to another. When the scheduler is gone, so is what was under way: `ClusterError`.

Only this module knows ``distributed``; it needs the extra ``ecp-ingest[dask]``.
"""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ecp_ingest._version import __version__
from ecp_ingest.document.pages import Scan
from ecp_ingest.errors import ClusterError, EcpIngestError, MissingProgramError, UnreadableSourceError
from ecp_ingest.files.locations import place
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.settings import RecogniseSettings
from ecp_ingest.workers.executors import Slot
from ecp_ingest.workers.worker import WorkerDiedError

PATIENCE = 10
"""Seconds that a scheduler may take to answer."""
NO_WORKERS = 60.0
"""Seconds without any worker after which nobody waits for one any more."""
JOBS_PER_THREAD = 2
"""In flight: one that is done, one that waits."""
GO_ON = "what was done is kept, and the same command goes on from there"

P = ParamSpec("P")
T = TypeVar("T")


class DaskExecutor(Executor):
    """Sends jobs to the workers of the scheduler at ``address``. ``stop`` lets go of those under way.

    Raises ClusterError where no scheduler answers, or one of its workers can't do what this process does; a message
    names the worker. MissingProgramError without ``distributed``.
    """

    def __init__(
        self, address: str, *, settings: RecogniseSettings, engine: Engine, preload: Iterable[str], memory_mib: int
    ) -> None:
        self._address = address
        self._threads = 0
        self._preload, self._memory_mib = tuple(preload), memory_mib
        self._lock = threading.Lock()
        self._open: set[Future[Any]] = set()
        self._lost: ClusterError | None = None
        self._over = threading.Event()
        self._client = _connected(address)
        try:
            self._see_workers()
            self._ask(about_here, __version__, settings, engine)
        except BaseException:
            self._client.close()
            raise
        threading.Thread(target=self._watch, name="cluster", daemon=True).start()

    def capacity(self) -> int:
        """Jobs that keep all workers busy."""
        return max(self._threads, 1) * JOBS_PER_THREAD

    def check_sees(self, paths: Sequence[Path]) -> None:
        """Raises ClusterError where a worker doesn't see all of ``paths``."""
        self._ask(unseen_here, tuple(paths))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._lost is not None:
                future.set_exception(self._lost)
                return future
            self._open.add(future)
        errand = Errand(Terms(__version__, self._preload, self._memory_mib), fn, args, kwargs)
        try:
            job = self._client.submit(pickle.loads, pickle.dumps(errand), pure=False)
            job.add_done_callback(lambda done: self._settle(done, future))
        except Exception as error:  # whatever a client without its scheduler says
            self._lose(f"didn't take a job ({error})")
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stop()

    def stop(self) -> None:
        self._over.set()
        if self._client.status == "running":
            self._client.close(timeout=PATIENCE)

    def _ask(self, what: Callable[..., str | None], *args: object) -> None:
        """Raises ClusterError with what the workers have to say, if anything."""
        try:
            answers: Mapping[str, object] = self._client.run(what, *args, on_error="return")
        except OSError as error:
            raise ClusterError(f"the Dask scheduler is gone ({error}): {GO_ON}", self._address) from error
        faults = [f"worker {name}: {_said(answer)}" for name, answer in sorted(answers.items()) if answer is not None]
        if faults:
            more = f" (and {len(faults) - 3} more workers)" if len(faults) > 3 else ""
            raise ClusterError(f"{'; '.join(faults[:3])}{more}", self._address)

    def _settle(self, job: Any, future: Future[Any]) -> None:
        """Hand over what came of ``job``; called in a thread of the client's."""
        if job.status not in ("finished", "error"):
            self._lose("is gone")
            return
        try:
            value = job.result()
        except EcpIngestError as error:
            self._finish(future, error=error)
        except Exception as error:
            if self._client.status != "running":
                self._lose("is gone")
            elif type(error).__name__ == "KilledWorker":
                self._finish(future, error=WorkerDiedError(f"every worker that worked on this died: {error}"))
            else:
                self._finish(future, error=error)
        else:
            self._finish(future, value)

    def _finish(self, future: Future[Any], value: object = None, *, error: Exception | None = None) -> None:
        with self._lock:
            if future not in self._open:
                return
            self._open.remove(future)
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def _lose(self, what: str) -> None:
        """All that is under way comes to nothing."""
        with self._lock:
            if self._over.is_set():
                return  # let go on purpose
            if self._lost is None:
                self._lost = ClusterError(f"the Dask scheduler {what}: {GO_ON}", self._address)
            lost, self._open = self._open, set()
        for future in lost:
            future.set_exception(self._lost)

    def _see_workers(self) -> None:
        self._count_threads()
        if not self._threads:
            raise ClusterError("has no workers: start some with dask worker", self._address)

    def _count_threads(self) -> None:
        counts: Mapping[str, int] = self._client.nthreads()
        self._threads = sum(counts.values())

    def _watch(self) -> None:
        """How many threads there are, and whether there are any."""
        seen = time.monotonic()
        while not self._over.wait(1.0):
            try:
                self._count_threads()
            except Exception:
                if self._client.status != "running":
                    self._lose("is gone")
                    return
                continue  # it is being connected again
            if self._threads:
                seen = time.monotonic()
            elif time.monotonic() - seen > NO_WORKERS:
                self._lose(f"has had no workers for {NO_WORKERS:.0f} s, start some")
                return


def _said(answer: object) -> str:
    """What a worker answers, or what kept it from answering."""
    if f"No module named '{__package__}" in str(answer):
        return "has no ecp-ingest, or an old one: pip install 'ecp-ingest[dask]' there"
    return str(answer)


def _connected(address: str) -> Any:
    try:
        import dask  # noqa: PLC0415  only who asks for a cluster needs it
        import distributed  # noqa: PLC0415
    except ImportError as error:
        raise MissingProgramError("--dask needs more packages: pip install 'ecp-ingest[dask]'") from error
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it has to say is said by our own errors
    # A source's pages go back for its records to be made: that may be much, and is meant.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})
    try:
        distributed.comm.addressing.get_address_host_port(address)  # a client that was given no address is slow to end
        connect: Callable[..., Any] = distributed.Client
        return connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers there ({error}): start one with dask scheduler, or check the address", address
        ) from error


# ── on a worker ───────────────────────────────────────────────────────────────────────────────────────────────────

_here = threading.local()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a Dask worker has to keep to."""

    version: str
    preload: tuple[str, ...]
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Errand:
    """A job that is done by unpickling it.

    A scheduler unpickles the calls that it passes on, but not the bytes that they are given: so it needs to know
    nothing but ``pickle.loads``, and only the workers need this package.
    """

    terms: Terms
    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return done_here, (self.terms, self.call, self.args, self.kwargs)


def done_here(terms: Terms, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Do a job with what this worker has itself, if that is the same."""
    if terms.version != __version__:  # it came after all workers were asked
        raise ClusterError(f"worker {_name()}: {_other_version(terms.version)}")
    subject = args[0]
    path = place(subject.path if isinstance(subject, Scan) else subject)
    if isinstance(path, Path) and not path.exists():
        raise UnreadableSourceError(f"isn't there for worker {_name()}: if it is here, {_remedies()}", path.name)
    if "engine" in kwargs:
        engine, fault = _engine_here(kwargs["settings"].recognise, kwargs["engine"])
        if fault is not None:
            raise ClusterError(f"worker {_name()}: {fault}")
        kwargs = {**kwargs, "engine": engine}
    return _slot(terms).run(fn, args, kwargs)


def _slot(terms: Terms) -> Slot:
    """The calling thread's."""
    known: tuple[Terms, Slot] | None = getattr(_here, "slot", None)
    if known is not None and known[0] == terms:
        return known[1]
    if known is not None:
        known[1].close()
    multiprocessing.current_process().daemon = False  # as Dask's are; daemons may not have children
    slot = Slot(preload=terms.preload, memory_mib=terms.memory_mib)
    _here.slot = terms, slot
    return slot


def about_here(version: str, settings: RecogniseSettings, engine: Engine) -> str | None:
    """Why this worker can't do what is asked for, if so. Should it lack this very module, Dask says so."""
    return _other_version(version) if version != __version__ else _engine_here(settings, engine)[1]


def unseen_here(paths: Sequence[Path]) -> str | None:
    unseen = [path for path in paths if not path.exists()]
    return f"doesn't see {unseen[0]}: {_remedies()}" if unseen else None


def _engine_here(settings: RecogniseSettings, asked: Engine) -> tuple[Engine, str | None]:
    """The same engine as it lies here, and what is not the same."""
    try:
        found = find_engine(settings=settings)
    except EcpIngestError as error:
        return asked, error.message
    if found.version != asked.version:
        return asked, f"has Tesseract {found.version} where {asked.version} is needed: install the same"
    for model, wanted in zip(found.models, asked.models, strict=True):
        if model.sha256 != wanted.sha256:
            return asked, f"has another model {wanted.name} ({model.path}): install the same"
    return found, None


def _other_version(needed: str) -> str:
    return f"has ecp-ingest {__version__} where {needed} is needed: install the same"


def _remedies() -> str:
    return "share the disk so that it lies at the same path there, or give URLs such as s3://bucket/in/"


def _name() -> str:
    import distributed  # noqa: PLC0415

    return str(distributed.get_worker().address)
