"""Finds the engine and its models, once in the parent process, which hands them to every worker."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pytesseract

from ecp_ingest.errors import EcpIngestError, MissingModelError, MissingProgramError
from ecp_ingest.files.digests import file_digest
from ecp_ingest.language.languages import READ
from ecp_ingest.page.recognition import engine as built_in
from ecp_ingest.settings import EngineChoice, RecogniseSettings


@dataclass(frozen=True, slots=True)
class Engine:
    """Version of Tesseract, and one model for each language of the settings, in their order."""

    version: str
    models: tuple[Model, ...]

    def model(self, language: str) -> Model:
        """The model for ``language`` (ISO 639-3, one of the settings' languages)."""
        return next(model for model in self.models if model.language == language)


def find_engine(*, settings: RecogniseSettings) -> Engine:
    """The installed engine with the models that ``settings`` name.

    Raises:
        MissingProgramError: Tesseract isn't installed.
        MissingModelError: a model isn't found, or the built-in engine is asked for and can't read with it.
    """
    return Engine(
        version=engine_version(),
        models=tuple(
            with_engine(
                find_model(READ[language].model(settings), language=language, tessdata_dir=settings.tessdata_dir),
                settings.engine,
            )
            for language in settings.languages
        ),
    )


_OWN_MODELS = (Path(__file__).parents[2] / "tessdata", Path(__file__).parents[3] / "tessdata")
"""Folders of the package's own models: inside an installed wheel, and beside the package in a checkout."""
_LIST_SECONDS = 30
"""Time limit for Tesseract to list its models, which takes a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Model:
    """A traineddata file. ``language`` is ISO 639-3, by default the part of the name before its first underscore."""

    name: str
    path: Path
    sha256: str
    language: str
    engine: Literal["builtin", "tesseract"] = "tesseract"
    """What reads with it."""


def find_model(name: str, *, language: str | None = None, tessdata_dir: str | None) -> Model:
    """The model ``name`` in ``tessdata_dir``, else among the package's own, else among the system's.

    ``language`` (ISO 639-3) is what it reads; None: the part of the name before its first underscore.

    Raises:
        MissingModelError: there is no such model.
        MissingProgramError: Tesseract isn't installed, so the system's folders are unknown.
    """
    for folder in (*([Path(tessdata_dir)] if tessdata_dir else []), *_OWN_MODELS, *_system_folders()):
        path = folder / f"{name}.traineddata"
        if path.is_file():
            path = path.absolute()
            return Model(name, path, _sha256(path, path.stat().st_mtime_ns), language or name.partition("_")[0])
    raise MissingModelError(f"no Tesseract model '{name}': {how_to_install(name)}")


def with_engine(model: Model, choice: EngineChoice) -> Model:
    """The model with the engine that reads with it.

    Raises:
        MissingModelError: the ``choice`` is ``builtin``, and the built-in engine can't read with this model.
    """
    if choice == "tesseract":
        return model
    reason = why_not_built_in(model)
    if reason is None:
        return replace(model, engine="builtin")
    if choice == "builtin":
        raise MissingModelError(f"the built-in engine can't read with {model.path}: {reason}; see --engine")
    return model


def why_not_built_in(model: Model) -> str | None:
    """Why the built-in engine can't read with ``model``; None if it can."""
    try:
        load_built_in(model)
    except (EcpIngestError, OSError) as error:
        return error.message if isinstance(error, EcpIngestError) else str(error)
    return None


def load_built_in(model: Model) -> built_in.Model:
    """The model for the built-in engine; each file is loaded once in a process.

    Raises:
        NoEngineError: the engine's C part isn't there.
        UnsupportedModelError: the engine can't run this model.
        OSError: the file can't be read.
    """
    return _load_built_in(model.path, model.sha256)


@lru_cache(maxsize=4)
def _load_built_in(path: Path, sha256: str) -> built_in.Model:
    del sha256  # only part of the cache's key, so that a changed file is read again
    return built_in.load_model(path)


def engine_version() -> str:
    """Version of Tesseract, e.g. ``5.3.0``.

    Raises:
        MissingProgramError: Tesseract isn't installed.
    """
    try:
        return str(pytesseract.get_tesseract_version(cached=True))
    except pytesseract.TesseractNotFoundError as error:
        raise no_program() from error


def no_program() -> MissingProgramError:
    return MissingProgramError("Tesseract isn't installed: sudo apt-get install tesseract-ocr")


def how_to_install(name: str) -> str:
    if "_" in name:
        return "it comes with ecp-ingest; reinstall it, or name the folder that holds it with --tessdata-dir"
    return f"sudo apt-get install tesseract-ocr-{name}"


def _system_folders() -> tuple[Path, ...]:
    """Folders in which Tesseract looks for models."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    return (*([Path(prefix)] if prefix else []), *_default_folders(str(pytesseract.pytesseract.tesseract_cmd)))


@lru_cache
def _default_folders(program: str) -> tuple[Path, ...]:
    """The folder that ``program`` was built with, and Debian's.

    The first line of ``tesseract --list-langs`` is: List of available languages in "FOLDER" (3):
    """
    try:
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, check=False, timeout=_LIST_SECONDS
        )
    except OSError as error:
        raise no_program() from error
    folder = re.search(r'"(.+)"', listed.stdout.partition("\n")[0])
    return (*([Path(folder[1])] if folder else []), Path("/usr/share/tesseract-ocr/5/tessdata"))


@lru_cache
def _sha256(path: Path, mtime_ns: int) -> str:
    del mtime_ns  # only part of the cache's key, so that a changed file is read again
    return file_digest(path).sha256
