"""Reads ground truth files, and pairs them with the records of the same source.

``x.gt.json`` has the paragraphs with language, kind, page and text, in reading order. It may have more: the condition
of the page (``kind``), its ``arrangement``, boxes, lines, the rotation of each page (``rotation``) and the fields of
the release (``release``). ``x.gt.txt`` has only the text, with an empty line between paragraphs; their letters give the
language. Both belong to the source ``x``; relative to the top folders, they are in the same folder as its records.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ecp_ingest.document.geometry import Box
from ecp_ingest.errors import NoInputError, UnreadableSourceError
from ecp_ingest.files.record_files import is_report
from ecp_ingest.language import identification
from ecp_ingest.language.languages import OF_SCRIPT
from ecp_ingest.record.schema import Record, read_record

UNKNOWN = "unknown"
"""Condition of pages if the ground truth has none."""

_Json = TypeVar("_Json", int, str, list[Any], dict[str, Any])


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A printed line; ``bbox`` in pixels of the page as scanned."""

    page: int
    text: str
    bbox: Box


@dataclass(frozen=True, slots=True)
class TrueParagraph:
    language: str
    text: str
    page: int
    """1-based page on which the paragraph begins."""
    kind: str | None = None
    bbox: Box | None = None
    """Around its part on that page, in pixels of the page as scanned."""
    lines: tuple[TrueLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect run would read in one source. What is empty or None is unknown and not scored."""

    name: str
    """Path below the top folder, without suffix: ``2022/may``."""
    paragraphs: tuple[TrueParagraph, ...]
    """In reading order."""
    condition: str = UNKNOWN
    arrangement: str | None = None
    rotations: Mapping[int, int] | None = None
    """1-based page → degrees clockwise that it must be turned to stand upright."""
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A ground truth and the records of its source, in the order of the releases; empty if there are none."""

    truth: Truth
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    pairs: tuple[Pair, ...]
    """Sorted by name."""
    extra: tuple[str, ...]
    """Paths of records without ground truth."""


def match(records: Path, truth: Path) -> Matched:
    """Pair the ground truth in ``truth`` with the records in ``records``; each is a folder or one file.

    If one of them is a file, folder names are ignored, and only what belongs to that file is compared.

    Raises:
        NoInputError: nothing can be compared.
        UnreadableSourceError: a file is no record or no ground truth.
    """
    truths = {found.name: found for found in _truths(truth)}
    read = dict(_records(records))
    if records.is_file() and truth.is_file():  # both were given by name, so their names need not match
        (only,) = truths.values()
        return Matched((Pair(only, tuple(read.values())),), ())
    by_name: dict[str, list[Record]] = {}
    whole = records.is_dir() and truth.is_dir()
    extra = []
    for path, record in read.items():
        stem = Path(record.source.file_name).stem
        folder = path.parent.relative_to(records) if records.is_dir() else Path()
        name = _matching((folder / stem).as_posix(), truths, whole=whole)
        if name is None:
            extra.append(str(path))
        else:
            by_name.setdefault(name, []).append(record)
    if not whole:
        if not by_name:
            raise NoInputError(f"no record of {records} has its ground truth in {truth}: check the two paths")
        truths = {name: truths[name] for name in by_name}
        extra = []
    pairs = [
        Pair(found, tuple(sorted(by_name.get(name, []), key=lambda record: record.source.release_number)))
        for name, found in sorted(truths.items())
    ]
    return Matched(tuple(pairs), tuple(sorted(extra)))


def _matching(name: str, truths: Mapping[str, Truth], *, whole: bool) -> str | None:
    if whole:
        return name if name in truths else None
    last = name.rpartition("/")[2]
    return next((known for known in truths if known.rpartition("/")[2] == last), None)


def _records(given: Path) -> Iterator[tuple[Path, Record]]:
    paths = [given] if given.is_file() else sorted(_files(given, ".json"))
    paths = [path for path in paths if not path.name.endswith(".gt.json") and not is_report(path)]
    if not paths:
        raise NoInputError("no records there: name the folder that `ecp-ingest convert` wrote", str(given))
    for path in paths:
        yield path, read_record(path)


def _truths(given: Path) -> Iterator[Truth]:
    suffixes = (".gt.json", ".gt.txt")
    paths = [given] if given.is_file() else sorted(path for suffix in suffixes for path in _files(given, suffix))
    if not paths:
        raise NoInputError("no ground truth there: its files end in .gt.json or .gt.txt", str(given))
    seen = set()
    for path in paths:
        stem = re.sub(r"\.gt\.(json|txt)$|\.\w+$", "", path.name)
        name = stem if given.is_file() else (path.parent.relative_to(given) / stem).as_posix()
        if name not in seen:  # a `.gt.json` comes first; it has more than the `.gt.txt` beside it
            seen.add(name)
            yield read_truth(path, name=name)


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    """Files below ``folder`` whose name ends in ``suffix``, without hidden files and folders."""
    for path in folder.rglob(f"*{suffix}"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and path.is_file():
            yield path


# ── one file ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_truth(path: Path, *, name: str) -> Truth:
    """The ground truth in one file.

    Raises:
        UnreadableSourceError: it can't be read, or is no ground truth.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _plain_truth(text, name) if path.suffix == ".txt" else _from_json(_of(dict, json.loads(text)), name)
    except OSError as error:
        raise UnreadableSourceError(f"can't be read: {error.strerror or error}", str(path)) from error
    except (ValueError, KeyError, TypeError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise UnreadableSourceError(f"is no ground truth ({reason})", str(path)) from error


def _plain_truth(text: str, name: str) -> Truth:
    texts = [block for block in re.split(r"\n[^\S\n]*\n", unicodedata.normalize("NFC", text)) if block.strip()]
    paragraphs = [TrueParagraph(_language(block), " ".join(block.split()), page=1) for block in texts]
    return Truth(name, tuple(paragraphs))


def _language(text: str) -> str:
    return OF_SCRIPT[identification.identify(text, "Latn").script].code


def _from_json(data: dict[str, Any], name: str) -> Truth:
    rotation = data.get("rotation")
    if isinstance(rotation, list):  # one for each page
        rotation = dict(enumerate(rotation, start=1))
    return Truth(
        name=name,
        paragraphs=tuple(_paragraph(_of(dict, paragraph)) for paragraph in _of(list, data["paragraphs"])),
        condition=_of(str, data.get("kind", UNKNOWN)),
        arrangement=data.get("arrangement"),
        rotations={int(page): _of(int, degrees) for page, degrees in rotation.items()} if rotation else None,
        fields=data.get("release"),
    )


def _paragraph(data: dict[str, Any]) -> TrueParagraph:
    page = _of(int, data.get("page", 1))
    text = _of(str, data["text"])
    return TrueParagraph(
        language=data["language"] if "language" in data else _language(text),
        text=unicodedata.normalize("NFC", text),
        page=page,
        kind=data.get("kind"),
        bbox=_box(data["bbox"]) if data.get("bbox") else None,
        lines=tuple(
            TrueLine(_of(int, line.get("page", page)), _of(str, line["text"]), _box(line["bbox"]))
            for line in data.get("lines") or ()
        ),
    )


def _of(kind: type[_Json], value: object) -> _Json:
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:40]!r} should be {_TYPE_NAMES[kind]}")
    return value


_TYPE_NAMES: Mapping[type, str] = {int: "a whole number", str: "text", list: "a list", dict: "an object"}


def _box(data: object) -> Box:
    if not isinstance(data, list | tuple) or len(data) != 4:
        raise ValueError(f"{data!r} is no box of left, top, right, bottom")
    return Box(*(round(float(edge)) for edge in data))
