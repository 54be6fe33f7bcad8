"""Files, folders and patterns → the sources to convert, and the name that each one's record will bear.

Below the output folder the tree of the input folder is repeated. A source given by itself lands at the top. Two
sources that would write one record are refused by name, both, before any work is done.
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
    """Something that was asked for and will not be tried."""

    path: Place
    error: EcpIngestError


@dataclass(frozen=True, slots=True)
class Found:
    sources: tuple[Source, ...]
    """Sorted by target."""
    refused: tuple[Refused, ...] = ()


def discover(inputs: Sequence[str | Place], *, output: Place) -> Found:
    """The sources that ``inputs`` name; each is a file, a folder (with all below it) or a pattern, here or at a URL.

    In folders and patterns only files with a known suffix count, hidden ones don't, nor does what lies in
    ``output``. A file given by its name is tried whatever its suffix. Ground truth is never a source.
    Raises NoInputError where nothing at all is left or a URL can't be reached, MissingProgramError where something that
    reads it is missing.
    """
    found: dict[str, Source] = {}  # by absolute path: what is named twice is converted once
    refused: list[Refused] = []
    looked: list[str] = []
    closed: list[OSError] = []
    for given in inputs:
        path = place(given)
        if isinstance(path, Url):
            found_there = _remote(path, output=output)
            new = found_there or []
            looked.append(f"at {path}" if found_there is not None else f"for {path}, which does not exist")
            if found_there is None:
                refused.append(Refused(path, NoInputError("does not exist: check the URL", str(path))))
        elif path.is_dir():
            looked.append(f"in {path} and the folders below it")
            new = list(_walk(path, base=path, output=output, closed=closed))
        elif path.exists():
            looked.append(f"at {path}")
            new = [] if _is_ground_truth(path) else [Source(path.stem, path)]
        elif glob.has_magic(str(given)):
            looked.append(f"for {given}")
            new = list(_expand(str(given), output=output, closed=closed))
        else:
            looked.append(f"for {path}, which does not exist")
            new = []
            missing = NoInputError("does not exist: check the path", str(path))
            refused.append(Refused(path, missing))
        for source in new:
            found.setdefault(_identity(source.path), source)
    if not found:
        raise NoInputError(
            f"no input: looked {'; '.join(looked) or 'nowhere'}. Files that can be converted end in "
            f"{' '.join(sorted(SUFFIXES))}; hidden files, *.gt.txt and *.gt.json are left out"
        )
    refused += [Refused(Path(error.filename), _unseen(error)) for error in closed]
    kept, clashes = _without_clashes(sorted(found.values()))
    return Found(kept, (*refused, *clashes))


def _unseen(error: OSError) -> UnreadableSourceError:
    return UnreadableSourceError(
        f"can't be looked into ({error.strerror}): get the right to read it, or give it by a shorter path",
        str(error.filename),
    )


def _identity(path: Place) -> str:
    # Not resolved: a link is a source of its own.
    return str(path) if isinstance(path, Url) else os.path.abspath(path)  # noqa: PTH100


def _is_ground_truth(path: Place) -> bool:
    return path.name.lower().endswith(GROUND_TRUTH)


def is_candidate(path: Place) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and not _is_ground_truth(path)


def _walk(folder: Path, *, base: Path, output: Place, closed: list[OSError]) -> Iterator[Source]:
    """The sources in ``folder`` and below; ``base`` is what their targets are relative to.

    What kept a folder from being looked into goes to ``closed``.
    """
    top = folder.resolve()
    avoid = _resolved(output)
    for below, folders, files in os.walk(folder, onerror=closed.append):
        # The output folder may lie in the input folder, but not be it: then its records lie beside their sources.
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


def _expand(pattern: str, *, output: Place, closed: list[OSError]) -> Iterator[Source]:
    """The sources that ``pattern`` (with ``*``, ``?``, ``[…]`` and ``**``) stands for."""
    base = Path(*_fixed(Path(pattern)))
    avoid = _resolved(output)
    for match in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207  Path.glob takes no absolute pattern
        path = Path(match)
        if avoid != base.resolve() and avoid in (path.resolve(), *path.resolve().parents):
            continue
        if path.is_dir():
            yield from _walk(path, base=base, output=output, closed=closed)
        elif is_candidate(path):
            yield Source(_target(path, base), path)


def _fixed(pattern: Place) -> list[str]:
    """The parts before the first that stands for several."""
    return list(itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts[:-1]))


def _remote(url: Url, *, output: Place) -> list[Source] | None:
    """The sources at ``url``, by the same rules; None where there is nothing. Raises NoInputError."""
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
