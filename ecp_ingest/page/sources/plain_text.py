"""Loads text files of earlier OCR runs as pages."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import regex

from ecp_ingest.document.pages import TextPage
from ecp_ingest.document.text import TextLine, Word
from ecp_ingest.errors import TooLargeError, UnreadableSourceError

_MOST_CHARACTERS = 1_000_000
"""Characters allowed on one page. A printed page has a few thousand, a whole release about ten thousand."""
_MOST_CONTROL_CODES = 0.01
"""Share of control codes above which a file isn't text. Text has none but line and page ends."""
_TOO_MANY_MARKS = regex.compile(r"\p{M}{31}")
"""Unicode's own limit is 30 (UAX #15, stream-safe text): normalising n marks takes time in proportion to n²."""
_LEAST_USUAL = 0.95
"""Share of Latin, Arabic and general punctuation characters from which bytes are taken for UTF-16."""


def load_text_page(path: Path, number: int) -> TextPage:
    """Page ``number`` (1-based). An empty line ends a block."""
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
    """The pages of a text file, which form feeds separate, in NFC, and the file's encoding.

    Raises:
        UnreadableSourceError: the file isn't text.
        TooLargeError: a page has too many characters.
    """
    text, encoding = _decoded(path.read_bytes())
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text)
    if controls > len(text) * _MOST_CONTROL_CODES:
        raise UnreadableSourceError(
            f"named .txt but {controls} of its {len(text)} characters are control codes: no text"
        )
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
        pages.pop()  # Tesseract ends every page with a form feed, including the last
    return pages, encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    """Text and encoding: by the byte order mark, else UTF-8, else UTF-16, else cp1256, which decodes any bytes."""
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
            if _is_usual(wide):
                return wide, encoding.upper()
    return raw.decode("cp1256", errors="replace"), "cp1256 (a guess: neither UTF-8 nor UTF-16)"


def _is_usual(text: str) -> bool:
    """Whether nearly all characters are Latin, Arabic or general punctuation.

    Bytes that are paired in the wrong order give characters of other scripts.
    """
    usual = sum(c < "\u0250" or "\u0600" <= c <= "\u06ff" or "\u2000" <= c <= "\u206f" for c in text)
    return "\x00" not in text and usual > _LEAST_USUAL * len(text)
