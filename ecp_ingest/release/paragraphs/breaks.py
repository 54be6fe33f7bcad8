"""Decides where a paragraph ends: by white space, indents, short last lines, a change of script.

For lines without boxes their text decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ecp_ingest.entities.boilerplate import (
    ADDRESS,
    SIGN_OFF,
    is_issuer_line,
    issuer_forms,
    kind_of_heading,
    opens_with_office,
)
from ecp_ingest.entities.dates import find_dateline
from ecp_ingest.language.folding import fold
from ecp_ingest.release.paragraphs.flow import FlowLine, column_width, pitch_between

WIDER_PITCH = 1.32
"""A distance between two lines of more than this many usual distances separates paragraphs."""
CLEARLY_WIDER = 0.25
"""And it must be longer than the usual distance by this many line heights."""
WIDE_WITHOUT_PITCH = 2.2
"""Line heights, where no usual distance is known."""
OTHER_SIZE, OTHER_SIZE_LETTERS = 1.7, 24
"""Ratio of heights from which two lines are of different sizes; shorter lines may differ by their letters alone."""
DATELINE_LETTERS = 90
"""A dateline has fewer characters."""
SHORT_LINE, OFFICE_LINE = 6, 7
"""Words of the line before an office's name, and of the office's name, where it begins a signature."""
MIXED_LETTERS = 4
"""Letters of each script in a line of both."""
UNWRAPPED = 160
"""Characters of the longest line from which a text file has one paragraph on each line."""
ENDS_SHORT, ENDS_SHORT_OPEN = 0.75, 0.4
"""Length of a last line in a wrapped text file, at most, in longest lines: after a whole sentence, and within one."""
INDENT, BACK_AT_EDGE = 0.8, 0.4
"""Line heights: an indent is more than the first, a line at the edge less than the second."""
OPEN_ROOM_JUSTIFIED, OPEN_ROOM_RAGGED, ROOM_JUSTIFIED, ROOM_RAGGED = 0.3, 0.45, 0.04, 0.08
"""White after a last line, in column widths: first within a sentence, where lines seldom stop short, then after it."""
NEXT_WORD = 1.3
"""And in ragged text at least this many widths of the next line's first word, which would have fitted."""
NARROW = 0.6
"""Column widths: a line narrower than this and centred after lines that aren't begins a paragraph."""


_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|No|Nos|vs|St|Col|Gen|Maj|Lt|Capt|Prof|Engr|Adv|Sr|Jr|viz|etc|i\.e|e\.g)\.$"
)


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends like a sentence or an item, in either language, closing quotes and brackets aside."""
    bare = text.rstrip(" \u200e\u200f\"'”’»)]")
    if not bare:
        return True
    if bare[-1] in ".!?:;۔؟؛…" or text.rstrip().endswith((".”", "۔“")):
        return _ABBREVIATION.search(bare) is None
    # The Urdu full stop is a short bar and is often read as a hyphen.
    return re.search(r"[\u0600-\u06ff]\s?[-_–]$", bare) is not None


def starts_paragraph(group: Sequence[FlowLine], line: FlowLine, after: FlowLine | None) -> bool:
    """Whether ``line`` begins a new paragraph after ``group`` (its lines so far); ``after`` is the next line."""
    last = group[-1]
    if line.in_table or last.in_table:
        return line.ref[:2] != last.ref[:2]
    elsewhere = line.page != last.page or line.column != last.column
    if elsewhere or _continues(group, line):
        return elsewhere
    if _is_own_paragraph(last, line) or _is_own_paragraph(line, after) or _opens(line, last, group[0]):
        return True
    if line.rtl != last.rtl and not (is_mixed(line.text) or is_mixed(last.text)):
        return True
    if line.box is None or last.box is None:
        return line.ref[:2] != last.ref[:2] or _separated_by_length(last, line)
    return _separated_by_white(last, line) or _separated_by_edges(group, line, after)


_SIGNED = re.compile(r"^\W*sd/?-?\W*$|^\([^()]{4,40}\)$", re.IGNORECASE)
"""Lines of a signature: the mark for a signature, a name in brackets."""


def _is_own_paragraph(line: FlowLine, after: FlowLine | None) -> bool:
    if kind_of_heading(line.text) or _SIGNED.match(line.text):
        return True
    if is_issuer_line(line.text):
        return not _text_goes_on(line, after)
    return _is_dateline(line.text)


_CONTINUES_SENTENCE = re.compile(r"[a-z]|(?:نے|کے|کی|کا|کو|میں|سے)\b")
"""The beginning of a line that continues a sentence."""
_UNFINISHED = re.compile(r"(?<!\w)(?:نے|کے|کی|کا|کو|میں|سے|پر|اور|کہ)$")
"""The end of a line that doesn't end a sentence or a heading."""


def _ends_with_issuer(text: str) -> bool:
    return fold(text).split()[-1:] in [fold(form).split()[-1:] for form in issuer_forms()]


def _text_goes_on(line: FlowLine, after: FlowLine | None) -> bool:
    """Whether ``line``, which is the issuer's name, begins a paragraph of a narrow column rather than a letterhead.

    Then it fills its column, and so does the line right below it.
    """
    if after is None or line.box is None or after.box is None or line.height is None or after.column != line.column:
        return False
    if _CONTINUES_SENTENCE.match(after.text) is None and _ends_with_issuer(line.text):
        return False  # a letterhead of two lines of one length
    filled = all(one.indent < 1.2 and one.is_full and not one.is_centred for one in (line, after))
    usual = max(line.box.height, after.box.height) < 1.5 * line.height and line.rtl == after.rtl
    return filled and usual and not _separated_by_white(line, after) and kind_of_heading(after.text) is None


