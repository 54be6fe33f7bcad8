"""The settings of a training run, and its progress."""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.errors import TrainingError


@dataclass(frozen=True, slots=True)
class Sizes:
    """Units of the four LSTM layers, from the image to the classes."""

    columns: int
    """Summarises each column of the image."""
    forward1: int
    backward2: int
    forward3: int

    def __str__(self) -> str:
        return f"{self.columns}/{self.forward1}/{self.backward2}/{self.forward3}"

    @classmethod
    def parse(cls, text: str) -> Sizes:
        """Read ``64/96/96/384``.

        Raises:
            TrainingError: it isn't four numbers above zero.
        """
        parts = text.split("/")
        if len(parts) != 4 or not all(part.isdecimal() and int(part) > 0 for part in parts):
            raise TrainingError(f"sizes are four numbers, such as {URDU}, not {text}")
        return cls(*(int(part) for part in parts))

    def holds(self, other: Sizes) -> bool:
        """Whether every layer has at least as many units as that of ``other``."""
        return (
            self.columns >= other.columns
            and self.forward1 >= other.forward1
            and self.backward2 >= other.backward2
            and self.forward3 >= other.forward3
        )


URDU = Sizes(columns=64, forward1=96, backward2=96, forward3=384)
"""The sizes of Tesseract's ``urd``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Settings of a run. ``minutes``: wall clock over all resumptions; ``unseen``: faces left out at first."""

    minutes: float
    height: int = 64
    """Of the network's input, in pixels."""
    sizes: Sizes | None = None
    """Of the network; those of the start model if None. A larger network starts with the start model's weights."""
    batch: int = 24
    rate: float = 1.2e-3
    last_rate: float = 2e-5
    warm_up: int = 200
    """Steps."""
    unseen: tuple[str, ...] = ()
    unseen_part: float = 0.0
    """Share of the time without the unseen faces; the checkpoint at its end is kept as ``checkpoint-unseen.pt``."""
    pairs_share: float = 0.5
    """Of the lines, if there are pairs."""
    seed: int = 1
    average: float = 0.999
    """Weight of the previous mean in the running mean of the weights (Polyak), per step."""
    save_every: float = 150.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``loss``: running mean per character; ``spent``: seconds over all resumptions."""

    step: int
    lines: int
    loss: float
    rate: float
    spent: float
