"""Measures models on the fixed sets: error rates in one table."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.layout import LineImage
from ecp_ingest.document.pages import PicturePage
from ecp_ingest.errors import TrainingError
from ecp_ingest.language import text_metrics
from ecp_ingest.language.text_metrics import ErrorRate
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.layout import lay_out
from ecp_ingest.page.recognition.models import Model
from ecp_ingest.page.recognition.tesseract import recognise
from ecp_ingest.page.sources import open_source
from ecp_ingest.release.repair.spacing import respacings
from ecp_ingest.settings import Settings
from ecp_ingest.training import sets
from ecp_ingest.training.lines.fonts import Face, Faces
from ecp_ingest.training.model.tesseract_input import Grey
from ecp_ingest.training.text.corpus import Corpus

FOLDED = text_metrics.compose(
    text_metrics.fold_letterforms,
    text_metrics.fold_marks,
    text_metrics.fold_digits,
    text_metrics.fold_controls,
    text_metrics.fold_spaces,
)
UNFOLDED = text_metrics.compose(text_metrics.fold_controls, text_metrics.fold_spaces)
SPACELESS = text_metrics.compose(FOLDED, text_metrics.without_spaces)
_TIMEOUT = 1800.0


@dataclass(frozen=True, slots=True)
class Score:
    """Error rates of ``lines`` lines, and the ``seconds`` for all of them.

    ``cer`` and ``wer``: letterforms, marks, digits, controls and spaces folded; ``spaceless``: as ``cer``, without
    spaces; ``exact``: only controls and spaces folded.
    """

    cer: ErrorRate = field(default_factory=ErrorRate)
    spaceless: ErrorRate = field(default_factory=ErrorRate)
    exact: ErrorRate = field(default_factory=ErrorRate)
    wer: ErrorRate = field(default_factory=ErrorRate)
    digits: ErrorRate = field(default_factory=ErrorRate)
    """Edits between the digits of the truth and those of the recognised text, in their order."""
    figures: ErrorRate = field(default_factory=ErrorRate)
    """Numbers, dates and codes of the truth that aren't in the recognised text in exactly that form."""
    lines: int = 0
    seconds: float = 0.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.cer + other.cer,
            self.spaceless + other.spaceless,
            self.exact + other.exact,
            self.wer + other.wer,
            self.digits + other.digits,
            self.figures + other.figures,
            self.lines + other.lines,
            self.seconds + other.seconds,
        )


def score(truth: str, read: str) -> Score:
    return Score(
        cer=text_metrics.character_error_rate(truth, read, normalise=FOLDED),
        spaceless=text_metrics.character_error_rate(truth, read, normalise=SPACELESS),
        exact=text_metrics.character_error_rate(truth, read, normalise=UNFOLDED),
        wer=text_metrics.word_error_rate(truth, read, normalise=FOLDED),
        digits=text_metrics.character_error_rate(truth, read, normalise=_digits_alone),
        figures=_figures(truth, read),
    )


