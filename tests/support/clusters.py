"""A Dask cluster on this machine, in processes that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.paths import REPOSITORY


@dataclass
class Cluster:
    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """The scheduler, then the workers; each leads a group of its own."""

    def start(self, *command: str, **environment: str) -> None:
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *command, "--scheduler-file", str(self.folder / "scheduler.json")],
                    cwd=self.folder,
                    env={**os.environ, **environment},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def start_scheduler(self) -> None:
        """Where this package can't be imported: it has to do without."""
        bare = self.without_this_package()
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", PYTHONPATH=bare)
        file = self.folder / "scheduler.json"
        while not file.exists() or not file.read_text().endswith("}"):
            assert self.processes[0].poll() is None, (self.folder / "0.log").read_text()
            time.sleep(0.1)
        self.address = json.loads(file.read_text())["address"]

    def without_this_package(self) -> str:
        """A PYTHONPATH on which it can't be imported, though it may be installed."""
        bare = self.folder / "bare"
        bare.mkdir(exist_ok=True)
        missing = 'raise ModuleNotFoundError("No module named \'ecp_ingest\'", name="ecp_ingest")'
        (bare / "ecp_ingest.py").write_text(missing)
        return str(bare)

    def start_worker(self, **environment: str) -> None:
        environment = {"PYTHONPATH": str(REPOSITORY), **environment}
        self.start("worker", "--nthreads", "1", "--no-dashboard", "--name", f"w{len(self.processes)}", **environment)

    def kill(self, place: int) -> None:
        os.killpg(self.processes[place].pid, signal.SIGKILL)
        self.processes[place].wait()

    def end(self) -> None:
        for place, process in enumerate(self.processes):
            if process.poll() is None:
                self.kill(place)

    def wait_for_workers(self, count: int) -> None:
        for place in range(1, count + 1):
            log = self.folder / f"{place}.log"
            while "Registered to" not in log.read_text():
                assert self.processes[place].poll() is None, log.read_text()
                time.sleep(0.1)
