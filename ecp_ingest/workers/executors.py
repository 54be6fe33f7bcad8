"""Where the work is done: one ``concurrent.futures.Executor``, in two makes.

``InlineExecutor`` works at once, in this process: for tests, for debuggers. ``WorkerExecutor`` gives every slot a
process of its own rather than sharing one pool, because a shared pool breaks as a whole: here a worker that dies (out
of memory, a crash in a decoder) takes with it just the one job that it held, and that job is tried once more in a
fresh process. One that takes too long is ended, and not tried again.
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
"""Seconds: a stage that keeps to the limit itself knows better what took so long."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timed(Generic[P, T]):
    """A job for an executor, and the seconds that it may take; ``option`` allows more."""

    call: Callable[P, T]
    seconds: float
    option: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.call(*args, **kwargs)


class InlineExecutor(Executor):
    """Does each job when it is handed in, however long it takes."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # it goes to whoever asks the future
            future.set_exception(error)
        return future


class Slot:
    """A place for one job at a time: a worker, and a new one where that is lost. For one thread."""

    def __init__(self, *, preload: Iterable[str] = (), memory_mib: int | None = None) -> None:
        self._preload = tuple(preload)
        self._memory_mib = memory_mib
        self._worker: Worker | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        """What ``fn`` returns or raises. Raises PageTimeoutError (if ``fn`` is `Timed`), WorkerDiedError."""
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
        """From any thread: what `run` does is lost, and it does nothing more."""
        with self._lock:
            self._stopped = True
            if self._worker is not None:
                self._worker.ask_to_stop()

    def stop(self, *, grace: float = GRACE) -> None:
        self.ask_to_stop()
        if (worker := self._worker) is not None:
            worker.stop(grace=grace)

    def close(self) -> None:
        """Let the worker go; only when `run` isn't running."""
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
    """``workers`` processes, each with one job at a time.

    ``preload`` names modules that a worker imports before its first job, ``memory_mib`` is the most that it may
    allocate. ``stop`` ends the processes at once.
    """

    def __init__(self, workers: int, *, preload: Iterable[str] = (), memory_mib: int | None = None) -> None:
        self._slots = [Slot(preload=preload, memory_mib=memory_mib) for _ in range(workers)]
        self._free = list(self._slots)
        # Python's own helper process; starting it later would let interrupts in again where they are kept out.
        multiprocessing.resource_tracker.ensure_running()
        self._threads = ThreadPoolExecutor(workers, "slot", initializer=_keep_interrupts_out)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._in_slot, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for slot in self._slots:
                slot.close()

    def stop(self) -> None:
        """End every worker, and what it has started, within ``GRACE`` seconds. Jobs that were not done are lost."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for slot in self._slots:
            slot.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for slot in self._slots:
            slot.stop(grace=max(0.0, deadline - time.monotonic()))

    def _in_slot(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        slot = self._free.pop()  # there are as many as threads
        try:
            return slot.run(fn, args, kwargs)
        finally:
            self._free.append(slot)


def _keep_interrupts_out() -> None:
    """Ctrl-C also reaches a process that is just starting; one that is started from this thread doesn't see it."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
