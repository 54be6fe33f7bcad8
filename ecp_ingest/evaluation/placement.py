"""Scores of the paragraphs' order and boxes and of the pages' rotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from ecp_ingest.document.geometry import Box
from ecp_ingest.evaluation.align import Alignment
from ecp_ingest.evaluation.ground_truth import Truth
from ecp_ingest.evaluation.scores import Share
from ecp_ingest.record.entries import LineEntry, ParagraphEntry
from ecp_ingest.record.schema import Record


def homes_of(truth: Truth, found: Alignment) -> dict[int, int]:
    """Paragraph of the truth → the paragraph of the record that holds most of its words."""
    words: dict[int, Counter[int]] = {}
    for match in found.matches:
        if match.sure:
            words.setdefault(match.truth.index, Counter())[match.read.index] += match.truth.end - match.truth.start
    return {index: counted.most_common(1)[0][0] for index, counted in words.items()}


def _starts(homes: Mapping[int, int], found: Alignment) -> list[tuple[int, int]]:
    """(paragraph, word) of the record where each found paragraph of the truth begins, in the order of the truth."""
    first: dict[int, tuple[int, int]] = {}
    for match in found.matches:
        index = match.truth.index
        if match.sure and homes.get(index) == match.read.index:
            first.setdefault(index, (match.read.index, match.read.start))
    return [first[index] for index in sorted(first)]


def pairs_in_order(homes: Mapping[int, int], found: Alignment) -> Share:
    """Pairs of found paragraphs in the right order."""
    pairs = list(combinations(_starts(homes, found), 2))
    return Share(sum(a < b for a, b in pairs), len(pairs))


def all_in_order(truth: Truth, homes: Mapping[int, int], found: Alignment) -> Share:
    """1 of 1 if all found paragraphs are in order; nothing for a source of one paragraph."""
    if len(truth.paragraphs) < 2:
        return Share()
    starts = _starts(homes, found)
    return Share(int(bool(starts) and starts == sorted(starts)), 1)


def box_overlap(truth: Truth, read: Sequence[ParagraphEntry], homes: Mapping[int, int]) -> Share:
    """Sum of the intersection over union of each paragraph's box with that of its home in the record."""
    share = Share()
    for index, paragraph in enumerate(truth.paragraphs):
        if paragraph.bbox is not None:
            home = read[homes[index]] if index in homes else None
            on_page = home is not None and home.page == paragraph.page and home.bbox is not None
            covered = paragraph.bbox.intersection_over_union(Box(*home.bbox)) if home and home.bbox and on_page else 0.0
            share += Share(covered, 1)
    return share


def line_overlap(truth: Truth, read: Sequence[LineEntry]) -> Share:
    """Sum of the intersection over union of each line's box with the best one of the record."""
    boxes = [(line.page, Box(*line.bbox)) for line in read if line.bbox is not None]
    share = Share()
    for line in (line for paragraph in truth.paragraphs for line in paragraph.lines):
        share += Share(
            max((line.bbox.intersection_over_union(box) for page, box in boxes if page == line.page), default=0.0), 1
        )
    return share


def orientation(truth: Truth, records: Sequence[Record]) -> Share:
    """Pages that were turned by the right angle."""
    turned = {page.number: page.rotation for record in records for page in record.provenance.pages}
    wanted = truth.rotations or {}
    return Share(sum(turned.get(page) == degrees % 360 for page, degrees in wanted.items()), len(wanted))
