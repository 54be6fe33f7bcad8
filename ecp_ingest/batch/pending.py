"""The sources of a batch that are still to be converted, one after the other.

Threads check ahead what an earlier run has left of each: hashing sources and reading records take most of the time of a
run that finds nothing to do. Sources on which another run is working come last, and are then checked again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import chain

from ecp_ingest.batch.discover import Source
from ecp_ingest.batch.locks import SourceLocks
from ecp_ingest.batch.resume import Decision

CHECKING_THREADS = 4
GROUP = 16
"""Sources that a thread checks before it hands over the results: handing over one takes as long as checking it."""
RETRY_AFTER = 0.5
"""Seconds between two checks of the sources on which another run is working."""


def decisions_on(
    sources: Sequence[Source], *, decide: Callable[[Source], Decision], threads: Executor
) -> Iterator[tuple[Source, Decision]]:
    """Each of ``sources`` with what is to be done about it, in their order."""
    groups = [sources[start : start + GROUP] for start in range(0, len(sources), GROUP)]
    decisions = threads.map(lambda group: [decide(source) for source in group], groups)
    return zip(sources, chain.from_iterable(decisions), strict=True)


class PendingSources:
    """Hands out the sources of a batch; each that is to be converted is locked first."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        decide: Callable[[Source], Decision],
        locks: SourceLocks,
        on_wait: Callable[[int], None],
    ) -> None:
        """``on_wait`` gets the number of sources that another run has locked, once nothing else is left to do."""
        self._decide, self._locks, self._on_wait = decide, locks, on_wait
        self._threads = ThreadPoolExecutor(CHECKING_THREADS, "look")
        self._decisions = decisions_on(sources, decide=decide, threads=self._threads)
        self._locked_elsewhere: deque[Source] = deque()
        self._waited = False

    def next(self, *, wait: bool) -> tuple[Source, Decision] | None:
        """A source and what is to be done about it; None if there is none now.

        With ``wait`` it waits for other runs, and None means that all sources are done.
        """
        for source, decision in self._decisions:
            if decision.action != "convert":
                return source, decision
            if self._locks.take(source.target):
                # Another run may have converted it since it was checked.
                return source, self._decide(source) if self._locks.shared else decision
            self._locked_elsewhere.append(source)
        while self._locked_elsewhere:
            for source in list(self._locked_elsewhere):
                if self._locks.take(source.target):
                    self._locked_elsewhere.remove(source)
                    return source, self._decide(source)
            if not wait:
                break
            if not self._waited:
                self._waited = True
                self._on_wait(len(self._locked_elsewhere))
            time.sleep(RETRY_AFTER)
        return None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