def _digits_alone(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _figures(truth: str, read: str) -> ErrorRate:
    """Rate of figures of the truth that weren't recognised. Urdu and ASCII digits differ; spaces have no effect:
    ``18نومبر`` and ``18 نومبر`` both contain ``18``."""
    wanted, found = (_FIGURE.findall(UNFOLDED(text)) for text in (truth, read))
    wrong = 0
    for figure in wanted:
        if figure in found:
            found.remove(figure)
        else:
            wrong += 1
    return ErrorRate(wrong, len(wanted))


_FIGURE = re.compile(r"\(?(?:[A-Z]{1,4}-)?\d(?:[\d.,:/()A-Z-]*[\dA-Z)])?[%٪]?")
"""A number, a date in digits, a time, a percentage, a constituency or a section: ``51,230``, ``12-05-2022``,
``(PS-60)``, ``218(3)``."""


def read_lines(images: Sequence[Grey], model: Model) -> tuple[tuple[str, ...], float]:
    """The text that the engine recognises on each line image, and the seconds for all."""
    lines = [LineImage(Box(0, 0, image.shape[1], image.shape[0]), image) for image in images]
    started = time.perf_counter()
    read = recognise(lines, model=model, timeout=_TIMEOUT)
    return tuple(line.text for line in read), time.perf_counter() - started


def measure_lines(lines: sets.LineSet, model: Model) -> Score:
    read, seconds = read_lines(lines.images, model)
    total = Score(lines=len(read), seconds=seconds)
    for truth, text in zip(lines.truth, read, strict=True):
        total += score(truth, text)
    return total


def measure_page(pixels: Grey, truth: str, model: Model, *, dpi: float | None = None) -> Score:
    """Score of one image of text, cleaned and cut into lines by the pipeline."""
    return _measure_picture(PicturePage(1, pixels, dpi, "measured"), truth, model)


def measure_folder(folder: Path, model: Model, *, respace: bool = False) -> Score:
    """Score of paragraph images with their text (``x.png``, ``x.gt.txt``), cut into lines by the pipeline.

    ``respace``: spaces between words are repaired before scoring.

    Raises:
        TrainingError: there are no such images, or no lines on them.
    """
    settings = Settings().scan
    total = Score()
    for image in sorted(folder.glob("*.png")):
        truth = image.with_suffix(".gt.txt")
        if not truth.exists():
            continue
        page = open_source.load_page(open_source.open_scan(image, settings=settings), 1, settings=settings)
        if isinstance(page, PicturePage):
            total += _measure_picture(page, truth.read_text(encoding="utf-8"), model, respace=respace)
    if not total.lines:
        raise TrainingError("no pictures with ground truth (x.png and x.gt.txt)", str(folder))
    return total


def _measure_picture(picture: PicturePage, truth: str, model: Model, *, respace: bool = False) -> Score:
    found = lay_out(clean(picture, settings=Settings().cleanup))
    read, seconds = read_lines([line.pixels for region in found.regions for line in region.lines], model)
    text = respaced(" ".join(read)) if respace else "\n".join(read)
    return score(truth, text) + Score(lines=len(read), seconds=seconds)


def respaced(text: str) -> str:
    """The text with spaces between Urdu words repaired by ``release.repair.spacing``."""
    for change in reversed(list(respacings(text))):
        text = text[: change.start] + change.after + text[change.start + len(change.before) :]
    return text


def standard_sets(faces: Faces, corpus: Corpus, *, unseen: Sequence[str], count: int) -> list[sets.LineSet]:
    """Sets of lines of held-out text in seen, unseen and Naskh faces, and of figures; each clean and aged."""
    out = []
    latin = faces.latin[-1]
    known = [f for f in faces.nastaliq if not any(n in f.name.lower() for n in unseen)]
    new = [f for f in faces.nastaliq if any(n in f.name.lower() for n in unseen)]
    groups: list[tuple[str, Sequence[Face]]] = [("seen faces", known), ("unseen faces", new), ("Naskh", faces.naskh)]
    for group, (name, some) in enumerate(groups):
        if not some:
            continue
        for aged in (False, True):
            label = f"{name}, {'aged' if aged else 'clean'}"
            out.append(
                sets.line_set(
                    label,
                    some,
                    latin,
                    lambda rng: sets.running_text(corpus, rng),
                    aged=aged,
                    count=count,
                    seed=77 + group,
                )
            )
    for aged in (False, True):
        label = f"figures, {'aged' if aged else 'clean'}"
        out.append(sets.line_set(label, known, latin, sets.figures, aged=aged, count=count, seed=91))
    return out


def table(rows: Sequence[tuple[str, Sequence[tuple[str, Score]]]]) -> str:
    """Markdown with a row per set and model."""
    lines = [
        "| set | model | lines | CER | no blanks | nothing folded | WER | digits wrong | figures right | ms a line |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, scores in rows:
        for model, s in scores:
            digits = f"{100 * s.digits.rate:.1f} %" if s.figures.length else "–"
            figures = f"{100 * (1 - s.figures.rate):.1f} %" if s.figures.length else "–"
            cells = (
                name, model, str(s.lines), *(f"{100 * r.rate:.1f} %" for r in (s.cer, s.spaceless, s.exact, s.wer)),
                digits, figures, f"{1000 * s.seconds / max(1, s.lines):.0f}",
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
