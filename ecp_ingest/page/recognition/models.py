"""What recognition is done with: the engine's version and the models, found once and handed to every worker."""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.page.recognition import tesseract
from ecp_ingest.page.recognition.tesseract import Model
from ecp_ingest.settings import RecogniseSettings


@dataclass(frozen=True, slots=True)
class Engine:
    version: str
    models: tuple[Model, ...]

    def model(self, language: str) -> Model:
        """The model for ``language`` (ISO 639-3, one of those that the settings ask for)."""
        return next(model for model in self.models if model.language == language)


def find_engine(*, settings: RecogniseSettings) -> Engine:
    """Raises MissingProgramError or MissingModelError."""
    names = {"eng": settings.english_model, "urd": settings.urdu_model}
    return Engine(
        version=tesseract.engine_version(),
        models=tuple(
            tesseract.find_model(names[language], language=language, tessdata_dir=settings.tessdata_dir)
            for language in settings.languages
        ),
    )
