"""Duplicates: the corpus of cases, and real sheets that went over the glass twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ecp_ingest.document.pages import ReadPage
from ecp_ingest.page.imaging.ink_comparison import compare
from ecp_ingest.page.imaging.thumbnails import thumbnail
from ecp_ingest.release.collation.duplicates import repeated_lines
from ecp_ingest.release.collation.repeats import Repeat
from ecp_ingest.settings import RepairSettings
from tests.benchmarks.bench_duplicates import outcome
from tests.samples_maker.printing import browser
from tests.samples_maker.release_texts import load_release
from tests.support.repairing import DuplicateCase, duplicate_cases, ingest

CORPUS = tuple(duplicate_cases())
needs_browser = pytest.mark.skipif(browser() is None, reason="sheets are printed with Chromium")


@pytest.mark.parametrize("case", [case for case in CORPUS if case.meant], ids=lambda case: case.name)
def test_what_is_meant_is_never_touched(case: DuplicateCase) -> None:
    assert outcome(case) != "touched"


@pytest.mark.parametrize("case", [case for case in CORPUS if not case.meant], ids=lambda case: case.name)
def test_what_stands_twice_by_error_is_found(case: DuplicateCase) -> None:
    assert outcome(case) in {"repaired", "asked"}
    if case.asks:
        assert outcome(case) == "asked"


def test_most_of_it_is_repaired_without_asking() -> None:
    came = [outcome(case) for case in CORPUS if not case.meant and not case.asks]
    assert came.count("repaired") >= 0.9 * len(came)


def test_the_corpus_is_large_enough() -> None:
    meant = [case for case in CORPUS if case.meant]
    assert len(meant) >= 90
    assert len(CORPUS) - len(meant) >= 45
    assert sum(case.held for case in CORPUS) >= 0.5 * len(CORPUS)


# ── real sheets ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ReadPage]:
    """One English sheet: scanned, scanned again, and its twin that differs in one digit."""
    from tests.support.scanned_duplicates import _crooked_and_dark, first_scan, other_digit, printed, read

    folder: Path = tmp_path_factory.mktemp("scans")
    release = load_release("notification")
    page, twin = printed(release)[0], printed(other_digit(release))[0]
    return {
        "first": read(folder, *first_scan(page), number=1),
        "again": read(folder, *_crooked_and_dark(page), number=2),
        "twin": read(folder, *_crooked_and_dark(twin), number=2),
    }


def found(*pages: ReadPage) -> list[Repeat]:
    return list(repeated_lines(pages, settings=RepairSettings()))


@needs_browser
def test_a_sheet_scanned_again_crooked_and_dark(scans: dict[str, ReadPage]) -> None:
    (repeat,) = found(scans["first"], scans["again"])
    assert repeat.certain
    assert repeat.kind == "duplicate_page"
    assert repeat.evidence["repeats_page"] == 1
    assert repeat.evidence["ink"] > 0.8
    _, done = ingest([scans["first"], scans["again"]])
    assert {repair.kind for repair in done.repairs} >= {"duplicate_page"}


@needs_browser
def test_a_twin_that_differs_in_a_digit_stays(scans: dict[str, ReadPage]) -> None:
    (repeat,) = found(scans["first"], scans["twin"])
    assert not repeat.certain
    assert min(repeat.evidence["ink_in_dispute"]) < repeat.evidence["ink"] - 0.13


@needs_browser
def test_the_picture_settles_what_the_text_leaves_open(scans: dict[str, ReadPage]) -> None:
    """The second reading has another word, a real one: the text alone proves nothing, the ink does."""
    first, again = scans["first"], scans["again"]
    region = max(again.regions, key=lambda r: len(r.lines))
    line = region.lines[1]
    at = next(i for i, word in enumerate(line.words) if word.text.isalpha() and len(word.text) >= 5)
    words = list(line.words)
    words[at] = replace(words[at], text="mountain", confidence=0.99)
    lines = (region.lines[0], replace(line, words=tuple(words)), *region.lines[2:])
    misread = replace(again, regions=tuple(replace(r, lines=lines) if r is region else r for r in again.regions))
    (seen,) = found(first, misread)
    assert seen.certain
    (unseen,) = found(replace(first, thumbnail=None), replace(misread, thumbnail=None))
    assert not unseen.certain


def test_pages_without_common_words_cannot_be_compared() -> None:
    import numpy as np

    blank = thumbnail(np.full((300, 200), 255, dtype=np.uint8), dpi=100)
    assert compare(blank, blank, [], []) is None
