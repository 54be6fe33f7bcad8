"""Markdown as a Markdown parser reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ecp_ingest.record.entries import CheckEntry, ReviewEntry, ReviewReason
from ecp_ingest.record.schema import read_record, write_record
from tests.support.builders import make_record, paragraph
from tests.support.shipping import Exporting


def blocks(path: Path) -> list[str]:
    """The text of every paragraph, heading and item, as a reader sees it."""
    found = []
    for token in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        if token.type == "inline":
            parts = ((child.type, child.content) for child in token.children or ())
            found.append(
                "".join("\n" if kind == "hardbreak" else text for kind, text in parts if kind != "html_inline")
            )
    return found


def test_both_halves_read_as_they_are(converted: Path, exported: Exporting) -> None:
    for path in exported(converted, "md"):
        (source,) = converted.rglob(f"{path.stem}.json")
        record = read_record(source)
        shown = blocks(path)
        english, urdu = shown.index("English"), shown.index("اردو")
        texts = {
            language: [p.text for p in record.paragraphs if p.language == language and p.text]
            for language in ("eng", "urd")
        }
        assert shown[english + 1 : urdu] == texts["eng"]
        assert shown[urdu + 1 : urdu + 1 + len(texts["urd"])] == texts["urd"]
        assert sum(line.startswith(("✓", "✗")) for line in shown) == len(record.checks)
        assert path.read_text(encoding="utf-8").count('<div dir="rtl" lang="ur">') == 1


def test_what_the_release_says_of_itself(converted: Path, exported: Exporting) -> None:
    (path,) = [path for path in exported(converted, "md") if path.stem == "stacked"]
    shown = blocks(path)
    assert shown[0] == "Election Commission of Pakistan, 2023-02-07"
    assert "Place: Islamabad" in shown
    assert "Source: stacked.png, page 1" in shown
    assert any(line.startswith("Reviewed: by Amina, 20") for line in shown)
    assert any("Saima Javed (صائمہ جاوید), Director General" in line for line in shown)


AWKWARD = [
    "1. no list",
    "- no list\n+ nor this\n12) nor this",
    "# no heading",
    "a * b * c _d_ `e` [f](g) <b>h</b> &amp; i | j ~~k~~ \\l",
    "Title\n=====",
    "> no quotation\n---",
    "*",
]


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("kind", ["body", "caption", "letterhead"])
def test_nothing_in_the_text_is_taken_for_markdown(text: str, kind: str, tmp_path: Path, exported: Exporting) -> None:
    one = paragraph(text, language="eng").model_copy(update={"kind": kind})
    record = make_record().model_copy(update={"paragraphs": (one,), "languages": ("eng",)})
    write_record(record, tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "md")
    assert blocks(path)[-1] == text


def test_what_to_review_points_to_its_place(tmp_path: Path, exported: Exporting) -> None:
    reason = ReviewReason(kind="failed_check", paragraph="p1", detail="English (p9): 26; Urdu (p1): 62")
    check = CheckEntry(kind="number_agreement", passed=False, detail="Urdu (p1): 62", paragraphs=("p1",))
    record = make_record(review=ReviewEntry(state="needed", reasons=(reason,)))
    write_record(record.model_copy(update={"checks": (check,)}), tmp_path / "records" / "a.json")
    (path,) = exported(tmp_path / "records", "md")
    written = path.read_text(encoding="utf-8")
    assert '<a id="p1"></a>الیکشن' in written
    assert "- ✗ number agreement: Urdu ([p1](#p1)): 62" in written
    assert "- failed check in [p1](#p1): English (p9): 26; Urdu ([p1](#p1)): 62" in written
    assert "- **Reviewed:** no; still to be looked at, see below" in written
