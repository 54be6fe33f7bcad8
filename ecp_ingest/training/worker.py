"""Renders lines in a process of its own while another trains on them."""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random

import cv2

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.lines.ageing import Neighbours
from ecp_ingest.training.lines.fonts import find_faces
from ecp_ingest.training.lines.pairs import Pair
from ecp_ingest.training.lines.samples import Sample, Texts, samples

Chunk = list[Sample]
_PATIENCE = 5.0
"""Seconds to wait for a chunk before checking whether the process is alive."""
_MOST_DEATHS = 5
"""A run of hours shouldn't end because the system killed a process once for lack of memory."""


@dataclass(frozen=True, slots=True)
class Job:
    """Input of the rendering process. ``without``: parts of the names of faces to leave out."""

    fonts: Path
    texts: Texts
    classes: Mapping[str, int]
    height: int
    count: int
    seed: int
    without: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    pairs_share: float = 0.0


def chunks(job: Job) -> Iterator[Chunk]:
    """New lines, ``job.count`` at a time, from a separate process that ends with the iterator.

    Raises:
        TrainingError: that process died more than five times.
    """
    context = multiprocessing.get_context("spawn")
    out: Queue[Chunk] = context.Queue(maxsize=3)

    def begin(seed: int) -> BaseProcess:
        process = context.Process(target=_render, args=(replace(job, seed=seed), out), daemon=True)
        process.start()
        return process

    process = begin(job.seed)
    deaths = 0
    try:
        while True:
            try:
                yield out.get(timeout=_PATIENCE)
            except queue.Empty as error:
                if process.is_alive():
                    continue
                deaths += 1
                if deaths > _MOST_DEATHS:
                    message = f"the process that renders lines died {deaths} times, last with code {process.exitcode}"
                    raise TrainingError(message) from error
                process = begin(job.seed + deaths)
    finally:
        process.terminate()
        process.join(timeout=5)


def _render(job: Job, out: Queue[Chunk]) -> None:
    os.nice(10)
    cv2.setNumThreads(1)
    parent = os.getppid()
    faces = find_faces(job.fonts).without(frozenset(job.without))
    rng, neighbours = Random(job.seed), Neighbours()
    while True:
        chunk = samples(
            job.texts, faces, job.classes, rng, neighbours,
            height=job.height, count=job.count, pairs=job.pairs, pairs_share=job.pairs_share,
        )  # fmt: skip
        while True:
            try:
                out.put(chunk, timeout=5)
                break
            except queue.Full:
                if os.getppid() != parent:  # the parent was killed: nobody reads the queue any more
                    out.cancel_join_thread()
                    return
