"""What stands in these releases again and again, in both languages: pure tables, and how to look in them."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from ecp_ingest.letterforms import fold

ISSUER = "Election Commission of Pakistan"
ISSUER_FORMS = ("Election Commission of Pakistan", "الیکشن کمیشن آف پاکستان")
PROVINCES = {
    "Punjab": ("punjab", "پنجاب"),
    "Sindh": ("sindh", "سندھ"),
    "Khyber Pakhtunkhwa": ("khyber pakhtunkhwa", "خیبر پختونخوا", "خیبر پختونخواہ"),
    "Balochistan": ("balochistan", "بلوچستان"),
}
PROVINCIAL_FORMS = ("provincial election commissioner", "صوبائی الیکشن کمشنر")

PLACES = {
    "Islamabad": ("اسلام آباد", "اسلام اباد"),
    "Rawalpindi": ("راولپنڈی",),
    "Lahore": ("لاہور",),
    "Karachi": ("کراچی",),
    "Peshawar": ("پشاور",),
    "Quetta": ("کوئٹہ", "کوئٹه"),
    "Multan": ("ملتان",),
    "Faisalabad": ("فیصل آباد",),
    "Gujranwala": ("گوجرانوالہ",),
    "Sialkot": ("سیالکوٹ",),
    "Sargodha": ("سرگودھا",),
    "Bahawalpur": ("بہاولپور", "بہاول پور"),
    "Dera Ghazi Khan": ("ڈیرہ غازی خان",),
    "Dera Ismail Khan": ("ڈیرہ اسماعیل خان",),
    "Hyderabad": ("حیدرآباد", "حیدر آباد"),
    "Sukkur": ("سکھر",),
    "Larkana": ("لاڑکانہ",),
    "Mirpurkhas": ("میرپورخاص", "میرپور خاص"),
    "Abbottabad": ("ایبٹ آباد",),
    "Mardan": ("مردان",),
    "Swat": ("سوات",),
    "Bannu": ("بنوں",),
    "Kohat": ("کوہاٹ",),
    "Sahiwal": ("ساہیوال",),
    "Gilgit": ("گلگت",),
    "Muzaffarabad": ("مظفرآباد", "مظفر آباد"),
    "Khuzdar": ("خضدار",),
    "Gwadar": ("گوادر",),
    "Daska": ("ڈسکہ",),
}

KINDS = {
    "press_release": ("press release", "press note", "پریس ریلیز", "پریس نوٹ"),
    "media_advisory": ("media advisory", "میڈیا ایڈوائزری"),
    "notification": ("notification", "نوٹیفکیشن", "اعلامیہ"),
    "notice": ("notice", "public notice", "نوٹس", "اطلاع عام"),
    "corrigendum": ("corrigendum", "تصحیح", "تصحیح نامہ"),
    "addendum": ("addendum", "ضمیمہ"),
    "order": ("order", "office order", "حکم نامہ", "حکم"),
    "circular": ("circular", "سرکلر", "مراسلہ"),
    "statement": ("press statement", "statement", "بیان", "پریس بیان"),
    "clarification": ("clarification", "وضاحت"),
    "announcement": ("announcement", "اعلان"),
}

WINGS = {"میڈیا کوآرڈینیشن اینڈ آؤٹ ریچ ونگ": "Media Coordination and Outreach Wing"}
WING = re.compile(
    r"(?<!\w)(?:(?:[A-Z][\w&'’]{0,20}|and|of|for|&)[\s,]+){1,8}(?:Wing|WING)\b"
    r"|(?<!\w)(?:[^\W\d_]{1,20}\s+){1,8}ونگ\b(?!\s*(?:کے|کی|نے)\b)"
)

ROLES = re.compile(
    r"^(?:\W*)(?:spokes(?:person|man|woman)|director|deputy director|additional director|secretary|joint secretary|"
    r"assistant director|public relations|media coordinator|chief election commissioner|ترجمان|ڈائریکٹر|سیکرٹری|"
    r"سیکریٹری|ڈپٹی ڈائریکٹر|پبلک ریلیشنز)",
    re.IGNORECASE,
)
SIGN_OFF = re.compile(r"^\W*(?:sd/?-|by order|issued by|منجانب|جاری کردہ|بحکم|دستخط)", re.IGNORECASE)

ADDRESS = re.compile(
    r"https?://|www\.|@\w|\b(?:ph(?:one)?|tel|fax|e-?mail|uan)\b\s*[:.#]|constitution avenue|sector g-?\d|"
    r"\bp\.?o\.? box\b|شاہراہ دستور|فون\s*(?:نمبر)?\s*:|فیکس|ای میل",
    re.IGNORECASE,
)
PAGE_NUMBER = re.compile(
    r"^\W*(?:page|p\.|صفحہ)?\s*\d{1,3}\s*(?:(?:of|/|از)\s*\d{1,3})?\W*$|^\W*(?:p\.?t\.?o\.?|contd?\W*)\W*$",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"^(?:[•▪●◦■□◆➢➤✓*·\-–—\".,'°»«~=]\s+\S|\(?(?:\d{1,2}|[ivxIVX]{1,5}|[a-hA-H]|[۰-۹]{1,2}|[ا-ی])[.)۔]\)?\s*[^\d\s])"
)


def kind_of_heading(text: str) -> tuple[str, float] | None:
    """What a heading says that the paper is (``KINDS``), and how alike it is, 0–1; None for any other text."""
    folded = fold(text)
    if not folded or len(folded.split()) > 5:
        return None
    best: tuple[str, float] | None = None
    for kind, forms in KINDS.items():
        for form in forms:
            if abs(len(folded) - len(fold(form))) > 0.35 * len(folded):
                continue
            score = fuzz.ratio(folded, fold(form)) / 100
            # Five letters or less: one misread letter already makes another word.
            if score >= (0.84 if len(folded) > 6 else 0.99) and (best is None or score > best[1]):
                best = (kind, score)
    return best


_PLACE_FORMS = {fold(form): place for place, forms in PLACES.items() for form in (place, *forms)}


def place_named(text: str) -> tuple[str, float] | None:
    """The place whose name ``text`` is, in English, and how alike 0–1; small misreadings are forgiven."""
    folded = fold(text)
    if folded in _PLACE_FORMS:
        return _PLACE_FORMS[folded], 1.0
    if len(folded) < 5:
        return None
    found = process.extractOne(folded, list(_PLACE_FORMS), scorer=fuzz.ratio, score_cutoff=84)
    return (_PLACE_FORMS[found[0]], found[1] / 100) if found else None


def is_issuer_line(text: str) -> bool:
    """Whether ``text`` is the issuer's name and hardly anything else."""
    folded = fold(text)
    if not 15 <= len(folded) <= 60 or ROLES.match(text) or text.rstrip().endswith(("۔", ".")):
        return False
    return any(fuzz.ratio(folded, fold(form)) >= 84 for form in ISSUER_FORMS)
