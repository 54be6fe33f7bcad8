"""Which words a person should look at first.

A word's doubt is an estimate of the probability that it is wrong. It comes from the engine's confidence, from whether a
word list has the word, from how likely it is between its neighbours, and from whether the other half of the release has
the same number. The weights were set by hand on the samples; ``tests/benchmarks/bench_review_order.py`` measures how
many errors a person finds who reads in this order.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.edits.state import Reviewed, State
from ecp_ingest.language.folding import fold_in_place
from ecp_ingest.language.scripts import has_arabic
from ecp_ingest.language.word_counts import known_counts, plain
from ecp_ingest.record.entries import BBox
from ecp_ingest.review.words import core, is_code, is_known, is_number, may_be_name

DOUBTFUL = 0.3
"""Doubt from which a word is marked, and the keys stop at it."""

Why = str


@dataclass(frozen=True, slots=True)
class Token:
    """A word: the text between two spaces of a paragraph as it reads now."""

    paragraph: str
    start: int
    end: int
    text: str
    page: int | None
    bbox: BBox | None
    """Around its recognised words on that page, pixels of the scan; None where nothing of it was recognised."""
    line: int | None
    """Index of its line in the paragraph."""
    line_bbox: BBox | None
    confidence: float | None
    doubt: float
    """0–1."""
    why: tuple[Why, ...]
    settled: bool
    """A person has seen or written it."""

    @property
    def is_doubtful(self) -> bool:
        return self.doubt >= DOUBTFUL and not self.settled


def tokens(state: State) -> tuple[Token, ...]:
    """Every word of the record in reading order."""
    numbers = _numbers_by_language(state)
    often = Counter(core(word) for one in state.paragraphs for word in one.text.split())
    return tuple(token for one in state.paragraphs for token in _of_paragraph(one, numbers, often))


def _of_paragraph(one: Reviewed, numbers: dict[str, set[str]], often: Counter[str]) -> list[Token]:
    placed = one.words()
    line_of = {id(line): number for number, line in enumerate(one.entry.lines)}
    found: list[Token] = []
    texts = [(match.start(), match.group()) for match in re.finditer(r"\S+", one.text)]
    at = 0
    for place, (start, text) in enumerate(texts):
        end = start + len(text)
        while at < len(placed) and placed[at][0].end <= start:
            at += 1
        here = [entry for entry in placed[max(0, at - 1) : at + 8] if entry[0].start < end and entry[0].end > start]
        confidence = min((w.confidence for _, w, _ in here if w.confidence is not None), default=None)
        boxed = [(w.bbox, line) for _, w, line in here if w.bbox is not None]
        line = boxed[0][1] if boxed else here[0][2] if here else None
        boxes = [box for box, of_line in boxed if of_line is line]
        before = texts[place - 1][1] if place else ""
        after = texts[place + 1][1] if place + 1 < len(texts) else ""
        doubt, why = judge(
            text,
            confidence=confidence,
            before=before,
            after=after,
            lonely=_is_lonely(text, one, numbers),
            often=often[core(text)],
            misread=one.marked("suggestion", start, end) is not None,
        )
        found.append(
            Token(
                paragraph=one.id,
                start=start,
                end=end,
                text=text,
                page=line.page if line else None,
                bbox=around_boxes(boxes),
                line=line_of[id(line)] if line else None,
                line_bbox=line.bbox if line else None,
                confidence=confidence,
                doubt=doubt,
                why=why,
                settled=one.settled(start, end),
            )
        )
    return found


@lru_cache(maxsize=50_000)
def judge(
    word: str, *, confidence: float | None, before: str, after: str, lonely: bool, often: int, misread: bool = False
) -> tuple[float, tuple[Why, ...]]:
    """The doubt about a word, 0–1, and its reasons.

    ``lonely``: it is a number that the other half doesn't have. ``often``: how often the record has the word.
    ``misread``: the record suggests another reading.
    """
    why: list[Why] = []
    sure = 0.9 if confidence is None else confidence
    doubt = 1.0 - sure
    if sure < 0.75:
        why.append(f"read with confidence {sure:.2f}")
    inner = core(word)
    if lonely:
        doubt = _or(doubt, 0.6)
        why.append("this number is in one language only")
    if not is_known(word):
        doubt = _or(doubt, 0.15 if often > 2 else 0.25 if may_be_name(word) else 0.55)
        why.append("no word list has it")
    elif has_arabic(inner) and (strange := _strangeness(inner, before, after)) > 0:
        doubt = _or(doubt, strange)
        why.append("unusual between its neighbours")
    if misread:
        doubt = _or(doubt, 0.4)
        why.append("likely misread")
    if _is_jumble(word, inner):
        doubt = _or(doubt, 0.5)
        why.append("letters, digits or signs that don't go together")
    return round(min(doubt, 0.99), 4), tuple(why)


def _or(one: float, other: float) -> float:
    """The probability of either, if they are independent."""
    return 1.0 - (1.0 - one) * (1.0 - other)


def _is_jumble(word: str, inner: str) -> bool:
    if is_code(word):
        return False
    digits_inside = bool(re.search(r"\d", inner)) and bool(re.search(r"[^\W\d_]", inner)) and not is_number(inner)
    two_scripts = has_arabic(inner) and bool(re.search("[A-Za-z]", inner))
    odd = bool(re.search(r"[|~^_{}<>\\©®«»¬§]", word)) or (not inner and word not in "-–—•&%۔،:")
    capital_inside = bool(re.search(r"[a-z][A-Z]", inner)) and not re.match(r"Mc|Mac|[A-Z][a-z]+[A-Z][a-z]+$", inner)
    return digits_inside or two_scripts or odd or capital_inside


def _strangeness(word: str, before: str, after: str) -> float:
    """Doubt from the neighbours of a known Urdu word: up to 0.3 where it is rare and the counts have neither pair."""
    counts = known_counts()
    own = plain(word)
    count = counts.words.get(own, 0)
    if not count or not has_arabic(before + after):
        return 0.0
    left, right = plain(core(before)), plain(core(after))
    if (left, own) in counts.pairs or (own, right) in counts.pairs:
        return 0.0
    rarity = count / counts.total
    return 0.3 if rarity < 1e-5 else 0.22 if rarity < 1e-4 else 0.1


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _digits(word: str) -> str:
    """The digits of a word, without separators and without the minutes of a full hour."""
    return re.sub(r"\D", "", re.sub(r"(?<=\d):00\b", "", fold_in_place(word))).lstrip("0")


def _numbers_by_language(state: State) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in state.paragraphs:
        found.setdefault(one.entry.language, set()).update(
            digits for word in one.text.split() if (digits := _digits(word))
        )
    return found


def _is_lonely(word: str, one: Reviewed, numbers: dict[str, set[str]]) -> bool:
    digits = _digits(word)
    others = [found for language, found in numbers.items() if language != one.entry.language]
    is_list_number = len(digits) < 2 and not word.isdigit()
    return (
        bool(digits)
        and not is_list_number
        and bool(others)
        and one.entry.kind in ("body", "dateline")
        and not any(digits in o for o in others)
    )
