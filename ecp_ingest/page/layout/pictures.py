"""What stands on a page and isn't text: white print on black bars, rules and frames, photographs and seals, specks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box, Pixels, around
from ecp_ingest.page.imaging.components import Components, Indices
from ecp_ingest.page.imaging.runs import islands
from ecp_ingest.page.layout.dashed_frames import dashes

PAPER = 255
REDUCE = 4
"""Pictures are looked for on the page reduced so many times."""
DARK = 0.3
"""Of its box: as much fills what is no network of strokes."""
KNOWN = 0.7
"""Of its box: a dark part that lies so far within a picture is that picture."""
EDGE = REDUCE + 2
"""Pixels by which a picture may be larger than its box."""
SOFT_EDGE = np.ones((3, 3), np.uint8)
"""Around ink lies a grey pixel that thresholding calls paper; it goes where the ink goes."""


def find_pictures(pixels: Pixels, components: Components, letter: float) -> tuple[list[Box], Pixels]:
    """Photographs and seals: where no paper shows for many letters, or one component is far too big for a letter.

    Gives their boxes, and a mask (reduced by ``REDUCE``) of all that is covered, in whatever shape: the black edge of
    a scan runs round the page, and its box would hold all the text.
    """
    small = cv2.resize(pixels, None, fx=1 / REDUCE, fy=1 / REDUCE, interpolation=cv2.INTER_AREA)
    window = np.ones(2 * (max(5, int(1.6 * letter / REDUCE) | 1),), np.uint8)
    dark_throughout = (cv2.dilate(small, window) < 225).astype(np.uint8)
    covered = np.asarray(cv2.dilate(dark_throughout, window), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(covered, connectivity=8)
    side = max(3.0 * letter, 90.0)
    found = [
        Box(*(int(v) * REDUCE for v in (x, y, x + w, y + h)))
        for x, y, w, h, area in stats[1:count]
        if min(w, h) * REDUCE > side and area > 0.6 * w * h
    ]
    width, height = components.widths, components.heights
    dark = dark_parts(components, letter)
    big = (width > 3.5 * letter) & (height > 3.5 * letter) & (width < 0.6 * pixels.shape[1])
    found += [
        Box(*map(int, components.boxes[i]))
        for i in np.flatnonzero(big & ~dark)
        if is_disc(components, int(i)) and not is_in_word(components, int(i))
    ]
    found = merge_overlapping(found)
    for left, top, right, bottom in found:
        covered[top // REDUCE : -(-bottom // REDUCE), left // REDUCE : -(-right // REDUCE)] = 1
    dark_boxes = {int(i): Box(*map(int, components.boxes[i])) for i in np.flatnonzero(dark)}
    # What hangs on a picture that is found already may be the letters of its caption.
    new = {i: box for i, box in dark_boxes.items() if all(box.overlap(one) < KNOWN * box.area for one in found)}
    for i in new:
        cover_dark(components, i, letter, covered)
    found += new.values()
    return sorted(merge_overlapping(found), key=lambda box: (box.top, box.left)), covered


def parted_from_pictures(ink: Pixels, components: Components, pictures: Sequence[Box], letter: float) -> Pixels | None:
    """The ink without that of pictures which something outside hangs on: the high strokes of a caption of Nastaliq
    reach into the photograph above it, and would be taken for a part of it. None where there is no such picture."""
    b = components.boxes
    large = (components.widths > 3.5 * letter) & (components.heights > 3.5 * letter)
    parted = None
    for p in pictures:
        inside = (b[:, 0] < p.right) & (b[:, 1] < p.bottom) & (b[:, 2] > p.left) & (b[:, 3] > p.top)
        beyond = np.maximum(
            np.maximum(p.left - b[:, 0], p.top - b[:, 1]), np.maximum(b[:, 2] - p.right, b[:, 3] - p.bottom)
        )
        if (large & inside & (beyond > 0.3 * letter) & (beyond < 4 * letter)).any():
            parted = ink.copy() if parted is None else parted
            parted[max(0, p.top - EDGE) : p.bottom + EDGE, max(0, p.left - EDGE) : p.right + EDGE] = 0
    return parted


def is_disc(components: Components, index: int) -> bool:
    """Whether the component's outline, filled, fills its box, and is about as wide as high: a seal does, whose rim is
    closed; words of Nastaliq that touch each other, however big, do not."""
    left, top, right, bottom = components.boxes[index]
    own = (components.labels[top:bottom, left:right] == index + 1).astype(np.uint8)
    outlines, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = max(cv2.contourArea(outline) for outline in outlines)
    return bool(filled > 0.55 * own.size and 0.5 < own.shape[1] / own.shape[0] < 2.0)


def is_in_word(components: Components, index: int) -> bool:
    """Whether a letter about as large stands right beside it: a round letter of a headline is no seal."""
    left, top, right, bottom = components.boxes[index]
    b, height = components.boxes, bottom - top
    alike = (components.heights > 0.4 * height) & (components.heights < 2 * height)
    level = np.minimum(b[:, 3], bottom) - np.maximum(b[:, 1], top) > 0.4 * height
    away = np.maximum(left - b[:, 2], b[:, 0] - right)
    return bool((alike & level & (away >= 0) & (away < 0.3 * height)).any())


def dark_parts(components: Components, letter: float) -> npt.NDArray[np.bool_]:
    """Which components are the dark part of a photograph in black and white: large, and no network of strokes."""
    width, height = components.widths, components.heights
    return np.asarray((np.minimum(width, height) > 8 * letter) & (components.areas > DARK * width * height))


def cover_dark(components: Components, index: int, letter: float, covered: Pixels) -> None:
    """Adds a dark part to ``covered``, with its gaps of up to three letters: what light there is in it looks like
    marks. The black edge of a scan has a wider gap, the page, which stays open."""
    left, top, right, bottom = map(int, components.boxes[index])
    own = (components.labels[top:bottom, left:right] == index + 1).astype(np.uint8)
    small = cv2.resize(own, None, fx=1 / REDUCE, fy=1 / REDUCE, interpolation=cv2.INTER_AREA)
    gap = int(3 * letter / REDUCE)
    paper = cv2.copyMakeBorder(small, gap, gap, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = np.asarray(cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8)), np.uint8)
    part = covered[top // REDUCE :, left // REDUCE :][: small.shape[0], : small.shape[1]]
    part |= closed[gap:-gap, gap:-gap][: part.shape[0], : part.shape[1]]


def light_marks(components: Components, members: Indices, letter: float) -> Indices:
    """Those of ``members`` that are what light parts of a black and white photograph have left beside its dark ones:
    small islands within a dark part's box."""
    dark = components.boxes[dark_parts(components, letter)]
    if not len(dark) or not len(members):
        return members[:0]
    boxes = components.boxes[members]
    marks = [members[:0]]
    for island in islands(boxes, int(1.5 * letter), int(1.5 * letter), REDUCE):
        (left, top), (right, bottom) = boxes[island, :2].min(axis=0), boxes[island, 2:].max(axis=0)
        inside = (dark[:, 0] <= left + letter) & (dark[:, 1] <= top + letter)
        inside &= (dark[:, 2] >= right - letter) & (dark[:, 3] >= bottom - letter)
        if right - left < 10 * letter and inside.any():
            marks.append(members[island])
    return np.concatenate(marks)


