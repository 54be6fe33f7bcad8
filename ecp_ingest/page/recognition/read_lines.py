"""Reads the lines of a page: each by the model for its script, and words in the other script by the other model.

Most pages need one engine run for each language. The Urdu lines are read first, so that Latin words in them can be read
together with the English lines. Only Urdu words inside English lines need a third run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ecp_ingest.document.layout import LineImage, Region
from ecp_ingest.document.text import ScriptChoice
from ecp_ingest.errors import PageTimeoutError
from ecp_ingest.page.recognition import builtin, mixed_script, script, tesseract
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.recognition.tesseract import RecognisedLine
from ecp_ingest.settings import RecogniseSettings

Read = Callable[[str, Sequence[LineImage]], Sequence[RecognisedLine]]
"""Language, lines → what the language's model reads in each line."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A line, the choice of its script, and what the engine read."""

    line: LineImage
    choice: ScriptChoice
    read: RecognisedLine


@dataclass(frozen=True, slots=True)
class RegionReading:
    """A region and the readings of its lines."""

    region: Region
    lines: tuple[Reading, ...]


def recognise_regions(
    regions: Sequence[Region],
    choices: Sequence[tuple[ScriptChoice, ...]],
    *,
    settings: RecogniseSettings,
    engine: Engine,
    deadline: float,
) -> list[RegionReading]:
    """Read all lines of ``regions``.

    Args:
        regions: of one page.
        choices: for each region, the script choice of each line.
        settings: names the languages.
        engine: has a model for each of them.
        deadline: the value of ``time.monotonic`` in seconds at which reading stops.

    Raises:
        PageTimeoutError: the deadline passed.
        RecognitionError, MissingModelError, MissingProgramError: as in `recognise`.
    """

    def read(language: str, asked: Sequence[LineImage]) -> Sequence[RecognisedLine]:
        left = deadline - time.monotonic()
        if asked and left <= 0:
            raise PageTimeoutError("the time for a page was over before all was read: allow more with --page-timeout")
        model = engine.model(language)
        recognise = builtin.recognise if model.engine == "builtin" else tesseract.recognise
        return recognise(asked, model=model, timeout=left)

    lines = [line for region in regions for line in region.lines]
    chosen = [choice for of_region in choices for choice in of_region]
    if len(settings.languages) == 1:
        (language,) = settings.languages
        readings = [Reading(*one) for one in zip(lines, chosen, read(language, lines), strict=True)]
    else:
        readings = read_both(lines, chosen, read)
    remaining = iter(readings)
    return [RegionReading(region, tuple(next(remaining) for _ in region.lines)) for region in regions]


def read_both(lines: Sequence[LineImage], choices: Sequence[ScriptChoice], read: Read) -> list[Reading]:
    """Read each line by the model for its script, and doubtful lines by both models, whose readings then decide."""
    for_urdu = [i for i, choice in enumerate(choices) if choice.language == "urd" or script.doubtful(choice)]
    urdu = dict(zip(for_urdu, read("urd", [lines[i] for i in for_urdu]), strict=True))
    english_with_urdu = {i for i, line in urdu.items() if mixed_script.runs_from_left(line.words)}
    for_english = [i for i, choice in enumerate(choices) if choice.language == "eng" or script.doubtful(choice)]
    latin = [(i, stretch) for i in urdu for stretch in mixed_script.latin_stretches(lines[i], urdu[i].words)]
    read_english = read("eng", [*(lines[i] for i in for_english), *(stretch.image for _, stretch in latin)])
    english = dict(zip(for_english, read_english[: len(for_english)], strict=True))
    for (i, stretch), again in reversed(list(zip(latin, read_english[len(for_english) :], strict=True))):
        urdu[i] = RecognisedLine(mixed_script.with_latin(urdu[i].words, stretch, again.words))
    readings = []
    for i, (line, choice) in enumerate(zip(lines, choices, strict=True)):
        settled = settle(choice, i, english, urdu, english_with_urdu)
        if i in english_with_urdu and settled.language == "eng":
            # Its Latin words were cut out and read by the English model, better than in the image of the whole line.
            readings.append(Reading(line, settled, RecognisedLine(mixed_script.from_left(urdu[i].words))))
        else:
            readings.append(Reading(line, settled, (english if settled.language == "eng" else urdu)[i]))
    return with_urdu_words(readings, read)


def settle(
    choice: ScriptChoice,
    line: int,
    english: Mapping[int, RecognisedLine],
    urdu: Mapping[int, RecognisedLine],
    english_with_urdu: set[int],
) -> ScriptChoice:
    """The script choice of line number ``line``, after the models have read it."""
    if line in english_with_urdu and choice.language == "urd":
        evidence = f"{choice.evidence}; read as English words with Urdu ones between them"
        return replace(choice, script="Latn", language="eng", evidence=evidence)
    if line in english and line in urdu:
        e, u = english[line], urdu[line]
        return script.settle(choice, english=e.confidence, urdu=u.confidence, urdu_text=u.text)
    return choice


def with_urdu_words(readings: Sequence[Reading], read: Read) -> list[Reading]:
    """The readings, with the Urdu words inside English lines read by the Urdu model."""
    result = list(readings)
    stretches = [
        (i, stretch)
        for i, reading in enumerate(readings)
        if reading.choice.language == "eng"
        for stretch in mixed_script.urdu_stretches(reading.line, reading.read.words, script.arabic_probability)
    ]
    again = read("urd", [stretch.image for _, stretch in stretches])
    # From the end of each line, so that the positions of the earlier stretches stay valid.
    for (i, stretch), line in reversed(list(zip(stretches, again, strict=True))):
        words = mixed_script.with_urdu(result[i].read.words, stretch, line.words)
        result[i] = replace(result[i], read=RecognisedLine(words))
    return result
