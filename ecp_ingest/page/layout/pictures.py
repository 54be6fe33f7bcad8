"""Pictures: photographs, logos and seals, and the page's black edges."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels, around
from ecp_ingest.page.imaging.components import Components, Indices
from ecp_ingest.page.imaging.runs import group_boxes

REDUCTION = 4
"""Pictures are searched on a page reduced by this factor; ``covered`` masks have this scale."""

# Lengths are in letter heights, shares of a component's box, unless a unit is given.
PAPER_SEARCH, MIN_PAPER_SEARCH = 1.6, 5
"""Size of the window in which print always shows some paper, and its least size in pixels of the reduced page."""
MIN_PAPER_GREY = 225
"""Grey level: where the whole window is darker, no paper shows."""
MIN_PHOTO_SIZE, MIN_PHOTO_PIXELS = 3.0, 90.0
"""Least side of a photograph, and its least side in pixels."""
MIN_PHOTO_COVER = 0.6
"""Share of its box that a photograph covers."""
OVERSIZED = 3.5
"""A component wider and higher than this is larger than a letter."""
MAX_SEAL_WIDTH = 0.6
"""Page widths."""
MIN_SEAL_FILL, MIN_SEAL_ASPECT, MAX_SEAL_ASPECT = 0.55, 0.5, 2.0
"""Share of its box within a seal's outline, and limits of its width over its height."""
NEIGHBOUR_HEIGHTS, MIN_LEVEL, MAX_LETTER_GAP = (0.4, 2.0), 0.4, 0.3
"""Heights of a component: limits of the height of a letter beside it, the rows they share, the white between them."""
MIN_DARK_SIZE, MIN_DARK_FILL = 8.0, 0.3
"""Least side of the dark part of a photograph, and the share of its box with ink: letters that touch each other fill
less."""
ALREADY_COVERED = 0.7
"""A dark part of which this share lies in a known picture is that picture."""
MAX_LIGHT_GAP = 3.0
"""Gaps in the dark part of a photograph up to this wide are covered with it."""
PICTURE_EDGE = REDUCTION + 2
"""Pixels by which a picture may be larger than its box."""
MIN_REACH_OUT, MAX_REACH_OUT = 0.3, 4.0
"""A component that reaches out of a picture by more than the first, by less than the second, may hold print."""
FRAGMENT_GAP, MAX_FRAGMENTS_WIDTH = 1.5, 10.0
"""White between the fragments of one light part of a photograph, and how wide they are together, both at most."""
FRAGMENT_SLACK = 1.0
"""How far fragments may reach out of the box of the dark part."""


