"""Text lines of one column, each as the set of components (and parts of components) that belong to it.

Nastaliq is written on a slope: descenders and dots of one line reach into the rows of the next, so white rows seldom
separate two lines. Ridges do: the ink, blurred far along the line and little across it, has one crest per line (text
lines as ridges of an anisotropic Gaussian: Bukhari, Shafait, Breuel, "Script-independent handwritten textlines
segmentation using active contours", ICDAR 2009, and their later work on Urdu). A component that one ridge crosses
belongs to that line, one that several ridges cross is cut between them, and dots go to the line of the nearest letters.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ecp_ingest.document.geometry import Box
from ecp_ingest.page.imaging.components import BoxArray, Components, Indices, ink_box, ink_height
from ecp_ingest.page.imaging.runs import Span, covered_positions, runs

REDUCTION = 2
"""Ridges are searched on the column reduced by this factor."""

# Letter heights: ``letter_height`` here is that of the column or band, half of whose ink is lower.
MAX_MARK_HEIGHT, MAX_MARK_DISTANCE = 0.55, 0.6
"""A band of rows that is no higher holds only dots or marks; it joins a neighbour no further away than the second."""
MAX_SINGLE_LINE = 1.7
"""A lower band holds one line."""
LATIN_PITCH, NASTALIQ_PITCH = 2.0, 1.2
"""Usual line pitch: of Latin in letter heights (twice the x-height), of Nastaliq in heights of its tall ligatures. The
larger of the two is right for both scripts."""
TALL_SHARE = 0.9
"""Share of the ink that is no higher than the tall ligatures."""
MIN_PROFILE = 2.2
"""A lower band has too few lines for its pitch to be measured."""
MIN_PITCH, MAX_PITCH, MAX_PITCH_SHARE = 1.05, 5.0, 0.75
"""Limits of the measured line pitch; the third as a share of the band's height."""
MIN_REPEAT = 0.12
"""Least correlation of the row profile with itself one line further, where all of it is 1."""

# Line pitches.
MIN_TWO_LINES = 1.25
"""A lower band holds one line."""
BLUR_ALONG, BLUR_ACROSS = 0.8, 0.17
"""Standard deviations of the Gaussian whose crests are the ridges."""
SAME_LINE = 0.55
"""Pieces of ridges that are closer in height belong to one line."""
MAX_PIECE_OVERLAP = 0.5
"""Two pieces of one ridge lie side by side; they overlap no more than this."""
FRAGMENT_WIDTH, FRAGMENT_ABOVE = 1.5, 1.1
"""A ridge narrower than the first, no higher above another one than the second and with less ink than
``FRAGMENT_STRENGTH`` of it, is the top of that line's tallest word, not a line."""
MIN_CUT_HEIGHT = 1.15
"""A component that several ridges cross is cut between the lines if it is higher; else it goes to the nearest ridge."""
MARK_REACH = 0.6
"""How far above and below a mark ink of its line is looked for; half as far to its sides."""

FRAGMENT_STRENGTH = 0.05
MIN_STRENGTH = 0.01
"""Share of the strongest ridge's ink that a line has at least; less is a row of dots."""
MIN_CREST = 0.04
"""Blurred ink (0–1) of a ridge, at least."""
RIDGE_TOLERANCE = 2
"""Pixels above or below a component where a ridge still crosses it."""
RIDGE_WEIGHT = 0.45
"""For the line of a mark, one pixel to the ridge counts as much as this many pixels to the nearest ink."""

# A band or line that may be several lines of a headline.
MIN_HEADLINE = 1.3
"""Heights of its tallest letter: a lower line is one line."""
HEADLINE_PITCH = 1.05
"""The same, for the line pitch of a headline."""
MIN_HEADLINE_PART = 0.45
"""Height of each line of a headline, in heights of the highest; a lower one is a row of dots."""
MAX_SHARED_INK, MIN_OWN_INK = 0.1, 0.08
"""Share of the ink in letters that two ridges cross, and in letters that only one ridge crosses, for each ridge."""


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    bbox: Box
    mask: npt.NDArray[np.bool_]
    """Over ``bbox``: the line's own ink."""


