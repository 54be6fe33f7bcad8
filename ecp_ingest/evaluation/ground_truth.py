"""Ground truth files, and which records are held against which of them.

``x.gt.json`` knows paragraphs with language, kind, page and text, in reading order, and may know more: what condition
the page is in (``kind``), its ``arrangement``, boxes, lines, how each page lies (``rotation``) and what the release
says of itself (``release``). ``x.gt.txt`` is nothing but the text; an empty line parts its paragraphs, and the letters
tell their language. Both name the source ``x``, in the same folder below the top as its records.
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
"""The condition of pages of which the ground truth doesn't tell any."""

_Told = TypeVar("_Told", int, str, list[Any], dict[str, Any])


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A printed line; ``bbox`` in the scan frame."""

    page: int
    text: str
    bbox: Box


@dataclass(frozen=True, slots=True)
class TrueParagraph:
    language: str
    text: str
    page: int
    """1-based page on which it begins."""
    kind: str | None = None
    bbox: Box | None = None
    """Around its part on that page, in the scan frame."""
    lines: tuple[TrueLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect run would leave of one source. Empty and None: not known, hence not scored."""

    name: str
    """Folder below the top, and stem: ``2022/may``."""
    paragraphs: tuple[TrueParagraph, ...]
    """In reading order."""
    condition: str = UNKNOWN
    arrangement: str | None = None
    rotations: Mapping[int, int] | None = None
    """1-based page → degrees clockwise that it must be turned to stand upright."""
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A ground truth and the records of its source, in the order of the releases; none where the source has none."""

    truth: Truth
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    pairs: tuple[Pair, ...]
    """By name."""
    extra: tuple[str, ...]
    """Records without ground truth, by their paths."""


def match(records: Path, truth: Path) -> Matched:
    """The ground truth in ``truth`` and the records in ``records``, put together; each is a folder or one file.

    Where one of them is a file, the folders don't count, and only what goes with that file is looked at.
    Raises NoInputError where nothing can be compared, UnreadableSourceError for a file that isn't what it should be.
    """
    truths = {found.name: found for found in _truths(truth)}
    read = dict(_records(records))
    if records.is_file() and truth.is_file():  # said by name: whatever they are called
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
        if name not in seen:  # `.gt.json` comes first, and knows more than a `.gt.txt` beside it
            seen.add(name)
            yield read_truth(path, name=name)


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    """Those below ``folder`` whose name ends so; hidden ones and those in hidden folders left out."""
    for path in folder.rglob(f"*{suffix}"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and path.is_file():
            yield path


# ── one file ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_truth(path: Path, *, name: str) -> Truth:
    """Raises UnreadableSourceError for a file that can't be read or is no ground truth."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _plain_truth(text, name) if path.suffix == ".txt" else _from_json(_of(dict, json.loads(text)), name)
    except OSError as error:
        raise UnreadableSourceError(f"can't be read: {error.strerror or error}", str(path)) from error
    except (ValueError, KeyError, TypeError) as error:
        told = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise UnreadableSourceError(f"is no ground truth ({told})", str(path)) from error


def _plain_truth(text: str, name: str) -> Truth:
    texts = [block for block in re.split(r"\n[^\S\n]*\n", unicodedata.normalize("NFC", text)) if block.strip()]
    paragraphs = [TrueParagraph(_language(block), " ".join(block.split()), page=1) for block in texts]
    return Truth(name, tuple(paragraphs))


def _language(text: str) -> str:
    return OF_SCRIPT[identification.identify(text, "Latn").script].code


def _from_json(told: dict[str, Any], name: str) -> Truth:
    rotation = told.get("rotation")
    if isinstance(rotation, list):  # one for each page
        rotation = dict(enumerate(rotation, start=1))
    return Truth(
        name=name,
        paragraphs=tuple(_paragraph(_of(dict, paragraph)) for paragraph in _of(list, told["paragraphs"])),
        condition=_of(str, told.get("kind", UNKNOWN)),
        arrangement=told.get("arrangement"),
        rotations={int(page): _of(int, degrees) for page, degrees in rotation.items()} if rotation else None,
        fields=told.get("release"),
    )


def _paragraph(told: dict[str, Any]) -> TrueParagraph:
    page = _of(int, told.get("page", 1))
    text = _of(str, told["text"])
    return TrueParagraph(
        language=told["language"] if "language" in told else _language(text),
        text=unicodedata.normalize("NFC", text),
        page=page,
        kind=told.get("kind"),
        bbox=_box(told["bbox"]) if told.get("bbox") else None,
        lines=tuple(
            TrueLine(_of(int, line.get("page", page)), _of(str, line["text"]), _box(line["bbox"]))
            for line in told.get("lines") or ()
        ),
    )


def _of(kind: type[_Told], value: object) -> _Told:
    if not isinstance(value, kind):
        raise TypeError(f"{str(value)[:40]!r} should be {_CALLED[kind]}")
    return value


_CALLED: Mapping[type, str] = {int: "a whole number", str: "text", list: "a list", dict: "an object"}


def _box(told: object) -> Box:
    if not isinstance(told, list | tuple) or len(told) != 4:
        raise ValueError(f"{told!r} is no box of left, top, right, bottom")
    return Box(*(round(float(edge)) for edge in told))
