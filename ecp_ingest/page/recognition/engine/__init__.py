"""Tesseract's line networks without Tesseract: the same models, words and confidences, in this process.

    model = load_model("eng.traineddata")
    read_line(model, pixels).words

``c/`` is the engine itself; `traineddata` reads the model's file, `reading` turns pictures into words. What it can't
run (`UnsupportedModelError`), or a machine without it (`NoEngineError`), is left to Tesseract by the caller.
"""

from ecp_ingest.page.recognition.engine.errors import NoEngineError, UnreadableLineError, UnsupportedModelError
from ecp_ingest.page.recognition.engine.library import kernels
from ecp_ingest.page.recognition.engine.model import Model, load_model
from ecp_ingest.page.recognition.engine.reading import Letter, LineReading, ReadWord, read_line, read_lines

__all__ = [
    "Letter",
    "LineReading",
    "Model",
    "NoEngineError",
    "ReadWord",
    "UnreadableLineError",
    "UnsupportedModelError",
    "kernels",
    "load_model",
    "read_line",
    "read_lines",
]
