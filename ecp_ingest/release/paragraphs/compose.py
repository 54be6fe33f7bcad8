"""Composes lines into paragraphs in reading order, each of a kind, joined across the ends of columns and pages.

    pages → lines in reading order → blocks (``breaks``) → kinds (``kinds``) → joined → paragraphs

Lines that repeat others are given as ``apart`` and become paragraphs of their own. So the text around them is joined as
if they weren't there, and what was recognised in them is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import ReadPage
from ecp_ingest.document.text import LineRef, Paragraph, ParagraphKind, PlacedLine, ReadRegion, Script
from ecp_ingest.release.paragraphs.breaks import ends_sentence, starts_paragraph
from ecp_ingest.release.paragraphs.flow import FlowLine, column_lines
from ecp_ingest.release.paragraphs.kinds import Block, classify
from ecp_ingest.release.paragraphs.reading_order import in_reading_order


@dataclass(frozen=True, slots=True)
class Composition:
    paragraphs: tuple[Paragraph, ...]
    apart: Mapping[str, str] = field(default_factory=dict)
    """Id of each paragraph that was kept apart → the key of its lines."""


def compose(pages: Sequence[ReadPage], *, apart: Mapping[LineRef, str] | None = None) -> Composition:
    """The paragraphs of ``pages`` in reading order, ``p1``, ``p2`` …

    ``apart``: line → any key; lines with the same key are composed together. Empty lines are left out.
    """
    apart = apart or {}
    flow = [line for page in pages for line in _flow(page)]
    streams: dict[str | None, list[int]] = {None: []}
    for place, line in enumerate(flow):
        streams.setdefault(apart.get(line.ref), []).append(place)
    # Each stream is divided and joined alone; then its paragraphs go where their first lines are.
    placed: list[tuple[int, Block, ParagraphKind, str | None]] = []
    for key, places in streams.items():
        where = {flow[place].ref: place for place in places}
        blocks = _blocks([flow[place] for place in places])
        for block, kind in _joined(blocks, classify(blocks, pages=pages)):
            placed.append((where[block.lines[0].ref], block, kind, key))
    placed.sort(key=lambda one: one[0])
    paragraphs = tuple(
        _paragraph(f"p{number}", block, kind) for number, (_, block, kind, _) in enumerate(placed, start=1)
    )
    keys = {p.id: key for p, (_, _, _, key) in zip(paragraphs, placed, strict=True) if key is not None}
    return Composition(paragraphs, keys)


def _flow(page: ReadPage) -> list[FlowLine]:
    """The page's lines in reading order, each with the usual measures of its column."""
    order: list[LineRef] = []
    columns: dict[object, list[FlowLine]] = {}
    ordered = in_reading_order(page)
    insets = {placed.column for placed in ordered if placed.is_inset and placed.column is not None}
    for placed in ordered:
        region = placed.region
        obstacles = [*page.upright_pictures, *sorted(insets - {placed.column})]
        key = placed.column if placed.column is not None and not region.row else ("alone", placed.index)
        for i in _cell_order(region, page) if region.row else range(len(region.lines)):
            line = region.lines[i]
            if line.text.strip():
                ref = (page.facts.number, placed.index, i)
                box = region.upright_lines[i] if region.upright_lines else None
                order.append(ref)
                beside = _beside(box, placed.column, obstacles)
                flow_line = FlowLine(ref, line, box, in_table=region.row is not None, in_inset=placed.is_inset)
                columns.setdefault((key, beside), []).append(flow_line)
    measured = {line.ref: line for lines in columns.values() for line in column_lines(lines)}
    return [measured[ref] for ref in order]


WITHIN_COLUMN = 0.1
"""Column widths by which a photograph or inset must reach into a column to have lines beside it."""


