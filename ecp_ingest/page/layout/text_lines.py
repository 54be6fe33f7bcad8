"""Lines of one column, each as the set of components (and parts of components) that belong to it.

Nastaliq hangs on a slope: descenders and dots of one line reach rows of the next, so rows of white seldom part two
lines. Ridges do: the ink, blurred far along the line and little across it, has one crest per line (text lines as
ridges of an anisotropic Gaussian: Bukhari, Shafait, Breuel, "Script-independent handwritten textlines segmentation
using active contours", ICDAR 2009, and their later work on Urdu). A component through which one crest runs belongs to
that line, one with several is cut between them, and dots go to the line whose letters are nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import Components, Indices, ink_box, ink_height
from ecp_ingest.page.imaging.runs import Span, cover, runs

REDUCE = 2
"""Ridges are looked for on the column reduced so many times."""


FRAGMENT, FRAGMENT_ABOVE = 0.05, 1.1
"""A crest with less than this share of the ink of the one below it, and no higher above it than that times the usual
distance of lines, is the top of its tallest word."""
TWO_LINES = 1.3
"""A band so many times as tall as the tallest of its letters may be two lines after all."""


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    bbox: Box
    mask: npt.NDArray[np.bool_]
    """Over ``bbox``: the line's own ink."""


@dataclass(frozen=True, eq=False, slots=True)
class Ridge:
    """The crest of a line: its row at each column between ``left`` and ``right`` (exclusive), page-image pixels."""

    left: int
    rows: npt.NDArray[np.float32]
    strength: float

    @property
    def right(self) -> int:
        return self.left + len(self.rows)

    def at(self, x: float) -> float:
        """Row at column x; beyond its ends the ridge goes on level."""
        return float(self.rows[min(max(int(x) - self.left, 0), len(self.rows) - 1)])

    def between(self, left: int, right: int) -> npt.NDArray[np.float32]:
        """Rows at the columns ``left`` to ``right`` (exclusive)."""
        return self.rows[np.clip(np.arange(left, right) - self.left, 0, len(self.rows) - 1)]


def find_lines(components: Components, members: Indices) -> list[Line]:
    """Lines of the column that the components ``members`` make up, top to bottom."""
    boxes = components.boxes[members]
    letter = ink_height(components, members, share=0.5)
    lines: list[Line] = []
    for rows in join_marks(runs(cover(boxes[:, [1, 3]], int(boxes[:, 3].max()))), boxes, letter):
        inside = members[(boxes[:, 1] >= rows.start) & (boxes[:, 3] <= rows.end)]
        lines += band_lines(components, inside)
    return sorted(lines, key=lambda line: (line.bbox.top + line.bbox.bottom, line.bbox.left))


def join_marks(bands: list[Span], boxes: npt.NDArray[np.int32], letter: float) -> list[Span]:
    """Bands that hold only dots or marks, joined to the nearer neighbour: white rows part them from their letters."""
    joined = list(bands)
    at = 0
    while at < len(joined):
        band = joined[at]
        inside = (boxes[:, 1] >= band.start) & (boxes[:, 3] <= band.end)
        tallest = int((boxes[inside, 3] - boxes[inside, 1]).max())
        if tallest > 0.55 * letter or len(joined) == 1:
            at += 1
            continue
        above = band.start - joined[at - 1].end if at else np.inf
        below = joined[at + 1].start - band.end if at + 1 < len(joined) else np.inf
        if min(above, below) > 0.6 * letter:
            at += 1
        elif above <= below:
            joined[at - 1 : at + 1] = [Span(joined[at - 1].start, band.end)]
        else:
            joined[at : at + 2] = [Span(band.start, joined[at + 1].end)]
    return joined


