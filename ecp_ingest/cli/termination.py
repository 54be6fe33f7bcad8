"""SIGTERM (from a service manager) and SIGHUP (a closed terminal) end the work as Ctrl-C does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """In the block the first SIGTERM or SIGHUP raises KeyboardInterrupt in the main thread.

    A signal that is ignored already (``nohup``) stays ignored.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names if signal.getsignal(getattr(signal, name)) == signal.SIG_DFL]

    def end(_number: int, _frame: object) -> None:
        for number in numbers:  # a second signal must not disturb the cleaning up
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
