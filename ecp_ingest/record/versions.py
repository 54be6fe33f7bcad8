"""Upgrades records of earlier versions of the schema to the present one.

A version is ``major.minor``. Within a version, keys are only added, each with a default, so a record written before a
key was added needs no upgrade. A change of a key's meaning or place needs a new version and an entry in ``UPGRADES``,
which is never removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ecp_ingest.errors import UnreadableSourceError

Json = dict[str, Any]
Upgrades = Mapping[str, Callable[[Json], Json]]

UPGRADES: Upgrades = {}
"""Version → function that changes a record's JSON to a later version, including ``schema_version``. The first version,
1.0, is still the present one."""


def is_of_another_version(data: object, *, present: str) -> bool:
    """Whether the ``schema_version`` of ``data`` is a version other than ``present``."""
    if not isinstance(data, dict):
        return False
    told = data.get("schema_version")
    return isinstance(told, str) and told != present and _numbers(told) is not None


def upgraded(data: Json, *, present: str, upgrades: Upgrades) -> Json:
    """``data`` upgraded to version ``present``.

    Raises:
        UnreadableSourceError: no upgrade leads to that version.
    """
    while (version := str(data.get("schema_version"))) != present:
        upgrade = upgrades.get(version)
        if upgrade is None:
            if (_numbers(version) or ()) <= (_numbers(present) or ()):
                raise UnreadableSourceError(f"is no record of ecp-ingest (schema_version: there was no {version})")
            raise UnreadableSourceError(
                f"was made by a newer ecp-ingest (records of version {version}; this one reads up to {present}): "
                "upgrade ecp-ingest"
            )
        data = upgrade(data)
    return data


def _numbers(version: str) -> tuple[int, ...] | None:
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+\.\d+", version) else None
