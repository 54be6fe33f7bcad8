from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("torch", reason="torch isn't installed (the [train] extra)")
pytest.importorskip("uharfbuzz", reason="uharfbuzz isn't installed (the [train] extra)")
pytest.importorskip("wordfreq", reason="wordfreq isn't installed (the [train] extra)")

from ecp_ingest.errors import TrainingError
from ecp_ingest.page.recognition.models import find_model
from ecp_ingest.training.lines.fonts import find_faces
from ecp_ingest.training.measure import measure_lines, read_lines, table
from ecp_ingest.training.model import pack
from ecp_ingest.training.model.network import LineNetwork, load_weights, to_network
from ecp_ingest.training.plan import URDU
from ecp_ingest.training.sets import line_set
from ecp_ingest.training.text import compose
from ecp_ingest.training.train import Progress, Sizes, train


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


def test_the_engine_reads_with_a_larger_network_as_with_the_smaller(stock: Path, fonts: Path, tmp_path: Path) -> None:
    start = pack.unpack(stock / "urd.traineddata", tmp_path / "start")
    faces = find_faces(fonts)
    lines = line_set("x", faces.nastaliq, faces.latin[0], compose.spoken, aged=False, count=4, seed=1)
    read = []
    for sizes in (URDU, Sizes(72, 112, 104, 400)):
        model = LineNetwork(len(start.classes), sizes)
        load_weights(model, start.network, start.classes, start.classes)
        network = to_network(model, start.network, height=start.network.root.inputs)
        pack.pack(stock / "urd.traineddata", network, tmp_path / str(sizes.columns) / "urd.traineddata", int8=True)
        read.append(read_lines(lines.images, find_model("urd", tessdata_dir=str(tmp_path / str(sizes.columns))))[0])
    assert read[0] == read[1]
    assert all(read[0])


def test_a_checkpoint_of_other_sizes_is_refused(stock: Path, fonts: Path, text: Path, tmp_path: Path) -> None:
    common = {"out": tmp_path, "fonts": fonts, "texts": [text], "start": stock / "urd.traineddata", "minutes": 0.001}
    train(**common, sizes=replace(URDU, columns=72))
    with pytest.raises(TrainingError, match="other sizes"):
        train(**common, resume=True, sizes=replace(URDU, columns=80))


def test_the_start_models_characters_decide_whether_one_can_resume(
    stock: Path, fonts: Path, text: Path, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"broken")
    with pytest.raises(TrainingError, match="can't resume"):
        train(out=tmp_path, fonts=fonts, texts=[text], start=stock / "urd.traineddata", minutes=0.01, resume=True)
