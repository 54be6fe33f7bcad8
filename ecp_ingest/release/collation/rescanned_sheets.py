"""The same sheet scanned twice: crooked the second time, darker, shifted, upside down or at another resolution."""

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
ONE_SIDED = 0.1
"""Share of its letters that a scan may have more or less than the other: a shadow, an edge cut off."""
SAME_PAGE_SEEN = 0.5
"""Where pictures of both can be compared: the second scan may be so bad that half of it was misread."""
ENOUGH_LETTERS = 180
"""A page with less (a letterhead, a cover) proves nothing by being alike."""


def same_sheets(texts: Mapping[int, Sequence[FoldedLine]], pictures: Mapping[int, Thumbnail | None]) -> list[Repeat]:
    """Pages (by number) that repeat an earlier page, or may do so."""
    bodies = {number: "".join(line.folded for line in lines).replace(" ", "") for number, lines in texts.items()}
    repeats: list[Repeat] = []
    gone: set[int] = set()
    for first, second in combinations(sorted(texts), 2):
        if first in gone or second in gone:
            continue
        letters = sorted(len(bodies[number]) for number in (first, second))
        seen = pictures.get(first) is not None and pictures.get(second) is not None
        if letters[0] < ENOUGH_LETTERS or letters[0] < (0.5 if seen else 0.7) * letters[1]:
            continue
        least = SAME_PAGE_SEEN if seen else SAME_PAGE
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
    # A page that surely repeats one page needs no question about another.
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
    """None: not one sheet, beyond doubt."""
    against = differences(folded_words(one), folded_words(other))
    evidence: dict[str, Any] = {"differences": [list(pair) for pair in against[:10]]} if against else {}
    if picture is None or other_picture is None:
        return _Verdict(not against, evidence)
    seen = likenesses(one, other, picture, other_picture)
    if seen is None:  # printed anew, with other lines, or too badly read
        return _Verdict(False, evidence | {"ink": None}) if score >= SAME_PAGE else None
    whole = _one_sided(one, other) <= ONE_SIDED
    if score < SAME_PAGE and not (seen.is_same_sheet and whole):
        return None
    return _Verdict(seen.is_same_sheet and whole, evidence | ink_evidence(seen))


def _one_sided(one: Sequence[FoldedLine], other: Sequence[FoldedLine]) -> float:
    """Share of the letters for which the other page has none in that place: a strip shares much with a sheet, and
    goes on where the sheet ends."""
    a, b = ([word for word, _ in folded_words(lines)] for lines in (one, other))
    more = sum(abs(len("".join(a[left])) - len("".join(b[right]))) for left, right in differing_runs(a, b))
    return more / max(1, min(len("".join(a)), len("".join(b))))


def ink_evidence(seen: InkSimilarity) -> dict[str, Any]:
    return {"ink": round(seen.typical, 4), "ink_in_dispute": [round(x, 4) for x in sorted(seen.disputed)[:5]]}


def likenesses(
    one: Sequence[FoldedLine], other: Sequence[FoldedLine], picture: Thumbnail, other_picture: Thumbnail
) -> InkSimilarity | None:
    """In pictures: of the words that were read alike, and of the places in dispute: read otherwise, or numbers."""
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
    return compare(picture, other_picture, [pair for pair in shared if min(p.width for p in pair) > 8], disputed)


def _box(words: Sequence[BoxedWord]) -> Box:
    return around([word.box for word in words])