@dataclass(frozen=True, eq=False, slots=True)
class Ridge:
    """The crest of a line: its row at each column from ``left`` to ``right`` (exclusive), pixels of the page image."""

    left: int
    rows: npt.NDArray[np.float32]
    strength: float
    """Sum of the blurred ink along it."""

    @property
    def right(self) -> int:
        return self.left + len(self.rows)

    def at(self, x: float) -> float:
        """Row at column x; beyond its ends the ridge continues horizontally."""
        return float(self.rows[min(max(int(x) - self.left, 0), len(self.rows) - 1)])

    def between(self, left: int, right: int) -> npt.NDArray[np.float32]:
        """Rows at the columns from ``left`` to ``right`` (exclusive)."""
        return self.rows[np.clip(np.arange(left, right) - self.left, 0, len(self.rows) - 1)]


def find_lines(components: Components, members: Indices) -> list[Line]:
    """Lines of the column that the components ``members`` make up, top to bottom."""
    boxes = components.boxes[members]
    letter_height = ink_height(components, members, share=0.5)
    bands = runs(covered_positions(boxes[:, [1, 3]], int(boxes[:, 3].max())))
    lines: list[Line] = []
    for rows in join_mark_bands(bands, boxes, letter_height):
        inside = members[(boxes[:, 1] >= rows.start) & (boxes[:, 3] <= rows.end)]
        lines += lines_in_band(components, inside)
    return sorted(lines, key=lambda line: (line.bbox.top + line.bbox.bottom, line.bbox.left))


def join_mark_bands(bands: list[Span], boxes: BoxArray, letter_height: float) -> list[Span]:
    """The bands; those that hold only dots or marks, separated from their letters by white rows, joined to the nearer
    neighbour."""
    joined = list(bands)
    at = 0
    while at < len(joined):
        band = joined[at]
        inside = (boxes[:, 1] >= band.start) & (boxes[:, 3] <= band.end)
        tallest = int((boxes[inside, 3] - boxes[inside, 1]).max())
        if tallest > MAX_MARK_HEIGHT * letter_height or len(joined) == 1:
            at += 1
            continue
        above = band.start - joined[at - 1].end if at else np.inf
        below = joined[at + 1].start - band.end if at + 1 < len(joined) else np.inf
        if min(above, below) > MAX_MARK_DISTANCE * letter_height:
            at += 1
        elif above <= below:
            joined[at - 1 : at + 1] = [Span(joined[at - 1].start, band.end)]
        else:
            joined[at : at + 2] = [Span(band.start, joined[at + 1].end)]
    return joined


def lines_in_band(components: Components, members: Indices) -> list[Line]:
    """One line where the band is as high as its letters, else one for each of its ridges."""
    ink, left, top = band_ink(components, members)
    height, width = ink.shape
    whole = Line(bbox=Box(left, top, left + width, top + height), mask=ink.astype(bool))
    letter_height = ink_height(components, members, share=0.5)
    if height < MAX_SINGLE_LINE * letter_height:
        return [whole]
    tall = ink_height(components, members, share=TALL_SHARE)
    usual = max(LATIN_PITCH * letter_height, NASTALIQ_PITCH * tall)
    pitch = measure_line_pitch(ink, letter_height, usual)
    ridges = find_ridges(ink, pitch=pitch, left=left, top=top) if height >= MIN_TWO_LINES * pitch else []
    ridges = without_fragments(ridges, min(usual, pitch))
    if len(ridges) > 1:
        found = assign_components(components, members, ridges, pitch)
        # Beside the letters of a headline two lines of smaller print may have been taken for one.
        return [part for line in found for part in split_headline(components, whole_components(components, line), line)]
    return split_headline(components, members, whole)


