"""Marks: places in a text (words, repairs, edits) that move along while the text is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True, slots=True)
class Mark:
    """``[start, end)`` of a text, in code points, and what is there."""

    kind: Literal["word", "repair", "suggestion", "accepted", "edited"]
    key: int
    """Of a word: its index among the words of the paragraph. Of a repair or suggestion: its index in the record."""
    start: int
    end: int

    def moved(self, by: int) -> Mark:
        return replace(self, start=self.start + by, end=self.end + by)


Marks = tuple[Mark, ...]


def exchange(text: str, marks: Marks, start: int, before: str, after: str) -> tuple[str, Marks]:
    """The text and its marks after ``before`` at ``start`` became ``after``.

    Words are replaced one by one where they pair up, so that marks stay on their words.

    Raises:
        ValueError: the text at ``start`` isn't ``before``.
    """
    end = start + len(before)
    if start < 0 or text[start:end] != before:
        raise ValueError(f"{before!r} doesn't stand at {start}")
    shift = 0
    for offset, old, new in changes(before, after):
        at = start + offset + shift
        marks = tuple(_shifted(mark, at, len(old), len(new)) for mark in marks)
        shift += len(new) - len(old)
    return text[:start] + after + text[end:], marks


def _shifted(mark: Mark, at: int, old: int, new: int) -> Mark:
    """The mark after ``old`` code points at ``at`` became ``new``."""
    end = at + old

    def moved(place: int, *, inside: int, insertion: bool) -> int:
        if place < at or (place == at and not insertion):
            return place
        return inside if place < end else place + new - old

    # Text inserted right before or right after a word is outside its mark.
    start = moved(mark.start, inside=at, insertion=old == 0 and mark.start < mark.end)
    stop = moved(mark.end, inside=at + new, insertion=False)
    return replace(mark, start=start, end=max(start, stop))


def changes(before: str, after: str) -> Iterator[tuple[int, str, str]]:
    """(offset in ``before``, old, new) for each difference between the texts, in whole words, first to last."""
    old, new = _tokens(before), _tokens(after)
    offsets = [0]
    for token in old:
        offsets.append(offsets[-1] + len(token))
    for i, j, m, n in _blocks(old, new):
        if j - i == n - m:
            for k in range(j - i):
                if old[i + k] != new[m + k]:
                    yield offsets[i + k], old[i + k], new[m + k]
        else:
            yield offsets[i], "".join(old[i:j]), "".join(new[m:n])


def _tokens(text: str) -> list[str]:
    return re.findall(r"\S+|\s+", text)


def _blocks(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Differences, with neighbouring ones joined: a word cut in two is one change, not a change and two insertions."""
    blocks: list[tuple[int, int, int, int]] = []
    for step in Levenshtein.opcodes(old, new):
        if step.tag == "equal":
            continue
        if blocks and blocks[-1][1] == step.src_start and blocks[-1][3] == step.dest_start:
            blocks[-1] = (blocks[-1][0], step.src_end, blocks[-1][2], step.dest_end)
        else:
            blocks.append((step.src_start, step.src_end, step.dest_start, step.dest_end))
    return blocks


def find_again(text: str, start: int, stretch: str, left: str, right: str, *, unique: bool) -> int | None:
    """Offset of ``stretch`` between ``left`` and ``right``: the one nearest to ``start``, or, if it has to be
    ``unique``, the only one; None where there is none."""
    whole = left + stretch + right
    if not whole:
        return None
    at_start, at_end = not left, not right
    found = [match.start() + len(left) for match in re.finditer(f"(?={re.escape(whole)})", text)]
    # Nothing on a side means that the paragraph began or ended there.
    found = [f for f in found if (not at_start or f == 0) and (not at_end or f + len(stretch) == len(text))]
    if not found or (unique and len(found) > 1):
        return None
    return min(found, key=lambda place: abs(place - start))
