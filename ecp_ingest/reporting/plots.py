"""Small plots as SVG that stands in a page: drawn in its colours, told in words to those who can't see them.

All have the same width in units of their own and shrink with the page; texts are as large as on a phone they must be.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 420
HEIGHT = 210
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 12, 34
"""Room around a plot with axes, for their numbers and names."""
ROW = 42
"""Height of a bar with its name above it."""
LETTERS = 50
"""So many letters of a name fit above a bar; all of it is shown on pointing at it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plot: ``label`` is under it where it isn't empty, ``told`` is shown on pointing at it."""

    value: float
    told: str
    label: str = ""
    breaks: bool = False
    """Time has passed between the one before and this."""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    told: str
    """The value in words, at the end of the row."""


def columns(name: str, title: str, about: str, shown: Sequence[Column], *, across: str) -> str:
    """Upright columns side by side over one axis; ``name`` is unique on the page, ``across`` names the axis."""
    top = ceiling(max((column.value for column in shown), default=0))
    width = (WIDTH - LEFT - RIGHT) / max(1, len(shown))
    floor = HEIGHT - BOTTOM
    parts = []
    for mark in (0, top / 2, top):
        y = floor - (floor - TOP) * mark / top
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{mark:g}", "end"))
    for place, column in enumerate(shown):
        x = LEFT + place * width
        height = (floor - TOP) * column.value / top
        gap = min(2.0, width / 5)
        drawn = max(height, 1.5) if column.value else 0
        parts.append(
            f"<g><title>{html.escape(column.told)}</title>"
            f'<rect class="reach" x="{x:.1f}" y="{TOP}" width="{width:.1f}" height="{floor - TOP}"/>'
            f'<rect class="mark" x="{x + gap / 2:.1f}" y="{floor - drawn:.1f}" width="{width - gap:.1f}" '
            f'height="{drawn:.1f}"/></g>'
        )
        if column.breaks:
            parts.append(f'<line class="break" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{floor + 5}"/>')
        if column.label:
            end = "start" if x < LEFT + 20 else "end" if x > WIDTH - 60 else "middle"
            parts.append(_text(x, floor + 15, column.label, end))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 3, across, "middle", "axis"))
    return _svg(name, title, about, HEIGHT, parts)


def bars(name: str, title: str, about: str, shown: Sequence[Bar], *, kind: str = "") -> str:
    """One bar under the other, each with its name above it; ``kind`` is a class for its colour."""
    longest = max((bar.value for bar in shown), default=0) or 1
    return _svg(
        name, title, about, ROW * len(shown), [part for row in enumerate(shown) for part in _bar(row, longest, kind)]
    )


def _bar(row: tuple[int, Bar], longest: float, kind: str) -> Iterator[str]:
    place, bar = row
    y = place * ROW
    room = LETTERS - len(bar.told)
    short = bar.name if len(bar.name) <= room else f"{bar.name[: room - 1]}…"
    yield f"<g><title>{html.escape(f'{bar.name}: {bar.told}')}</title>"
    yield _text(0, y + 15, short, "start", "name")
    yield _text(WIDTH, y + 15, bar.told, "end", "name")
    yield f'<rect class="rail" x="0" y="{y + 22}" width="{WIDTH}" height="10" rx="2"/>'
    width = max(2.0, WIDTH * bar.value / longest)
    yield f'<rect class="mark {kind}" x="0" y="{y + 22}" width="{width:.1f}" height="10" rx="2"/></g>'


def ceiling(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10, 20 … that is not below ``value``: where an axis may end."""
    step = 1.0
    while step < value:
        step *= 10
    while step / 10 >= value > 0:
        step /= 10
    return next((step * part for part in (0.1, 0.2, 0.4, 0.5, 0.8) if step * part >= value > 0), step)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _svg(name: str, title: str, about: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="{name}-title {name}-about">'
        f'<title id="{name}-title">{html.escape(title)}</title><desc id="{name}-about">{html.escape(about)}</desc>'
        f"{''.join(parts)}</svg>"
    )
