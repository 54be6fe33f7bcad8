"""Tesseract's own programs and models, and faces, as far as they are installed."""

import shutil
from pathlib import Path

import pytest

_TESSDATA = (Path("/usr/share/tesseract-ocr/5/tessdata"), Path("/usr/share/tessdata"))
_FONTS = Path("/usr/share/fonts")


@pytest.fixture(scope="session")
def stock() -> Path:
    """The folder with the stock ``urd`` and ``eng`` models."""
    for program in ("combine_tessdata", "combine_lang_model", "unicharset_extractor", "dawg2wordlist"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} isn't installed (tesseract-ocr)")
    for folder in _TESSDATA:
        if (folder / "urd.traineddata").exists() and (folder / "eng.traineddata").exists():
            return folder
    pytest.skip("no stock urd and eng models (tesseract-ocr-urd)")


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one Nastaliq and one Latin face."""
    folder = tmp_path_factory.mktemp("fonts")
    for name in ("NotoNastaliqUrdu-Regular.ttf", "LiberationSerif-Regular.ttf"):
        found = next(iter(_FONTS.rglob(name)), None)
        if found is None:
            pytest.skip(f"{name} isn't installed (fonts-noto-core, fonts-liberation)")
        shutil.copy(found, folder)
    return folder
