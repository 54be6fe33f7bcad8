"""Decides whether the text layer of a PDF page matches what the page shows.

The file's own claims count for nothing: the letters are counted, tested as language, and compared with the ink.

The limits below were set by hand between sound layers and broken ones (fonts without Unicode, glyphs out of order,
shifted codes, OCR under a scan). A sound layer that is refused costs seconds of recognition, a broken one that is
believed costs the text, so in doubt a limit refuses. To check a change, run tests/page/sources; the reason that a
page's provenance gives shows the measured value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import regex

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.language.folding import ARABIC_LETTERFORMS
from ecp_ingest.language.function_words import ENGLISH_TEXT_LAYER, URDU_TEXT_LAYER
from ecp_ingest.language.scripts import is_right_to_left
from ecp_ingest.page.sources.pdf_glyphs import UNKNOWN, Cluster, Extent, GlyphPage, Image
from ecp_ingest.page.sources.text_layer import LaidLine, normalised

_FOLD = str.maketrans(ARABIC_LETTERFORMS)
_WORD = regex.compile(r"[\p{L}\p{M}'’\u200c-]+")
_LATIN = regex.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+|[A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:['’-][A-Za-z]+)*")
_NEVER_FIRST = "ںےۓۃۂ"
"""Letters that no Urdu word begins with."""
_STRANGE_CLUSTER = regex.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{5}")

# Glyphs, in shares of all that aren't white space.
_MOST_HIDDEN = 0.5
_MOST_UNKNOWN = 0.01
_MOST_TURNED = 0.2

# Ink, on the thumbnail.
_MOST_UNCOVERED = 0.25
"""Share of ink outside the text layer: signatures, seals and logos are less."""
_PAPER_PERCENTILE = 90
"""The grey level of paper: at least a tenth of a page is blank."""
_INK_LEVEL = 0.62
"""Grey level below which a pixel is ink, in grey levels of paper."""
_LEAST_INK = 50
"""Pixels: with less ink there is nothing to compare."""
_GLYPH_MARGIN = 0.3
"""Margin around a glyph's extent, in font sizes, for accents and the curves of Nastaliq's last letters."""
_MID_GREYS = (70, 190)
_LEAST_MID_GREYS = 0.25
"""Share of grey levels between those limits from which an image is a photograph: in print nearly all is paper or
ink."""
_DOT = 100
"""Pixels: a smaller image is a dot or a bullet, no print."""
_RULE_SHARE, _SHORTEST_RULE = 7, 40
"""A rule is at least a seventh of the page long, and 40 pixels: 1 cm at 100 dpi."""

# Language, in shares of words.
_ENOUGH_LATIN, _LEAST_WORDLIKE = 8, 0.7
"""From this number of Latin words on, this share must be spelled like words."""
_ENOUGH_ENGLISH, _LEAST_ENGLISH = 60, 0.06
"""From this number of Latin words on, this share must be function words: English prose has five times as many."""
_ENOUGH_URDU, _LEAST_URDU = 40, 0.08
"""The same for Urdu words."""
_ENOUGH_SIGNS, _LEAST_ALPHANUMERIC = 30, 0.6
"""From this number of characters on, this share must be letters or digits."""
_LONGEST_ACRONYM = 5

# Order of letters in Urdu words.
_LEAST_MISORDERED, _MISORDERED_SHARE = 2, 0.1
"""Words that begin with a letter of ``_NEVER_FIRST``: at least 2, and above this share of the words that end so."""
_LOOSE_MARKS_SHARE = 0.02
"""Share of words that begin with a mark, above which (and above one word) marks are out of place."""
_ENOUGH_FOR_LENGTH, _MEAN_LETTERS = 20, (2.0, 8.0)
"""From this number of words on, their mean length in letters must lie within these limits; Urdu prose has about 4."""


def doubts(page: GlyphPage, lines: Sequence[LaidLine], *, thumbnail: Pixels) -> tuple[str | None, str]:
    """Why the text layer can't be trusted (None: it can), and what was measured, in a few words each.

    Args:
        page: clusters and images of the page.
        lines: the lines of all blocks, in logical order.
        thumbnail: H×W grey, the rasterised page at about 100 dpi.
    """
    written = [c for c in page.clusters if c.text.strip()]
    if not written:
        return "there is none", ""
    words = [normalised("".join(c.text for c in word)) for line in lines for word in line.words]
    pictures = covered_share(page)
    reason = _bad_glyphs(written, pictures=pictures) or _gibberish(words) or _disordered_urdu(words)
    if reason:
        return reason, ""
    outside = uncovered_ink(page, thumbnail)
    if outside > _MOST_UNCOVERED:
        return f"{outside:.0%} of the page's ink lies outside the text layer", ""
    return None, f"{len(words)} words, {outside:.0%} of the page's ink outside them, pictures over {pictures:.0%}"


def _bad_glyphs(written: Sequence[Cluster], *, pictures: float) -> str | None:
    hidden = sum(c.hidden for c in written) / len(written)
    if hidden > _MOST_HIDDEN:
        # An earlier OCR run of this image: of unknown quality, rarely good at Urdu, without confidences. Recognising
        # the page again costs only seconds.
        return (
            f"{hidden:.0%} of the text layer is invisible, with pictures over {pictures:.0%} of the page: "
            "an earlier OCR run's text"
        )
    unknown = sum(UNKNOWN in c.text for c in written) / len(written)
    if unknown > _MOST_UNKNOWN:
        return f"{unknown:.0%} of its glyphs have no Unicode text"
    turned = sum(not c.upright for c in written) / len(written)
    return f"{turned:.0%} of its glyphs don't stand upright" if turned > _MOST_TURNED else None


def covered_share(page: GlyphPage) -> float:
    """Share of the page that images cover."""
    covered = sum(_clipped(image, page).area for image in page.images)
    return min(1.0, covered / (page.width * page.height))


def uncovered_ink(page: GlyphPage, thumbnail: Pixels) -> float:
    """Share of the ink (without photographs) that neither the text layer nor a long rule covers."""
    scale = thumbnail.shape[1] / page.width
    paper = float(np.percentile(thumbnail, _PAPER_PERCENTILE))
    ink = thumbnail < _INK_LEVEL * paper
    for image in page.images:
        left, top, right, bottom = _clipped(image, page)
        window = np.s_[int(top * scale) : int(bottom * scale) + 1, int(left * scale) : int(right * scale) + 1]
        if _is_photograph(thumbnail[window]):
            ink[window] = False
    total = int(ink.sum())
    if total < _LEAST_INK:
        return 0.0
    ink &= ~_long_rules(ink)
    for cluster in page.clusters:
        if cluster.hidden or not cluster.text.strip():
            continue
        left, top, right, bottom = cluster.extent
        margin = _GLYPH_MARGIN * cluster.size
        rows = slice(max(0, int((top - margin) * scale)), max(0, int((bottom + margin) * scale) + 1))
        ink[rows, max(0, int((left - margin) * scale)) : max(0, int((right + margin) * scale) + 1)] = False
    return float(ink.sum()) / total


def _clipped(image: Image, page: GlyphPage) -> Extent:
    left, top, right, bottom = image.extent
    return Extent(max(0.0, left), max(0.0, top), min(page.width, right), min(page.height, bottom))


def _is_photograph(pixels: Pixels) -> bool:
    """Whether a part of the thumbnail (H×W grey) shows a photograph rather than print."""
    if pixels.size < _DOT:
        return True
    darkest, lightest = _MID_GREYS
    mid_greys = (pixels > darkest) & (pixels < lightest)
    return float(mid_greys.mean()) > _LEAST_MID_GREYS


def _long_rules(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """H×W: the ink of long horizontal and vertical runs, that is of ruling lines and frames."""
    found = np.zeros_like(ink)
    for axis in (0, 1):
        view, marks = (ink, found) if axis == 0 else (ink.T, found.T)
        length = max(_SHORTEST_RULE, view.shape[1] // _RULE_SHARE)
        sums = np.cumsum(np.pad(view, ((0, 0), (1, 0))).astype(np.int32), axis=1)
        full = (sums[:, length:] - sums[:, :-length]) >= length
        for row, column in zip(*np.nonzero(full), strict=True):
            marks[row, column : column + length] = True
    return found


def _gibberish(words: Sequence[str]) -> str | None:
    """Why the letters don't make words of either language (private font encodings, broken encodings), or None."""
    tokens = [token for word in words for token in _WORD.findall(word)]
    latin = [t for t in tokens if not any(map(is_right_to_left, t)) and len(t) > 1]
    arabic = [t.translate(_FOLD) for t in tokens if any(map(is_right_to_left, t))]
    if len(latin) >= _ENOUGH_LATIN:
        wordlike = sum(_like_english(t) for t in latin) / len(latin)
        if wordlike < _LEAST_WORDLIKE:
            return f"only {wordlike:.0%} of its {len(latin)} Latin words look like words"
        usual = sum(t.lower() in ENGLISH_TEXT_LAYER for t in latin) / len(latin)
        if len(latin) >= _ENOUGH_ENGLISH and usual < _LEAST_ENGLISH:
            return f"only {usual:.0%} of its {len(latin)} Latin words are common English ones"
    if len(arabic) >= _ENOUGH_URDU:
        usual = sum(t in URDU_TEXT_LAYER for t in arabic) / len(arabic)
        if usual < _LEAST_URDU:
            return f"only {usual:.0%} of its {len(arabic)} Urdu words are common ones"
    letters = sum(c.isalnum() for word in words for c in word)
    signs = sum(not c.isspace() for word in words for c in word)
    if signs >= _ENOUGH_SIGNS and letters < _LEAST_ALPHANUMERIC * signs:
        return f"only {letters / signs:.0%} of its characters are letters or digits"
    return None


