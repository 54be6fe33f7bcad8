"""Release → HTML for the bench: in columns or not, each sheet twice, and every word known again in the second.

The first copy is what is scanned. In the second, laid out the same, every word is a link that tells its number, in a
colour that tells it too, so that the PDF itself says where a word's line and where its ink lie (``located.py``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.samples_maker.release_texts import Printed, ReleaseText
from tests.samples_maker.sheet import SEAL, STYLE, element, marked

Arrangement = Literal["pages", "stacked", "side-by-side", "two-columns", "three-columns"]
COLUMNS: dict[Arrangement, int] = {"two-columns": 2, "three-columns": 3}
ARRANGEMENTS: tuple[Arrangement, ...] = ("pages", "stacked", "side-by-side", *COLUMNS)

CELL = "\t"
"""Between the cells of a table's row, which is a paragraph of its own."""
WORD_LINK = "http://word/"
FIRST_FIGURE = 0xFF0000
"""Colour of the first seal or photograph in the second copy; the next ones count on. Words count from 1."""

FLOWING = """
@page { size: %(width)dmm %(height)dmm; margin: 10mm %(side)dmm 12mm }
body { -webkit-print-color-adjust: exact }
.sheet { width: auto; height: auto; padding: 5mm 0 0; overflow: visible; zoom: %(scale).3f }
.plain { break-after: page }
a { color: inherit; text-decoration: none; white-space: nowrap }
.flow { column-gap: 8mm; column-count: %(columns)d; column-rule: %(line)s }
.flow.urdu { direction: rtl }
.flow .photograph { width: 100%%; max-width: 88mm; break-after: avoid }
.table { column-span: all; break-inside: avoid; padding: 2mm 0 4mm }
table { border-collapse: collapse; margin: 0 auto }
td { border: 0.3mm solid #333; padding: 0.8mm 2.5mm }
tr:first-child td { font-weight: bold }
.located .heading { text-decoration: none }
.located .photograph { object-position: -9999px }
.located .seal * { display: none }
"""


@dataclass(frozen=True, slots=True)
class Look:
    """``scale`` of all type (1 is 11.5 pt English, 13 pt Urdu); ``style``: CSS that changes no measures."""

    scale: float = 1.0
    style: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """``width`` and ``height`` in millimetres; ``scale``: how much smaller the type is set to make a text fit."""

    width: int
    height: int
    scale: float


PAPERS = (
    Paper(210, 297, 1), Paper(210, 356, 1), Paper(210, 356, 0.85),
    Paper(297, 420, 1), Paper(297, 420, 0.85), Paper(297, 420, 0.7),
)  # fmt: skip
"""A4; when a text is longer, the longer sheet that offices have, smaller type, A3, smaller type."""


def wanted_sheets(arrangement: Arrangement) -> int:
    return 2 if arrangement == "pages" else 1


def bench_sheets(release: ReleaseText, arrangement: Arrangement, look: Look, paper: Paper, *, seal: bool) -> str:
    """One HTML document: the sheets, and after them the same sheets again with each word numbered from 1, in the
    order of the release's paragraphs. What doesn't fit on its sheet flows on to one more."""
    style = STYLE % {"height": paper.height, "leading": 2.3, "side": 0} + FLOWING % {
        "width": paper.width,
        "height": paper.height,
        "side": 14 if arrangement in {"side-by-side", "three-columns"} else 20,
        "scale": paper.scale * look.scale,
        "columns": COLUMNS.get(arrangement, 1),
        "line": "0.2mm solid #444" if arrangement == "three-columns" else "none",
    }
    emblem, figures = SEAL if seal else "", itertools.count(FIRST_FIGURE)

    def body(show: Callable[[int, str], str]) -> str:
        numbers = itertools.count(1)
        return _body(release, arrangement, emblem, lambda word: show(next(numbers), word))

    located = body(lambda number, word: f'<a href="{WORD_LINK}{number}" style="color:#{number:06x}">{marked(word)}</a>')
    for figure in ('<svg class="seal"', '<img class="photograph"'):
        first, *others = located.split(figure)
        located = first + "".join(f'{figure} style="background:#{next(figures):06x}"{other}' for other in others)
    return (
        f'<!doctype html><meta charset="utf-8"><title>{release.name}</title><style>{style}{look.style}</style>'
        f'<div class="plain">{body(lambda _, word: f"<a>{marked(word)}</a>")}</div><div class="located">{located}</div>'
    )


def _body(release: ReleaseText, arrangement: Arrangement, emblem: str, show: Callable[[str], str]) -> str:
    run = _columns if arrangement in COLUMNS else _elements
    english, urdu = (run(release.half(language), show) for language in ("eng", "urd"))
    if arrangement == "pages":
        return f'<div class="sheet">{emblem}{english}</div><div class="sheet">{emblem}{urdu}</div>'
    if arrangement == "side-by-side":
        return f'<div class="sheet">{emblem}<div class="columns"><div>{english}</div><div>{urdu}</div></div></div>'
    return f'<div class="sheet">{emblem}{english}<hr class="rule">{urdu}</div>'


def _columns(half: tuple[Printed, ...], show: Callable[[str], str]) -> str:
    """Letterhead and heading across all columns, and so the footers; Urdu columns run right to left."""
    first = next(place for place, p in enumerate(half) if p.kind not in {"letterhead", "heading"})
    last = max(place for place, p in enumerate(half) if p.kind != "footer") + 1
    urdu = sum(p.language == "urd" for p in half) * 2 > len(half)
    head, flow, foot = (_elements(part, show) for part in (half[:first], half[first:last], half[last:]))
    return f'{head}<div class="flow{" urdu" if urdu else ""}">{flow}</div>{foot}'


def _elements(paragraphs: tuple[Printed, ...], show: Callable[[str], str]) -> str:
    groups = itertools.groupby(paragraphs, key=lambda paragraph: CELL in paragraph.text)
    return "\n".join(
        _table(list(group), show) if table else "\n".join(element(p, lambda text: _words(text, show)) for p in group)
        for table, group in groups
    )


def _table(rows: list[Printed], show: Callable[[str], str]) -> str:
    """Across all columns, if there are any."""
    cells = ("".join(f"<td>{_words(cell, show)}</td>" for cell in row.text.split(CELL)) for row in rows)
    lined = "".join(f"<tr>{row}</tr>" for row in cells)
    return f'<div class="table"><table class="{rows[0].language}">{lined}</table></div>'


def _words(text: str, show: Callable[[str], str]) -> str:
    return " ".join(map(show, text.split()))
