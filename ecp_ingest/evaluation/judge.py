"""Compares one ground truth with its records: the counts, each word right or wrong, and the differences to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ecp_ingest.evaluation.align import Alignment, Match, Stretch, align
from ecp_ingest.evaluation.ground_truth import Pair, Truth
from ecp_ingest.evaluation.placement import (
    all_in_order,
    box_overlap,
    homes_of,
    line_overlap,
    orientation,
    pairs_in_order,
)
from ecp_ingest.evaluation.scores import ALL, FOLD, SPACELESS, Counts, Share, TextErrors
from ecp_ingest.language import text_metrics
from ecp_ingest.language.text_metrics import ErrorRate, Folding
from ecp_ingest.record.entries import ParagraphEntry, WordEntry
from ecp_ingest.record.schema import Record

fold = FOLD["folded"]


@dataclass(frozen=True, slots=True)
class JudgedWord:
    """A recognised word with a confidence; ``place`` holds its indexes: record, paragraph, line, word."""

    place: tuple[int, int, int, int]
    text: str
    language: str
    """Of its paragraph."""
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the truth and what was read for it, both unfolded; one of them may be empty."""

    language: str
    page: int
    kind: str | None
    truth: str
    read: str
    errors: ErrorRate
    """In characters, compared folded."""


@dataclass(frozen=True, slots=True)
class Judgement:
    truth: Truth
    records: tuple[Record, ...]
    counts: Counts
    words: tuple[JudgedWord, ...]
    passages: tuple[Passage, ...]
    """In the order of the truth; text that is not in the truth comes last."""
    wrong_fields: tuple[tuple[str, str | None, str | None], ...]
    """(name, value in the truth, value in the record)."""

    @property
    def missing(self) -> bool:
        return not self.records


def judge(pair: Pair) -> Judgement:
    """Compare one pair. All text of a source without records counts as wrong."""
    truth = pair.truth
    read = [p for record in pair.records for p in record.paragraphs if p.text.strip()]
    true_words = [p.text.split() for p in truth.paragraphs]
    read_words = [p.text.split() for p in read]
    found = align([list(map(fold, words)) for words in true_words], [list(map(fold, words)) for words in read_words])
    passages = tuple(_passages(truth, read, true_words, read_words, found))
    homes = homes_of(truth, found)
    fields, wrong = _fields(truth, pair.records)
    counts = Counts(
        sources=1,
        texts=_texts(truth, read, passages),
        language=_language(truth, read, true_words, found),
        order=pairs_in_order(homes, found),
        found=Share(len(homes), len(truth.paragraphs)),
        orders=all_in_order(truth, homes, found),
        kinds=Share(
            sum(i in homes and read[homes[i]].kind == p.kind for i, p in enumerate(truth.paragraphs) if p.kind),
            sum(p.kind is not None for p in truth.paragraphs),
        ),
        boxes=box_overlap(truth, read, homes),
        lines=line_overlap(truth, [line for p in read for line in p.lines]),
        rotations=orientation(truth, pair.records),
        fields=fields,
    )
    words = tuple(judged_words(truth, pair.records))
    return Judgement(truth, pair.records, counts, words, passages, wrong)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _passages(
    truth: Truth,
    read: Sequence[ParagraphEntry],
    true_words: Sequence[Sequence[str]],
    read_words: Sequence[Sequence[str]],
    found: Alignment,
) -> Iterator[Passage]:
    pairs: list[tuple[Stretch | None, Stretch | None]] = [(m.truth, m.read) for m in found.matches]
    pairs += [(stretch, None) for stretch in found.missed]
    pairs.sort(key=lambda pair: (pair[0].index, pair[0].start) if pair[0] else (0, 0))
    pairs += [(None, stretch) for stretch in found.invented]
    for of_truth, of_read in pairs:
        true_text = " ".join(true_words[of_truth.index][of_truth.start : of_truth.end]) if of_truth else ""
        read_text = " ".join(read_words[of_read.index][of_read.start : of_read.end]) if of_read else ""
        errors = text_metrics.character_error_rate(true_text, read_text, normalise=fold)
        if of_truth:
            p = truth.paragraphs[of_truth.index]
            yield Passage(p.language, p.page, p.kind, true_text, read_text, errors)
        elif of_read:
            q = read[of_read.index]
            yield Passage(q.language, q.page, q.kind, true_text, read_text, errors)


def _texts(
    truth: Truth, read: Sequence[ParagraphEntry], passages: Sequence[Passage]
) -> dict[str, dict[str, TextErrors]]:
    true_texts = [(p.language, p.text) for p in truth.paragraphs]
    read_texts = [(p.language, p.text) for p in read]
    whole = "\n".join(text for _, text in true_texts), "\n".join(text for _, text in read_texts)
    texts = {ALL: _errors(*whole, passages)}
    for language in dict.fromkeys(language for language, _ in (*true_texts, *read_texts)):
        own = text_metrics.text_in(language, true_texts), text_metrics.text_in(language, read_texts)
        texts[language] = _errors(*own, [p for p in passages if p.language == language])
    return texts