def split_headline(components: Components, members: Indices, line: Line) -> list[Line]:
    """The lines of the headline that ``line``, made up of ``members``, may be; mostly just ``line``."""
    tallest = float((components.boxes[members, 3] - components.boxes[members, 1]).max(initial=0))
    if not len(members) or line.bbox.height < MIN_HEADLINE * tallest:
        return [line]
    pitch = HEADLINE_PITCH * tallest
    ridges = find_ridges(line.mask.astype(np.uint8), pitch=pitch, left=line.bbox.left, top=line.bbox.top)
    if len(ridges) < 2 or not have_own_letters(components, members, ridges):
        return [line]
    found = assign_components(components, members, ridges, pitch)
    heights = [part.bbox.height for part in found]
    return found if min(heights) > MIN_HEADLINE_PART * max(heights) else [line]


def whole_components(components: Components, line: Line) -> Indices:
    """The components that make up the line; none if one of them is shared with another line."""
    box = line.bbox
    held = components.labels[box.top : box.bottom, box.left : box.right][line.mask]
    members = np.asarray(np.unique(held) - 1, np.intp)
    return members if components.areas[members].sum() == len(held) else members[:0]


def have_own_letters(components: Components, members: Indices, ridges: list[Ridge]) -> bool:
    """Whether each ridge crosses letters of its own and hardly any letter is crossed by two ridges.

    So it is with two lines of a headline, whose words are as high as the line, but not with the upper and the lower
    half of one line.
    """
    boxes, areas = components.boxes[members], components.areas[members]
    rows = np.array([[ridge.at(x) for ridge in ridges] for x in (boxes[:, 0] + boxes[:, 2]) / 2])
    crossed = (boxes[:, 1, None] <= rows) & (rows < boxes[:, 3, None])
    shared = areas[crossed.sum(axis=1) > 1].sum()
    own = [int(areas[crossed[:, i] & (crossed.sum(axis=1) == 1)].sum()) for i in range(len(ridges))]
    return bool(shared < MAX_SHARED_INK * areas.sum() and min(own) > MIN_OWN_INK * areas.sum())


def band_ink(components: Components, members: Indices) -> tuple[npt.NDArray[np.uint8], int, int]:
    """The band's own ink (1), and the left and top of it on the page image."""
    boxes = components.boxes[members]
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    right, bottom = int(boxes[:, 2].max()), int(boxes[:, 3].max())
    keep = np.zeros(len(components.boxes) + 1, np.uint8)
    keep[members + 1] = 1
    return keep[components.labels[top:bottom, left:right]], left, top


def measure_line_pitch(ink: npt.NDArray[np.uint8], letter_height: float, usual: float) -> float:
    """Distance from line to line in pixels: the shortest one at which the row profile repeats, else ``usual``."""
    profile = ink.sum(axis=1).astype(np.float64)
    profile -= profile.mean()
    size = len(profile)
    if size < MIN_PROFILE * letter_height:
        return usual
    spectrum = np.fft.rfft(profile, 2 * size)
    repeats = np.fft.irfft(spectrum * np.conj(spectrum))[:size] / np.maximum(1, np.arange(size, 0, -1))
    low, high = int(MIN_PITCH * letter_height), int(min(size * MAX_PITCH_SHARE, MAX_PITCH * letter_height))
    peaks = [
        lag
        for lag in range(max(2, low), high)
        if repeats[lag] > repeats[lag - 1]
        and repeats[lag] >= repeats[lag + 1]
        and repeats[lag] > MIN_REPEAT * repeats[0]
    ]
    return float(peaks[0]) if peaks else usual