def find_pictures(pixels: Pixels, components: Components, letter_height: float) -> tuple[list[Box], Pixels]:
    """Photographs and seals: where no paper shows over several letters, or a component is too large for a letter.

    Returns:
        Their boxes, and a mask, reduced by ``REDUCTION``, of all that is covered, in its true shape: the black edge of
        a scan runs round the page, and its box would hold all the text.
    """
    small = cv2.resize(pixels, None, fx=1 / REDUCTION, fy=1 / REDUCTION, interpolation=cv2.INTER_AREA)
    side = max(MIN_PAPER_SEARCH, int(PAPER_SEARCH * letter_height / REDUCTION) | 1)
    window = np.ones((side, side), np.uint8)
    without_paper = (cv2.dilate(small, window) < MIN_PAPER_GREY).astype(np.uint8)
    covered = np.asarray(cv2.dilate(without_paper, window), np.uint8)
    found = covered_boxes(covered, max(MIN_PHOTO_SIZE * letter_height, MIN_PHOTO_PIXELS))
    dark = dark_photo_parts(components, letter_height)
    large = oversized(components, letter_height) & (components.widths < MAX_SEAL_WIDTH * pixels.shape[1])
    found += [
        components.box(i)
        for i in np.flatnonzero(large & ~dark).tolist()
        if is_seal(components, i) and not is_in_word(components, i)
    ]
    found = merge_overlapping(found)
    for left, top, right, bottom in found:
        covered[top // REDUCTION : -(-bottom // REDUCTION), left // REDUCTION : -(-right // REDUCTION)] = 1
    dark_boxes = {i: components.box(i) for i in np.flatnonzero(dark).tolist()}
    # A component that hangs on a picture found above may be the letters of its caption.
    new = {i: box for i, box in dark_boxes.items() if all(box.overlap(p) < ALREADY_COVERED * box.area for p in found)}
    for i in new:
        cover_dark_part(components, i, letter_height, covered)
    found += new.values()
    return sorted(merge_overlapping(found), key=lambda box: (box.top, box.left)), covered


def covered_boxes(covered: Pixels, min_side: float) -> list[Box]:
    """Boxes of the covered parts that fill their box and have sides longer than ``min_side`` pixels of the page."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(covered, connectivity=8)
    return [
        Box(*(int(v) * REDUCTION for v in (x, y, x + w, y + h)))
        for x, y, w, h, area in stats[1:count]
        if min(w, h) * REDUCTION > min_side and area > MIN_PHOTO_COVER * w * h
    ]


def oversized(components: Components, letter_height: float) -> npt.NDArray[np.bool_]:
    return (components.widths > OVERSIZED * letter_height) & (components.heights > OVERSIZED * letter_height)


def is_seal(components: Components, index: int) -> bool:
    """Whether the component has a closed outline that fills its box, about as wide as high.

    Nastaliq words that touch each other, however large, have no such outline.
    """
    own = components.mask(index)
    outlines, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = max(cv2.contourArea(outline) for outline in outlines)
    aspect = own.shape[1] / own.shape[0]
    return bool(filled > MIN_SEAL_FILL * own.size and MIN_SEAL_ASPECT < aspect < MAX_SEAL_ASPECT)


def is_in_word(components: Components, index: int) -> bool:
    """Whether a letter of about its size is right beside the component: a round letter of a headline is no seal."""
    left, top, right, bottom = components.boxes[index]
    b, height = components.boxes, bottom - top
    lowest, highest = NEIGHBOUR_HEIGHTS
    alike = (components.heights > lowest * height) & (components.heights < highest * height)
    level = np.minimum(b[:, 3], bottom) - np.maximum(b[:, 1], top) > MIN_LEVEL * height
    gap = np.maximum(left - b[:, 2], b[:, 0] - right)
    return bool((alike & level & (gap >= 0) & (gap < MAX_LETTER_GAP * height)).any())


def dark_photo_parts(components: Components, letter_height: float) -> npt.NDArray[np.bool_]:
    """Which components are the dark part of a bilevel photograph: large, and solid rather than made of strokes."""
    width, height = components.widths, components.heights
    large = np.minimum(width, height) > MIN_DARK_SIZE * letter_height
    return np.asarray(large & (components.areas > MIN_DARK_FILL * width * height))


def cover_dark_part(components: Components, index: int, letter_height: float, covered: Pixels) -> None:
    """Adds the dark part of a photograph to ``covered``, with the small gaps in it, whose ink looks like marks.

    The black edge of a scan has a wider gap, the page, which stays open.
    """
    left, top = components.boxes[index, :2]
    own = components.mask(index)
    small = cv2.resize(own, None, fx=1 / REDUCTION, fy=1 / REDUCTION, interpolation=cv2.INTER_AREA)
    gap = int(MAX_LIGHT_GAP * letter_height / REDUCTION)
    padded = cv2.copyMakeBorder(small, gap, gap, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8)), np.uint8)
    part = covered[top // REDUCTION :, left // REDUCTION :][: small.shape[0], : small.shape[1]]
    part |= closed[gap:-gap, gap:-gap][: part.shape[0], : part.shape[1]]


def without_touched_pictures(
    ink: Pixels, components: Components, pictures: Sequence[Box], letter_height: float
) -> Pixels | None:
    """The ink without those pictures that print outside them touches; None where there is no such picture.

    The high strokes of a Nastaliq caption reach into the photograph above it, and the caption would be taken for a
    part of the photograph.
    """
    b = components.boxes
    large = oversized(components, letter_height)
    rest = None
    for p in pictures:
        touching = (b[:, 0] < p.right) & (b[:, 1] < p.bottom) & (b[:, 2] > p.left) & (b[:, 3] > p.top)
        beyond = np.maximum(
            np.maximum(p.left - b[:, 0], p.top - b[:, 1]), np.maximum(b[:, 2] - p.right, b[:, 3] - p.bottom)
        )
        reaches_out = (beyond > MIN_REACH_OUT * letter_height) & (beyond < MAX_REACH_OUT * letter_height)
        if (large & touching & reaches_out).any():
            rest = ink.copy() if rest is None else rest
            rest[max(0, p.top - PICTURE_EDGE) : p.bottom + PICTURE_EDGE][
                :, max(0, p.left - PICTURE_EDGE) : p.right + PICTURE_EDGE
            ] = 0
    return rest


def photo_fragments(components: Components, members: Indices, letter_height: float) -> Indices:
    """Those ``members`` that are specks in the light parts of a bilevel photograph.

    They form small groups within the box of one of its dark parts.
    """
    dark = components.boxes[dark_photo_parts(components, letter_height)]
    if not len(dark) or not len(members):
        return members[:0]
    boxes = components.boxes[members]
    fragments = [members[:0]]
    gap, slack = int(FRAGMENT_GAP * letter_height), FRAGMENT_SLACK * letter_height
    for group in group_boxes(boxes, gap, gap, REDUCTION):
        (left, top), (right, bottom) = boxes[group, :2].min(axis=0), boxes[group, 2:].max(axis=0)
        inside = (dark[:, 0] <= left + slack) & (dark[:, 1] <= top + slack)
        inside &= (dark[:, 2] >= right - slack) & (dark[:, 3] >= bottom - slack)
        if right - left < MAX_FRAGMENTS_WIDTH * letter_height and inside.any():
            fragments.append(members[group])
    return np.concatenate(fragments)


def merge_overlapping(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, each group of overlapping ones replaced by the box around it."""
    merged: list[Box] = []
    for box in sorted(boxes):
        joined = box
        rest = []
        for other in merged:
            if joined.overlap(other):
                joined = around([joined, other])
            else:
                rest.append(other)
        merged = [*rest, joined]
    return merged if len(merged) == len(boxes) else merge_overlapping(merged)
