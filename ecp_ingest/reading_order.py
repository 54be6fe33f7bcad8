"""In which order the regions of a page are read, when the languages in them are known.

A recursive cut in the manner of Nagy and Seth's XY-cut (1984), except that a run of rows which share a gutter is
parted at the gutter first: paragraphs of two columns that happen to end at one height aren't rows of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecp_ingest.document import Box, ReadPage, ReadRegion, around


@dataclass(frozen=True, slots=True)
class Placed:
    """A region with its 0-based place in the page, and the box of the column that it was found in (upright)."""

    index: int
    region: ReadRegion
    column: Box | None


@dataclass(frozen=True, slots=True)
class _Item:
    index: int
    box: Box


def in_reading_order(page: ReadPage) -> tuple[Placed, ...]:
    """The page's regions as a reader meets them. Regions without boxes stay as they stand."""
    boxed = [(i, region.upright) for i, region in enumerate(page.regions) if region.upright is not None]
    if len(boxed) < len(page.regions):
        return tuple(Placed(i, region, None) for i, region in enumerate(page.regions))
    order: list[Placed] = []
    for column in _cut([_Item(i, box) for i, box in boxed], page.regions):
        box = around([item.box for item in column])
        order += [Placed(item.index, page.regions[item.index], box) for item in column]
    return tuple(order)


def _cut(items: list[_Item], regions: Sequence[ReadRegion]) -> list[list[_Item]]:
    """Columns in reading order, each with its items from top to bottom."""
    if len(items) <= 1:
        return [items] if items else []
    columns: list[list[_Item]] = []
    for group in _groups(_bands(items)):
        sides = _sides(group)
        if len(sides) == 1:
            # Regions one above the other in one column are one column, whatever white lies between.
            fits = columns and len(_sides([*columns[-1], *group])) == 1 and _stacked(columns[-1], group)
            columns = [*columns[:-1], columns[-1] + group] if fits else [*columns, group]
        else:
            for side in _in_order(sides, regions):
                columns += _cut(side, regions) if len(side) < len(items) else [side]
    return columns


def _stacked(upper: list[_Item], lower: list[_Item]) -> bool:
    """The two are about as wide and stand above each other: one column, not a letterhead over columns."""
    a, b = around([i.box for i in upper]), around([i.box for i in lower])
    common = min(a.right, b.right) - max(a.left, b.left)
    return common > 0.5 * min(a.width, b.width) and max(i.box.bottom for i in upper) <= b.top + b.height


def _bands(items: list[_Item]) -> list[list[_Item]]:
    """Items whose heights overlap stand in one band; bands from top to bottom."""
    bands: list[list[_Item]] = []
    floor = 0.0
    for item in sorted(items, key=lambda item: (item.box.top, item.box.left)):
        # A few pixels of overlap are descenders over ascenders, not neighbours.
        if bands and item.box.top < floor - 0.25 * min(item.box.height, bands[-1][-1].box.height):
            bands[-1].append(item)
        else:
            bands.append([item])
            floor = 0.0
        floor = max(floor, item.box.bottom)
    return bands


def _groups(bands: list[list[_Item]]) -> list[list[_Item]]:
    """Runs of bands that share a gutter become one group; every other band is its own."""
    groups: list[list[_Item]] = []
    i = 0
    while i < len(bands):
        run, j = list(bands[i]), i + 1
        parted = len(_sides(bands[i])) > 1
        best = (j, list(run))
        while j < len(bands) and len(_sides([*run, *bands[j]])) > 1:
            run += bands[j]
            parted = parted or len(_sides(bands[j])) > 1
            j += 1
            if parted:
                best = (j, list(run))
        groups.append(best[1])
        i = best[0]
    return groups


def _sides(items: list[_Item]) -> list[list[_Item]]:
    """Items parted at white that runs down between all of them, from left to right."""
    sides: list[list[_Item]] = []
    edge = 0
    for item in sorted(items, key=lambda item: item.box.left):
        if sides and item.box.left < edge:
            sides[-1].append(item)
        else:
            sides.append([item])
        edge = max(edge, item.box.right) if len(sides[-1]) > 1 or len(sides) > 1 else item.box.right
    return [sorted(side, key=lambda item: (item.box.top, item.box.left)) for side in sides]


def _in_order(sides: list[list[_Item]], regions: Sequence[ReadRegion]) -> list[list[_Item]]:
    """English columns from left to right, then Urdu columns from right to left."""
    english = [side for side in sides if not _is_urdu(side, regions)]
    urdu = [side for side in sides if _is_urdu(side, regions)]
    return [*english, *reversed(urdu)]


def _is_urdu(items: list[_Item], regions: Sequence[ReadRegion]) -> bool:
    letters = {"Latn": 0, "Arab": 0}
    for item in items:
        for line in regions[item.index].lines:
            letters[line.choice.script] += len(line.text)
    return letters["Arab"] > letters["Latn"]
