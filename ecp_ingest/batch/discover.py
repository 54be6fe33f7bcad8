"""Files, folders and patterns → the sources to convert, and the name of each one's record.

The output folder repeats the tree of the input folder. The record of a source that is given by itself is at the top.
Two sources that would write the same record are both refused, with their names, before any work.
"""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.errors import EcpIngestError, NameClashError, NoInputError, UnreadableSourceError
from ecp_ingest.files.locations import Place, Url, exists, files_below, in_full, is_folder, matching, place

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".j2k", ".jpx", ".txt"})
GROUND_TRUTH = (".gt.txt", ".gt.json")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    target: str
    """Path of the record below the output folder, without ``.json``; always with forward slashes."""
    path: Place


@dataclass(frozen=True, slots=True)
class Refused:
    """An input that will not be converted, and why."""

    path: Place
    error: EcpIngestError


@dataclass(frozen=True, slots=True)
class Discovered:
    """The sources of a batch, and the inputs that were refused."""

    sources: tuple[Source, ...]
    """Sorted by target."""
    refused: tuple[Refused, ...] = ()


def discover(inputs: Sequence[str | Place], *, output: Place) -> Discovered:
    """The sources that ``inputs`` name; each is a file, a folder (with all below it) or a pattern, here or at a URL.

    In folders and patterns only files with a known suffix are sources; hidden files and files in ``output`` are not. A
    file given by its name is tried whatever its suffix. Ground truth is never a source.

    Raises:
        NoInputError: there is no source at all, or a URL can't be reached.
        MissingProgramError: a package that reads such URLs is missing.
    """
    found: dict[str, Source] = {}  # by absolute path: a source that is given twice is converted once
    refused: list[Refused] = []
    searched: list[str] = []
    unreadable: list[OSError] = []
    for given in inputs:
        path = place(given)
        if isinstance(path, Url):
            found_there = _remote(path, output=output)
            new = found_there or []
            searched.append(f"at {path}" if found_there is not None else f"for {path}, which does not exist")
            if found_there is None:
                refused.append(Refused(path, NoInputError("does not exist: check the URL", str(path))))
        elif path.is_dir():
            searched.append(f"in {path} and the folders below it")
            new = list(_walk(path, base=path, output=output, unreadable=unreadable))
        elif path.exists():
            searched.append(f"at {path}")
            new = [] if _is_ground_truth(path) else [Source(path.stem, path)]
        elif glob.has_magic(str(given)):
            searched.append(f"for {given}")
            new = list(_expand(str(given), output=output, unreadable=unreadable))
        else:
            searched.append(f"for {path}, which does not exist")
            new = []
            missing = NoInputError("does not exist: check the path", str(path))
            refused.append(Refused(path, missing))
        for source in new:
            found.setdefault(_identity(source.path), source)
    if not found:
        raise NoInputError(
            f"no input: looked {'; '.join(searched) or 'nowhere'}. Files that can be converted end in "
            f"{' '.join(sorted(SUFFIXES))}; hidden files, *.gt.txt and *.gt.json are left out"
        )
    refused += [Refused(Path(error.filename), _unreadable_folder(error)) for error in unreadable]
    kept, clashes = _without_clashes(sorted(found.values()))
    return Discovered(kept, (*refused, *clashes))


def _unreadable_folder(error: OSError) -> UnreadableSourceError:
    return UnreadableSourceError(
        f"can't be looked into ({error.strerror}): get the right to read it, or give it by a shorter path",
        str(error.filename),
    )


def _identity(path: Place) -> str:
    # Links are not resolved: a link is a source of its own.
    return str(path) if isinstance(path, Url) else os.path.abspath(path)  # noqa: PTH100


def _is_ground_truth(path: Place) -> bool:
    return path.name.lower().endswith(GROUND_TRUTH)


def is_candidate(path: Place) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and not _is_ground_truth(path)


def _walk(folder: Path, *, base: Path, output: Place, unreadable: list[OSError]) -> Iterator[Source]:
    """The sources in ``folder`` and below; ``base`` is what their targets are relative to.

    The error of a folder that can't be read is appended to ``unreadable``.
    """
    top = folder.resolve()
    avoid = _resolved(output)
    for below, folders, files in os.walk(folder, onerror=unreadable.append):
        # Skip an output folder inside the input folder. If both are the same folder, records lie beside their sources.
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and ((Path(below) / name).resolve() != avoid or avoid == top)
        )
        for name in sorted(files):
            path = Path(below) / name
            if is_candidate(path):
                yield Source(_target(path, base), path)


def _resolved(output: Place) -> Path | None:
    return output.resolve() if isinstance(output, Path) else None


def _expand(pattern: str, *, output: Place, unreadable: list[OSError]) -> Iterator[Source]:
    """The sources that match ``pattern`` (with ``*``, ``?``, ``[…]`` and ``**``)."""
    base = Path(*_fixed(Path(pattern)))
    avoid = _resolved(output)
    for match in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207  Path.glob takes no absolute pattern
        path = Path(match)
        if avoid != base.resolve() and avoid in (path.resolve(), *path.resolve().parents):
            continue
        if path.is_dir():
            yield from _walk(path, base=base, output=output, unreadable=unreadable)
        elif is_candidate(path):
            yield Source(_target(path, base), path)


def _fixed(pattern: Place) -> list[str]:
    """The parts of the path before the first with a wildcard."""
    return list(itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts[:-1]))


def _remote(url: Url, *, output: Place) -> list[Source] | None:
    """The sources at ``url``, by the same rules; None if there is nothing. Raises NoInputError."""
    try:
        url = in_full(url)
        avoid = in_full(output) if isinstance(output, Url) else None
        if glob.has_magic(str(url)):
            base = Url(*_fixed(url))
            found = [
                file for match in matching(url) for file in ([match] if is_candidate(match) else files_below(match))
            ]
        elif is_folder(url):
            base, found = url, files_below(url)
        elif exists(url):
            return [] if _is_ground_truth(url) else [Source(url.stem, url)]
        else:
            return None
    except OSError as error:
        raise NoInputError(f"can't be reached: {error.strerror or error}", str(url)) from error
    return [
        Source(_target(path, base), path)
        for path in found
        if is_candidate(path)
        and not any(part.startswith(".") for part in path.relative_to(base).parts)
        and (avoid is None or avoid == base or avoid not in path.parents)
    ]


def _target(path: Place, base: Place) -> str:
    return path.relative_to(base).with_suffix("").as_posix()


def _without_clashes(sources: Sequence[Source]) -> tuple[tuple[Source, ...], list[Refused]]:
    by_target: dict[str, list[Source]] = {}
    for source in sources:
        same = by_target.setdefault(source.target, [])
        if not any(_same_file(source.path, other.path) for other in same):
            same.append(source)
    kept = tuple(group[0] for group in by_target.values() if len(group) == 1)
    refused = [
        Refused(source.path, clash(source.target, source, [other for other in group if other is not source]))
        for group in by_target.values()
        if len(group) > 1
        for source in group
    ]
    return kept, refused


def _same_file(one: Place, other: Place) -> bool:
    if isinstance(one, Path) and isinstance(other, Path):
        return one.exists() and other.exists() and one.samefile(other)
    return one == other


def clash(target: str, source: Source, others: Sequence[Source]) -> NameClashError:
    """``source`` and ``others`` would all write ``target``.json."""
    names = " and ".join(str(other.path) for other in others)
    return NameClashError(
        f"would write {target}.json, and so would {names}: rename one, or convert them into different folders",
        str(source.path),
    )
