"""Reads line images with the engine in this process: the same words and confidences as `tesseract.recognise`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.layout import LineImage
from ecp_ingest.errors import PageTimeoutError
from ecp_ingest.page.recognition import engine
from ecp_ingest.page.recognition.models import Model, load_built_in
from ecp_ingest.page.recognition.tesseract import (
    SMALLEST,
    RecognisedLine,
    placed_words,
    plain_text,
    reads_right_to_left,
)
from ecp_ingest.page.recognition.wide_gaps import closed, whole
from ecp_ingest.page.recognition.word_order import RawWord


def recognise(lines: Sequence[LineImage], *, model: Model, timeout: float) -> tuple[RecognisedLine, ...]:
    """Read ``lines`` with ``model``; one ``RecognisedLine`` for each, without words if its image is blank or tiny.

    ``timeout`` is in seconds, for all lines together; it is checked between groups of lines.

    Raises:
        PageTimeoutError: it took longer than ``timeout``.
        NoEngineError, UnsupportedModelError: the engine can't run ``model``.
    """
    deadline = time.monotonic() + timeout

    def check_time() -> None:
        if time.monotonic() > deadline:
            raise PageTimeoutError(
                f"reading took longer than {timeout:.3g} s with model '{model.name}'; allow more with --page-timeout"
            )

    read = [RecognisedLine(())] * len(lines)
    readable = [i for i, line in enumerate(lines) if min(line.pixels.shape[:2]) >= SMALLEST]
    if not readable:
        return tuple(read)
    rtl = reads_right_to_left(model)
    images = [whole(lines[i].pixels) if rtl else closed(lines[i].pixels) for i in readable]
    readings = engine.read_lines(load_built_in(model), [image.pixels for image in images], between=check_time)
    for i, image, reading in zip(readable, images, readings, strict=True):
        height = image.pixels.shape[0]
        words: list[RawWord] = [
            (text, image.in_line(Box(word.left, 0, word.right, height)), word.confidence / 100)
            for word in reading.words
            if (text := plain_text(word.text))
        ]
        read[i] = RecognisedLine(placed_words(words, lines[i], rtl=rtl))
    return tuple(read)
