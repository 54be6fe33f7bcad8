"""A stack of sheets put through a feeder holds several releases: which pages belong to which.

A release begins where a half begins again that the release before has already: the heading that names the kind of
paper (``Press Release``, ``پریس ریلیز``), and under it a dateline, in a language in which both were seen before. So a
letterhead on every sheet, or a heading repeated on a second one, parts nothing; nor does the same sheet scanned twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ecp_ingest.dates import find_dateline
from ecp_ingest.document import ReadPage
from ecp_ingest.lexicon import kind_of_heading


def part_releases(pages: Sequence[ReadPage], *, repeated: Collection[int] = ()) -> tuple[tuple[ReadPage, ...], ...]:
    """``pages`` in groups, one per release, in order; at least one group where there are pages.

    ``repeated`` are the numbers of pages that repeat another: they begin nothing.
    """
    groups: list[list[ReadPage]] = []
    begun: set[str] = set()
    for page in pages:
        halves = set() if page.facts.number in repeated else halves_begun(page)
        if not groups or halves & begun:
            groups.append([])
            begun = set()
        groups[-1].append(page)
        begun |= halves
    return tuple(map(tuple, groups))


def halves_begun(page: ReadPage) -> set[str]:
    """The languages in which a heading and, under it, a dateline with a date stand on this page."""
    headed: set[str] = set()
    begun: set[str] = set()
    for region in page.regions:
        for line in region.lines:
            language = line.choice.language
            if kind_of_heading(line.text):
                headed.add(language)
            elif language in headed and (dateline := find_dateline(line.text)) and dateline.date:
                begun.add(language)
    return begun
