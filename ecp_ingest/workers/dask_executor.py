"""An executor that runs jobs on an existing Dask cluster, with the interface of ``concurrent.futures.Executor``.

Every thread of a Dask worker runs its jobs in a process of its own (``executors.Slot``), as a local run does. So the
same limits on time and memory apply, and a decoder that crashes doesn't end the Dask worker. When a Dask worker dies,
Dask gives its jobs to another one. When the scheduler is gone, all unfinished jobs fail with `ClusterError`.

Only this module imports ``distributed``; it needs the extra ``ecp-ingest[dask]``.
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

import ecp_ingest
from ecp_ingest._version import __version__
from ecp_ingest.document.pages import Scan
from ecp_ingest.errors import ClusterError, EcpIngestError, MissingProgramError, UnreadableSourceError
from ecp_ingest.files.locations import place
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.settings import RecogniseSettings
from ecp_ingest.workers.executors import Slot
from ecp_ingest.workers.worker import WorkerDiedError

ANSWER_SECONDS = 10
"""Time limit for an answer of the scheduler. Dask's own default is 30 s, long for a mistyped address."""
SECONDS_WITHOUT_WORKERS = 60.0
"""A cluster without any worker for this long is given up: workers that restart are back within it."""
WATCH_SECONDS = 1.0
"""Time between two counts of the workers."""
JOBS_PER_THREAD = 2
"""Jobs that are sent to each thread: one to run, and one that waits so that the thread is never idle."""
SHOWN_FAULTS = 3
"""Workers whose faults an error message names; the others are only counted."""
RESUME_HINT = "what was done is kept, and the same command goes on from there"

P = ParamSpec("P")
T = TypeVar("T")


class DaskExecutor(Executor):
    """Sends jobs to the workers of the scheduler at ``address``. ``stop`` abandons the unfinished jobs.

    Raises:
        ClusterError: no scheduler answers, it has no workers, or a worker lacks this version, engine or models; the
            message names the worker.
        MissingProgramError: ``distributed`` isn't installed.
    """

    def __init__(
        self, address: str, *, settings: RecogniseSettings, engine: Engine, preload: Iterable[str], memory_mib: int
    ) -> None:
        self._address = address
        self._threads = 0
        self._preload, self._memory_mib = tuple(preload), memory_mib
        self._lock = threading.Lock()
        self._open: set[Future[Any]] = set()
        self._failure: ClusterError | None = None
        self._stopped = threading.Event()
        self._client = _connected(address)
        try:
            self._require_workers()
            self._ask_workers(worker_fault, __version__, settings, engine)
        except BaseException:
            self._client.close()
            raise
        threading.Thread(target=self._watch, name="cluster", daemon=True).start()

    def capacity(self) -> int:
        """Number of jobs that keep all workers busy."""
        return max(self._threads, 1) * JOBS_PER_THREAD

    def check_sees(self, paths: Sequence[Path]) -> None:
        """Check that every worker can see ``paths``.

        Raises:
            ClusterError: a worker doesn't see all of them.
        """
        self._ask_workers(path_fault, tuple(paths))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._failure is not None:
                future.set_exception(self._failure)
                return future
            self._open.add(future)
        job = Job(Requirements(__version__, self._preload, self._memory_mib), fn, args, kwargs)
        try:
            task = self._client.submit(pickle.loads, pickle.dumps(job), pure=False)
            task.add_done_callback(lambda done: self._settle(done, future))
        except Exception as error:  # a client without its scheduler raises various exceptions
            self._fail_all(f"didn't take a job ({error})")
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopped.set()
        if self._client.status == "running":
            self._client.close(timeout=ANSWER_SECONDS)

    def _ask_workers(self, find_fault: Callable[..., str | None], *args: object) -> None:
        """Call ``find_fault`` on every worker; raise ClusterError with the faults that it returns."""
        try:
            answers: Mapping[str, object] = self._client.run(find_fault, *args, on_error="return")
        except OSError as error:
            raise ClusterError(f"the Dask scheduler is gone ({error}): {RESUME_HINT}", self._address) from error
        faults = [f"worker {name}: {_fault(answer)}" for name, answer in sorted(answers.items()) if answer is not None]
        if faults:
            more = f" (and {len(faults) - SHOWN_FAULTS} more workers)" if len(faults) > SHOWN_FAULTS else ""
            raise ClusterError(f"{'; '.join(faults[:SHOWN_FAULTS])}{more}", self._address)

    def _settle(self, task: Any, future: Future[Any]) -> None:
        """Pass the result of ``task`` on to ``future``; called in a thread of the Dask client."""
        if task.status not in ("finished", "error"):
            self._fail_all("is gone")
            return
        try:
            value = task.result()
        except EcpIngestError as error:
            self._finish(future, error=error)
        except Exception as error:
            if self._client.status != "running":
                self._fail_all("is gone")
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

    def _fail_all(self, what: str) -> None:
        """Fail all unfinished jobs, and those still to come, with ClusterError: "the Dask scheduler ``what``"."""
        with self._lock:
            if self._stopped.is_set():
                return  # abandoned on purpose
            if self._failure is None:
                self._failure = ClusterError(f"the Dask scheduler {what}: {RESUME_HINT}", self._address)
            unfinished, self._open = self._open, set()
        for future in unfinished:
            future.set_exception(self._failure)

    def _require_workers(self) -> None:
        self._count_threads()
        if not self._threads:
            raise ClusterError("has no workers: start some with dask worker", self._address)

    def _count_threads(self) -> None:
        counts: Mapping[str, int] = self._client.nthreads()
        self._threads = sum(counts.values())

    def _watch(self) -> None:
        """Keep the number of threads up to date; fail all jobs when the workers or the scheduler are gone."""
        last_seen = time.monotonic()
        while not self._stopped.wait(WATCH_SECONDS):
            try:
                self._count_threads()
            except Exception:
                if self._client.status != "running":
                    self._fail_all("is gone")
                    return
                continue  # the client is connecting again
            if self._threads:
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > SECONDS_WITHOUT_WORKERS:
                self._fail_all(f"has had no workers for {SECONDS_WITHOUT_WORKERS:.0f} s, start some")
                return


