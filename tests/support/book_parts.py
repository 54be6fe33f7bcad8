"""Parts of the book that are made from the code: the record, the settings, the errors, the Python interface."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any, cast

from pydantic import BaseModel

from ecp_ingest import api, errors, settings
from ecp_ingest.record.schema import Record, json_schema
from ecp_ingest.settings import Settings
from tests.support.paths import REPOSITORY

# ── the record ────────────────────────────────────────────────────────────────────────────────────────────────────


def record_reference() -> str:
    """A table for each type of the schema, in the order in which one meets them from the top."""
    schema = json_schema()
    types = _inlined({"Record": schema, **schema.pop("$defs")})
    order = dict.fromkeys(_in_order("Record", types))
    return "\n".join(_table_of(title, types, _places(title, types)) for title in order)


def _in_order(title: str, types: dict[str, Any]) -> Iterator[str]:
    """Each type, and then those that it is made of."""
    yield title
    for one in _references(types[title]["properties"]):
        yield from _in_order(one, types)


def _table_of(title: str, types: dict[str, Any], places: list[str]) -> str:
    where = f"\n\nStands at {', '.join(f'`{place}`' for place in places)}." if places else ""
    rows = "".join(
        f"| `{key}` | {_type(value)} | {_one_line(_described(value, types))} |\n"
        for key, value in types[title]["properties"].items()
    )
    about = _one_line(types[title]["description"])
    return f"## {_heading(title)}\n\n{about}{where}\n\n| key | type | what it holds |\n|---|---|---|\n{rows}"


def _described(value: dict[str, Any], types: dict[str, Any]) -> str:
    """What is said of the key; else of what it holds."""
    inside = "" if "anyOf" in value else "".join(types[title]["description"] for title in _references(value))
    return str(value.get("description", inside))


def _inlined(types: dict[str, Any]) -> dict[str, Any]:
    """Without those that are no objects with keys, such as the kinds of paragraphs: they stand where they are used."""
    small = {title: described for title, described in types.items() if "properties" not in described}

    def inline(value: Any) -> Any:
        if isinstance(value, list):
            return [inline(one) for one in value]
        if not isinstance(value, dict):
            return value
        title = str(value.get("$ref", "")).rpartition("/")[2]
        return small[title] if title in small else {key: inline(one) for key, one in value.items()}

    return {title: inline(described) for title, described in types.items() if title not in small}


def _heading(title: str) -> str:
    return title.removesuffix("Entry") or title


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def _places(title: str, types: dict[str, Any], inside: str = "Record", way: str = "") -> list[str]:
    """Where in a record ``title`` stands: ``paragraphs[].lines[]``."""
    found = []
    for key, value in types[inside]["properties"].items():
        place = f"{way}{key}{'[]' if _is_list(value) else ''}"
        for one in _references(value):
            found += ([place] if one == title else []) + _places(title, types, one, f"{place}.")
    return found


def _is_list(value: dict[str, Any]) -> bool:
    return value.get("type") == "array"


def _type(value: dict[str, Any]) -> str:  # noqa: PLR0911  a case for each form
    """A JSON Schema in words."""
    match value:
        case {"anyOf": choices}:
            return " or ".join(_type(choice) for choice in choices)
        case {"$ref": reference}:
            title = _heading(reference.rpartition("/")[2])
            return f"[{title}](#{title.lower()})"
        case {"const": one}:
            return f'`"{one}"`'
        case {"enum": several}:
            return ", ".join(f'`"{one}"`' for one in several)
        case {"type": "array", "prefixItems": parts}:
            return f"{len(parts)} whole numbers"
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": {"type": "number"}}:
            return "object of numbers"
        case {"type": "number", "minimum": 0, "maximum": 1}:
            return "0 to 1"
        case {"type": "integer", "minimum": least}:
            return f"whole number, {least} or more"
        case {"type": kind}:
            return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
    raise AssertionError(f"no words for {value}")


def example(record: Record) -> str:
    """What stands where, in one record with two halves in which the same person is named."""
    english = next(one for one in record.paragraphs if one.kind == "body" and one.parallel)
    urdu = next(one for one in record.paragraphs if one.id == english.parallel)
    paragraphs = "\n".join(
        f"    {_some(one, 'id', 'kind', 'language', text=one.text[:44].rsplit(' ', 1)[0] + ' …')[:-1]},\n"
        f"     {_some(one, 'page', 'bbox', 'confidence', 'parallel')[1:-1]},\n"
        f'     "lines": [{{"words": [{_some(one.lines[0].words[0], "text", "bbox", "confidence")}, …]}}, …]}},'
        for one in (english, urdu)
    )
    check = next(one for one in record.checks if one.kind == "name_agreement")
    people = ",\n               ".join(_some(one, "value", "names", "role") for one in record.release.people)
    return f"""```text
{{
  "id": "{record.id}",
  "source": {_some(record.source, "file_name", "media_type", "pages")},
  "release": {{
    "date": {_some(record.release.date, "value", "text", "paragraph", "confidence")},
    "people": [{people}]
  }},
  "paragraphs": [
{paragraphs}
    …
  ],
  "checks": [{_some(check, "kind", "passed", "detail")}, …],
  "review": {_some(record.review, "state", "reasons")}
}}
```
"""


def _some(value: BaseModel | None, *keys: str, **instead: str) -> str:
    """Some of its keys, as JSON on one line."""
    assert value is not None
    return json.dumps({**value.model_dump(mode="json", include=set(keys)), **instead}, ensure_ascii=False)


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────

OPTIONS = {
    "languages": "--language",
    "split": "--no-split",
    "page_seconds": "--page-timeout",
    "file_seconds": "--file-timeout",
    "memory_mib": "--max-memory",
    **{
        same: f"--{same.replace('_', '-')}"
        for same in (
            "mode",
            "pages",
            "image_dpi",
            "max_image_mpixels",
            "max_pages",
            "pdf_password",
            "engine",
            "urdu_model",
            "tessdata_dir",
            "gazetteer",
        )
    },
}
"""Setting → the option of ``convert`` that sets it."""


def settings_reference() -> str:
    said = _attribute_docstrings()
    tables = []
    for group in fields(Settings):
        value = getattr(Settings(), group.name)
        assert is_dataclass(value)
        rows = "".join(
            f"| `{one.name}` | `{_plain(getattr(value, one.name))}` | {_option(one.name)} | "
            f"{'' if group.metadata.get('recorded', True) and one.metadata.get('recorded', True) else 'no'} | "
            f"{_one_line(said.get((type(value).__name__, one.name), ''))} |\n"
            for one in fields(value)
        )
        head = "| setting | default | option | recorded | what it does |\n|---|---|---|---|---|\n"
        tables.append(f"### `{group.name}`\n\n{head}{rows}")
    return "\n".join(tables)


def _option(setting: str) -> str:
    return f"`{OPTIONS[setting]}`" if setting in OPTIONS else ""


def _plain(value: object) -> str:
    return {None: "null", True: "true", False: "false", (): "all", "": "none"}.get(
        cast("Any", value), "+".join(value) if isinstance(value, tuple) else str(value)
    )


def _attribute_docstrings() -> dict[tuple[str, str], str]:
    """(class, attribute) → the string that stands below it in settings.py; Python itself forgets those."""
    found = {}
    for one in ast.parse(inspect.getsource(settings)).body:
        for line, below in zip(one.body, one.body[1:], strict=False) if isinstance(one, ast.ClassDef) else ():
            match line, below:
                case ast.AnnAssign(target=ast.Name(id=attribute)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[one.name, attribute] = text
    return found


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────


def error_tree() -> str:
    tree = inspect.cleandoc(errors.__doc__ or "").split("\n\n")[1]
    return f"```text\n{tree}\n```\n"


# ── Python ────────────────────────────────────────────────────────────────────────────────────────────────────────


def python_reference() -> str:
    described: list[tuple[str, Callable[..., Any]]] = [("convert", api.convert)]
    described += [(f"Record.{title}", getattr(Record, title)) for title in ("load", "loads", "dump", "dumps")]
    return "\n".join(_explained(title, function) for title, function in described)


def _explained(title: str, function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    lines = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and "    *," not in lines:
            lines.append("    *,")
        if one.name != "self":
            default = "" if one.default is one.empty else f" = {one.default!r}"
            lines.append(f"    {one.name}: {one.annotation}{default},")
    head = "\n".join([f"{title}(", *lines, f") -> {signature.return_annotation}"])
    return f"### `{title}`\n\n```text\n{head}\n\n{inspect.cleandoc(function.__doc__ or '')}\n```\n"


def _one_line(text: str) -> str:
    """As a table's cell can hold it; docstrings write ``x`` for code, Markdown `x`."""
    return re.sub(r"\s+", " ", text).strip().replace("``", "`").replace("|", "\\|")


# ── what README.md says, too ──────────────────────────────────────────────────────────────────────────────────────


def from_the_readme(name: str) -> str:
    """What stands there between ``<!-- source: name -->`` and ``<!-- end -->``."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return readme.partition(f"<!-- source: {name} -->\n\n")[2].partition("\n<!-- end -->")[0]


PARTS: dict[str, Callable[[], str]] = {
    "record": record_reference,
    "settings": settings_reference,
    "errors": error_tree,
    "python": python_reference,
    **{name: partial(from_the_readme, name) for name in ("about", "set-up", "figures")},
}
"""Name in ``<!-- generated: NAME -->`` → what stands there."""