def _beside(box: Box | None, column: Box | None, obstacles: Sequence[Box]) -> tuple[Box, bool] | None:
    """The photograph or inset beside the line, and whether the line is to its right; None where there is none.

    Lines beside one have only a part of their column, with edges of its own.
    """
    if box is None or column is None:
        return None
    for obstacle in obstacles:
        # The white around it is about one line high.
        level = obstacle.top - box.height < (box.top + box.bottom) / 2 < obstacle.bottom + box.height
        within = obstacle.shared_width(column) > WITHIN_COLUMN * column.width
        right = box.left > obstacle.right - box.height
        if level and within and (right or box.right < obstacle.left + box.height):
            return obstacle, right
    return None


def _cell_order(region: ReadRegion, page: ReadPage) -> list[int]:
    """The reading order of the lines of a table row: by cells, from the right where most of the table is Urdu."""
    row = region.row
    if row is None:
        return list(range(len(region.lines)))
    letters: Counter[Script] = Counter()
    for other in page.regions:
        if other.row and other.row.table == row.table:
            for line in other.lines:
                letters[line.choice.script] += sum(map(str.isalpha, line.text))
    from_right = letters["Arab"] > letters["Latn"]
    return sorted(range(len(region.lines)), key=lambda i: -row.cells[i] if from_right else row.cells[i])


def _blocks(lines: Sequence[FlowLine]) -> list[Block]:
    """The lines divided into paragraphs, before paragraphs are joined across columns and pages."""
    groups: list[list[FlowLine]] = []
    for i, line in enumerate(lines):
        after = lines[i + 1] if i + 1 < len(lines) else None
        if groups and not starts_paragraph(groups[-1], line, after):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Block(tuple(group), *_language(group)) for group in groups]


def _language(lines: Sequence[FlowLine]) -> tuple[str, Script]:
    """Language and script of most letters of the lines."""
    letters: Counter[tuple[str, Script]] = Counter()
    for line in lines:
        letters[line.line.choice.language, line.line.choice.script] += max(1, sum(map(str.isalpha, line.text)))
    return letters.most_common(1)[0][0]


# ── across column and page ends ───────────────────────────────────────────────────────────────────────────────────

_MAY_INTERRUPT = {"letterhead", "footer", "caption"}
"""Kinds of blocks that may lie between two parts of one paragraph."""


def _joined(blocks: Sequence[Block], kinds: Sequence[ParagraphKind]) -> list[tuple[Block, ParagraphKind]]:
    """The blocks, with body blocks joined whose sentence continues in the next column or on the next page."""
    joined: list[tuple[Block, ParagraphKind]] = []
    open_at: dict[str, int] = {}
    for block, kind in zip(blocks, kinds, strict=True):
        if block.lines[0].in_inset:
            joined.append((block, kind))
            continue
        at = open_at.get(block.language)
        if kind in ("body", "other") and at is not None and _is_continued(joined[at][0], block):
            before = joined[at][0]
            joined[at] = replace(before, lines=before.lines + block.lines), "body"
            continue
        joined.append((block, kind))
        if kind == "body":
            open_at[block.language] = len(joined) - 1
        elif kind not in _MAY_INTERRUPT:
            open_at.pop(block.language, None)
    return joined


def _is_continued(before: Block, after: Block) -> bool:
    """Whether ``after``, in the next column or on the next page, continues the paragraph of ``before``."""
    last, first = before.lines[-1], after.lines[0]
    if last.in_table or first.in_table:
        return False
    next_page = first.page == last.page + 1
    next_column = first.page == last.page and first.column != last.column and first.box is not None
    if not (next_page or next_column) or ends_sentence(last.text) or first.is_item:
        return False
    if last.hyphenated and re.match(r"[a-z]", first.text):
        return True
    if re.match(r"[a-z,;)]", first.text):
        return True
    # A sentence that continues fills its line; a short line is the end, whatever its last mark.
    return last.is_full and not first.is_indented


def _paragraph(name: str, block: Block, kind: ParagraphKind) -> Paragraph:
    return Paragraph(
        id=name,
        kind=kind,
        language=block.language,
        script=block.script,
        lines=tuple(PlacedLine(line.page, line.line) for line in block.lines),
        recognised=" ".join(line.line.text for line in block.lines),
    )
