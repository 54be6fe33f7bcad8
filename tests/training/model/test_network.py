from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch isn't installed (the [train] extra)")

from ecp_ingest.errors import TrainingError  # noqa: E402
from ecp_ingest.training import loop  # noqa: E402
from ecp_ingest.training.lines.samples import Sample  # noqa: E402
from ecp_ingest.training.model.network import BLANK, STRIDE, LineNetwork, load_weights, to_network  # noqa: E402
from ecp_ingest.training.model.pack import unpack  # noqa: E402
from ecp_ingest.training.plan import Plan  # noqa: E402


def test_weights_go_in_and_out_again(stock: Path, tmp_path: Path) -> None:
    start = unpack(stock / "urd.traineddata", tmp_path)
    model = LineNetwork(len(start.classes))
    assert load_weights(model, start.network, start.classes, start.classes) == len(start.classes)
    again = to_network(model, start.network, height=64)
    assert again.spec.startswith("[1,64,0,1")
    assert again.root.inputs == 64
    assert again.root.weight_count == start.network.root.weight_count
    for name in (1, 4, 6, 7):
        old, new = start.network.root.children[name], again.root.children[name]
        for a, b in zip(old.weights, new.weights, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


def test_unknown_classes_start_as_never_said(stock: Path, tmp_path: Path) -> None:
    start = unpack(stock / "urd.traineddata", tmp_path)
    model = LineNetwork(4)
    assert load_weights(model, start.network, start.classes, (" ", "ا", "", "%")) == 2
    assert to_network(model, start.network, height=48).root.outputs == 4
    with torch.no_grad():
        scores = model(torch.rand(2, 1, 48, 90) * 2 - 1)
    assert scores.shape == (90 // STRIDE, 2, 4)
    assert torch.allclose(scores.exp().sum(-1), torch.ones(30, 2), atol=1e-4)


def test_another_network_is_refused(stock: Path, tmp_path: Path) -> None:
    start = unpack(stock / "eng.traineddata", tmp_path)
    with pytest.raises(TrainingError, match="start from that one"):
        load_weights(LineNetwork(5), start.network, start.classes, start.classes)
    stripped = replace(start.network, root=replace(start.network.root, children=()))
    with pytest.raises(TrainingError, match="isn't built like"):
        load_weights(LineNetwork(5), stripped, start.classes, start.classes)


def _samples(count: int, rng: np.random.Generator) -> list[Sample]:
    """Stripes of two widths: something that even a fresh network learns at once."""
    made = []
    for _ in range(count):
        label = tuple(int(v) for v in rng.integers(3, 5, 4))
        values = np.ones((24, 4 * 24), np.float32)
        for i, kind in enumerate(label):
            values[:, i * 24 + 4 : i * 24 + (8 if kind == 3 else 18)] = -1
        made.append(Sample(values, label))
    return made


def test_a_run_learns_stops_in_time_and_resumes(tmp_path: Path) -> None:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    plan = Plan(minutes=0.04, batch=8, unseen=("x",), unseen_part=0.5, warm_up=5, rate=3e-3, save_every=0.5)
    asked: list[bool] = []

    def chunks(all_faces: bool):  # type: ignore[no-untyped-def]
        asked.append(all_faces)
        while True:
            yield _samples(16, rng)

    told: list[float] = []
    model = LineNetwork(5)
    first = loop.train_step(loop.new_state(model, plan), _samples(8, rng), plan, Random(0))
    state = loop.run(loop.new_state(model, plan), plan, tmp_path, chunks, lambda p: told.append(p.loss))
    assert asked == [False, True]
    assert state.loss < first
    assert told
    assert (tmp_path / "checkpoint-unseen.pt").exists()
    again = loop.load(tmp_path / "checkpoint.pt", plan)
    assert (again.step, again.lines) == (state.step, state.lines)
    for a, b in zip(state.average.parameters(), again.average.parameters(), strict=True):
        assert torch.equal(a, b)
    done = loop.run(again, plan, tmp_path, chunks, lambda p: None)
    assert done.step == state.step, "its time was up before"


def test_a_broken_checkpoint_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_bytes(b"nothing")
    with pytest.raises(TrainingError, match="can't resume"):
        loop.load(tmp_path / "c.pt", Plan(minutes=1))


def test_the_blank_is_the_engines() -> None:
    assert BLANK == 2
    assert loop.rate_at(Plan(minutes=1), 10_000, 1.0) == pytest.approx(Plan(minutes=1).last_rate)
