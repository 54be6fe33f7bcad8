"""Trains the Urdu Nastaliq model: rendered lines → the stock network in PyTorch → ``.traineddata``.

Importing this module is fast; torch and the font libraries (``pip install 'ecp-ingest[train]'``) are needed only when
``train`` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ecp_ingest.errors import MissingDependencyError
from ecp_ingest.training.plan import Plan, Progress, Sizes

__all__ = ["Plan", "Progress", "Sizes", "train"]


def _silent(progress: Progress) -> None:
    pass


def train(
    *,
    out: Path,
    fonts: Path,
    texts: Sequence[Path],
    start: Path,
    latin: Path | None = None,
    name: str = "urd_nastaliq",
    minutes: float = 90.0,
    height: int = 64,
    sizes: Sizes | None = None,
    rate: float = 1.2e-3,
    resume: bool = False,
    pairs: Path | None = None,
    pairs_share: float = 0.5,
    unseen: Sequence[str] = (),
    unseen_part: float = 0.33,
    seed: int = 1,
    progress: Callable[[Progress], None] = _silent,
) -> Path:
    """Train a model and return the path of its ``.traineddata`` (int8; the float form is in the same folder).

    Args:
        out: folder for checkpoints and models; made if missing.
        fonts: folder with Nastaliq faces, at least one Latin face, and optional Naskh faces (.ttf, .otf).
        texts: UTF-8 files (or ``.xz``), one paragraph per line.
        start: Tesseract's ``urd.traineddata``, or an earlier model of ours.
        latin: ``eng.traineddata``, for the properties of Latin characters; by default in the folder of ``start``.
        minutes: wall clock over all resumptions, at the end of which the learning rate is near zero.
        height: of the network's input, in pixels; must stay the same for a model that is trained further.
        sizes: units of the network's layers; the start model's by default. A larger network starts with the weights of
            the start model and gives exactly the same output.
        rate: maximum learning rate; about a tenth of the default to fine-tune a finished model.
        resume: continue from ``out/checkpoint.pt`` if it exists.
        pairs: folder with additional line images and their text (``x.png``, ``x.gt.txt``) to train on.
        pairs_share: share of the training lines made from the pairs.
        unseen: parts of names of faces left out for ``unseen_part`` of the time; its last checkpoint is kept.
        progress: called every few minutes.

    Raises:
        MissingDependencyError: a library or one of Tesseract's training programs isn't installed.
        TrainingError: fonts, text, pairs, start model or checkpoint can't be used.
    """
    try:
        from ecp_ingest.training.session import run_session  # noqa: PLC0415 - torch takes seconds to load
    except ModuleNotFoundError as error:
        missing = f"training needs {error.name}: pip install 'ecp-ingest[train]'"
        raise MissingDependencyError(missing) from error
    plan = Plan(
        minutes=minutes,
        height=height,
        sizes=sizes,
        rate=rate,
        unseen=tuple(unseen),
        unseen_part=unseen_part if unseen else 0.0,
        pairs_share=pairs_share,
        seed=seed,
    )
    return run_session(
        out=out,
        fonts=fonts,
        texts=texts,
        start=start,
        latin=latin or start.with_name("eng.traineddata"),
        name=name,
        plan=plan,
        resume=resume,
        pairs=pairs,
        progress=progress,
    )
