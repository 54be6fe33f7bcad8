"""The counts of one source, and how those of many are pooled: errors over length, never a mean of rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar

from ecp_ingest.language import text_metrics
from ecp_ingest.language.text_metrics import ErrorRate, Folding

SPACELESS = "folded, no spaces"
NORMALISATIONS: Mapping[str, tuple[Folding, ...]] = {
    "raw": (text_metrics.fold_spaces,),
    "folded": (
        text_metrics.fold_letterforms,
        text_metrics.fold_marks,
        text_metrics.fold_digits,
        text_metrics.fold_controls,
        text_metrics.fold_spaces,
    ),
    SPACELESS: (
        text_metrics.fold_letterforms,
        text_metrics.fold_marks,
        text_metrics.fold_digits,
        text_metrics.fold_controls,
        text_metrics.without_spaces,
    ),
}
"""Name → foldings of both texts before they are compared. ``raw`` ignores only line ends. Whether a word is right is
judged ``folded``."""
FOLD: Mapping[str, Folding] = {name: text_metrics.compose(*foldings) for name, foldings in NORMALISATIONS.items()}

ALL = "all"
"""Key for all languages together, in their printed order."""


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``of`` things."""

    right: float = 0
    of: int = 0

    @property
    def rate(self) -> float | None:
        """None if nothing was counted."""
        return self.right / self.of if self.of else None

    def __add__(self, other: Share) -> Share:
        return Share(self.right + other.right, self.of + other.of)


@dataclass(frozen=True, slots=True)
class TextErrors:
    """Errors in one text, with one normalisation."""

    characters: ErrorRate
    """In the record's order: a paragraph in the wrong place counts twice, as missing and as invented."""
    words: ErrorRate | None
    """None if the normalisation leaves no words."""
    characters_anywhere: ErrorRate
    """In any order, and whatever language it was taken for (``align``)."""
    words_anywhere: ErrorRate | None

    def __add__(self, other: TextErrors) -> TextErrors:
        return TextErrors(
            self.characters + other.characters,
            _both(self.words, other.words),
            self.characters_anywhere + other.characters_anywhere,
            _both(self.words_anywhere, other.words_anywhere),
        )


def _both(a: ErrorRate | None, b: ErrorRate | None) -> ErrorRate | None:
    return None if a is None or b is None else a + b


Texts = Mapping[str, Mapping[str, TextErrors]]
"""Language (or ``ALL``) → name of the normalisation → errors."""


@dataclass(frozen=True, slots=True)
class Counts:
    """All counts of one source or of many. What the ground truth does not state adds nothing."""

    sources: int = 0
    texts: Texts = field(default_factory=dict)
    language: Share = Share()
    """Characters of the truth in paragraphs of the right language, of those that were found."""
    found: Share = Share()
    """Paragraphs found in the record, well or badly read."""
    order: Share = Share()
    """Pairs of found paragraphs in the right order: Kendall's tau as a share of pairs, used for reading order by
    Quirós and Vidal, "Reading order detection on handwritten documents" (Neural Computing and Applications, 2022)."""
    orders: Share = Share()
    """Sources of several paragraphs in which no pair of found paragraphs is in the wrong order."""
    kinds: Share = Share()
    """Paragraphs with the right kind."""
    boxes: Share = Share()
    """Sum of the intersection over union of paragraph boxes, and their number; 0 for one that was not found."""
    lines: Share = Share()
    """The same for lines, each with the line of the record that overlaps it most."""
    rotations: Share = Share()
    """Pages turned upright."""
    fields: Mapping[str, Share] = field(default_factory=dict)

    def __add__(self, other: Counts) -> Counts:
        mine = {f.name: getattr(self, f.name) for f in fields(self)}
        theirs = {f.name: getattr(other, f.name) for f in fields(other)}
        texts = {
            language: added(self.texts.get(language, {}), other.texts.get(language, {}))
            for language in {**self.texts, **other.texts}
        }
        simple = {name: mine[name] + theirs[name] for name in mine if name not in ("texts", "fields")}
        return Counts(**simple, texts=texts, fields=added(self.fields, other.fields))


_Sum = TypeVar("_Sum", Share, TextErrors)


def added(a: Mapping[str, _Sum], b: Mapping[str, _Sum]) -> dict[str, _Sum]:
    """The sum for each key; a key that only one of them has keeps its value."""
    return {**a, **{key: a[key] + value if key in a else value for key, value in b.items()}}


def pooled(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())
