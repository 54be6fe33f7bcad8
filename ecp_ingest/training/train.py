"""The training run: one process renders lines, this one learns from them; stopped and resumed at any time."""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import cos, pi
from multiprocessing.queues import Queue
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import nn

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.ageing import Neighbours
from ecp_ingest.training.fonts import Faces, find_faces
from ecp_ingest.training.network import BLANK, LineNetwork
from ecp_ingest.training.samples import Sample, Texts, pad_batch, samples

_BATCHES_AT_ONCE = 16
"""Lines are sorted by width within so many batches, which spares most of the padding."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run does. ``minutes``: wall clock over all resumptions; ``unseen``: faces left out at first."""

    minutes: float
    height: int = 64
    batch: int = 24
    rate: float = 1.2e-3
    last_rate: float = 2e-5
    warm_up: int = 200
    unseen: tuple[str, ...] = ()
    unseen_part: float = 0.0
    """Share of the time for which the unseen faces stay out."""
    seed: int = 1
    average: float = 0.999
    save_every: float = 150.0
    pairs_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """``loss`` is the running mean per character; ``spent`` is in seconds."""

    step: int
    lines: int
    loss: float
    rate: float
    spent: float


@dataclass(slots=True)
class State:
    """All that a checkpoint holds."""

    model: LineNetwork
    average: LineNetwork
    optimiser: torch.optim.Optimizer
    step: int = 0
    lines: int = 0
    spent: float = 0.0
    loss: float = 0.0


def new_state(model: LineNetwork, plan: Plan) -> State:
    average = LineNetwork(model.out.out_features)
    average.load_state_dict(model.state_dict())
    return State(model, average, torch.optim.Adam(model.parameters(), plan.rate, betas=(0.9, 0.99)))


def save(state: State, file: Path) -> None:
    """Write a checkpoint in one step: a crash leaves the last one whole."""
    partial = file.with_suffix(".part")
    numbers = {"step": state.step, "lines": state.lines, "spent": state.spent, "loss": state.loss}
    parts = {
        "model": state.model.state_dict(), "average": state.average.state_dict(),
        "optimiser": state.optimiser.state_dict(), "numbers": numbers,
    }  # fmt: skip
    torch.save(parts, partial)
    partial.replace(file)


def load(file: Path, plan: Plan) -> State:
    try:
        parts: dict[str, Any] = torch.load(file, weights_only=True)
        model = LineNetwork(parts["model"]["out.weight"].shape[0])
        model.load_state_dict(parts["model"])
        state = new_state(model, plan)
        state.average.load_state_dict(parts["average"])
        state.optimiser.load_state_dict(parts["optimiser"])
        for name, value in parts["numbers"].items():
            setattr(state, name, value)
    except (OSError, KeyError, RuntimeError) as error:
        raise TrainingError(f"can't resume from this checkpoint: {error}", str(file)) from error
    return state


def rate_at(plan: Plan, step: int, part: float) -> float:
    """Learning rate: a short warm-up by steps, then a cosine by wall clock (``part`` 0–1)."""
    cosine = 0.5 * (1 + cos(pi * min(1.0, part)))
    return (plan.last_rate + (plan.rate - plan.last_rate) * cosine) * min(1.0, (step + 1) / plan.warm_up)


def train_step(state: State, batch: Sequence[Sample], plan: Plan, rng: Random) -> float:
    """One batch; the loss per character."""
    array, labels, lengths = pad_batch(batch, rng)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = state.model(torch.from_numpy(array))
    steps = torch.full((len(batch),), scores.shape[0])
    loss = nn.functional.ctc_loss(
        scores, torch.tensor(labels), steps, torch.tensor(lengths), blank=BLANK, zero_infinity=True
    )
    state.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    norm = nn.utils.clip_grad_norm_(state.model.parameters(), 5.0)
    if torch.isfinite(norm):
        state.optimiser.step()
        keep = min(plan.average, (1 + state.step) / (10 + state.step))
        with torch.no_grad():
            for mean, value in zip(state.average.parameters(), state.model.parameters(), strict=True):
                mean.lerp_(value, 1 - keep)
    state.step += 1
    state.lines += len(batch)
    return float(loss.detach())


Chunk = list[Sample]
Maker = Callable[[Random, Neighbours, bool, int], Chunk]
"""(rng, neighbours, with all faces, count) → samples."""


def run(
    state: State,
    plan: Plan,
    out: Path,
    chunks: Callable[[bool], Iterator[Chunk]],
    progress: Callable[[Progress], None],
) -> State:
    """Train until the plan's minutes are spent; checkpoints go to ``out/checkpoint.pt``."""
    rng = Random(plan.seed + state.step)
    started, before = time.monotonic(), state.spent
    saved = before
    limit = plan.minutes * 60
    while state.spent < limit:
        all_faces = state.spent >= limit * plan.unseen_part
        for chunk in chunks(all_faces):
            chunk.sort(key=lambda s: s.values.shape[1])
            batches = [chunk[i : i + plan.batch] for i in range(0, len(chunk), plan.batch)]
            rng.shuffle(batches)
            for batch in batches:
                rate = rate_at(plan, state.step, state.spent / limit)
                for group in state.optimiser.param_groups:
                    group["lr"] = rate
                loss = train_step(state, batch, plan, rng)
                state.loss = loss if state.loss == 0 else 0.99 * state.loss + 0.01 * loss
                state.spent = before + time.monotonic() - started
                if state.spent >= limit:
                    break
            if state.spent - saved > plan.save_every:
                saved = state.spent
                save(state, out / "checkpoint.pt")
                progress(Progress(state.step, state.lines, state.loss, rate, state.spent))
            if not all_faces and state.spent >= limit * plan.unseen_part:
                save(state, out / "checkpoint-unseen.pt")
                break
            if state.spent >= limit:
                break
    save(state, out / "checkpoint.pt")
    progress(Progress(state.step, state.lines, state.loss, rate_at(plan, state.step, 1), state.spent))
    return state


@dataclass(frozen=True, slots=True)
class Worker:
    """What the rendering process needs."""

    fonts: Path
    texts: Texts
    classes: Mapping[str, int]
    height: int
    without: tuple[str, ...]
    seed: int
    count: int


def _render(worker: Worker, out: Queue[Chunk]) -> None:
    os.nice(10)
    faces: Faces = find_faces(worker.fonts).without(frozenset(worker.without))
    rng, neighbours = Random(worker.seed), Neighbours()
    while True:
        out.put(samples(worker.texts, faces, worker.classes, rng, neighbours, height=worker.height, count=worker.count))


def chunks_from(worker: Worker, *, core: int | None = None) -> Iterator[Chunk]:
    """Chunks of fresh lines from a process of its own, which ends with the iterator."""
    context = multiprocessing.get_context("spawn")
    out: Queue[Chunk] = context.Queue(maxsize=3)
    process = context.Process(target=_render, args=(worker, out), daemon=True)
    process.start()
    if core is not None and process.pid:
        os.sched_setaffinity(process.pid, {core})
    try:
        while True:
            try:
                yield out.get(timeout=120)
            except queue.Empty as error:
                if not process.is_alive():
                    raise TrainingError("the process that renders lines has died: see its message above") from error
    finally:
        process.terminate()
        process.join(timeout=5)


def log_line(progress: Progress) -> str:
    return json.dumps(asdict(progress))
