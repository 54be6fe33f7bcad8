"""The lines of a page → what stands in them: by the model that knows their script, and word by word by the other.

One engine run for each language does it for most pages. The Urdu lines come first, so that Latin words that stand in
them can be read along with the English lines; only Urdu words inside English lines take a run of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ecp_ingest.document.layout import LineImage, Region
from ecp_ingest.document.text import ScriptChoice
from ecp_ingest.errors import PageTimeoutError
from ecp_ingest.page.recognition import mixed_script, script, tesseract
from ecp_ingest.page.recognition.models import Engine
from ecp_ingest.page.recognition.tesseract import RecognisedLine
from ecp_ingest.settings import RecogniseSettings

Read = Callable[[str, Sequence[LineImage]], Sequence[RecognisedLine]]
"""Language, lines → what its model reads in them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A line, what it was taken for, and what the engine made of it."""

    line: LineImage
    choice: ScriptChoice
    read: RecognisedLine


@dataclass(frozen=True, slots=True)
class RegionReading:
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
    """``deadline`` is in seconds of ``time.monotonic``. Raises PageTimeoutError, and what `recognise` raises."""

    def read(language: str, asked: Sequence[LineImage]) -> Sequence[RecognisedLine]:
        left = deadline - time.monotonic()
        if asked and left <= 0:
            raise PageTimeoutError("the time for a page was over before all was read: allow more with --page-timeout")
        return tesseract.recognise(asked, model=engine.model(language), timeout=left)

    lines = [line for region in regions for line in region.lines]
    chosen = [choice for of_region in choices for choice in of_region]
    if len(settings.languages) == 1:
        (language,) = settings.languages
        readings = [Reading(*one) for one in zip(lines, chosen, read(language, lines), strict=True)]
    else:
        readings = in_both(lines, chosen, read)
    told = iter(readings)
    return [RegionReading(region, tuple(next(told) for _ in region.lines)) for region in regions]


def in_both(lines: Sequence[LineImage], choices: Sequence[ScriptChoice], read: Read) -> list[Reading]:
    """Each line by the model for its script; lines in doubt by both, and the readings decide."""
    wanted = [i for i, choice in enumerate(choices) if choice.language == "urd" or script.doubtful(choice)]
    urdu = dict(zip(wanted, read("urd", [lines[i] for i in wanted]), strict=True))
    turned = {i for i, line in urdu.items() if mixed_script.runs_from_left(line.words)}
    wanted = [i for i, choice in enumerate(choices) if choice.language == "eng" or script.doubtful(choice)]
    latin = [(i, stretch) for i in urdu for stretch in mixed_script.latin_stretches(lines[i], urdu[i].words)]
    both = read("eng", [*(lines[i] for i in wanted), *(stretch.image for _, stretch in latin)])
    english = dict(zip(wanted, both[: len(wanted)], strict=True))
    for (i, stretch), again in reversed(list(zip(latin, both[len(wanted) :], strict=True))):
        urdu[i] = RecognisedLine(mixed_script.with_latin(urdu[i].words, stretch, again.words))
    readings = []
    for i, (line, choice) in enumerate(zip(lines, choices, strict=True)):
        settled = settle(choice, i, english, urdu, turned)
        if i in turned and settled.language == "eng":  # its Latin words were cut out, closer than the whole line is
            readings.append(Reading(line, settled, RecognisedLine(mixed_script.from_left(urdu[i].words))))
        else:
            readings.append(Reading(line, settled, (english if settled.language == "eng" else urdu)[i]))
    return with_urdu_words(readings, read)


def settle(
    choice: ScriptChoice,
    line: int,
    english: Mapping[int, RecognisedLine],
    urdu: Mapping[int, RecognisedLine],
    turned: set[int],
) -> ScriptChoice:
    """What the line is, now that it was read."""
    if line in turned and choice.language == "urd":
        evidence = f"{choice.evidence}; read as English words with Urdu ones between them"
        return replace(choice, script="Latn", language="eng", evidence=evidence)
    if line in english and line in urdu:
        e, u = english[line], urdu[line]
        return script.settle(choice, english=e.confidence, urdu=u.confidence, urdu_text=u.text)
    return choice


def with_urdu_words(readings: Sequence[Reading], read: Read) -> list[Reading]:
    """The readings, with the Urdu words inside English lines read by the model that knows them."""
    whole = list(readings)
    asked = [
        (i, stretch)
        for i, reading in enumerate(readings)
        if reading.choice.language == "eng"
        for stretch in mixed_script.urdu_stretches(reading.line, reading.read.words, script.arabic_probability)
    ]
    again = read("urd", [stretch.image for _, stretch in asked])
    for (i, stretch), words in reversed(list(zip(asked, again, strict=True))):
        made = mixed_script.with_urdu(whole[i].read.words, stretch, words.words)
        whole[i] = replace(whole[i], read=RecognisedLine(made))
    return whole
