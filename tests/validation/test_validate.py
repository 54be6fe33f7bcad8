"""``validate`` on real records, whole and broken on purpose: every promise that is broken is named, with its place."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecp_ingest import convert
from ecp_ingest.edits.decisions import Decision
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.files.record_files import log_path, recognised_path
from ecp_ingest.review import requests
from ecp_ingest.validation.validate import Validation
from tests.support.builders import RunCli
from tests.support.paths import REPOSITORY

SAMPLES = REPOSITORY / "samples"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF with two languages and boxes, a text with repairs, two releases in one source; really converted."""
    folder = tmp_path_factory.mktemp("made")
    text = (SAMPLES / "earlier-run.txt").read_text(encoding="utf-8")
    (folder / "stack.txt").write_text(f"{text}\f{text.replace('22', '24')}", encoding="utf-8")
    inputs = [SAMPLES / "born-digital.pdf", SAMPLES / "earlier-run.txt", folder / "stack.txt"]
    assert len(list(convert(inputs, output=folder / "out"))) == 4
    return folder / "out"


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


def found(out: Path) -> list[tuple[str, str, str]]:
    """(file, place, rule) of every offence."""
    return [(one.file.name, one.place, one.rule) for one in Validation(out).offences()]


def change(path: Path, how: Callable[[Json], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    how(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def put(*way: str | int, value: Any) -> Callable[[Json], None]:
    def how(data: Json) -> None:
        inner: Any = data
        for step in way[:-1]:
            inner = inner[step]
        inner[way[-1]] = value

    return how


def test_what_was_converted_keeps_all_promises(made: Path) -> None:
    validation = Validation(made)
    assert list(validation.offences()) == []
    assert validation.records == 4


PDF, TEXT, FIRST, SECOND = "born-digital.json", "earlier-run.json", "stack.1.json", "stack.2.json"
LINE = ("paragraphs", 0, "lines", 0)


AN_EDIT = {"reviewer": "A", "time": "", "paragraph": None, "before": "", "after": ""}


def answers_nothing(data: Json) -> None:
    """The first paragraph names the last, which doesn't name it."""
    data["paragraphs"][0]["parallel_all"] = [data["paragraphs"][-1]["id"]]


def in_arabic_letters(data: Json) -> None:
    paragraph = next(p for p in data["paragraphs"] if p["language"] == "urd")
    paragraph["text"] = "\ufee3\ufeea" + paragraph["text"]


@pytest.mark.parametrize(
    ("name", "how", "place", "rule"),
    [
        (PDF, put("id", value="x"), "id", "ids"),
        (PDF, put("paragraphs", 1, "id", value="p1"), "paragraphs[1].id", "ids"),
        (PDF, put("source", "pages", value=[2, 1]), "source.pages", "pages"),
        (PDF, put("source", "page_count", value=1), "source.pages", "pages"),
        (PDF, put("source", "release_number", value=2), "source.release_number", "pages"),
        (PDF, put("source", "pages", value=[2]), "provenance.pages[0].number", "pages"),
        (PDF, put("paragraphs", 0, "page", value=7), "paragraphs[0].page", "pages"),
        (PDF, put(*LINE, "page", value=3), "paragraphs[0].lines[0].page", "pages"),
        (PDF, lambda d: d["errors"].append({"page": 9, "stage": "x", "message": ""}), "errors[0].page", "pages"),
        (PDF, put("paragraphs", 0, "bbox", value=[5, 5, 5, 9]), "paragraphs[0].bbox", "boxes"),
        (PDF, put("paragraphs", 0, "bbox", 2, value=99999), "paragraphs[0].bbox", "boxes"),
        (PDF, put(*LINE, "bbox", 0, value=0), "paragraphs[0].lines[0].bbox", "boxes"),
        (PDF, put(*LINE, "words", 0, "bbox", 1, value=-3), "paragraphs[0].lines[0].words[0].bbox", "boxes"),
        (TEXT, put("paragraphs", 2, "bbox", value=[0, 0, 1, 1]), "paragraphs[2].bbox", "boxes"),
        (PDF, put("paragraphs", 2, "parallel", value="p99"), "paragraphs[2].parallel", "references"),
        (PDF, put("paragraphs", 2, "parallel_all", value=["p1"]), "paragraphs[2].parallel_all[0]", "references"),
        (PDF, answers_nothing, "paragraphs[0].parallel_all[0]", "references"),
        (PDF, answers_nothing, "paragraphs[0].parallel", "references"),
        (PDF, put("paragraphs", 2, "parallel", value="p1"), "paragraphs[2].parallel", "references"),
        (PDF, put("release", "kind", "paragraph", value=""), "release.kind.paragraph", "references"),
        (PDF, put("checks", 0, "paragraphs", 0, value="q"), "checks[0].paragraphs[0]", "references"),
        (TEXT, put("repairs", 0, "paragraph", value="p99"), "repairs[0].paragraph", "references"),
        (TEXT, put("suggestions", 0, "paragraph", value="p99"), "suggestions[0].paragraph", "references"),
        (
            TEXT,
            lambda d: d["review"]["reasons"].append({"kind": "x", "paragraph": "p99"}),
            "review.reasons[{last}].paragraph",
            "references",
        ),
        (PDF, put("languages", value=["urd", "eng"]), "languages", "languages"),
        (PDF, put("paragraphs", 0, "script", value="Arab"), "paragraphs[0].script", "languages"),
        (PDF, put("paragraphs", 0, "direction", value="rtl"), "paragraphs[0].direction", "languages"),
        (PDF, put("paragraphs", 0, "text", value="\u202bRight"), "paragraphs[0].text", "letters"),
        (PDF, in_arabic_letters, "paragraphs[{urdu}].text", "letters"),
        (
            PDF,
            put("release", "issuer", "value", value=unicodedata.normalize("NFD", "é")),
            "release.issuer.value",
            "letters",
        ),
        (PDF, put("release", "date", "value", value="2022-02-30"), "release.date.value", "fields"),
        (PDF, put("release", "place", "text", value="Atlantis"), "release.place.text", "fields"),
        (PDF, put(*LINE, "words", 0, "text", value="other"), "paragraphs[0].recognised", "recognised"),
        (TEXT, put("repairs", 0, "after", value="nothing like it"), "paragraphs[{repaired}].text", "recognised"),
        (TEXT, put("repairs", value=[]), "paragraphs[{repaired}].recognised", "recognised"),
        (TEXT, put("suggestions", 0, "start", value=100_000), "suggestions[0].start", "suggestions"),
        (PDF, put("status", value="partial"), "status", "status"),
        (PDF, put("paragraphs", value=[]), "status", "status"),
        (PDF, put("status", value="failed"), "errors", "status"),
        (PDF, put("review", "state", value="needed"), "review.state", "status"),
        (PDF, put("provenance", "settings", "x", value=1), "provenance.settings_fingerprint", "settings"),
        (PDF, put("paragraphs", 0, "confidence", value=93), "paragraphs[0].confidence", "schema"),
        (PDF, put("source", "byte_size", value="12"), "source.byte_size", "schema"),
        (PDF, put("note", value="by hand"), "note", "schema"),
        (PDF, put("schema_version", value="7.0"), "schema_version", "schema"),
        (PDF, lambda d: d.pop("release"), "release", "schema"),
        (PDF, lambda d: d.clear(), "", "schema"),
        (SECOND, put("source", "release_number", value=1), "source.release_number", "siblings"),
        (SECOND, put("source", "release_count", value=3), "source.release_count", "siblings"),
        (SECOND, put("source", "sha256", value="ab" * 32), "source.sha256", "siblings"),
        (SECOND, put("source", "pages", value=[1, 2]), "source.pages", "siblings"),
        (TEXT, put("review", "edits", value=[AN_EDIT]), "review.edits", "edits"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_broken_is_named(out: Path, name: str, how: Callable[[Json], object], place: str, rule: str) -> None:
    before = json.loads((out / name).read_text(encoding="utf-8"))
    change(out / name, how)
    repaired = before["repairs"][0]["paragraph"] if before["repairs"] else ""
    place = place.format(
        last=len(before["review"]["reasons"]),
        urdu=next(i for i, p in enumerate(before["paragraphs"]) if p["language"] == "urd"),
        repaired=next((i for i, p in enumerate(before["paragraphs"]) if p["id"] == repaired), None),
    )
    assert (name, place, rule) in found(out)


def test_bytes_that_were_converted_twice_have_one_id(out: Path) -> None:
    (out / "copy").mkdir()
    shutil.copy(out / PDF, out / "copy" / "same.json")
    assert found(out) == [("same.json", "id", "ids")]


def test_sources_that_could_not_be_read_have_no_bytes_to_be_told_by(out: Path) -> None:
    change(out / TEXT, put("source", "sha256", value=""))
    change(out / TEXT, put("id", value=f"{'0' * 32}-1"))
    shutil.copy(out / TEXT, out / "other.json")
    assert found(out) == []


@pytest.mark.parametrize(("lost", "named"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_release_of_a_stack_that_is_gone(out: Path, lost: str, named: str) -> None:
    (out / lost).unlink()
    assert found(out) == [(named, "source.release_count", "siblings")]


# ── records that a person has changed ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reviewed(out: Path) -> Path:
    path = out / TEXT
    editor = RecordEditor("Sana")
    for old, new in [("the", "a"), ("of", "in")]:
        one = next(one for one in editor.load(path).state.paragraphs if f" {old} " in one.text)
        decision = requests.reworded(one, one.text.replace(f" {old} ", f" {new} ", 1))
        assert decision is not None
        editor.decide(path, decision)
    editor.decide(path, Decision("state", after="done", seen=editor.load(path).state.seen))
    return path


def test_what_was_reviewed_keeps_all_promises(reviewed: Path) -> None:
    assert found(reviewed.parent) == []


def test_a_record_that_says_other_than_its_log(reviewed: Path) -> None:
    change(reviewed, put("paragraphs", 3, "text", value="Not what anybody decided."))
    assert (TEXT, "paragraphs", "edits") in found(reviewed.parent)


def test_an_edit_that_was_lost_from_the_log(reviewed: Path) -> None:
    log = log_path(reviewed)
    log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    assert (TEXT, "review.edits", "edits") in found(reviewed.parent)


def test_a_log_that_was_lost(reviewed: Path) -> None:
    log_path(reviewed).unlink()
    recognised_path(reviewed).unlink()
    assert (TEXT, "review.edits", "edits") in found(reviewed.parent)


def test_a_record_as_recognised_that_was_lost_or_broken(reviewed: Path) -> None:
    kept = recognised_path(reviewed)
    change(kept, put("paragraphs", 0, "lines", 0, "words", 0, "text", value="other"))
    assert (kept.name, "paragraphs[0].recognised", "recognised") in found(reviewed.parent)
    kept.unlink()
    assert (TEXT, "review.edits", "edits") in found(reviewed.parent)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command(out: Path, run_cli: RunCli) -> None:
    done = run_cli("validate", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "4 records: nothing wrong\n")
    change(out / PDF, put("paragraphs", 0, "bbox", 2, value=99999))
    done = run_cli("validate", out)
    assert done.returncode == 1
    assert f"{out / PDF}: paragraphs[0].bbox: [" in done.stdout
    assert "reaches beyond page 1, which is " in done.stdout
    assert done.stderr == "4 records: 1 offences in 1 files\n"
    done = run_cli("validate", out / PDF, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["records"] == 1
    (offence,) = told["offences"]
    assert (offence["file"], offence["place"], offence["rule"]) == (str(out / PDF), "paragraphs[0].bbox", "boxes")


def test_a_folder_without_records(tmp_path: Path, run_cli: RunCli) -> None:
    done = run_cli("validate", tmp_path)
    assert done.returncode == 2
    assert "holds no records" in done.stderr
