"""Where one paragraph ends and the next begins: white, indents, short last lines, a change of script.

Lines without boxes go by their text alone.
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
"""A distance between two lines beyond this many times the usual one parts paragraphs."""


_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|No|Nos|vs|St|Col|Gen|Maj|Lt|Capt|Prof|Engr|Adv|Sr|Jr|viz|etc|i\.e|e\.g)\.$"
)


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends as sentences and items do, in either language; closing quotes and brackets aside."""
    bare = text.rstrip(" \u200e\u200f\"'”’»)]")
    if not bare:
        return True
    if bare[-1] in ".!?:;۔؟؛…" or text.rstrip().endswith((".”", "۔“")):
        return _ABBREVIATION.search(bare) is None
    # Nastaliq's full stop is a short bar, which is often read as a hyphen.
    return re.search(r"[\u0600-\u06ff]\s?[-_–]$", bare) is not None


def starts_paragraph(group: Sequence[FlowLine], line: FlowLine, after: FlowLine | None) -> bool:
    """Whether ``line`` begins a new paragraph after ``group`` (its lines so far); ``after`` is the next line."""
    last = group[-1]
    if line.in_table or last.in_table:
        return line.ref[:2] != last.ref[:2]
    elsewhere = line.page != last.page or line.column != last.column
    if elsewhere or _goes_on(group, line):
        return elsewhere
    if _stands_alone(last, line) or _stands_alone(line, after) or _opens(line, last, group[0]):
        return True
    if line.rtl != last.rtl and not (is_mixed(line.text) or is_mixed(last.text)):
        return True
    if line.box is None or last.box is None:
        return line.ref[:2] != last.ref[:2] or _parted_by_text(last, line)
    return _parted_by_white(last, line) or _parted_by_edges(group, line, after)


_SIGNED = re.compile(r"^\W*sd/?-?\W*$|^\([^()]{4,40}\)$", re.IGNORECASE)
"""A signature's own lines: the mark that one was there, a name in brackets."""


def _stands_alone(line: FlowLine, after: FlowLine | None) -> bool:
    if kind_of_heading(line.text) or _SIGNED.match(line.text):
        return True
    if is_issuer_line(line.text):
        return not _text_goes_on(line, after)
    return _is_dateline(line.text)


_LINE_OF_TEXT = re.compile(r"[a-z]|(?:نے|کے|کی|کا|کو|میں|سے)\b")
"""What only goes on with a sentence."""
_UNFINISHED = re.compile(r"(?<!\w)(?:نے|کے|کی|کا|کو|میں|سے|پر|اور|کہ)$")
"""What no sentence and no heading ends with."""


def _ends_with_issuer(text: str) -> bool:
    return fold(text).split()[-1:] in [fold(form).split()[-1:] for form in issuer_forms()]


def _text_goes_on(line: FlowLine, after: FlowLine | None) -> bool:
    """Whether a line fills its column and the next one does too, right under it: the issuer's name at the head of a
    paragraph, where the column holds no more, and no letterhead."""
    if after is None or line.box is None or after.box is None or line.height is None or after.column != line.column:
        return False
    if _LINE_OF_TEXT.match(after.text) is None and _ends_with_issuer(line.text):
        return False  # a letterhead of two lines as long
    filled = all(one.indent < 1.2 and one.is_full and not one.is_centred for one in (line, after))
    usual = max(line.box.height, after.box.height) < 1.5 * line.height and line.rtl == after.rtl
    return filled and usual and not _parted_by_white(line, after) and kind_of_heading(after.text) is None


def _is_dateline(text: str) -> bool:
    dateline = find_dateline(text) if len(text) < 90 else None
    if dateline is None or not dateline.whole:
        return False
    # A date alone with a full stop is the end of a sentence.
    return dateline.place is not None or not text.rstrip().endswith((".", "۔"))


def _goes_on(group: Sequence[FlowLine], line: FlowLine) -> bool:
    """Whether the words alone tell that ``line`` belongs to the lines right above it: a bracket is open, a sentence or
    a heading goes on with what none begins with, two lines make one dateline, a date belongs to its item."""
    last = group[-1]
    if last.box is None or line.box is None or line.rtl != last.rtl or _parted_by_white(last, line):
        return False
    if not ends_sentence(last.text) and not line.is_item and ADDRESS.search(line.text) is None:
        opened = last.text.rfind("(") > last.text.rfind(")") and ")" in line.text
        # A last line falls short of the edge, whatever was made of its full stop.
        unfinished = (last.is_full or last.is_centred) and _UNFINISHED.search(last.text)
        if opened or unfinished or _LINE_OF_TEXT.match(line.text):
            return True
    if group[0].is_item and last.text.rstrip().endswith(":"):
        return _is_dateline(line.text)
    return _dateline_goes_on(last, line)