def _like_english(token: str) -> bool:
    """Whether a Latin word may be an English one: an acronym, or with vowels, usual capitals and no odd consonants."""
    if token.isupper() and len(token) <= _LONGEST_ACRONYM:
        return True
    vowel = any(c in "aeiouyAEIOUY" or ord(c) > 0x7F for c in token)
    ascii_only = token.isascii()
    return vowel and not _STRANGE_CLUSTER.search(token) and (not ascii_only or _LATIN.fullmatch(token) is not None)


def _disordered_urdu(words: Sequence[str]) -> str | None:
    """Why the letters of Urdu words seem to be in the order of their glyphs, or words seem to be cut; or None."""
    arabic = [w for w in words if any(map(is_right_to_left, w))]
    if not arabic:
        return None
    letters = [[c for c in w if c.isalpha()] for w in arabic]
    first = sum(bool(w) and w[0] in _NEVER_FIRST for w in letters)
    last = sum(bool(w) and w[-1] in _NEVER_FIRST for w in letters)
    if first >= _LEAST_MISORDERED and first > _MISORDERED_SHARE * last:
        return f"its Urdu is in no certain order: {first} words begin with letters that only end words"
    loose = sum(regex.match(r"\p{M}", w) is not None for w in arabic)
    if loose > max(1, _LOOSE_MARKS_SHARE * len(arabic)):
        return f"its Urdu is in no certain order: {loose} words begin with a mark"
    mean = sum(map(len, letters)) / len(arabic)
    shortest, longest = _MEAN_LETTERS
    if len(arabic) >= _ENOUGH_FOR_LENGTH and not shortest <= mean <= longest:
        return f"its Urdu words have {mean:.1f} letters on average: spaces are missing or false"
    return None
