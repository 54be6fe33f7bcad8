"""Tables and escaped text for the HTML pages of reports and evaluations."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_table(table: Table) -> str:
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in table.head)
    rows = "\n".join(f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Invisible characters, bidi controls included; as in ``language.folding``, which this layer can't import."""


def safe(text: str) -> str:
    """``text`` escaped; invisible characters, which could reverse the page's text, become replacement characters."""
    return html.escape(_UNSEEN.sub("\ufffd", text))


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each row has as many cells as ``head``."""
