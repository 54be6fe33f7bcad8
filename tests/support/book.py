"""The book of the tool, README.md and docs/: which of its blocks can be checked, and what they should say.

* ```` ```console ```` with ``$ ecp-ingest … --help``: what that prints.
* ```` ```console ```` in the tutorial: is run, one after the other, in one folder, which holds samples/.
* ```` ```python ````: is run, in the same kind of folder; a ```` ```text ```` right behind it is what it prints.
* ``<!-- generated: NAME -->`` … ``<!-- end -->``: made by ``book_parts``.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from itertools import dropwhile
from pathlib import Path
from unittest.mock import patch

from typer.core import TyperGroup
from typer.main import get_command

from ecp_ingest.cli import main
from ecp_ingest.record.schema import Record
from tests.support.book_parts import PARTS, example
from tests.support.paths import REPOSITORY

README = REPOSITORY / "README.md"
DOCS = REPOSITORY / "docs"
TUTORIAL = DOCS / "tutorial.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
WIDTH = "100"

HELP = re.compile(r"^```console\n\$ ecp-ingest (?P<arguments>.*--help)\n(?P<shown>(?:.*\n)*?)```$", re.MULTILINE)
CONSOLE = re.compile(r"(?<=^```console\n)(?P<body>(?:.*\n)*?)(?=```$)", re.MULTILINE)
COMMAND = re.compile(r"^\$ (.*(?:\n>.*)*)", re.MULTILINE)
"""With the lines that go on with ``> ``, as a shell shows them."""
PYTHON = re.compile(r"^```python\n(?P<code>(?:.*\n)*?)```$(?:\n\n```text\n(?P<shown>(?:.*\n)*?)```$)?", re.MULTILINE)
SHELL = re.compile(r"^```sh\n((?:.*\n)*?)```$", re.MULTILINE)
PART = re.compile(
    r"(?<=^<!-- generated: )(?P<name>[\w-]+)( -->\n\n)(?P<shown>(?:.*\n)*?)(?=^<!-- end -->$)", re.MULTILINE
)
PROGRESS = re.compile(r"^\d+ of (?:about )?\d+ pages.*\n", re.MULTILINE)
"""Comes every half minute, so only on slow machines."""


def name(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


# ── what is printed ───────────────────────────────────────────────────────────────────────────────────────────────


def printed_help(arguments: str) -> str:
    """As ``ecp-ingest`` prints it on a terminal ``WIDTH`` wide."""
    shown = io.StringIO()
    with patch.dict(os.environ, COLUMNS=WIDTH), redirect_stdout(shown):
        main.app(shlex.split(arguments), prog_name="ecp-ingest", standalone_mode=False)
    return "".join(f"{line.rstrip()}\n" for line in shown.getvalue().splitlines())


def prepared(folder: Path) -> dict[str, str]:
    """``folder`` becomes one to work in, as a reader's is: samples/ is there, and the program can be called."""
    (folder / "samples").symlink_to(REPOSITORY / "samples")
    programs = folder / ".programs"
    programs.mkdir()
    for program, call in {"ecp-ingest": "-m ecp_ingest", "python": ""}.items():
        (programs / program).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {call} "$@"\n')
        (programs / program).chmod(0o755)
    own = {"COLUMNS": WIDTH, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return {**os.environ, **own, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def session(text: str, folder: Path) -> str:
    """The page with what its commands print when they are run one after the other in ``folder``."""
    environment = prepared(folder)

    def ran(block: re.Match[str]) -> str:
        shown = ""
        for command in COMMAND.findall(block["body"]):
            result = subprocess.run(
                ["sh", "-c", re.sub(r"\n> ?", "\n", command)],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=200,
                check=False,
            )
            assert result.returncode == 0, f"{command}\n{result.stdout}"
            lines = PROGRESS.sub("", result.stdout).splitlines()
            shown += f"$ {command}\n" + "".join(f"{line.rstrip()}\n" for line in lines)
        return shown

    return CONSOLE.sub(ran, text)


def examples(text: str, folder: Path) -> str:
    """The page with what its Python prints, all in one program and in ``folder``."""
    environment = prepared(folder)
    programs = [block["code"] for block in PYTHON.finditer(text)]
    between = "\nprint('\\x1e', flush=True)\n"
    result = subprocess.run(
        [sys.executable, "-c", between.join(programs)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    outputs = iter(result.stdout.split("\x1e\n"))

    def told(block: re.Match[str]) -> str:
        output = next(outputs)
        return block[0] if block["shown"] is None else f"```python\n{block['code']}```\n\n```text\n{output}```"

    return PYTHON.sub(told, text)


# ── the page as it should be ──────────────────────────────────────────────────────────────────────────────────────


def with_help(text: str) -> str:
    return HELP.sub(
        lambda block: f"```console\n$ ecp-ingest {block['arguments']}\n{printed_help(block['arguments'])}```", text
    )


def with_parts(text: str) -> str:
    return PART.sub(lambda part: _made(part, PARTS[part["name"]]) if part["name"] in PARTS else part[0], text)


def with_example(text: str, folder: Path) -> str:
    """``folder``: in which the tutorial was run."""
    record = Record.load(folder / "records/stacked.json")
    return PART.sub(lambda part: _made(part, partial(example, record)) if part["name"] == "example" else part[0], text)


def _made(part: re.Match[str], make: Callable[[], str]) -> str:
    return f"{part['name']}{part[2]}{make()}\n"


# ── commands that are only shown ──────────────────────────────────────────────────────────────────────────────────


def shown_commands(text: str) -> Iterator[list[str]]:
    """Each command in ```` ```sh ````, as words; pipes and the like part commands, comments are left out."""
    for block in SHELL.findall(text):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
            lexer.whitespace_split = True
            words: list[str] = []
            try:
                tokens = list(lexer)
            except ValueError:  # part of a string over several lines
                assert "ecp-ingest" not in line, line
                continue
            for token in [*tokens, ";"]:
                if not set(token) <= set("|&;<>"):
                    words.append(token)
                elif words := list(dropwhile(re.compile(r"\w+=").match, words)):  # A=b command
                    yield words
                    words = []


def parse(arguments: list[str]) -> None:
    """Raises typer.exceptions.TyperException where ``ecp-ingest`` wouldn't take ``arguments``; nothing is done."""
    command = get_command(main.app)
    title = "ecp-ingest"
    while isinstance(command, TyperGroup):
        if set(arguments) & {"--help", "-h", "--version"}:
            return
        chosen = arguments[0] if arguments[0] in command.commands else "open"  # review FOLDER is review open FOLDER
        arguments = arguments[chosen == arguments[0] :]
        assert chosen in command.commands, f"{title} has no command {chosen}"
        command, title = command.commands[chosen], f"{title} {chosen}"
    command.make_context(title, list(arguments))


def all_commands(group: TyperGroup | None = None, way: str = "") -> Iterator[str]:
    """``convert``, …, ``review``, ``review open``, …"""
    for title, command in (group or get_command(main.app)).commands.items():
        yield f"{way}{title}"
        if isinstance(command, TyperGroup):
            yield from all_commands(command, f"{way}{title} ")
