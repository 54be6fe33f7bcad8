"""Small plots as SVG inside an HTML page, in the page's colours, with a description for screen readers.

All have the same width in SVG units and shrink with the page; texts are large enough for a phone.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 420
HEIGHT = 210
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 12, 34
"""Margins of a plot with axes, for the numbers and names of the axes."""
ROW = 42
"""Height of a bar with its name above it."""
LETTERS = 50
"""Letters of a name and a value that fit above a bar; the tooltip shows the whole name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a plot, with a tooltip and, unless it is empty, a label below."""

    value: float
    tooltip: str
    label: str = ""
    breaks: bool = False
    """There is a pause between the column before and this one."""


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: float
    text: str
    """The value as text, at the end of the row."""


def columns(name: str, title: str, about: str, shown: Sequence[Column], *, across: str) -> str:
    """Vertical columns over one axis; ``name`` is unique on the page, ``across`` is the name of the axis."""
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
            f"<g><title>{html.escape(column.tooltip)}</title>"
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
    """Horizontal bars, one below the other, each with its name above it; ``kind`` is a CSS class for the colour."""
    longest = max((bar.value for bar in shown), default=0) or 1
    return _svg(
        name, title, about, ROW * len(shown), [part for row in enumerate(shown) for part in _bar(row, longest, kind)]
    )


def _bar(row: tuple[int, Bar], longest: float, kind: str) -> Iterator[str]:
    place, bar = row
    y = place * ROW
    room = LETTERS - len(bar.text)
    short = bar.name if len(bar.name) <= room else f"{bar.name[: room - 1]}…"
    yield f"<g><title>{html.escape(f'{bar.name}: {bar.text}')}</title>"
    yield _text(0, y + 15, short, "start", "name")
    yield _text(WIDTH, y + 15, bar.text, "end", "name")
    yield f'<rect class="rail" x="0" y="{y + 22}" width="{WIDTH}" height="10" rx="2"/>'
    width = max(2.0, WIDTH * bar.value / longest)
    yield f'<rect class="mark {kind}" x="0" y="{y + 22}" width="{width:.1f}" height="10" rx="2"/></g>'


def ceiling(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10, 20 … that is not below ``value``: where the axis ends."""
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
