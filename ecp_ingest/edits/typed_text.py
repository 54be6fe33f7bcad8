"""Text that a person typed, made fit for a record."""

from __future__ import annotations

import unicodedata

from ecp_ingest.release.repair.letterforms import respellings


def typed(text: str) -> str:
    """What a person typed, as records hold it: single spaces, NFC, no bidi controls, Urdu letters for Urdu."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    shift = 0
    for spelling in respellings(plain, language="urd"):
        at = spelling.start + shift
        plain = plain[:at] + spelling.after + plain[at + len(spelling.before) :]
        shift += len(spelling.after) - len(spelling.before)
    return plain
