"""Reviewed records as ground truth: pictures of lines with their text, and the text of whole pages.

``<record>.<paragraph>.<line>.png`` beside ``….gt.txt`` is what ``train --pairs`` and tesstrain read, and
``<record>.gt.json`` what ``evaluate`` reads. Only text that a person has seen is exported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.layout import LineImage
from ecp_ingest.document.pages import PageImage, PicturePage
from ecp_ingest.edits.marks import Mark
from ecp_ingest.edits.reviewed import reviewed_record
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.files.atomic import write_text
from ecp_ingest.language.model_alphabet import CHARACTERS, normalise
from ecp_ingest.page.cleanup import clean
from ecp_ingest.page.layout import lay_out
from ecp_ingest.page.sources import load_page, open_scan
from ecp_ingest.record.entries import BBox, LineEntry, PageEntry
from ecp_ingest.record.source_scans import Missing, Sources
from ecp_ingest.settings import CleanupSettings, ScanSettings

_SAYABLE = frozenset(CHARACTERS + " ")
SAME_LINE = 0.5
"""Intersection over union that a line found now, with its margin, must have with the line in the record."""


@dataclass(frozen=True, slots=True)
class Exported:
    lines: int = 0
    pages: int = 0
    """Number of ground truth files of pages, one a source."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""

    def __add__(self, other: Exported) -> Exported:
        return Exported(self.lines + other.lines, self.pages + other.pages, self.notes + other.notes)


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line that a person has seen, and what it says."""

    name: str
    entry: LineEntry
    text: str


def export(records: Iterable[tuple[str, State]], *, folder: Path, into: Path, sources: Sources) -> Exported:
    """Write the ground truth of the records (name below ``folder``, state) below ``into``, in the same tree."""
    by_source: dict[str, list[State]] = {}
    exported = Exported()
    for name, state in records:
        exported += _export_lines(state, folder / name, name=name, into=into, sources=sources)
        by_source.setdefault(_source_name(name, state), []).append(state)
    for name, states in by_source.items():
        whole = len(states) == states[0].recognised.source.release_count
        if whole and all(state.done == "done" for state in states):
            target = into / f"{name}.gt.json"
            write_text(target, page_truth(sorted(states, key=lambda s: s.recognised.source.release_number)))
            exported += Exported(pages=1)
    return exported


def _source_name(name: str, state: State) -> str:
    """``2022/may`` for ``2022/may.json`` and for each of ``2022/may.1.json`` …: ground truth is that of a source."""
    source = state.recognised.source
    stem = name.removesuffix(".json")
    return stem.removesuffix(f".{source.release_number}") if source.release_count > 1 else stem


def _export_lines(state: State, path: Path, *, name: str, into: Path, sources: Sources) -> Exported:
    seen = list(seen_lines(state))
    lines = [line for line in seen if not set(normalise(line.text)) - _SAYABLE]
    unsayable = len(seen) - len(lines)
    notes = (f"{name}: {unsayable} lines have characters that the model can't say: left out",) if unsayable else ()
    if not lines:
        return Exported(notes=notes)
    source = sources.find(state.recognised, path)
    if isinstance(source, Missing):
        return Exported(notes=(*notes, f"{name}: no pictures of lines: {source.why}"))
    written = 0
    for facts in state.recognised.provenance.pages:
        here = [line for line in lines if line.entry.page == facts.number]
        if here and facts.width is not None:
            written += _write_lines(here, source, facts, into / name.removesuffix(".json"))
    return Exported(lines=written, notes=notes)


def page_truth(states: Sequence[State]) -> str:
    """The text of a source's releases as ground truth: the form of ``samples/*.gt.json``."""
    records = [reviewed_record(state) for state in states]
    fields = records[0].release
    truth = {
        "schema": 1,
        "pages": records[0].source.page_count,
        "kind": "reviewed",
        "release": {
            **{
                name: entry.value if (entry := getattr(fields, name)) else None
                for name in ("date", "place", "issuer", "wing", "kind")
            },
            "reference": fields.references[0].value if fields.references else None,
        },
        "paragraphs": [
            {"language": p.language, "kind": p.kind, "page": p.page, "text": p.text}
            for record in records
            for p in record.paragraphs
            if p.text
        ],
    }
    if len(records) > 1:
        del truth["release"]  # several releases differ in their fields
    return json.dumps(truth, ensure_ascii=False, indent=1) + "\n"


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def seen_lines(state: State) -> Iterator[SeenLine]:
    """Lines whose every word was accepted or corrected, or whose record is done.

    A line is left out where its words and its ink no longer match: words taken out as repeats, a hyphen joined over its
    end, added words that may belong to either of two lines.
    """
    for one in state.paragraphs:
        marks = [mark for mark in one.marks if mark.kind == "word"]
        at = 0
        for number, line in enumerate(one.entry.lines, start=1):
            own = marks[at : at + len(line.words)]
            before = marks[at - 1].end if at else 0
            after = marks[at + len(own)].start if at + len(own) < len(marks) else len(one.text)
            at += len(line.words)
            text = _line_text(one, own, before, after)
            if text and line.bbox is not None and (state.done == "done" or _is_seen(one, own)):
                yield SeenLine(f"{one.id}.{number}", line, text)


def _line_text(one: Reviewed, own: list[Mark], before: int, after: int) -> str:
    if not own or any(mark.start == mark.end for mark in own):
        return ""
    start, end = own[0].start, max(mark.end for mark in own)
    alone_before = start == 0 or (before < start and not one.text[before:start].strip())
    alone_after = end == len(one.text) or (end < after and not one.text[end:after].strip())
    return one.text[start:end] if alone_before and alone_after else ""


def _is_seen(one: Reviewed, own: list[Mark]) -> bool:
    return all(one.settled(mark.start, mark.end) for mark in own)


def _write_lines(lines: list[SeenLine], source: Path, facts: PageEntry, base: Path) -> int:
    settings = ScanSettings(mode="ocr", image_dpi=facts.dpi if facts.dpi_source == "setting" else None)
    page = load_page(open_scan(source, settings=settings), facts.number, settings=settings)
    if not isinstance(page, PicturePage):
        return 0
    image = clean(page, settings=CleanupSettings())
    found = [line for region in lay_out(image).regions for line in region.lines]
    scale = image.scan_width / facts.width if facts.width else 1.0
    base.parent.mkdir(parents=True, exist_ok=True)
    for line in lines:
        picture = _cut(line.entry.bbox or (0, 0, 0, 0), image, found, scale)
        target = base.with_name(f"{base.name}.{line.name}.png")
        Image.fromarray(picture).save(target)
        write_text(target.with_suffix(".gt.txt"), line.text + "\n")
    return len(lines)


def _cut(box: BBox, image: PageImage, found: list[LineImage], scale: float) -> np.ndarray:
    """The pixels of the line as the engine gets them: deskewed, cleaned, without the ink of its neighbours."""
    wanted = Box(*(round(edge * scale) for edge in box))
    best = max(found, key=lambda line: wanted.intersection_over_union(image.box_in_scan(line.bbox)), default=None)
    if best is not None and wanted.intersection_over_union(image.box_in_scan(best.bbox)) >= SAME_LINE:
        return best.pixels
    corners = np.array([[x, y] for x in (wanted.left, wanted.right) for y in (wanted.top, wanted.bottom)], np.float64)
    corners = image.from_scan(corners)
    left, top = np.maximum(corners.min(axis=0).round().astype(int), 0)
    right, bottom = corners.max(axis=0).round().astype(int)
    return np.ascontiguousarray(image.pixels[top:bottom, left:right])
