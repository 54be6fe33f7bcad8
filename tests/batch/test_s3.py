"""Sources and records behind URLs: a real S3 server on this machine."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from ecp_ingest.batch import remote_sources
from ecp_ingest.batch.convert import BatchOptions, run
from ecp_ingest.batch.discover import discover
from ecp_ingest.batch.events import Outcome
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.document.pages import FailedPage
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.errors import MissingProgramError, NoInputError, OutputError, UsageError
from ecp_ingest.files.locations import Url, place
from ecp_ingest.page.recognition.models import Engine, find_engine
from ecp_ingest.record.schema import read_record
from ecp_ingest.review.requests import reworded
from ecp_ingest.settings import Settings
from ecp_ingest.workers.executors import InlineExecutor
from tests.support.builders import RunCli, contents
from tests.support.stores import Store

TEXT = "ELECTION COMMISSION OF PAKISTAN\n\nPress Release\n\nIslamabad, {}th May, 2023: Polls will open at eight.\n"
HERE = Path("out")


def test_a_url_has_the_face_of_a_path() -> None:
    url = place("s3://bucket/in/may/4.pdf")
    assert isinstance(url, Url)
    assert (str(url), url.name, url.stem, str(url.parent)) == (
        "s3://bucket/in/may/4.pdf",
        "4.pdf",
        "4",
        "s3://bucket/in/may",
    )
    assert str(url.relative_to(place("S3://bucket/in/"))) == "may/4.pdf"
    assert str(url.with_name("5.pdf") / "x") == "s3://bucket/in/may/5.pdf/x"
    assert pickle.loads(pickle.dumps(url)) == url
    assert place("file:///scans/a.pdf") == Path("/scans/a.pdf")
    assert place("C:/scans") == Path("C:/scans")


def test_places_that_can_t_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="seen by one process only"):
        place("memory://in")
    with pytest.raises(MissingProgramError, match="Protocol not known: nowhere"):
        discover(["nowhere://bucket/in"], output=tmp_path)


@pytest.mark.parametrize("command", ["watch", "validate", "export"])
def test_commands_that_work_on_folders_only_say_so(command: str, tmp_path: Path, run_cli: RunCli) -> None:
    options = {"watch": ("-o", tmp_path), "export": ("--to", "csv", "-o", tmp_path)}.get(command, ())
    result = run_cli(command, "s3://bucket/records", *options)
    assert result.returncode == 2
    assert "is a URL, and only folders are w" in result.stderr


def test_folders_patterns_and_names_by_the_same_rules(store: Store) -> None:
    store.make_bucket("rules")
    for name in ["a.pdf", "sub/b.TIF", "sub/b.gt.txt", "sub/c.docx", ".hidden/d.pdf", "out/e.txt", "sub/.f.pdf"]:
        store.put(f"rules/in/{name}", b"x")
    output = place("s3://rules/in/out")

    def targets(*inputs: str) -> dict[str, str]:
        return {source.target: str(source.path) for source in discover(inputs, output=output).sources}

    assert targets("s3://rules/in/") == {"a": "s3://rules/in/a.pdf", "sub/b": "s3://rules/in/sub/b.TIF"}
    assert targets("s3a://rules/in/sub/*") == {"b": "s3://rules/in/sub/b.TIF"}
    assert targets("s3://rules/*/a.pdf", "s3://rules/in/a.pdf") == {"in/a": "s3://rules/in/a.pdf"}
    assert targets("s3://rules/in/sub/c.docx") == {"c": "s3://rules/in/sub/c.docx"}
    with pytest.raises(NoInputError, match="s3://rules/nothing, which does not exist"):
        discover(["s3://rules/nothing"], output=HERE)


def test_two_sources_with_one_name_are_refused_there_too(store: Store) -> None:
    store.make_bucket("clashes")
    store.put("clashes/a.pdf", b"x")
    store.put("clashes/a.png", b"x")
    found = discover(["s3://clashes/"], output=HERE)
    assert not found.sources
    assert [str(refused.path) for refused in found.refused] == ["s3://clashes/a.pdf", "s3://clashes/a.png"]


def test_a_bucket_that_can_t_be_written_to_is_told_before_any_work(store: Store) -> None:
    with pytest.raises(OutputError, match="s3://missing/out: can't be written to"):
        prepare(place("s3://missing/out"))


def test_a_server_that_can_t_be_reached(store: Store, monkeypatch: pytest.MonkeyPatch, run_cli: RunCli) -> None:
    done = run_cli(
        "convert", "s3://bucket/in", "-o", "out", "--dry-run",
        AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1",
    )  # fmt: skip
    assert done.returncode == 2
    assert "s3://bucket/in: can't be reached" in done.stderr
    assert "Traceback" not in done.stderr


def converted(inputs: Path | str, output: Path | str, **options: Any) -> dict[str, Outcome]:
    """What became of each source, by its name; everything is done in this process."""
    settings = Settings()
    where = place(output)
    report = run(
        discover([inputs], output=where),
        BatchOptions(where, settings, **options),
        engine=find_engine(settings=settings.recognise),
        executor=InlineExecutor(),
        in_flight=2,
    )
    return {outcome.source.name: outcome for outcome in report.outcomes}


def test_records_are_those_of_a_disk_and_a_second_run_goes_on(store: Store, tmp_path: Path, run_cli: RunCli) -> None:
    folder = tmp_path / "in"
    (folder / "may").mkdir(parents=True)
    for day in (4, 5, 6):
        (folder / f"may/{day}.txt").write_text(TEXT.format(day))
    store.make_bucket("releases")
    store.put_all(folder, "releases/in")
    there = ("s3://releases/in/", "s3://releases/out")
    converted(folder, tmp_path / "out")
    done = run_cli("convert", there[0], "-o", there[1], "-j", "1")
    assert done.returncode == 0, done.stderr

    expected, made = contents(tmp_path / "out/may"), contents(store.get_all("releases/out/may", tmp_path / "got"))
    assert sorted(made) == ["4.json", "5.json", "6.json"]
    for name, record in made.items():
        assert record["source"].pop("path") == f"s3://releases/in/may/{name.removesuffix('.json')}.txt"
        del expected[name]["source"]["path"]
    assert made == expected

    # A person corrects one of them, and the store gets all three files; another source changes.
    path = tmp_path / "got/4.json"
    one = RecordEditor("").load(path).state.paragraphs[0]
    edit = reworded(one, f"{one.text} 2023")
    assert edit is not None
    RecordEditor("Sana").decide(path, edit)
    edited = read_record(path)
    store.put_all(tmp_path / "got", "releases/out/may")
    store.put("releases/in/may/5.txt", TEXT.format(7).encode())
    outcomes = converted(*there)
    assert [outcomes[f"{day}.txt"].status for day in (4, 5, 6)] == ["skipped", "ok", "skipped"]
    assert b"7th May" in store.get("releases/out/may/5.json")

    log = store.get("releases/out/may/4.edits.jsonl")
    told = converted(*there, force=True)["4.txt"].problems
    assert told == ("s3://releases/out/may/4.json: converted anew, 1 edits were kept",)
    again = store.get_all("releases/out/may", tmp_path / "again")
    assert read_record(again / "4.json").paragraphs == edited.paragraphs
    assert read_record(again / "4.json").review == edited.review
    assert not read_record(again / "4.json.recognised").review.edits
    assert store.get("releases/out/may/4.edits.jsonl") == log


def test_pages_of_one_source_come_from_the_same_bytes(store: Store) -> None:
    store.make_bucket("changes")
    store.put("changes/a.txt", b"one\fpage\fmore")
    url = place("s3://changes/a.txt")
    settings, engine = Settings(), Engine("5.3.0", ())
    scan = remote_sources.open_scan(url, settings=settings.scan)
    assert (scan.path, scan.file_name, scan.page_count) == ("s3://changes/a.txt", "a.txt", 3)
    store.put("changes/a.txt", b"two\fpages\fnow")
    assert not isinstance(remote_sources.ingest_page(scan, 1, settings=settings, engine=engine), FailedPage)
    remote_sources.forget()  # as another worker, which has no copy
    page = remote_sources.ingest_page(scan, 2, settings=settings, engine=engine)
    assert isinstance(page, FailedPage)
    assert page.message == "was changed while it was being read: convert it again"


def test_few_copies_are_kept(store: Store) -> None:
    store.make_bucket("many")
    for number in range(remote_sources.KEPT + 3):
        store.put(f"many/{number}.txt", b"text %d" % number)
        remote_sources.open_scan(place(f"s3://many/{number}.txt"), settings=Settings().scan)
    assert len(remote_sources._copies) == remote_sources.KEPT
    assert all(copy.exists() for copy in remote_sources._copies.values())


def test_a_source_that_can_t_be_fetched_has_a_record_that_says_so(store: Store) -> None:
    store.make_bucket("gone")
    url = place("s3://gone/a.pdf")
    record = remote_sources.failed_record(
        url, stage="scan", message="cannot be fetched", settings=Settings(), engine=Engine("5.3.0", ())
    )
    assert (record.status, record.source.file_name, record.source.sha256) == ("failed", "a.pdf", "")
