"""Draws the ink of a text line in a face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from ecp_ingest.language.model_alphabet import ARABIC_LETTERS, ARABIC_MARKS
from ecp_ingest.training.lines.fonts import Bitmap, Face, Glyph
from ecp_ingest.training.text.corpus import NON_JOINING, Direction, runs


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a line is set, in ems.

    ``word``: added to every space; ``piece``: added after letters that don't join; ``…_jitter``: spread of each;
    ``rise``: spread of the height of joined letters; ``latin``: size of Latin letters and digits from another face;
    ``tracking``: added between those; ``slope``: share of a letter's height over the baseline to keep.
    """

    word: float = 0.0
    word_jitter: float = 0.0
    piece: float = 0.0
    piece_jitter: float = 0.0
    rise: float = 0.0
    latin: float = 0.72
    """Latin is set smaller beside Nastaliq, whose em includes the whole slope of a word."""
    tracking: float = 0.0
    slope: float = 1.0


PLAIN = Spacing()
_WIDEST, _HIGHEST = 12_000, 600
"""Pixels. Graphite sometimes places a glyph so far away that an image of that size fills the memory."""
_OWN = frozenset(ARABIC_LETTERS + ARABIC_MARKS)


def can_draw(text: str, face: Face, latin: Face) -> bool:
    """Whether ``face`` has all Arabic letters of the text, and it or ``latin`` all other characters."""
    return all(c in face.characters or (c in latin.characters and c not in _OWN) for c in text)


def draw(
    text: str, face: Face, latin: Face, px: int, *, spacing: Spacing = PLAIN, rng: Random | None = None
) -> Bitmap | None:
    """Ink of one line (H×W uint8, 255 for ink), cropped to its bounding box; None if it is empty or too large."""
    rng = rng or Random(0)
    placed: list[tuple[Bitmap, int, int]] = []
    x = 0.0
    foreign = rng.random() < 0.5  # many offices set digits in a Latin face although the Urdu face has them
    latin_px = round(px * spacing.latin)
    for part, direction in reversed(runs(text)):
        for piece, piece_face in _by_face(part, direction, face, latin, foreign=foreign):
            size = px if piece_face is face else latin_px
            glyphs, advance = piece_face.shape(piece, direction, size)
            if spacing.slope < 1 and direction == "R":
                glyphs = _flatter(glyphs, piece_face, size, spacing.slope)
            shifts, extra = _loosen(piece, direction, glyphs, px=px, spacing=spacing, rng=rng)
            for glyph, (dx, dy) in zip(glyphs, shifts, strict=True):
                bitmap, left, top = piece_face.bitmap(glyph.gid, size)
                if bitmap is not None:
                    placed.append((bitmap, round(x + glyph.x + dx) + left, round(-glyph.y - dy) - top))
            x += advance + extra
    return _paint(placed)


def _has(face: Face, char: str) -> bool:
    """Whether the face has the character; without Latin letters, its ``.`` and ``%`` may have Urdu or Arabic form."""
    return char in face.characters and (char not in ".%" or "a" in face.characters)


def _by_face(part: str, direction: Direction, face: Face, latin: Face, *, foreign: bool) -> list[tuple[str, Face]]:
    """Parts of a run with the face that has their characters, left to right; Latin runs stay whole if one face can."""
    if direction == "L":
        ours = all(_has(face, c) for c in part) and not (foreign and all(c in latin.characters for c in part))
        if ours or all(c in latin.characters for c in part):
            return [(part, face if ours else latin)]
    out: list[tuple[str, Face]] = []
    for char in part:
        chosen = face if _has(face, char) or char not in latin.characters else latin
        if char == " " and out:
            chosen = out[-1][1]
        if out and out[-1][1] is chosen:
            out[-1] = (out[-1][0] + char, chosen)
        else:
            out.append((char, chosen))
    return out if direction == "L" else out[::-1]


def _flatter(glyphs: list[Glyph], face: Face, px: int, slope: float) -> list[Glyph]:
    """The glyphs with letters at ``slope`` times their height over the baseline; dots move with their letter.

    Faces differ in how steeply a word slopes; those of offices and newspapers are flat.
    """
    sizes = [0 if (drawn := face.bitmap(g.gid, px)[0]) is None else drawn.size for g in glyphs]
    letters: dict[int, tuple[int, float]] = {}  # by cluster; its largest glyph is the letter, the others are dots
    for glyph, size in zip(glyphs, sizes, strict=True):
        letters[glyph.cluster] = max(letters.get(glyph.cluster, (-1, 0.0)), (size, glyph.y))
    return [replace(g, y=g.y - (1 - slope) * max(0.0, letters[g.cluster][1])) for g in glyphs]


def _loosen(
    text: str, direction: Direction, glyphs: list[Glyph], *, px: int, spacing: Spacing, rng: Random
) -> tuple[list[tuple[float, float]], float]:
    """Shifts of each glyph that make the gaps, and by how much the run becomes wider, in pixels."""
    gaps: list[float] = []
    rises: list[float] = []
    rise = rng.gauss(0, spacing.rise) * px
    for char in text:
        gap = 0.0
        if char == " ":
            gap = spacing.word + rng.gauss(0, spacing.word_jitter)
            rise = rng.gauss(0, spacing.rise) * px
        elif char in NON_JOINING and direction == "R":
            gap = spacing.piece + abs(rng.gauss(0, spacing.piece_jitter))
        elif direction == "L" and spacing.tracking:
            gap = spacing.tracking
        gaps.append(gap * px)
        rises.append(rise)
        if char in NON_JOINING:
            rise = rng.gauss(0, spacing.rise) * px
    before = np.concatenate(([0.0], np.cumsum(gaps)))
    total = float(before[-1])
    if direction == "L":
        return [(float(before[g.cluster]), rises[g.cluster]) for g in glyphs], total
    return [(total - float(before[g.cluster]), rises[g.cluster]) for g in glyphs], total


def _paint(placed: list[tuple[Bitmap, int, int]]) -> Bitmap | None:
    if not placed:
        return None
    left = min(x for _, x, _ in placed)
    top = min(y for _, _, y in placed)
    right = max(x + b.shape[1] for b, x, _ in placed)
    bottom = max(y + b.shape[0] for b, _, y in placed)
    if right - left > _WIDEST or bottom - top > _HIGHEST:
        return None
    page = np.zeros((bottom - top, right - left), np.uint8)
    for bitmap, x, y in placed:
        view = page[y - top : y - top + bitmap.shape[0], x - left : x - left + bitmap.shape[1]]
        np.maximum(view, bitmap, out=view)
    return page
