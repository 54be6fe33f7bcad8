from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch isn't installed (the [train] extra)")

from ecp_ingest.errors import TrainingError  # noqa: E402
from ecp_ingest.training import loop  # noqa: E402
from ecp_ingest.training.lines.samples import Sample  # noqa: E402
from ecp_ingest.training.model.lstm_file import read_network, write_network  # noqa: E402
from ecp_ingest.training.model.network import (  # noqa: E402
    BLANK,
    STRIDE,
    LineNetwork,
    load_weights,
    sizes_of,
    to_network,
)
from ecp_ingest.training.model.pack import StartModel, unpack  # noqa: E402
from ecp_ingest.training.plan import URDU, Plan, Sizes  # noqa: E402


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


LARGER = Sizes(72, 112, 104, 400)


@pytest.fixture(scope="module")
def urdu(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> StartModel:
    return unpack(stock / "urd.traineddata", tmp_path_factory.mktemp("urdu"))


def filled(start: StartModel, sizes: Sizes) -> LineNetwork:
    torch.manual_seed(1)
    model = LineNetwork(len(start.classes), sizes)
    load_weights(model, start.network, start.classes, start.classes)
    return model


def test_a_larger_network_starts_with_the_answers_of_the_smaller(urdu: StartModel) -> None:
    picture = torch.rand(2, 1, 48, 90) * 2 - 1
    answers = []
    for sizes in (URDU, LARGER):
        model = filled(urdu, sizes)
        torch.manual_seed(2)  # the noise around the picture
        with torch.no_grad():
            answers.append(model(picture))
    assert torch.allclose(*answers, atol=1e-4)


def test_what_a_larger_network_has_more_of_learns(urdu: StartModel) -> None:
    model = filled(urdu, LARGER)
    old, new = URDU.backward2, model.forward3.weight_ih_l0
    assert not new[: URDU.forward3, old:].any()
    plan = Plan(minutes=1, warm_up=1)
    loop.train_step(loop.new_state(model, plan), _samples(2, np.random.default_rng(0)), plan, Random(0))
    assert new[: URDU.forward3, old:].abs().max() > 0


def test_a_larger_network_is_written_and_read_again(urdu: StartModel, tmp_path: Path) -> None:
    assert sizes_of(urdu.network) == URDU
    model = filled(urdu, LARGER)
    write_network(tmp_path / "larger.lstm", to_network(model, urdu.network, height=64), int8=False)
    network = read_network(tmp_path / "larger.lstm")
    assert sizes_of(network) == LARGER
    assert network.spec == "[1,64,0,1Ct3,3,16Mp3,3Lfys72Lfx112Lrx104Lfx400O1c1]"
    assert network.root.weight_count == sum(parameters.numel() for parameters in _once(model))
    for before, after in pairwise(network.root.children):
        assert after.inputs == before.outputs
    again = LineNetwork(len(urdu.classes), LARGER)
    load_weights(again, network, urdu.classes, urdu.classes)
    for a, b in zip(_once(model), _once(again), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def _once(model: LineNetwork) -> list[torch.Tensor]:
    """Its weights as a file has them: one bias a unit, torch keeps two."""
    return [values for name, values in model.named_parameters() if "bias_hh" not in name]


def test_a_smaller_network_is_refused(urdu: StartModel) -> None:
    with pytest.raises(TrainingError, match="larger than the wanted"):
        filled(urdu, replace(URDU, forward3=192))


@pytest.mark.parametrize("text", ["", "64/96/96", "64/96/96/0", "64/96/96/x", "64/96/96/384/8"])
def test_sizes_are_four_numbers(text: str) -> None:
    assert Sizes.parse(str(LARGER)) == LARGER
    with pytest.raises(TrainingError, match="four numbers"):
        Sizes.parse(text)


def test_a_checkpoint_keeps_the_sizes(tmp_path: Path) -> None:
    plan = Plan(minutes=1)
    loop.save(loop.new_state(LineNetwork(5, LARGER), plan), tmp_path / "c.pt")
    state = loop.load(tmp_path / "c.pt", plan)
    assert state.model.sizes == state.average.sizes == LARGER


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
