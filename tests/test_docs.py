"""The book shows what is really printed; ``PYTHONPATH=. python tests/test_docs.py`` writes those parts anew."""

from __future__ import annotations

import re
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ecp_ingest import errors
from ecp_ingest.batch.events import INTERRUPTED
from ecp_ingest.export.formats import FORMATS
from ecp_ingest.page.recognition.engine import NoEngineError, kernels
from tests.support import book
from tests.support.book import DOCS, PAGES, README, TUTORIAL
from tests.support.paths import REPOSITORY

COMMANDS = DOCS / "reference/commands.md"


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rounded(text: str) -> str:
    """Without broken figures, counts of doubtful words, boxes, the time of day and the width of columns: they differ
    between machines, from run to run, and with every step that the recognition gets better by."""
    varying = r"\d+\.\d+|\d+/\d+|\[\d+(?:, \d+){3}\]|\d{4}-\d\d-\d\dT\d\d:\d\d"
    return re.sub(r" +", " ", re.sub(varying, "…", text))


def same(shown: str, real: str) -> None:
    """Fails with the lines that differ, and how to put them right."""
    differing = "\n".join(unified_diff(shown.splitlines(), real.splitlines(), "shown", "real", lineterm="", n=1))
    if differing:
        pytest.fail(f"PYTHONPATH=. python tests/test_docs.py writes it anew:\n{differing}", pytrace=False)


each_page = pytest.mark.parametrize("page", PAGES, ids=book.name)
programs = [page for page in PAGES if page != README and book.PYTHON.search(read(page))]


@each_page
def test_help_is_what_is_printed(page: Path) -> None:
    same(read(page), book.with_help(read(page)))


@each_page
def test_what_is_made_from_the_code_is_up_to_date(page: Path) -> None:
    same(read(page), book.with_parts(read(page)))


@each_page
def test_commands_that_are_shown_can_be_given(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", read(REPOSITORY / "Makefile"), re.MULTILINE))
    for words in book.shown_commands(read(page)):
        match words:
            case [program, *arguments] if program.rpartition("/")[2] == "ecp-ingest":
                book.parse(arguments)
            case ["make", *wanted]:
                assert set(wanted) <= targets
            case ["python", "-m", module, *_] if module.startswith("tests."):
                way = REPOSITORY / module.replace(".", "/")
                assert way.is_dir() or way.with_suffix(".py").is_file(), module
            case ["python", script, *_] if script.endswith(".py"):
                assert (REPOSITORY / script).is_file(), script


@each_page
def test_every_console_is_checked(page: Path) -> None:
    """Either it is help, or it is run."""
    assert page == TUTORIAL or read(page).count("```console\n") == len(book.HELP.findall(read(page)))


def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    """And what the README shows of a record is of one that was made on the way."""
    same(rounded(read(TUTORIAL)), rounded(book.session(read(TUTORIAL), tmp_path)))
    same(rounded(read(README)), rounded(book.with_example(read(README), tmp_path)))


@pytest.mark.parametrize("page", programs, ids=book.name)
def test_python_that_is_shown_runs(page: Path, tmp_path: Path) -> None:
    if page.name == "engine.md":
        try:
            kernels()
        except NoEngineError as error:
            pytest.skip(error.message)
    same(rounded(read(page)), rounded(book.examples(read(page), tmp_path)))


def test_every_command_has_its_help() -> None:
    shown = {block["arguments"] for block in book.HELP.finditer(read(COMMANDS))}
    assert shown == {"--help", *(f"{command} --help" for command in book.all_commands())}


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", read(DOCS / "reference/exit-codes.md"), re.MULTILINE)}
    known = {
        value.exit_code for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "exit_code")
    }
    assert told == {0, INTERRUPTED, *known}


def test_every_format_is_told() -> None:
    told = re.findall(r"^\| `([\w-]+)` \|", read(DOCS / "reference/formats.md"), re.MULTILINE)
    assert sorted(told) == sorted(FORMATS)


@each_page
def test_what_a_page_points_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", read(page)):
        assert (page.parent / target).exists(), target


def test_the_folder_is_as_the_readme_tells() -> None:
    folder = read(README).partition("## The folder")[2].partition("```\n")[2].partition("```")[0]
    told = re.findall(r"^  (\w+\.py|\w+/) ", folder, re.MULTILINE)
    assert told
    for name in told:
        assert (REPOSITORY / "ecp_ingest" / name).exists(), name


def test_the_book_is_built_and_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    pages = list(site.rglob("*.html"))
    assert len(pages) >= len(PAGES) - 1
    for page in pages:
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"?(https?:)?//", read(page))
        assert not loaded, page


def write_anew() -> None:
    for page in PAGES:
        text = book.with_parts(book.with_help(read(page)))
        if page in programs:
            with TemporaryDirectory() as folder:
                text = book.examples(text, Path(folder))
        page.write_text(text, encoding="utf-8")
    with TemporaryDirectory() as folder:
        text = book.session(read(TUTORIAL), Path(folder))
        if rounded(text) != rounded(read(TUTORIAL)):  # else only such figures are others
            TUTORIAL.write_text(text, encoding="utf-8")
        README.write_text(book.with_example(read(README), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    write_anew()