def _dateline_goes_on(last: FlowLine, line: FlowLine) -> bool:
    """Whether the two lines make one dateline: place and date, or the dates of both calendars, on two lines of a narrow
    column."""
    if len(last.text) + len(line.text) > 90 or not _is_dateline(f"{last.text} {line.text}"):
        return False
    if not _is_dateline(last.text):
        return last.is_full
    both_calendars = re.match(r"[(\[]|بمطابق|corresponding", line.text) is not None
    return both_calendars or (last.is_full and not _is_dateline(line.text))


def _opens(line: FlowLine, last: FlowLine, first: FlowLine) -> bool:
    if line.is_item:
        return ends_sentence(last.text) or last.text.rstrip().endswith((",", "،", "and", "or", "اور")) or first.is_item
    after_short = len(last.text.split()) <= 6 and not last.is_full
    if after_short and len(line.text.split()) <= 7 and opens_with_office(line.text):
        return True
    return SIGN_OFF.match(line.text) is not None


def is_mixed(text: str) -> bool:
    """Whether words of both scripts stand in ``text``."""
    latin, arabic = len(re.findall("[A-Za-z]", text)), len(re.findall("[\u0600-\u06ff]", text))
    return min(latin, arabic) >= 4


def _parted_by_text(last: FlowLine, line: FlowLine) -> bool:
    """Without geometry: a text file whose lines aren't wrapped has one paragraph a line."""
    longest = line.wrapped_at or 0
    if longest > 160:
        return True
    return len(last.text) < (0.75 if ends_sentence(last.text) else 0.4) * longest


def _parted_by_white(last: FlowLine, line: FlowLine) -> bool:
    assert line.box is not None
    assert last.box is not None
    distance = pitch_between(last.box, line.box)
    if line.pitch is None or line.height is None or line.rtl != last.rtl:
        return distance > 2.2 * max(line.box.height, last.box.height)
    tall = max(last.box.height, line.box.height) / max(1, min(last.box.height, line.box.height))
    # Two lines of another size have another pitch; a heading in larger letters is no part of what follows.
    if tall > 1.7 and min(len(last.text), len(line.text)) > 24:
        return True
    return distance > WIDER_PITCH * line.pitch and distance - line.pitch > 0.25 * line.height


def _parted_by_edges(group: Sequence[FlowLine], line: FlowLine, after: FlowLine | None) -> bool:
    last = group[-1]
    if line.column is None or line.height is None or line.box is None:
        return False
    if line.is_centred != last.is_centred and not _begin_at_one_edge(last, line):
        # A short last line may be centred by chance: it is narrow and its paragraph isn't.
        return last.is_centred or line.box.width < 0.6 * line.column.width
    if line.is_centred:
        return False
    if last.room > _room_of_last_line(last, line):
        return True
    if not line.is_indented or last.indent >= 0.4 or group[0].is_item:
        return False
    # The line after a first line comes back to the edge; one that doesn't is part of something set further in.
    return after is None or after.column != line.column or after.indent < 0.4 or _is_far(line, after)


def _begin_at_one_edge(last: FlowLine, line: FlowLine) -> bool:
    """As the lines of an item do, which is set in on both sides and so may seem centred."""
    return last.rtl == line.rtl and line.indent > 0.8 and abs(line.indent - last.indent) < 0.3


def _room_of_last_line(last: FlowLine, line: FlowLine) -> float:
    """Pixels of white at the end of ``last`` from which it was the end of a paragraph and ``line`` begins another."""
    assert line.box is not None
    width = column_width(line)
    if not ends_sentence(last.text):
        return (0.3 if last.justified else 0.45) * width
    if last.justified:
        return 0.04 * width
    # In ragged text a line is short where the next word didn't fit; where it would have fitted, it was the end.
    first_word = line.box.width * (len(line.text.split()[0]) + 1) / max(1, len(line.text))
    return max(1.3 * first_word, 0.08 * width)


def _is_far(line: FlowLine, after: FlowLine | None) -> bool:
    return after is None or after.box is None or line.box is None or _parted_by_white(line, after)
