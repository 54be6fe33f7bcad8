"""Wording of the letterheads, headings and signatures of these releases; the names in them are in the gazetteer."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from ecp_ingest.entities.gazetteer import alternatives, current
from ecp_ingest.language.folding import fold

WING = re.compile(
    r"(?<!\w)(?:(?:[A-Z][\w&'’]{0,20}|and|of|for|&)[\s,]+){1,8}(?:Wing|WING)\b"
    r"|(?<!\w)(?:[^\W\d_]{1,20}\s+){1,8}ونگ\b(?!\s*(?:کے|کی|نے)\b)"
)

SIGN_OFF = re.compile(
    r"^\W*(?:sd/?-|by order|issued by|announced in open|کھلی عدالت میں سنایا|منجانب|جاری کردہ|بحکم|دستخط)",
    re.IGNORECASE,
)

ADDRESS = re.compile(
    r"https?://|www\.|@\w|\b(?:ph(?:one)?|tel|fax|e-?mail|uan)\b\s*[:.#]|constitution avenue|sector g-?\d|"
    r"\bp\.?o\.? box\b|شاہراہِ?\s*دستور|فون\s*(?:نمبر)?\s*:|فیکس|ای میل",
    re.IGNORECASE,
)
PAGE_NUMBER = re.compile(
    r"^\W*(?:page|p\.|صفحہ)?\s*\d{1,3}\s*(?:(?:of|/|از)\s*\d{1,3})?\W*$|^\W*(?:p\.?t\.?o\.?|contd?\W*)\W*$",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"^(?:[•▪●◦■□◆➢➤✓*·\-–—\".,'°»«~=+۰]\s+\S|\(?(?:\d{1,2}|[ivxIVX]{1,5}|[a-hA-H]|[۰-۹]{1,2}|[ا-ی])[.)۔]\)?\s*[^\d\s])"
)


def kind_of_heading(text: str) -> tuple[str, float] | None:
    """The kind of paper that a heading names, with the likeness 0–1; None for any other text."""
    folded = fold(text)
    if not folded or len(folded.split()) > 5:
        return None
    best: tuple[str, float] | None = None
    for form, paper in current().forms("paper").items():
        if abs(len(folded) - len(form)) > 0.35 * len(folded):
            continue
        score = fuzz.ratio(folded, form) / 100
        # Up to six letters, one misread letter already gives another word.
        if score >= (0.84 if len(folded) > 6 else 0.99) and (best is None or score > best[1]):
            best = (paper.name, score)
    return best


def place_named(text: str) -> tuple[str, float] | None:
    """The English name of the place that ``text`` names, with the likeness 0–1; a few misread letters are allowed."""
    found = current().named(text, "district", "town", "division")
    return (found[0].name, found[1]) if found else None


def issuer_forms() -> tuple[str, ...]:
    """The Commission's full name in both languages."""
    commission = current().of("issuer")[0]
    return commission.english + commission.urdu


def is_issuer_line(text: str) -> bool:
    """Whether ``text`` is the issuer's name and almost nothing else."""
    folded = fold(text)
    if not 15 <= len(folded) <= 60 or opens_with_office(text) or text.rstrip().endswith(("۔", ".")):
        return False
    return any(fuzz.ratio(folded, fold(form)) >= 84 for form in issuer_forms())


def opens_with_office(text: str) -> bool:
    """Whether ``text`` begins with an office, as under a signature: ``Director (Media)``, ``ترجمان الیکشن کمیشن``."""
    return _opening(alternatives("office")).match(text) is not None


@lru_cache(maxsize=8)
def _opening(names: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{names}|public relations|پبلک ریلیشنز)(?!\w)", re.IGNORECASE)
