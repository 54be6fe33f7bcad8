"""The batch on a real Dask cluster on this machine: a scheduler and two workers in processes of their own."""

from __future__ import annotations

import gc
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ecp_ingest import __version__
from ecp_ingest.errors import ClusterError
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.settings import RecogniseSettings
from ecp_ingest.workers import dask_executor
from ecp_ingest.workers.dask_executor import DaskExecutor, worker_fault
from tests.support.builders import RunCli, contents
from tests.support.clusters import Cluster
from tests.support.paths import REPOSITORY
from tests.support.stores import Store

ENGLISH = ("--language", "eng")


@pytest.fixture(scope="module")
def cluster(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers that can read the store."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start_scheduler()
        cluster.start_worker()
        cluster.start_worker()
        cluster.wait_for_workers(2)
        yield cluster
    finally:
        cluster.end()


@dataclass(frozen=True)
class Sources:
    folder: Path
    records: dict[str, Any]
    """The records that an undisturbed run on this machine makes of them."""


@pytest.fixture(scope="module")
def sources(store: Store, tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Sources:
    """Small pages that take about a second each; copies in the store at ``s3://scans/``."""
    folder = tmp_path_factory.mktemp("sources")
    with Image.open(REPOSITORY / "samples/stacked.png") as page:
        for number in range(3):
            top = page.height * number // 30
            strip = page.crop((0, top, page.width, top + page.height // 5))
            strip.save(folder / f"{number}.png", dpi=page.info["dpi"])
    store.make_bucket("scans")
    store.put_all(folder, "scans")
    output = tmp_path_factory.mktemp("local")
    done = run_cli("convert", folder, "-o", output, *ENGLISH)
    assert done.returncode in (0, 1), done.stderr
    return Sources(folder, contents(output))


def converting(source: Path | str, output: Path, address: str) -> subprocess.Popen[str]:
    """A running command that has read its first page."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ecp_ingest", "convert", str(source)),
            *("-o", str(output), "--dask", address, "--verbose", *ENGLISH),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.endswith(": read\n"), line + process.stderr.read()
    return process


def connected(cluster: Cluster, engine: Engine | None = None) -> DaskExecutor:
    settings = RecogniseSettings()
    return DaskExecutor(
        cluster.address,
        settings=settings,
        engine=engine or find_engine(settings=settings),
        preload=(),
        memory_mib=3072,
    )


def test_a_worker_with_another_engine_is_named(cluster: Cluster) -> None:
    engine = find_engine(settings=RecogniseSettings())
    changed = replace(engine, models=(engine.models[0], replace(engine.models[1], sha256="0" * 64)))
    with pytest.raises(ClusterError, match=r"worker tcp://127.*: has another model urd_nastaliq .*: install the same"):
        connected(cluster, changed)
    assert worker_fault("99", RecogniseSettings(), engine) == (
        f"has ecp-ingest {__version__} where 99 is needed: install the same"
    )
    assert worker_fault(__version__, RecogniseSettings(), engine) is None


def test_a_worker_without_this_package_is_named_with_the_remedy(tmp_path: Path) -> None:
    foreign = Cluster(tmp_path)
    try:
        foreign.start_scheduler()
        foreign.start_worker(PYTHONPATH=foreign.without_this_package())
        foreign.wait_for_workers(1)
        with pytest.raises(ClusterError, match=r"worker tcp://127.*: has no ecp-ingest, .* pip install"):
            connected(foreign)
    finally:
        foreign.end()


def test_a_worker_that_doesn_t_see_the_files_is_named_with_the_remedies(cluster: Cluster, tmp_path: Path) -> None:
    executor = connected(cluster)
    executor.check_sees([tmp_path])
    with pytest.raises(
        ClusterError, match=r"worker tcp://127.* doesn't see .*gone.pdf: share the disk .*, or give URLs"
    ):
        executor.check_sees([tmp_path, tmp_path / "gone.pdf"])
    executor.stop()


def test_an_error_names_the_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dask_executor, "ANSWER_SECONDS", 0.5)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # the port is in use, but nobody listens
        lonely = Cluster(tmp_path, f"tcp://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(ClusterError, match=f"{lonely.address}: no Dask scheduler answers there"):
            connected(lonely)


@pytest.mark.parametrize("address", ["head", "tcp://head", "http://head:8786"])
def test_a_malformed_address_fails_at_once(address: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ClusterError, match=rf"^{address}: no Dask scheduler answers there"):
        connected(Cluster(tmp_path, address))
    gc.collect()  # a half-built client delays when it is destroyed
    assert time.monotonic() - began < 10


def test_a_killed_worker_costs_only_time(cluster: Cluster, sources: Sources, tmp_path: Path) -> None:
    """The workers fetch the sources themselves."""
    process = converting("s3://scans", tmp_path, cluster.address)
    cluster.kill(1)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    made = contents(tmp_path)
    for name, record in made.items():
        assert record["source"].pop("path") == f"s3://scans/{Path(name).stem}.png"
        record["source"]["path"] = sources.records[name]["source"]["path"]
    assert made == sources.records


def test_a_killed_scheduler_ends_the_run_and_the_next_run_resumes(
    cluster: Cluster, sources: Sources, run_cli: RunCli, tmp_path: Path
) -> None:
    process = converting(sources.folder, tmp_path, cluster.address)
    cluster.kill(0)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 5
    assert "the Dask scheduler is gone: what was done is kept, and the same command goes on from there" in stderr
    assert re.search(r"not finished +[1-9]", stderr)
    assert "Traceback" not in stderr
    assert run_cli("convert", sources.folder, "-o", tmp_path, *ENGLISH).returncode == 0
    assert contents(tmp_path) == sources.records


def test_a_cluster_without_workers_is_an_error(tmp_path: Path) -> None:
    lonely = Cluster(tmp_path)
    try:
        lonely.start_scheduler()
        with pytest.raises(ClusterError, match="has no workers: start some"):
            connected(lonely)
    finally:
        lonely.end()
