"""The choice of the engine; and the built-in engine on line images as the pipeline hands them over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.layout import LineImage
from ecp_ingest.errors import MissingModelError, PageTimeoutError
from ecp_ingest.page.recognition import builtin, tesseract
from ecp_ingest.page.recognition.engine import NoEngineError, kernels
from ecp_ingest.page.recognition.models import Model, engine_version, find_engine, find_model, with_engine
from ecp_ingest.record.entries import ModelEntry
from ecp_ingest.settings import EngineChoice, RecogniseSettings, Settings
from ecp_ingest.training.script_classifier import draw
from tests.support.tiny_models import saved

SERIF = Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")

try:
    kernels()
except NoEngineError as no_engine:
    pytest.skip(no_engine.message, allow_module_level=True)


def line(text: str, *, left: int, top: int) -> LineImage:
    if not SERIF.exists():
        pytest.skip(f"{SERIF.name} isn't installed")
    pixels = draw(text, SERIF, points=14, rtl=False, latin=SERIF)
    assert pixels is not None
    return LineImage(Box(left, top, left + pixels.shape[1], top + pixels.shape[0]), pixels)


def tiny(left: int) -> LineImage:
    return LineImage(Box(left, 0, left + 9, 2), np.zeros((2, 9), np.uint8))


@pytest.fixture(scope="module")
def english() -> Model:
    return find_model("eng", tessdata_dir=None)


def test_same_words_as_tesseract_in_their_places(english: Model) -> None:
    if not engine_version().startswith("5.3"):
        pytest.skip("the built-in engine reads as Tesseract 5.3 does, and this Tesseract isn't part of the project")
    lines = [line("Islamabad, 28th May, 2022:", left=100, top=50), tiny(3), line("Press Release", left=40, top=200)]
    ours = builtin.recognise(lines, model=english, timeout=60)
    theirs = tesseract.recognise(lines, model=english, timeout=60)
    assert [read.text for read in ours] == ["Islamabad, 28th May, 2022:", "", "Press Release"]
    assert [read.text for read in ours] == [read.text for read in theirs]
    assert [read.confidence for read in ours] == pytest.approx([read.confidence for read in theirs], abs=1e-6)
    assert [word.bbox for read in ours for word in read.words] == [word.bbox for read in theirs for word in read.words]


def test_time_over(english: Model) -> None:
    with pytest.raises(PageTimeoutError, match="--page-timeout"):
        builtin.recognise([line("Press Release", left=0, top=0)], model=english, timeout=-1)


@pytest.mark.parametrize(
    ("choice", "engine"), [("auto", "builtin"), ("builtin", "builtin"), ("tesseract", "tesseract")]
)
def test_choice_for_a_model_that_both_read_with(choice: EngineChoice, engine: str, english: Model) -> None:
    assert with_engine(english, choice).engine == engine


def test_choice_for_a_model_that_the_built_in_engine_refuses(tmp_path: Path) -> None:
    model = Model("tiny", saved(tmp_path, b"hello, world"), "0", "eng")
    assert with_engine(model, "auto").engine == "tesseract"
    with pytest.raises(MissingModelError, match=r"can't read with .*no traineddata file; see --engine"):
        with_engine(model, "builtin")


def test_the_engine_is_not_a_recorded_setting() -> None:
    chosen = Settings(recognise=RecogniseSettings(engine="builtin"))
    assert chosen.fingerprint == Settings().fingerprint
    assert {model.engine for model in find_engine(settings=Settings().recognise).models} == {"tesseract"}


def test_a_record_names_the_built_in_engine_only() -> None:
    written = [ModelEntry(name="eng", language="eng", sha256="0", engine=engine) for engine in ("builtin", "tesseract")]
    assert [entry.model_dump().get("engine") for entry in written] == ["builtin", None]
    assert [ModelEntry.model_validate(entry.model_dump()) for entry in written] == written
