"""What a training run is told and what it tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run does. ``minutes``: wall clock over all resumptions; ``unseen``: faces left out at first."""

    minutes: float
    height: int = 64
    """Of the network's input, in pixels."""
    batch: int = 24
    rate: float = 1.2e-3
    last_rate: float = 2e-5
    warm_up: int = 200
    """Steps."""
    unseen: tuple[str, ...] = ()
    unseen_part: float = 0.0
    """Share of the time for which the unseen faces stay out; their checkpoint is kept as ``checkpoint-unseen.pt``."""
    pairs_share: float = 0.5
    """Of the lines, where there are pairs."""
    seed: int = 1
    average: float = 0.999
    """Weight of the past in the running mean of the weights (Polyak), a step."""
    save_every: float = 150.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``loss`` is the running mean per character; ``spent`` is in seconds, over all resumptions."""

    step: int
    lines: int
    loss: float
    rate: float
    spent: float
