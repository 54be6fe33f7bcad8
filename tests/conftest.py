"""The command line as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import REPOSITORY, RunCli


@pytest.fixture(scope="session")
def run_cli() -> RunCli:
    """``run_cli("convert", …)`` runs ``python -m ecp_ingest`` in a process of its own, where a person stands."""

    def run(*arguments: str | Path, cwd: Path = REPOSITORY, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ecp_ingest", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "100", **environment},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    return run
