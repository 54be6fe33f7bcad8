"""A process that does one job after the other, with a limit on its time and on its memory.

A decoder may crash, loop forever or allocate all memory. The process in which that happens can't prevent it. So jobs
run in a process of their own, which the parent ends from outside.
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

_STDERR_FILE = "stderr"
_MALLOC_TRIM_THRESHOLD, _MALLOC_MMAP_THRESHOLD = -1, -3
"""Parameter numbers of ``mallopt``, from glibc's malloc.h."""
_KEPT_BLOCK = 32 << 20
"""Bytes: blocks up to this size come from memory that is reused. Glibc accepts no higher value on 64-bit systems."""
_KEPT_FREE = 256 << 20
"""Bytes of free memory that are kept for reuse: some thirty grey A4 images at 300 dpi."""
_LONGEST_WAIT = 1e6
"""Seconds: the system counts the milliseconds of a wait in 32 bits."""
_SHOWN_OF_LAST_LINE = 200
"""Characters of a dead worker's last line that are quoted: one line of a terminal or two."""
_DATA_FIELD_OF_STATM = 5
"""Place of "data + stack" among the fields of ``/proc/self/statm`` (man 5 proc)."""


class WorkerDiedError(RecognitionError):
    """The process that worked on a job died."""


class OutOfTimeError(Exception):
    """A job took longer than it may; its process was ended."""


