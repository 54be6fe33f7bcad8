from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.model.lstm_file import Node, read_network, write_network
from ecp_ingest.training.model.pack import classes_of, make_starter, pack, unpack, words_of


def leaves(node: Node) -> list[Node]:
    return [node] if not node.children else [leaf for child in node.children for leaf in leaves(child)]


def test_the_stock_network_is_written_byte_for_byte(stock: Path, tmp_path: Path) -> None:
    model = unpack(stock / "urd.traineddata", tmp_path)
    write_network(tmp_path / "again.lstm", model.network, int8=True)
    assert (tmp_path / "again.lstm").read_bytes() == (tmp_path / "m.lstm").read_bytes()


def test_the_float_form_holds_the_same_weights(stock: Path, tmp_path: Path) -> None:
    network = unpack(stock / "urd.traineddata", tmp_path).network
    write_network(tmp_path / "float.lstm", network, int8=False)
    again = read_network(tmp_path / "float.lstm")
    for one, other in zip(leaves(network.root), leaves(again.root), strict=True):
        for a, b in zip(one.weights, other.weights, strict=True):
            assert np.array_equal(a, b)


@pytest.mark.parametrize("data", [b"", b"\0\1\0\0\0x", bytes(200)])
def test_what_is_no_network_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "broken.lstm"
    file.write_bytes(data)
    with pytest.raises(TrainingError):
        read_network(file)


def test_a_model_is_packed_with_our_characters_and_its_words(stock: Path, tmp_path: Path) -> None:
    urdu, english = unpack(stock / "urd.traineddata", tmp_path / "u"), unpack(stock / "eng.traineddata", tmp_path / "e")
    assert "پاکستان" in words_of(urdu)
    starter = make_starter("urd_x", tmp_path / "s", arabic=urdu, latin=english, words=["کمیشن", "پاکستانی", "میں"])
    classes = classes_of(starter, tmp_path / "c")
    assert classes[0] == " "
    assert set("۰0aZ،(۔ہ") <= set(classes)
    pack(starter, urdu.network, tmp_path / "urd_x.traineddata", int8=True)
    again = unpack(tmp_path / "urd_x.traineddata", tmp_path / "again")
    assert again.classes == classes
    assert set(words_of(again)) == {"میں", "پاکستانی", "کمیشن"}


def test_a_missing_start_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no such start model"):
        unpack(tmp_path / "missing.traineddata", tmp_path)
