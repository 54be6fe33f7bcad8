"""Brings the words of an Urdu line, as Tesseract gives them, into logical order, with their marks in place.

Tesseract 5.3 orders right-to-left lines itself, with four errors that are corrected here: it takes a line with more
Latin than Urdu words for a left-to-right line, it puts the mark after a Latin word or a number before it, also the per
cent sign, and it doesn't mirror brackets around such a word.
"""

from __future__ import annotations

import re

from ecp_ingest.document.geometry import Box
from ecp_ingest.language.scripts import is_mostly_arabic, is_mostly_latin

RawWord = tuple[str, Box, float]
"""Text, box in the line image, confidence 0–1."""

_REVERSED_SECTION = re.compile(r"(\d+)\((\d+)\)([،۔؛:.]*)")
"""What Tesseract makes of a section number that is printed from right to left: its parts are exchanged."""
URDU_MARKS = "،۔؛؟"
FOLLOWS = URDU_MARKS + ":!"
"""Marks that end a phrase; no word begins with one."""
_REVERSED_TELEPHONE = re.compile(r"(\d{5,8})-(0\d{1,4})([،۔؛:.]*)")
"""The same for a telephone number with its area code printed at the right: area codes begin with 0."""
_PER_CENT = re.compile(r"[%٪]+(\W*\d[\d.,٫٬]*)")
_NUMBERED = re.compile(
    r"\W*(?:Rs|PKR|USD|US\$|Nos?|Form|Block|Section|Sector|Article|Rule|Phase|Room|House|Plot|Street|Ward|Part|Page|"
    r"Chapter|Schedule|Item|Annex(?:ure)?|Tel|Fax|Ph)[.:#]?",
    re.IGNORECASE,
)
"""Words that a number follows: the print alone doesn't show which of ``Rs. 500`` inside an Urdu line is read first."""


def right_to_left(visual: list[RawWord]) -> list[RawWord]:
    """Words from left to right → the logical order of an Urdu line.

    Latin words, and numbers between them, keep their order; everything else runs from right to left. Tesseract does
    this too, but takes a line with more Latin than Urdu words for a left-to-right line.
    """
    logical: list[RawWord] = []
    i = len(visual) - 1
    while i >= 0:
        start = i
        if is_mostly_latin(visual[i][0]) or (
            i and _NUMBERED.fullmatch(visual[i - 1][0]) and visual[i][0][:1].isdigit()
        ):
            for k in range(i, -1, -1):
                if is_mostly_arabic(visual[k][0]):
                    break
                start = k if is_mostly_latin(visual[k][0]) else start
        logical += _marks_behind(visual[start : i + 1])
        i = start - 1
    return logical


def _marks_behind(run: list[RawWord]) -> list[RawWord]:
    """Latin words from left to right, with the marks at their left moved behind the last one, where Urdu goes on."""
    first, last = run[0], run[-1]
    body = first[0].lstrip(FOLLOWS)
    marks = first[0][: len(first[0]) - len(body)]
    if len(run) == 1 or not marks or not body:
        return run
    return [(body, *first[1:]), *run[1:-1], (last[0] + marks, *last[1:])]


def with_marks_in_place(text: str) -> str:
    """A word of an Urdu line, with its marks and brackets in logical order if it has no Urdu letters.

    ``:2023/12`` → ``2023/12:``, ``(NA-106(`` → ``(NA-106)``, ``(218(3`` → ``218(3)``.

    A section number is printed either as its author forced it, ``218(3)``, of which Tesseract makes ``(218(3``, or as
    word processors set it in a right-to-left line, ``(3)218``, of which it makes ``3(218)``.
    """
    if is_mostly_arabic(text) or not re.search(r"\w", text):
        return text
    if match := _PER_CENT.fullmatch(text):
        return match[1] + ("%" if "%" in text else "٪")
    if match := _REVERSED_SECTION.fullmatch(text):
        part, section, marks = match.groups()
        return f"{section}({part}){marks}"
    if match := _REVERSED_TELEPHONE.fullmatch(text.lstrip(FOLLOWS)):
        number, code, marks = match.groups()
        return f"{code}-{number}{marks or text[: len(text) - len(text.lstrip(FOLLOWS))]}"
    body = text.lstrip(FOLLOWS)
    text = body + text[: len(text) - len(body)]
    if text.startswith(")"):
        text = "(" + text[1:]
    if text.endswith("("):
        text = text[:-1] + ")"
    if text.startswith("(") and text.count("(") == text.count(")") + 2:
        text = text[1:] + ")"
    return text
