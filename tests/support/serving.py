"""A server in a process of its own: it can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.review.queue import key_of
from tests.support.paths import REPOSITORY


@dataclass(frozen=True, slots=True)
class Running:
    url: str
    process: subprocess.Popen[str]

    def record(self, name: str) -> str:
        return f"{self.url}record/{key_of(f'{name}.json')}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(records: Path, *, sources: Path | None = None, reviewer: str = "Ayesha") -> Iterator[Running]:
    more = ["--sources", str(sources)] if sources else []
    process = subprocess.Popen(
        [sys.executable, "-m", "ecp_ingest", "review", str(records), "--no-browser", "--reviewer", reviewer, *more],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), url
        yield Running(url, process)
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()
