from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from ecp_ingest.errors import TrainingError
from ecp_ingest.training.lines.pairs import load_pairs, vary


def write(folder: Path, name: str, text: str) -> None:
    image = np.full((60, 300), 255, np.uint8)
    image[20:40, 30:200:9] = 0
    cv2.imwrite(str(folder / f"{name}.png"), image)
    (folder / f"{name}.gt.txt").write_text(text, encoding="utf-8")


def test_pairs_are_found_and_normalised(tmp_path: Path) -> None:
    write(tmp_path, "a", "كراچي\n")
    cv2.imwrite(str(tmp_path / "alone.png"), np.zeros((20, 20), np.uint8))
    (pair,) = load_pairs(tmp_path)
    assert pair.text == "کراچی"
    assert pair.image.shape == (60, 300)


def test_pairs_that_cant_be_used_are_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no line picture"):
        load_pairs(tmp_path)
    write(tmp_path, "a", "中文")
    with pytest.raises(TrainingError, match="can't say: 中 文"):
        load_pairs(tmp_path)
    write(tmp_path, "a", " ")
    with pytest.raises(TrainingError, match="no text"):
        load_pairs(tmp_path)
    write(tmp_path, "a", "کراچی")
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(TrainingError, match="can't read this line"):
        load_pairs(tmp_path)


def test_variation_keeps_a_readable_line(tmp_path: Path) -> None:
    write(tmp_path, "a", "کراچی")
    (pair,) = load_pairs(tmp_path)
    shapes = set()
    for seed in range(40):
        varied = vary(pair.image, Random(seed))
        shapes.add(varied.shape)
        assert varied.dtype == np.uint8
        assert int(varied.max()) - int(varied.min()) > 50
    assert len(shapes) > 30
