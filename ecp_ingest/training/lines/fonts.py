"""Faces: HarfBuzz shapes the text, FreeType draws each glyph once per size."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import freetype
import numpy as np
import numpy.typing as npt
import uharfbuzz as hb
from fontTools.ttLib import TTFont, TTLibError

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.model_alphabet import ARABIC_LETTERS, LATIN_LETTERS
from ecp_ingest.training.text.corpus import Direction

Bitmap = npt.NDArray[np.uint8]
Kind = Literal["nastaliq", "naskh", "latin"]
_NASTALIQ = ("nastal", "nastaal", "gulzar", "mehr", "noori", "jauhar", "awami")
_SAMPLE_PX = 100
_SKIPPED = ("mono", "narrow", "kufi", "oldnorth", "oldsouth", "symbol", "emoji", "math")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One placed glyph: its id, position in pixels (y upwards), and the index of its character."""

    gid: int
    x: float
    y: float
    cluster: int


class Face:
    """One font file. Not frozen: it caches the glyphs that it has drawn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            blob = hb.Blob.from_file_path(str(path))
            self._hb_face = hb.Face(blob)
            self._hb_font = hb.Font(self._hb_face)
            self._ft = freetype.Face(str(path))
            with TTFont(path, lazy=True) as font:
                self.family = str(font["name"].getBestFullName() or path.stem)
                self.graphite = "Silf" in font
        except (OSError, freetype.FT_Exception, TTLibError, hb.HarfBuzzError) as error:
            raise TrainingError(f"can't read this font: {error}", str(path)) from error
        self.name = path.stem
        self.upem = int(self._hb_face.upem)
        self.characters = frozenset(chr(code) for code, _ in self._ft.get_chars()) | {" "}
        self._bitmaps: dict[tuple[int, int], tuple[Bitmap | None, int, int]] = {}

    @cached_property
    def kind(self) -> Kind:
        if not self.characters.issuperset(ARABIC_LETTERS[:40]):
            return "latin"
        name = f"{self.name} {self.family}".lower()
        return "nastaliq" if any(part in name for part in _NASTALIQ) else "naskh"

    @cached_property
    def alef(self) -> float:
        """Height of an alef (of ``I`` in a Latin face) in ems: the visible size of the letters."""
        glyphs, _ = self.shape("ا", "R", _SAMPLE_PX) if self.kind != "latin" else self.shape("I", "L", _SAMPLE_PX)
        drawn = [bitmap for glyph in glyphs if (bitmap := self.bitmap(glyph.gid, _SAMPLE_PX)[0]) is not None]
        return float(sum(bitmap.shape[0] for bitmap in drawn)) / _SAMPLE_PX

    @cached_property
    def blank(self) -> float:
        """Width of a space between two Urdu words, in ems."""
        both, first, second = (self.shape(text, "R", _SAMPLE_PX)[1] for text in ("کل شب", "کل", "شب"))
        return (both - first - second) / _SAMPLE_PX

    def shape(self, text: str, direction: Direction, px: int) -> tuple[list[Glyph], float]:
        """Glyphs from left to right and their total advance, at ``px`` pixels per em."""
        scale = px / self.upem
        if self.graphite and direction == "R":
            return self._shape_graphite(text, scale)
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction = "rtl" if direction == "R" else "ltr"
        arabic = direction == "R" or not text.isascii()
        buffer.script, buffer.language = ("Arab", "ur") if arabic else ("Latn", "en")
        hb.shape(self._hb_font, buffer)
        x = y = 0.0
        glyphs = []
        for info, pos in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(info.codepoint, x + pos.x_offset * scale, y + pos.y_offset * scale, info.cluster))
            x += pos.x_advance * scale
            y += pos.y_advance * scale
        return glyphs, x

    def _shape_graphite(self, text: str, scale: float) -> tuple[list[Glyph], float]:
        """Shape with ``hb-shape``: Awami joins only by Graphite, which the HarfBuzz of the Python wheel lacks."""
        command = ["hb-shape", "--shapers=graphite2", "--direction=rtl", "--script=Arab", "--language=ur",
                   "--no-glyph-names", f"--font-size={self.upem}", f"--text={text}", str(self.path)]  # fmt: skip
        try:
            line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError) as error:
            raise TrainingError(
                "a Graphite font needs the program hb-shape (libharfbuzz-bin)", str(self.path)
            ) from error
        x = 0.0
        glyphs = []
        for item in filter(None, line.strip("[]").split("|")):
            gid, _, rest = item.partition("=")
            cluster, _, advance = rest.partition("+")
            cluster, _, offset = cluster.partition("@")
            dx, dy = (float(v) for v in offset.split(",")) if offset else (0.0, 0.0)
            glyphs.append(Glyph(int(gid), x + dx * scale, dy * scale, int(cluster)))
            x += float(advance.split(",")[0]) * scale
        return glyphs, x

    def bitmap(self, gid: int, px: int) -> tuple[Bitmap | None, int, int]:
        """Coverage of a glyph (H×W uint8, 255 for ink), its left bearing and its top over the baseline, in pixels."""
        key = (gid, px)
        if key not in self._bitmaps:
            self._ft.set_char_size(px * 64, 0, 72, 72)
            self._ft.load_glyph(gid, freetype.FT_LOAD_RENDER | freetype.FT_LOAD_NO_HINTING)
            slot: Any = self._ft.glyph
            raw = slot.bitmap
            array = None
            if raw.rows * raw.width:
                array = np.array(raw.buffer, np.uint8).reshape(raw.rows, raw.pitch)[:, : raw.width]
            self._bitmaps[key] = (array, slot.bitmap_left, slot.bitmap_top)
        return self._bitmaps[key]


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces to draw with: Nastaliq, Naskh, and Latin for digits and letters that those lack."""

    nastaliq: tuple[Face, ...]
    naskh: tuple[Face, ...]
    latin: tuple[Face, ...]

    def without(self, names: frozenset[str]) -> Faces:
        """The faces without Nastaliq ones whose name contains one of ``names`` (lower case)."""
        kept = tuple(f for f in self.nastaliq if not any(n in f.name.lower() for n in names))
        return Faces(kept, self.naskh, self.latin)


def find_faces(folder: Path) -> Faces:
    """All TrueType and OpenType faces under ``folder``, sorted into kinds by name and coverage.

    Raises:
        TrainingError: there is no Nastaliq face, or no Latin one.
    """
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".ttf", ".otf"))
    faces = [Face(p) for p in files if not any(s in p.name.lower() for s in _SKIPPED)]
    found = Faces(
        tuple(f for f in faces if f.kind == "nastaliq"),
        tuple(f for f in faces if f.kind == "naskh"),
        tuple(f for f in faces if f.kind == "latin" and f.characters.issuperset(LATIN_LETTERS)),
    )
    if not found.nastaliq or not found.latin:
        missing = "Nastaliq" if not found.nastaliq else "Latin"
        raise TrainingError(f"no {missing} face in the fonts folder: put .ttf or .otf files there", str(folder))
    return found
