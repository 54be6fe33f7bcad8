"""The rooms of the house: who may import whom, which files may exist, and where heavy libraries live.

A module that no layer names, an import upwards or between rooms of one layer, a stage that imports another stage, a
circle between files and a room with too many modules each fail here.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.paths import PACKAGE

LAYERS = (
    ("document", "errors", "settings", "_version", "html_tables", "data"),
    ("files", "language"),
    ("entities", "page"),
    ("record", "workers", "options"),
    ("release", "evaluation"),
    ("edits", "training"),
    ("batch", "export", "review", "validation", "search"),
    ("reporting", "api"),
    ("cli",),
    ("__main__",),
)
"""Lowest first. A room may import what is in a lower layer, and its own modules."""

STORY = "page"
"""The room whose own rooms are stages: they share ``imaging``, and only ``pipeline`` knows them."""
SHARED = "page.imaging"

MOST_MODULES = 13
"""In one folder, ``__init__`` not counted: more than a reader takes in at a glance."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """``ecp_ingest/training/text.py`` → ``training.text``; the package itself is the empty name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


NAMES = {name_of(path): path for path in MODULES}


def layer_of(module: str) -> int | None:
    room = module.split(".", maxsplit=1)[0]
    return next((i for i, layer in enumerate(LAYERS) if room in layer), None)


def stage_of(module: str) -> str | None:
    """``page.layout.columns`` → ``page.layout``; None for what is no part of a stage."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == STORY and len(parts) > 1 and module != f"{STORY}.pipeline" else None


def imports(path: Path) -> Iterator[str]:
    """The modules of this package that ``path`` imports, wherever in it."""
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
                yield module if module in NAMES else module.rpartition(".")[0]


def libraries(path: Path) -> Iterator[str]:
    """Top-level names of all packages that ``path`` imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("module", [name for name in NAMES if name])
def test_every_module_has_a_layer(module: str) -> None:
    assert layer_of(module) is not None, f"{module}: name its room in LAYERS"


@pytest.mark.parametrize("module", [name for name in NAMES if name])
def test_arrows_point_down(module: str) -> None:
    room = module.split(".", maxsplit=1)[0]
    for imported in imports(NAMES[module]):
        if not imported or imported.split(".", maxsplit=1)[0] == room:
            continue
        lower = {name for layer in LAYERS[: layer_of(module)] for name in layer}
        assert imported.split(".", maxsplit=1)[0] in lower, f"{module} may not import {imported}"


@pytest.mark.parametrize("module", [name for name in NAMES if stage_of(name)])
def test_stages_share_only_imaging(module: str) -> None:
    for imported in imports(NAMES[module]):
        stage = stage_of(imported)
        assert stage in {None, SHARED, stage_of(module)}, f"{module} may not import the stage {imported}"
        assert imported != f"{STORY}.pipeline", f"{module} may not import the pipeline"


def test_no_circles() -> None:
    graph = {module: {name for name in imports(path) if name != module} for module, path in NAMES.items() if module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_rooms_are_small() -> None:
    sizes = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert {folder.name: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_every_room_says_what_it_is_for() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path.parent.name} says nothing"


FRONTS = (
    "cli",
    "review.terminal",
    "training.script_classifier",
    "training.orientation_weights",
    "training.text.word_counts",
)


@pytest.mark.parametrize("module", [name for name in NAMES if name and not name.startswith(FRONTS)])
def test_only_the_fronts_print(module: str) -> None:
    tree = ast.parse(NAMES[module].read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "typer.echo", "sys.stdout.write", "sys.stderr.write", "Console"}


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("cv2", ("page", "training")),
        ("pytesseract", ("page.recognition.tesseract", "page.recognition.models")),
        ("pdfplumber", ("page.sources",)),
        ("torch", ("training",)),
        ("typer", ("cli",)),
        ("pydantic", ("record",)),
        ("starlette", ("review.web", "review.access")),
        ("uvicorn", ("review.web",)),
        ("jinja2", ("review.web",)),
        ("pyarrow", ("export.tables.parquet",)),
        ("sqlite3", ("export.tables.sqlite",)),
        ("pikepdf", ("export.searchable_pdf",)),
        ("distributed", ("workers.dask_executor",)),
    ],
)
def test_heavy_libraries_live_in_one_place(library: str, homes: tuple[str, ...]) -> None:
    users = {module for module, path in NAMES.items() if library in set(libraries(path))}
    assert {module for module in users if not f"{module}.".startswith(tuple(f"{home}." for home in homes))} == set()
