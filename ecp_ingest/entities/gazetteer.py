"""Names that these releases often use, in both languages, from one table: ``data/gazetteer.txt``.

The comment at the top of the table describes its format. ``with extended_by(text):`` adds a user's own rows for the
length of the block, like ``decimal.localcontext``, so that functions that look names up need only the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ecp_ingest.data import read_data
from ecp_ingest.errors import BadGazetteerError
from ecp_ingest.language.folding import fold

KINDS = frozenset(
    [
        "issuer",
        "wing",
        "paper",
        "province",
        "division",
        "district",
        "town",
        "seat",
        "party",
        "organisation",
        "office",
        "honorific",
        "style",
        "law",
        "month",
        "islamic_month",
        "weekday",
        "dateline",
    ]
)
CLOSE = 84
"""Lowest likeness, 0–100, at which a text counts as a name with misread letters; one such letter is always allowed."""
APART = 6
"""Minimum lead in likeness over the next name, 0–100: a text that may be either of two names is neither."""
SHORTEST = 5
"""Letters: in a shorter name, one misread letter too often gives another word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing and its names; ``english`` has at least one name, and the first is the one used in records."""

    kind: str
    english: tuple[str, ...]
    urdu: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.english[0]

    @property
    def forms(self) -> tuple[str, ...]:
        return self.english + self.urdu + self.abbreviations


@dataclass(frozen=True, eq=False)
class Gazetteer:
    entries: tuple[Entry, ...]
    _forms: dict[tuple[str, ...], dict[str, Entry]] = field(default_factory=dict)

    @cached_property
    def by_kind(self) -> dict[str, tuple[Entry, ...]]:
        return {kind: tuple(entry for entry in self.entries if entry.kind == kind) for kind in KINDS}

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        """The entries of these ``kinds``, in the order of the table."""
        return tuple(entry for kind in kinds for entry in self.by_kind[kind])

    def forms(self, *kinds: str) -> dict[str, Entry]:
        """Folded form → entry; if two entries share a form, it belongs to the first."""
        if kinds not in self._forms:
            made: dict[str, Entry] = {}
            for entry in self.of(*kinds):
                for form in entry.forms:
                    made.setdefault(fold(form), entry)
            self._forms[kinds] = made
        return self._forms[kinds]

    def named(self, text: str, *kinds: str, close: float = CLOSE) -> tuple[Entry, float] | None:
        """The entry that ``text`` names, with the likeness 0–1; a few misread letters are allowed if no other entry is
        nearly as similar."""
        forms, folded = self.forms(*kinds), fold(text)
        if folded in forms:
            return forms[folded], 1.0
        if len(folded) < SHORTEST:
            return None
        found = process.extract(folded, list(forms), scorer=fuzz.ratio, score_cutoff=close - APART, limit=4)
        found = [one for one in found if len(one[0]) >= SHORTEST]
        near = [(forms[form], score) for form, score, _ in found]
        if not near or (near[0][1] < close and Levenshtein.distance(folded, found[0][0]) > 1):
            return None
        entry, score = near[0]
        if any(other.name != entry.name and score - also < APART for other, also in near[1:]):
            return None
        return entry, score / 100


def parse(text: str, *, source: str) -> Iterator[Entry]:
    """The rows of a table.

    Raises:
        BadGazetteerError: a row has the wrong format; the message gives its line number.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        columns = [column.strip() for column in line.split("|")]
        if not 2 <= len(columns) <= 4:
            raise BadGazetteerError(
                f"line {number}: a row is 'kind | English names | Urdu names | abbreviations', not {line.strip()!r}",
                source,
            )
        kind, *names = columns
        english, urdu, abbreviations = (_names(column) for column in (*names, "", "")[:3])
        if kind not in KINDS:
            raise BadGazetteerError(
                f"line {number}: no kind is called {kind!r}; try {', '.join(sorted(KINDS))}", source
            )
        if not english:
            raise BadGazetteerError(f"line {number}: the English name is missing; records bear it", source)
        yield Entry(kind, english, urdu, abbreviations)


def read_rows(path: Path) -> str:
    """The text of a user's own table.

    Raises:
        BadGazetteerError: the file can't be read, has no row or has the wrong format.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else "it isn't UTF-8"
        raise BadGazetteerError(f"the table of names can't be read: {why}", str(path)) from error
    rows = sum(1 for _ in parse(text, source=str(path)))
    if not rows:
        raise BadGazetteerError("the table of names has no row", str(path))
    return text


def _names(column: str) -> tuple[str, ...]:
    return tuple(name for part in column.split(";") if (name := " ".join(part.split())))


def merged(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """One entry for each pair of kind and first English name, with the names from all its rows."""
    together: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.kind, fold(entry.name))
        first = together.get(key)
        together[key] = entry if first is None else Entry(
            entry.kind,
            tuple(dict.fromkeys(first.english + entry.english)),
            tuple(dict.fromkeys(first.urdu + entry.urdu)),
            tuple(dict.fromkeys(first.abbreviations + entry.abbreviations)),
        )  # fmt: skip
    return tuple(together.values())


@lru_cache(maxsize=8)
def gazetteer(more: str = "") -> Gazetteer:
    """The package's table with the rows ``more`` added.

    Raises:
        BadGazetteerError: a row has the wrong format.
    """
    own = read_data("gazetteer.txt").decode()
    return Gazetteer(merged((*parse(own, source="gazetteer.txt"), *parse(more, source="the gazetteer that was given"))))


_more: ContextVar[str] = ContextVar("gazetteer_more", default="")


def current() -> Gazetteer:
    return gazetteer(_more.get())


@contextmanager
def extended_by(more: str) -> Iterator[None]:
    """Add the rows ``more`` to ``current()`` in this thread until the block ends."""
    token = _more.set(more)
    try:
        yield
    finally:
        _more.reset(token)


@lru_cache(maxsize=64)
def _alternatives(table: Gazetteer, kinds: tuple[str, ...]) -> str:
    forms = {" ".join(form.split()) for entry in table.of(*kinds) for form in entry.forms}
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in ordered)


def alternatives(*kinds: str) -> str:
    """A regular expression that matches any name of these kinds, the longest first."""
    return _alternatives(current(), kinds)
