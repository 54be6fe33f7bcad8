"""Ground truth: what a perfect run would leave of a sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.samples_maker.release_texts import Printed, ReleaseText

PageOf = Callable[[int, Printed], int]
"""Place among the paragraphs (0-based) and paragraph → page (1-based)."""


def write_truth(target: Path, release: ReleaseText, *, pages: int, kind: str, page_of: PageOf) -> None:
    """Beside ``target``, as ``<name>.gt.json``. ``kind`` is ``clean`` or ``aged``."""
    save_truth(target, truth_of(release, pages=pages, kind=kind, page_of=page_of))


def truth_of(release: ReleaseText, *, pages: int, kind: str, page_of: PageOf) -> dict[str, Any]:
    """Each printed text once, in reading order; photographs have none. ``pages`` counts those of the file, ``page_of``
    tells where a paragraph begins first."""
    printed = [paragraph for paragraph in release.paragraphs if paragraph.kind is not None]
    return {
        "schema": 1,
        "pages": pages,
        "kind": kind,
        "release": {
            **release.fields,
            "people": [asdict(person) for person in release.people],
            "laws": release.laws,
            "constituencies": release.constituencies,
        },
        "paragraphs": [
            {"language": p.language, "kind": p.kind, "page": page_of(place, p), "text": p.text, "pair": p.pair}
            for place, p in enumerate(printed)
        ],
    }


def save_truth(target: Path, truth: dict[str, Any]) -> None:
    text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    truth_path(target).write_text(text, encoding="utf-8")


def truth_path(sample: Path) -> Path:
    """``samples/pages.tif`` → ``samples/pages.gt.json``."""
    return sample.with_name(f"{sample.stem}.gt.json")


def one_page(place: int, paragraph: Printed) -> int:
    """Everything stands on the first page (and perhaps again on a later one)."""
    return 1


def halves(release: ReleaseText) -> PageOf:
    """The English half on page 1, the Urdu half on page 2."""
    english = sum(paragraph.kind is not None for paragraph in release.half("eng"))
    return lambda place, paragraph: 1 if place < english else 2


def broken_before(opening: str, release: ReleaseText) -> PageOf:
    """Page 2 from the paragraph that begins with ``opening``. Raises StopIteration where none does."""
    printed = [paragraph for paragraph in release.paragraphs if paragraph.kind is not None]
    first = next(place for place, paragraph in enumerate(printed) if paragraph.text.startswith(opening))
    return lambda place, paragraph: 1 if place < first else 2
