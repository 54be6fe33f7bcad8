"""Signals that ask for an end: the kill of a service manager, a closed terminal. They do what Ctrl-C does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def asked_to_end() -> Iterator[None]:
    """In the block SIGTERM and SIGHUP raise KeyboardInterrupt in the main thread, the first time.

    What is ignored already (``nohup``) stays so.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names if signal.getsignal(getattr(signal, name)) == signal.SIG_DFL]

    def end(_number: int, _frame: object) -> None:
        for number in numbers:  # a second one must not disturb the clearing up
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
