"""Words that a line end divided, joined again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ecp_ingest.document.text import Paragraph

_KEEPS_HYPHEN = {"by", "non", "self", "vice", "ex", "so", "well", "anti", "semi", "quasi", "cross", "half", "all", "co"}
"""First parts of English compounds that are usually written with a hyphen: ``by-election``."""


def vocabulary_of(paragraphs: Sequence[Paragraph]) -> set[str]:
    """Lower-case words, compounds whole, that stand inside lines: how this release writes them."""
    words: set[str] = set()
    for paragraph in paragraphs:
        for placed in paragraph.lines:
            words.update(re.findall(r"[a-z]+(?:-[a-z]+)*", placed.line.text.lower()))
    return words


def line_end_hyphens(paragraph: Paragraph, known: set[str]) -> Iterator[tuple[str, int, str, str, dict[str, Any]]]:
    """English words parted at line ends, joined; the hyphen stays where it belongs to the word."""
    if paragraph.script != "Latn":
        return
    offset = 0
    for placed in paragraph.lines[:-1]:
        offset += len(placed.line.text)
        before = re.search(r"([A-Za-z]+)([-\u00ad\u2010])$", paragraph.recognised[:offset])
        after = re.match(r" ([a-z]+)", paragraph.recognised[offset:])
        if before and after:
            parts = before[1], after[1]
            joined, compound = "".join(parts).lower(), "-".join(parts).lower()
            stays = compound in known or (parts[0].lower() in _KEEPS_HYPHEN and joined not in known)
            if before[2] == "-" and stays:
                yield "hyphenation", offset, " ", "", {"rule": "compound", "word": compound}
            elif len(joined) >= 4:
                yield "hyphenation", offset - 1, before[2] + " ", "", {"rule": "line_end", "word": joined}
        offset += 1
