"""Records of real conversions, one of them reviewed, and some made by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.export.run import export
from ecp_ingest.review.requests import marking, word_replaced
from tests.support.builders import RunCli
from tests.support.paths import REPOSITORY
from tests.support.shipping import Exporting


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Path:
    """Two scans, one below the other, and the text of an earlier run; Amina has been over ``scans/stacked.json``."""
    folder = tmp_path_factory.mktemp("converted")
    sources = folder / "sources"
    (sources / "scans").mkdir(parents=True)
    for name, place in (("born-digital.pdf", "."), ("earlier-run.txt", "."), ("stacked.png", "scans")):
        shutil.copy(REPOSITORY / "samples" / name, sources / place / name)
    records = folder / "records"
    result = run_cli("convert", sources, "-o", records, "-q", "-j", "1")
    assert result.returncode == 0, result.stderr
    editor, path = RecordEditor("Amina"), records / "scans" / "stacked.json"
    one = next(one for one in editor.load(path).state.paragraphs if " has started " in one.text)
    change = word_replaced(one, one.text.index("started"), "started", "begun")
    assert change is not None
    editor.decide(path, marking(editor.decide(path, change).state, "done"))
    return records


@pytest.fixture
def records(converted: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(converted, tmp_path / "records"))


@pytest.fixture
def exported(tmp_path: Path) -> Exporting:
    """``exported(records, "csv")`` → the files that were written."""

    def run(folder: Path, *formats: str) -> list[Path]:
        return list(export(folder, formats=formats, destination=tmp_path / "export"))

    return run
