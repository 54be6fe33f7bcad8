"""Two executors with the interface of ``concurrent.futures.Executor``.

``InlineExecutor`` runs each job at once in this process, for tests and debuggers. ``WorkerExecutor`` runs jobs in
several processes. It has one process for each slot instead of a shared pool, because a shared pool breaks as a whole:
here a worker that dies (out of memory, a crash in a decoder) loses only its own job, and that job is tried once more
in a new process. A job that takes too long is ended and not tried again.
"""

from __future__ import annotations

import multiprocessing.resource_tracker
import signal
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from ecp_ingest.errors import PageTimeoutError
from ecp_ingest.workers.worker import GRACE, OutOfTimeError, Worker, WorkerDiedError

_HEAD_START = 1.0
"""Seconds between a job's own time limit and the end of its process. A stage that notices the limit itself can report
better what took the time."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timed(Generic[P, T]):
    """A job for an executor and its time limit in seconds; the command line option ``option`` raises the limit."""

    call: Callable[P, T]
    seconds: float
    option: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.call(*args, **kwargs)


class InlineExecutor(Executor):
    """Runs each job when it is submitted, without a time limit."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # the future raises it
            future.set_exception(error)
        return future


class Slot:
    """Runs one job at a time in a worker, and starts a new worker when the last one has ended. For one thread."""

    def __init__(self, *, preload: Iterable[str] = (), memory_mib: int | None = None) -> None:
        self._preload = tuple(preload)
        self._memory_mib = memory_mib
        self._worker: Worker | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        """Run ``fn`` in the worker; return what it returns, raise what it raises.

        Raises:
            PageTimeoutError: ``fn`` is `Timed` and took longer than its limit.
            WorkerDiedError: the worker died, and its successor too.
        """
        for _attempt in (1, 2):
            try:
                seconds = fn.seconds + _HEAD_START if isinstance(fn, Timed) else None
                value: T = self._started().run(fn, args, kwargs, seconds=seconds)
            except WorkerDiedError as error:
                self._worker, died = None, error
            except OutOfTimeError as error:
                self._worker = None
                assert isinstance(fn, Timed)
                raise PageTimeoutError(
                    f"took longer than {fn.seconds:g} s and was stopped: the file may be made to keep its reader busy; "
                    f"if it is sound, allow more with {fn.option}"
                ) from error
            else:
                return value
        raise WorkerDiedError(
            f"the process that worked on this died ({died.message}), and once more when it was tried again: too "
            "little memory, or a damaged picture that crashes its decoder; open the file with another program and save "
            "it anew, or allow more with --max-memory"
        )

    def ask_to_stop(self) -> None:
        """End the worker and start no other; callable from any thread. A job that is running is lost."""
        with self._lock:
            self._stopped = True
            if self._worker is not None:
                self._worker.ask_to_stop()

    def stop(self, *, grace: float = GRACE) -> None:
        self.ask_to_stop()
        if (worker := self._worker) is not None:
            worker.stop(grace=grace)

    def close(self) -> None:
        """End the worker; only while `run` isn't running."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _started(self) -> Worker:
        with self._lock:
            if self._stopped:
                raise CancelledError
            if self._worker is None:
                self._worker = Worker(preload=self._preload, memory_mib=self._memory_mib)
            return self._worker


class WorkerExecutor(Executor):
    """``workers`` processes, each with one job at a time. ``stop`` ends them at once.

    Args:
        preload: names of modules that a worker imports before its first job.
        memory_mib: MiB that a worker may allocate after that. None: no limit.
    """

    def __init__(self, workers: int, *, preload: Iterable[str] = (), memory_mib: int | None = None) -> None:
        self._slots = [Slot(preload=preload, memory_mib=memory_mib) for _ in range(workers)]
        self._free = list(self._slots)
        # Python's own helper process. If a thread that blocks interrupts started it, Python would unblock them there.
        multiprocessing.resource_tracker.ensure_running()
        self._threads = ThreadPoolExecutor(workers, "slot", initializer=_block_interrupts)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._in_slot, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for slot in self._slots:
                slot.close()

    def stop(self) -> None:
        """End every worker and the programs that it started within ``GRACE`` seconds. Unfinished jobs are lost."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for slot in self._slots:
            slot.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for slot in self._slots:
            slot.stop(grace=max(0.0, deadline - time.monotonic()))

    def _in_slot(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        slot = self._free.pop()  # never empty: there are as many slots as threads
        try:
            return slot.run(fn, args, kwargs)
        finally:
            self._free.append(slot)


def _block_interrupts() -> None:
    """Block SIGINT in this thread. A worker inherits that, so that Ctrl-C doesn't reach it while it starts."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
