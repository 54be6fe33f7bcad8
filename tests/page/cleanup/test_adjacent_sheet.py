"""A strip of another sheet at the side of the scan: taken off, and nothing taken for one that isn't."""

from __future__ import annotations

import numpy as np
import pytest

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.page.cleanup.adjacent_sheet import strip_beside

HEIGHT, WIDTH = 1600, 1200
STRIP = 90


def page(left: int, right: int) -> Pixels:
    """Lines of dark words from ``left`` to ``right``."""
    made = np.full((HEIGHT, WIDTH), 245, np.uint8)
    for top in range(100, HEIGHT - 100, 60):
        for word in range(left, right, 70):
            made[top : top + 24, word : min(right, word + 55)] = 30
    return made


def with_strip(*, seam: int | None, lean: int = 0) -> Pixels:
    """The page, and at its left what stands at the end of another one's lines; ``seam``: grey of what parts them."""
    made = page(STRIP + 60, WIDTH - 60)
    made[:, : STRIP - 10] = page(0, WIDTH)[:, 300 : 300 + STRIP - 10]
    if seam is not None:
        for row in range(HEIGHT):
            at = STRIP + lean * row // HEIGHT
            made[row, at : at + 4] = seam
    return made


@pytest.mark.parametrize("lean", [0, 6, -6])
@pytest.mark.parametrize("right", [False, True])
def test_what_lies_behind_the_seam_is_of_another_sheet(lean: int, *, right: bool) -> None:
    scan = with_strip(seam=110, lean=lean)
    found = strip_beside(np.ascontiguousarray(scan[:, ::-1]) if right else scan)
    assert found is not None
    found = found[:, ::-1] if right else found
    assert found[:, : STRIP - 10].all()
    assert not found[:, STRIP + 40 :].any()


def test_nothing_else_is_taken_for_another_sheet() -> None:
    framed = page(120, WIDTH - 120)
    framed[40:-40, 80:84] = framed[40:-40, -84:-80] = 20
    cut = page(0, WIDTH)
    black = page(150, WIDTH - 60)
    black[:, :70] = 10
    for own in (page(100, WIDTH - 100), framed, cut, black, with_strip(seam=None)):
        assert strip_beside(own) is None
