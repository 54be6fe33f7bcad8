"""Full-text search in a folder of records, in both languages. It reads the records; there is no index to keep current.

Query and text are folded in the same way (``language.folding.fold``): lower case, one code for letters that look alike
in Urdu (Arabic yeh, kaf, heh), no vowel signs, no zero-width characters, European digits, no punctuation. A paragraph
must contain all terms. A term is a word, the beginning of a word (``elect*``), or a "phrase" of consecutive words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.edits.editor import OnSkipped, read_reviewed
from ecp_ingest.edits.word_positions import pages_with_words
from ecp_ingest.errors import OutputError, UnreadableSourceError, UsageError
from ecp_ingest.files.record_files import is_behind, records_in
from ecp_ingest.language.folding import fold
from ecp_ingest.record.entries import BBox
from ecp_ingest.record.parts import read_some, read_texts, with_paragraphs
from ecp_ingest.record.schema import Record

AROUND = 10
"""Words of a snippet before the first word that was found; twice as many follow it."""
_TERM = re.compile(r'["“”«]([^"“”«»]*)(?:["“”»]|$)(\*?)|([^\s"“”«»]+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Consecutive words, folded."""

    words: tuple[str, ...]
    is_prefix: bool
    """Whether the last one is only the beginning of a word."""


@dataclass(frozen=True, slots=True)
class FoundWord:
    text: str
    page: int | None
    bbox: BBox | None
    """In pixels of the page as scanned; None for text without boxes."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that contains all terms."""

    record: str
    """Its file, relative to the folder, with forward slashes."""
    id: str
    """Of the record."""
    paragraph: str
    language: str
    page: int
    """Page of the first word that was found."""
    bbox: BBox | None
    """Around the words found on this page."""
    words: tuple[FoundWord, ...]
    snippet: tuple[tuple[str, bool], ...]
    """Parts of the text around the first word, and whether each was found."""


def search(folder: Path, query: str, *, on_skipped: OnSkipped = lambda error: None) -> Iterator[Hit]:
    """Every paragraph that contains all terms of ``query``, sorted by the record's name, then in reading order.

    ``on_skipped`` is called for files that are no records, and for records that can't be read.

    Raises:
        UsageError: the query has no word.
        NoInputError: the folder does not exist or holds no records.
    """
    terms = parsed(query)
    for name in records_in(folder):
        try:
            yield from _in_record(folder / name, name, terms)
        except (UnreadableSourceError, OutputError) as error:
            on_skipped(error)


def parsed(query: str) -> tuple[Term, ...]:
    """The terms of a query such as ``elect* "polling station" NA-75``; a word with punctuation inside is a phrase.

    Raises:
        UsageError: there is no word to look for.
    """
    terms = []
    for phrase, star, word in _TERM.findall(query):
        words = tuple(fold(phrase or word).split())
        if words:
            terms.append(Term(words, is_prefix=bool(star) or (phrase or word).endswith("*")))
    if not terms:
        raise UsageError(f"there is no word in {query!r} to look for")
    return tuple(terms)


def found_in(text: str, terms: Sequence[Term]) -> tuple[int, ...]:
    """Indexes of the words of ``text`` (split at white space) that match a term; none unless every term matches."""
    folded = [(part, place) for place, word in enumerate(text.split()) for part in _folded(word)]
    parts = [part for part, _ in folded]
    places: set[int] = set()
    for term in terms:
        starts = [at for at in range(len(parts)) if _matches_at(term, parts, at)]
        if not starts:
            return ()
        places.update(folded[at + i][1] for at in starts for i in range(len(term.words)))
    return tuple(sorted(places))


@lru_cache(maxsize=100_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(fold(word).split())


def _matches_at(term: Term, parts: Sequence[str], at: int) -> bool:
    *first, last = term.words
    here = parts[at : at + len(term.words)]
    if len(here) < len(term.words) or here[:-1] != first:
        return False
    return here[-1].startswith(last) if term.is_prefix else here[-1] == last


def _in_record(path: Path, name: str, terms: Sequence[Term]) -> Iterator[Hit]:
    whole = read_reviewed(path) if is_behind(path) else None
    texts = [(one.id, one.text) for one in whole.paragraphs] if whole else read_texts(path)
    found = {key: places for key, text in texts if (places := found_in(text, terms))}
    if not found:
        return
    record = with_paragraphs(whole, found) if whole else read_some(path, found)
    placed = _placed(record)
    for one in record.paragraphs:
        words = tuple(placed[one.id][place] for place in found[one.id])
        page = next((word.page for word in words if word.page), one.page)
        yield Hit(
            record=name,
            id=record.id,
            paragraph=one.id,
            language=one.language,
            page=page,
            bbox=around_boxes(word.bbox for word in words if word.page == page),
            words=words,
            snippet=snippet(one.text, found[one.id]),
        )


def _placed(record: Record) -> dict[str, list[FoundWord]]:
    """Paragraph id → its words with their page and box, which are None if the record does not have them."""
    found: dict[str, list[FoundWord]] = {one.id: [] for one in record.paragraphs}
    for page in pages_with_words(record):
        for passage in page.passages:
            words = (word for line in passage.lines for word in line.words)
            found[passage.paragraph.id] += [FoundWord(word.text, page.facts.number, word.bbox) for word in words]
    for one in record.paragraphs:
        texts = one.text.split()
        if [word.text for word in found[one.id]] != texts:
            found[one.id] = [FoundWord(text, None, None) for text in texts]
    return found


def snippet(text: str, places: Sequence[int]) -> tuple[tuple[str, bool], ...]:
    """The words around the first of ``places``, in parts that were found or not; ``…`` where text is left out."""
    words = text.split()
    start, end = max(0, places[0] - AROUND), min(len(words), places[0] + 2 * AROUND)
    found = set(places)
    stretches: list[tuple[str, bool]] = [("…", False)] if start else []
    for place in range(start, end):
        is_found = place in found
        if stretches and stretches[-1][1] == is_found:
            stretches[-1] = (f"{stretches[-1][0]} {words[place]}", is_found)
        else:
            stretches.append((words[place], is_found))
    if end < len(words):
        stretches.append(("…", False))
    return tuple(stretches)
