"""The engine on its own models and on made-up ones; against Tesseract 5.3 where that is installed."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.errors import EcpIngestError, MissingModelError
from ecp_ingest.page.recognition import engine, models
from ecp_ingest.page.recognition.engine import library, reading
from ecp_ingest.training.script_classifier import draw
from tests.support.against_tesseract import Pixels, as_in_table, difference, odd_pictures, tesseract_reads
from tests.support.tiny_models import SIZES, URDU, Sizes, saved, tiny_model, wavy

FONTS = Path("/usr/share/fonts/truetype")
SERIF = FONTS / "liberation/LiberationSerif-Regular.ttf"
NASTALIQ = FONTS / "noto/NotoNastaliqUrdu-Regular.ttf"

try:
    KERNELS = engine.kernels()
except engine.NoEngineError as error:
    pytest.skip(error.message, allow_module_level=True)

ENGLISH_LINES = (
    "Islamabad, 28th May, 2022: The Election Commission of Pakistan",
    "(i) Section 218(3), No. F.3(12)/2023-Elec: Rs. 1,500/- (50%)",
    'He said: "No one shall be above the law" - and left.',
    "PRESS RELEASE",
)
URDU_LINES = (
    "مورخہ: 28 مئی 2022 اسلام آباد",
    "حلقہ NA-106 (فیصل آباد) میں 50% ووٹ، نمبر 2023/12",
    "Form-45 اور Form-47 کے مطابق",
    'الیکشن کمیشن آف پاکستان نے کہا: "قانون سب کے لیے برابر ہے"۔',
    "۔ ۔ 12 ، 13",
)


def drawn(texts: tuple[str, ...], face: Path) -> list[Pixels]:
    if not face.exists() or not SERIF.exists():
        pytest.skip(f"{face.name} isn't installed")
    pictures = [draw(text, face, points=14, rtl=face == NASTALIQ, latin=SERIF) for text in texts]
    return [picture for picture in pictures if picture is not None]


# ── against Tesseract ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def tesseract() -> None:
    try:
        version = models.engine_version()
    except EcpIngestError as error:
        pytest.skip(error.message)
    if not version.startswith("5.3"):
        pytest.skip(f"the engine reads as Tesseract 5.3 does; this is {version}")


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("name", ["eng", "urd", "urd_nastaliq"])
def test_same_words_order_and_confidences(name: str, tmp_path: Path) -> None:
    try:
        model = models.find_model(name, tessdata_dir=None)
    except MissingModelError as error:
        pytest.skip(error.message)
    lines = drawn(ENGLISH_LINES, SERIF) if name == "eng" else drawn(URDU_LINES, NASTALIQ)
    pictures = [*lines, *odd_pictures(lines, 40)]
    expected = tesseract_reads(pictures, model, tmp_path)
    for kernel in KERNELS:
        found = engine.read_lines(engine.load_model(model.path, kernel=kernel), pictures)
        for n, (theirs, ours) in enumerate(zip(expected, map(as_in_table, found), strict=True)):
            assert not difference(theirs, ours), (kernel, n, pictures[n].shape, theirs, ours)


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_networks_of_any_size(sizes: Sizes, tmp_path: Path) -> None:
    path = saved(tmp_path, tiny_model(sizes))
    pictures = wavy(20)
    expected = tesseract_reads(pictures, models.Model("tiny", path, "", "eng"), tmp_path)
    found = engine.read_lines(engine.load_model(path), pictures)
    for n, (theirs, ours) in enumerate(zip(expected, map(as_in_table, found), strict=True)):
        assert not difference(theirs, ours), (n, pictures[n].shape, theirs, ours)


# ── kernels, threads ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_kernels_agree_bit_for_bit(sizes: Sizes, tmp_path: Path) -> None:
    path = saved(tmp_path, tiny_model(sizes))
    plain = engine.read_lines(engine.load_model(path, kernel="plain"), wavy(12), probabilities=True)
    for kernel in KERNELS:
        for ours, theirs in zip(
            engine.read_lines(engine.load_model(path, kernel=kernel), wavy(12), probabilities=True), plain, strict=True
        ):
            assert np.array_equal(ours.probabilities, theirs.probabilities)
            assert (ours.words, ours.others) == (theirs.words, theirs.others)


def test_alone_and_together_and_in_threads_the_same() -> None:
    model, pictures = engine.load_model(URDU), wavy(16)
    together = engine.read_lines(model, pictures)
    assert [engine.read_line(model, picture).words for picture in pictures] == [line.words for line in together]
    with ThreadPoolExecutor(4) as threads:
        assert [line.words for line in threads.map(lambda p: engine.read_line(model, p), pictures)] == [
            line.words for line in together
        ]


def test_a_kernel_that_is_not_there() -> None:
    with pytest.raises(engine.NoEngineError, match=r"doesn't run the kernel 'abacus'; it runs .*plain"):
        engine.load_model(URDU, kernel="abacus")


def test_no_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "NAME", str(tmp_path / "nothing.so"))
    with pytest.raises(engine.NoEngineError, match="wasn't built"):
        engine.load_model(URDU)
    (tmp_path / "broken.so").write_bytes(b"\x7fELF")
    monkeypatch.setattr(library, "NAME", str(tmp_path / "broken.so"))
    with pytest.raises(engine.NoEngineError, match="can't be loaded"):
        engine.kernels()


# ── what it gives ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_letters_probabilities_and_other_readings() -> None:
    (picture,) = drawn(URDU_LINES[:1], NASTALIQ)
    model = engine.load_model(URDU)
    found = engine.read_line(model, picture, others=3, probabilities=True)
    assert 0 < len(found.others) <= 3
    assert len({*found.others, " ".join(word.text for word in found.words)}) == len(found.others) + 1
    assert found.probabilities is not None
    assert found.probabilities.shape[1] == model.classes == len(model.class_texts)
    assert np.allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
    for word in found.words:
        assert "".join(letter.text for letter in word.letters).strip() == word.text
        assert 0 <= word.left < word.right <= picture.shape[1]
        assert all(word.left <= letter.left < letter.right <= word.right for letter in word.letters)
        lowest = min(letter.certainty for letter in word.letters)
        assert word.confidence <= max(0, 100 + 35 * lowest) + 1e-4
    assert engine.read_line(model, picture).others == ()
    assert engine.read_line(model, picture).probabilities is None


def test_words_of_spaces_alone_have_no_say_in_the_order_of_the_others() -> None:
    """Found on noise: Tesseract drops them before it looks which way the line runs."""
    model = engine.load_model(URDU)
    letters = [library.Letter(model.class_texts.index(text), n, n + 1, -0.1, 0) for n, text in enumerate("ب   1+")]
    words = reading._words(model, letters, 1.0, 99)
    assert [word.text for word in words] == ["+1", "ب"]


def test_time_may_run_out_between_lines() -> None:
    def over() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        engine.read_lines(engine.load_model(URDU), wavy(2), between=over)
    assert engine.read_lines(engine.load_model(URDU), [], between=over) == ()


def test_pictures_that_are_no_lines() -> None:
    model = engine.load_model(URDU)
    assert engine.read_line(model, np.zeros((100, 1), np.uint8)).words == ()
    assert engine.read_line(model, np.full((1, 1), 255, np.uint8)).words == ()
    assert engine.read_line(model, np.zeros((3, 65000), np.uint8)).words == ()
    assert engine.read_line(model, np.zeros((70000, 3), np.uint8)).words == ()
    for shape in ((0, 5), (5, 0)):
        with pytest.raises(engine.UnreadableLineError):
            engine.read_line(model, np.zeros(shape, np.uint8))
    with pytest.raises(engine.UnreadableLineError, match="float64"):
        engine.read_line(model, np.zeros((30, 30)))
    turned = np.ascontiguousarray(wavy(1)[0].T).T  # not row by row in memory
    assert engine.read_line(model, turned).words == engine.read_line(model, turned.copy()).words


def test_a_model_goes_to_other_processes() -> None:
    model = engine.load_model(URDU)
    again = pickle.loads(pickle.dumps(model))
    assert again.network.address != model.network.address
    assert engine.read_line(again, wavy(1)[0]).words == engine.read_line(model, wavy(1)[0]).words
