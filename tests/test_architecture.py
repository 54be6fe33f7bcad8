"""Arrows point one way: types and errors ← helpers ← stages ← pipeline ← around it ← the command line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ecp_ingest"

BASE = {"", "document", "errors", "settings"}
STAGES = {"scan", "cleanup", "layout", "script", "recognise", "paragraphs", "repair", "release", "record"}
AROUND = {"batch", "discover", "doctor", "evaluation", "executors", "export", "output", "report", "review", "work"}
AROUND |= {"claims", "course", "dask_executor", "fetched", "resume", "search", "todo", "training"}
AROUND |= {"api", "feed", "record_parts", "validation"}
AROUND |= {"event_log", "inbox", "progress", "reporting", "watch"}
FRONT = {"cli", "cli_convert", "cli_export", "cli_review", "terminal", "__main__"}
FRONT |= {"script_fit"}  # a small program of its own: it fits what script.py judges by
# A module that isn't named here helps a stage: it may use the types and other helpers, and nothing else.

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """``ecp_ingest/training/text.py`` → ``training.text``; the package itself is the empty name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


def level(module: str) -> int:
    top = module.split(".", maxsplit=1)[0]
    order = [BASE, set(), STAGES, {"engine", "pipeline", "reading", "assembly"}, AROUND, FRONT]
    return next((i for i, group in enumerate(order) if top in group), 1)


def imports(path: Path) -> Iterator[str]:
    """The modules of this package that ``path`` imports, wherever in it."""
    known = {name_of(module) for module in MODULES}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative imports hide where an arrow points"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "ecp_ingest":
                module = name.removeprefix("ecp_ingest").removeprefix(".")
                yield module if module in known else module.rpartition(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_point_one_way(path: Path) -> None:
    module = name_of(path)
    for imported in imports(path) if module else ():  # the package itself only names what callers may import
        assert level(imported) <= level(module), f"{module} may not know {imported}"
        if level(module) == level(imported) == 2:
            assert module == imported, f"stages don't know each other: {module} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_fronts_print(path: Path) -> None:
    if name_of(path) in {"cli", "cli_convert", "cli_export", "cli_review", "terminal", "review.terminal", "script_fit"}:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "typer.echo", "sys.stdout.write", "sys.stderr.write", "Console"}


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("pytesseract", {"recognise"}),
        ("typer", {"cli", "cli_convert", "cli_export", "cli_review"}),
        ("pydantic", {"record", "record_parts"}),
        ("starlette", {"review.web", "review.guard"}),
        ("uvicorn", {"review.web"}),
        ("jinja2", {"review.web"}),
        ("pyarrow", {"export.parquet"}),
        ("sqlite3", {"export.sqlite"}),
    ],
)
def test_heavy_libraries_live_in_one_place(library: str, home: set[str]) -> None:
    users = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and library
        in [alias.name.split(".")[0] for alias in node.names] + [(getattr(node, "module", "") or "").split(".")[0]]
    }
    assert users <= home
