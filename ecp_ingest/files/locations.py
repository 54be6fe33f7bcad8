"""Places of files: on this machine's disks, or at a URL such as ``s3://bucket/in/may.pdf``.

A `Url` is used like a path (name, suffix, parent, ``/``); the functions below read and write both. URLs are those of
fsspec: S3 needs the extra ``ecp-ingest[s3]``, other stores need the packages that fsspec names for them. All functions
raise OSError as for a disk, and MissingProgramError if the package for a URL is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from ecp_ingest.errors import MissingProgramError, UsageError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_OF_ONE_PROCESS = ("memory",)


class Url(PurePosixPath):
    """``scheme://store/folder/name``; a part of it, such as the result of ``relative_to``, is a relative path."""

    __slots__ = ()

    def __str__(self) -> str:
        text = super().__str__()
        scheme, colon, rest = text.partition(":/")
        return f"{scheme}://{rest}" if colon and "/" not in scheme else text


Place = Path | Url


def place(text: str | Path | Url) -> Place:
    """The path or URL that a user wrote as ``text``.

    Raises:
        UsageError: only one process could read that place (``memory://``).
    """
    if isinstance(text, Path | Url):
        return text
    match = _SCHEME.match(text)
    if match is None:
        return Path(text)
    scheme = match[1].lower()
    if scheme == "file":
        return Path(text[match.end() :])
    if scheme in _OF_ONE_PROCESS:
        raise UsageError(f"{scheme}:// is seen by one process only, and many work here: choose another place", text)
    return Url(f"{scheme}://{text[match.end() :]}")


def is_url(path: Path) -> bool:
    """Whether ``path`` is a URL, given where only a path is allowed; as a path it has lost a slash."""
    return re.match(_SCHEME.pattern.removesuffix("/"), str(path)) is not None


def read_bytes(at: Place) -> bytes:
    if isinstance(at, Path):
        return at.read_bytes()
    with _store(at) as (store, key):
        data: bytes = store.cat_file(key)
        return data


def write_bytes(at: Url, data: bytes) -> None:
    """Write ``data`` to ``at``; an object store writes it completely or not at all."""
    with _store(at) as (store, key):
        store.pipe_file(key, data)


def remove(at: Url) -> None:
    with _store(at) as (store, key):
        store.rm_file(key)


def exists(at: Place) -> bool:
    if isinstance(at, Path):
        return at.exists()
    with _store(at) as (store, key):
        return bool(store.exists(key))


def copy_here(at: Url, to: Path) -> None:
    with _store(at) as (store, key):
        store.get_file(key, str(to))


def is_folder(at: Url) -> bool:
    with _store(at) as (store, key):
        return bool(store.isdir(key))


def files_below(at: Url) -> list[Url]:
    with _store(at) as (store, key):
        return [Url(store.unstrip_protocol(name)) for name in sorted(store.find(key))]


def matching(pattern: Url) -> list[Url]:
    """Files and folders that ``pattern`` (with ``*``, ``?``, ``[…]`` and ``**``) matches."""
    with _store(pattern) as (store, key):
        return [Url(store.unstrip_protocol(name)) for name in sorted(store.glob(key))]


def in_full(at: Url) -> Url:
    """``at`` as listings write it: a scheme may have several names."""
    with _store(at) as (store, key):
        return Url(store.unstrip_protocol(key))


@contextmanager
def _store(at: Url) -> Iterator[tuple[Any, str]]:
    """The file system of ``at``, and the name of ``at`` in it."""
    try:
        import fsspec  # noqa: PLC0415  only needed for URLs

        # Another run may write there too, so earlier listings aren't reused.
        yield fsspec.core.url_to_fs(str(at), use_listings_cache=False)
    except (ImportError, ValueError) as error:
        if isinstance(error, ValueError) and "rotocol" not in str(error):
            raise
        remedy = "pip install 'ecp-ingest[s3]'" if at.parts[0] in ("s3:", "s3a:") else str(error)
        raise MissingProgramError(f"there is nothing here that reads such a URL: {remedy}", str(at)) from error
    except OSError:
        raise
    except Exception as error:
        # The libraries of a store raise these if the network is down or credentials are missing.
        if type(error).__module__.split(".")[0] in ("botocore", "aiobotocore", "aiohttp"):
            raise OSError(str(error)) from error
        raise
