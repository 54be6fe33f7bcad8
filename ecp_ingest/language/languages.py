"""The languages that are read, and those that text may turn out to be in: one entry for each.

What a module knows about a language (its script, direction, names, tags, model) comes from here. Codes are ISO 639-3,
scripts ISO 15924.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecp_ingest.document.text import Direction, Script
from ecp_ingest.settings import RecogniseSettings

DIRECTIONS: dict[Script, Direction] = {"Latn": "ltr", "Arab": "rtl"}


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    """ISO 639-3: what records and Tesseract call it."""
    script: Script
    name: str
    """In English."""
    own_name: str
    tag: str
    """BCP 47, for HTML, PDF and the like; langdetect's name too."""
    model_setting: str | None = None
    """The field of ``RecogniseSettings`` that names the model; its default is the default model. None: not read."""

    @property
    def direction(self) -> Direction:
        return DIRECTIONS[self.script]

    def model(self, settings: RecogniseSettings) -> str:
        """Name of the traineddata file that reads it; only for languages of ``READ``."""
        return str(getattr(settings, str(self.model_setting)))


ENGLISH = Language("eng", "Latn", "English", "English", "en", "english_model")
URDU = Language("urd", "Arab", "Urdu", "اردو", "ur", "urdu_model")
ARABIC = Language("ara", "Arab", "Arabic", "العربية", "ar")
PERSIAN = Language("fas", "Arab", "Persian", "فارسی", "fa")
SINDHI = Language("snd", "Arab", "Sindhi", "سنڌي", "sd")
PASHTO = Language("pus", "Arab", "Pashto", "پښتو", "ps")

READ = {language.code: language for language in (ENGLISH, URDU)}
"""Those that have a model, by code."""
KNOWN = {language.code: language for language in (ENGLISH, URDU, ARABIC, PERSIAN, SINDHI, PASHTO)}
"""``READ``, and those that ``identification`` tells from them, by code."""
OF_SCRIPT: dict[Script, Language] = {"Latn": ENGLISH, "Arab": URDU}
"""Which of ``READ`` a text is taken to be in when only its script is known."""
