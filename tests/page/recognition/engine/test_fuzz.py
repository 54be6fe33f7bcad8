"""A short run of `fuzz_engine`, wherever the compiler has sanitisers."""

from __future__ import annotations

import pytest

from tests.support.fuzz_engine import run_sanitised


def test_sanitisers_find_nothing() -> None:
    ended = run_sanitised(seconds=8, seed=11)
    if ended is None:
        pytest.skip("no compiler with sanitisers")
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert int(ended.stdout.split()[0]) > 3
