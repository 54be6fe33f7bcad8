"""Paths in this repository."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "ecp_ingest"
SAMPLES = REPOSITORY / "samples"
CASES = REPOSITORY / "tests" / "cases"
