"""Compares records with ground truth: error rates, and how well confidences match the share of right words.

files → ``ground_truth`` (pairs) → ``judge`` (counts, words, differences) → ``scores`` (pooled) → terminal, JSON, page
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.evaluation.ground_truth import match
from ecp_ingest.evaluation.judge import Judgement, judge
from ecp_ingest.evaluation.reliability import Reliability, reliability
from ecp_ingest.evaluation.scores import ALL, Counts, pooled

__all__ = ["ALL", "Evaluation", "Judgement", "evaluate"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    judgements: tuple[Judgement, ...]
    """Sorted by name."""
    extra: tuple[str, ...]
    """Paths of records without ground truth."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Sources with ground truth but without a record."""
        return tuple(judged.truth.name for judged in self.judgements if judged.missing)

    @property
    def overall(self) -> Counts:
        return pooled(judged.counts for judged in self.judgements)

    def by_condition(self) -> dict[str, Counts]:
        """Condition of the pages (``kind`` in the ground truth) → counts."""
        return _grouped((judged.truth.condition, judged.counts) for judged in self.judgements)

    def by_arrangement(self) -> dict[str, Counts]:
        return _grouped((j.truth.arrangement, j.counts) for j in self.judgements if j.truth.arrangement)

    def reliability(self) -> Mapping[str, Reliability]:
        """Language (or ``ALL``) → reliability of the confidences of its words; languages without words are left out."""
        words = [word for judged in self.judgements for word in judged.words]
        languages = sorted({word.language for word in words})
        groups = {ALL: words, **{name: [w for w in words if w.language == name] for name in languages}}
        found = {name: reliability([(w.confidence, w.right) for w in of]) for name, of in groups.items()}
        return {name: of for name, of in found.items() if of is not None}


def _grouped(counts: Iterable[tuple[str, Counts]]) -> dict[str, Counts]:
    groups: dict[str, list[Counts]] = {}
    for name, counted in counts:
        groups.setdefault(name, []).append(counted)
    return {name: pooled(groups[name]) for name in sorted(groups)}


def evaluate(records: Path, truth: Path) -> Evaluation:
    """Compare ``records`` with ``truth``; each is a folder or one file.

    Raises:
        NoInputError: nothing can be compared.
        UnreadableSourceError: a file is no record or no ground truth.
    """
    matched = match(records, truth)
    return Evaluation(tuple(judge(pair) for pair in matched.pairs), matched.extra)
