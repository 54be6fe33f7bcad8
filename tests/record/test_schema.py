from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import Paragraph as DocumentParagraph
from ecp_ingest.document.text import PlacedLine, ReadLine, ScriptChoice, Word
from ecp_ingest.errors import OutputError, UnreadableSourceError
from ecp_ingest.record.entries import FieldEntry, RepairEntry
from ecp_ingest.record.schema import json_schema, read_record, record_id, to_json, write_record
from ecp_ingest.release.assembly import paragraph_entry
from tests.support.builders import make_record

CONTRACT = {
    "": "schema_version id source status release languages paragraphs repairs checks review provenance errors",
    "source": "file_name sha256 media_type byte_size page_count pages",
    "release": "issuer wing kind place date title people references",
    "paragraphs": "id kind language script direction text recognised confidence page bbox lines parallel",
    "repairs": "kind paragraph before after evidence",
    "checks": "kind passed detail paragraphs",
    "review": "state reasons edits",
    "errors": "page stage message",
}


def definition(schema: dict[str, Any], key: str) -> dict[str, Any]:
    """What ``schema`` says of the object, or of each item of the list, at ``key``."""
    if not key:
        return schema
    entry = schema["properties"][key]
    reference = (entry.get("items") or entry)["$ref"]
    found: dict[str, Any] = schema["$defs"][reference.rsplit("/", 1)[1]]
    return found


@pytest.mark.parametrize("key", CONTRACT)
def test_the_contract_s_keys_are_there_and_always_written(key: str) -> None:
    found = definition(json_schema(), key)
    assert set(CONTRACT[key].split()) <= set(found["properties"])
    assert set(CONTRACT[key].split()) <= set(found["required"])


def test_the_schema_is_valid_and_explains_itself() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    assert schema["description"]
    assert [name for name, entry in schema["$defs"].items() if "description" not in entry] in ([], ["JsonValue"])


def test_a_written_record_obeys_the_schema_and_comes_back_the_same(tmp_path: Path) -> None:
    record = make_record()
    write_record(record, tmp_path / "deep" / "er" / "a.json")
    data = json.loads((tmp_path / "deep/er/a.json").read_bytes())
    jsonschema.validate(data, json_schema(), jsonschema.Draft202012Validator)
    assert data["paragraphs"][0]["bbox"] == [10, 20, 300, 60]
    assert read_record(tmp_path / "deep/er/a.json") == record


def test_json_is_for_people_too(tmp_path: Path) -> None:
    write_record(make_record(), tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "الیکشن کمیشن" in text
    assert '"bbox": [10, 20, 300, 60]' in text
    assert text.startswith('{\n  "schema_version": "1.0"')
    assert text.endswith("}\n")


def test_one_line_for_a_stream() -> None:
    assert "\n" not in to_json(make_record(), indent=None)


def test_no_nul_is_written_for_databases_refuse_it() -> None:
    record = make_record(text="a\x00b")
    assert record.paragraphs[0].text == record.paragraphs[0].recognised == "a\ufffdb"
    assert "\\u0000" not in to_json(record)


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_any_text_can_be_written(text: str) -> None:
    """Lone surrogates included, which broken text layers hold and UTF-8 can't; they become U+FFFD."""
    written = to_json(make_record(text=text)).encode()
    assert len(json.loads(written)["paragraphs"][0]["text"]) == len(text)


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_record(make_record(text="first"), path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match=r"a\.json: can't be written \(No space left"):
        write_record(make_record(text="second"), path)
    assert read_record(path).paragraphs[0].text == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_record_is_as_readable_as_any_file(tmp_path: Path) -> None:
    write_record(make_record(), tmp_path / "a.json")
    (tmp_path / "other").touch()
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema_version": "0.9"}'])
def test_what_is_no_record_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(UnreadableSourceError, match=r"a\.json: is no record of ecp-ingest"):
        read_record(tmp_path / "a.json")


def test_an_unknown_key_is_refused_rather_than_lost(tmp_path: Path) -> None:
    data = make_record().model_dump(mode="json")
    (tmp_path / "a.json").write_text(json.dumps({**data, "note": "by hand"}))
    with pytest.raises(UnreadableSourceError, match="note"):
        read_record(tmp_path / "a.json")


def test_the_id_is_of_the_bytes_and_the_place() -> None:
    assert record_id("ab" * 32, 1) == record_id("ab" * 32, 1)
    assert len({record_id("ab" * 32, 1), record_id("ab" * 32, 2), record_id("cd" * 32, 1)}) == 3


def test_confidence_is_between_0_and_1() -> None:
    with pytest.raises(ValidationError):
        FieldEntry(value="x", text="x", paragraph="p1", confidence=93)
    assert FieldEntry(value="x", text="x", paragraph="p1", confidence=0.123456).confidence == 0.1235


def test_evidence_may_hold_what_the_stages_work_with() -> None:
    repair = RepairEntry(kind="x", paragraph=None, before="", after="", evidence={"boxes": (Box(1, 2, 3, 4),)})
    assert repair.evidence == {"boxes": [[1, 2, 3, 4]]}


def test_a_paragraph_of_two_pages() -> None:
    choice = ScriptChoice("Latn", "eng", 1.0, "")

    def line(page: int, *boxes: Box) -> PlacedLine:
        words = tuple(Word("word", box, 0.5) for box in boxes)
        return PlacedLine(page, ReadLine(words, boxes[0], choice))

    lines = (line(1, Box(0, 0, 9, 5)), line(1, Box(2, 6, 12, 9)), line(2, Box(0, 0, 99, 99)))
    entry = paragraph_entry(DocumentParagraph("p1", "body", "eng", "Latn", lines, "word word word"), text="words")
    assert entry.bbox == (0, 0, 12, 9)
    assert [line.page for line in entry.lines] == [1, 1, 2]
    assert (entry.text, entry.recognised, entry.confidence) == ("words", "word word word", 0.5)
