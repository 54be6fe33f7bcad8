from pathlib import Path
from random import Random

import pytest

pytest.importorskip("torch", reason="torch isn't installed (the [train] extra)")
pytest.importorskip("uharfbuzz", reason="uharfbuzz isn't installed (the [train] extra)")
pytest.importorskip("wordfreq", reason="wordfreq isn't installed (the [train] extra)")

from ecp_ingest.errors import TrainingError
from ecp_ingest.page.recognition.models import find_model
from ecp_ingest.training.lines.fonts import find_faces
from ecp_ingest.training.measure import measure_lines, table
from ecp_ingest.training.sets import line_set
from ecp_ingest.training.text import compose
from ecp_ingest.training.train import Progress, train


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = Random(0)
    file = tmp_path_factory.mktemp("text") / "text.txt"
    file.write_text("\n".join(compose.spoken(rng) for _ in range(80)), encoding="utf-8")
    return file


def test_a_resumed_run_ends_in_a_model_that_the_engine_reads(
    stock: Path, fonts: Path, text: Path, tmp_path: Path
) -> None:
    told: list[Progress] = []
    for minutes in (0.01, 0.06):
        model = train(
            out=tmp_path,
            fonts=fonts,
            texts=[text],
            start=stock / "urd.traineddata",
            minutes=minutes,
            resume=True,
            progress=told.append,
        )
    assert told[-1].step > told[0].step >= 1
    faces = find_faces(fonts)
    lines = line_set("x", faces.nastaliq, faces.latin[0], compose.spoken, aged=False, count=3, seed=1)
    score = measure_lines(lines, find_model("urd_nastaliq", tessdata_dir=str(tmp_path)))
    assert model.stat().st_size < 4_000_000
    assert score.lines == 3
    assert score.cer.length > 30
    assert table([("x", [("ours", score)])]).count("\n") == 2


def test_the_start_models_characters_decide_whether_one_can_resume(
    stock: Path, fonts: Path, text: Path, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"broken")
    with pytest.raises(TrainingError, match="can't resume"):
        train(out=tmp_path, fonts=fonts, texts=[text], start=stock / "urd.traineddata", minutes=0.01, resume=True)
