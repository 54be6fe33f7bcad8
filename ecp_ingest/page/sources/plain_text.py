"""Text files that earlier OCR runs left, as pages."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import regex

from ecp_ingest.document.pages import TextPage
from ecp_ingest.document.text import TextLine, Word
from ecp_ingest.errors import TooLargeError, UnreadableSourceError

_MOST_CHARACTERS = 1_000_000
"""On one page of text; a printed page has some thousands, a release ten thousand."""


_TOO_MANY_MARKS = regex.compile(r"\p{M}{31}")
"""Unicode's own limit (UAX #15, stream-safe text): to bring many into order takes the square of their number."""


def load_text_page(path: Path, number: int) -> TextPage:
    pages, encoding = text_pages(path)
    blocks: list[tuple[TextLine, ...]] = []
    lines: list[TextLine] = []
    for raw in [*pages[number - 1].splitlines(), ""]:
        words = tuple(Word(text=text, bbox=None, confidence=None) for text in raw.split())
        if words:
            lines.append(TextLine(words=words, bbox=None))
        elif lines:
            blocks.append(tuple(lines))
            lines = []
    return TextPage(
        number=number,
        width=None,
        height=None,
        dpi=None,
        blocks=tuple(blocks),
        why=f"text of an earlier OCR run, {encoding}",
    )


def text_pages(path: Path) -> tuple[list[str], str]:
    """The pages between form feeds, NFC, and the encoding that they were in."""
    text, encoding = _decoded(path.read_bytes())
    odd = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text)
    if odd > len(text) * 0.01:
        raise UnreadableSourceError(f"named .txt but {odd} of its {len(text)} characters are control codes: no text")
    if _TOO_MANY_MARKS.search(text):
        raise UnreadableSourceError("named .txt but it has a letter with more than 30 marks on it: no text")
    pages = unicodedata.normalize("NFC", text).split("\f")
    longest = max(map(len, pages))
    if longest > _MOST_CHARACTERS:
        raise TooLargeError(
            f"has a page of {longest:,} characters, more than {_MOST_CHARACTERS:,}: that is no page; part the text "
            "into files, or its pages by form feeds"
        )
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()  # Tesseract ends every page with a form feed, the last one too
    return pages, encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    """Text and encoding: a byte order mark decides, then what decodes; cp1256 takes what nothing else would."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "UTF-16"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" not in text:
        return text, "UTF-8"
    if len(raw) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                wide = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _looks_written(wide):
                return wide, encoding.upper()
    return raw.decode("cp1256", errors="replace"), "cp1256 (a guess: neither UTF-8 nor UTF-16)"


def _looks_written(text: str) -> bool:
    """Nearly all characters are Latin, Arabic or general punctuation: bytes paired the wrong way are anything else."""
    known = sum(c < "\u0250" or "\u0600" <= c <= "\u06ff" or "\u2000" <= c <= "\u206f" for c in text)
    return "\x00" not in text and known > 0.95 * len(text)
