"""The sources of a batch that are still to be converted, one after the other.

What stands of each in the output folder is looked at ahead, in threads: hashing files and reading records take most of
a run that finds nothing to do. What another run is working on comes last, and is looked at again then.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import chain

from ecp_ingest.batch.discover import Source
from ecp_ingest.batch.locks import Claims
from ecp_ingest.batch.resume import Standing

LOOKERS = 4
AT_ONCE = 16
"""Sources that a thread looks at before anyone hears of them: to hand over each by itself takes as long as the look."""
AGAIN = 0.5
"""Seconds between two looks at what another run is working on."""


def looked_at(
    sources: Sequence[Source], *, look: Callable[[Source], Standing], threads: Executor
) -> Iterator[tuple[Source, Standing]]:
    """Each of ``sources`` with what stands of it, in their order."""
    groups = [sources[start : start + AT_ONCE] for start in range(0, len(sources), AT_ONCE)]
    standings = threads.map(lambda group: [look(source) for source in group], groups)
    return zip(sources, chain.from_iterable(standings), strict=True)


class ToDo:
    def __init__(
        self,
        sources: Sequence[Source],
        *,
        look: Callable[[Source], Standing],
        claims: Claims,
        waiting: Callable[[int], None],
    ) -> None:
        """``waiting`` hears how many sources are left to another run, once nothing else is to do."""
        self._look, self._claims, self._waiting = look, claims, waiting
        self._threads = ThreadPoolExecutor(LOOKERS, "look")
        self._looked = looked_at(sources, look=look, threads=self._threads)
        self._elsewhere: deque[Source] = deque()
        self._told = False

    def next(self, *, wait: bool) -> tuple[Source, Standing] | None:
        """A source and what is to be done about it; one that is to be converted is claimed.

        None where there is none, or none right now; with ``wait`` only where there is none.
        """
        for source, standing in self._looked:
            if standing.action != "convert":
                return source, standing
            if self._claims.take(source.target):
                return source, self._look(source) if self._claims.shared else standing
            self._elsewhere.append(source)
        while self._elsewhere:
            for source in list(self._elsewhere):
                if self._claims.take(source.target):
                    self._elsewhere.remove(source)
                    return source, self._look(source)
            if not wait:
                break
            if not self._told:
                self._told = True
                self._waiting(len(self._elsewhere))
            time.sleep(AGAIN)
        return None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
