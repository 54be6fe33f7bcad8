"""Error rates of a text against its ground truth: pure functions, without files or an engine.

Rates count extended grapheme clusters (Unicode Standard Annex 29), which a reader sees as one character, so that a
letter with its marks is one error and not three. They are returned as ``ErrorRate(errors, length)``: rates of several
texts are added, never averaged. The caller chooses which differences to ignore with a *folding*, a named function from
text to text that is applied to both texts; reports name the foldings that they used.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

import regex
from rapidfuzz.distance import Levenshtein

Folding = Callable[[str], str]
Units = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """``errors`` insertions, deletions and substitutions against ``length`` units of truth. ``ErrorRate()`` is zero."""

    errors: int = 0
    length: int = 0

    @property
    def rate(self) -> float:
        """0 is perfect; above 1 if there are more errors than units of truth; infinite if the truth is empty."""
        if self.length:
            return self.errors / self.length
        return math.inf if self.errors else 0.0

    def __add__(self, other: ErrorRate) -> ErrorRate:
        return ErrorRate(self.errors + other.errors, self.length + other.length)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Number of units that two texts share at any position: it ignores reading order, unlike ``error_rate``."""

    shared: int = 0
    truth: int = 0
    hypothesis: int = 0

    @property
    def recall(self) -> float:
        """Share of the truth that was found; 1 if the truth is empty."""
        return self.shared / self.truth if self.truth else 1.0

    @property
    def precision(self) -> float:
        """Share of the found units that are in the truth; 1 if nothing was found."""
        return self.shared / self.hypothesis if self.hypothesis else 1.0

    def __add__(self, other: Overlap) -> Overlap:
        return Overlap(self.shared + other.shared, self.truth + other.truth, self.hypothesis + other.hypothesis)


@dataclass(frozen=True, slots=True)
class Difference:
    """Units of truth and the units read instead; either may be empty. ``place``: number of units of truth before it."""

    place: int
    truth: tuple[str, ...]
    hypothesis: tuple[str, ...]


# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def graphemes(text: str) -> list[str]:
    """Extended grapheme clusters of the text in NFC."""
    clusters: list[str] = regex.findall(r"\X", unicodedata.normalize("NFC", text))
    return clusters


def words(text: str) -> list[str]:
    """Words between spaces, with their punctuation, in NFC."""
    return unicodedata.normalize("NFC", text).split()


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def as_it_is(text: str) -> str:
    """The folding that changes nothing."""
    return text


def error_rate(truth: str, hypothesis: str, *, normalise: Folding = as_it_is, units: Units = graphemes) -> ErrorRate:
    """Minimum number of edits (Levenshtein) that change ``hypothesis`` into ``truth``, both normalised first."""
    expected, read = units(normalise(truth)), units(normalise(hypothesis))
    return ErrorRate(Levenshtein.distance(expected, read), len(expected))


def character_error_rate(truth: str, hypothesis: str, *, normalise: Folding = as_it_is) -> ErrorRate:
    """CER over grapheme clusters."""
    return error_rate(truth, hypothesis, normalise=normalise, units=graphemes)


def word_error_rate(truth: str, hypothesis: str, *, normalise: Folding = as_it_is) -> ErrorRate:
    """WER over words between spaces."""
    return error_rate(truth, hypothesis, normalise=normalise, units=words)


def overlap(truth: str, hypothesis: str, *, normalise: Folding = as_it_is, units: Units = words) -> Overlap:
    """The overlap of two texts as multisets: a word that occurs twice must be found twice."""
    expected, read = Counter(units(normalise(truth))), Counter(units(normalise(hypothesis)))
    return Overlap((expected & read).total(), expected.total(), read.total())


def differences(
    truth: str, hypothesis: str, *, normalise: Folding = as_it_is, units: Units = graphemes
) -> list[Difference]:
    """Where the alignment with the fewest edits differs, in order; neighbouring edits are one difference."""
    expected, read = units(normalise(truth)), units(normalise(hypothesis))
    return [
        Difference(start, tuple(expected[start:end]), tuple(read[read_start:read_end]))
        for same, (start, end), (read_start, read_end) in opcodes(expected, read)
        if not same
    ]


Run = tuple[bool, tuple[int, int], tuple[int, int]]
"""Whether the units are equal, and their (start, end) in the truth and in the text that was read."""


def opcodes(expected: list[str], read: list[str]) -> list[Run]:
    """The complete alignment with the fewest edits, in order; neighbouring edits are one run."""
    runs: list[Run] = []
    for step in Levenshtein.opcodes(expected, read):
        same = step.tag == "equal"
        if runs and not same and not runs[-1][0]:
            _, (start, _), (read_start, _) = runs.pop()
        else:
            start, read_start = step.src_start, step.dest_start
        runs.append((same, (start, step.src_end), (read_start, step.dest_end)))
    return runs


def text_in(language: str, paragraphs: Iterable[tuple[str, str]]) -> str:
    """The texts of the (language, text) pairs in ``language``, one line each.

    One language of a record or of its ground truth becomes one text, so paragraphs needn't be matched before measuring.
    """
    return "\n".join(text for spoken, text in paragraphs if spoken == language)


# ── foldings ──────────────────────────────────────────────────────────────────────────────────────────────────────

LETTERFORMS = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic yeh → Farsi yeh
        "\u0649": "\u06cc",  # alef maksura → Farsi yeh
        "\u0643": "\u06a9",  # Arabic kaf → keheh
        "\u06aa": "\u06a9",  # swash kaf → keheh
        "\u0647": "\u06c1",  # Arabic heh → heh goal; heh doachashmee is another letter in Urdu and is kept
        "\u06d5": "\u06c1",  # ae → heh goal
        "\u06c0": "\u06c2",  # heh with yeh above → heh goal with hamza above
        "\u0629": "\u06c3",  # teh marbuta → teh marbuta goal
    }
)
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٪٫٬", "01234567890123456789%.,")
PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]+")
ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
CONTROLS = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def fold_letterforms(text: str) -> str:
    """One code for letters that look alike in Urdu: Arabic letters and presentation forms become the Urdu letter."""
    plain = PRESENTATION_FORMS.sub(lambda form: unicodedata.normalize("NFKC", form[0]), text)
    urdu = unicodedata.normalize("NFC", plain).translate(LETTERFORMS)
    # Farsi yeh with hamza has no composed form: the printed letter is the Arabic yeh with hamza.
    return unicodedata.normalize("NFC", urdu).replace("\u06cc\u0654", "\u0626")


def fold_marks(text: str) -> str:
    """Drop vowel signs, Koranic marks and tatweel; a hamza or madda that is part of a letter is kept."""
    return ARABIC_MARKS.sub("", unicodedata.normalize("NFC", text))


def fold_digits(text: str) -> str:
    """Urdu and Arabic digits, per cent sign and separators become ASCII."""
    return text.translate(DIGITS)


def fold_controls(text: str) -> str:
    """Drop direction marks, joiners and other characters without width."""
    return CONTROLS.sub("", text)


def fold_spaces(text: str) -> str:
    """Change every run of white space to one space, and drop it at the ends."""
    return " ".join(text.split())


def without_spaces(text: str) -> str:
    """Drop all white space: Nastaliq leaves little between words, so that people often disagree where a word ends."""
    return "".join(text.split())


def compose(*foldings: Folding) -> Folding:
    """One folding that applies ``foldings`` from first to last."""
    return lambda text: reduce(lambda folded, fold: fold(folded), foldings, text)
