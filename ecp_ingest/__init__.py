"""Turns scanned and PDF press releases, English and Urdu, into structured JSON records."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ecp_ingest._version import __version__

if TYPE_CHECKING:
    from ecp_ingest.api import convert
    from ecp_ingest.record.schema import Record

__all__ = ["Record", "__version__", "convert"]

_HOMES = {"convert": "ecp_ingest.api", "Record": "ecp_ingest.record.schema"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing another module of the package stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
