"""Evaluation on errors that were planted, so that every figure can be worked out by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.errors import NoInputError, UnreadableSourceError
from ecp_ingest.evaluation.align import align
from ecp_ingest.evaluation.as_json import as_numbers
from ecp_ingest.evaluation.evaluate import ALL, Evaluation, evaluate
from ecp_ingest.evaluation.html_page import marked, page
from ecp_ingest.evaluation.reliability import reliability
from ecp_ingest.language.text_metrics import ErrorRate
from ecp_ingest.record.entries import LineEntry, PageEntry, ParagraphEntry, WordEntry
from ecp_ingest.record.schema import Record, write_record
from tests.support.builders import RunCli, make_record, paragraph
from tests.support.paths import REPOSITORY

TITLE = "Press Release"
FIRST = "The Election Commission of Pakistan met today in Islamabad to review the polling scheme."
SECOND = "Returning officers will display the preliminary lists at their offices on Monday."
URDU = "الیکشن کمیشن آف پاکستان کا اجلاس آج اسلام آباد میں منعقد ہوا۔"


def record(*texts: str | ParagraphEntry, name: str = "may.pdf", **more: Any) -> Record:
    """Latin texts are English paragraphs, others Urdu ones."""
    entries = [
        text
        if isinstance(text, ParagraphEntry)
        else paragraph(text, name=f"p{place}", language="eng" if text[:1].isascii() else "urd")
        for place, text in enumerate(texts, start=1)
    ]
    made = make_record(file_name=name, place=more.pop("place", 1), count=more.pop("count", 1))
    return made.model_copy(update={"paragraphs": tuple(entries), **more})


def true(text: str, **more: Any) -> dict[str, Any]:
    return {"language": "eng" if text[:1].isascii() else "urd", "kind": "body", "page": 1, "text": text, **more}


class Folders:
    """Records and ground truth on the disk."""

    def __init__(self, top: Path) -> None:
        self.records, self.truth = top / "records", top / "truth"
        self.records.mkdir()
        self.truth.mkdir()

    def add(self, records: Sequence[Record], *paragraphs: dict[str, Any], name: str = "may", **more: Any) -> None:
        for one in records:
            number = f".{one.source.release_number}" if one.source.release_count > 1 else ""
            write_record(one, self.records / f"{name}{number}.json")
        target = self.truth / f"{name}.gt.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps({"schema": 1, "paragraphs": paragraphs, **more}), encoding="utf-8")

    def evaluate(self) -> Evaluation:
        return evaluate(self.records, self.truth)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_errors_are_pooled_by_adding(folders: Folders) -> None:
    folders.add([record("abcdefghix")], true("abcdefghij"), kind="clean")
    folders.add([record("a" * 30, name="june.pdf")], true("a" * 30), name="june", kind="fax")
    found = folders.evaluate()
    assert found.overall.texts["eng"]["raw"].characters == ErrorRate(1, 40)
    assert found.overall.texts["eng"]["raw"].words == ErrorRate(1, 2)
    by_condition = {name: counts.texts[ALL]["raw"].characters for name, counts in found.by_condition().items()}
    assert by_condition == {"clean": ErrorRate(1, 10), "fax": ErrorRate(0, 30)}


def test_raw_folded_and_without_spaces(folders: Folders) -> None:
    folders.add([record("الیکشن كمیشن آفپاکستان")], true("الیکشن کمیشن آف پاکستان"))
    urdu = folders.evaluate().overall.texts["urd"]
    assert [urdu[name].characters.errors for name in ("raw", "folded", "folded, no spaces")] == [2, 1, 0]
    assert urdu["folded"].words == ErrorRate(2, 4)
    assert urdu["folded, no spaces"].words is None


def test_a_swapped_paragraph_is_an_error_of_order_only(folders: Folders) -> None:
    folders.add([record(TITLE, SECOND, FIRST)], true(TITLE), true(FIRST), true(SECOND))
    counts = folders.evaluate().overall
    errors = counts.texts["eng"]["folded"]
    assert errors.characters.errors > 100
    assert errors.characters_anywhere == ErrorRate(0, len(TITLE + FIRST + SECOND))
    assert (counts.order.right, counts.order.of) == (2, 3)
    assert (counts.orders.right, counts.orders.of) == (0, 1)
    assert (counts.found.right, counts.found.of) == (3, 3)


@pytest.mark.parametrize("read", [(f"{TITLE} {FIRST}", SECOND), (TITLE, *FIRST.split(" met "), SECOND)])
def test_paragraphs_joined_or_parted_are_still_found(folders: Folders, read: tuple[str, ...]) -> None:
    folders.add([record(*read)], true(TITLE), true(FIRST), true(SECOND))
    counts = folders.evaluate().overall
    lost = 3 if len(read) == 4 else 0  # the word at which it was parted here
    assert counts.texts["eng"]["folded"].characters_anywhere.errors == (lost + 1 if lost else 0)
    assert counts.order.rate == counts.orders.rate == 1


def test_text_in_the_wrong_language_is_missing_here_and_invented_there(folders: Folders) -> None:
    folders.add([record(paragraph(FIRST, language="urd"), URDU)], true(FIRST), true(URDU))
    counts = folders.evaluate().overall
    assert counts.texts["eng"]["raw"].characters.rate == 1
    assert counts.texts["urd"]["raw"].characters.rate > 1
    assert counts.texts[ALL]["raw"].characters.errors == 0
    letters = [len(text.replace(" ", "")) for text in (FIRST, URDU)]
    assert (counts.language.right, counts.language.of) == (letters[1], sum(letters))


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_kinds_boxes_lines_and_turns(folders: Folders) -> None:
    body = paragraph(FIRST, language="eng")
    entry = body.model_copy(
        update={
            "bbox": (0, 0, 100, 50),
            "lines": (
                LineEntry(page=1, bbox=(0, 0, 100, 10), words=(WordEntry(text="x", bbox=None, confidence=None),)),
            ),
        }
    )
    made = record(TITLE, entry)
    pages = tuple(
        PageEntry(number=n, width=9, height=9, dpi=200, origin="ocr", why="", rotation=r, seconds={})
        for n, r in ((1, 180), (2, 0))
    )
    made = made.model_copy(update={"provenance": made.provenance.model_copy(update={"pages": pages})})
    folders.add(
        [made],
        true(TITLE, kind="heading"),
        true(FIRST, bbox=[0, 0, 100, 100], lines=[{"text": "x", "bbox": [0, 0, 50, 10]}]),
        true(URDU, bbox=[0, 200, 100, 300]),
        rotation=[180, 90],
    )
    counts = folders.evaluate().overall
    assert (counts.kinds.right, counts.kinds.of) == (1, 3)
    assert (counts.boxes.right, counts.boxes.of) == (0.5, 2)
    assert (counts.lines.right, counts.lines.of) == (0.5, 1)
    assert (counts.rotations.right, counts.rotations.of) == (1, 2)


def test_what_the_truth_does_not_know_is_not_scored(folders: Folders) -> None:
    folders.add([record(FIRST)], {"language": "eng", "text": FIRST})
    told = as_numbers(folders.evaluate())["overall"]
    unknown = ("kinds", "box_overlap", "line_overlap", "orientation", "reading_order", "sources_in_order")
    assert [told[name] for name in unknown] == [None] * len(unknown)
    assert told["fields"] == {}


def test_fields(folders: Folders) -> None:
    made = record(FIRST)
    release = made.release.model_validate(
        {
            "date": {"value": "2022-05-28", "text": "28th May", "paragraph": "p1", "confidence": 0.9},
            "place": {"value": "Lahore", "text": "Lahore", "paragraph": "p1", "confidence": 0.9},
        }
    )
    truth = {"date": "2022-05-28", "place": "Islamabad", "wing": None, "issuer": "ECP", "reference": None}
    folders.add([made.model_copy(update={"release": release})], true(FIRST), release=truth)
    found = folders.evaluate()
    assert {name: told.right for name, told in found.overall.fields.items()} == {
        "date": 1, "place": 0, "wing": 1, "issuer": 0,
    }  # fmt: skip
    assert found.judgements[0].wrong_fields == (("place", "Islamabad", "Lahore"), ("issuer", "ECP", None))


# ── which is held against which ───────────────────────────────────────────────────────────────────────────────────


def test_the_releases_of_a_stack_are_taken_together(folders: Folders) -> None:
    stack = [record(text, place=place, count=2) for place, text in ((2, SECOND), (1, FIRST))]
    folders.add(stack, true(FIRST), true(SECOND))
    found = folders.evaluate()
    assert found.overall.texts["eng"]["raw"].characters.errors == 0
    assert len(found.judgements[0].records) == 2


def test_missing_records_count_and_extra_ones_are_named(folders: Folders) -> None:
    folders.add([record(FIRST)], true(FIRST), name="2022/may")
    folders.add([], true(SECOND), name="2022/june", release={"wing": None}, rotation=[0])
    write_record(record(FIRST), folders.records / "2023" / "may.json")
    found = folders.evaluate()
    assert found.missing == ("2022/june",)
    assert found.extra == (str(folders.records / "2023" / "may.json"),)
    assert found.overall.texts["eng"]["raw"].characters == ErrorRate(len(SECOND), len(FIRST) + len(SECOND) + 0)
    assert found.overall.fields["wing"].right == found.overall.rotations.right == 0


def test_plain_text_is_ground_truth_too(tmp_path: Path) -> None:
    write_record(record(FIRST, URDU, name="page.png"), tmp_path / "page.json")
    (tmp_path / "page.gt.txt").write_text(
        f"\ufeff{FIRST.replace(' in ', chr(10) + 'in ')}\n \n{URDU}\n", encoding="utf-8"
    )
    for records, truth in ((tmp_path, tmp_path), (tmp_path / "page.json", tmp_path / "page.gt.txt")):
        texts = evaluate(records, truth).overall.texts
        assert {name: told["raw"].characters.errors for name, told in texts.items()} == {ALL: 0, "eng": 0, "urd": 0}


def test_one_record_is_held_against_its_own_truth_only(folders: Folders) -> None:
    folders.add([record(FIRST)], true(FIRST))
    folders.add([], true(SECOND), name="june")
    found = evaluate(folders.records / "may.json", folders.truth)
    assert [judged.truth.name for judged in found.judgements] == ["may"]


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"paragraphs": [{"text": 3}]}', '{"paragraphs": [{"page": 1}]}'])
def test_broken_ground_truth_is_named(folders: Folders, broken: str) -> None:
    folders.add([record(FIRST)], true(FIRST))
    (folders.truth / "may.gt.json").write_text(broken, encoding="utf-8")
    with pytest.raises(UnreadableSourceError, match=r"may\.gt\.json: is no ground truth"):
        folders.evaluate()


def test_nothing_to_compare(folders: Folders, tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no ground truth"):
        folders.evaluate()
    (folders.truth / "x.gt.txt").write_text("x", encoding="utf-8")
    with pytest.raises(NoInputError, match="no records"):
        folders.evaluate()


# ── alignment ─────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.lists(st.lists(st.sampled_from([*FIRST.split(), *URDU.split()]), max_size=8), max_size=5)


@given(WORDS, WORDS)
def test_every_word_stands_in_one_place_of_an_alignment(truth: list[list[str]], read: list[list[str]]) -> None:
    found = align(truth, read)
    for passages, stretches in (
        (truth, [m.truth for m in found.matches] + list(found.missed)),
        (read, [m.read for m in found.matches] + list(found.invented)),
    ):
        places = sorted((s.index, place) for s in stretches for place in range(s.start, s.end))
        assert places == [(i, place) for i, words in enumerate(passages) for place in range(len(words))]


@given(st.permutations([TITLE, FIRST, SECOND, URDU]))
def test_the_same_paragraphs_are_found_in_any_order(texts: list[str]) -> None:
    truth = [text.split() for text in (TITLE, FIRST, SECOND, URDU)]
    read = [text.split() for text in texts]
    found = align(truth, read)
    assert not found.missed
    assert not found.invented
    assert all(truth[m.truth.index] == read[m.read.index] and m.sure for m in found.matches)


# ── confidence ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_confidences_that_say_too_much() -> None:
    told = reliability([(0.9, place % 2 == 0) for place in range(30)])
    assert told is not None
    assert told.ece == pytest.approx(0.4)
    assert (told.words, told.wrong, len(told.bins)) == (30, 15, 15)
    assert told.found == pytest.approx(0.1)  # all alike: a tenth of the words, a tenth of the errors
    assert told.findable == pytest.approx(0.2)


def test_confidences_that_find_all_errors() -> None:
    told = reliability([(0.1, False)] * 2 + [(0.95, True)] * 38)
    assert told is not None
    assert told.found == told.findable == 1
    # The first bin holds both wrong words and a right one: mean confidence 1.15 / 3, a third right.
    assert told.ece == pytest.approx((3 * (1.15 / 3 - 1 / 3) + 37 * 0.05) / 40)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]), st.booleans()), min_size=1), st.randoms())
def test_reliability_does_not_hang_on_the_order_of_words(judged: list[tuple[float, bool]], random: Any) -> None:
    told = reliability(judged)
    shuffled = random.sample(judged, len(judged))
    again = reliability(shuffled)
    assert told is not None
    assert again is not None
    assert told.ece == pytest.approx(again.ece)
    assert 0 <= told.ece <= 1
    assert 0 <= told.found <= told.findable + 1e-9


def test_words_are_judged_as_they_were_recognised(folders: Folders) -> None:
    read = FIRST.replace("Pakistan", "Pakislan").split()
    words = tuple(WordEntry(text=word, bbox=None, confidence=0.5, engine_confidence=0.9) for word in read)
    body = paragraph(FIRST, language="eng").model_copy(update={"lines": (LineEntry(page=1, bbox=None, words=words),)})
    folders.add([record(body)], true(FIRST))
    (judged,) = folders.evaluate().judgements
    assert judged.counts.texts["eng"]["raw"].characters.errors == 0  # a repair put it right
    assert [word.text for word in judged.words if not word.right] == ["Pakislan"]
    assert len(judged.words) == len(read)


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_errors_are_marked_in_place() -> None:
    assert list(marked("a b c d", "a x c d e")) == [
        "a", '<span class="sub"><del>b</del> <ins>x</ins></span>', "c d", "<ins>e</ins>",
    ]  # fmt: skip
    assert list(marked("a b", "b")) == ["<del>a</del>", "b"]


class Seen(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_is_safe_whatever_was_read(folders: Folders) -> None:
    hostile = 'Press "><script>alert(1)</script><img src=x onerror=alert(2)> \u202eRelease\x07'
    folders.add([record(hostile)], true(TITLE), kind="</style><b>")
    folders.add([record(URDU.replace("اجلاس", "جلاس"), name="june.pdf")], true(URDU), name="june")
    text = page(folders.evaluate())
    seen = Seen(text)
    allowed = (
        "html head meta title style body h1 h2 p del ins span dl dt dd div table thead tbody tr th td details summary"
    )
    assert {tag for tag, _ in seen.tags} <= set(allowed.split())
    assert not any(name.startswith("on") or name in ("src", "href") for _, attrs in seen.tags for name in attrs)
    assert "\u202e" not in text
    assert "\x07" not in text
    assert "url(" not in text
    passages = [attrs for _, attrs in seen.tags if attrs.get("class") == "passage"]
    assert [(p["lang"], p["dir"]) for p in passages] == [("en", "ltr"), ("ur", "rtl")]  # the worst first
    assert "prefers-color-scheme: dark" in text


def contrast(colour: str, ground: str) -> float:
    """As the Web Content Accessibility Guidelines define it."""

    def luminance(text: str) -> float:
        full = text if len(text) == 6 else "".join(c * 2 for c in text)
        parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_marks_can_be_read_in_light_and_dark(folders: Folders) -> None:
    folders.add([record(FIRST)], true(FIRST))
    schemes = re.findall(r":root \{(.*?)\}", page(folders.evaluate()), re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--([\w-]+): #(\w+)", scheme))
        pairs = [("text", "paper"), ("faint", "paper"), ("gone", "gone-back"), ("new", "new-back"), ("text", "head")]
        assert min(contrast(colour[a], colour[b]) for a, b in pairs) >= 4.5


def test_the_command(tmp_path: Path, run_cli: RunCli) -> None:
    samples, out = REPOSITORY / "samples", tmp_path / "out"
    run_cli("convert", samples / "earlier-run.txt", "-o", out, "-q")
    numbers, shown = tmp_path / "new" / "e.json", tmp_path / "e.html"
    truth = samples / "earlier-run.gt.json"
    result = run_cli("evaluate", out, truth, "--json", numbers, "--html", shown)
    assert (result.returncode, result.stderr) == (0, "")
    assert "CER raw" in result.stdout
    assert "fold_letterforms" in result.stdout
    told = json.loads(numbers.read_text(encoding="utf-8"))
    assert told["overall"]["text"]["eng"]["raw"]["cer"]["rate"] < 0.01
    assert told["overall"]["fields"]["date"] == {"rate": 1.0, "right": 1, "of": 1}
    assert told["confidence"] == {}
    assert "اليكشن" not in shown.read_text(encoding="utf-8")
    result = run_cli("evaluate", out, samples)
    assert result.returncode == 1
    assert "stacked: no record, so all of its text counts as wrong" in result.stderr
    assert run_cli("evaluate", tmp_path / "none", truth).returncode == 2
