"""Files, folders and patterns → the sources to convert, and the name that each one's record will bear.

Below the output folder the tree of the input folder is repeated. A source given by itself lands at the top. Two
sources that would write one record are refused by name, both, before any work is done.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.errors import EcpIngestError, NameClashError, NoInputError

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".j2k", ".jpx", ".txt"})
GROUND_TRUTH = (".gt.txt", ".gt.json")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    target: str
    """Path of the record below the output folder, without ``.json``; always with forward slashes."""
    path: Path


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that was asked for and will not be tried."""

    path: Path
    error: EcpIngestError


@dataclass(frozen=True, slots=True)
class Found:
    sources: tuple[Source, ...]
    """Sorted by target."""
    refused: tuple[Refused, ...] = ()


def discover(inputs: Sequence[str | Path], *, output: Path) -> Found:
    """The sources that ``inputs`` name; each is a file, a folder (with all below it) or a pattern.

    In folders and patterns only files with a known suffix count, hidden ones don't, nor does what lies in
    ``output``. A file given by its name is tried whatever its suffix. Ground truth is never a source.
    Raises NoInputError where nothing at all is left.
    """
    found: dict[str, Source] = {}  # by absolute path: what is named twice is converted once
    refused: list[Refused] = []
    looked: list[str] = []
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            looked.append(f"in {path} and the folders below it")
            new = list(_walk(path, base=path, output=output))
        elif path.exists():
            looked.append(f"at {path}")
            new = [] if _is_ground_truth(path) else [Source(path.stem, path)]
        elif glob.has_magic(str(given)):
            looked.append(f"for {given}")
            new = list(_expand(str(given), output=output))
        else:
            looked.append(f"for {path}, which does not exist")
            new = []
            missing = NoInputError("does not exist: check the path", str(path))
            refused.append(Refused(path, missing))
        for source in new:
            found.setdefault(os.path.abspath(source.path), source)  # noqa: PTH100  a link is a source of its own
    if not found:
        raise NoInputError(
            f"no input: looked {'; '.join(looked) or 'nowhere'}. Files that can be converted end in "
            f"{' '.join(sorted(SUFFIXES))}; hidden files, *.gt.txt and *.gt.json are left out"
        )
    kept, clashes = _without_clashes(sorted(found.values()))
    return Found(kept, (*refused, *clashes))


def _is_ground_truth(path: Path) -> bool:
    return path.name.lower().endswith(GROUND_TRUTH)


def _is_candidate(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and not _is_ground_truth(path)


def _walk(folder: Path, *, base: Path, output: Path) -> Iterator[Source]:
    """The sources in ``folder`` and below; ``base`` is what their targets are relative to."""
    top = folder.resolve()
    avoid = output.resolve()
    for place, folders, files in os.walk(folder):
        # The output folder may lie in the input folder, but not be it: then its records lie beside their sources.
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and ((Path(place) / name).resolve() != avoid or avoid == top)
        )
        for name in sorted(files):
            path = Path(place) / name
            if _is_candidate(path):
                yield Source(_target(path, base), path)


def _expand(pattern: str, *, output: Path) -> Iterator[Source]:
    """The sources that ``pattern`` (with ``*``, ``?``, ``[…]`` and ``**``) stands for."""
    fixed = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    base = Path(*fixed)
    avoid = output.resolve()
    for match in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207  Path.glob takes no absolute pattern
        path = Path(match)
        if avoid != base.resolve() and avoid in (path.resolve(), *path.resolve().parents):
            continue
        if path.is_dir():
            yield from _walk(path, base=base, output=output)
        elif _is_candidate(path):
            yield Source(_target(path, base), path)


def _target(path: Path, base: Path) -> str:
    return path.relative_to(base).with_suffix("").as_posix()


def _without_clashes(sources: Sequence[Source]) -> tuple[tuple[Source, ...], list[Refused]]:
    by_target: dict[str, list[Source]] = {}
    for source in sources:
        same = by_target.setdefault(source.target, [])
        if not any(source.path.samefile(other.path) for other in same if other.path.exists()):
            same.append(source)
    kept = tuple(group[0] for group in by_target.values() if len(group) == 1)
    refused = [
        Refused(source.path, clash(source.target, source, [other for other in group if other is not source]))
        for group in by_target.values()
        if len(group) > 1
        for source in group
    ]
    return kept, refused


def clash(target: str, source: Source, others: Sequence[Source]) -> NameClashError:
    """``source`` and ``others`` would all write ``target``.json."""
    names = " and ".join(str(other.path) for other in others)
    return NameClashError(
        f"would write {target}.json, and so would {names}: rename one, or convert them into different folders",
        str(source.path),
    )
