"""Search over the records as they lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ecp_ingest.errors import UsageError
from ecp_ingest.files.record_files import log_path, machine_path, records_in
from ecp_ingest.record.parts import read_some, read_texts
from ecp_ingest.record.schema import read_record, write_record
from ecp_ingest.search import found_in, parsed, search
from tests.support.builders import RunCli, make_record, paragraph

TEXT = "الیکشن کمیشن نے گُلگت (NA-75) میں ۲۵ پولنگ اسٹیشنز، Polling Stations کے لیے"


def meant(query: str, text: str = TEXT) -> list[str]:
    words = text.split()
    return [words[place] for place in found_in(text, parsed(query))]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("الیکشن", ["الیکشن"]),
        ("اليكشن", ["الیکشن"]),  # typed on an Arabic keyboard
        ("گلگت", ["گُلگت"]),
        ("گِلگت", ["گُلگت"]),
        ("ك\u200cميشن", ["کمیشن"]),
        ("25", ["۲۵"]),
        ("٢٥", ["۲۵"]),
        ("اسٹیشنز", ["اسٹیشنز،"]),
        ("اسٹیشن", []),  # whole words
        ("اسٹیشن*", ["اسٹیشنز،"]),
        ("polling", ["Polling"]),
        ("poll", []),
        ("POLL*", ["Polling"]),
        ("na-75", ["(NA-75)"]),
        ("75", ["(NA-75)"]),
        ("stations polling", ["Polling", "Stations"]),
        ('"polling stations"', ["Polling", "Stations"]),
        ('"stations polling"', []),
        ("“polling stat*”", ["Polling", "Stations"]),
        ('"polling stat"*', ["Polling", "Stations"]),
        ('"NA-75 میں ۲۵"', ["(NA-75)", "میں", "۲۵"]),
        ("polling karachi", []),
        ('polling "', ["Polling"]),
    ],
)
def test_what_a_query_means(query: str, words: list[str]) -> None:
    assert meant(query) == words


@pytest.mark.parametrize("query", ["", "  ", '""', "*", "۔ …"])
def test_a_query_without_words(query: str) -> None:
    with pytest.raises(UsageError, match="no word"):
        parsed(query)


def test_every_place_of_a_word_is_found() -> None:
    assert meant("or", "To be, or not to be; or what?") == ["or", "or"]


def test_hits_have_the_boxes_of_their_words(converted: Path) -> None:
    hits = [hit for hit in search(converted, '"اليكشن كميشن آف پاكستان نے"') if hit.record == "scans/stacked.json"]
    record = read_record(converted / "scans" / "stacked.json")
    (hit,) = hits
    (one,) = [one for one in record.paragraphs if one.id == hit.paragraph]
    assert hit.id == record.id
    assert (hit.language, hit.page) == ("urd", 1)
    boxes = [word.bbox for word in one.lines[0].words[:5]]
    assert [word.bbox for word in hit.words] == boxes
    assert hit.bbox is not None
    assert (hit.bbox[0], hit.bbox[2]) == (min(box[0] for box in boxes if box), max(box[2] for box in boxes if box))
    assert hit.snippet[0] == ("الیکشن کمیشن آف پاکستان نے", True)
    assert hit.snippet[-1] == ("…", False)


def test_texts_are_read_alone(converted: Path) -> None:
    for name in records_in(converted):
        record = read_record(converted / name)
        assert read_texts(converted / name) == tuple((one.id, one.text) for one in record.paragraphs)


def test_some_paragraphs_are_read_as_they_are_in_the_whole(converted: Path) -> None:
    for name in records_in(converted):
        whole = read_record(converted / name)
        wanted = {one.id for one in whole.paragraphs[1::2]}
        some = read_some(converted / name, wanted)
        assert some.paragraphs == whole.paragraphs[1::2]
        assert (some.id, some.provenance) == (whole.id, whole.provenance)
        assert some.repairs == tuple(one for one in whole.repairs if one.paragraph in wanted)


def test_text_without_boxes(converted: Path) -> None:
    hits = [hit for hit in search(converted, "الیکشن") if hit.record == "earlier-run.json"]
    assert hits
    assert {(hit.bbox, word.bbox) for hit in hits for word in hit.words} == {(None, None)}


def test_the_reviewed_text_is_searched(converted: Path) -> None:
    (hit,) = search(converted, '"has begun a voter registration"')
    assert hit.record == "scans/stacked.json"
    assert all(word.bbox for word in hit.words)
    assert not list(search(converted, '"has started a voter registration drive in 48"'))


def test_an_edit_that_the_record_doesn_t_have_yet_is_searched(converted: Path, tmp_path: Path) -> None:
    """A machine went down when the edit was in the log."""
    edited = converted / "scans" / "stacked.json"
    (tmp_path / "stacked.json").write_bytes(machine_path(edited).read_bytes())
    assert not list(search(tmp_path, '"has begun"'))
    log_path(tmp_path / "stacked.json").write_bytes(log_path(edited).read_bytes())
    (hit,) = search(tmp_path, '"has begun"')
    assert [word.text for word in hit.words] == ["has", "begun"]


def test_hits_of_a_part_are_those_of_the_whole(converted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = list(search(converted, "الیکشن"))
    monkeypatch.setattr("ecp_ingest.search.is_behind", lambda path: True)
    assert parts == list(search(converted, "الیکشن"))


def test_on_the_command_line(converted: Path, run_cli: RunCli) -> None:
    result = run_cli("search", converted, '"has begun"')
    (hit,) = search(converted, '"has begun"')
    where = f"scans/stacked.json {hit.paragraph}, page 1 {list(hit.bbox or ())}: "
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{where}The Election Commission of Pakistan ⟦has begun⟧ a voter registration")
    told = json.loads(run_cli("search", converted, '"has begun"', "--json").stdout)
    assert (told["record"], told["page"], told["bbox"]) == ("scans/stacked.json", 1, list(hit.bbox or ()))
    assert [word["text"] for word in told["words"]] == ["has", "begun"]
    result = run_cli("search", converted, "Timbuktu")
    assert (result.returncode, result.stdout) == (1, "")
    assert "nothing found for 'Timbuktu'" in result.stderr


def test_what_is_no_record_is_told(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "package.json").write_text("{}")
    result = run_cli("search", tmp_path, "x")
    assert result.returncode == 1
    assert "package.json: is no record" in result.stderr


def test_text_can_t_command_the_terminal(tmp_path: Path, run_cli: RunCli) -> None:
    record = make_record().model_copy(update={"paragraphs": (paragraph("evil \x1b[31m word", language="eng"),)})
    write_record(record, tmp_path / "a.json")
    result = run_cli("search", tmp_path, "evil")
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout
