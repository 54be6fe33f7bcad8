"""The version of this package, as it was installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("ecp-ingest")
except PackageNotFoundError:  # run from a tree that was never installed
    __version__ = "0+unknown"
