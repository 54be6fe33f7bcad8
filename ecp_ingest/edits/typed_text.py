"""Normalises text that a person typed."""

from __future__ import annotations

import unicodedata

from ecp_ingest.release.repair.letterforms import respellings


def typed(text: str) -> str:
    """The typed text as records hold it: single spaces, NFC, no bidi controls, Urdu letterforms in Urdu words."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    shift = 0
    for spelling in respellings(plain, language="urd"):
        at = spelling.start + shift
        plain = plain[:at] + spelling.after + plain[at + len(spelling.before) :]
        shift += len(spelling.after) - len(spelling.before)
    return plain