def _fault(answer: object) -> str:
    """The fault that a worker reports, or the error that kept it from answering."""
    if f"No module named '{ecp_ingest.__name__}" in str(answer):
        return "has no ecp-ingest, or an old one: pip install 'ecp-ingest[dask]' there"
    return str(answer)


def _connected(address: str) -> Any:
    try:
        import dask  # noqa: PLC0415  only a run on a cluster needs it
        import distributed  # noqa: PLC0415
    except ImportError as error:
        raise MissingProgramError("--dask needs more packages: pip install 'ecp-ingest[dask]'") from error
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # our own errors report what matters
    # All pages of a source go back to a worker that makes its records: large on purpose, so no warning.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})
    try:
        distributed.comm.addressing.get_address_host_port(address)  # a client with a malformed address is slow to end
        connect: Callable[..., Any] = distributed.Client
        return connect(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers there ({error}): start one with dask scheduler, or check the address", address
        ) from error


# ── on a worker ───────────────────────────────────────────────────────────────────────────────────────────────────

_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Requirements:
    """The version that a Dask worker must have, and the arguments of its ``Slot``."""

    version: str
    preload: tuple[str, ...]
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Job:
    """A call that runs when it is unpickled.

    The scheduler unpickles the function of each task, but not a ``bytes`` argument. As the function is
    ``pickle.loads``, only the workers need this package, not the scheduler.
    """

    requirements: Requirements
    call: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return run_on_worker, (self.requirements, self.call, self.args, self.kwargs)


def run_on_worker(requirements: Requirements, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Run a job with this worker's own engine and models, if they are the same as the sender's."""
    if requirements.version != __version__:  # this worker joined after all workers were asked
        raise ClusterError(f"worker {_name()}: {_other_version(requirements.version)}")
    subject = args[0]
    path = place(subject.path if isinstance(subject, Scan) else subject)
    if isinstance(path, Path) and not path.exists():
        raise UnreadableSourceError(f"isn't there for worker {_name()}: if it is here, {_remedies()}", path.name)
    if "engine" in kwargs:
        engine, fault = _own_engine(kwargs["settings"].recognise, kwargs["engine"])
        if fault is not None:
            raise ClusterError(f"worker {_name()}: {fault}")
        kwargs = {**kwargs, "engine": engine}
    return _slot(requirements).run(fn, args, kwargs)


def _slot(requirements: Requirements) -> Slot:
    """The slot of the calling thread."""
    known: tuple[Requirements, Slot] | None = getattr(_thread, "slot", None)
    if known is not None and known[0] == requirements:
        return known[1]
    if known is not None:
        known[1].close()
    multiprocessing.current_process().daemon = False  # Dask's workers are daemons, which may not start processes
    slot = Slot(preload=requirements.preload, memory_mib=requirements.memory_mib)
    _thread.slot = requirements, slot
    return slot


def worker_fault(version: str, settings: RecogniseSettings, engine: Engine) -> str | None:
    """What differs on this worker, or None. If the worker lacks this module, Dask reports that itself."""
    return _other_version(version) if version != __version__ else _own_engine(settings, engine)[1]


def path_fault(paths: Sequence[Path]) -> str | None:
    """The first of ``paths`` that this worker doesn't see, as a message, or None."""
    unseen = [path for path in paths if not path.exists()]
    return f"doesn't see {unseen[0]}: {_remedies()}" if unseen else None


def _own_engine(settings: RecogniseSettings, asked: Engine) -> tuple[Engine, str | None]:
    """This worker's engine, and how it differs from ``asked``."""
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
