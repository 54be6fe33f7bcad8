from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.support.paths import REPOSITORY

pytest.importorskip("uharfbuzz", reason="uharfbuzz isn't installed (the [train] extra)")

from ecp_ingest.page.recognition.models import Model, find_model
from ecp_ingest.training.lines.fonts import find_faces
from ecp_ingest.training.measure import measure_lines, measure_page, score
from ecp_ingest.training.sets import figures, line_set, page, worn
from ecp_ingest.training.text import compose
from ecp_ingest.training.text.corpus import Corpus


def test_sets_are_the_same_for_the_same_seed(fonts: Path) -> None:
    faces = find_faces(fonts)
    first, second = (
        line_set("x", faces.nastaliq, faces.latin[0], figures, aged=True, count=4, seed=3) for _ in range(2)
    )
    assert first.truth == second.truth
    assert all(np.array_equal(a, b) for a, b in zip(first.images, second.images, strict=True))


def test_scores_fold_what_they_say() -> None:
    same = score("مئی ۲۰۲۲ کراچی", "مئی 2022 كراچي")
    assert same.cer.errors == 0
    assert same.exact.errors > 0
    assert (same.figures.errors, same.figures.length) == (1, 1)
    assert score("اب ج", "ابج").spaceless.errors == 0


@pytest.fixture(scope="module")
def shipped() -> Model:
    return find_model("urd_nastaliq", tessdata_dir=str(REPOSITORY / "tessdata"))


def test_the_shipped_model_reads_a_clean_page_and_a_worn_one(fonts: Path, shipped: Model) -> None:
    faces, rng = find_faces(fonts), Random(8)
    corpus = Corpus((), tuple(f"{compose.spoken(rng)} {compose.spoken(rng)}" for _ in range(20)))
    pixels, truth = page(faces.nastaliq[0], faces.latin[0], corpus, lines=6, px=50, seed=1)
    assert measure_page(pixels, truth, shipped, dpi=300).cer.rate < 0.05
    assert measure_page(worn(pixels, seed=1), truth, shipped, dpi=200).cer.rate < 0.10


def test_the_shipped_model_reads_figures(fonts: Path, shipped: Model) -> None:
    faces = find_faces(fonts)
    lines = line_set("figures", faces.nastaliq, faces.latin[0], figures, aged=False, count=30, seed=5)
    result = measure_lines(lines, shipped)
    assert result.cer.rate < 0.05
    assert result.figures.rate < 0.15
