"""Puts the regions of a page into reading order, once their languages are known.

Layout has cut a recognised page at its gutters, and each region has its path: on which side of each cut it is. Blocks
of a text layer have no path. They are cut recursively, as in Nagy and Seth's XY-cut (1984), except that rows which
share a gutter are cut at the gutter first: paragraphs of two columns that happen to end at one height aren't rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ecp_ingest.document.geometry import Box, around, around_boxes
from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import ReadRegion

ONE_COLUMN = 0.5
"""Share of the smaller width that two groups have in common, at least, if they are in one column."""
TOUCHING = 0.25
"""Share of the smaller height by which regions one above the other may overlap: descenders over ascenders."""
_ABOVE, _LEFT, _RIGHT, _BELOW, _INSET = range(5)
Side = TypeVar("Side")


@dataclass(frozen=True, slots=True)
class Placed:
    """A region, its 0-based index in the page, and the upright box of its column (None if unknown)."""

    index: int
    region: ReadRegion
    column: Box | None

    @property
    def is_inset(self) -> bool:
        """Whether the text of columns flows around it."""
        return self.region.path is not None and _INSET in self.region.path


@dataclass(frozen=True, slots=True)
class _Item:
    index: int
    box: Box


def in_reading_order(page: ReadPage) -> tuple[Placed, ...]:
    """The page's regions in reading order; if some have no boxes, in the order of the source."""
    if all(region.path is not None for region in page.regions):
        return tuple(_by_paths(list(enumerate(page.regions)), 0, page.regions))
    boxed = [(i, region.upright) for i, region in enumerate(page.regions) if region.upright is not None]
    if len(boxed) < len(page.regions):
        return tuple(Placed(i, region, None) for i, region in enumerate(page.regions))
    columns = _cut([_Item(i, box) for i, box in boxed], page.regions)
    return tuple(placed for column in columns for placed in _placed([item.index for item in column], page.regions))


def _placed(column: Sequence[int], regions: Sequence[ReadRegion]) -> list[Placed]:
    """The regions of one column, in their order."""
    box = around_boxes(regions[i].upright for i in column)
    return [Placed(i, regions[i], box) for i in column]


def _by_paths(found: list[tuple[int, ReadRegion]], depth: int, regions: Sequence[ReadRegion]) -> list[Placed]:
    """Regions that have the first ``depth`` cuts of their paths in common, in reading order.

    First what is above the next gutter, then its two sides in the order of their languages, then insets, then what is
    below.
    """
    parts: dict[int, list[tuple[int, ReadRegion]]] = {}
    for i, region in found:
        if region.path is None or len(region.path) <= depth:
            return _placed([i for i, _ in found], regions)
        parts.setdefault(region.path[depth], []).append((i, region))
    sides = [parts[side] for side in (_LEFT, _RIGHT) if side in parts]
    ordered = _in_order(sides, [_is_urdu([i for i, _ in side], regions) for side in sides])
    return [
        placed
        for part in (parts.get(_ABOVE, []), *ordered, parts.get(_INSET, []), parts.get(_BELOW, []))
        if part
        for placed in _by_paths(part, depth + 1, regions)
    ]


def _cut(items: list[_Item], regions: Sequence[ReadRegion]) -> list[list[_Item]]:
    """Columns in reading order, each with its items from top to bottom."""
    if len(items) <= 1:
        return [items] if items else []
    columns: list[list[_Item]] = []
    for group in _groups(_bands(items)):
        sides = _sides(group)
        if len(sides) == 1:
            # Regions one above the other are one column, whatever white is between them.
            fits = columns and len(_sides([*columns[-1], *group])) == 1 and _stacked(columns[-1], group)
            columns = [*columns[:-1], columns[-1] + group] if fits else [*columns, group]
        else:
            for side in _in_order(sides, [_is_urdu([item.index for item in side], regions) for side in sides]):
                columns += _cut(side, regions) if len(side) < len(items) else [side]
    return columns


def _stacked(upper: list[_Item], lower: list[_Item]) -> bool:
    """Whether the two are about as wide and one above the other: one column, not a letterhead above columns."""
    a, b = around([i.box for i in upper]), around([i.box for i in lower])
    return (
        a.shared_width(b) > ONE_COLUMN * min(a.width, b.width) and max(i.box.bottom for i in upper) <= b.top + b.height
    )


def _bands(items: list[_Item]) -> list[list[_Item]]:
    """Items that overlap in height, as bands from top to bottom."""
    bands: list[list[_Item]] = []
    floor = 0.0
    for item in sorted(items, key=lambda item: (item.box.top, item.box.left)):
        if bands and item.box.top < floor - TOUCHING * min(item.box.height, bands[-1][-1].box.height):
            bands[-1].append(item)
        else:
            bands.append([item])
            floor = 0.0
        floor = max(floor, item.box.bottom)
    return bands


def _groups(bands: list[list[_Item]]) -> list[list[_Item]]:
    """Consecutive bands that share a gutter as one group, every other band as its own."""
    groups: list[list[_Item]] = []
    i = 0
    while i < len(bands):
        run, j = list(bands[i]), i + 1
        is_cut = len(_sides(bands[i])) > 1
        best = (j, list(run))
        while j < len(bands) and len(_sides([*run, *bands[j]])) > 1:
            run += bands[j]
            is_cut = is_cut or len(_sides(bands[j])) > 1
            j += 1
            if is_cut:
                best = (j, list(run))
        groups.append(best[1])
        i = best[0]
    return groups


def _sides(items: list[_Item]) -> list[list[_Item]]:
    """Items separated by white that runs down between all of them, from left to right."""
    sides: list[list[_Item]] = []
    edge = 0
    for item in sorted(items, key=lambda item: item.box.left):
        if sides and item.box.left < edge:
            sides[-1].append(item)
        else:
            sides.append([item])
        edge = max(edge, item.box.right) if len(sides[-1]) > 1 or len(sides) > 1 else item.box.right
    return [sorted(side, key=lambda item: (item.box.top, item.box.left)) for side in sides]


def _in_order(sides: Sequence[Side], are_urdu: Sequence[bool]) -> list[Side]:
    """English columns from left to right, then Urdu columns from right to left."""
    known = list(zip(sides, are_urdu, strict=True))
    return [side for side, is_urdu in known if not is_urdu] + [side for side, is_urdu in reversed(known) if is_urdu]


def _is_urdu(places: Sequence[int], regions: Sequence[ReadRegion]) -> bool:
    letters = {"Latn": 0, "Arab": 0}
    for place in places:
        for line in regions[place].lines:
            letters[line.choice.script] += len(line.text)
    return letters["Arab"] > letters["Latn"]