# ── ridges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_ridges(ink: npt.NDArray[np.uint8], *, pitch: float, left: int, top: int) -> list[Ridge]:
    """Crests of the blurred ink, one per line, top to bottom.

    Args:
        ink: H×W of 0 and 1.
        pitch: from line to line, pixels.
        left, top: of ``ink`` on the page image.
    """
    if min(ink.shape) < 3 * REDUCTION:  # a crest has a row above and a row below it
        return []
    small = cv2.resize(ink.astype(np.float32), None, fx=1 / REDUCTION, fy=1 / REDUCTION, interpolation=cv2.INTER_AREA)
    along, across = BLUR_ALONG * pitch / REDUCTION, BLUR_ACROSS * pitch / REDUCTION
    # With white outside the array, or the crests of the first and the last line would run into its edge.
    blurred = np.asarray(
        cv2.GaussianBlur(small, (0, 0), sigmaX=along, sigmaY=across, borderType=cv2.BORDER_CONSTANT), np.float32
    )
    crest = np.zeros(blurred.shape, np.uint8)
    inner = blurred[1:-1]
    crest[1:-1] = (inner > blurred[:-2]) & (inner >= blurred[2:]) & (inner > MIN_CREST)
    count, labels = cv2.connectedComponents(crest, connectivity=8)
    pieces = [ridge_piece(labels == i, blurred, left, top) for i in range(1, count)]
    return join_pieces(pieces, pitch)


def without_fragments(ridges: list[Ridge], pitch: float) -> list[Ridge]:
    """The ridges without those of a tall word's top, which is so high above its line that it has a crest of its own."""

    def is_top_of(ridge: Ridge, line: Ridge) -> bool:
        middle = (ridge.left + ridge.right) / 2
        above = line.at(middle) - ridge.at(middle)
        return (
            ridge.strength < FRAGMENT_STRENGTH * line.strength
            and ridge.right - ridge.left < FRAGMENT_WIDTH * pitch
            and line.left < middle < line.right
            and 0 < above < FRAGMENT_ABOVE * pitch
        )

    return [ridge for ridge in ridges if not any(is_top_of(ridge, line) for line in ridges)]


def ridge_piece(mask: npt.NDArray[np.bool_], blurred: npt.NDArray[np.float32], left: int, top: int) -> Ridge:
    """The connected crest ``mask`` of the reduced column as a ridge in pixels of the page image."""
    ys, xs = np.nonzero(mask)
    columns = np.arange(xs.min(), xs.max() + 1)
    order = np.argsort(xs)
    rows = np.interp(columns, xs[order], ys[order])
    wide = np.repeat(rows, REDUCTION).astype(np.float32)
    return Ridge(
        left=left + int(columns[0]) * REDUCTION,
        rows=wide * REDUCTION + top + REDUCTION / 2,
        strength=float(blurred[ys, xs].sum()) * REDUCTION,
    )


def join_pieces(pieces: list[Ridge], pitch: float) -> list[Ridge]:
    """One ridge per line, top to bottom: pieces of one crest joined, faint ones between two lines dropped."""
    lines: list[list[Ridge]] = []
    for ridge in sorted(pieces, key=lambda r: -r.strength):
        near = [line for line in lines if abs(row_distance(line, ridge)) < SAME_LINE * pitch]
        if near:
            closest = min(near, key=lambda line: abs(row_distance(line, ridge)))
            overlaps = any(
                min(r.right, ridge.right) - max(r.left, ridge.left) > MAX_PIECE_OVERLAP * pitch for r in closest
            )
            if not overlaps:
                closest.append(ridge)
            continue
        lines.append([ridge])
    strongest = max((sum(r.strength for r in line) for line in lines), default=0.0)
    kept = [line for line in lines if sum(r.strength for r in line) > MIN_STRENGTH * strongest]
    return sorted((joined(line) for line in kept), key=lambda r: float(np.median(r.rows)))


def row_distance(line: list[Ridge], ridge: Ridge) -> float:
    """Rows from ``line`` down to ``ridge``, for the piece of ``line`` that is nearest in height."""
    gaps = []
    for other in line:
        x = (max(other.left, ridge.left) + min(other.right, ridge.right)) / 2
        gaps.append(ridge.at(x) - other.at(x))
    return min(gaps, key=abs)


def joined(line: list[Ridge]) -> Ridge:
    """One ridge through all pieces of ``line``."""
    if len(line) == 1:
        return line[0]
    xs = np.concatenate([np.arange(r.left, r.right) for r in line])
    ys = np.concatenate([r.rows for r in line])
    order = np.argsort(xs, kind="stable")
    columns = np.arange(xs.min(), xs.max() + 1)
    rows = np.interp(columns, xs[order], ys[order]).astype(np.float32)
    return Ridge(left=int(columns[0]), rows=rows, strength=sum(r.strength for r in line))


