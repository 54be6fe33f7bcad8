"""Names of files as they can be written down: most systems keep bytes, and nobody sees to it that they are text."""

from __future__ import annotations

import os
import unicodedata


def in_unicode(name: str) -> str:
    """As a record can hold it: a byte that is no UTF-8 becomes ``\\xff``, everything else stays."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def on_one_line(text: str) -> str:
    """As a screen or a log can show it: control characters, which may end lines or repaint screens, are escaped."""
    shown = in_unicode(text)
    return "".join(repr(c)[1:-1] if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in shown)
