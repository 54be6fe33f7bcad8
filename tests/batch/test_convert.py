"""The batch, with stand-ins for the stages."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ecp_ingest.batch.discover import Discovered, discover
from ecp_ingest.batch.events import Event, Finished, Opened, PageDone
from ecp_ingest.batch.record_store import prepare
from ecp_ingest.batch.scheduler import selected_pages
from ecp_ingest.document.pages import FailedPage
from ecp_ingest.edits.editor import RecordEditor
from ecp_ingest.errors import (
    EcpIngestError,
    MissingProgramError,
    NoInputError,
    OutputError,
)
from ecp_ingest.files.record_files import recognised_path
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.record.entries import EditEntry, ReviewEntry
from ecp_ingest.record.schema import read_record, write_record
from ecp_ingest.review.requests import reworded
from ecp_ingest.settings import ScanSettings, Settings
from ecp_ingest.workers.executors import InlineExecutor, WorkerExecutor
from tests.support.stand_ins import convert, outcome, put, records

# ── what is converted, and under which name ───────────────────────────────────────────────────────────────────────


def targets(found: Discovered) -> dict[str, str]:
    return {source.path.name: source.target for source in found.sources}


def test_a_folder_is_walked_and_its_tree_kept(folder: Path) -> None:
    (folder / "2022" / "may").mkdir(parents=True)
    for name in ["a.pdf", "b.TIF", "2022/may/c.jpeg", "2022/d.txt", "2022/e.jpx"]:
        (folder / name).touch()
    found = discover([folder], output=folder.parent / "out")
    assert targets(found) == {
        "a.pdf": "a", "b.TIF": "b", "c.jpeg": "2022/may/c", "d.txt": "2022/d", "e.jpx": "2022/e"
    }  # fmt: skip


def test_what_is_no_source_is_left_out(folder: Path) -> None:
    (folder / ".hidden").mkdir()
    (folder / "out").mkdir()
    for name in ["a.pdf", "a.gt.txt", "a.gt.json", ".b.pdf", ".hidden/c.pdf", "d.docx", "out/e.txt"]:
        (folder / name).touch()
    assert targets(discover([folder], output=folder / "out")) == {"a.pdf": "a"}


def test_records_may_lie_beside_their_sources(folder: Path) -> None:
    (folder / "a.pdf").touch()
    assert targets(discover([folder], output=folder)) == {"a.pdf": "a"}


def test_a_file_given_by_name_is_tried_whatever_its_suffix(folder: Path) -> None:
    for name in ["a.scan", ".b.pdf", "c.gt.txt"]:
        (folder / name).touch()
    found = discover([folder / "a.scan", folder / ".b.pdf", folder / "c.gt.txt"], output=folder)
    assert targets(found) == {"a.scan": "a", ".b.pdf": ".b"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("*.pdf", {"a.pdf": "a"}), ("**/*.pdf", {"a.pdf": "a", "b.pdf": "sub/b"}), ("s*", {"b.pdf": "sub/b"})],
)
def test_a_pattern_that_no_shell_has_expanded(folder: Path, pattern: str, expected: dict[str, str]) -> None:
    (folder / "sub").mkdir()
    for name in ["a.pdf", "sub/b.pdf", "a.docx", "sub/x.gt.txt"]:
        (folder / name).touch()
    assert targets(discover([f"{folder}/{pattern}"], output=folder / "out")) == expected


def test_a_name_that_looks_like_a_pattern(folder: Path) -> None:
    (folder / "a[1].pdf").touch()
    assert targets(discover([folder / "a[1].pdf"], output=folder / "out")) == {"a[1].pdf": "a[1]"}


def test_what_is_named_twice_is_converted_once(folder: Path) -> None:
    (folder / "a.pdf").touch()
    (folder / "again").symlink_to(folder)
    found = discover([folder, folder / "a.pdf", folder / "again" / "a.pdf"], output=folder / "out")
    assert len(found.sources) == 1
    assert not found.refused


def test_no_input_says_what_was_looked_for_and_where(folder: Path) -> None:
    with pytest.raises(NoInputError, match=rf"in {folder} and .*\.pdf"):
        discover([folder], output=folder / "out")
    with pytest.raises(NoInputError, match=r"gone\.pdf, which does not exist"):
        discover([folder / "gone.pdf"], output=folder / "out")


def test_a_missing_file_is_named_and_the_others_are_done(folder: Path) -> None:
    put(folder, a_pdf="page")
    report = convert(folder, folder, folder / "gone.pdf")
    assert outcome(report, "gone.pdf").problems == (f"{folder / 'gone.pdf'}: does not exist: check the path",)
    assert report.exit_code == 1
    assert records(folder) == ["a.json"]


def test_two_sources_with_one_name_are_both_refused_and_named(folder: Path) -> None:
    put(folder, a_png="page", a_tif="page", b_pdf="page")
    report = convert(folder)
    for name, other in [("a.png", "a.tif"), ("a.tif", "a.png")]:
        (problem,) = outcome(report, name).problems
        assert str(folder / name) in problem
        assert str(folder / other) in problem
    assert records(folder) == ["b.json"]
    assert report.exit_code == 1


def test_several_releases_never_take_the_name_of_another_source(folder: Path) -> None:
    (folder / "a.1.png").write_text("page")
    put(folder, a_tif="release release")
    report = convert(folder)
    assert outcome(report, "a.tif").status == "refused"
    assert "a.1.json" in outcome(report, "a.tif").problems[0]
    assert str(folder / "a.1.png") in outcome(report, "a.tif").problems[0]
    assert records(folder) == ["a.1.json"]
    assert read_record(folder.parent / "out/a.1.json").source.file_name == "a.1.png"


def test_numbers_in_names_are_no_trouble_otherwise(folder: Path) -> None:
    (folder / "a.1.png").write_text("page")
    put(folder, a_tif="page")
    assert convert(folder).exit_code == 0
    assert records(folder) == ["a.1.json", "a.json"]


# ── what becomes of them ──────────────────────────────────────────────────────────────────────────────────────────


def test_all_is_well(folder: Path) -> None:
    (folder / "sub").mkdir()
    put(folder, a_pdf="page page", b_pdf="release release release")
    put(folder / "sub", c_png="page")
    report = convert(folder)
    assert report.exit_code == 0
    assert (report.count("ok"), report.pages, report.failed_pages) == (3, 6, 0)
    assert records(folder) == ["a.json", "b.1.json", "b.2.json", "b.3.json", "sub/c.json"]


@pytest.mark.parametrize(
    ("text", "status", "problem"),
    [
        ("page bad", "partial", "page 2: can't be recognised"),
        ("bad bad", "failed", "page 1: can't be recognised"),
        ("page bug", "partial", "page 2: a fault in ecp-ingest, please report it: ZeroDivisionError"),
        ("encrypted", "failed", "needs a password"),
        ("nothing", "failed", "holds no release"),
    ],
)
def test_one_bad_source_leaves_the_batch(folder: Path, text: str, status: str, problem: str) -> None:
    put(folder, a_pdf="page", b_pdf=text, c_pdf="page")
    report = convert(folder)
    assert report.exit_code == 1
    assert report.count("ok") == 2
    assert outcome(report, "b.pdf").status == status
    assert problem in outcome(report, "b.pdf").problems[0]
    assert "b.pdf" in outcome(report, "b.pdf").problems[0]
    assert records(folder) == ["a.json", "b.json", "c.json"]
    assert read_record(folder.parent / "out/b.json").status == status


def test_a_fault_of_ours_keeps_its_traceback(folder: Path) -> None:
    put(folder, a_pdf="bug")
    assert "in ingest_page" in outcome(convert(folder), "a.pdf").detail


def test_a_missing_program_ends_the_batch(folder: Path) -> None:
    put(folder, a_pdf="missing")
    with pytest.raises(MissingProgramError):
        convert(folder)


def test_events_tell_the_story(folder: Path) -> None:
    put(folder, a_pdf="page bad")
    events: list[Event] = []
    report = convert(folder, notify=events.append)
    path = folder / "a.pdf"
    failure = FailedPage(2, "recognise", "can't be recognised")
    assert events[:3] == [Opened(path, 2), PageDone(path, 1, None), PageDone(path, 2, failure)]
    last = events[3]
    assert isinstance(last, Finished)
    assert last.outcome == report.outcomes[0]
    assert last.records[0].status == "partial"


def test_only_some_pages(folder: Path) -> None:
    put(folder, a_pdf="bad page page bad", b_pdf="page")
    report = convert(folder, settings=Settings(scan=ScanSettings(pages=((2, 3),))))
    assert outcome(report, "a.pdf").status == "ok"
    assert outcome(report, "a.pdf").pages == 2
    assert "--pages" in outcome(report, "b.pdf").problems[0]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ((), (1, 2, 3, 4)),
        (((2, 2),), (2,)),
        (((3, None), (1, 1)), (1, 3, 4)),
        (((1, 3), (2, 9)), (1, 2, 3, 4)),
        (((7, 8),), ()),
    ],
)
def test_selected_pages(ranges: tuple[tuple[int, int | None], ...], expected: tuple[int, ...]) -> None:
    assert selected_pages(ranges, 4) == expected


def test_interrupted_keeps_what_is_done(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="interrupt", c_pdf="page")
    report = convert(folder, in_flight=1)
    assert (report.interrupted, report.exit_code, report.unfinished) == (True, 130, 2)
    assert records(folder) == ["a.json"]


def test_few_jobs_are_in_flight_however_many_pages(folder: Path) -> None:
    class Counting(ThreadPoolExecutor):
        now = most = 0
        lock = threading.Lock()

        def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            future = super().submit(*args, **kwargs)
            future.add_done_callback(self.done)
            return future

        def done(self, _: Future[Any]) -> None:
            with self.lock:
                self.now -= 1

    put(folder, a_pdf="page " * 40, b_pdf="page " * 40)
    with Counting(4) as executor:
        assert convert(folder, executor=executor, in_flight=5).exit_code == 0
    assert executor.most <= 5


# ── what stands there from earlier ────────────────────────────────────────────────────────────────────────────────


def test_what_is_done_is_skipped(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="release release", c_pdf="page bad")
    convert(folder)
    before = {path: path.stat().st_mtime_ns for path in (folder.parent / "out").iterdir()}
    events: list[Event] = []
    report = convert(folder, notify=events.append)
    assert [outcome(report, name).status for name in ("a.pdf", "b.pdf", "c.pdf")] == ["skipped", "skipped", "partial"]
    unchanged = [path.name for path, time in before.items() if path.stat().st_mtime_ns == time]
    assert sorted(unchanged) == ["a.json", "b.1.json", "b.2.json"]
    finished = [event for event in events if isinstance(event, Finished)]
    assert sorted(len(event.records) for event in finished) == [1, 1, 2]


def test_what_has_changed_is_done_again(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page", c_pdf="release release")
    convert(folder)
    put(folder, b_pdf="page page")
    (folder.parent / "out/c.2.json").unlink()
    report = convert(folder)
    assert [outcome(report, name).status for name in ("a.pdf", "b.pdf", "c.pdf")] == ["skipped", "ok", "ok"]
    assert convert(folder, settings=Settings(scan=ScanSettings(mode="ocr"))).count("ok") == 3
    assert convert(folder, engine=Engine("5.4.0", ())).count("ok") == 3
    assert convert(folder, force=True).count("ok") == 3


def test_what_a_person_put_there_stays(folder: Path) -> None:
    put(folder, a_pdf="page", b_pdf="page")
    (folder.parent / "out").mkdir()
    (folder.parent / "out/a.json").write_text("notes")
    report = convert(folder)
    assert outcome(report, "a.pdf").status == "unwritten"
    assert "out/a.json: exists and is no record of ecp-ingest" in outcome(report, "a.pdf").problems[0]
    assert report.exit_code == 4
    assert (folder.parent / "out/a.json").read_text() == "notes"
    assert outcome(report, "b.pdf").status == "ok"


def test_the_record_of_another_source_stays(folder: Path) -> None:
    put(folder, a_pdf="page", a_png="page")
    convert(folder, folder / "a.pdf")
    report = convert(folder, folder / "a.png")
    assert report.outcomes[0].status == "refused"
    assert "holds the record of a.pdf" in report.outcomes[0].problems[0]
    assert read_record(folder.parent / "out/a.json").source.file_name == "a.pdf"


def test_a_person_s_edits_are_kept(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    path = folder.parent / "out/a.json"
    one = RecordEditor("").load(path).state.paragraphs[0]
    edit = reworded(one, f"{one.text} 2022")
    assert edit is not None
    RecordEditor("Sana").decide(path, edit)
    edited = read_record(path)
    assert outcome(convert(folder), "a.pdf").written == (path,)
    report = convert(folder, force=True)
    assert "1 edits were kept" in report.outcomes[0].problems[0]
    assert read_record(path) == edited
    # The log says more than the record: a machine went down between the two.
    write_record(read_record(recognised_path(path)), path)
    convert(folder)
    assert read_record(path) == edited


def test_the_record_says_where_its_source_lies(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    path = folder.parent / "out/a.json"
    where = read_record(path).source.path
    assert where is not None
    assert (path.parent / where).samefile(folder / "a.pdf")


def test_an_edited_record_without_its_log_stays(folder: Path) -> None:
    put(folder, a_pdf="page")
    convert(folder)
    path = folder.parent / "out/a.json"
    edit = EditEntry(reviewer="Sana", time="2022-05-28T12:00:00+05:00", paragraph="p1", before="x", after="y")
    edited = read_record(path).model_copy(update={"review": ReviewEntry(state="done", edits=(edit,))})
    write_record(edited, path)
    report = convert(folder, force=True)
    assert "holds edits by Sana" in report.outcomes[0].problems[0]
    assert read_record(path) == edited


def test_a_worse_result_replaces_no_better_one(folder: Path) -> None:
    put(folder, a_pdf="page page")
    convert(folder)
    before = read_record(folder.parent / "out/a.json")
    put(folder, a_pdf="encrypted")
    report = convert(folder)
    assert report.exit_code == 1
    assert "an earlier run did better" in report.outcomes[0].problems[-1]
    assert read_record(folder.parent / "out/a.json") == before


def test_records_of_an_earlier_run_that_found_more_are_named_not_deleted(folder: Path) -> None:
    put(folder, a_pdf="release release release")
    (folder / "a.7.png").write_text("page")
    convert(folder)
    put(folder, a_pdf="release release")
    problems = outcome(convert(folder), "a.pdf").problems
    assert len(problems) == 1
    assert "a.3.json: an earlier run found more or fewer" in problems[0]
    assert records(folder) == ["a.1.json", "a.2.json", "a.3.json", "a.7.json"]


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_output_folder_that_can_t_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another output folder"):
        prepare(tmp_path / place)


def test_a_record_that_can_t_be_written_is_counted_and_the_rest_done(folder: Path) -> None:
    (folder / "sub").mkdir()
    put(folder, b_pdf="page")
    put(folder / "sub", a_pdf="page")
    (folder.parent / "out").mkdir()
    (folder.parent / "out/sub").touch()  # where a folder has to be
    report = convert(folder)
    assert report.exit_code == 4
    assert outcome(report, "a.pdf").status == "unwritten"
    assert outcome(report, "b.pdf").status == "ok"


# ── workers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_that_dies_costs_only_its_page(folder: Path) -> None:
    put(folder, a_pdf="page die page", b_pdf="page page")
    executor = WorkerExecutor(2)
    try:
        report = convert(folder, executor=executor)
    finally:
        executor.stop()
    assert outcome(report, "b.pdf").status == "ok"
    assert outcome(report, "a.pdf").status == "partial"
    assert outcome(report, "a.pdf").failed_pages == 1
    assert "page 2: the process that worked on this died" in outcome(report, "a.pdf").problems[0]


def once_then_well(marker: Path) -> str:
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return "well"


def fail_with_place() -> None:
    raise EcpIngestError("what happened", "a.pdf", 3)


def test_a_job_whose_worker_died_is_tried_once_more(tmp_path: Path) -> None:
    with WorkerExecutor(1) as executor:
        assert executor.submit(once_then_well, tmp_path / "marker").result() == "well"
        with pytest.raises(EcpIngestError, match=r"^a\.pdf, page 3: what happened$"):
            executor.submit(fail_with_place).result()


def test_workers_keep_to_one_core_and_to_themselves() -> None:
    with WorkerExecutor(1) as executor:
        assert executor.submit(os.getenv, "OMP_THREAD_LIMIT").result() == "1"
        if hasattr(os, "getpgid"):
            assert executor.submit(os.getpgid, 0).result() != os.getpgid(0)


def test_both_executors_are_executors() -> None:
    assert issubclass(InlineExecutor, Executor)
    assert issubclass(WorkerExecutor, Executor)
    with InlineExecutor() as executor:
        assert executor.submit(sum, [1, 2]).result() == 3
        assert isinstance(executor.submit(fail_with_place).exception(), EcpIngestError)
