"""The README shows what the commands really print. ``python tests/test_docs.py`` writes those blocks anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecp_ingest import errors
from ecp_ingest.report import INTERRUPTED

REPOSITORY = Path(__file__).parents[1]
README = REPOSITORY / "README.md"
BLOCK = re.compile(r"^```console\n\$ ecp-ingest (?P<arguments>.*)\n(?P<shown>(?:.*\n)*?)```$", re.MULTILINE)
WIDTH = "100"


def printed(arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "ecp_ingest", *arguments.split()],
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": WIDTH},
        capture_output=True,
        text=True,
        check=True,
    )
    return "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())


def blocks() -> list[re.Match[str]]:
    return list(BLOCK.finditer(README.read_text(encoding="utf-8")))


@pytest.mark.parametrize("block", blocks(), ids=lambda block: block["arguments"])
def test_readme_shows_what_is_printed(block: re.Match[str]) -> None:
    assert block["shown"] == printed(block["arguments"])


def test_every_command_stands_in_the_readme() -> None:
    commands = re.findall(r"^  (\w+)  ", printed("--help").partition("Commands:\n")[2], re.MULTILINE)
    assert {"convert", "doctor", "schema"} <= set(commands)
    assert {block["arguments"] for block in blocks()} >= {"--help", *(f"{command} --help" for command in commands)}


def test_every_exit_code_stands_in_the_readme() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)}
    known = {
        value.exit_code for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "exit_code")
    }
    assert listed == {0, INTERRUPTED, *known}


def test_what_the_readme_points_to_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (REPOSITORY / target).exists(), target
    folder = text.partition("## The folder")[2].partition("```\n")[2].partition("```")[0]
    for name in re.findall(r"^  (\w+\.py|\w+/) ", folder, re.MULTILINE):
        assert (REPOSITORY / "ecp_ingest" / name).exists(), name


if __name__ == "__main__":
    README.write_text(
        BLOCK.sub(
            lambda block: f"```console\n$ ecp-ingest {block['arguments']}\n{printed(block['arguments'])}```",
            README.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
