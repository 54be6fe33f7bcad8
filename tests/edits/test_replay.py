"""(record as recognised, log) → reviewed record: pure, so tested without a disk where it can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.edits.decisions import Decision, Edit, from_line, to_line
from ecp_ingest.edits.editor import RecordEditor, store_recognised
from ecp_ingest.edits.marks import Mark, changes, exchange
from ecp_ingest.edits.recheck import reason_key
from ecp_ingest.edits.replay import replay
from ecp_ingest.edits.reviewed import reviewed_record
from ecp_ingest.edits.state import State
from ecp_ingest.errors import ConflictError, ReviewError
from ecp_ingest.files.record_files import recognised_path
from ecp_ingest.record.entries import ParagraphEntry
from ecp_ingest.record.schema import Record, read_record
from ecp_ingest.review import requests
from tests.support.press import TWICE, URDU_TWICE, paragraphs_of, release

words = st.lists(st.sampled_from(["the", "48", "کمیشن", "polling", "میں", "a", "آج"]), max_size=8).map(" ".join)


@pytest.fixture
def editor() -> RecordEditor:
    return RecordEditor("Bilal")


@pytest.fixture
def may(records: Path) -> Path:
    return records / "may.json"


def state_of(editor: RecordEditor, path: Path) -> State:
    return editor.load(path).state


def write(editor: RecordEditor, path: Path, name: str, text: str) -> None:
    """The paragraph ``name`` shall read ``text``."""
    state = state_of(editor, path)
    at = state.place(name)
    assert at is not None
    decision = requests.reworded(state.paragraphs[at], text)
    assert decision is not None
    editor.decide(path, decision)


def replaced(editor: RecordEditor, path: Path, name: str, old: str, new: str) -> None:
    write(editor, path, name, text_of(editor, path, name).replace(old, new, 1))


def text_of(editor: RecordEditor, path: Path, name: str) -> str:
    return next(one.text for one in state_of(editor, path).paragraphs if one.id == name)


def converted_anew(path: Path, change: Callable[[ParagraphEntry], ParagraphEntry]) -> Record:
    """What another model might have made of the same source."""
    machine = recognised_path(path) if recognised_path(path).exists() else path
    record = read_record(machine)
    return record.model_copy(update={"paragraphs": tuple(map(change, record.paragraphs))})


def with_text(name: str, old: str, new: str) -> Callable[[ParagraphEntry], ParagraphEntry]:
    def change(one: ParagraphEntry) -> ParagraphEntry:
        if one.id != name:
            return one
        lines = tuple(
            line.model_copy(
                update={
                    "words": tuple(w.model_copy(update={"text": w.text.replace(old, new)}) for w in line.words),
                }
            )
            for line in one.lines
        )
        return one.model_copy(
            update={
                "text": one.text.replace(old, new),
                "recognised": one.recognised.replace(old, new),
                "lines": lines,
            }
        )

    return change


# ── where things stand ────────────────────────────────────────────────────────────────────────────────────────────


@given(words, words)
def test_changes_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    text, shift = before, 0
    for start, old, new in changes(before, after):
        assert text[start + shift :].startswith(old)
        text = text[: start + shift] + new + text[start + shift + len(old) :]
        shift += len(new) - len(old)
    assert text == after


def test_marks_stay_on_their_words() -> None:
    marks = (Mark("word", 0, 0, 3), Mark("word", 1, 4, 10), Mark("word", 2, 11, 15))
    text, moved = exchange("the pollig will", marks, 4, "pollig will", "polling day will")
    assert text == "the polling day will"
    assert [text[mark.start : mark.end] for mark in moved] == ["the", "polling day", "will"]


@given(words.filter(bool), words)
def test_marks_never_leave_the_text(before: str, after: str) -> None:
    marks = tuple(Mark("word", i, before.index(w), before.index(w) + len(w)) for i, w in enumerate(before.split()))
    text, moved = exchange(before, marks, 0, before, after)
    assert all(0 <= mark.start <= mark.end <= len(text) for mark in moved)


# ── decisions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_stands_in_the_record_and_the_log_says_who_when_what(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p3", "Comrnission", "Commission")
    record = read_record(may)
    (entry,) = record.review.edits
    assert (entry.reviewer, entry.paragraph, entry.before, entry.after) == ("Bilal", "p3", "Comrnission", "Commission")
    (edit,) = editor.load(may).log.edits
    assert edit == from_line(to_line(edit))
    assert edit.time.endswith("+00:00")
    assert edit.decision.seen
    assert record.paragraphs[2].recognised.startswith("The Comrnission"), "what the engine gave stays"


def test_undoing_everything_gives_the_record_back_to_the_byte(editor: RecordEditor, may: Path) -> None:
    before = may.read_bytes()
    replaced(editor, may, "p3", "Comrnission", "Commission")
    replaced(editor, may, "p7", "استیشن", "اسٹیشن")
    editor.decide(may, Decision("kind", "p4", before="body", after="footer"))
    editor.decide(may, Decision("merge", "p4", before="p5"))
    editor.decide(may, requests.marking(state_of(editor, may), "done"))
    assert recognised_path(may).read_bytes() == before
    assert may.read_bytes() != before
    for number in (2, 5, 1, 4, 3):
        editor.decide(may, Decision("undo", target=str(number)))
    assert read_record(may) == read_record(recognised_path(may))
    editor.decide(may, Decision("undo", target="8"))  # that undid edit 1
    assert "Commission decided" in text_of(editor, may, "p3")
    with pytest.raises(ConflictError):
        editor.decide(may, Decision("undo", target="2"))


def test_undoing_what_another_edit_stands_on_makes_that_stale_and_never_wrong(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p3", "seven", "eight o'clock")
    replaced(editor, may, "p3", "o'clock", "sharp")
    editor.decide(may, Decision("undo", target="1"))
    state = state_of(editor, may)
    assert [edit.number for edit in state.stale()] == [2]
    assert "before seven in" in text_of(editor, may, "p3")
    record = read_record(may)
    assert record.review.state == "needed"
    assert "edit 2 by Bilal" in next(r.detail for r in record.review.reasons if r.kind == "stale_edit")
    editor.decide(may, Decision("undo", target="2"))
    assert not state_of(editor, may).stale()


def test_what_was_changed_since_it_was_seen_is_refused(editor: RecordEditor, may: Path) -> None:
    seen = state_of(editor, may).paragraphs[2]
    replaced(RecordEditor("Sana"), may, "p3", "Comrnission", "Commission")
    decision = requests.word_replaced(seen, seen.text.index("seven"), "seven", "eight")
    assert decision is not None
    with pytest.raises(ConflictError):
        editor.decide(may, decision)
    with pytest.raises(ConflictError):
        editor.decide(may, Decision("kind", "p4", before="heading", after="footer"))
    with pytest.raises(ReviewError):
        editor.decide(may, Decision("kind", "p4", before="body", after="nonsense"))
    assert len(editor.load(may).log.edits) == 1


def test_a_repair_is_restored_and_a_suggestion_applied(editor: RecordEditor, may: Path) -> None:
    assert text_of(editor, may, "p8").count(URDU_TWICE) == 1
    editor.decide(may, requests.restoring(state_of(editor, may), 0))
    assert text_of(editor, may, "p8").count(URDU_TWICE) == 2
    (reason,) = [r for r in read_record(may).review.reasons if r.kind == "printed_duplicate"]
    editor.decide(may, requests.applying(state_of(editor, may), reason_key(reason)))
    assert text_of(editor, may, "p5") == ""
    assert reason not in read_record(may).review.reasons
    editor.decide(may, Decision("undo", target="2"))
    assert text_of(editor, may, "p5") == TWICE
    assert reason in read_record(may).review.reasons


def test_typed_text_is_urdu_as_records_hold_it() -> None:
    assert requests.typed("  اليكشن\u200f   کميشن\u202b ") == "الیکشن کمیشن"


def test_merging_and_splitting_keep_words_with_their_boxes(editor: RecordEditor, may: Path) -> None:
    before = state_of(editor, may)
    start = text_of(editor, may, "p3").index("Presiding")
    editor.decide(may, Decision("split", "p3", start=start, seen=before.paragraphs[2].seen))
    first, second = state_of(editor, may).paragraphs[2:4]
    assert second.text.startswith("Presiding")
    assert second.id == "p3.1"
    assert [w.text for _, w, _ in second.words()][:2] == ["Presiding", "0fficers"]
    assert all(second.text[m.start : m.end] == w.text for m, w, _ in second.words())
    assert all(first.text[m.start : m.end] == w.text for m, w, _ in first.words())
    editor.decide(may, Decision("merge", "p3", before="p3.1"))
    (again,) = [one for one in state_of(editor, may).paragraphs if one.id == "p3"]
    assert again.text == before.paragraphs[2].text
    assert all(again.text[m.start : m.end] == w.text for m, w, _ in again.words())


def test_fields_and_checks_follow_the_text_unless_set_by_hand(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p2", "7th February", "9th February")
    release_now = read_record(may).release
    assert release_now.date is not None
    assert release_now.date.value == "2023-02-09"
    editor.decide(may, Decision("field", target="date", before="2023-02-09", after="2023-02-08"))
    replaced(editor, may, "p3", "Comrnission", "Commission")
    by_hand = read_record(may).release.date
    assert by_hand is not None
    assert by_hand.value == "2023-02-08"
    with pytest.raises(ReviewError):
        editor.decide(may, Decision("field", target="date", before="2023-02-08", after="yesterday"))


# ── converted anew ────────────────────────────────────────────────────────────────────────────────────────────────


def test_edits_whose_text_is_unchanged_carry_over_and_others_are_stale(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p3", "Comrnission", "Commission")
    replaced(editor, may, "p3", "0fficers", "Officers")
    replaced(editor, may, "p7", "استیشن", "اسٹیشن")
    editor.decide(may, Decision("language", "p4", before="eng", after="urd"))
    new = converted_anew(may, with_text("p3", "0fficers", "0fficcrs"))
    note = store_recognised(new, may)
    assert note is not None
    assert "3 edits were kept; 1 no longer fit" in note
    record = read_record(may)
    text = next(p.text for p in record.paragraphs if p.id == "p3")
    assert "The Commission" in text
    assert "0fficcrs" in text
    assert next(p.text for p in record.paragraphs if p.id == "p7").endswith("اسٹیشن پر موجود ہوں گے۔")
    assert next(p.language for p in record.paragraphs if p.id == "p4") == "urd"
    assert record.review.state == "needed"
    assert read_record(recognised_path(may)) == new


def test_edits_find_their_paragraph_when_it_is_called_otherwise(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p7", "استیشن", "اسٹیشن")
    record = read_record(recognised_path(may))
    shifted = record.model_copy(
        update={
            "paragraphs": tuple(
                p.model_copy(update={"id": f"p{number}"}) for number, p in enumerate(record.paragraphs[1:], start=1)
            ),
            "repairs": (),
        }
    )
    store_recognised(shifted, may)
    assert next(p.text for p in read_record(may).paragraphs if p.id == "p6").endswith("اسٹیشن پر موجود ہوں گے۔")


def test_a_better_model_says_by_itself_what_a_person_wrote(editor: RecordEditor, may: Path) -> None:
    replaced(editor, may, "p3", "Comrnission", "Commission")
    store_recognised(converted_anew(may, with_text("p3", "Comrnission", "Commission")), may)
    state = RecordEditor("").load(may).state
    assert [outcome for _, outcome in state.outcomes] == ["already"]


def test_done_is_not_carried_over_to_another_text(editor: RecordEditor, may: Path) -> None:
    editor.decide(may, requests.marking(state_of(editor, may), "done"))
    assert read_record(may).review.state == "done"
    store_recognised(converted_anew(may, with_text("p3", "seven", "scven")), may)
    assert read_record(may).review.state == "needed"


def test_replaying_is_pure() -> None:
    record = release("a.png", b"scan", paragraphs=paragraphs_of())
    edit = Edit(
        1,
        "2024-01-01T00:00:00+00:00",
        "x",
        Decision("text", "p3", 4, "Comrnission", "Commission", seen="other"),
        base="other",
        left="The ",
        right=" decided",
    )
    once = reviewed_record(replay(record, [edit]))
    assert once == reviewed_record(replay(record, [edit]))
    assert "The Commission decided" in once.paragraphs[2].text
    assert "Comrnission" in record.paragraphs[2].text