def merge_overlapping(boxes: Sequence[Box]) -> list[Box]:
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


def set_aside(components: Components, covered: Pixels, letter: float) -> Indices:
    """Which components are print: not in what pictures cover, not a rule, a frame or the page's black edge."""
    b, width, height = components.boxes, components.widths, components.heights
    fill = components.areas / np.maximum(1, width * height)
    thin = 0.8 * letter
    rule = ((width > 8 * letter) & (height < thin)) | ((height > 6 * letter) & (width < thin))
    frame = (width > 8 * letter) & (height > 3 * letter) & (fill < 0.12)
    oversized = (height > 8 * letter) & (width > 8 * letter)
    page_height, page_width = components.labels.shape
    at_edge = (b[:, 0] <= 1) | (b[:, 1] <= 1) | (b[:, 2] >= page_width - 1) | (b[:, 3] >= page_height - 1)
    sliver = np.minimum(width, height) < 0.4 * letter  # what is left of a black border
    edge_dirt = at_edge & ((height > 2.5 * letter) | (width > 6 * letter) | (fill > 0.8) | sliver)
    round_ = (width > 1.5 * letter) & (height > 1.5 * letter) & (np.abs(width - height) < 0.25 * height)
    punched = round_ & (fill > 0.68) & (fill < 0.92)  # a disc has 0.79; no letter is a disc
    text = ~(rule | frame | oversized | edge_dirt | punched)
    text[dashes(components, letter)] = False
    x, y = (b[:, 0] + b[:, 2]) // 2, (b[:, 1] + b[:, 3]) // 2
    rows, columns = covered.shape
    text &= covered[np.minimum(y // REDUCE, rows - 1), np.minimum(x // REDUCE, columns - 1)] == 0
    text[light_marks(components, np.flatnonzero(text), letter)] = False
    # A dot stands over its letter or right beside it, a full stop right after it; larger marks may stand further off.
    for size, aside in ((0.5, 3.0), (0.3, 1.2)):
        small = (width < size * letter) & (height < size * letter)
        text &= ~(small & far_from_letters(components, text & ~small, x, y, letter, aside=aside))
    return np.flatnonzero(text)


def far_from_letters(
    components: Components,
    letters: npt.NDArray[np.bool_],
    x: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
    letter: float,
    *,
    aside: float,
) -> npt.NDArray[np.bool_]:
    """Which of the points (x, y) have no letter within ``aside`` letter heights along the line, one across it."""
    height, width = components.labels.shape
    near = np.zeros((height // REDUCE + 1, width // REDUCE + 1), np.uint8)
    along, above = int(aside * letter / REDUCE), int(letter / REDUCE)
    for left, top, right, bottom in components.boxes[letters] // REDUCE:
        near[max(0, top - above) : bottom + above + 1, max(0, left - along) : right + along + 1] = 1
    return np.asarray(near[y // REDUCE, x // REDUCE] == 0)
