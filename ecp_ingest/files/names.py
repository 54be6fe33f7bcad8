"""Names of files as text: most systems store them as bytes, which needn't be valid text."""

from __future__ import annotations

import os
import unicodedata


def in_unicode(name: str) -> str:
    """``name`` for a record: a byte that isn't valid UTF-8 becomes ``\\xff``, everything else stays."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def on_one_line(text: str) -> str:
    """``text`` for a screen or a log: control characters, which may end a line or change the screen, are escaped."""
    shown = in_unicode(text)
    return "".join(repr(c)[1:-1] if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in shown)
