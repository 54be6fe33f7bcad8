from pathlib import Path
from random import Random

import numpy as np
import pytest

pytest.importorskip("uharfbuzz", reason="the [train] extra isn't installed")

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.model_alphabet import CHARACTERS
from ecp_ingest.training.lines.ageing import Ink, Neighbours, age, clean, level
from ecp_ingest.training.lines.fonts import Faces, find_faces
from ecp_ingest.training.lines.render import Spacing, can_draw, draw
from ecp_ingest.training.lines.samples import Texts, pad_batch, samples

LINE = "الیکشن کمیشن نے 28 مئی ۲۰۲۲ء کو NA-75 میں"


@pytest.fixture(scope="module")
def faces(fonts: Path) -> Faces:
    return find_faces(fonts)


def test_faces_are_told_apart(faces: Faces) -> None:
    assert [f.name for f in faces.nastaliq] == ["NotoNastaliqUrdu-Regular"]
    assert [f.name for f in faces.latin] == ["LiberationSerif-Regular"]
    assert not faces.without(frozenset({"noto"})).nastaliq


def test_a_folder_without_nastaliq_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no Nastaliq face"):
        find_faces(tmp_path)
    (tmp_path / "broken.ttf").write_bytes(b"not a font")
    with pytest.raises(TrainingError, match="can't read this font"):
        find_faces(tmp_path)


def test_letters_join_and_gaps_widen_the_line(faces: Faces) -> None:
    face, latin = faces.nastaliq[0], faces.latin[0]
    joined, parted = draw("کمیشن", face, latin, 40), draw("ک م ی ش ن", face, latin, 40)
    assert joined is not None
    assert parted is not None
    assert joined.shape[1] < parted.shape[1] * 0.7
    wide = draw(LINE, face, latin, 40, spacing=Spacing(word=0.5))
    narrow = draw(LINE, face, latin, 40)
    assert wide is not None
    assert narrow is not None
    gaps = LINE.count(" ")
    assert wide.shape[1] - narrow.shape[1] == pytest.approx(0.5 * 40 * gaps, abs=40 * 2)


def test_letters_must_be_the_faces_own_but_signs_may_be_borrowed(faces: Faces) -> None:
    face, latin = faces.nastaliq[0], faces.latin[0]
    assert can_draw("کمیشن & Co.", face, latin)
    assert not can_draw("中", face, latin)


@pytest.mark.parametrize("office", [True, False])
def test_ageing_is_repeatable_and_leaves_a_line(faces: Faces, office: bool) -> None:
    image = draw(LINE, faces.nastaliq[0], faces.latin[0], 44)
    assert image is not None
    for seed in range(60):
        first, second = (age(Ink(image, 44), Random(seed), Neighbours(), office=office) for _ in range(2))
        assert np.array_equal(first, second)
        assert first.dtype == np.uint8
        assert min(first.shape) >= 10
        assert int(first.max()) - int(first.min()) > 40


def test_a_levelled_line_is_black_on_white(faces: Faces) -> None:
    image = draw(LINE, faces.nastaliq[0], faces.latin[0], 44)
    assert image is not None
    grey = np.asarray(100 + clean(Ink(image, 44), Random(1)) // 4, np.uint8)
    levelled = level(grey)
    assert levelled.min() == 0
    assert levelled.max() == 255


def test_samples_fit_the_network(faces: Faces) -> None:
    texts = Texts((LINE,) * 3, ("کمیشن", "انتخابات"), ("Election", "of"))
    classes = {char: i + 3 for i, char in enumerate(" " + CHARACTERS)}
    made = samples(texts, faces, classes, Random(2), Neighbours(), height=48, count=24)
    for sample in made:
        assert sample.values.shape[0] == 48
        assert sample.values.shape[1] // 3 > len(sample.label) > 0
    array, labels, lengths = pad_batch(made, Random(1))
    assert array.shape[:3] == (24, 1, 48)
    assert sum(lengths) == len(labels)
