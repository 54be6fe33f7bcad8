"""The words of an Urdu line, as the engine gives them → in the order, and with the marks, in which they are said.

Tesseract 5.3 brings right-to-left lines into logical order by itself, with three slips that are put right here: it
takes a line with more Latin words than Urdu ones for a left-to-right line, it puts the mark that follows a Latin word
or a number before it, and it doesn't mirror the brackets around one.
"""

from __future__ import annotations

import re

from ecp_ingest.document import Box

RawWord = tuple[str, Box, float]
"""Text, box in the crop, confidence 0–1."""

_TURNED = re.compile(r"(\d+)\((\d+)\)([،۔؛:.]*)")
"""What the engine makes of a section that stands from right to left: its parts have changed places."""
_FOLLOWS = "،۔؛؟:!"
"""Marks that end a phrase: none ever begins a word."""


def right_to_left(visual: list[RawWord]) -> list[RawWord]:
    """Words as they stand from left to right → the order in which an Urdu line says them.

    The engine does this too, but takes a line with more Latin words than Urdu ones for a left-to-right line. Latin
    words, and numbers between them, keep their order; everything else runs from right to left.
    """
    logical: list[RawWord] = []
    i = len(visual) - 1
    while i >= 0:
        start = i
        if _is_latin(visual[i]):
            for k in range(i, -1, -1):
                if is_arabic(visual[k]):
                    break
                start = k if _is_latin(visual[k]) else start
        logical += visual[start : i + 1]
        i = start - 1
    return logical


def is_arabic(word: RawWord) -> bool:
    return re.search("[\u0620-\u064a\u066e-\u06d3]", word[0]) is not None


def _is_latin(word: RawWord) -> bool:
    return not is_arabic(word) and re.search("[A-Za-z]", word[0]) is not None


def with_marks_in_place(text: str) -> str:
    """One word of an Urdu line that holds no Urdu letters, its marks and brackets where a reader puts them:
    ``:2023/12`` → ``2023/12:``, ``(NA-106(`` → ``(NA-106)``, ``(218(3`` → ``218(3)``.

    A section stands in print either as its author forced it, ``218(3)``, of which the engine makes ``(218(3``, or as
    word processors set it in a line from right to left, ``(3)218``, of which it makes ``3(218)``.
    """
    if is_arabic((text, Box(0, 0, 0, 0), 0.0)) or not re.search(r"\w", text):
        return text
    if match := _TURNED.fullmatch(text):
        part, section, marks = match.groups()
        return f"{section}({part}){marks}"
    body = text.lstrip(_FOLLOWS)
    text = body + text[: len(text) - len(body)]
    if text.startswith(")"):
        text = "(" + text[1:]
    if text.endswith("("):
        text = text[:-1] + ")"
    if text.startswith("(") and text.count("(") == text.count(")") + 2:
        text = text[1:] + ")"
    return text