def _errors(true_text: str, read_text: str, passages: Sequence[Passage]) -> dict[str, TextErrors]:
    pairs = [(p.truth, p.read) for p in passages]
    found = {}
    for name, normalise in FOLD.items():
        characters, characters_anywhere = _least(
            true_text, read_text, pairs, normalise, text_metrics.character_error_rate
        )
        words, words_anywhere = (
            _least(true_text, read_text, pairs, normalise, text_metrics.word_error_rate)
            if name != SPACELESS
            else (None, None)
        )
        found[name] = TextErrors(characters, words, characters_anywhere, words_anywhere)
    return found


def _least(
    true_text: str, read_text: str, pairs: Sequence[tuple[str, str]], normalise: Folding, rate: Callable[..., ErrorRate]
) -> tuple[ErrorRate, ErrorRate]:
    """Errors in the record's order; and in any order: of the matched passages, or the former if those are fewer."""
    in_order = rate(true_text, read_text, normalise=normalise)
    matched = sum((rate(*pair, normalise=normalise) for pair in pairs), ErrorRate())
    return in_order, min(in_order, matched, key=lambda counted: counted.errors)


def _language(
    truth: Truth, read: Sequence[ParagraphEntry], true_words: Sequence[Sequence[str]], found: Alignment
) -> Share:
    share = Share()
    for match in (m for m in found.matches if m.sure):
        text = "".join(true_words[match.truth.index][match.truth.start : match.truth.end])
        length = len(text_metrics.graphemes(text))
        same = truth.paragraphs[match.truth.index].language == read[match.read.index].language
        share += Share(length if same else 0, length)
    return share


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def judged_words(truth: Truth, records: Sequence[Record]) -> Iterator[JudgedWord]:
    """Each word as recognised, before repairs. It is right if the truth has it in its place, folded, with punctuation.

    Paragraphs that a repair emptied as repeats of others are left out.
    """
    places: list[list[tuple[tuple[int, int, int, int], str, WordEntry]]] = [
        [
            ((r, p, i, j), paragraph.language, word)
            for i, line in enumerate(paragraph.lines)
            for j, word in enumerate(line.words)
        ]
        for r, record in enumerate(records)
        for p, paragraph in enumerate(record.paragraphs)
        if paragraph.text.strip()
    ]
    true_words = [list(map(fold, p.text.split())) for p in truth.paragraphs]
    read_words = [[fold(word.text) for _, _, word in words] for words in places]
    found = align(true_words, read_words)
    right: set[tuple[int, int]] = set()
    for match in found.matches:
        right |= {(match.read.index, place) for place in _equal(true_words, read_words, match)}
    for index, words in enumerate(places):
        for at, (place, language, word) in enumerate(words):
            if word.confidence is not None:
                yield JudgedWord(place, word.text, language, word.confidence, (index, at) in right)


def _equal(true_words: Sequence[Sequence[str]], read_words: Sequence[Sequence[str]], match: Match) -> Iterator[int]:
    """Indexes, in the passage that was read, of the words that the shortest edit script leaves unchanged."""
    a = list(true_words[match.truth.index][match.truth.start : match.truth.end])
    b = list(read_words[match.read.index][match.read.start : match.read.end])
    for same, _, (start, end) in text_metrics.opcodes(a, b):
        if same:
            yield from range(match.read.start + start, match.read.start + end)


# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fields(
    truth: Truth, records: Sequence[Record]
) -> tuple[dict[str, Share], tuple[tuple[str, str | None, str | None], ...]]:
    """A field is right if the first release has the value of the truth, or neither has a value."""
    shares: dict[str, Share] = {}
    wrong = []
    for name, value in (truth.fields or {}).items():
        if name == "reference" and value is None:
            continue  # a release without a number of its own may cite another's
        if isinstance(value, list):
            shares[name], differing = _several(records[:1], name, value)
            wrong += differing
            continue
        read = _field(records[0], name, value) if records else None
        right = bool(records) and read == value
        shares[name] = Share(int(right), 1)
        if not right:
            wrong.append((name, value, read))
    return shares, tuple(wrong)


def _several(
    records: Sequence[Record], name: str, true_values: list[Any]
) -> tuple[Share, list[tuple[str, str | None, str | None]]]:
    """For a field with several values (people by their names, laws, constituencies): how many values are in both the
    truth and the record, of those in either; and those in only one of them."""
    wanted = [value.get("eng") or value.get("urd") if isinstance(value, dict) else value for value in true_values]
    read = [entry.value for record in records for entry in getattr(record.release, name, ())]
    missing = [(name, value, None) for value in wanted if value not in read]
    extra = [(name, None, value) for value in read if value not in wanted]
    return Share(len(wanted) - len(missing), len(wanted) + len(extra)), [*missing, *extra]


def _field(record: Record, name: str, wanted: str | None) -> str | None:
    if name == "reference":
        forms = [form for entry in record.release.references for form in (entry.text, entry.value)]
        return wanted if wanted in forms else next(iter(forms), None)
    entry = getattr(record.release, name, None)
    return entry.value if entry is not None else None
