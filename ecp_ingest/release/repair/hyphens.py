"""The rule that joins English words divided at a line end; the hyphen stays where it belongs to the word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ecp_ingest.document.text import Paragraph
from ecp_ingest.release.repair.changes import Change, Draft

_KEEPS_HYPHEN = {"by", "non", "self", "vice", "ex", "so", "well", "anti", "semi", "quasi", "cross", "half", "all", "co"}
"""First parts of English compounds that are usually written with a hyphen: ``by-election``."""
SHORTEST = 4
"""Letters of a joined word; shorter ones are more often two words."""


def words_inside_lines(paragraphs: Sequence[Paragraph]) -> set[str]:
    """English words in lower case, compounds with their hyphens: how this release writes them."""
    words: set[str] = set()
    for paragraph in paragraphs:
        for placed in paragraph.lines:
            words.update(re.findall(r"[a-z]+(?:-[a-z]+)*", placed.line.text.lower()))
    return words


def changes(draft: Draft) -> Iterator[Change]:
    """For each divided word, the change that takes out the hyphen and the space, or the space alone.

    Line ends are offsets in ``recognised``, so this rule must run first.
    """
    if draft.paragraph.script != "Latn":
        return
    offset = 0
    for placed in draft.paragraph.lines[:-1]:
        offset += len(placed.line.text)
        before = re.search(r"([A-Za-z]+)([-\u00ad\u2010])$", draft.text[:offset])
        after = re.match(r" ([a-z]+)", draft.text[offset:])
        if before and after:
            first, hyphen, second = before[1], before[2], after[1]
            joined, compound = (first + second).lower(), f"{first}-{second}".lower()
            keeps = compound in draft.vocabulary or (first.lower() in _KEEPS_HYPHEN and joined not in draft.vocabulary)
            if hyphen == "-" and keeps:
                yield Change("hyphenation", offset, " ", "", {"rule": "compound", "word": compound})
            elif len(joined) >= SHORTEST:
                yield Change("hyphenation", offset - 1, f"{hyphen} ", "", {"rule": "line_end", "word": joined})
        offset += 1
