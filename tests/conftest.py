"""The command line as a person runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.builders import RunCli
from tests.support.paths import REPOSITORY
from tests.support.stores import Store

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

MAY_SKIP = (
    "the [train] extra",
    "isn't part of the project",
    "no emulator of an ARM processor",
    "no compiler with sanitisers",
)
"""Reasons for which continuous integration may skip a test: PyTorch is too large for it, some papers aren't ours to
pass on, and not every machine has an emulator or a compiler with sanitisers. Any other skip there means that a program
is missing which the set-up should have installed."""


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _not_skipped_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _not_skipped_in_ci((yield))


def _not_skipped_in_ci(report: Report) -> Report:
    """The same report; as a failure if it is a skip in continuous integration for a reason not in ``MAY_SKIP``."""
    reason = str(report.longrepr)
    if os.environ.get("CI") and report.outcome == "skipped" and not any(known in reason for known in MAY_SKIP):
        report.outcome = "failed"
        report.longrepr = f"skipped in continuous integration: {reason}"
    return report


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, for all tests together: a process can run Playwright only once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for sources; ``stand_ins.convert`` writes beside it."""
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An S3 server on this machine, which this process and those that it starts take for the one and only."""
    log = (tmp_path_factory.mktemp("store") / "log").open("w+b")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=log, stderr=log
    )
    with pytest.MonkeyPatch.context() as patch, log:
        try:
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", Path(log.name).read_text())):
                assert server.poll() is None, Path(log.name).read_text()
                time.sleep(0.1)
            patch.setenv("AWS_ENDPOINT_URL", found[0])
            patch.setenv("AWS_ACCESS_KEY_ID", "anybody")
            patch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
            patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
            yield Store(found[0])
        finally:
            server.kill()
            server.wait()
