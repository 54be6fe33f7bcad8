import numpy as np
import pytest

from ecp_ingest.training.model.tesseract_input import black_and_white, network_input, scale_to_height


def test_a_line_is_scaled_to_the_networks_height_and_keeps_its_shape() -> None:
    image = np.full((100, 800), 255, np.uint8)
    assert scale_to_height(image, 64).shape == (64, 512)
    assert scale_to_height(image[:20, :90], 64).shape == (64, 288)


def test_black_and_white_are_quartiles_of_the_extremes_of_the_middle_row() -> None:
    row = np.array([200, 50, 200, 60, 210, 70, 220], np.uint8)
    assert black_and_white(np.tile(row, (3, 1))) == (55.0, 207.5)


def test_a_flat_line_has_no_extremes() -> None:
    assert black_and_white(np.full((10, 30), 128, np.uint8)) == (0.0, 255.0)


@pytest.mark.parametrize("clip", [True, False])
def test_ink_is_minus_one_and_paper_one(clip: bool) -> None:
    image = np.full((9, 60), 200, np.uint8)
    image[:, ::4] = 100
    image[0, 0] = 0
    values = network_input(image, clip=clip)
    assert values[4, 4] == -1
    assert values[4, 5] == 1
    assert values[0, 0] == (-1 if clip else -3)
