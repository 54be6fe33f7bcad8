"""The fit of the orientation weights: drawn pages in, weights that tell upright pages from upside-down ones out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import features as pillow

from ecp_ingest.page.cleanup.orientation import pattern_differences, pattern_weights
from ecp_ingest.training.orientation_weights import draw_page, main

pytestmark = pytest.mark.skipif(not pillow.check("raqm"), reason="Pillow can't shape Urdu (the [train] extra)")

ENGLISH = (
    "The Election Commission of Pakistan has issued the schedule for local government elections in all districts " * 9
)
URDU = "الیکشن کمیشن آف پاکستان نے تمام اضلاع میں بلدیاتی انتخابات کا شیڈول جاری کر دیا ہے " * 9


def evidence(weights: dict[str, dict[str, float]], page: np.ndarray) -> float:
    return sum(
        weight * pattern_differences(page, factor=int(factor))[int(digits, 2)]
        for factor, of in weights.items()
        for digits, weight in of.items()
    )


def test_weights_that_were_just_fitted_find_new_pages_upright(
    fonts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "eng.txt").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "urd.txt").write_text(URDU, encoding="utf-8")
    latin, arab = fonts / "LiberationSerif-Regular.ttf", fonts / "NotoNastaliqUrdu-Regular.ttf"
    main(
        f"--latin {latin} --arab {arab} --english-text {tmp_path}/eng.txt --urdu-text {tmp_path}/urd.txt "
        f"--pages 30 --output {tmp_path}/out.json".split()
    )
    assert "pages upright" in capsys.readouterr().out
    fitted = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(99)
    for face, words, rtl in ((latin, ENGLISH.split(), False), (arab, URDU.split(), True)):
        page = draw_page(rng, face, words, rtl=rtl)
        assert evidence(fitted, page) > 0 > evidence(fitted, np.rot90(page, 2))


def test_the_shipped_weights_are_of_patterns_that_a_half_turn_changes() -> None:
    for weights in pattern_weights().values():
        assert all(f"{code:09b}" != f"{code:09b}"[::-1] for code in weights)
