"""What keeps the built-in engine from reading; each message names the reason, and the file where there is one."""

from __future__ import annotations

from ecp_ingest.errors import MissingDependencyError, RecognitionError


class NoEngineError(MissingDependencyError):
    """The C part isn't there, or isn't of this version."""


class UnsupportedModelError(RecognitionError):
    """A model that this engine can't run, or a damaged one. Tesseract may still be able to."""


class UnreadableLineError(RecognitionError):
    """A picture that no line is."""