def _is_dateline(text: str) -> bool:
    dateline = find_dateline(text) if len(text) < DATELINE_LETTERS else None
    if dateline is None or not dateline.whole:
        return False
    # A date with a full stop and without a place is the end of a sentence.
    return dateline.place is not None or not text.rstrip().endswith((".", "۔"))


def _continues(group: Sequence[FlowLine], line: FlowLine) -> bool:
    """Whether the words alone show that ``line`` belongs to the lines right above it.

    A bracket is open; a sentence or a heading continues with words that don't begin one; two lines make one dateline;
    a date belongs to its item.
    """
    last = group[-1]
    if last.box is None or line.box is None or line.rtl != last.rtl or _separated_by_white(last, line):
        return False
    if not ends_sentence(last.text) and not line.is_item and ADDRESS.search(line.text) is None:
        opened = last.text.rfind("(") > last.text.rfind(")") and ")" in line.text
        # A last line stops before the edge, even if its full stop was lost.
        unfinished = (last.is_full or last.is_centred) and _UNFINISHED.search(last.text)
        if opened or unfinished or _CONTINUES_SENTENCE.match(line.text):
            return True
    if group[0].is_item and last.text.rstrip().endswith(":"):
        return _is_dateline(line.text)
    return _dateline_goes_on(last, line)


def _dateline_goes_on(last: FlowLine, line: FlowLine) -> bool:
    """Whether two lines of a narrow column make one dateline: place and date, or the dates of both calendars."""
    if len(last.text) + len(line.text) > DATELINE_LETTERS or not _is_dateline(f"{last.text} {line.text}"):
        return False
    if not _is_dateline(last.text):
        return last.is_full
    both_calendars = re.match(r"[(\[]|بمطابق|corresponding", line.text) is not None
    return both_calendars or (last.is_full and not _is_dateline(line.text))


def _opens(line: FlowLine, last: FlowLine, first: FlowLine) -> bool:
    """Whether ``line`` begins an item of a list or a signature; ``first`` is the first line of the paragraph so far."""
    if line.is_item:
        return ends_sentence(last.text) or last.text.rstrip().endswith((",", "،", "and", "or", "اور")) or first.is_item
    after_short = len(last.text.split()) <= SHORT_LINE and not last.is_full
    if after_short and len(line.text.split()) <= OFFICE_LINE and opens_with_office(line.text):
        return True
    return SIGN_OFF.match(line.text) is not None


def is_mixed(text: str) -> bool:
    """Whether ``text`` has words of both scripts."""
    latin, arabic = len(re.findall("[A-Za-z]", text)), len(re.findall("[\u0600-\u06ff]", text))
    return min(latin, arabic) >= MIXED_LETTERS


def _separated_by_length(last: FlowLine, line: FlowLine) -> bool:
    """For lines without boxes: a short line ends a paragraph, and in a text file that isn't wrapped every line does."""
    longest = line.wrapped_at or 0
    if longest > UNWRAPPED:
        return True
    return len(last.text) < (ENDS_SHORT if ends_sentence(last.text) else ENDS_SHORT_OPEN) * longest


def _separated_by_white(last: FlowLine, line: FlowLine) -> bool:
    assert line.box is not None
    assert last.box is not None
    distance = pitch_between(last.box, line.box)
    if line.pitch is None or line.height is None or line.rtl != last.rtl:
        return distance > WIDE_WITHOUT_PITCH * max(line.box.height, last.box.height)
    ratio = max(last.box.height, line.box.height) / max(1, min(last.box.height, line.box.height))
    # A heading in larger letters isn't part of the text below it.
    if ratio > OTHER_SIZE and min(len(last.text), len(line.text)) > OTHER_SIZE_LETTERS:
        return True
    return distance > WIDER_PITCH * line.pitch and distance - line.pitch > CLEARLY_WIDER * line.height


def _separated_by_edges(group: Sequence[FlowLine], line: FlowLine, after: FlowLine | None) -> bool:
    last = group[-1]
    if line.column is None or line.height is None or line.box is None:
        return False
    if line.is_centred != last.is_centred and not _begin_at_one_edge(last, line):
        # A short last line may be centred by chance.
        return last.is_centred or line.box.width < NARROW * line.column.width
    if line.is_centred:
        return False
    if last.room > _room_of_last_line(last, line):
        return True
    if not line.is_indented or last.indent >= BACK_AT_EDGE or group[0].is_item:
        return False
    # The line after a first line is back at the edge; if it isn't, both are part of an indented text.
    return after is None or after.column != line.column or after.indent < BACK_AT_EDGE or _is_far(line, after)


def _begin_at_one_edge(last: FlowLine, line: FlowLine) -> bool:
    """Whether two lines have the same indent, like those of an item, which may look centred."""
    return last.rtl == line.rtl and line.indent > INDENT and abs(line.indent - last.indent) < 0.3


def _room_of_last_line(last: FlowLine, line: FlowLine) -> float:
    """Pixels of white after ``last`` from which it ends its paragraph and ``line`` begins another."""
    assert line.box is not None
    width = column_width(line)
    if not ends_sentence(last.text):
        return (OPEN_ROOM_JUSTIFIED if last.justified else OPEN_ROOM_RAGGED) * width
    if last.justified:
        return ROOM_JUSTIFIED * width
    # In ragged text a line is short because the next word didn't fit; if it would have fitted, the paragraph ends.
    first_word = line.box.width * (len(line.text.split()[0]) + 1) / max(1, len(line.text))
    return max(NEXT_WORD * first_word, ROOM_RAGGED * width)


def _is_far(line: FlowLine, after: FlowLine | None) -> bool:
    return after is None or after.box is None or line.box is None or _separated_by_white(line, after)