def band_lines(components: Components, members: Indices) -> list[Line]:
    """One line where the band is as tall as its letters, else as many as it has ridges."""
    ink, left, top = band_ink(components, members)
    height, width = ink.shape
    whole = Line(bbox=Box(left, top, left + width, top + height), mask=ink.astype(bool))
    letter = ink_height(components, members, share=0.5)
    if height < 1.7 * letter:
        return [whole]
    # Latin: twice the x-height. Nastaliq: somewhat more than its tall ligatures. The larger is right for both.
    usual = max(2.0 * letter, 1.2 * ink_height(components, members, share=0.9))
    pitch = line_pitch(ink, letter, usual)
    ridges = find_ridges(ink, pitch=pitch, left=left, top=top) if height >= 1.25 * pitch else []
    ridges = without_fragments(ridges, min(usual, pitch))
    if len(ridges) > 1:
        found = assign(components, members, ridges, pitch)
        # Beside a headline's letters two lines of smaller ones may have passed for one.
        return [part for line in found for part in headline_lines(components, whole_letters(components, line), line)]
    return headline_lines(components, members, whole)


def headline_lines(components: Components, members: Indices, line: Line) -> list[Line]:
    """The two or more lines that ``line``, made up of ``members``, is after all; mostly itself alone."""
    tallest = float((components.boxes[members, 3] - components.boxes[members, 1]).max(initial=0))
    if not len(members) or line.bbox.height < TWO_LINES * tallest:
        return [line]
    ridges = find_ridges(line.mask.astype(np.uint8), pitch=1.05 * tallest, left=line.bbox.left, top=line.bbox.top)
    if len(ridges) < 2 or not stand_apart(components, members, ridges):
        return [line]
    found = assign(components, members, ridges, 1.05 * tallest)
    heights = [part.bbox.height for part in found]
    return found if min(heights) > 0.45 * max(heights) else [line]  # a row of dots is no line


def whole_letters(components: Components, line: Line) -> Indices:
    """The components that make up the line; none if one of them is shared with another line."""
    box = line.bbox
    held = components.labels[box.top : box.bottom, box.left : box.right][line.mask]
    members = np.asarray(np.unique(held) - 1, np.intp)
    return members if components.areas[members].sum() == len(held) else members[:0]


def stand_apart(components: Components, members: Indices, ridges: list[Ridge]) -> bool:
    """Whether hardly any letter reaches from one crest to the next, and each crest has letters of its own: two lines
    of a headline, whose words are as high as the line, and not the upper and the lower half of one line."""
    boxes, areas = components.boxes[members], components.areas[members]
    rows = np.array([[ridge.at(x) for ridge in ridges] for x in (boxes[:, 0] + boxes[:, 2]) / 2])
    through = (boxes[:, 1, None] <= rows) & (rows < boxes[:, 3, None])
    shared = areas[through.sum(axis=1) > 1].sum()
    own = [int(areas[through[:, i] & (through.sum(axis=1) == 1)].sum()) for i in range(len(ridges))]
    return bool(shared < 0.1 * areas.sum() and min(own) > 0.08 * areas.sum())


def band_ink(components: Components, members: Indices) -> tuple[npt.NDArray[np.uint8], int, int]:
    """The band's own ink (1), and where its left and top edges stand."""
    boxes = components.boxes[members]
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    right, bottom = int(boxes[:, 2].max()), int(boxes[:, 3].max())
    keep = np.zeros(len(components.boxes) + 1, np.uint8)
    keep[members + 1] = 1
    return keep[components.labels[top:bottom, left:right]], left, top


def line_pitch(ink: npt.NDArray[np.uint8], letter: float, usual: float) -> float:
    """Distance from line to line in pixels: where the row profile repeats itself first, else ``usual``."""
    profile = ink.sum(axis=1).astype(np.float64)
    profile -= profile.mean()
    size = len(profile)
    if size < 2.2 * letter:
        return usual
    spectrum = np.fft.rfft(profile, 2 * size)
    repeats = np.fft.irfft(spectrum * np.conj(spectrum))[:size] / np.maximum(1, np.arange(size, 0, -1))
    low, high = int(1.05 * letter), int(min(size * 0.75, 5.0 * letter))
    peaks = [
        lag
        for lag in range(max(2, low), high)
        if repeats[lag] > repeats[lag - 1] and repeats[lag] >= repeats[lag + 1] and repeats[lag] > 0.12 * repeats[0]
    ]
    return float(peaks[0]) if peaks else usual


