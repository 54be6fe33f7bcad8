"""JSON Lines: every record whole."""

from __future__ import annotations

import json
from pathlib import Path

from ecp_ingest.files.record_files import records_in
from ecp_ingest.record.schema import Record
from tests.support.builders import RunCli


def test_every_record_is_a_line(converted: Path, tmp_path: Path, run_cli: RunCli) -> None:
    result = run_cli("export", converted, "--to", "jsonl", "-o", tmp_path)
    target = tmp_path / "records.jsonl"
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{target}\n", "")
    lines = target.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    written = [json.loads((converted / name).read_bytes()) for name in records_in(converted)]
    assert [json.loads(line) for line in lines] == written
    reviewed = Record.loads(lines[-1])
    assert [edit.kind for edit in reviewed.review.edits] == ["text", "state"]
    assert "Pakistan has begun a voter" in lines[-1]