# ── which ink belongs to which line ───────────────────────────────────────────────────────────────────────────────


def assign_components(components: Components, members: Indices, ridges: list[Ridge], pitch: float) -> list[Line]:
    """One line per ridge, from the ink of ``members``."""
    boxes = components.boxes[members]
    left, top = int(boxes[:, 0].min()), int(boxes[:, 1].min())
    labels = components.labels[top : int(boxes[:, 3].max()), left : int(boxes[:, 2].max())]
    owner = np.full(len(components.boxes) + 1, -1, np.int32)
    shared: list[int] = []
    marks: list[int] = []
    for index, (x0, y0, x1, y1) in zip(members, boxes, strict=True):
        rows = [ridge.at((x0 + x1) / 2) for ridge in ridges]
        crossing = [i for i, row in enumerate(rows) if y0 - RIDGE_TOLERANCE <= row < y1 + RIDGE_TOLERANCE]
        if len(crossing) > 1 and y1 - y0 > MIN_CUT_HEIGHT * pitch:
            shared.append(int(index))
        elif crossing:
            middle = (y0 + y1) / 2
            owner[index + 1] = min(crossing, key=lambda i: abs(rows[i] - middle))
        else:
            marks.append(int(index))
    assign_marks(components, marks, owner, ridges, pitch)
    line_of = owner[labels]
    for index in shared:
        cut_component(components, index, line_of, ridges, origin=(left, top))
    return [line for i in range(len(ridges)) if (line := line_from(line_of == i, left, top)) is not None]


def assign_marks(
    components: Components, marks: list[int], owner: npt.NDArray[np.int32], ridges: list[Ridge], pitch: float
) -> None:
    """Assign components that no ridge crosses (dots, diacritics, long descenders) to the line of the nearest ink.

    The largest come first, so that a dot can follow the stroke that it belongs to.

    Args:
        owner: the line of each label; this function writes to it.
    """
    for index in sorted(marks, key=lambda i: -int(components.areas[i])):
        x0, y0, x1, y1 = (int(v) for v in components.boxes[index])
        reach = int(MARK_REACH * pitch)
        window = np.s_[max(0, y0 - reach) : y1 + reach, max(0, x0 - reach // 2) : x1 + reach // 2]
        lines = owner[components.labels[window]]
        ys, xs = np.nonzero(lines >= 0)
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        to_ridge = np.array([abs(r.at(middle_x) - middle_y) for r in ridges])
        if len(ys):
            away_y = np.maximum(0, np.maximum(y0 - (ys + window[0].start), ys + window[0].start - (y1 - 1)))
            away_x = np.maximum(0, np.maximum(x0 - (xs + window[1].start), xs + window[1].start - (x1 - 1)))
            away = np.hypot(away_x, away_y)
            near = lines[ys, xs]
            to_ink = np.array([away[near == i].min() if (near == i).any() else pitch for i in range(len(ridges))])
            owner[index + 1] = int(np.argmin(to_ink + RIDGE_WEIGHT * to_ridge))
        else:
            owner[index + 1] = int(np.argmin(to_ridge))


def cut_component(
    components: Components,
    index: int,
    line_of: npt.NDArray[np.int32],
    ridges: list[Ridge],
    *,
    origin: tuple[int, int],
) -> None:
    """Cut a component that touches several lines: each pixel goes to the nearest ridge in its column of pixels.

    Args:
        line_of: H×W, the line of each pixel; this function writes to it.
        origin: x and y of its top left pixel on the page image.
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


def line_from(mask: npt.NDArray[np.bool_], left: int, top: int) -> Line | None:
    """The line with the ink ``mask``, whose top left pixel is at (left, top) of the page image; None without ink."""
    box = ink_box(mask)
    if box is None:
        return None
    bbox = Box(left + box.left, top + box.top, left + box.right, top + box.bottom)
    return Line(bbox=bbox, mask=mask[box.top : box.bottom, box.left : box.right])
