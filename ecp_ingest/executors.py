"""Where the work is done: one ``concurrent.futures.Executor``, in two makes.

``InlineExecutor`` works at once, in this process: for tests, for debuggers. ``WorkerExecutor`` gives every slot a
process of its own rather than sharing one pool, because a shared pool breaks as a whole: here a worker that dies (out
of memory, a crash in a decoder) takes with it just the one job that it held, and that job is tried once more in a
fresh process.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import multiprocessing.connection
import multiprocessing.resource_tracker
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from ecp_ingest.errors import RecognitionError

GRACE = 2.0
"""Seconds that a worker has to clean up after itself when it is stopped."""

P = ParamSpec("P")
T = TypeVar("T")


class WorkerDiedError(RecognitionError):
    """The process that worked on a job died, twice."""


class InlineExecutor(Executor):
    """Does each job when it is handed in."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # it goes to whoever asks the future
            future.set_exception(error)
        return future


class WorkerExecutor(Executor):
    """``workers`` processes, each with one job at a time.

    ``preload`` names modules that a worker imports before its first job. ``stop`` ends the processes at once.
    """

    def __init__(self, workers: int, *, preload: Iterable[str] = ()) -> None:
        self._preload = tuple(preload)
        self._context = multiprocessing.get_context("spawn")  # a fork would inherit the threads' locks
        self._slots = threading.local()
        self._pools: set[ProcessPoolExecutor] = set()
        self._lock = threading.Lock()
        self._stopped = False
        # Python's own helper process; starting it later would let interrupts in again where they are kept out.
        multiprocessing.resource_tracker.ensure_running()
        self._threads = ThreadPoolExecutor(workers, "slot", initializer=_keep_interrupts_out)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._in_slot, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        for pool in self._take_pools():
            pool.shutdown(wait)

    def stop(self) -> None:
        """End every worker, and what it has started, within ``GRACE`` seconds. Jobs that were not done are lost."""
        with self._lock:
            self._stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        pools = self._take_pools()
        # There is no public way from a pool to its processes.
        processes = [process for pool in pools for process in (pool._processes or {}).values()]
        for process in processes:
            _signal_group(process.pid, signal.SIGTERM)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + GRACE
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.kill()  # it may not have come to have a group of its own

    def _take_pools(self) -> list[ProcessPoolExecutor]:
        with self._lock:
            pools = list(self._pools)
            self._pools.clear()
        return pools

    def _in_slot(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        for _attempt in (1, 2):
            pool = self._slot()
            try:
                return pool.submit(fn, *args, **kwargs).result()
            except BrokenProcessPool:
                self._slots.pool = None
                with self._lock:
                    self._pools.discard(pool)
                pool.shutdown(wait=False)
        raise WorkerDiedError(
            "the process that worked on this died, and once more when it was tried alone: too little memory, or a "
            "damaged picture that crashes its decoder"
        )

    def _slot(self) -> ProcessPoolExecutor:
        """The single-process pool of the thread that calls."""
        pool: ProcessPoolExecutor | None = getattr(self._slots, "pool", None)
        if pool is None:
            with self._lock:
                if self._stopped:
                    raise CancelledError
                pool = ProcessPoolExecutor(
                    1, mp_context=self._context, initializer=_begin_worker, initargs=(self._preload,)
                )
                self._pools.add(pool)
            self._slots.pool = pool
        return pool


def use_one_core() -> None:
    """The batch keeps all cores busy with pages; libraries that do so too would only get in its way."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract, started from here, obeys it
    import cv2  # noqa: PLC0415  slow, and of no use to the parent

    cv2.setNumThreads(1)


def _begin_worker(preload: tuple[str, ...]) -> None:
    # A group of its own: Ctrl-C at the terminal then reaches only the parent, which ends its workers in order, and
    # a worker is ended together with the Tesseract that it runs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.setpgid(0, 0)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    use_one_core()
    for name in preload:
        importlib.import_module(name)
    signal.signal(signal.SIGTERM, _leave)  # only now that there may be something to clean up


def _keep_interrupts_out() -> None:
    """Ctrl-C also reaches a process that is just starting; one that is started from this thread doesn't see it."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _leave(signum: int, _frame: object) -> None:
    sys.exit(128 + signum)  # as an exception: temporary files are cleaned up on the way


def _die_with_parent() -> None:
    """A parent that is killed can't end its workers: they see to it themselves."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        _signal_group(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        _signal_group(os.getpid(), signal.SIGKILL)


def _signal_group(pid: int | None, number: signal.Signals) -> None:
    """To the process ``pid`` and what it has started, if it leads a group."""
    if pid is not None:
        with contextlib.suppress(AttributeError, OSError):
            os.killpg(pid, number)
