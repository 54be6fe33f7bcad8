"""Finds sheets that were scanned twice, the second time crooked, darker, shifted, upside down or at another dpi."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from ecp_ingest.document.geometry import Box, around
from ecp_ingest.document.pages import Thumbnail
from ecp_ingest.language.similarity import differences, differing_runs
from ecp_ingest.page.imaging.ink_comparison import InkSimilarity, compare
from ecp_ingest.release.collation.folded_lines import BoxedWord, FoldedLine, boxed_words, folded_words
from ecp_ingest.release.collation.repeats import Repeat

SAME_PAGE = 0.86
"""Likeness of text (1 − edit distance / length) from which two pages may be one sheet."""
ONE_SIDED = 0.1
"""Share of the letters that one scan may have and the other not: a shadow, an edge cut off."""
SAME_PAGE_WITH_PICTURES = 0.5
"""As ``SAME_PAGE``, where pictures of both can be compared: half of a bad second scan may be misread."""
SIZE_RATIO, SIZE_RATIO_WITH_PICTURES = 0.7, 0.5
"""Letters of the shorter page over those of the longer, at least."""
NARROWEST = 8
"""Pixels of a word's box; in narrower ones there is too little ink to compare."""
QUOTED, QUOTED_INK = 10, 5
"""Differences, and lowest likenesses of ink, that the evidence lists."""
ENOUGH_LETTERS = 180
"""A page with fewer letters (a letterhead, a cover) may be alike without being the same sheet."""


def same_sheets(texts: Mapping[int, Sequence[FoldedLine]], pictures: Mapping[int, Thumbnail | None]) -> list[Repeat]:
    """Pages that repeat an earlier page, or may do so; ``texts`` and ``pictures`` are by page number."""
    bodies = {number: "".join(line.folded for line in lines).replace(" ", "") for number, lines in texts.items()}
    repeats: list[Repeat] = []
    gone: set[int] = set()
    for first, second in combinations(sorted(texts), 2):
        if first in gone or second in gone:
            continue
        letters = sorted(len(bodies[number]) for number in (first, second))
        with_pictures = pictures.get(first) is not None and pictures.get(second) is not None
        if (
            letters[0] < ENOUGH_LETTERS
            or letters[0] < (SIZE_RATIO_WITH_PICTURES if with_pictures else SIZE_RATIO) * letters[1]
        ):
            continue
        least = SAME_PAGE_WITH_PICTURES if with_pictures else SAME_PAGE
        score = fuzz.ratio(bodies[first], bodies[second], score_cutoff=100 * least) / 100
        if score < least:
            continue
        verdict = _judge(texts[first], texts[second], pictures.get(first), pictures.get(second), score=score)
        if verdict is None:
            continue
        if verdict.certain:
            gone.add(second)
        elif any(repeat.lines[0][0] == second for repeat in repeats):
            continue
        evidence = {"rule": "same_sheet", "page": second, "repeats_page": first, "score": round(score, 4)}
        repeats.append(
            Repeat(
                id="",
                kind="duplicate_page",
                lines=tuple(line.ref for line in texts[second]),
                of=tuple(line.ref for line in texts[first]),
                score=score,
                certain=verdict.certain,
                evidence=evidence | verdict.evidence,
            )
        )
    # A page that certainly repeats one page needs no question about another one.
    return [r for r in repeats if r.certain or r.lines[0][0] not in gone]


class _Verdict(NamedTuple):
    certain: bool
    evidence: dict[str, Any]


def _judge(
    one: Sequence[FoldedLine],
    other: Sequence[FoldedLine],
    picture: Thumbnail | None,
    other_picture: Thumbnail | None,
    *,
    score: float,
) -> _Verdict | None:
    """Whether two pages with likeness ``score`` are one sheet; None where they certainly aren't."""
    against = differences(folded_words(one), folded_words(other))
    evidence: dict[str, Any] = {"differences": [list(pair) for pair in against[:QUOTED]]} if against else {}
    if picture is None or other_picture is None:
        return _Verdict(not against, evidence)
    ink = ink_likeness(one, other, picture, other_picture)
    if ink is None:  # printed anew with other line breaks, or read too badly
        return _Verdict(False, evidence | {"ink": None}) if score >= SAME_PAGE else None
    whole = _one_sided(one, other) <= ONE_SIDED
    if score < SAME_PAGE and not (ink.is_same_sheet and whole):
        return None
    return _Verdict(ink.is_same_sheet and whole, evidence | ink_evidence(ink))


def _one_sided(one: Sequence[FoldedLine], other: Sequence[FoldedLine]) -> float:
    """Share of the letters that have no counterpart on the other page.

    An overlapping scan shares much with a sheet, and goes on where the sheet ends.
    """
    a, b = ([word for word, _ in folded_words(lines)] for lines in (one, other))
    more = sum(abs(len("".join(a[left])) - len("".join(b[right]))) for left, right in differing_runs(a, b))
    return more / max(1, min(len("".join(a)), len("".join(b))))


def ink_evidence(ink: InkSimilarity) -> dict[str, Any]:
    lowest = sorted(ink.disputed)[:QUOTED_INK]
    return {"ink": round(ink.typical, 4), "ink_in_dispute": [round(likeness, 4) for likeness in lowest]}


def ink_likeness(
    one: Sequence[FoldedLine], other: Sequence[FoldedLine], picture: Thumbnail, other_picture: Thumbnail
) -> InkSimilarity | None:
    """Likeness of the ink of words that were read alike, and of places in dispute: other words, and numbers."""
    a, b = boxed_words(one), boxed_words(other)
    shared: list[tuple[Box, Box]] = []
    disputed: list[tuple[Box, Box]] = []
    runs = differing_runs([word.folded for word in a], [word.folded for word in b])
    at_a = at_b = 0
    for left, right in [*runs, (slice(len(a), len(a)), slice(len(b), len(b)))]:
        for x, y in zip(a[at_a : left.start], b[at_b : right.start], strict=True):
            (disputed if any(map(str.isdigit, x.folded)) else shared).append((x.box, y.box))
        if a[left] and b[right]:
            disputed.append((_box(a[left]), _box(b[right])))
        at_a, at_b = left.stop, right.stop
    return compare(
        picture, other_picture, [pair for pair in shared if min(box.width for box in pair) > NARROWEST], disputed
    )


def _box(words: Sequence[BoxedWord]) -> Box:
    return around([word.box for word in words])
