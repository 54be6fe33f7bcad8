"""A folder with one record to edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.press import lay_out


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return lay_out(tmp_path, "may")