def find_ridges(ink: npt.NDArray[np.uint8], *, pitch: float, left: int, top: int) -> list[Ridge]:
    """Crests of the blurred ink, one per line, top to bottom."""
    if min(ink.shape) < 3 * REDUCE:
        return []
    small = cv2.resize(ink.astype(np.float32), None, fx=1 / REDUCE, fy=1 / REDUCE, interpolation=cv2.INTER_AREA)
    # Paper beyond the edges, or the outer lines' crests would melt into the frame.
    along, across = 0.8 * pitch / REDUCE, 0.17 * pitch / REDUCE
    blurred = np.asarray(
        cv2.GaussianBlur(small, (0, 0), sigmaX=along, sigmaY=across, borderType=cv2.BORDER_CONSTANT), np.float32
    )
    crest = np.zeros(blurred.shape, np.uint8)
    inner = blurred[1:-1]
    crest[1:-1] = (inner > blurred[:-2]) & (inner >= blurred[2:]) & (inner > 0.04)
    count, labels = cv2.connectedComponents(crest, connectivity=8)
    pieces = [piece(labels == i, blurred, left, top) for i in range(1, count)]
    return link(pieces, pitch)


def without_fragments(ridges: list[Ridge], pitch: float) -> list[Ridge]:
    """The crests without those of a tall word's top: so high above its line that the blur has parted the two."""

    def tops(ridge: Ridge, line: Ridge) -> bool:
        middle = (ridge.left + ridge.right) / 2
        above = line.at(middle) - ridge.at(middle)
        return (
            ridge.strength < FRAGMENT * line.strength
            and ridge.right - ridge.left < 1.5 * pitch
            and line.left < middle < line.right
            and 0 < above < FRAGMENT_ABOVE * pitch
        )

    return [ridge for ridge in ridges if not any(tops(ridge, line) for line in ridges)]


def piece(mask: npt.NDArray[np.bool_], blurred: npt.NDArray[np.float32], left: int, top: int) -> Ridge:
    ys, xs = np.nonzero(mask)
    columns = np.arange(xs.min(), xs.max() + 1)
    order = np.argsort(xs)
    rows = np.interp(columns, xs[order], ys[order])
    wide = np.repeat(rows, REDUCE).astype(np.float32)
    return Ridge(
        left=left + int(columns[0]) * REDUCE,
        rows=wide * REDUCE + top + REDUCE / 2,
        strength=float(blurred[ys, xs].sum()) * REDUCE,
    )


def link(pieces: list[Ridge], pitch: float) -> list[Ridge]:
    """Pieces of one crest joined; short faint ones between two lines (rows of dots) dropped."""
    lines: list[list[Ridge]] = []
    for ridge in sorted(pieces, key=lambda r: -r.strength):
        near = [line for line in lines if abs(distance(line, ridge)) < 0.55 * pitch]
        if near:
            closest = min(near, key=lambda line: abs(distance(line, ridge)))
            overlaps = any(min(r.right, ridge.right) - max(r.left, ridge.left) > 0.5 * pitch for r in closest)
            if not overlaps:
                closest.append(ridge)
            continue
        lines.append([ridge])
    strongest = max((sum(r.strength for r in line) for line in lines), default=0.0)
    kept = [line for line in lines if sum(r.strength for r in line) > 0.01 * strongest]
    return sorted((joined(line) for line in kept), key=lambda r: float(np.median(r.rows)))


def distance(line: list[Ridge], ridge: Ridge) -> float:
    """Rows from the nearest piece of ``line`` to ``ridge``, where they are closest."""
    gaps = []
    for other in line:
        x = (max(other.left, ridge.left) + min(other.right, ridge.right)) / 2
        gaps.append(ridge.at(x) - other.at(x))
    return min(gaps, key=abs)


def joined(line: list[Ridge]) -> Ridge:
    if len(line) == 1:
        return line[0]
    xs = np.concatenate([np.arange(r.left, r.right) for r in line])
    ys = np.concatenate([r.rows for r in line])
    order = np.argsort(xs, kind="stable")
    columns = np.arange(xs.min(), xs.max() + 1)
    rows = np.interp(columns, xs[order], ys[order]).astype(np.float32)
    return Ridge(left=int(columns[0]), rows=rows, strength=sum(r.strength for r in line))


