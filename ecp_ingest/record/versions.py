"""Records as earlier versions of the schema had them → as the present one has them.

A version is ``major.minor``. Within a version keys are only ever added, each with a default, so a record that was
written before one was there needs no upgrade. What changes the meaning or the place of a key makes a new version, and
an entry in ``UPGRADES``, which stays for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ecp_ingest.errors import UnreadableSourceError

Json = dict[str, Any]
Upgrades = Mapping[str, Callable[[Json], Json]]

UPGRADES: Upgrades = {}
"""Version → what makes the JSON of such a record that of a later one, ``schema_version`` included. The first version,
1.0, is still the present one."""


def is_of_another_version(data: object, *, present: str) -> bool:
    """Whether ``data`` says that it is a record of a version that isn't ``present``."""
    if not isinstance(data, dict):
        return False
    told = data.get("schema_version")
    return isinstance(told, str) and told != present and _numbers(told) is not None


def upgraded(data: Json, *, present: str, upgrades: Upgrades) -> Json:
    """``data`` as version ``present`` has it. Raises UnreadableSourceError where no way leads there."""
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