class Worker:
    """A process, used by one thread. When `run` raises WorkerDiedError or OutOfTimeError, the process has ended.

    Args:
        preload: names of modules that the process imports before the first job.
        memory_mib: MiB that the process may allocate after that; the same limit applies to each program that it runs.
            None: no limit.

    The clock of a job starts after the imports.
    """

    def __init__(self, *, preload: Sequence[str] = (), memory_mib: int | None = None) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would inherit the threads' locks
        # The process has its own folder for temporary files. It is removed however the process ends.
        self._folder = tempfile.mkdtemp(prefix="ecp_ingest_")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._folder, tuple(preload), memory_mib), daemon=True
        )
        with _without_main_module():
            self._process.start()
        theirs.close()
        self._ready = False

    def run(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, seconds: float | None
    ) -> Any:
        """Run ``fn`` in the process; return what it returns, raise what it raises.

        Raises:
            WorkerDiedError: the process died.
            OutOfTimeError: ``fn`` ran for more than ``seconds``.
        """
        job = pickle.dumps((fn, args, kwargs))
        try:
            if not self._ready:
                self._pipe.recv_bytes()
                self._ready = True
            self._pipe.send_bytes(job)
            if not self._pipe.poll(seconds if seconds is None else min(seconds, _LONGEST_WAIT)):
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
        """End the process; only while no job runs in it."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.join(GRACE)
        self._end()

    def stop(self, *, grace: float = GRACE) -> None:
        """End the process and the programs that it started, within ``grace`` seconds."""
        self.ask_to_stop()
        self._process.join(grace)
        self._end()

    def ask_to_stop(self) -> None:
        _signal_group(self._process.pid, signal.SIGTERM)

    def _end(self) -> None:
        _signal_group(self._process.pid, signal.SIGKILL)
        self._process.kill()  # it may have ended before it made its own process group
        self._process.join(GRACE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _how_it_died(self) -> str:
        """Exit code or name of the signal, with the last line that the process wrote to stderr."""
        _signal_group(self._process.pid, signal.SIGKILL)  # the programs that it started would run on otherwise
        self._process.join(GRACE)
        last_line = ""
        with contextlib.suppress(OSError):
            lines = Path(self._folder, _STDERR_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")
            last_line = f": {last[:_SHOWN_OF_LAST_LINE]}" if last else ""
        code = self._process.exitcode
        self._end()
        if code is None or code >= 0:
            return f"exit code {code}{last_line}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return f"{name}{last_line}"


_START_LOCK = threading.Lock()


@contextlib.contextmanager
def _without_main_module() -> Iterator[None]:
    """Hide the caller's script while a process is spawned.

    A spawned process imports the caller's script, which it finds as ``sys.modules["__main__"]``. A script without an
    ``if __name__ == "__main__"`` guard would run again, and a worker needs nothing of it.
    """
    with _START_LOCK:
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
    _isolate(folder)
    try:
        use_one_core()
        keep_memory()
        for name in preload:
            importlib.import_module(name)
        if memory_mib is not None:
            # After the imports: under a narrow limit some libraries load forever, and no clock runs yet.
            _limit_memory(memory_mib << 20)
        signal.signal(signal.SIGTERM, _exit_on_signal)  # from here on there may be something to clean up
        pipe.send_bytes(b"")
        while True:
            job = pipe.recv_bytes()
            os.ftruncate(2, 0)
            pipe.send_bytes(_answer(job))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the parent closed the pipe
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answer(job: bytes) -> bytes:
    """Run the pickled job. (True, what it returned) or (False, what it raised), pickled."""
    try:
        fn, args, kwargs = pickle.loads(job)
        return pickle.dumps((True, fn(*args, **kwargs)))
    except Exception as error:  # the parent raises it again
        report = "".join(traceback.format_exception(error))
        if _lacks_memory(error):
            error = OutOfMemoryError("needs more memory than a worker may have; allow more with --max-memory")
        try:
            if not isinstance(error, EcpIngestError):
                error.add_note(report)  # a defect of this package
            answer = pickle.dumps((False, error))
            pickle.loads(answer)  # some exceptions can be pickled but not unpickled
        except Exception:
            answer = pickle.dumps((False, RuntimeError(report)))
        return answer


def _lacks_memory(error: Exception) -> bool:
    """Whether memory ran out. OpenCV reports that with its own exception."""
    return isinstance(error, MemoryError) or "Insufficient memory" in str(error) or "bad_alloc" in str(error)


def _isolate(folder: str) -> None:
    """Give this process its own group, temporary files and stderr; end it when its parent ends."""
    # In a group of its own Ctrl-C at the terminal reaches only the parent, which ends its workers in order. And a
    # worker is ended together with the Tesseract that it runs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        os.setpgid(0, 0)
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    # Codecs write warnings about a file straight to stderr. They go to a file, from which `_how_it_died` quotes.
    with Path(folder, _STDERR_FILE).open("ab") as stderr:
        os.dup2(stderr.fileno(), 2)
    threading.Thread(target=_die_with_parent, args=(folder,), daemon=True).start()


def _limit_memory(size: int) -> None:
    """Limit what is allocated from now on to ``size`` bytes. Mapped programs and files don't count."""
    with contextlib.suppress(ImportError):  # not on every system
        import resource  # noqa: PLC0415

        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = min(_allocated() + size, sys.maxsize if hard == resource.RLIM_INFINITY else hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _allocated() -> int:
    """Bytes that this process has allocated; 0 where the system doesn't report it."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[_DATA_FIELD_OF_STATM])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def use_one_core() -> None:
    """Keep libraries to one thread. The batch gives every core its own page; more threads would slow it down."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # for Tesseract, which inherits it
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for NumPy, when it is imported; it allocates memory for each thread
    from ecp_ingest.page.imaging.threads import use_one_thread  # noqa: PLC0415  slow to import; the parent needs none

    use_one_thread()


def keep_memory() -> None:
    """Make glibc reuse freed memory.

    By default it returns the memory of every image to the system and asks for it again, cleared, for the next image.
    That takes a twentieth of a page's time.
    """
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MALLOC_MMAP_THRESHOLD, _KEPT_BLOCK)
        mallopt(_MALLOC_TRIM_THRESHOLD, _KEPT_FREE)


def _exit_on_signal(signum: int, _frame: object) -> None:
    sys.exit(128 + signum)  # a shell's exit code for signals; SystemExit lets temporary files be removed


def _die_with_parent(folder: str) -> None:
    """End this process when its parent ends: a parent that is killed can't do it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        _signal_group(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        shutil.rmtree(folder, ignore_errors=True)
        _signal_group(os.getpid(), signal.SIGKILL)


def _signal_group(pid: int | None, number: signal.Signals) -> None:
    """Signal process ``pid`` and the programs that it started, if it leads a process group."""
    if pid is not None:
        with contextlib.suppress(AttributeError, OSError):
            os.killpg(pid, number)