# ── which ink belongs to which line ───────────────────────────────────────────────────────────────────────────────


def assign(components: Components, members: Indices, ridges: list[Ridge], pitch: float) -> list[Line]:
    boxes = components.boxes[members]
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    labels = components.labels[top : int(boxes[:, 3].max()), left : int(boxes[:, 2].max())]
    owner = np.full(len(components.boxes) + 1, -1, np.int32)
    shared: list[int] = []
    marks: list[int] = []
    for index, (x0, y0, x1, y1) in zip(members, boxes, strict=True):
        rows = [ridge.at((x0 + x1) / 2) for ridge in ridges]
        through = [i for i, row in enumerate(rows) if y0 - 2 <= row < y1 + 2]
        if len(through) > 1 and y1 - y0 > 1.15 * pitch:
            shared.append(int(index))
        elif through:
            middle = (y0 + y1) / 2
            owner[index + 1] = min(through, key=lambda i: abs(rows[i] - middle))
        else:
            marks.append(int(index))
    place_marks(components, marks, owner, ridges, pitch)
    line_of = owner[labels]
    for index in shared:
        cut(components, index, line_of, ridges, origin=(left, top))
    return [line for i in range(len(ridges)) if (line := collect(line_of == i, left, top)) is not None]


def place_marks(
    components: Components, marks: list[int], owner: npt.NDArray[np.int32], ridges: list[Ridge], pitch: float
) -> None:
    """Components off every crest: dots, marks, and letters that hang far. Each joins the line whose ink is nearest,
    biggest first so that a dot can follow the stroke that it belongs to."""
    for index in sorted(marks, key=lambda i: -int(components.areas[i])):
        x0, y0, x1, y1 = (int(v) for v in components.boxes[index])
        reach = int(0.6 * pitch)
        window = np.s_[max(0, y0 - reach) : y1 + reach, max(0, x0 - reach // 2) : x1 + reach // 2]
        lines = owner[components.labels[window]]
        ys, xs = np.nonzero(lines >= 0)
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        crest = np.array([abs(r.at(middle_x) - middle_y) for r in ridges])
        if len(ys):
            away_y = np.maximum(0, np.maximum(y0 - (ys + window[0].start), ys + window[0].start - (y1 - 1)))
            away_x = np.maximum(0, np.maximum(x0 - (xs + window[1].start), xs + window[1].start - (x1 - 1)))
            away = np.hypot(away_x, away_y)
            near = lines[ys, xs]
            cost = np.array([away[near == i].min() if (near == i).any() else pitch for i in range(len(ridges))])
            owner[index + 1] = int(np.argmin(cost + 0.45 * crest))
        else:
            owner[index + 1] = int(np.argmin(crest))


def cut(
    components: Components,
    index: int,
    line_of: npt.NDArray[np.int32],
    ridges: list[Ridge],
    *,
    origin: tuple[int, int],
) -> None:
    """Part one component that touches several lines: each pixel to the crest nearest in its column of pixels.

    ``line_of``, which this writes to, has its upper left pixel at ``origin`` (x, y) of the page image.
    """
    left, top = origin
    x0, y0, x1, y1 = (int(v) for v in components.boxes[index])
    window = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    own = components.labels[y0:y1, x0:x1] == index + 1
    rows = np.arange(y0, y1)[:, None]
    crests = np.stack([r.between(x0, x1) for r in ridges])
    nearest = np.argmin(np.abs(rows[None] - crests[:, None, :]), axis=0)
    part = line_of[window]
    part[own] = nearest[own]


def collect(mask: npt.NDArray[np.bool_], left: int, top: int) -> Line | None:
    box = ink_box(mask)
    if box is None:
        return None
    bbox = Box(left + box.left, top + box.top, left + box.right, top + box.bottom)
    return Line(bbox=bbox, mask=mask[box.top : box.bottom, box.left : box.right])
