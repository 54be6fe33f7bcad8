"""The training loop: trains on a stream of lines; it can be stopped and resumed at any time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from math import cos, pi
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import nn

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.lines.samples import Sample, pad_batch
from ecp_ingest.training.model.network import BLANK, LineNetwork, restored
from ecp_ingest.training.plan import Plan, Progress

Chunks = Callable[[bool], Iterator[list[Sample]]]
"""True for all faces, False to leave out the unseen ones → endless chunks of new lines."""


@dataclass(slots=True)
class State:
    """Contents of a checkpoint. ``average``: running mean of the weights, which is measured and shipped."""

    model: LineNetwork
    average: LineNetwork
    optimiser: torch.optim.Optimizer
    step: int = 0
    lines: int = 0
    spent: float = 0.0
    loss: float = 0.0


def new_state(model: LineNetwork, plan: Plan) -> State:
    average = LineNetwork(model.out.out_features, model.sizes)
    average.load_state_dict(model.state_dict())
    return State(model, average, torch.optim.Adam(model.parameters(), plan.rate, betas=(0.9, 0.99)))


def save(state: State, file: Path) -> None:
    """Write a checkpoint atomically: after a crash the last one is complete."""
    parts = {
        "model": state.model.state_dict(),
        "average": state.average.state_dict(),
        "optimiser": state.optimiser.state_dict(),
        "numbers": {"step": state.step, "lines": state.lines, "spent": state.spent, "loss": state.loss},
    }
    partial = file.with_suffix(".part")
    torch.save(parts, partial)
    partial.replace(file)


def load(file: Path, plan: Plan) -> State:
    """Read a checkpoint.

    Raises:
        TrainingError: it is damaged or belongs to another network.
    """
    try:
        parts: dict[str, Any] = torch.load(file, weights_only=True)
        state = new_state(restored(parts["model"]), plan)
        state.average.load_state_dict(parts["average"])
        state.optimiser.load_state_dict(parts["optimiser"])
        for name, value in parts["numbers"].items():
            setattr(state, name, value)
    except Exception as error:  # torch raises almost any exception for a damaged file
        raise TrainingError(f"can't resume from this checkpoint: {error}", str(file)) from error
    return state


def rate_at(plan: Plan, step: int, part: float) -> float:
    """Learning rate: warm-up over the first steps, then a cosine over the time spent (``part`` 0–1)."""
    cosine = 0.5 * (1 + cos(pi * min(1.0, part)))
    return (plan.last_rate + (plan.rate - plan.last_rate) * cosine) * min(1.0, (step + 1) / plan.warm_up)


@cache
def _has_bfloat16() -> bool:
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def train_step(state: State, batch: Sequence[Sample], plan: Plan, rng: Random) -> float:
    """Train on one batch and return the loss per character."""
    array, labels, lengths = pad_batch(batch, rng)
    # on processors without bf16 instructions it takes twice as long as float32
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_has_bfloat16()):
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


def run(state: State, plan: Plan, out: Path, chunks: Chunks, progress: Callable[[Progress], None]) -> State:
    """Train until the plan's minutes are spent; checkpoints go to ``out/checkpoint.pt``."""
    limit = plan.minutes * 60
    first = limit * plan.unseen_part
    if state.spent < first:
        _stage(state, plan, out, chunks(False), progress, until=first)
        save(state, out / "checkpoint-unseen.pt")
    if state.spent < limit:
        _stage(state, plan, out, chunks(True), progress, until=limit)
    return state


def _stage(
    state: State,
    plan: Plan,
    out: Path,
    chunks: Iterator[list[Sample]],
    progress: Callable[[Progress], None],
    *,
    until: float,
) -> None:
    rng = Random(plan.seed + state.step)
    limit = plan.minutes * 60
    saved = before = state.spent

    def keep() -> None:
        save(state, out / "checkpoint.pt")
        rate = rate_at(plan, state.step, state.spent / limit)
        progress(Progress(state.step, state.lines, state.loss, rate, state.spent))

    with closing(chunks):  # type: ignore[type-var]
        chunk = next(chunks)  # the start of the rendering process isn't counted
        began = time.monotonic()
        while state.spent < until:
            for batch in _batches(chunk, plan.batch, rng):
                rate = rate_at(plan, state.step, state.spent / limit)
                for group in state.optimiser.param_groups:
                    group["lr"] = rate
                loss = train_step(state, batch, plan, rng)
                state.loss = loss if state.loss == 0 else 0.99 * state.loss + 0.01 * loss
                state.spent = before + time.monotonic() - began
                if state.spent >= until:
                    break
            if state.spent - saved > plan.save_every:
                saved = state.spent
                keep()
            if state.spent < until:
                chunk = next(chunks)
    keep()


def _batches(chunk: list[Sample], size: int, rng: Random) -> list[list[Sample]]:
    """Batches of lines of similar width, in random order; otherwise a third of a batch is padding."""
    chunk = sorted(chunk, key=lambda sample: sample.values.shape[1])
    batches = [chunk[i : i + size] for i in range(0, len(chunk), size)]
    rng.shuffle(batches)
    return batches
