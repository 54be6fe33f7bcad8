"""A folder with one record to review."""

from __future__ import annotations

from pathlib import Path

import pytest
from press import lay_out


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return lay_out(tmp_path, "may")
