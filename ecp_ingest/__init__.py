"""Scanned and PDF press releases, English and Urdu, into structured JSON records."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("ecp-ingest")
except PackageNotFoundError:  # run from a tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
