"""The table of languages."""

from __future__ import annotations

from ecp_ingest.language.languages import KNOWN, OF_SCRIPT, READ
from ecp_ingest.settings import RecogniseSettings


def test_every_default_language_has_a_model_and_is_the_one_of_its_script() -> None:
    settings = RecogniseSettings()
    assert set(settings.languages) == set(READ)
    assert {code: language.model(settings) for code, language in READ.items()} == {"eng": "eng", "urd": "urd_nastaliq"}
    assert all(OF_SCRIPT[language.script] is language for language in READ.values())


def test_only_english_runs_from_left_to_right() -> None:
    assert [code for code, language in KNOWN.items() if language.direction == "ltr"] == ["eng"]
