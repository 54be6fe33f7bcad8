"""A process that does one job after the other, and what keeps it in bounds: a clock, and a limit on its memory.

A decoder may crash, loop for ever or ask for all the memory there is. None of that can be prevented in the process
where it happens; here it happens in a process of its own, which is ended from outside.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ecp_ingest.errors import EcpIngestError, OutOfMemoryError, RecognitionError

GRACE = 2.0
"""Seconds that a worker has to clean up after itself when it is stopped."""

_LAST_WORDS = "last-words"
_MALLOC_TRIM_THRESHOLD, _MALLOC_MMAP_THRESHOLD = -1, -3
"""Of glibc's malloc.h."""
_FOR_EVER = 1e6
"""Seconds; the system's clock for waiting has but 32 bits."""


class WorkerDiedError(RecognitionError):
    """The process that worked on a job died."""


class OutOfTimeError(Exception):
    """A job took longer than it was given; its process was ended."""


class Worker:
    """A process for the thread that owns it. After an error of `run` other than the job's own it is gone.

    ``preload`` names modules that are imported before the first job. ``memory_mib`` limits what the process then, and
    again each program that it runs, may allocate, in MiB; None: no limit. The clock of a job starts when all that is
    done.
    """

    def __init__(self, *, preload: Sequence[str] = (), memory_mib: int | None = None) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would inherit the threads' locks
        # Its own place for temporary files, which are gone with it however it ends.
        self._folder = tempfile.mkdtemp(prefix="ecp_ingest_")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._folder, tuple(preload), memory_mib), daemon=True
        )
        with _main_left_out():
            self._process.start()
        theirs.close()
        self._ready = False

    def run(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, seconds: float | None
    ) -> Any:
        """What ``fn`` returns or raises. Raises WorkerDiedError, or OutOfTimeError after ``seconds``."""
        job = pickle.dumps((fn, args, kwargs))
        try:
            if not self._ready:
                self._pipe.recv_bytes()
                self._ready = True
            self._pipe.send_bytes(job)
            if not self._pipe.poll(seconds if seconds is None else min(seconds, _FOR_EVER)):
                self.stop()
                raise OutOfTimeError
            answer = self._pipe.recv_bytes()
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._how_it_died()) from error
        done, value = pickle.loads(answer)
        if not done:
            raise value
        return value

    def close(self) -> None:
        """Let it go when it has nothing to do."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.join(GRACE)
        self._end()

    def stop(self, *, grace: float = GRACE) -> None:
        """End the process and what it has started, within ``grace`` seconds."""
        self.ask_to_stop()
        self._process.join(grace)
        self._end()

    def ask_to_stop(self) -> None:
        _signal_group(self._process.pid, signal.SIGTERM)

    def _end(self) -> None:
        _signal_group(self._process.pid, signal.SIGKILL)
        self._process.kill()  # it may not have come to have a group of its own
        self._process.join(GRACE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _how_it_died(self) -> str:
        _signal_group(self._process.pid, signal.SIGKILL)  # what it ran goes on otherwise
        self._process.join(GRACE)
        with contextlib.suppress(OSError):
            words = Path(self._folder, _LAST_WORDS).read_text(encoding="utf-8", errors="replace").split("\n")
            said = next((f": {line.strip()[:200]}" for line in reversed(words) if line.strip()), "")
        code = self._process.exitcode
        self._end()
        if code is None or code >= 0:
            return f"exit code {code}{said}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"{name}{said}"


_STARTING = threading.Lock()


@contextlib.contextmanager
def _main_left_out() -> Iterator[None]:
    """A spawned process runs the caller's script again, up to where it is guarded by ``__name__``; many aren't, and
    nothing of it is needed here. Python looks for it among the modules."""
    with _STARTING:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


# ── in the process ────────────────────────────────────────────────────────────────────────────────────────────────


def _serve(
    pipe: multiprocessing.connection.Connection[bytes, bytes],
    folder: str,
    preload: tuple[str, ...],
    memory_mib: int | None,
) -> None:
    _begin(folder)
    try:
        use_one_core()
        keep_memory()
        for name in preload:
            importlib.import_module(name)
        if memory_mib is not None:
            _limit_memory(memory_mib << 20)  # not before: no clock runs yet, and some libraries load for ever then
        signal.signal(signal.SIGTERM, _leave)  # only now that there may be something to clean up
        pipe.send_bytes(b"")
        while True:
            job = pipe.recv_bytes()
            os.ftruncate(2, 0)
            pipe.send_bytes(_answer(job))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # nobody wants more
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answer(job: bytes) -> bytes:
    """(True, what it returned) or (False, what it raised), pickled."""
    try:
        fn, args, kwargs = pickle.loads(job)
        return pickle.dumps((True, fn(*args, **kwargs)))
    except Exception as error:  # it goes to whoever asked
        told = "".join(traceback.format_exception(error))
        if _lacks_memory(error):
            error = OutOfMemoryError("needs more memory than a worker may have; allow more with --max-memory")
        try:
            if not isinstance(error, EcpIngestError):
                error.add_note(told)  # a fault of ours
            answer = pickle.dumps((False, error))
            pickle.loads(answer)  # some can be pickled, but not taken out again
        except Exception:
            answer = pickle.dumps((False, RuntimeError(told)))
        return answer


def _lacks_memory(error: Exception) -> bool:
    """OpenCV has its own way to say so."""
    return isinstance(error, MemoryError) or "Insufficient memory" in str(error) or "bad_alloc" in str(error)


def _begin(folder: str) -> None:
    # A group of its own: Ctrl-C at the terminal then reaches only the parent, which ends its workers in order, and
    # a worker is ended together with the Tesseract that it runs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.setpgid(0, 0)
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    # Codecs write what they think of a file straight to the terminal; who reads it, if anyone, is the parent.
    with Path(folder, _LAST_WORDS).open("ab") as words:
        os.dup2(words.fileno(), 2)
    threading.Thread(target=_die_with_parent, args=(folder,), daemon=True).start()


def _limit_memory(size: int) -> None:
    """``size`` in bytes, for what is allocated from now on: programs and files that are mapped don't count."""
    with contextlib.suppress(ImportError):  # not on every system
        import resource  # noqa: PLC0415

        _soft, most = resource.getrlimit(resource.RLIMIT_DATA)
        size = min(_allocated() + size, sys.maxsize if most == resource.RLIM_INFINITY else most)
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def _allocated() -> int:
    """Bytes; 0 where the system doesn't tell."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def use_one_core() -> None:
    """The batch keeps all cores busy with pages; libraries that do so too would only get in its way."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract, started from here, obeys it
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy, once it is imported; else it takes memory for each core
    from ecp_ingest.page.imaging.threads import use_one_thread  # noqa: PLC0415  slow, and of no use to the parent

    use_one_thread()


def keep_memory() -> None:
    """Memory that is free again is used again. By itself glibc gives every picture's pages back to the system and gets
    them anew, cleared, for the next: a twentieth of the time that a page takes."""
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MALLOC_MMAP_THRESHOLD, 32 << 20)
        mallopt(_MALLOC_TRIM_THRESHOLD, 256 << 20)


def _leave(signum: int, _frame: object) -> None:
    sys.exit(128 + signum)  # as an exception: temporary files are cleaned up on the way


def _die_with_parent(folder: str) -> None:
    """A parent that is killed can't end its workers: they see to it themselves."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        _signal_group(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        shutil.rmtree(folder, ignore_errors=True)
        _signal_group(os.getpid(), signal.SIGKILL)


def _signal_group(pid: int | None, number: signal.Signals) -> None:
    """To the process ``pid`` and what it has started, if it leads a group."""
    if pid is not None:
        with contextlib.suppress(AttributeError, OSError):
            os.killpg(pid, number)
