"""Whether a PDF page's text layer says what the page shows.

Nothing here trusts a file's word for it: the letters are counted, looked at as language, and held against the ink.
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
_STRANGE_CLUSTER = regex.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{5}")


def doubts(page: GlyphPage, lines: Sequence[LaidLine], *, thumbnail: Pixels) -> tuple[str | None, str]:
    """Why the layer should not be believed (None: believe it), and what was measured, in a few words each.

    Args:
        lines: of all blocks, in logical order.
        thumbnail: H×W grey, the whole page as it looks, about 100 dpi.
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
    if outside > 0.25:
        return f"{outside:.0%} of the page's ink lies outside the text layer", ""
    return None, f"{len(words)} words, {outside:.0%} of the page's ink outside them, pictures over {pictures:.0%}"


def _bad_glyphs(written: Sequence[Cluster], *, pictures: float) -> str | None:
    hidden = sum(c.hidden for c in written) / len(written)
    if hidden > 0.5:
        # A reader's earlier attempt at this very picture: of unknown quality, hardly ever good at Urdu, and without
        # confidences. Recognising it ourselves costs seconds.
        return (
            f"{hidden:.0%} of the text layer is invisible, with pictures over {pictures:.0%} of the page: "
            "an earlier OCR run's text"
        )
    unknown = sum(UNKNOWN in c.text for c in written) / len(written)
    if unknown > 0.01:
        return f"{unknown:.0%} of its glyphs have no Unicode text"
    turned = sum(not c.upright for c in written) / len(written)
    return f"{turned:.0%} of its glyphs don't stand upright" if turned > 0.2 else None


def covered_share(page: GlyphPage) -> float:
    """Of the page, by embedded pictures."""
    covered = sum(_clipped(image, page).area for image in page.images)
    return min(1.0, covered / (page.width * page.height))


def uncovered_ink(page: GlyphPage, thumbnail: Pixels) -> float:
    """Share of the ink that is neither under the text layer, nor a photograph, nor a long rule."""
    scale = thumbnail.shape[1] / page.width
    paper = float(np.percentile(thumbnail, 90))
    ink = thumbnail < 0.62 * paper
    for image in page.images:
        left, top, right, bottom = _clipped(image, page)
        window = np.s_[int(top * scale) : int(bottom * scale) + 1, int(left * scale) : int(right * scale) + 1]
        if _is_photograph(thumbnail[window]):
            ink[window] = False
    total = int(ink.sum())
    if total < 50:
        return 0.0
    ink &= ~_long_rules(ink)
    for cluster in page.clusters:
        if cluster.hidden or not cluster.text.strip():
            continue
        left, top, right, bottom = cluster.extent
        reach = 0.3 * cluster.size  # accents, and the swing of Nastaliq's last letters
        rows = slice(max(0, int((top - reach) * scale)), max(0, int((bottom + reach) * scale) + 1))
        ink[rows, max(0, int((left - reach) * scale)) : max(0, int((right + reach) * scale) + 1)] = False
    return float(ink.sum()) / total


def _clipped(image: Image, page: GlyphPage) -> Extent:
    left, top, right, bottom = image.extent
    return Extent(max(0.0, left), max(0.0, top), min(page.width, right), min(page.height, bottom))


def _is_photograph(pixels: Pixels) -> bool:
    """Half-tones are common in it; in a picture of print nearly all is paper or ink."""
    if pixels.size < 100:
        return True  # a dot, a bullet
    between = (pixels > 70) & (pixels < 190)
    return float(between.mean()) > 0.25


def _long_rules(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Rows and columns of ink longer than a seventh of the page: rules, frames, tables."""
    found = np.zeros_like(ink)
    for axis in (0, 1):
        view, marks = (ink, found) if axis == 0 else (ink.T, found.T)
        length = max(40, view.shape[1] // 7)
        sums = np.cumsum(np.pad(view, ((0, 0), (1, 0))).astype(np.int32), axis=1)
        full = (sums[:, length:] - sums[:, :-length]) >= length
        for row, column in zip(*np.nonzero(full), strict=True):
            marks[row, column : column + length] = True
    return found


def _gibberish(words: Sequence[str]) -> str | None:
    """Letters that don't make words of either language: fonts with a code of their own, broken encodings."""
    tokens = [token for word in words for token in _WORD.findall(word)]
    latin = [t for t in tokens if not any(map(is_right_to_left, t)) and len(t) > 1]
    arabic = [t.translate(_FOLD) for t in tokens if any(map(is_right_to_left, t))]
    if len(latin) >= 8:
        wordlike = sum(_like_english(t) for t in latin) / len(latin)
        if wordlike < 0.7:
            return f"only {wordlike:.0%} of its {len(latin)} Latin words look like words"
        usual = sum(t.lower() in ENGLISH_TEXT_LAYER for t in latin) / len(latin)
        if len(latin) >= 60 and usual < 0.06:
            return f"only {usual:.0%} of its {len(latin)} Latin words are common English ones"
    if len(arabic) >= 40:
        usual = sum(t in URDU_TEXT_LAYER for t in arabic) / len(arabic)
        if usual < 0.08:
            return f"only {usual:.0%} of its {len(arabic)} Urdu words are common ones"
    letters = sum(c.isalnum() for word in words for c in word)
    signs = sum(not c.isspace() for word in words for c in word)
    if signs >= 30 and letters < 0.6 * signs:
        return f"only {letters / signs:.0%} of its characters are letters or digits"
    return None


def _like_english(token: str) -> bool:
    if token.isupper() and len(token) <= 5:
        return True  # ECP, UNDP
    vowel = any(c in "aeiouyAEIOUY" or ord(c) > 0x7F for c in token)
    ascii_only = token.isascii()
    return vowel and not _STRANGE_CLUSTER.search(token) and (not ascii_only or _LATIN.fullmatch(token) is not None)


def _disordered_urdu(words: Sequence[str]) -> str | None:
    """Signs that letters stand in the order of the glyphs, or that words lack their ends."""
    arabic = [w for w in words if any(map(is_right_to_left, w))]
    if not arabic:
        return None
    letters = [[c for c in w if c.isalpha()] for w in arabic]
    first = sum(bool(w) and w[0] in _NEVER_FIRST for w in letters)
    last = sum(bool(w) and w[-1] in _NEVER_FIRST for w in letters)
    if first >= 2 and first > 0.1 * last:
        return f"its Urdu is in no certain order: {first} words begin with letters that only end words"
    loose = sum(regex.match(r"\p{M}", w) is not None for w in arabic)
    if loose > max(1, 0.02 * len(arabic)):
        return f"its Urdu is in no certain order: {loose} words begin with a mark"
    mean = sum(map(len, letters)) / len(arabic)
    if len(arabic) >= 20 and not 2.0 <= mean <= 8.0:
        return f"its Urdu words have {mean:.1f} letters on average: spaces are missing or false"
    return None
